"""The tasks of the core statements for Python workers: names that our own workers know, and one that they do not.

`celery -A core_tasks worker`, with the environment CORE_URL (the Redis of broker and results), CORE_QUEUE and
CORE_VISIBILITY (kombu's `visibility_timeout`, in seconds). What ran is left in that Redis, by task id:

- `core:runs`: how often each task ran here;
- `core:calls`: what it was given, with its retries and what its message says of a restoration.
"""

import json
import os
import time

import redis
from celery import Celery

app = Celery("core", broker=os.environ["CORE_URL"], backend=os.environ["CORE_URL"])
app.conf.update(
    task_default_queue=os.environ["CORE_QUEUE"],
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    # kombu looks each second for what dead workers left, and not each hundred.
    broker_transport_options={"visibility_timeout": float(os.environ["CORE_VISIBILITY"]),
                              "unacked_restore_interval": 1, "unacked_restore_throttle": 1},
)
traces = redis.Redis.from_url(os.environ["CORE_URL"])


def trace(task, args, kwargs):
    request = task.request
    traces.hincrby("core:runs", request.id, 1)
    traces.hset("core:calls", request.id, json.dumps({
        "args": args, "kwargs": kwargs, "retries": request.retries,
        "redelivered": [bool(request.get("redelivered")), bool((request.delivery_info or {}).get("redelivered"))],
    }))


@app.task(name="assistant.echo", bind=True)
def echo(self, value):
    trace(self, [value], {})
    return value


@app.task(name="assistant.sleep", bind=True)
def sleep(self, seconds):
    trace(self, [seconds], {})
    time.sleep(seconds)
    return seconds


@app.task(name="feishu.event", bind=True)
def event(self, *args, **kwargs):
    trace(self, args, kwargs)


@app.task(name="python.only", bind=True)
def only(self, value):
    trace(self, [value], {})
    return value
