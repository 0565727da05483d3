"""Processes that are measured: started on free ports, read from /proc, ended by their ids."""

import contextlib
import os
import socket
import subprocess
import tempfile
import time

_TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, seconds: float = 10, pause: float = 0.0005) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("what was waited for did not come")
        time.sleep(pause)


class Program:
    """One running program; ended when the block is left."""

    def __init__(self, arguments, environment=None):
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            arguments,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def cpu_seconds(self) -> float:
        """User and system time so far."""
        with open(f"/proc/{self._process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    @property
    def memory_mib(self) -> tuple[float, float]:
        """Resident, and its part that is not backed by files."""
        values = {}
        with open(f"/proc/{self._process.pid}/status", encoding="ascii") as file:
            for line in file:
                name, _, value = line.partition(":")
                if name in ("VmRSS", "RssAnon"):
                    values[name] = int(value.split()[0]) / 1024
        return values["VmRSS"], values["RssAnon"]


class Redis(Program):
    """A private redis-server that persists as `make run`'s does."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory()
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        super().__init__(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._directory.name]
            + ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
            + ["--maxmemory-policy", "noeviction", "--auto-aof-rewrite-percentage", "0"]
        )
        wait_until(lambda: can_connect(self.port))
        self._socket = socket.create_connection(("127.0.0.1", self.port))
        self._replies = self._socket.makefile("rb")

    def __exit__(self, *exception):
        self._socket.close()
        super().__exit__(*exception)
        self._directory.cleanup()

    def send(self, *words):
        """Sends one command whose reply is a line, a number or a string."""
        encoded = [str(word).encode() for word in words]
        self._socket.sendall(b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(e), e) for e in encoded))
        line = self._replies.readline().strip()
        if line[:1] == b":":
            return int(line[1:])
        if line[:1] == b"$" and int(line[1:]) >= 0:
            return self._replies.read(int(line[1:]) + 2)[:-2].decode()
        return line.decode()

    def script_calls(self) -> int:
        """How many scripts were run since the statistics were reset."""
        for line in self.send("INFO", "commandstats").splitlines():
            if line.startswith("cmdstat_evalsha:"):
                return int(line.partition("calls=")[2].partition(",")[0])
        return 0

    def benchmark(self, count: int, *command: str) -> float:
        """What redis-benchmark reaches with 100 commands in flight on each of 4 connections, in calls a second."""
        output = subprocess.run(
            ["redis-benchmark", "-p", str(self.port), "-n", str(count), "-P", "100", "-c", "4", "--csv", *command],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return float(output.splitlines()[-1].split(",")[-7].strip('"'))


def can_connect(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def answers_ok(port: int, path: str) -> bool:
    """Whether GET answers 200."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 2) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n".encode())
        return b" 200 " in connection.recv(64)
    return False
