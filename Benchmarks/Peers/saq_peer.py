"""SAQ. A job is in the list of active ones while it runs; the sweeper looks for lost ones once a minute."""

import asyncio

import peer
import uvloop
from saq import Queue

asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
queue = Queue.from_url(peer.REDIS_URL, name="peer", max_concurrent_ops=100)


async def no_op(context, *, number: int):
    pass


async def timed(context, *, number: int):
    peer.note_waiting(number)


async def sleeper(context, *, number: int):
    peer.note(0)
    await asyncio.sleep(number)


settings = {"queue": queue, "functions": [no_op, timed, sleeper], "concurrency": peer.CONCURRENCY}


async def enqueue(kind: str, number: int):
    # A second try, or the sweeper would give lost jobs up; a `ttl` below zero keeps nothing of a finished job.
    await queue.enqueue(kind, number=number, retries=2, ttl=-1, timeout=0 if kind == "sleeper" else 10)


async def bulk(count: int):
    await peer.in_flight((enqueue("no_op", number) for number in range(count)), 50)
