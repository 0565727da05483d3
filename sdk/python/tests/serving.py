"""Starts plugins as the assistant's worker does, and talks to them."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

from plugin_interface import signature

SDK = Path(__file__).resolve().parents[1]
SECRET = "a secret of the tests"

PLUGIN = '''
import os, sys, threading, time
from plugin_interface import PluginError, PluginInterface

class TriedPlugin(PluginInterface):
    concurrency = 2
    timeout = 5
    count = 0

    def handle_message(self, context: dict) -> dict:
        words = context["message_content"]
        TriedPlugin.count += 1
        if words == "refuse":
            raise PluginError("不行" * 400)
        if words == "fail":
            raise RuntimeError("secret words of the traceback")
        if words == "exit":
            sys.exit(3)
        if words == "wrong":
            return ["no dict"]
        if words == "large":
            return {"reply_message": [{"file": {"name": "a", "content_base64": "AAAA" * (1 << 20)}}, "x" * 30000]}
        if words == "environment":
            return {"reply_message": ",".join(name for name in os.environ if name.startswith(("PLUGIN_", "LISTEN_")))}
        if words.startswith("wait for "):
            path = words[len("wait for "):]
            with open(path + ".begun", "a") as begun:
                begun.write("x")
            while not os.path.exists(path):
                time.sleep(0.01)
        return {"reply_message": f"{words} {TriedPlugin.count}"}
'''


class ServedPlugin:
    """A plugin in a process of its own, on a socket that it inherits, or with a port of its own."""

    def __init__(self, code=PLUGIN, arguments=(), environment=None, inherits=True):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        (self.path / "tried.py").write_text(textwrap.dedent(code), encoding="utf-8")
        variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SDK), "PLUGIN_SECRET": SECRET, "LANG": "C.UTF-8"}
        variables.update(environment or {})
        command = [sys.executable, "-m", "plugin_interface", "serve", "tried.py", *([] if inherits else ["--port", "0"]), *arguments]
        self.log_path = self.path / "log"
        with open(self.log_path, "wb") as log, socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(64)
            self.port = listener.getsockname()[1]
            options = {}
            if inherits:
                variables.update(PLUGIN_LISTEN_FD=str(listener.fileno()), LISTEN_FDS="1")
                options["pass_fds"] = [listener.fileno()]
            self.process = subprocess.Popen(
                command, cwd=self.path, env=variables, stdout=log, stderr=subprocess.STDOUT, **options
            )

    def find_port(self):
        """Of its own, from what it tells."""
        line = self.until(lambda: next((l for l in self.log().splitlines() if l.startswith("listening: ")), None))
        self.port = int(line.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def log(self):
        return self.log_path.read_text(encoding="utf-8")

    def until(self, condition, seconds=10):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            value = condition()
            if value:
                return value
            time.sleep(0.01)
        raise AssertionError(f"did not happen within {seconds} s; the log: {self.log()}")

    def until_begun(self, path, count=1):
        """Until so many calls wait for a file."""
        begun = Path(f"{path}.begun")
        self.until(lambda: begun.exists() and begun.stat().st_size >= count)

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.connect()
        return connection

    def request(self, method, path, body=b"", headers=None, connection=None):
        """Status and decoded body; signed unless headers are given."""
        own = connection or self.connect()
        if headers is None:
            headers = signature.headers(SECRET.encode(), method, path, body=body)
        own.request(method, path, body or None, headers)
        response = own.getresponse()
        data = json.loads(response.read())
        if connection is None:
            own.close()
        return response.status, data

    def call(self, words, key="", connection=None):
        body = json.dumps({"message_content": words}).encode()
        headers = signature.headers(SECRET.encode(), "POST", "/handle_message", key, body)
        return self.request("POST", "/handle_message", body, headers, connection)

    def raw(self, data, seconds=20):
        """All that comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(data)
            received = b""
            while part := connection.recv(65536):
                received += part
            return received

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
