"""Fleets of workers for canvases: Celery's of any version, ours, and both on one queue."""

import os
import pathlib
import random
import time

from programs import until

HERE = pathlib.Path(__file__).resolve().parent
#: An older Celery, in an environment of its own.
OLDER_PYTHON = HERE.parent.parent / ".build-venv-older" / "bin" / "python"
QUEUE = "canvas"

# Everything of the queue that is not done, at one instant: waiting, held by our workers, scheduled, held by Python's.
CENSUS = """
local held = 0
for _, worker in ipairs(redis.call('ZRANGE', '{' .. ARGV[1] .. '}:workers', 0, -1)) do
  held = held + redis.call('HLEN', '{' .. ARGV[1] .. '}:inflight:' .. worker)
end
return {redis.call('LLEN', ARGV[1]), held, redis.call('ZCARD', '{' .. ARGV[1] .. '}:scheduled'),
        redis.call('HLEN', 'unacked')}
"""


class Fleet:
    """Workers on one Redis. `tend` is called again and again while one waits."""

    def __init__(self, programs, name):
        self.programs, self.name = programs, name
        self.url, self.redis = programs.start_redis(name)

    def tend(self):
        pass

    def census(self):
        return dict(zip(("waiting", "held", "scheduled", "unacked"), self.redis.eval(CENSUS, 0, QUEUE)))

    def until_idle(self, seconds):
        """Waits until nothing waits or runs, which ends in no message being anywhere.

        A message that a Python worker has taken is nowhere, too, until it has noted it in `unacked`: one look is not enough.
        """
        quiet_since = None

        def is_idle():
            nonlocal quiet_since
            self.tend()
            if any(self.census().values()):
                quiet_since = None
                return False
            quiet_since = quiet_since or time.monotonic()
            return time.monotonic() - quiet_since >= 0.5

        until(is_idle, lambda: f"{self.name} is idle; still there: {self.census()}", seconds, pause=0.05)


class PythonFleet(Fleet):
    """One Celery worker of several processes."""

    def __init__(self, programs, name, python=None, concurrency=4):
        super().__init__(programs, name)
        start_python_worker(programs, f"{name}-worker", self.url, python, concurrency)
        until(lambda: "ready." in programs.log(f"{name}-worker"), f"{name} is ready", 30)


class SwiftFleet(Fleet):
    """Our workers, started again when they die. With `killing_every` one of them is killed at random so often."""

    def __init__(self, programs, name, count=2, killing_every=None, seed=0):
        super().__init__(programs, name)
        self._starts = 0
        self._random = random.Random(seed)
        self._killing_every = killing_every
        self._next_kill = None
        self.kills = self.deaths = 0
        self._workers = [self._start() for _ in range(count)]

    def _start(self):
        self._starts += 1
        return self.programs.start(f"{self.name}-worker-{self._starts}", "canvas-worker", swift_settings(self.url))

    def tend(self):
        now = time.monotonic()
        if self._killing_every and self._next_kill is None:
            self._next_kill = now + self._killing_every
        if self._killing_every and now >= self._next_kill:
            self._next_kill = now + self._killing_every
            self._random.choice(self._workers).kill()
            self.kills += 1
        for index, worker in enumerate(self._workers):
            if worker.poll() is not None:
                self.deaths += 1
                self._workers[index] = self._start()


class MixedFleet(SwiftFleet):
    """Ours and Celery's on one queue; more of ours, since Celery's blocks on the queue and so is woken first."""

    def __init__(self, programs, name, python=None):
        super().__init__(programs, name, 2)
        start_python_worker(programs, f"{name}-python", self.url, python, 1)
        until(lambda: "ready." in programs.log(f"{name}-python"), f"{name} is ready", 30)


def swift_settings(url):
    return {"CANVAS_URL": url, "CANVAS_QUEUE": QUEUE, "CANVAS_LEASE_MILLISECONDS": "1000",
            "CANVAS_LOG_LEVEL": os.environ.get("CANVAS_LOG_LEVEL", "error")}


def start_python_worker(programs, name, url, python=None, concurrency=2):
    return programs.start_python(
        name, "-m", "celery", "--app", "canvas_tasks", "worker", "--pool", "prefork", "--concurrency", str(concurrency),
        "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO", "--hostname", f"{name}@here",
        interpreter=python, settings={"CANVAS_URL": url, "CANVAS_QUEUE": QUEUE, "PYTHONPATH": str(HERE)})
