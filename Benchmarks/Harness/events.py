"""Writes distinct, signed and encrypted message events, as Feishu delivers them, one a line for events.lua.

Encryption: AES-256-CBC with the SHA-256 of the key, base64 of iv and ciphertext; signature: SHA-256 of timestamp,
nonce, key and body (Feishu: "Configure event subscription", Encrypt Key).
"""

import base64
import ctypes
import ctypes.util
import hashlib
import json
import os
import time

ENCRYPT_KEY = "benchmark"
VERIFICATION_TOKEN = "benchmark-token"
APP_ID = "cli_benchmark"

_crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
_crypto.EVP_CIPHER_CTX_new.restype = ctypes.c_void_p
_crypto.EVP_aes_256_cbc.restype = ctypes.c_void_p
_cipher = ctypes.c_void_p(_crypto.EVP_aes_256_cbc())
_context = ctypes.c_void_p(_crypto.EVP_CIPHER_CTX_new())


def encrypt(key: bytes, plaintext: bytes) -> str:
    iv = os.urandom(16)
    output = ctypes.create_string_buffer(len(plaintext) + 32)
    written, rest = ctypes.c_int(), ctypes.c_int()
    _crypto.EVP_EncryptInit_ex(_context, _cipher, None, key, iv)
    _crypto.EVP_EncryptUpdate(_context, output, ctypes.byref(written), plaintext, len(plaintext))
    _crypto.EVP_EncryptFinal_ex(_context, ctypes.byref(output, written.value), ctypes.byref(rest))
    return base64.b64encode(iv + output.raw[: written.value + rest.value]).decode()


def event(identifier: str, now: float) -> bytes:
    message = {
        "schema": "2.0",
        "header": {
            "event_id": identifier,
            "event_type": "im.message.receive_v1",
            "create_time": str(int(now * 1000)),
            "token": VERIFICATION_TOKEN,
            "app_id": APP_ID,
            "tenant_key": "0123456789abcdef",
        },
        "event": {
            "sender": {
                "sender_id": {"open_id": "ou_" + identifier, "union_id": "on_" + identifier},
                "sender_type": "user",
                "tenant_key": "0123456789abcdef",
            },
            "message": {
                "message_id": "om_" + identifier,
                "create_time": str(int(now * 1000)),
                "chat_id": "oc_" + identifier,
                "chat_type": "p2p",
                "message_type": "text",
                "content": json.dumps({"text": "Please summarise what we agreed on. " * 12}),
            },
        },
    }
    return json.dumps(message, separators=(",", ":")).encode()


def write(path: str, count: int) -> None:
    key = hashlib.sha256(ENCRYPT_KEY.encode()).digest()
    now = time.time()
    with open(path, "w", encoding="utf-8") as file:
        for _ in range(count):
            body = json.dumps({"encrypt": encrypt(key, event(os.urandom(16).hex(), now))})
            timestamp, nonce = str(int(now)), os.urandom(8).hex()
            signature = hashlib.sha256((timestamp + nonce + ENCRYPT_KEY + body).encode()).hexdigest()
            file.write(f"{timestamp} {nonce} {signature} {body}\n")
