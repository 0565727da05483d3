"""Items 23 to 34 of the checklist: the life of a task and its results."""

import datetime
import decimal
import json
import time
import uuid

import celery.exceptions

from core_fleet import PATIENCE, QUEUE, SEP
from programs import expect_equal, until

VALUES = [
    None, True, False, 0, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 2**70, 0.5, 0.1, -2.5e-8, 1e300, 5e-324, "", "plain",
    "会议纪要：上线评审", "naïve \u202e Ωmega 👩‍👩‍👧‍👦", "a\0b\t\n\"\\/\u2028", "x" * 100_000, [], {}, [[]], {"": {}},
    [1, [2, [3, {"four": [None, True, "五"]}]]], {"键": {"b": [], "a": {}}, "emoji 😀": 1.5},
    datetime.datetime(2026, 11, 23, 8, 9, 10, 123456, tzinfo=datetime.timezone.utc), datetime.date(2026, 2, 28),
    decimal.Decimal("12.50"), uuid.UUID(int=7), b"bytes",
]


class Results:
    def __init__(self, fleet):
        self.fleet, self.redis = fleet, fleet.redis
        self.statements = [
            self.waits, self.expired, self.unknown, self.put_back, self.stored, self.not_overwritten, self.ignored,
            self.told, self.exceptions, self.retried, self.limited, self.values,
        ]

    def waits(self):
        """23: a task with an eta does not begin before its time"""
        began = time.time()
        results = {countdown: self.fleet.echo("later", countdown=countdown) for countdown in (1, 1.4)}
        until(lambda: self.fleet.census(QUEUE)["scheduled"], "they are scheduled")
        for countdown, result in results.items():
            expect_equal(result.get(timeout=PATIENCE), "later", "the value")
            late = result.date_done.timestamp() - began - countdown
            assert -0.002 <= late < 3, f"it ended {late} s after its time"

    def expired(self):
        """24: an expired task is not run, and REVOKED with expired is stored"""
        result = self.fleet.echo("too late", expires=-60)
        error = self.fleet.failure(result, "TaskRevokedError")
        assert isinstance(error, celery.exceptions.TaskRevokedError), repr(error)
        stored = self.fleet.stored(result.id)
        expect_equal((stored["status"], stored["result"]["exc_message"]), ("REVOKED", ["expired"]), "what is stored")
        expect_equal(self.fleet.echo("in time", expires=60).get(timeout=PATIENCE), "in time", "one that has time")

    def unknown(self):
        """25: an unknown task fails as NotRegistered"""
        error = self.fleet.failure(self.fleet.send("no.such.task", 1), "NotRegistered")
        assert isinstance(error, celery.exceptions.NotRegistered) and "no.such.task" in str(error), repr(error)

    def put_back(self):
        """25: or it is put back, as configured, and Python's worker runs it"""
        app = self.fleet.client("shared")
        worker = self.fleet.ours("shared@core", "shared", WORKER_UNKNOWN_TASK_REQUEUES="60")
        result = self.fleet.send("python.only", 5, app=app)
        until(lambda: self.fleet.logged("shared@core", "task is not registered here, put back for others"), "it is put back")
        self.fleet.python_takes("shared")
        expect_equal(result.get(timeout=PATIENCE), 5, "the value")
        self.fleet.end(worker)

    def stored(self):
        """26, 27: a result has all fields, a life and a date with an offset, and is published as it is stored"""
        for task, status in (("assistant.echo", "SUCCESS"), ("assistant.fail", "FAILURE")):
            task_id, parent = str(uuid.uuid4()), str(uuid.uuid4())
            key = f"celery-task-meta-{task_id}"
            with self.redis.pubsub(ignore_subscribe_messages=True) as channel:
                channel.subscribe(key)
                channel.get_message(timeout=5)
                result = self.fleet.send(task, "value", task_id=task_id, group_id="a-group", parent_id=parent)
                published = until(lambda: channel.get_message(timeout=5), "it is published")["data"]
            expect_equal(self.redis.get(key), published, "the stored text")
            assert 86_300_000 < self.redis.pttl(key) <= 86_400_000, f"its life: {self.redis.pttl(key)} ms"
            fields = json.loads(published)
            done = datetime.datetime.fromisoformat(fields["date_done"])
            assert done.utcoffset() is not None, f"date_done is {done}"
            expect_equal((fields["status"], fields["task_id"], fields["group_id"], fields["parent_id"], fields["children"]),
                         (status, task_id, "a-group", parent, []), "the fields")
            assert {"result", "traceback"} <= set(fields), fields
            result.get(timeout=PATIENCE, propagate=False)
            expect_equal((result.state, result.date_done.utcoffset() is not None), (status, True), "as this Celery reads it")

    def not_overwritten(self):
        """28: nothing is written over SUCCESS"""
        result = self.fleet.echo("first")
        expect_equal(result.get(timeout=PATIENCE), "first", "the value")
        before, dead = self.redis.get(f"celery-task-meta-{result.id}"), self.fleet.census(QUEUE)["dead"]
        for task, options in (("assistant.fail", {}), ("no.such.task", {}), ("assistant.echo", {"expires": -60})):
            self.fleet.send(task, "again", task_id=result.id, **options)
        until(lambda: self.fleet.census(QUEUE) == {"waiting": 0, "held": 0, "scheduled": 0, "dead": dead + 2}, "all ran")
        expect_equal(self.redis.get(f"celery-task-meta-{result.id}"), before, "what is stored")

    def ignored(self):
        """29: nothing is stored with ignore_result; in a chord, which counts it: canvas_statements.py, chord_forms"""
        results = [self.fleet.echo(1, ignore_result=True), self.fleet.send("assistant.fail", "quiet", ignore_result=True),
                   self.fleet.send("no.such.task", ignore_result=True)]
        until(lambda: not any(self.fleet.census(QUEUE)[place] for place in ("waiting", "held", "scheduled")), "all ran")
        expect_equal([self.redis.exists(f"celery-task-meta-{each.id}") for each in results], [0, 0, 0], "what is stored")

    def told(self):
        """30: STARTED, RETRY and states of a job's own have no date_done, and this Celery is told of them"""
        probe = self.fleet.programs.start(
            "probe", "result-probe", {}, "worker", "--url", self.fleet.url, "--queue", "probe", "--tracks-start")
        until(lambda: self.redis.zcard("{probe}:workers"), "the probe registers")
        for task, args, states in [
            ("probe.steps", [2], ["STARTED", "PROGRESS", "PROGRESS", "SUCCESS"]),
            ("probe.raise", ["OSError", "builtins", ["x"]], ["STARTED", "RETRY", "STARTED", "FAILURE"]),
        ]:
            task_id = str(uuid.uuid4())
            with self.redis.pubsub(ignore_subscribe_messages=True) as channel:
                channel.subscribe(f"celery-task-meta-{task_id}")
                channel.get_message(timeout=5)
                result = self.fleet.send(task, *args, queue="probe", task_id=task_id)
                heard = []
                # It is told of other results, too, whose messages come late.
                result.get(timeout=PATIENCE, propagate=False, on_message=lambda message: heard.extend(
                    [message["status"]] if message["task_id"] == task_id else []))
                seen = [json.loads(until(lambda: channel.get_message(timeout=5), "a state")["data"]) for _ in states]
            expect_equal([each["status"] for each in seen], states, "the states")
            expect_equal([each["date_done"] is None for each in seen], [True] * (len(states) - 1) + [False], "without a date")
            assert heard and set(heard) <= set(states), f"this Celery heard {heard}"

    def exceptions(self):
        """31: exceptions have class, arguments and module, and this Celery raises what they say"""
        for kind, module, args in [("ValueError", "builtins", ["坏了 💥"]), ("KeyError", "builtins", ["k", 1]),
                                   ("OfOurs", "shop.errors", ["m", {"a": 1}])]:
            result = self.fleet.send("probe.raise", kind, module, args, queue="probe")
            error = self.fleet.failure(result, kind)
            expect_equal(list(error.args), args, "its arguments")
            expect_equal(self.fleet.stored(result.id)["result"],
                         {"exc_type": kind, "exc_message": args, "exc_module": module}, "what is stored")
            try:
                result.get(timeout=PATIENCE)
            except Exception as raised:
                assert str(args[0]) in str(raised), f"{raised} says nothing of {args[0]}"
            else:
                raise AssertionError("nothing is raised")
            assert result.traceback.startswith("Traceback (most recent call last):"), result.traceback

    def retried(self):
        """32: a retry keeps id, embedded, group and headers, adds one to retries, and has an eta"""
        app = self.fleet.client("retried")
        options = {"headers": {"tenant": "blue"}, "group_id": "a-group", "priority": 4, "shadow": "pretty.name",
                   "time_limit": 60}
        signature = app.signature("canvas.flaky", args=["value", 10], link=app.signature("assistant.echo"))
        signature.stamp(colour="red")
        worker, waiting = None, None
        # The delays are random, of at most 20 ms: whoever is looked at too late is let go for the next.
        while not waiting:
            self.redis.set("{retried}:paused", "{}")
            result = signature.apply_async(**options, task_id=str(uuid.uuid4()))
            sent = json.loads(self.redis.lrange("retried" + SEP + "3", 0, -1)[0])
            self.redis.delete("{retried}:paused")
            worker = worker or self.fleet.programs.start("retrying", "canvas-worker", {
                "CANVAS_URL": self.fleet.url, "CANVAS_QUEUE": "retried"})
            waiting = until(
                lambda: self.redis.zrange("{retried}:scheduled", 0, 0, withscores=True) or result.state == "SUCCESS",
                "a retry waits", pause=0.0005)
            waiting = None if waiting is True else waiting
        (raw, due), = waiting
        worker.kill()
        worker.wait()
        found = json.loads(raw)
        headers = found["headers"]
        assert headers.pop("retries") >= 1 and sent["headers"].pop("retries") == 0, raw
        eta = datetime.datetime.fromisoformat(headers.pop("eta"))
        assert abs(eta.timestamp() * 1000 - due) < 2, f"due at {due}, eta {eta}"
        assert found["properties"].pop("delivery_tag") != sent["properties"].pop("delivery_tag"), "the same delivery tag"
        for name in ("eta", "origin"):
            sent["headers"].pop(name)
        headers.pop("origin")
        expect_equal(headers, sent["headers"], "the other headers")
        expect_equal((found["body"], found["properties"]), (sent["body"], sent["properties"]), "body and properties")
        expect_equal(headers["id"], result.id, "the id")

    def limited(self):
        """33: soft and hard time limits of this Celery's messages give SoftTimeLimitExceeded and TimeLimitExceeded"""
        soft = self.fleet.send("assistant.sleep", 60, soft_time_limit=0.3)
        hard = self.fleet.send("assistant.sleep", 60, time_limit=1)
        expect_equal(self.fleet.stored(soft.id)["result"]["exc_module"], "billiard.exceptions", "the module of the soft")
        self.fleet.failure(soft, "SoftTimeLimitExceeded")
        error = self.fleet.failure(hard, "TimeLimitExceeded")
        expect_equal(error.args, (1,), "its arguments")
        expect_equal(self.fleet.send("assistant.sleep", 0, soft_time_limit=5, time_limit=9).get(timeout=PATIENCE), 0, "in time")

    def values(self):
        """34: this Celery gets equal values back"""
        for value, result in [(value, self.fleet.echo(value)) for value in VALUES]:
            answer = result.get(timeout=PATIENCE)
            assert answer == value and type(answer) is type(value), f"{answer!r} came back for {value!r}"
        for number in (float("inf"), -float("inf")):
            expect_equal(self.fleet.echo(number).get(timeout=PATIENCE), number, "a word of Python's")
