"""The Celery of this interpreter and workers of ours on one Redis: what the core statements are made of."""

import json
import pathlib
import threading
import time
import uuid

from celery import Celery

from programs import expect_equal, until

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "JobQueueTests" / "Fixtures"
#: Between a queue's name and its priority step.
SEP = "\x06\x16"
PATIENCE = 20
#: The worker of ours and the one of Python's that most statements are about, and the queue of the former.
OURS, PYTHON, QUEUE = "swift@core", "python@core", "core"
#: kombu's `visibility_timeout` of the Python worker, in seconds; of ours, where a statement is about it.
VISIBILITY = 2

# Everything of a queue that is not done, at one instant: waiting, held by our workers, scheduled, dead.
CENSUS = """
local held, waiting = 0, 0
for _, worker in ipairs(redis.call('ZRANGE', '{' .. ARGV[1] .. '}:workers', 0, -1)) do
  held = held + redis.call('HLEN', '{' .. ARGV[1] .. '}:inflight:' .. worker)
end
for _, step in ipairs({'', ARGV[2] .. '3', ARGV[2] .. '6', ARGV[2] .. '9'}) do
  waiting = waiting + redis.call('LLEN', ARGV[1] .. step)
end
return {waiting, held, redis.call('ZCARD', '{' .. ARGV[1] .. '}:scheduled'), redis.call('LLEN', '{' .. ARGV[1] .. '}:dead')}
"""


