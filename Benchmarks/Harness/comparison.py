"""Measures this repository's queue and its peers in turn, on one Redis; see `systems.py` for what they are."""

import contextlib
import fcntl
import os
import pathlib
import socket
import statistics
import subprocess
import tempfile
import threading
import time

from processes import Program, Redis, can_connect, free_port, wait_until
from systems import PEERS, System

#: Round trips are this much longer where a network is pretended.
DELAY_MICROSECONDS = 1000
#: What the names of measures end with where they are not the usual ones.
ALWAYS, AWAY = ", fsync always", ", 1 ms away"
#: Slots of a worker that is compared with one that has many.
FEW = 101
#: A drain that takes longer is cut; its rate is that of what was done.
LONGEST_DRAIN = 20


class Recording:
    """The commands by which a system enqueued tasks, to be sent again at any pace, as often as need be."""

    def __init__(self, commands: bytes, jobs: int):
        self.commands = commands
        self.jobs = jobs

    def send(self, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$3\r\nOFF\r\n" + self.commands)
            connection.sendall(b"*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$2\r\nON\r\n")
            connection.recv(16)

    def send_at(self, rate: float, port: int, stop: threading.Event) -> None:
        """Sends them as an open loop of so many jobs a second, whatever becomes of them."""
        ends = self._ends()
        commands = memoryview(self.commands)
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$3\r\nOFF\r\n")
            started, sent, index = time.monotonic(), 0, 0
            while index < len(ends) and not stop.is_set():
                due = int((time.monotonic() - started) * rate / self.jobs * len(ends))
                due = min(max(due, index), len(ends))
                if due > index:
                    connection.sendall(commands[sent : ends[due - 1]])
                    sent, index = ends[due - 1], due
                time.sleep(0.001)

    def _ends(self) -> list[int]:
        """Where each command ends, a transaction being one."""
        ends, at, is_transaction = [], 0, False
        data = self.commands
        while at < len(data):
            line = data.index(b"\r\n", at)
            first = None
            words = int(data[at + 1 : line])
            at = line + 2
            for _ in range(words):
                line = data.index(b"\r\n", at)
                length = int(data[at + 1 : line])
                first = first or data[line + 2 : line + 2 + length].upper()
                at = line + 4 + length
            is_transaction = first == b"MULTI" or is_transaction and first != b"EXEC"
            if not is_transaction:
                ends.append(at)
        return ends


class Turn:
    """A machine that several share: everybody measures and builds while he holds the lock of one file."""

    #: Seconds after which others have their turn.
    LONGEST = 180

    def __init__(self, path: str | None):
        self._file = open(path, "a", encoding="ascii") if path else None
        self._since = None

    def take(self) -> None:
        """Has the lock when it returns; gives it away before where it was held for long."""
        if self._file is None or self._since and time.monotonic() - self._since < self.LONGEST:
            return
        fcntl.flock(self._file, fcntl.LOCK_UN)
        time.sleep(0.1 if self._since else 0)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._since = time.monotonic()


class Comparison:
    """What was measured: values by system and measure, one per round."""

    def __init__(self, programs: pathlib.Path, systems: list[System], is_quiet: bool = False):
        self.programs = programs
        self.is_quiet = is_quiet
        self.systems = systems
        self.values: dict[str, dict[str, list]] = {system.name: {} for system in systems}
        self.facts: dict[str, str] = {}
        self._recordings: dict[str, Recording] = {}
        self._directory = tempfile.TemporaryDirectory()
        self._turn = Turn(os.environ.get("BENCHMARK_LOCK"))
        self._journal = pathlib.Path(self._directory.name) / "journal"

    # Bookkeeping

    def note(self, system: System, measure: str, value) -> None:
        self.values[system.name].setdefault(measure, []).append(value)
        if self.is_quiet:
            return
        shown = value if isinstance(value, str) else f"{value:.4g}" if value < 1000 else f"{value:,.0f}"
        print(f"  {system.name}: {measure}: {shown}", flush=True)

    def median(self, name: str, measure: str):
        """None for what was not measured; the words for what could not be."""
        values = self.values.get(name, {}).get(measure)
        if not values:
            return None
        numbers = [value for value in values if not isinstance(value, str)]
        return statistics.median(numbers) if numbers else values[0]

    @contextlib.contextmanager
    def piece(self, system: System, what: str):
        """One measurement, while nobody else has the machine; a failure is told and noted."""
        self._turn.take()
        try:
            yield
        except (TimeoutError, subprocess.SubprocessError) as error:
            self.note(system, what, f"failed ({type(error).__name__})")

    # Running a system

    def environment(self, port: int, concurrency: int) -> dict:
        return {
            "BENCHMARK_REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "BENCHMARK_JOURNAL": str(self._journal),
            "BENCHMARK_CONCURRENCY": str(concurrency),
            "PYTHONPATH": str(PEERS),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONWARNINGS": "ignore",
        }

    @contextlib.contextmanager
    def worker(self, system: System, port: int, concurrency: int | None = None):
        concurrency = concurrency or system.concurrency
        arguments = system.worker(concurrency, f"redis://127.0.0.1:{port}/0")
        # The directory is not the peers': some write there.
        with Program(arguments, self.environment(port, concurrency), self._directory.name) as program:
            try:
                yield program
            finally:
                program.kill()

    def client(self, system: System, port: int, command: str, *numbers: int) -> str:
        return subprocess.run(
            [str(word) for word in (*system.client, command, *numbers)],
            env={**os.environ, **self.environment(port, system.concurrency)},
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=120,
        ).stdout

    def lines(self) -> list[int]:
        if not self._journal.exists():
            return []
        return [int(line) for line in self._journal.read_text(encoding="ascii").split()]

    def clear(self, redis: Redis) -> None:
        redis.empty()
        self._journal.unlink(missing_ok=True)

    def warm_up(self, system: System, port: int) -> None:
        """Waits until the worker has run a job."""
        self.client(system, port, "probe", 1, 0)
        wait_until(lambda: len(self.lines()) > 0, 30, 0.01)
        os.truncate(self._journal, 0)

    # What is measured

    def record(self, redis: Redis, system: System) -> None:
        with self.piece(system, "record"):
            self.clear(redis)
            # Ours has batches of 64, a tick's worth at its rates; those of others would be bursts of a second.
            command = "bulk" if system.jobs > 100_000 else "single"
            self.client(system, redis.port, command, system.jobs)
            left = system.left(redis)
            if left != system.jobs:
                raise RuntimeError(f"{system.name} shows {left} of {system.jobs} tasks")
            self._recordings[system.name] = Recording(redis.written(), system.jobs)

    def drain(self, redis: Redis, system: System, measure: str, port: int) -> None:
        """From the first acknowledgement that Redis has to the last."""
        with self.piece(system, measure):
            self.clear(redis)
            self._recordings[system.name].send(redis.port)
            redis.send("CONFIG", "RESETSTAT")
            with self.worker(system, port) as worker:
                wait_until(lambda: system.left(redis) < system.jobs, 30, 0.001)
                before = worker.family_cpu_seconds, redis.cpu_seconds
                started, first = time.monotonic(), system.left(redis)
                last = first
                now = started
                while last > 0 and now - started < LONGEST_DRAIN:
                    time.sleep(0.003)
                    last = system.left(redis)
                    now = time.monotonic()
                    if last == 0:
                        # Some note what they took a moment after they took it.
                        time.sleep(0.01)
                        last = system.left(redis)
                after = worker.family_cpu_seconds, redis.cpu_seconds
                done = first - last
                self.note(system, measure, done / (now - started))
                for name, seconds in zip(("worker", "Redis"), (a - b for a, b in zip(after, before))):
                    self.note(system, f"{measure} {name} us", seconds / done * 1e6)

    def enqueue(self, redis: Redis, system: System, kind: str, measure: str, port: int) -> None:
        with self.piece(system, measure):
            self.clear(redis)
            rate = 300 / float(self.client(system, port, kind, 300))
            count = int(min(max(rate * 2, 300), 300_000))
            redis.empty()
            self.note(system, measure, count / float(self.client(system, port, kind, count)))

    def pick_up(self, redis: Redis, system: System, measure: str, port: int) -> None:
        with self.piece(system, measure):
            self.clear(redis)
            with self.worker(system, port):
                self.warm_up(system, port)
                self.client(system, port, "probe", 300, 10)
                self.note_waits(system, measure, 300)

    def pick_up_under_load(self, redis: Redis, system: System, measure: str) -> None:
        """At 80 % of the rate at which it drained."""
        rate = self.median(system.name, "drain")
        if not isinstance(rate, float):
            return
        with self.piece(system, measure):
            self.clear(redis)
            with self.worker(system, redis.port):
                self.warm_up(system, redis.port)
                stop = threading.Event()
                load = threading.Thread(
                    target=self._recordings[system.name].send_at, args=(rate * 0.8, redis.port, stop)
                )
                load.start()
                try:
                    time.sleep(0.5)
                    self.client(system, redis.port, "probe", 100, 20)
                finally:
                    stop.set()
                    load.join()
                backlog = system.left(redis) / rate
                self.note_waits(system, measure, 100)
                self.note(system, measure + " backlog", backlog)

    def note_waits(self, system: System, measure: str, count: int) -> None:
        wait_until(lambda: len(self.lines()) >= count, 30, 0.01)
        waits = sorted(self.lines())
        self.note(system, measure + " p50", statistics.median(waits) / 1e6)
        self.note(system, measure + " p99", waits[len(waits) * 99 // 100] / 1e6)

    def sleep_at_once(self, redis: Redis, system: System) -> None:
        if not system.sleepers:
            return
        with self.piece(system, "sleepers"):
            self.clear(redis)
            # As few as still are in one process: what threads take that only wait is part of their jobs' memory.
            with self.worker(system, redis.port, FEW) as worker:
                self.warm_up(system, redis.port)
                time.sleep(1)
                before = worker.family_kib
            self.clear(redis)
            with self.worker(system, redis.port, system.sleepers) as worker:
                self.client(system, redis.port, "sleepers", system.sleepers, 300)
                wait_until(lambda: len(self.lines()) == system.sleepers, 60, 0.05)
                time.sleep(1)
                after = worker.family_kib
                self.note(system, "sleepers KiB each", (after - before) / (system.sleepers - FEW))
                self.note(system, "sleepers MiB", after / 1024)

    def recover(self, redis: Redis, system: System) -> None:
        """From the death of a worker to the moment at which another has begun each job that it held."""
        with self.piece(system, "recovery"):
            self.clear(redis)
            with self.worker(system, redis.port) as dying:
                self.client(system, redis.port, "sleepers", system.held, 300)
                wait_until(lambda: len(self.lines()) == system.held, 30, 0.01)
                with self.worker(system, redis.port):
                    time.sleep(4)
                    dying.kill()
                    killed = time.monotonic()
                    try:
                        wait_until(lambda: len(self.lines()) >= 2 * system.held, system.patience, 0.01)
                        self.note(system, "recovery", time.monotonic() - killed)
                    except TimeoutError:
                        self.note(system, "recovery", f"not in {system.patience} s")

    def limits(self, redis: Redis, measure: str, port: int) -> None:
        """What redis-benchmark reaches with the commands that a job needs at the least: pushed, taken, removed."""
        own = self.systems[0]
        with self.piece(own, "limit"):
            self.clear(redis)
            self.client(own, redis.port, "single", 1)
            message = redis.send("LINDEX", "benchmark", 0)
            redis.empty()
            count = 300_000
            one = redis.benchmark(3_000, "LPUSH", "limit", message, port=port, pipeline=1, connections=1)
            single = redis.benchmark(int(one * 1.5), "LPUSH", "limit", message, port=port, pipeline=1, connections=1)
            self.note(own, "limit single" + measure, single)
            redis.empty()
            self.note(own, "limit bulk" + measure, redis.benchmark(count, "LPUSH", "limit", message, port=port))
            taking = redis.benchmark(count, "RPOPLPUSH", "limit", "taken", port=port)
            removing = redis.benchmark(count, "RPOP", "taken", port=port)
            self.note(own, "limit drain" + measure, 1 / (1 / taking + 1 / removing))

    # All of it

    def run(self, rounds: int = 3) -> None:
        port = free_port()
        with Redis() as redis:
            proxy = [self.programs / "delay-proxy", port, redis.port, DELAY_MICROSECONDS // 2]
            with Program(proxy):
                wait_until(lambda: can_connect(port))
                self.facts["round trip"] = f"{round_trip(redis.port):.2f} ms, with the delay {round_trip(port):.2f} ms"
                print(f"  round trip: {self.facts['round trip']}", flush=True)
                for system in self.systems:
                    self.record(redis, system)
                self.systems = [system for system in self.systems if system.name in self._recordings]
                places = (("", redis.port, "everysec"), (ALWAYS, redis.port, "always"), (AWAY, port, "everysec"))
                for measure, through, fsync in places:
                    redis.send("CONFIG", "SET", "appendfsync", fsync)
                    for _ in range(1 if measure else rounds):
                        self.limits(redis, measure, through)
                        for system in self.systems:
                            self.drain(redis, system, "drain" + measure, through)
                            self.enqueue(redis, system, "single", "single" + measure, through)
                            if system.has_bulk:
                                self.enqueue(redis, system, "bulk", "bulk" + measure, through)
                    if fsync == "everysec":
                        for system in self.systems:
                            self.pick_up(redis, system, "pick-up" + measure, through)
                redis.send("CONFIG", "SET", "appendfsync", "everysec")
                for measuring in (
                    lambda system: self.pick_up_under_load(redis, system, "pick-up at 80 %"),
                    lambda system: self.sleep_at_once(redis, system),
                    lambda system: self.recover(redis, system),
                ):
                    for system in self.systems:
                        measuring(system)


def round_trip(port: int) -> float:
    """Milliseconds of a PING, the median of 100."""
    times = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(100):
            started = time.monotonic()
            connection.sendall(b"PING\r\n")
            connection.recv(16)
            times.append((time.monotonic() - started) * 1000)
    return statistics.median(times)
