"""Celery. Acknowledges after the run; the visibility timeout (an hour) brings back what a dead worker held.

With BENCHMARK_OBSERVED results are stored and task events published.
"""

import os
import time

import peer
from celery import Celery

IS_OBSERVED = "BENCHMARK_OBSERVED" in os.environ
app = Celery("celery_peer", broker=peer.REDIS_URL, backend=peer.REDIS_URL if IS_OBSERVED else None)
app.conf.update(
    task_ignore_result=not IS_OBSERVED,
    worker_send_task_events=IS_OBSERVED,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=64,
    task_default_queue="peer",
)


@app.task
def no_op(number: int):
    return number


@app.task
def timed(number: int):
    peer.note_waiting(number)


@app.task
def sleeper(number: int):
    peer.note(0)
    time.sleep(number)


TASKS = {"no_op": no_op, "timed": timed, "sleeper": sleeper}
producer = None


def opened():
    global producer
    producer = app.producer_pool.acquire()


def enqueue(kind: str, number: int):
    TASKS[kind].apply_async((number,), producer=producer)