class Fleet:
    """A Redis, clients of this Celery, and workers of both kinds on it."""

    def __init__(self, programs):
        self.programs = programs
        self.url, self.redis = programs.start_redis()
        self.app = self.client(QUEUE)
        self.first = self.ours(OURS, QUEUE)
        self._python, self._ended_logs = None, ""

    def client(self, queue, url=None, prefix="", transport=None, **settings):
        """An app of this Celery that sends to this queue."""
        app = Celery("client", broker=url or self.url, backend=url or self.url, set_as_current=False)
        app.conf.update(
            task_default_queue=queue, result_backend_transport_options={"global_keyprefix": prefix},
            broker_transport_options={"global_keyprefix": prefix} | (transport or {}), **settings)
        return app

    def ours(self, node, queue, url=None, prefix="", redis=None, **settings):
        """A worker of ours, once it is registered."""
        workers, redis = f"{prefix}{{{queue}}}:workers", redis or self.redis
        before = set(redis.zrange(workers, 0, -1))
        process = self.start_ours(node, queue, url, prefix, **settings)
        until(lambda: set(redis.zrange(workers, 0, -1)) - before, f"{node} registers", PATIENCE)
        return process

    def start_ours(self, node, queue, url=None, prefix="", **settings):
        return self.programs.start(node, "worker", {
            "REDIS_URL": url or self.url, "REDIS_KEY_PREFIX": prefix, "WORKER_NAME": node, "WORKER_QUEUES": queue,
            "WORKER_LEASE": "2", "WORKER_GRACE_PERIOD": "0.2", "LOG_FORMAT": "json", "LLM_PROVIDER": "offline"} | settings)

    def python(self):
        """The worker of this Celery, ready, with gossip and mingle; started once. It takes from queues that it is given."""
        if self._python is None:
            self._python = self.programs.start_python(
                PYTHON, "-m", "celery", "-A", "core_tasks", "worker", "--pool", "solo", "--queues", "nothing",
                "--hostname", PYTHON, "--loglevel", "INFO", settings={
                    "CORE_URL": self.url, "CORE_QUEUE": "nothing", "CORE_VISIBILITY": str(VISIBILITY),
                    "PYTHONPATH": str(HERE)})
            until(lambda: "ready." in self.programs.log(PYTHON), "Python's worker is ready", 60)
            # A moment after it says so it hears requests.
            until(lambda: self.app.control.ping(destination=[PYTHON], timeout=0.5, limit=1), "it answers")
        return self._python

    def python_takes(self, queue):
        """Python's worker takes from this queue, too, from now on."""
        self.python()
        expect_equal(self.ask("add_consumer", {"queue": queue}, PYTHON), {"ok": f"add consumer {queue}"}, "its answer")

    def kill_python(self):
        """Kills the worker of this Celery, if there is one; the next who needs it gets another."""
        if self._python is None:
            return
        self._python.kill()
        self._python.wait()
        self._python = None
        self._ended_logs += self.programs.log(PYTHON)

    def python_log(self):
        """All that workers of this Celery have logged."""
        return self._ended_logs + (self.programs.log(PYTHON) if self._python else "")

    def end(self, process, by="terminate"):
        getattr(process, by)()
        status = process.wait(PATIENCE)
        expect_equal(status, {"terminate": 0, "kill": -9}[by], "the exit status")

    # Tasks

    def send(self, task, *args, app=None, **options):
        return (app or self.app).send_task(task, args=args, **options)

    def echo(self, value, **options):
        return self.send("assistant.echo", value, **options)

    def stored(self, task_id):
        """What is stored of a task, once it is."""
        key = f"celery-task-meta-{task_id}"
        return json.loads(until(lambda: self.redis.get(key), f"{task_id} is stored", PATIENCE))

    def failure(self, result, kind):
        """The exception that the caller gets, which must be of that name."""
        error = result.get(timeout=PATIENCE, propagate=False)
        expect_equal(type(error).__name__, kind, f"the exception's class of {error!r}")
        return error

    def push(self, queue, task, *args, headers=None, **properties):
        """A message made by hand; returns its result."""
        task_id = str(uuid.uuid4())
        self.redis.lpush(queue, json.dumps({
            "body": json.dumps([args, {}, None]), "content-type": "application/json", "content-encoding": "utf-8",
            "headers": {"task": task, "id": task_id} | (headers or {}),
            "properties": {"delivery_tag": str(uuid.uuid4()), "delivery_info": {"exchange": "", "routing_key": queue}}
            | properties}))
        return self.app.AsyncResult(task_id)

    def census(self, queue):
        return dict(zip(("waiting", "held", "scheduled", "dead"), self.redis.eval(CENSUS, 0, queue, SEP)))

    def messages(self, queue):
        """What waits in a queue's list of step 0, the oldest first."""
        return [json.loads(raw) for raw in reversed(self.redis.lrange(queue, 0, -1))]

    def held(self, queue):
        """The messages that workers of ours hold, as they lie there."""
        return [raw for worker in self.redis.zrange(f"{{{queue}}}:workers", 0, -1)
                for raw in self.redis.hvals(f"{{{queue}}}:inflight:{worker.decode()}")]

    def logged(self, node, message):
        """The data of what a worker of ours logged under this message."""
        entries = []
        for line in self.programs.log(node).splitlines():
            try:
                entries.append(json.loads(line))
            except ValueError:
                continue
        return [entry.get("metadata", {}) for entry in entries if entry.get("message") == message]

    def runs(self, *nodes):
        """How often each task ended well on these workers of ours, and how often it began on Python's."""
        counts = {key.decode(): int(count) for key, count in self.redis.hgetall("core:runs").items()}
        for node in nodes:
            for line in self.logged(node, "task succeeded"):
                counts[line["task_id"]] = counts.get(line["task_id"], 0) + 1
        return counts

    def called(self, task_id):
        """What Python's worker ran it with, once it has."""
        return json.loads(until(lambda: self.redis.hget("core:calls", task_id), f"Python runs {task_id}", PATIENCE))

    # Remote control

    def ask(self, method, arguments=None, node=OURS, app=None):
        """What one worker answers to this Celery's client."""
        # The list for an answer may have had an earlier request's name: then an answer that came too late takes this one's
        # place, at once.
        for _ in range(2):
            began = time.monotonic()
            replies = (app or self.app).control.broadcast(
                method, arguments=arguments or {}, reply=True, destination=[node], timeout=10, limit=1)
            took = time.monotonic() - began
            if replies or took > 5:
                break
        assert replies, f"{node} does not answer to {method} within {took:.1f} s"
        return replies[0][node]


class Listener:
    """What this Celery's receiver of events hears. A context."""

    def __init__(self, app):
        self.events = []
        self._app, self._receiver = app, None
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self):
        self._thread.start()
        # It asks all workers for a heartbeat when it begins.
        until(lambda: self.events, "an event", PATIENCE)
        return self

    def __exit__(self, *_):
        self._receiver.should_stop = True
        self._thread.join(PATIENCE)

    def of(self, task_id):
        return [event for event in list(self.events) if event.get("uuid") == task_id]

    def of_node(self, node):
        return [event for event in list(self.events) if event["hostname"] == node and event["type"].startswith("worker-")]

    def _listen(self):
        with self._app.connection_for_read() as connection:
            self._receiver = self._app.events.Receiver(connection, handlers={"*": self.events.append})
            self._receiver.capture(limit=None, timeout=None, wakeup=True)


def fixture(name):
    return json.loads((FIXTURES / f"{name}.json").read_text())
