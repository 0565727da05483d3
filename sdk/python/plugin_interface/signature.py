"""Proves that a request comes from the assistant."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Dict, Optional

#: How far a request's time may be from ours, in seconds.
WINDOW = 300
LEAST_SECRET_BYTES = 16


def signature(secret: bytes, timestamp: str, method: str, path: str, key: str, body: bytes) -> str:
    """The value of `Plugin-Signature`."""
    signed = ".".join((timestamp, method, path, key)).encode() + b"." + body
    return "v1=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()


def headers(secret: bytes, method: str, path: str, key: str = "", body: bytes = b"") -> Dict[str, str]:
    """The headers that the assistant sends with a request made now."""
    timestamp = str(int(time.time()))
    sent = {
        "Plugin-Contract": "1",
        "Plugin-Timestamp": timestamp,
        "Plugin-Signature": signature(secret, timestamp, method, path, key, body),
    }
    if key:
        sent["Plugin-Idempotency-Key"] = key
    if method == "POST":
        sent["Content-Type"] = "application/json"
    return sent


def refusal(
    secret: bytes, method: str, path: str, key: str, body: bytes, timestamp: str, given: str, now: Optional[float] = None
) -> Optional[str]:
    """Why a request is not the assistant's, or None. `timestamp` and `given` are the headers as they came."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15):
        return "Plugin-Timestamp is missing or no number of seconds"
    expected = signature(secret, timestamp, method, path, key, body)
    # Bytes, since strings that are not ASCII cannot be compared in constant time.
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        return "Plugin-Signature is not that of this request under our secret"
    if abs((time.time() if now is None else now) - int(timestamp)) > WINDOW:
        return f"Plugin-Timestamp is more than {WINDOW} seconds off; are the clocks right?"
    return None
