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


def in_list(key: str, *others):
    """Counts the list of ready jobs and further keys, each with its command."""
    return lambda redis: redis.send("LLEN", key) + sum(redis.send(command, other) for command, other in others)


def in_stream(redis):
    groups = redis.send("XINFO", "GROUPS", "peer")
    facts = dict(zip(groups[0][::2], groups[0][1::2]))
    return facts["pending"] + (facts["lag"] or 0)


def peers() -> list[System]:
    celery = [BIN / "celery", "-A", "celery_peer", "worker", "--without-gossip", "--without-mingle", "-l", "error"]
    celery_left = in_list("peer", ("HLEN", "unacked"))
    return [
        System(
            name="Celery (prefork)",
            client=python("celery"),
            worker=lambda concurrency, url: [*celery, "-P", "prefork", "-c", concurrency],
            left=celery_left,
            concurrency=2,
            jobs=8_000,
            sleepers=0,
            held=2,
            patience=10,
            has_bulk=False,
            setting="2 processes, `acks_late`, `reject_on_worker_lost`, prefetch 64 each, no gossip, no mingle",
            loses="a message taken and not yet noted in `unacked`; what a killed worker held waits",
            recovery="visibility timeout of 1 h",
        ),
        System(
            name="Celery (threads)",
            client=python("celery"),
            worker=lambda concurrency, url: [*celery, "-P", "threads", "-c", concurrency],
            left=celery_left,
            concurrency=4,
            jobs=8_000,
            sleepers=1_000,
            held=4,
            patience=10,
            has_bulk=False,
            setting="4 threads, else as prefork",
            loses="as prefork",
            recovery="visibility timeout of 1 h",
        ),
        System(
            name="RQ",
            client=python("rq"),
            worker=lambda concurrency, url: [
                BIN / "rq", "worker-pool", "-n", concurrency, "-w", "rq.worker.SimpleWorker", "-q", "-P", PEERS,
                "-u", url, "peer",
            ],
            left=in_list("rq:queue:peer", ("LLEN", "rq:queue:peer:intermediate"), ("ZCARD", "rq:wip:peer")),
            concurrency=3,
            jobs=4_000,
            sleepers=0,
            held=3,
            patience=10,
            has_bulk=True,
            setting="3 processes of `SimpleWorker` (no fork a job), results not kept",
            loses="what a killed worker held is moved to the failed ones, not run again",
            recovery="never by itself",
        ),
        System(
            name="Dramatiq",
            client=python("dramatiq"),
            worker=lambda concurrency, url: [
                "env", "dramatiq_queue_prefetch=1000",
                BIN / "dramatiq", "dramatiq_peer", "-p", "1" if concurrency > 100 else CORES, "-t", concurrency,
            ],
            left=lambda redis: redis.send("HLEN", "dramatiq:default.msgs"),
            concurrency=4,
            jobs=50_000,
            sleepers=1_000,
            held=4,
            patience=80,
            has_bulk=False,
            setting="2 processes of 4 threads, prefetch 1,000 each; always acknowledges after the run",
            loses="nothing; what a killed worker held runs again",
            recovery="heartbeat of 60 s, looked at by one command in 1,000",
        ),
        System(
            name="arq",
            client=python("arq"),
            worker=lambda concurrency, url: [BIN / "arq", "arq_peer.Worker"],
            left=lambda redis: redis.send("ZCARD", "arq:queue"),
            concurrency=100,
            jobs=12_000,
            sleepers=10_000,
            held=16,
            patience=10,
            has_bulk=True,
            setting="one process on uvloop, 100 jobs at once, poll every 2 ms; acknowledges after the run",
            loses="nothing; what a killed worker held waits for its in-progress key to expire",
            recovery="job timeout and 10 s: 310 s",
        ),
        System(
            name="taskiq",
            client=python("taskiq"),
            worker=lambda concurrency, url: [
                BIN / "taskiq", "worker", "taskiq_peer:broker", "--workers", "1" if concurrency > 100 else CORES,
                "--max-async-tasks", concurrency, "--ack-type", "when_executed", "--log-level", "ERROR",
            ],
            left=in_stream,
            concurrency=100,
            jobs=40_000,
            sleepers=10_000,
            held=16,
            patience=10,
            has_bulk=True,
            setting="Redis stream, 2 processes on uvloop of 100 jobs at once; acknowledges after the run",
            loses="nothing; what a killed worker held is claimed later",
            recovery="idle time of 600 s",
        ),
        System(
            name="SAQ",
            client=python("saq"),
            worker=lambda concurrency, url: [
                BIN / "saq", "saq_peer.settings", "--quiet", "--workers", "1" if concurrency > 100 else CORES,
            ],
            left=lambda redis: redis.send("ZCARD", "saq:peer:incomplete"),
            concurrency=20,
            jobs=20_000,
            sleepers=1_000,
            held=16,
            patience=10,
            has_bulk=True,
            setting="2 processes on uvloop of 20 jobs at once, finished jobs not kept, two tries",
            loses="nothing; what a killed worker held waits for its timeout and the sweeper",
            recovery="job timeout, then a sweep a minute",
        ),
        System(
            name="huey",
            client=python("huey"),
            worker=lambda concurrency, url: [
                BIN / "huey_consumer", "huey_peer.huey", "-q", "-n", "-w", concurrency,
                "-k", "thread" if concurrency > 100 else "process",
            ],
            left=in_list("huey.redis.peer"),
            concurrency=4,
            jobs=40_000,
            sleepers=1_000,
            held=4,
            patience=10,
            has_bulk=False,
            setting="4 processes, results off; it has no acknowledgement",
            loses="what a killed worker held",
            recovery="never: it is lost",
        ),
        System(
            name="Sidekiq",
            client=["ruby", PEERS / "sidekiq_peer.rb"],
            worker=lambda concurrency, url: [
                "sidekiq", "-q", "default", "-c", concurrency, "-r", PEERS / "sidekiq_peer.rb", "-e", "production",
            ],
            left=in_list("queue:default"),
            concurrency=5,
            jobs=80_000,
            sleepers=1_000,
            held=5,
            patience=10,
            has_bulk=True,
            setting="one process of 5 threads (free Sidekiq has no acknowledgement)",
            loses="what a killed worker held",
            recovery="never: it is lost",
        ),
    ]


def observed(system: System, jobs: int) -> System:
    """The same with results stored and task events published."""
    return dataclasses.replace(
        system,
        client=["env", "BENCHMARK_OBSERVED=1", *system.client],
        worker=lambda concurrency, url: ["env", "BENCHMARK_OBSERVED=1", *system.worker(concurrency, url)],
        jobs=jobs,
    )
