"""Serves a plugin over HTTP/1.1, one thread for each connection, with bounds on everything that comes in."""

from __future__ import annotations

import http.client
import io
import json
import resource
import socket
import socketserver
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler
from typing import Any, Callable, Dict, NoReturn, Optional, Set

from . import signature
from .calls import Answer, AnswerMemory, CallPlaces
from .interface import PluginError
from .loading import LoadedPlugin
from .replies import BadReply, encoded

HEAD_BYTES = 32 << 10
BODY_BYTES = 1 << 20
BODY_BYTES_WITH_ATTACHMENTS = 16 << 20
#: Bodies that are being read or worked on together, as multiples of the largest.
BODIES_AT_ONCE = 4
IDLE_SECONDS = 30.0
#: For a request that was on its way as the server was asked to stop.
LAST_SECONDS = 0.2
HEAD_SECONDS = 10.0
BODY_SECONDS = 30.0
SENDING_SECONDS = 30.0
#: What is under way when the server is asked to stop may take so long: the assistant kills after 5 s.
STOPPING_SECONDS = 4.5


class HeadTooLarge(http.client.HTTPException):
    """More bytes than a head may have. The standard handler answers this kind with 431."""


class Arriving(io.RawIOBase):
    """What a client sends: never waited for beyond a moment, and never more than so many bytes."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until = 0.0
        self._left = 0

    def allow(self, seconds: float, most: int) -> None:
        self._until = time.monotonic() + seconds
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise socket.timeout("a request took too long to arrive")
        if self._left <= 0:
            raise HeadTooLarge
        self._connection.settimeout(seconds)
        count = self._connection.recv_into(buffer, min(len(buffer), self._left))
        self._left -= count
        return count


class Refusal(Exception):
    """A request that is answered without calling the plugin."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = failure(status, code, message)


def failure(status: int, code: str, message: str) -> Answer:
    """An answer in the contract's form of errors."""
    return Answer(status, json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False).encode())


