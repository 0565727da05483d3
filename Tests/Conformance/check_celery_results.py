#!/usr/bin/env python3
"""Checks results both ways against Celery itself, over a real Redis.

Starts a private redis-server, workers of ours (`result-probe worker`, from $AI_ASSISTANT_BINARIES) and Celery's own. Reads
our results with Celery's client, and Celery's with our handle (`result-probe read`). Ends with status 0 only if
everything held.
"""

import datetime
import gc
import json
import subprocess
import sys
import uuid

import celery
import celery.exceptions
import kombu
from celery import Celery, chain, group, states
from celery.contrib.testing.worker import start_worker
from celery.result import GroupResult
from tblib import Traceback

from programs import Programs, expect_equal, run, until

OURS, THEIRS = "background", "python"
PATIENCE = 20
VALUES = [
    None, True, False, 0, -1, 2**53 + 1, 2**63 - 1, -(2**63), 0.5, 0.1, -2.5e-8, 1e300, 5e-324, "", "会议纪要：上线评审",
    "naïve \u202e Ωmega 👩‍👩‍👧‍👦", "a\0b\t\n\"\\/\u2028", [], {}, [[]], {"": {}}, [1, [2, [3, {"four": [None, True, "五"]}]]],
    {"键": {"b": [], "a": {}}},
]


class AppError(Exception):
    class Nested(Exception):
        pass


