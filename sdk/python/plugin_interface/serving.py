"""Runs a plugin as a program: where it listens, its secret, and when it ends."""

from __future__ import annotations

import ipaddress
import os
import queue
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any, Optional

from .loading import LoadedPlugin
from .server import PluginServer
from .signature import LEAST_SECRET_BYTES

#: The environment in which a worker starts a plugin.
DESCRIPTOR = "PLUGIN_LISTEN_FD"
SECRET = "PLUGIN_SECRET"
#: Of a thread. 1 MiB is too little for what recurses in C under Python 3.13.
STACK_BYTES = 2 << 20
ARENAS = 2


class ServingError(Exception):
    """Why a plugin cannot be served as it was asked."""


def secret(path: Optional[str], is_insecure: bool) -> Optional[bytes]:
    """The secret of a file, else of the environment, from which it is taken so that no other program inherits it."""
    from_environment = os.environ.pop(SECRET, "")
    if is_insecure:
        return None
    try:
        text = Path(path).read_text(encoding="utf-8").strip() if path else from_environment
    except (OSError, ValueError) as error:
        raise ServingError(f"the file of the secret cannot be read: {error}") from None
    if len(text.encode()) < LEAST_SECRET_BYTES:
        raise ServingError(
            f"a secret of at least {LEAST_SECRET_BYTES} bytes is needed: set {SECRET}, or give --secret-file; "
            "for a try on this machine, --insecure"
        )
    return text.encode()


def listener(host: str, port: int, is_insecure: bool) -> socket.socket:
    """The socket that we were started with, else one of our own."""
    inherited = os.environ.pop(DESCRIPTOR, "")
    os.environ.pop("LISTEN_FDS", None)
    if inherited:
        try:
            found = socket.socket(fileno=int(inherited))
            found.getsockname()
        except (ValueError, OSError) as error:
            raise ServingError(f"{DESCRIPTOR} is no socket: {error}") from None
        found.set_inheritable(False)
        found.setblocking(False)
        return found
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        if is_insecure and not ipaddress.ip_address(address[0]).is_loopback:
            raise ServingError("--insecure is for addresses of this machine only, such as 127.0.0.1")
        own = socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        raise ServingError(f"cannot listen on {host} port {port}: {error}") from None
    own.setblocking(False)
    where = own.getsockname()
    shown = f"[{where[0]}]" if family == socket.AF_INET6 else where[0]
    print(f"listening: http://{shown}:{where[1]}", file=sys.stderr, flush=True)
    return own


def spare_address_space() -> None:
    """Has many threads fit into a limit on memory, which counts what is reserved, used or not.

    A thread reserves 8 MiB of stack by default, and under glibc 64 MiB for what it allocates.
    """
    threading.stack_size(STACK_BYTES)
    try:
        import ctypes

        ctypes.CDLL(None).mallopt(-8, ARENAS)  # M_ARENA_MAX of malloc.h
    except (ImportError, OSError, AttributeError):
        return  # Another C library, which reserves less.


def serve(plugin: LoadedPlugin, on: socket.socket, secret: Optional[bytes], prefix: str = "") -> None:
    """Serves until SIGTERM or SIGINT, then ends what is under way. On the main thread."""
    # A queue whose `put` may be called in a signal handler, which an event's `set` may not.
    asked: "queue.SimpleQueue[None]" = queue.SimpleQueue()

    def stop(*_: Any) -> None:
        asked.put(None)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    spare_address_space()
    server = PluginServer(on, plugin, secret, prefix)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    asked.get()
    server.stop()
