"""RQ. A job is in the registry of started ones while it runs; the job's hash is deleted after it (`result_ttl=0`)."""

import time

import peer
from redis import Redis
from rq import Queue

BATCH = 100
queue = Queue("peer", connection=Redis.from_url(peer.REDIS_URL))


def no_op(number: int):
    pass


def timed(number: int):
    peer.note_waiting(number)


def sleeper(number: int):
    peer.note(0)
    time.sleep(number)


def enqueue(kind: str, number: int):
    queue.enqueue(f"rq_peer.{kind}", number, result_ttl=0, job_timeout=600)


def bulk(count: int):
    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        queue.enqueue_many([Queue.prepare_data("rq_peer.no_op", (number,), result_ttl=0) for number in numbers])