class PluginServer(socketserver.TCPServer):
    """Serves one plugin on a socket that listens already, until `stop`."""

    def __init__(self, listener: socket.socket, plugin: LoadedPlugin, secret: Optional[bytes], prefix: str = "") -> None:
        """Without a secret every request is taken for the assistant's. `prefix` stands before the contract's paths."""
        super().__init__(listener.getsockname(), RequestHandler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        manifest = plugin.manifest
        self.plugin = plugin.instance
        self.secret = secret
        self.prefix = prefix
        self.timeout_of_calls = float(manifest.get("timeout", 10))
        self.places = CallPlaces(manifest.get("concurrency", 8), self.timeout_of_calls)
        self.memory = AnswerMemory()
        takes_files = "message.attachments" in manifest.get("permissions", [])
        self.most_body_bytes = BODY_BYTES_WITH_ATTACHMENTS if takes_files else BODY_BYTES
        # A command is how a package is started; over HTTP there is nothing to start.
        self.manifest = _encoded({name: value for name, value in manifest.items() if name != "command"})
        self.schema = _encoded(plugin.schema)
        self.is_stopping = False
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._most_connections = min(2 * manifest.get("concurrency", 8) + 32, max(8, files - 64))
        self._connections: Set[socket.socket] = set()
        self._idle: Set[socket.socket] = set()
        self._body_bytes = 0
        self._changed = threading.Condition()

    # Connections

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            is_full = len(self._connections) >= self._most_connections
            if not is_full:
                self._connections.add(request)
        if is_full:
            self._turn_away(request)
            return
        try:
            threading.Thread(target=self._serve, args=(request, client_address), daemon=True).start()
        except RuntimeError:
            # No memory for one more, or no more are allowed: as if there were no more connections.
            with self._changed:
                self._connections.discard(request)
            self._turn_away(request)

    def _turn_away(self, request: socket.socket) -> None:
        body = failure(503, "busy", "too many connections").body
        head = f"HTTP/1.1 503 Service Unavailable\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        request.settimeout(0)
        request.sendall(head.encode() + body)
        self.shutdown_request(request)

    def _serve(self, request: socket.socket, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except Exception:
            self.handle_error(request, client_address)
        finally:
            self._end(request)

    def _end(self, request: socket.socket) -> None:
        self.shutdown_request(request)
        with self._changed:
            self._connections.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], (OSError, http.client.HTTPException)):
            traceback.print_exc()

    def idling(self, request: socket.socket, is_idle: bool) -> bool:
        """Notes whether a connection only waits for the next request; false once the server is to end."""
        with self._changed:
            (self._idle.add if is_idle else self._idle.discard)(request)
            return not self.is_stopping

    def stop(self) -> None:
        """Accepts nothing more and waits, but not for ever, for what is under way. Not on the thread that serves."""
        self.shutdown()
        self.server_close()
        with self._changed:
            self.is_stopping = True
            for connection in self._idle:
                try:
                    connection.shutdown(socket.SHUT_RD)  # What has come already is still answered.
                except OSError:
                    continue  # The client was quicker.
            self._changed.wait_for(lambda: not self._connections, STOPPING_SECONDS)

    # Bodies

    def reserve(self, count: int) -> bool:
        with self._changed:
            if self._body_bytes + count > BODIES_AT_ONCE * self.most_body_bytes:
                return False
            self._body_bytes += count
            return True

    def release(self, count: int) -> None:
        with self._changed:
            self._body_bytes -= count

    # Calls

    def call(self, context: Dict[str, Any], key: str) -> Answer:
        """Has the plugin answer, unless it did under this key."""
        if not key:
            return self._call_now(context)
        answer = self.memory.answer(key, self.timeout_of_calls, lambda: self._call_now(context))
        return answer or failure(503, "busy", "the same call is still under way")

    def _call_now(self, context: Dict[str, Any]) -> Answer:
        place = self.places.take()
        if place is None:
            return failure(503, "busy", "as many calls as the manifest's concurrency allows are under way")
        try:
            return Answer(200, encoded(self.plugin.handle_message(context)))
        except PluginError as error:
            return failure(422, "refused", str(error)[:500])
        except BadReply as error:
            print(f"{type(self.plugin).__name__}: {error}", file=sys.stderr, flush=True)
            return failure(500, "bad_reply", "the plugin's answer is none; its log says why")
        except (Exception, SystemExit):
            traceback.print_exc()
            return failure(500, "internal", "the plugin failed; its log says why")
        finally:
            self.places.give_back(place)


