"""Dramatiq. Always acknowledges after the run; a heartbeat of a minute brings back what a dead worker held."""

import time

import dramatiq
import peer
from dramatiq.brokers.redis import RedisBroker

dramatiq.set_broker(RedisBroker(url=peer.REDIS_URL))


@dramatiq.actor
def no_op(number: int):
    pass


@dramatiq.actor
def timed(number: int):
    peer.note_waiting(number)


@dramatiq.actor
def sleeper(number: int):
    peer.note(0)
    time.sleep(number)


ACTORS = {"no_op": no_op, "timed": timed, "sleeper": sleeper}


def enqueue(kind: str, number: int):
    ACTORS[kind].send(number)