class Checks:
    def __init__(self, programs):
        self.programs = programs
        self.url, self.redis = programs.start_redis()
        self.app = Celery("results", broker=self.url, backend=self.url, set_as_current=False)
        self.app.conf.update(task_default_queue=OURS, result_extended=True, task_track_started=True)
        self.tasks = self.define()
        self.start_ours("first")

    def start_ours(self, name, *options):
        before = set(self.redis.zrange(f"{{{OURS}}}:workers", 0, -1))
        self.ours = self.programs.start(name, "result-probe", {}, "worker", "--url", self.url, "--queue", OURS, *options)
        until(lambda: set(self.redis.zrange(f"{{{OURS}}}:workers", 0, -1)) - before, f"{name} registers")

    def define(self):
        """What Celery's own worker runs."""
        app = self.app

        @app.task(name="py.echo")
        def echo(value):
            return value

        @app.task(name="py.add")
        def add(*numbers):
            return sum(numbers[0]) if isinstance(numbers[0], list) else sum(numbers)

        @app.task(name="py.raise")
        def fail(kind, *args):
            raise {"ValueError": ValueError, "Nested": AppError.Nested}[kind](*args)

        @app.task(name="py.steps", bind=True)
        def steps(task):
            task.update_state(state="PROGRESS", meta={"current": 1})
            return "stepped"

        @app.task(name="py.nan")
        def nan(kind):
            return float(kind)

        @app.task(name="py.retry", bind=True, max_retries=1)
        def retry(task):
            raise task.retry(exc=KeyError("gone"), countdown=0)

        return {"echo": echo, "add": add, "raise": fail, "steps": steps, "nan": nan, "retry": retry}

    def python_worker(self):
        return start_worker(self.app, pool="solo", perform_ping_check=False, loglevel="CRITICAL", queues=[THEIRS])

    def send(self, name, *args, **options):
        return self.app.send_task(name, args=args, queue=OURS, **options)

    def read(self, *ids, flags=()):
        """What our handle says: lines of JSON."""
        return self.read_by(self.start_reading(*ids, flags=flags))

    def start_reading(self, *ids, flags=()):
        return subprocess.Popen(
            [str(self.programs._binaries / "result-probe"), "read", "--url", self.url, *flags, *ids],
            stdout=subprocess.PIPE, text=True)

    def read_by(self, process):
        output, _ = process.communicate(timeout=PATIENCE * 2)
        expect_equal(process.returncode, 0, "the reader's status")
        return [json.loads(line) for line in output.split("\n") if line]

    def stored(self, task_id):
        return json.loads(self.redis.get(f"celery-task-meta-{task_id}"))

    # Ours, read by Celery

    def values(self):
        """Celery's client gets equal values of our worker back"""
        for value, result in [(value, self.send("probe.echo", value)) for value in VALUES]:
            answer = result.get(timeout=PATIENCE)
            assert answer == value and type(answer) is type(value), f"{answer!r} came back for {value!r}"
            assert result.successful() and result.ready() and result.state == states.SUCCESS
            expect_equal((result.traceback, result.children), (None, []), "what else it has")
            age = (datetime.datetime.now(datetime.timezone.utc) - result.date_done).total_seconds()
            assert -5 < age < 60, f"date_done is {age} s old"

    def exceptions(self):
        """exceptions arrive as Python's own classes, with their arguments and a traceback"""
        for kind, module, args, expected in [
            ("ValueError", "builtins", ["坏了 💥"], ValueError), ("KeyError", "builtins", ["k", 1], KeyError),
            ("SoftTimeLimitExceeded", "billiard.exceptions", [30], None), ("OfOurs", "shop.errors", ["m", {"a": 1}], None),
        ]:
            result = self.send("probe.raise", kind, module, args)
            error = result.get(timeout=PATIENCE, propagate=False)
            expect_equal(type(error).__name__, kind, "the class")
            expect_equal(list(error.args), args, "the arguments")
            if expected:
                assert type(error) is expected, f"{type(error)} is not {expected}"
            try:
                result.get(timeout=PATIENCE)
                raise AssertionError("no exception")
            except AssertionError:
                raise
            except Exception as raised:
                expect_equal(list(raised.args), args, "what is raised")
            assert result.failed() and result.state == states.FAILURE
            lines = result.traceback.splitlines()
            expect_equal(lines[0], "Traceback (most recent call last):", "the traceback's head")
            assert "probe.raise" in result.traceback and lines[-1].split(":")[0].endswith(kind), result.traceback
            expect_equal(self.stored(result.id)["result"],
                         {"exc_type": kind, "exc_message": args, "exc_module": module}, "what is stored")

    def remote_tracebacks(self):
        """tblib, which Celery uses for remote tracebacks, can read ours"""
        result = self.send("probe.raise", "ValueError", "builtins", ["x"])
        result.get(timeout=PATIENCE, propagate=False)
        expect_equal(Traceback.from_string(result.traceback).tb_frame.f_code.co_name, "probe.raise", "the frame")

    def told_states(self):
        """states of a job's own and starts come in order, are found by Celery, and only the end has a time"""
        self.ours.kill()
        self.ours.wait()
        self.start_ours("telling", "--tracks-start", "--extends-results", "--failure-expires", "7200")
        task_id = str(uuid.uuid4())
        seen = self.published(lambda: self.send("probe.steps", 3, task_id=task_id), task_id)
        expect_equal([state["status"] for state in seen],
                     ["STARTED", "PROGRESS", "PROGRESS", "PROGRESS", "SUCCESS"], "the states")
        expect_equal([state["date_done"] is None for state in seen], [True] * 4 + [False], "which have no time")
        expect_equal(seen[2]["result"], {"current": 2, "total": 3}, "the information")
        expect_equal(set(seen[0]["result"]), {"pid", "hostname"}, "the start's information")
        result = self.app.AsyncResult(task_id)
        expect_equal((result.name, result.args, result.kwargs, result.retries, result.queue),
                     ("probe.steps", [3], {}, 0, OURS), "what is added")
        expect_equal(result.worker, seen[0]["result"]["hostname"], "the node, the same in both")
        assert 0 < self.redis.ttl(f"celery-task-meta-{task_id}") <= 600, "the job's own life"
        failed = self.send("probe.raise", "ValueError", "builtins", ["x"])
        failed.get(timeout=PATIENCE, propagate=False)
        assert 7000 < self.redis.ttl(f"celery-task-meta-{failed.id}") <= 7200, "the life of failures"

    def published(self, send, task_id):
        """All that is published of a task, and that a callback of Celery's client is told the same."""
        key = f"celery-task-meta-{task_id}"
        with self.redis.pubsub(ignore_subscribe_messages=True) as channel:
            channel.subscribe(key)
            channel.get_message(timeout=5)
            result = send()
            told = []
            result.get(timeout=PATIENCE, on_message=lambda message: told.append(message["status"]), propagate=False)
            seen = []
            while not seen or seen[-1]["status"] not in states.READY_STATES:
                seen.append(json.loads(until(lambda: channel.get_message(timeout=5), "a state")["data"]))
        assert told and told[-1] == seen[-1]["status"], f"a callback was told {told}"
        expect_equal(json.loads(self.redis.get(key)), seen[-1], "what is stored at last")
        return seen

    def retried(self):
        """a retry is told with its exception, and found as such by Celery"""
        task_id = str(uuid.uuid4())
        seen = self.published(lambda: self.send("probe.raise", "OSError", "builtins", ["x"], task_id=task_id), task_id)
        names = [state["status"] for state in seen if state["status"] != states.STARTED]
        expect_equal(names, ["RETRY", "FAILURE"], "the states")
        retry = next(state for state in seen if state["status"] == states.RETRY)
        expect_equal((retry["date_done"], retry["result"]["exc_type"]), (None, "OSError"), "the retry")
        assert retry["traceback"].startswith("Traceback"), retry

    def groups(self):
        """Celery iterates, joins and restores groups of our results"""
        members = group(self.app.signature("probe.echo", args=[n], options={"queue": OURS}) for n in range(30))
        result = members.apply_async()
        expect_equal(result.join(timeout=PATIENCE), list(range(30)), "join")
        expect_equal(sorted(value["result"] for _, value in result.iter_native(timeout=PATIENCE)), list(range(30)),
                     "iter_native")
        expect_equal((result.completed_count(), result.successful(), result.failed()), (30, True, False), "the counts")
        result.save()
        *lines, counts = self.read(result.id, flags=["--group"])
        expect_equal([line["value"] for line in lines], list(range(30)), "our handle on the saved group")
        expect_equal(counts, {"total": 30, "succeeded": 30, "failed": 0}, "our counts")
        restored = GroupResult.restore(result.id, app=self.app)
        expect_equal([child.id for child in restored], [child.id for child in result], "the restored group")

    def forgotten(self):
        """a result that Celery forgets is pending for both"""
        result = self.send("probe.echo", 1)
        result.get(timeout=PATIENCE)
        result.forget()
        expect_equal(self.app.AsyncResult(result.id).state, states.PENDING, "the state")

    # Theirs, read by us

    def python_values(self):
        """our handle reads what a Python worker returned, of every kind"""
        tasks, kinds = self.tasks, ["nan", "inf", "-inf"]
        with self.python_worker():
            results = [tasks["echo"].apply_async([value], queue=THEIRS) for value in [*VALUES, 2**70]]
            strange = [tasks["nan"].apply_async([kind], queue=THEIRS) for kind in kinds]
            lines = self.read(*[result.id for result in results + strange])
        values = [line["value"] for line in lines if "value" in line]
        expect_equal(len(values), len(results) + 3, "how many came")
        for found, value in zip(values, [*VALUES, 2**70]):
            assert found == value, f"{found!r} came for {value!r}"
        expect_equal(values[-3:], kinds, "floats that JSON cannot hold")
        state = lines[0]
        expect_equal((state["status"], state["details"]["name"], state["details"]["queue"]),
                     ("SUCCESS", "py.echo", THEIRS), "what is added")
        assert state["done"], state

    def python_failures(self):
        """our handle tells a Python worker's exceptions, retries and revocations"""
        tasks = self.tasks
        with self.python_worker():
            simple = tasks["raise"].apply_async(["ValueError", "boom"], queue=THEIRS)
            nested = tasks["raise"].apply_async(["Nested", "in", {"a": 1}], queue=THEIRS)
            late = tasks["echo"].apply_async([1], queue=THEIRS, expires=-10)
            lines = self.read(simple.id, nested.id, late.id)
            expect_equal(lines[1], {"error": "ValueError", "module": "builtins", "message": "boom", "arguments": []},
                         "a failure")
            assert lines[0]["traceback"].rstrip().endswith("ValueError: boom"), lines[0]
            expect_equal((lines[3]["error"], lines[3]["arguments"]), ("AppError.Nested", ["in", {"a": 1}]), "a nested one")
            expect_equal(lines[5], {"revoked": "expired"}, "an expired one")
            retried = tasks["retry"].apply_async(queue=THEIRS)
            seen = self.read(retried.id, flags=["--updates"])
        expect_equal((seen[-1]["status"], seen[-1]["result"]["exc_type"]), ("FAILURE", "KeyError"), "a retried one")

    def python_waiting(self):
        """who waits in Swift before a Python worker runs is woken, and told of states on the way"""
        tasks = self.tasks
        result = tasks["steps"].apply_async(queue=THEIRS)
        many = [tasks["echo"].apply_async([n], queue=THEIRS) for n in range(100)]
        keys = [f"celery-task-meta-{each.id}" for each in [result, *many]]
        # Celery's own client listens, too.
        before = dict(self.redis.pubsub_numsub(*keys))
        telling = self.start_reading(result.id, flags=["--updates"])
        waiting = self.start_reading(*[each.id for each in many])
        until(lambda: all(count == before[key] + 1 for key, count in self.redis.pubsub_numsub(*keys)), "all listen")
        with self.python_worker():
            seen = [line["status"] for line in self.read_by(telling)]
            values = [line["value"] for line in self.read_by(waiting) if "value" in line]
        assert seen[-1] == "SUCCESS" and set(seen) <= {"STARTED", "PROGRESS", "SUCCESS"}, seen
        expect_equal(values, list(range(100)), "the values")

    def python_trees(self):
        """our handle walks what follows from a Python task: callbacks, chains, groups, chords"""
        add = self.tasks["add"]

        def sign(*args):
            return add.s(*args).set(queue=THEIRS)

        with self.python_worker():
            last = chain(sign(1, 1), sign(2), group(sign(10), sign(20)), sign()).apply_async()
            expect_equal(last.get(timeout=PATIENCE), 38, "the chain's value")
            first = last
            while first.parent is not None:
                first = first.parent
            lines = self.read(first.id, flags=["--descendants"])
        expect_equal(lines[1], {"value": 2}, "the first value")
        second, header = lines[2], lines[3]
        expect_equal((set(second), len(header["members"])), ({"task"}, 2), "what follows")
        expect_equal(self.stored(header["members"][0])["group_id"], header["group"], "the group")

    def compressed(self):
        """our handle reads what Celery compressed"""
        text = json.dumps({"status": "SUCCESS", "result": "z" * 500, "traceback": None, "children": [],
                           "date_done": None, "task_id": "c"})
        from kombu.compression import compress
        body, kind = compress(text, "zlib")
        self.redis.set("celery-task-meta-c", b"\0celery-compressed\0" + kind.encode() + b"\0" + body)
        expect_equal(self.read("c")[1], {"value": "z" * 500}, "the value")


def main():
    with Programs() as programs:
        print(f"celery {celery.__version__}, kombu {kombu.__version__}")
        checks = Checks(programs)
        run([
            checks.values, checks.exceptions, checks.remote_tracebacks, checks.retried, checks.groups,
            checks.forgotten, checks.told_states, checks.python_values, checks.python_failures,
            checks.python_waiting, checks.python_trees, checks.compressed,
        ])
        # What is let go of later finds no Redis.
        gc.collect()


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
