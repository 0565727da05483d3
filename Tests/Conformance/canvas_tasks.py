"""The tasks that canvases of the checks are made of, for Python workers; `Tests/CanvasWorker` has the same in Swift.

`celery -A canvas_tasks worker`, with the environment CANVAS_URL (the Redis of broker and results) and CANVAS_QUEUE.
Both kinds leave the same traces in that Redis, in hashes, by task id where nothing else is said:

- `canvas:runs`: how often each task ran: once, once more after each retry, and again where its worker died. What takes
  the place of a task has its id, and stands here under `<id>^<how often it was replaced>`.
- `canvas:effects`: how often `canvas.note` and `canvas.note_error` ran to their end.
- `canvas:by`: by kind of worker (`python`, `swift`), how many runs.
- `canvas:told`: the same of `canvas.note_error` by the task whose failure it was told.
"""

import os
import signal
import time

import redis
from celery import Celery, chain, chord, group
from celery.exceptions import Ignore

app = Celery("canvas", broker=os.environ.get("CANVAS_URL"), backend=os.environ.get("CANVAS_URL"))
app.conf.update(
    task_default_queue=os.environ.get("CANVAS_QUEUE", "canvas"),
    # What a killed process held runs again, as with our workers.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=4,
    # A connection that a killed child held is not worth an end of the worker.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_retry_on_startup=True,
    task_allow_error_cb_on_chord_header=False,
    # Swift workers report neither, and nobody looks here.
    worker_send_task_events=False,
)

#: Results stay small however often they are folded: numbers are taken modulo this prime.
PRIME = 1_000_003
_traces = None


def traces():
    """The traces' Redis; opened late, so that no connection is older than its process."""
    global _traces
    if _traces is None:
        _traces = redis.Redis.from_url(app.conf.broker_url)
    return _traces


def numbers(value):
    """The numbers of nested lists, and a mark for each bracket, so that structure and order count."""
    if isinstance(value, list):
        yield 17
        for element in value:
            yield from numbers(element)
        yield 19
    elif value is None:
        yield 23
    else:
        yield value


def trace(task):
    """Notes a run of this task."""
    # An element of a map is no task of its own.
    if task.request.id is not None:
        nesting = task.request.get("replaced_task_nesting") or 0
        traces().hincrby("canvas:runs", task.request.id + (f"^{nesting}" if nesting else ""), 1)
        traces().hincrby("canvas:by", "python", 1)


@app.task(name="canvas.add", bind=True)
def add(self, x, y):
    trace(self)
    return x + y


@app.task(name="canvas.mul", bind=True)
def mul(self, x, y):
    trace(self)
    return x * y % PRIME


@app.task(name="canvas.total", bind=True)
def total(self, values):
    trace(self)
    return sum(values)


@app.task(name="canvas.identity", bind=True)
def identity(self, value):
    trace(self)
    return value


@app.task(name="canvas.fold", bind=True)
def fold(self, value, number):
    """One number for a value of any structure."""
    trace(self)
    result = number
    for each in numbers(value):
        result = (result * 31 + each) % PRIME
    return result


@app.task(name="canvas.fail", bind=True)
def fail(self, value, message):
    """Fails whatever it is given."""
    trace(self)
    raise ValueError(message)


@app.task(name="canvas.flaky", bind=True, default_retry_delay=0.02, max_retries=10)
def flaky(self, value, times):
    """Is tried again so many times, then returns its value."""
    trace(self)
    if self.request.retries < times:
        raise self.retry(exc=ValueError("flaky"))
    return value


@app.task(name="canvas.sleepy", bind=True)
def sleepy(self, value, milliseconds):
    trace(self)
    time.sleep(milliseconds / 1000)
    return value


@app.task(name="canvas.kill", bind=True)
def kill(self, value):
    """Its process dies the first time."""
    trace(self)
    if traces().hsetnx("canvas:killed", self.request.id, 1):
        os.kill(os.getpid(), signal.SIGKILL)
    return value


@app.task(name="canvas.become", bind=True)
def become(self, value, form):
    """Has others take its place, whose result is a number."""
    trace(self)
    raise self.replace({
        "task": lambda: add.s(value, 1),
        "chain": lambda: chain(add.s(value, 1), mul.s(2)),
        "chord": lambda: chord([add.s(value, 1), add.s(value, 2)], total.s()),
        "flaky": lambda: flaky.s(value, 1),
        "again": lambda: become.s(value + 1, "chain"),
        "group": lambda: group(add.s(value, 1), add.s(value, 2)),
    }[form]())


@app.task(name="canvas.ignore", bind=True)
def ignore(self, value):
    """Ends without an outcome."""
    trace(self)
    raise Ignore()


@app.task(name="canvas.note", bind=True)
def note(self, value):
    """A callback: passes its value on and counts."""
    trace(self)
    traces().hincrby("canvas:effects", self.request.id, 1)
    return value


# Not bound: Celery 5.3 would count `self` and take it for an error callback of the three-argument form.
@app.task(name="canvas.note_error")
def note_error(failed_id):
    """An error callback of the one-argument form: returns whose failure it was told."""
    trace(note_error)
    traces().hincrby("canvas:effects", note_error.request.id, 1)
    traces().hincrby("canvas:told", failed_id, 1)
    return failed_id
