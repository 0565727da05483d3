#!/usr/bin/env python3
"""Checks what crosses between Celery and us on shared queues: every form of a message, a prefix of all names, fleets of
both kinds on one queue, and what is left of either when it is killed.

Starts a private redis-server, workers from $AI_ASSISTANT_BINARIES and Celery's own. Ends with status 0 only if
everything held.
"""

import datetime
import json
import math
import re
import sys
import time
import uuid

import celery
import celery.exceptions
import kombu
import redis
from celery import Celery

from programs import Programs, expect_equal, run, until

PATIENCE = 20
SECRET = "a-secret-argument"

# A fleet in Python, which knows two of our tasks and one that we do not know. It counts its runs in Redis.
PYTHON_FLEET = """
import os, time
import redis
from celery import Celery

url, prefix, queue = {url!r}, {prefix!r}, {queue!r}
app = Celery("python", broker=url, backend=url, set_as_current=False)
app.conf.update(
    task_default_queue=queue, task_acks_late=True, worker_prefetch_multiplier=4, worker_send_task_events=False,
    broker_transport_options={{"global_keyprefix": prefix, "visibility_timeout": {timeout},
                               "unacked_restore_interval": 1, "unacked_restore_throttle": 1}},
    result_backend_transport_options={{"global_keyprefix": prefix}},
    task_reject_on_worker_lost=True, broker_connection_retry_on_startup=True)
runs = redis.Redis.from_url(url)


@app.task(name="assistant.sleep", bind=True)
def sleep(self, seconds):
    runs.hincrby("python-runs", self.request.id, 1)
    info = self.request.delivery_info or {{}}
    if info.get("redelivered"):
        runs.sadd("python-redelivered", self.request.id)
    time.sleep(seconds)
    return seconds


@app.task(name="python.only", bind=True)
def only(self, value):
    return [value, self.request.retries]
"""


