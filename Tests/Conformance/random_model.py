"""Writes a language model that has learnt nothing: a llama of one layer with random weights, 100 KB in all.

It speaks in letters and Chinese characters, the same for the same question at temperature 0, and never stops by itself.
"""

import gguf
import numpy

LETTERS = [chr(code) for code in range(ord("a"), ord("z") + 1)] + list(" .,?0123456789")
CHARACTERS = list("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面")
WIDTH, HEADS, INNER, CONTEXT = 32, 4, 64, 512


def write(path):
    """Writes the model to `path`."""
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    kinds = [gguf.TokenType.UNKNOWN] + [gguf.TokenType.CONTROL] * 2 + [gguf.TokenType.BYTE] * 256
    spoken = ["▁" if letter == " " else letter for letter in LETTERS] + CHARACTERS
    silent = len(tokens)
    tokens += spoken
    kinds += [gguf.TokenType.NORMAL] * len(spoken)

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(index) for index in range(len(tokens))])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template("{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant: ")

    random = numpy.random.default_rng(1)

    def tensor(name, *shape):
        writer.add_tensor(name, random.normal(0, 1, shape).astype(numpy.float32))

    tensor("token_embd.weight", len(tokens), WIDTH)
    # What is not spoken is as likely as nothing, so that the likeliest token is always a letter or a character.
    output = random.normal(0, 1, (len(tokens), WIDTH)).astype(numpy.float32)
    output[:silent] = 0
    writer.add_tensor("output.weight", output)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", numpy.ones(WIDTH, dtype=numpy.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        tensor(f"blk.0.{name}.weight", WIDTH, WIDTH)
    tensor("blk.0.ffn_gate.weight", INNER, WIDTH)
    tensor("blk.0.ffn_up.weight", INNER, WIDTH)
    tensor("blk.0.ffn_down.weight", WIDTH, INNER)

    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
