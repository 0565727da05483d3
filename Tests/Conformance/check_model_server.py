#!/usr/bin/env python3
"""Checks our model client against an OpenAI-compatible server that is not ours: llama-cpp-python's.

Writes a tiny model with random weights (random_model.py), serves it, and asks it with model-probe from
$AI_ASSISTANT_BINARIES, which is the worker's own client. Ends with status 0 only if everything held.
"""

import json
import os
import pathlib
import subprocess
import sys
import urllib.request

import random_model
from programs import Programs, expect_equal, free_ports, run, until

KEY = "key-of-a-check"
QUESTION = "今天 what is on?"


class Checks:
    """llama-cpp-python's server with the random model, and our client beside it."""

    def __init__(self, programs):
        model = programs.folder / "random.gguf"
        random_model.write(str(model))
        port, = free_ports(1)
        self.url = f"http://127.0.0.1:{port}/v1"
        programs.start_python("model-server", "-m", "llama_cpp.server", "--model", str(model), "--model_alias", "random",
                              "--n_ctx", str(random_model.CONTEXT), "--host", "127.0.0.1", "--port", str(port),
                              "--api_key", KEY, "--n_threads", "1")
        until(lambda: self.lists_models(), "the model server answers", 60)

    def lists_models(self):
        try:
            return self.ask("GET", "/models", None)["data"]
        except OSError:
            return None

    def ask(self, method, path, body):
        """What the server says to a plain client."""
        request = urllib.request.Request(
            self.url + path, method=method, data=body and json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def whole(self, tokens):
        """The answer in one piece, as a plain client gets it."""
        return self.ask("POST", "/chat/completions", {
            "model": "random", "max_tokens": tokens, "temperature": 0,
            "messages": [{"role": "system", "content": "You are a test."}, {"role": "user", "content": QUESTION}],
        })["choices"][0]["message"]["content"]

    def probe(self, *arguments, question=QUESTION, key=KEY):
        """The events that our client gives."""
        binaries = pathlib.Path(os.environ.get("AI_ASSISTANT_BINARIES", ".build/debug"))
        done = subprocess.run(
            [binaries / "model-probe", "--base-url", self.url, "--model", "random", *arguments],
            input=question.encode(), env={"LLM_API_KEY": key}, capture_output=True, timeout=60, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def streams(self):
        """A streamed answer is, piece by piece, what the server says in one."""
        events = self.probe("--maximum-tokens", "40", "--temperature", "0")
        expect_equal(text_of(events), self.whole(40), "the text")
        pieces = [event for event in events if "text" in event]
        assert len(pieces) >= 30, f"came in {len(pieces)} pieces"
        expect_equal(events[-1]["finished"], "length", "why it ended")
        expect_equal(events[-1]["model"], "random", "the model")

    def usage(self):
        """Usage, where the server tells it, is that of its own count."""
        end = self.probe("--maximum-tokens", "7", "--temperature", "0")[-1]
        if "completion_tokens" in end:
            expect_equal(end["completion_tokens"], 7, "tokens of the answer")

    def tools(self):
        """Tools that are offered do no harm to a model that calls none."""
        events = self.probe("--maximum-tokens", "5", "--temperature", "0", "--offers-tool")
        assert "finished" in events[-1], events

    def leaving(self):
        """An answer that is left in its middle keeps the server from nobody else."""
        events = self.probe("--maximum-tokens", "400", "--temperature", "0", "--leave-after", "3")
        expect_equal(len(events), 3, "pieces before leaving")
        expect_equal(text_of(self.probe("--maximum-tokens", "5", "--temperature", "0")), self.whole(5), "the next text")

    def key(self):
        """A wrong key is called what it is."""
        expect_equal(self.probe(key="wrong"), [{"error": "unauthorised", "status": 401}], "events")

    def broken_off(self):
        """A stream that the server breaks off without a word is no answer."""
        # What is too long it refuses with 400, but where a stream is asked for it finds out after its 200.
        events = self.probe("--maximum-tokens", "5", question="a " * 2 * random_model.CONTEXT)
        expect_equal(events, [{"error": "truncated", "status": None}], "events")


def text_of(events):
    return "".join(event.get("text", "") for event in events)


def main():
    with Programs() as programs:
        checks = Checks(programs)
        run([checks.streams, checks.usage, checks.tools, checks.leaving, checks.key, checks.broken_off])


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
