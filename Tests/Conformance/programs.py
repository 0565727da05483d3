"""Starts our programs and a private redis-server for a check, and says what held and what did not."""

import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import redis

LOG_TAIL = 4000
BINARIES = pathlib.Path(__file__).resolve().parent.parent.parent / ".build" / "debug"


def free_ports(count):
    """Ports nobody listens on now.

    Those that the system gives to outgoing connections lie above, so none takes one before its server does.
    """
    found = []
    for port in random.sample(range(10_000, 32_768), 1_000):
        with socket.socket() as each:
            try:
                each.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise OSError("no free ports")


def until(condition, what, seconds=15, pause=0.005):
    """Waits until `condition` gives something true and returns that. `what` is a text or makes one."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() >= end:
            raise AssertionError(f"waited {seconds} s in vain: {what() if callable(what) else what}")
        time.sleep(pause)
    return value


def expect_equal(found, expected, what):
    assert found == expected, f"{what}: {found!r} instead of {expected!r}"


class Programs:
    """What a check started, with its output in files. As a context it ends everything, in reverse order."""

    def __init__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True)
        self.folder = pathlib.Path(self._temporary.name)
        self._running = {}
        self._binaries = pathlib.Path(os.environ.get("AI_ASSISTANT_BINARIES", BINARIES)).resolve()

    def __enter__(self):
        # A check that is told to end must not leave its programs behind.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            for name in self._running:
                print(f"--- {name}:\n{self.log(name)[-LOG_TAIL:]}", file=sys.stderr)
        for process in reversed(self._running.values()):
            process.kill()
            process.wait()
        self._temporary.cleanup()

    def start(self, name, program, settings, *arguments):
        """Starts one of ours with these settings and nothing else of the caller's environment."""
        return self._start(name, [str(self._binaries / program), *arguments], settings)

    def start_python(self, name, *arguments, interpreter=None, settings=None):
        """Starts our own interpreter, or another, with these arguments."""
        return self._start(name, [str(interpreter or sys.executable), *arguments], settings or {})

    def start_command(self, name, command):
        """Starts any other program."""
        return self._start(name, command, {})

    def start_redis(self, name="redis"):
        """A redis-server of our own; returns its URL and a client."""
        port, = free_ports(1)
        name = name if name == "redis" else f"{name}-redis"
        self._start(name, ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
                              "--appendonly", "no", "--dir", str(self.folder)], {})
        url = f"redis://127.0.0.1:{port}/0"
        client = redis.Redis.from_url(url, socket_timeout=10)
        until(lambda: answers(client), "redis-server answers")
        return url, client

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _start(self, name, command, settings):
        environment = {key: os.environ[key] for key in ("PATH", "HOME", "LD_LIBRARY_PATH") if key in os.environ}
        with open(self.folder / f"{name}.log", "wb") as log:
            process = subprocess.Popen(command, env=environment | settings, cwd=self.folder, stdout=log,
                                       stderr=subprocess.STDOUT)
        self._running[name] = process
        return process


def answers(client):
    try:
        return client.ping()
    except redis.ConnectionError:
        return False


def is_up(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


def post(url, body, headers):
    """Status and body of the answer, whatever the status."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"} | headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()


def run(checks):
    """Runs the checks in their order, one line each; the first that fails ends them."""
    began = time.monotonic()
    for check in checks:
        started = time.monotonic()
        try:
            check()
        except Exception:
            print(f"not so: {describe(check)}", file=sys.stderr)
            raise
        print(f"holds: {describe(check)} ({time.monotonic() - started:.2f} s)", flush=True)
    print(f"{len(checks)} checks held in {time.monotonic() - began:.1f} s")


def describe(check):
    return check.__doc__.strip().splitlines()[0].rstrip(".")
