"""Processes that are measured: started on free ports, read from /proc, ended by their ids."""

import contextlib
import os
import pathlib
import signal
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


def _cpu_seconds(directory: pathlib.Path) -> float:
    fields = (directory / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


class Program:
    """One running program; ended when the block is left."""

    def __init__(self, arguments, environment=None, directory=None):
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [str(argument) for argument in arguments],
            env={**os.environ, **(environment or {})},
            cwd=directory,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
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

    def kill(self) -> None:
        """Kills it and all its children, whatever they are doing."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def cpu_seconds(self) -> float:
        """User and system time so far."""
        return _cpu_seconds(pathlib.Path(f"/proc/{self._process.pid}"))

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


    def _family(self) -> list[pathlib.Path]:
        """Where /proc tells of this process and all below it."""
        family = []
        for directory in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.getsid(int(directory.name)) == self._process.pid:
                    family.append(directory)
        return family

    @property
    def family_cpu_seconds(self) -> float:
        """User and system time of it and of all below it that still run."""
        total = 0.0
        for directory in self._family():
            with contextlib.suppress(OSError):
                total += _cpu_seconds(directory)
        return total

    @property
    def family_kib(self) -> int:
        """Memory of it and of all below it; a page that several share counts once."""
        total = 0
        for directory in self._family():
            with contextlib.suppress(OSError):
                rollup = (directory / "smaps_rollup").read_text(encoding="ascii")
                total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        return total


class Redis(Program):
    """A private redis-server that persists as `make run`'s does."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory()
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        super().__init__(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._directory.name]
            + ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
            + ["--maxmemory-policy", "noeviction", "--auto-aof-rewrite-percentage", "0", "--maxclients", "15000"]
        )
        wait_until(lambda: can_connect(self.port))
        self._socket = socket.create_connection(("127.0.0.1", self.port))
        self._replies = self._socket.makefile("rb")

    def __exit__(self, *exception):
        self._socket.close()
        super().__exit__(*exception)
        self._directory.cleanup()

    def send(self, *words):
        """Sends one command; None for nil."""
        encoded = [str(word).encode() for word in words]
        self._socket.sendall(b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(e), e) for e in encoded))
        return self._reply()

    def _reply(self):
        line = self._replies.readline().strip()
        kind, rest = line[:1], line[1:]
        if kind == b":":
            return int(rest)
        if kind == b"*":
            return [self._reply() for _ in range(int(rest))]
        if kind == b"$":
            return self._replies.read(int(rest) + 2)[:-2].decode(errors="replace") if int(rest) >= 0 else None
        return line.decode()

    def empty(self) -> None:
        """Removes every key, and what the append-only file says of them."""
        self.send("FLUSHALL")
        self.send("BGREWRITEAOF")
        wait_until(lambda: "aof_rewrite_in_progress:0" in self.send("INFO", "persistence"), pause=0.01)

    def written(self) -> bytes:
        """The commands that changed anything since `empty`, as the append-only file has them."""
        wait_until(lambda: "aof_buffer_length:0" in self.send("INFO", "persistence"))
        files = pathlib.Path(self._directory.name).glob("appendonlydir/*.incr.aof")
        return max(files, key=lambda file: int(file.name.split(".")[-3])).read_bytes()

    def calls(self, command: str) -> int:
        """How often a command was run since the statistics were reset, by scripts, too."""
        for line in self.send("INFO", "commandstats").splitlines():
            if line.startswith(f"cmdstat_{command}:"):
                return int(line.partition("calls=")[2].partition(",")[0])
        return 0

    def script_calls(self) -> int:
        """How many scripts were run since the statistics were reset."""
        return self.calls("evalsha")

    def benchmark(self, count: int, *command: str, port=None, pipeline=100, connections=4) -> float:
        """What redis-benchmark reaches with so many commands in flight on each connection, in calls a second."""
        output = subprocess.run(
            ["redis-benchmark", "-p", str(port or self.port), "-n", str(count), "-P", str(pipeline)]
            + ["-c", str(connections), "--csv", *command],
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
