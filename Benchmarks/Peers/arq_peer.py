"""arq. A job stays in the queue's sorted set until it ended; its in-progress key says who runs it, for 310 s."""

import asyncio

import peer
import uvloop
from arq import create_pool
from arq.connections import RedisSettings

asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
settings = RedisSettings.from_dsn(peer.REDIS_URL)
pool = None


async def no_op(context, number: int):
    pass


async def timed(context, number: int):
    peer.note_waiting(number)


async def sleeper(context, number: int):
    peer.note(0)
    await asyncio.sleep(number)


class Worker:
    functions = [no_op, timed, sleeper]
    redis_settings = settings
    keep_result = 0
    log_results = False
    max_jobs = peer.CONCURRENCY
    # The default, half a second, would be all that is measured.
    poll_delay = 0.002


async def opened():
    global pool
    pool = await create_pool(settings)


async def enqueue(kind: str, number: int):
    await pool.enqueue_job(kind, number)


async def bulk(count: int):
    await peer.in_flight((enqueue("no_op", number) for number in range(count)), 50)