class RequestHandler(BaseHTTPRequestHandler):
    """One connection."""

    server: PluginServer
    protocol_version = "HTTP/1.1"
    server_version = "plugin_interface/1"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rfile.close()
        self.arriving = Arriving(self.connection)
        self.rfile = io.BufferedReader(self.arriving)

    def handle_one_request(self) -> None:
        self.close_connection = True
        goes_on = self.server.idling(self.connection, True)
        self.arriving.allow(IDLE_SECONDS if goes_on else LAST_SECONDS, HEAD_BYTES)
        # The first byte of a request ends the idling; the head then has a time of its own.
        has_come = bool(self.rfile.peek(1))  # type: ignore[attr-defined]
        self.server.idling(self.connection, False)
        if has_come:
            self.arriving.allow(HEAD_SECONDS, HEAD_BYTES)
            super().handle_one_request()

    def do_GET(self) -> None:
        self._respond({"/health": self._health, "/manifest": self._manifest, "/get_config_schema": self._schema})

    def do_POST(self) -> None:
        self._respond({"/handle_message": self._handle_message})

    def _respond(self, routes: Dict[str, Callable[[bytes], Answer]]) -> None:
        reserved = 0
        try:
            path = self.path[len(self.server.prefix) :] if self.path.startswith(self.server.prefix) else ""
            if path not in routes:
                is_known = path in ("/health", "/manifest", "/get_config_schema", "/handle_message")
                self._refuse(
                    405 if is_known else 404, "no_such_route", "the contract has no such path, or not with this method"
                )
            length = self._body_length()
            if not self.server.reserve(length):
                self._refuse(503, "busy", "too much is being sent at once")
            reserved = length
            body = self._body(length)
            self._expect_signature(body)
            answer = routes[path](body)
        except Refusal as refusal:
            answer = refusal.answer
        finally:
            self.server.release(reserved)
        self._send(answer)

    def _refuse(self, status: int, code: str, message: str) -> NoReturn:
        """Refuses a request whose body was not read, so the connection ends with it."""
        self.close_connection = True
        raise Refusal(status, code, message)

    def _expect_signature(self, body: bytes) -> None:
        if self.server.secret is None:
            return
        key, timestamp, given = (
            self.headers.get(name) or "" for name in ("Plugin-Idempotency-Key", "Plugin-Timestamp", "Plugin-Signature")
        )
        why = signature.refusal(self.server.secret, self.command, self.path, key, body, timestamp, given)
        if why:
            raise Refusal(401, "signature", why)

    # Reading

    def _body_length(self) -> int:
        lengths = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers or len(lengths) > 1 or (self.command == "POST" and not lengths):
            self._refuse(411, "length", "a body needs one Content-Length")
        length = lengths[0] if lengths else "0"
        if not (length.isascii() and length.isdigit() and len(length) <= 15):
            self._refuse(400, "length", "Content-Length is no number")
        if int(length) > self.server.most_body_bytes:
            self._refuse(413, "too_large", f"at most {self.server.most_body_bytes} bytes are taken")
        return int(length)

    def _body(self, length: int) -> bytes:
        self.arriving.allow(BODY_SECONDS, length)
        try:
            body = self.rfile.read(length)
        except socket.timeout:
            self._refuse(408, "too_slow", "the body took too long")
        if len(body) < length:
            self._refuse(400, "length", "the body is shorter than Content-Length")
        return body

    # Routes

    def _health(self, _: bytes) -> Answer:
        if self.server.places.are_stuck:
            return failure(503, "stuck", "every place is taken by a call that does not end")
        return Answer(200, _encoded({"status": "ok"}))

    def _manifest(self, _: bytes) -> Answer:
        return Answer(200, self.server.manifest)

    def _schema(self, _: bytes) -> Answer:
        return Answer(200, self.server.schema)

    def _handle_message(self, body: bytes) -> Answer:
        if self.headers.get_content_type() != "application/json":
            raise Refusal(415, "content_type", "expected application/json")
        if self.headers.get("Plugin-Contract", "1") != "1":
            raise Refusal(400, "contract_version", "this plugin speaks version 1 of the contract")
        key = self.headers.get("Plugin-Idempotency-Key") or ""
        if len(key) > 256:
            raise Refusal(400, "idempotency_key", "expected at most 256 characters")
        try:
            context = json.loads(body)
        except (ValueError, RecursionError):
            raise Refusal(400, "not_json", "the body is not JSON") from None
        if not isinstance(context, dict):
            raise Refusal(400, "not_json", "expected an object")
        return self.server.call(context, key)

    # Answering

    def _send(self, answer: Answer) -> None:
        if self.server.is_stopping:
            self.close_connection = True
        self.connection.settimeout(SENDING_SECONDS)
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.status == 503:
            self.send_header("Retry-After", "1")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def send_error(self, code: int, message: Optional[str] = None, explain: Optional[str] = None) -> None:
        """What the standard handler finds wrong, in the contract's form."""
        self.close_connection = True
        self._send(failure(int(code), "bad_request", "the request is no HTTP/1.1 that is understood here"))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what strangers send has no place in a plugin's log, and its calls are counted elsewhere."""


def _encoded(value: Dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