class Checks:
    def __init__(self, programs):
        self.programs = programs
        self.url, self.redis = programs.start_redis()
        self.count = 0

    def client(self, queue, prefix="", **settings):
        app = Celery("client", broker=self.url, backend=self.url, set_as_current=False)
        app.conf.update(task_default_queue=queue, broker_transport_options={"global_keyprefix": prefix},
                        result_backend_transport_options={"global_keyprefix": prefix}, **settings)
        return app

    def fresh_queue(self):
        self.count += 1
        return f"queue-{self.count}"

    def start_ours(self, queue, url=None, prefix="", **settings):
        """A worker of ours on one queue, once it is registered."""
        workers = f"{prefix}{{{queue}}}:workers"
        before = set(self.redis.zrange(workers, 0, -1))
        name = f"ours-{queue}-{uuid.uuid4().hex[:6]}"
        process = self.programs.start(name, "worker", {
            "REDIS_URL": url or self.url, "WORKER_QUEUES": queue, "WORKER_LEASE": "2", "WORKER_GRACE_PERIOD": "0.2",
            "LOG_FORMAT": "json", "LLM_PROVIDER": "offline"} | settings)
        until(lambda: set(self.redis.zrange(workers, 0, -1)) - before, f"{name} registers")
        return name, process

    def start_python(self, queue, prefix="", timeout=3600):
        module = f"fleet_{uuid.uuid4().hex[:6]}"
        text = PYTHON_FLEET.format(url=self.url, prefix=prefix, queue=queue, timeout=timeout)
        (self.programs.folder / f"{module}.py").write_text(text)
        process = self.programs.start_python(
            module, "-m", "celery", "-A", module, "worker", "-Q", queue, "-P", "solo", "-n", f"{module}@here",
            "--loglevel", "INFO", "--without-gossip", "--without-mingle")
        until(lambda: "ready." in self.programs.log(module), f"{module} is ready", 40)
        return module, process

    def stop(self, process):
        process.terminate()
        expect_equal(process.wait(20), 0, "exit status")

    def lines(self, name, message):
        """The data of what a worker of ours logged under this message."""
        found = []
        for line in self.programs.log(name).splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if entry.get("message") == message:
                found.append(entry.get("metadata", {}))
        return found

    # Content

    def refused_content(self):
        """content that is not JSON is never run: it lies in the dead list, its caller is told, one line says which"""
        queue = self.fresh_queue()
        name, process = self.start_ours(queue)
        app = self.client(queue)
        sent = {}
        for kind, content_type in [("pickle", "application/x-python-serialize"), ("yaml", "application/x-yaml")]:
            result = app.send_task("assistant.echo", [SECRET], serializer=kind)
            sent[result.id] = content_type
        for content_type in ["application/x-msgpack", "text/plain", None]:
            task_id = str(uuid.uuid4())
            body = json.dumps([[SECRET], {}, {}])
            self.redis.lpush(queue, json.dumps({
                "body": body, "content-type": content_type, "content-encoding": "utf-8",
                "headers": {"task": "assistant.echo", "id": task_id},
                "properties": {"delivery_tag": str(uuid.uuid4()),
                               "delivery_info": {"exchange": "", "routing_key": queue}}}))
            sent[task_id] = content_type or "(none)"
        for task_id, content_type in sent.items():
            try:
                app.AsyncResult(task_id).get(timeout=PATIENCE)
                raise AssertionError(f"{content_type} was run")
            except Exception as error:
                expect_equal(type(error).__name__, "ContentDisallowed", f"the failure of {content_type}: {error}")
                assert content_type in str(error), f"{error} does not name {content_type}"
        logged = {line["task_id"]: line for line in self.lines(name, "message is unreadable")}
        for task_id, content_type in sent.items():
            expect_equal(logged[task_id]["task_name"], "assistant.echo", "the name in the log")
            assert content_type in logged[task_id]["error"], f"the log does not name {content_type}"
        assert SECRET not in self.programs.log(name), "the log holds an argument"
        expect_equal(self.redis.llen(f"{{{queue}}}:dead"), len(sent), "dead letters")
        expect_equal(app.send_task("assistant.echo", ["still here"]).get(timeout=PATIENCE), "still here", "a good one")
        self.stop(process)

    def special_numbers(self):
        """integers of any size and what is not finite come back as they were sent"""
        queue = self.fresh_queue()
        _, process = self.start_ours(queue)
        app = self.client(queue)
        for value in (2**70, -(2**70), 2**64, [2**200, {"a": -(2**64)}], float("inf"), -float("inf")):
            answer = app.send_task("assistant.echo", [value]).get(timeout=PATIENCE)
            assert answer == value and type(answer) is type(value), f"{answer!r} came back for {value!r}"
        assert math.isnan(app.send_task("assistant.echo", [float("nan")]).get(timeout=PATIENCE)), "NaN"
        self.stop(process)

    def old_protocol(self):
        """messages of protocol 1 are run"""
        queue = self.fresh_queue()
        _, process = self.start_ours(queue)
        app = self.client(queue, task_protocol=1)
        expect_equal(app.send_task("assistant.echo", ["old"]).get(timeout=PATIENCE), "old", "the value")
        began = time.time()
        result = app.send_task("assistant.echo", ["later"], countdown=0.5)
        expect_equal(result.get(timeout=PATIENCE), "later", "a delayed value")
        assert time.time() - began >= 0.5, "it did not wait"
        self.stop(process)

    def exchanges(self):
        """what is published through direct and topic exchanges arrives"""
        queue = self.fresh_queue()
        _, process = self.start_ours(queue)
        app = self.client(queue)
        topic = kombu.Exchange("media", type="topic")
        app.conf.task_queues = [kombu.Queue(queue, topic, routing_key="media.#")]
        with app.producer_pool.acquire() as producer:
            kombu.Queue(queue, topic, routing_key="media.#")(producer.channel).declare()
        result = app.send_task("assistant.echo", ["topic"], exchange="media", routing_key="media.audio.deep")
        expect_equal(result.get(timeout=PATIENCE), "topic", "through a topic exchange")
        bound = self.redis.smembers(f"_kombu.binding_permanent.{queue}")
        expect_equal(bound, {f"{queue}\x06\x16\x06\x16{queue}".encode()}, "the binding of our worker")
        self.stop(process)

    def dates(self):
        """every form of a date is read, and one without an offset is in UTC"""
        queue = self.fresh_queue()
        _, process = self.start_ours(queue)
        app = self.client(queue)
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1.2)
        east = soon.astimezone(datetime.timezone(datetime.timedelta(hours=8)))
        texts = [
            soon.isoformat(), soon.isoformat().replace("+00:00", "Z"), soon.replace(tzinfo=None).isoformat(),
            east.isoformat(), soon.strftime("%Y-%m-%d %H:%M:%S,%f"), soon.strftime("%Y%m%dT%H%M%S.%fZ"),
            soon.strftime("%Y-%m-%dT%H:%M:%S.%f") + "789+00:00",
        ]
        results = []
        for text in texts:
            task_id = str(uuid.uuid4())
            self.redis.lpush(queue, json.dumps({
                "body": json.dumps([[text], {}, None]), "content-type": "application/json",
                "headers": {"task": "assistant.echo", "id": task_id, "eta": text, "expires": "2999-01-01T00:00:00,5"},
                "properties": {"delivery_tag": task_id, "delivery_info": {"exchange": "", "routing_key": queue}}}))
            results.append(app.AsyncResult(task_id))
        for text, result in zip(texts, results):
            expect_equal(result.get(timeout=PATIENCE), text, "the value")
            assert result.date_done >= soon - datetime.timedelta(milliseconds=2), f"{text} ran at {result.date_done}"
        self.stop(process)

    # A prefix

    def prefixed(self):
        """with global_keyprefix both sides meet, and an account of ours may use names with the prefix only"""
        for prefix, results in [("app1:", "app1:"), ("app2", "app2_")]:
            queue = self.fresh_queue()
            self.redis.acl_setuser("ours", enabled=True, reset=True, passwords=["+p%40ss w:rd"], keys=[f"{prefix}*"],
                                   channels=[f"{prefix}*"], categories=["+@all"])
            self.redis.execute_command("ACL", "LOG", "RESET")
            url = self.url.replace("redis://", "redis://ours:p%2540ss%20w%3Ard@")
            name, process = self.start_ours(queue, url=url, prefix=prefix, REDIS_KEY_PREFIX=prefix)
            app = self.client(queue, prefix)
            result = app.send_task("assistant.echo", [prefix], countdown=0.3)
            expect_equal(result.get(timeout=PATIENCE), prefix, "the value")
            expect_equal(self.redis.exists(f"{results}celery-task-meta-{result.id}"), 1, "the key of the result")
            try:
                app.send_task("no.such.task").get(timeout=PATIENCE)
                raise AssertionError("an unknown task has a value")
            except celery.exceptions.NotRegistered:
                pass
            python, other = self.start_python(queue, prefix)
            expect_equal(app.send_task("assistant.sleep", [0]).get(timeout=PATIENCE), 0, "on either worker")
            self.stop(process)
            expect_equal(self.redis.execute_command("ACL", "LOG"), [], "what the account was refused")
            assert "p%40ss" not in self.programs.log(name), "the log holds the password"
            self.stop(other)
        strays = [key for key in self.redis.keys("*") if re.match(rb"(\{?queue-|celery-task)", key)
                  and any(f"queue-{number}".encode() in key for number in (self.count, self.count - 1))]
        expect_equal(strays, [], "keys without a prefix")

    # Mixed fleets

    def unknown_to_ours(self):
        """tasks that only Python knows are put back by ours until Python has them, and its clients see no failure"""
        queue = self.fresh_queue()
        name, process = self.start_ours(queue, WORKER_UNKNOWN_TASK_REQUEUES="100")
        app = self.client(queue)
        first = app.send_task("python.only", [0])
        until(lambda: self.lines(name, "task is not registered here, put back for others"), "ours puts it back")
        _, python = self.start_python(queue)
        results = [first] + [app.send_task("python.only", [number]) for number in range(1, 20)]
        for number, result in enumerate(results):
            expect_equal(result.get(timeout=PATIENCE)[0], number, "the value")
        expect_equal(self.redis.llen(f"{{{queue}}}:dead"), 0, "dead letters")
        self.stop(python)
        last = app.send_task("python.only", [1])
        self.stop(process)
        # Without a worker that knows it, it has failed once the times are spent.
        _, process = self.start_ours(queue, WORKER_UNKNOWN_TASK_REQUEUES="2")
        self.redis.delete(queue)
        spent = app.send_task("python.only", [2])
        try:
            spent.get(timeout=PATIENCE)
            raise AssertionError("nobody knows it")
        except celery.exceptions.NotRegistered:
            pass
        last.forget()
        self.stop(process)

    def python_killed(self):
        """a Python worker killed with what it held: ours put it back and run it; nothing of ours is lost or doubled"""
        queue = self.fresh_queue()
        self.redis.delete("python-runs")
        app = self.client(queue)
        _, python = self.start_python(queue, timeout=3)
        name, process = self.start_ours(queue, WORKER_VISIBILITY_TIMEOUT="3", WORKER_CONCURRENCY="4")
        results = [app.send_task("assistant.sleep", [0.05]) for _ in range(120)]
        until(lambda: self.redis.hlen("python-runs") > 3 and self.redis.hlen("unacked") > 0, "Python works")
        python.kill()
        held = {json.loads(entry)[0]["headers"]["id"] for entry in self.redis.hvals("unacked")}
        for result in results:
            expect_equal(result.get(timeout=40), 0.05, "the value")
        until(lambda: self.redis.hlen("unacked") == 0, "nothing of Python's is left")
        ours, theirs = self.runs(name), {key.decode(): int(count) for key, count in
                                         self.redis.hgetall("python-runs").items()}
        doubled = {result.id for result in results if ours.get(result.id, 0) + theirs.get(result.id, 0) > 1}
        assert doubled <= held, f"run twice, and not held by the dead: {doubled - held}"
        expect_equal([count for count in ours.values() if count != 1], [], "runs of ours beside one")
        self.stop(process)

    def ours_killed(self):
        """a worker of ours killed with what it held: another of ours puts it back, Python runs it as redelivered"""
        queue = self.fresh_queue()
        self.redis.delete("python-runs", "python-redelivered")
        app = self.client(queue)
        _, python = self.start_python(queue)
        doomed, process = self.start_ours(queue, WORKER_CONCURRENCY="8")
        results = [app.send_task("assistant.sleep", [0.1]) for _ in range(80)]
        until(lambda: len(self.runs(doomed)) > 5, "ours works")
        process.kill()
        process.wait()
        incarnation, = self.redis.zrange(f"{{{queue}}}:workers", 0, -1)
        held = {json.loads(message)["headers"]["id"]
                for message in self.redis.hvals(f"{{{queue}}}:inflight:{incarnation.decode()}")}
        assert held, "the dead held nothing"
        # So that ours puts back and takes nothing.
        self.redis.set(f"{{{queue}}}:paused", "{}")
        survivor, process = self.start_ours(queue, WORKER_CONCURRENCY="1")
        for result in results:
            expect_equal(result.get(timeout=40), 0.1, "the value")
        marked = {key.decode() for key in self.redis.smembers("python-redelivered")}
        expect_equal(marked, held, "what Python saw as redelivered")
        theirs = {key.decode(): int(count) for key, count in self.redis.hgetall("python-runs").items()}
        expect_equal([count for count in theirs.values() if count != 1], [], "runs of Python beside one")
        done = [self.runs(doomed), self.runs(survivor), theirs]
        doubled = [result.id for result in results if sum(each.get(result.id, 0) for each in done) > 1]
        # What had ended and was not acknowledged: at most what it held.
        assert len(doubled) <= 8, f"{len(doubled)} ran to their end twice"
        expect_equal(self.redis.llen(f"{{{queue}}}:dead"), 0, "dead letters")
        self.stop(process)
        self.stop(python)

    def runs(self, name):
        """How often each task ended well, by the log of a worker of ours."""
        counts = {}
        for line in self.lines(name, "task succeeded"):
            counts[line["task_id"]] = counts.get(line["task_id"], 0) + 1
        return counts


def main():
    with Programs() as programs:
        print(f"celery {celery.__version__}, kombu {kombu.__version__}, redis-py {redis.__version__}")
        checks = Checks(programs)
        run([
            checks.refused_content, checks.special_numbers, checks.old_protocol, checks.exchanges, checks.dates,
            checks.prefixed, checks.unknown_to_ours, checks.python_killed, checks.ours_killed,
        ])


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
