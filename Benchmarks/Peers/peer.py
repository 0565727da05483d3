"""What every peer shares: the three jobs' insides, and the commands by which the harness has tasks enqueued.

`python -m peer MODULE COMMAND NUMBER…`, with BENCHMARK_REDIS_URL and BENCHMARK_JOURNAL in the environment, which the
peers' workers read too. MODULE has `enqueue(kind, number)`; `bulk(count)` where the peer has one; `opened()`, which
connects, where that would be measured otherwise. All may be coroutines.
- `single COUNT` enqueues no-op tasks one by one and prints the seconds it took; `bulk COUNT` as the peer does it best.
- `probe COUNT MILLISECONDS` enqueues tasks that note how long they waited, at that pace.
- `sleepers COUNT SECONDS` enqueues tasks that sleep.
"""

import asyncio
import importlib
import inspect
import os
import sys
import time

REDIS_URL = os.environ["BENCHMARK_REDIS_URL"]
CONCURRENCY = int(os.environ.get("BENCHMARK_CONCURRENCY", "0"))
_journal = os.open(os.environ["BENCHMARK_JOURNAL"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def note(number: int) -> None:
    """Leaves one line for the harness."""
    os.write(_journal, b"%d\n" % number)


def note_waiting(since: int) -> None:
    note(time.monotonic_ns() - since)


async def obey(peer, command: str, count: int, *more: int):
    if hasattr(peer, "opened"):
        await _finished(peer.opened())
    started = time.monotonic()
    if command == "single":
        for number in range(count):
            await _finished(peer.enqueue("no_op", number))
        print(time.monotonic() - started)
    elif command == "bulk":
        await _finished(peer.bulk(count))
        print(time.monotonic() - started)
    elif command == "probe":
        for _ in range(count):
            await _finished(peer.enqueue("timed", time.monotonic_ns()))
            time.sleep(more[0] / 1000)
    elif command == "sleepers":
        for _ in range(count):
            await _finished(peer.enqueue("sleeper", more[0]))
    else:
        sys.exit(f"unknown command {command}")


async def _finished(result):
    if inspect.isawaitable(result):
        await result


async def in_flight(calls, width: int):
    """Awaits coroutines, `width` at a time: the bulk of peers that have no other."""
    calls = iter(calls)

    async def take():
        for call in calls:
            await call

    await asyncio.gather(*(take() for _ in range(width)))


if __name__ == "__main__":
    asyncio.run(obey(importlib.import_module(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])))
