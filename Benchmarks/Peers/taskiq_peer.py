"""taskiq on a Redis stream. Acknowledges after the run; what lies unacknowledged for ten minutes is claimed."""

import asyncio

import peer
from taskiq_redis import RedisStreamBroker

broker = RedisStreamBroker(peer.REDIS_URL, queue_name="peer", consumer_id="0")


@broker.task
async def no_op(number: int):
    pass


@broker.task
async def timed(number: int):
    peer.note_waiting(number)


@broker.task
async def sleeper(number: int):
    peer.note(0)
    await asyncio.sleep(number)


TASKS = {"no_op": no_op, "timed": timed, "sleeper": sleeper}
opened = broker.startup


async def enqueue(kind: str, number: int):
    await TASKS[kind].kiq(number)


async def bulk(count: int):
    await peer.in_flight((enqueue("no_op", number) for number in range(count)), 50)
