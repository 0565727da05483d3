"""huey. Takes a task off its list before it runs it: what a killed worker held is gone."""

import time

import peer
from huey import RedisHuey

huey = RedisHuey("peer", url=peer.REDIS_URL, results=False)


@huey.task()
def no_op(number: int):
    pass


@huey.task()
def timed(number: int):
    peer.note_waiting(number)


@huey.task()
def sleeper(number: int):
    peer.note(0)
    time.sleep(number)


TASKS = {"no_op": no_op, "timed": timed, "sleeper": sleeper}


def enqueue(kind: str, number: int):
    TASKS[kind](number)
