"""The queue of this repository and its peers: how each is started, and how one sees in Redis that it is done.

Settings are the fastest that are safe, found by trying; `setting` and `loses` go onto the page of results.
"""

import dataclasses
import os
import pathlib
import sys
from collections.abc import Callable

PEERS = pathlib.Path(__file__).parent.parent / "Peers"
BIN = pathlib.Path(sys.prefix) / "bin"
CORES = str(os.cpu_count())


@dataclasses.dataclass(frozen=True)
class System:
    name: str
    #: The program that enqueues; see `Peers/peer.py`.
    client: list
    #: The arguments of a worker that runs so many jobs at once from the Redis at a URL.
    worker: Callable[[int, str], list]
    #: Jobs that are enqueued or held and not yet acknowledged, as Redis has it.
    left: Callable
    #: How many jobs a worker runs at once where rates are measured.
    concurrency: int
    #: No-op jobs for about five seconds.
    jobs: int
    #: Jobs that sleep at once in one process; none where a job takes a process.
    sleepers: int
    #: Jobs that the worker holds when it is killed.
    held: int
    #: Seconds to wait for those at most.
    patience: int
    has_bulk: bool
    setting: str
    loses: str
    recovery: str


def python(name: str) -> list:
    return [sys.executable, "-m", "peer", f"{name}_peer"]


def ours(programs: pathlib.Path) -> System:
    program = programs / "no-op-worker"

    def left(redis):
        # The list first: a job goes from there to its worker, so that none is missed between two looks.
        ready = redis.send("LLEN", "benchmark")
        workers = redis.send("ZRANGE", "{benchmark}:workers", 0, -1)
        return ready + sum(redis.send("HLEN", "{benchmark}:inflight:" + worker) for worker in workers)

    return System(
        name="JobQueue",
        client=[program],
        worker=lambda concurrency, url: [program, "work", concurrency],
        left=left,
        concurrency=200,
        jobs=500_000,
        sleepers=10_000,
        held=16,
        patience=30,
        has_bulk=True,
        setting="one process, 200 jobs at once; acknowledges after the run, up to 64 a step",
        loses="nothing; what a killed worker held runs again",
        recovery="lease of 10 s",
    )
