"""What Feishu's cloud does to an event on its way: encrypts it as the SDK decrypts, signs it as the SDK verifies."""

import base64
import hashlib
import json
import secrets
import time

from Crypto.Cipher import AES
from lark_oapi.core.const import LARK_REQUEST_NONCE, LARK_REQUEST_SIGNATURE, LARK_REQUEST_TIMESTAMP
from lark_oapi.core.utils import AESCipher


def encrypt(plaintext, key):
    """The body Feishu sends: `{"encrypt": base64(IV, AES-256-CBC(plaintext))}`, under the SDK's own derived key."""
    initial = secrets.token_bytes(AES.block_size)
    padding = AES.block_size - len(plaintext) % AES.block_size
    cipher = AES.new(AESCipher(key).digest, AES.MODE_CBC, initial)
    sealed = base64.b64encode(initial + cipher.encrypt(plaintext + bytes([padding]) * padding)).decode()
    assert AESCipher(key).decrypt_str(sealed).encode() == plaintext, "the SDK does not decrypt what was encrypted"
    return json.dumps({"encrypt": sealed}).encode()


def sign(body, key, at=None):
    """The headers of a signed delivery; `at` is in Unix seconds."""
    timestamp, nonce = str(int(at or time.time())), secrets.token_hex(8)
    digest = hashlib.sha256((timestamp + nonce + key).encode() + body).hexdigest()
    return {LARK_REQUEST_TIMESTAMP: timestamp, LARK_REQUEST_NONCE: nonce, LARK_REQUEST_SIGNATURE: digest}
