#!/usr/bin/env python3
"""Checks our worker and our producer against Celery itself, over a real Redis.

Starts a private redis-server, workers and a gateway from $AI_ASSISTANT_BINARIES, calls the workers' diagnosis tasks
with Celery's own client, and lets Celery's own worker run what our gateway enqueued. Ends with status 0 only if
everything held.
"""

import datetime
import decimal
import json
import pathlib
import queue
import signal
import subprocess
import sys
import time
import uuid

import celery.exceptions
import kombu
from celery import Celery, group
from celery.contrib.testing.worker import start_worker

from programs import Programs, expect_equal, free_ports, is_up, post, run, until
from stored_event import as_stored

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "JobQueueTests" / "Fixtures"
QUEUE = "interactive"
# The id that every captured message of a file carries.
CAPTURED_ID = "5f0f7c0a-93b5-4c57-8f0e-3f6a0c7f1a11"
# What breaks a Python worker only: ours needs no delivery tag, and so runs them.
HARMLESS = ("no properties", "no delivery_tag", "delivery_tag null", "delivery_info null",
            "delivery_info without exchange")
PATIENCE = 15
APP_ID, TOKEN = "cli_0123456789abcdef", "token-of-a-check"
PROTOCOL_2_HEADERS = {
    "lang", "task", "id", "shadow", "eta", "expires", "group", "group_index", "retries", "timelimit", "root_id",
    "parent_id", "argsrepr", "kwargsrepr", "origin", "ignore_result", "replaced_task_nesting", "stamped_headers",
    "stamps",
}

VALUES = [
    None, True, False, 0, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 0.5, 0.1, -2.5e-8, 1e300, 5e-324,
    123456789.123456789, "", "plain", "会议纪要：上线评审", "naïve \u202e Ωmega 👩‍👩‍👧‍👦", "a\0b\t\n\"\\/\u2028", "x" * 100_000,
    [], {}, [[]], {"": {}}, [1, [2, [3, {"four": [None, True, "五"]}]]], {"键": {"b": [], "a": {}}, "emoji 😀": 1.5},
    {"__type__": "text", "other": 1},
    datetime.datetime(2026, 11, 23, 8, 9, 10, 123456, tzinfo=datetime.timezone.utc), datetime.date(2026, 2, 28),
    decimal.Decimal("12.50"), uuid.UUID(CAPTURED_ID), b"bytes", b"\xff\x00\xfe",
]

# Everything of one queue, counted at one instant: waiting, held by workers, scheduled, dead.
CENSUS = """
local held = 0
for _, worker in ipairs(redis.call('ZRANGE', '{' .. ARGV[1] .. '}:workers', 0, -1)) do
  held = held + redis.call('HLEN', '{' .. ARGV[1] .. '}:inflight:' .. worker)
end
return {redis.call('LLEN', ARGV[1]), held, redis.call('ZCARD', '{' .. ARGV[1] .. '}:scheduled'),
        redis.call('LLEN', '{' .. ARGV[1] .. '}:dead')}
"""


# Takes a message as a Python worker does that acknowledges late, and dies with it.
TAKE_AND_DIE = """
import os, signal, sys
import kombu
url, name = sys.argv[1:]
with kombu.Connection(url) as connection:
    queue = kombu.Queue(name, kombu.Exchange(name), routing_key=name)
    with connection.Consumer([queue], callbacks=[lambda *_: os.kill(os.getpid(), signal.SIGKILL)]):
        connection.drain_events(timeout=10)
"""


class Checks:
    def __init__(self, programs):
        self.programs = programs
        self.url, self.redis = programs.start_redis()
        self.app = self.client({})
        self.workers = {}
        self.told = queue.SimpleQueue()

    def client(self, transport):
        app = Celery("conformance", broker=self.url, backend=self.url, set_as_current=False)
        app.conf.update(task_default_queue=QUEUE, broker_transport_options=transport)
        return app

    def start_worker(self, name, **settings):
        """A worker of ours, once it is registered; remembers its process by its incarnation."""
        before = set(self.redis.zrange(f"{{{QUEUE}}}:workers", 0, -1))
        process = self.programs.start(name, "worker", {
            "REDIS_URL": self.url, "WORKER_LEASE": "2", "WORKER_GRACE_PERIOD": "0.2", "LOG_FORMAT": "json",
            "LLM_PROVIDER": "offline"} | settings)
        new, = until(lambda: set(self.redis.zrange(f"{{{QUEUE}}}:workers", 0, -1)) - before, f"{name} registers")
        self.workers[new.decode()] = (name, process)
        return process

    def census(self):
        return dict(zip(("waiting", "held", "scheduled", "dead"), self.redis.eval(CENSUS, 0, QUEUE)))

    def until_idle(self):
        until(lambda: not any(count for place, count in self.census().items() if place != "dead"), "the queue is empty")

    def holder(self, task_id):
        """The incarnation that holds a task, and the message as it lies there."""
        for incarnation in self.workers:
            for message in self.redis.hvals(f"{{{QUEUE}}}:inflight:{incarnation}"):
                if json.loads(message)["headers"]["id"] == task_id:
                    return incarnation, message
        return None

    def dead_letters(self):
        return [json.loads(letter) for letter in self.redis.lrange(f"{{{QUEUE}}}:dead", 0, -1)]

    def send(self, task, *args, app=None, **options):
        return (app or self.app).send_task(task, args=args, **options)

    def echo(self, value, **options):
        return self.send("assistant.echo", value, **options)

    def failure(self, result, kind):
        """The exception that `get` raises, which must be of that name."""
        try:
            value = result.get(timeout=PATIENCE)
        except celery.exceptions.TimeoutError:
            raise AssertionError(f"no {kind} within {PATIENCE} s") from None
        except Exception as error:
            expect_equal(type(error).__name__, kind, "the exception's class")
            return error
        raise AssertionError(f"{value!r} instead of {kind}")

    # Values and arguments

    def values(self):
        """every kind of value comes back as it was sent"""
        self.start_worker("first")
        results = [(value, self.echo(value)) for value in VALUES]
        for value, result in results:
            answer = result.get(timeout=PATIENCE)
            assert answer == value and type(answer) is type(value), f"{answer!r} came back for {value!r}"
            expect_equal(result.state, "SUCCESS", "the state")
        expect_equal(self.echo(1.0).get(timeout=PATIENCE), 1.0, "a whole float")
        expect_equal(self.app.AsyncResult(str(uuid.uuid4())).state, "PENDING", "the state of an unknown id")

    def encodings(self):
        """bodies are read as base64 and as plain JSON text"""
        plain = self.client({"body_encoding": None})
        value = {"text": "纯文本 \"quoted\" 😀", "list": [1, None]}
        expect_equal(self.echo(value, app=plain).get(timeout=PATIENCE), value, "a readable body")
        expect_equal(self.echo(value).get(timeout=PATIENCE), value, "a base64 body")
        messages = json.loads((FIXTURES / "accepted-by-python-worker.json").read_text())["messages"]
        for message in messages:
            envelope = json.loads(message["raw"])
            task_id = envelope["headers"]["id"] = f"{envelope['headers']['id']}-{uuid.uuid4()}"
            self.redis.lpush(QUEUE, json.dumps(envelope))
            expect_equal(self.app.AsyncResult(task_id).get(timeout=PATIENCE), "hello", message["note"])

    def keyword_arguments(self):
        """keyword arguments are bound by name"""
        by_name = self.send("assistant.echo", kwargs={"value": {"a": 1}})
        expect_equal(by_name.get(timeout=PATIENCE), {"a": 1}, "a value by name")
        expect_equal(self.send("assistant.sleep", kwargs={"seconds": 0}).get(timeout=PATIENCE), 0, "sleep by name")

    def wrong_arguments(self):
        """arguments that do not fit fail at once, without retries"""
        for task, args, kwargs in [
            ("assistant.echo", [1, 2], {}), ("assistant.echo", [1], {"value": 2}), ("assistant.sleep", ["long"], {}),
            ("assistant.sleep", [], {}), ("assistant.sleep", [None], {}), ("assistant.fail", [{}], {}),
        ]:
            result = self.app.send_task(task, args=args, kwargs=kwargs)
            error = self.failure(result, "InvalidArguments")
            assert task in str(error), f"{error} does not name the task"
            expect_equal(result.state, "FAILURE", "the state")
            letter = self.dead_letters()[0]
            expect_equal((letter["message"]["headers"]["id"], letter["deliveries"]), (result.id, 1), "the dead letter")
            expect_equal(self.census()["scheduled"], 0, "scheduled retries")

    def group_of_tasks(self):
        """a group of tasks gives all its values, in order"""
        results = group(self.app.signature("assistant.echo", args=[n]) for n in range(50)).apply_async()
        expect_equal(results.get(timeout=PATIENCE), list(range(50)), "the values")
        stored = json.loads(self.redis.get(f"celery-task-meta-{results[0].id}"))
        expect_equal(stored["group_id"], results.id, "the stored group")

    # Outcomes

    def failing(self):
        """assistant.fail raises in Python, with the message"""
        for message in ("something broke", "坏了 💥 \"so\""):
            result = self.send("assistant.fail", message)
            expect_equal(str(self.failure(result, "RequestedFailure")), message, "the exception's text")
            expect_equal(result.state, "FAILURE", "the state")
            assert result.failed() and result.date_done, "the result is not a finished failure"

    def unknown_task(self):
        """an unknown task raises NotRegistered"""
        result = self.send("no.such.task", 1)
        error = self.failure(result, "NotRegistered")
        assert isinstance(error, celery.exceptions.NotRegistered) and "no.such.task" in str(error), repr(error)
        expect_equal(result.state, "FAILURE", "the state")

    def expired(self):
        """a task that expired is revoked, not run"""
        past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)
        result = self.echo("too late", expires=past)
        error = self.failure(result, "TaskRevokedError")
        assert isinstance(error, celery.exceptions.TaskRevokedError) and "expired" in str(error), repr(error)
        expect_equal(result.state, "REVOKED", "the state")
        expect_equal(self.echo("in time", expires=60).get(timeout=PATIENCE), "in time", "one that did not expire")

    def delayed(self):
        """a countdown is waited for in the scheduled set, and hardly longer"""
        for countdown in (0.4, 0.9, 1.3):
            began = time.time()
            result = self.echo("later", countdown=countdown)
            until(lambda: self.census()["scheduled"] == 1, "the task is scheduled")
            expect_equal(self.census(), self.census() | {"waiting": 0, "held": 0}, "where else it is")
            expect_equal(result.get(timeout=PATIENCE), "later", "the value")
            took = result.date_done.timestamp() - began
            assert countdown - 0.002 <= took < countdown + 0.5, f"it ran after {took:.2f} s instead of {countdown} s"

    def sleeping(self):
        """assistant.sleep takes its time, and several overlap"""
        began = time.monotonic()
        results = [self.send("assistant.sleep", 0.3) for _ in range(20)]
        expect_equal([result.get(timeout=PATIENCE) for result in results], [0.3] * 20, "the values")
        took = time.monotonic() - began
        assert 0.3 <= took < 3, f"20 sleeps of 0.3 s took {took:.2f} s"

    # Results

    def stored_results(self):
        """a result has Celery's fields, a life of a day, and is published as it is stored"""
        task_id = str(uuid.uuid4())
        key = f"celery-task-meta-{task_id}"
        with self.redis.pubsub(ignore_subscribe_messages=True) as channel:
            channel.subscribe(key)
            channel.get_message(timeout=5)
            result = self.echo({"a": "b"}, task_id=task_id)
            published = until(lambda: channel.get_message(timeout=5), "the result is published")["data"]
        expect_equal(self.redis.get(key), published, "the stored text")
        assert 86_300_000 < self.redis.pttl(key) <= 86_400_000, f"life of the result: {self.redis.pttl(key)} ms"
        stored = json.loads(published)
        done = datetime.datetime.fromisoformat(stored.pop("date_done"))
        assert abs((datetime.datetime.now(datetime.timezone.utc) - done).total_seconds()) < 30, f"date_done is {done}"
        expect_equal(stored, {"status": "SUCCESS", "result": {"a": "b"}, "traceback": None, "children": [],
                              "task_id": task_id}, "the fields")
        expect_equal((result.state, result.date_done.tzinfo is not None, result.children), ("SUCCESS", True, []),
                     "the result as Celery reads it")
        result.forget()
        expect_equal(self.redis.exists(key), 0, "a forgotten result")

    def ignored_results(self):
        """ignore_result stores nothing, neither success nor failure"""
        ignored = [self.echo(1, ignore_result=True), self.send("assistant.fail", "quietly", ignore_result=True),
                   self.send("no.such.task", ignore_result=True)]
        self.until_idle()
        for result in ignored:
            expect_equal(self.redis.exists(f"celery-task-meta-{result.id}"), 0, "stored results")

    def command_line(self):
        """celery's command line shows a result"""
        result = self.echo("seen from the shell")
        result.get(timeout=PATIENCE)
        shown = subprocess.run(
            [sys.executable, "-m", "celery", "--broker", self.url, "--result-backend", self.url, "result", result.id],
            capture_output=True, text=True, timeout=30, check=True, cwd=self.programs.folder)
        assert "seen from the shell" in shown.stdout, shown.stdout + shown.stderr

    def malformed(self):
        """no broken message stops the worker; each lies in the dead list with its reason"""
        self.until_idle()
        self.redis.delete(f"{{{QUEUE}}}:dead")
        broken, harmless = {}, []
        for message in json.loads((FIXTURES / "malformed-messages.json").read_text())["messages"]:
            task_id = str(uuid.uuid4())
            raw = message["raw"].replace(CAPTURED_ID, task_id)
            if message["note"] in HARMLESS:
                harmless.append((message["note"], task_id))
            else:
                broken[raw] = message["note"]
            self.redis.lpush(QUEUE, raw)
        for raw in (b"\xff\xfe\x00", b"", b"[" * 20_000, b'{"headers":' * 5_000, b'{"body":"' + b"a" * 2_000_000):
            broken[raw.decode(errors="replace")] = repr(raw[:20])
            self.redis.lpush(QUEUE, raw)
        expect_equal(len(harmless), len(HARMLESS), "messages that break Python only")
        expect_equal(self.echo("still here").get(timeout=PATIENCE), "still here", "a good message")
        self.until_idle()
        for note, task_id in harmless:
            expect_equal(self.app.AsyncResult(task_id).get(timeout=PATIENCE), "hello", note)
        for letter in self.dead_letters():
            assert letter["error"]["exc_type"] and letter["error"]["exc_message"], f"no reason: {letter}"
            whole = letter.get("unreadable")
            if whole is None:
                whole = next(raw for raw, note in broken.items() if is_message(raw, letter["message"]))
            assert broken.pop(whole, None), f"not a message of ours: {whole[:200]}"
        assert not broken, f"not in the dead list: {list(broken.values())}"

    # Several workers

    def sharing(self):
        """two workers share a queue, each task runs once"""
        self.start_worker("second", WORKER_CONCURRENCY="4")
        # The first must not be able to take all at once: a worker of few slots in its place.
        self.stop_worker("first")
        self.start_worker("third", WORKER_CONCURRENCY="4")
        results = [self.send("assistant.sleep", 0.1) for _ in range(60)]
        for result in results:
            result.get(timeout=PATIENCE)
        self.until_idle()
        ran = {name: [self.runs(name, result.id) for result in results] for name in ("second", "third")}
        expect_equal([sum(each) for each in zip(*ran.values())], [1] * len(results), "runs of each task")
        assert all(sum(each) > 0 for each in ran.values()), "one of the workers ran nothing"

    def killed(self):
        """a worker killed with SIGKILL: the result still arrives, from the other"""
        result = self.send("assistant.sleep", 1)
        incarnation, _ = until(lambda: self.holder(result.id), "a worker holds the task")
        name, process = self.workers.pop(incarnation)
        process.kill()
        killed_at = time.monotonic()
        expect_equal(result.get(timeout=20), 1, "the value")
        took = time.monotonic() - killed_at
        (survivor, _), = self.workers.values()
        expect_equal((self.runs(name, result.id), self.runs(survivor, result.id)), (0, 1), "runs by dead and living")
        assert took < 8, f"it took {took:.1f} s at a lease of 2 s"
        until(lambda: not self.redis.zscore(f"{{{QUEUE}}}:workers", incarnation), "the dead one is forgotten")

    def stopped(self):
        """a worker that is stopped gives back what it ran, unchanged and readable in the list"""
        result = self.send("assistant.sleep", 3600, app=self.client({"body_encoding": None}))
        incarnation, message = until(lambda: self.holder(result.id), "the worker holds the task")
        name, _ = self.workers[incarnation]
        self.stop_worker(name)
        expect_equal(self.redis.llen(QUEUE), 1, "LLEN")
        expect_equal(self.redis.lrange(QUEUE, -1, -1), [message], "LRANGE")
        expect_equal(json.loads(json.loads(message)["body"])[0], [3600], "the arguments in the list")
        expect_equal(self.redis.zcard(f"{{{QUEUE}}}:workers"), 0, "workers left")
        self.redis.delete(QUEUE)

    def stop_worker(self, name):
        incarnation, process = next((key, process) for key, (each, process) in self.workers.items() if each == name)
        process.terminate()
        expect_equal(process.wait(20), 0, f"exit status of {name}")
        del self.workers[incarnation]

    def runs(self, name, task_id):
        """How often this worker ended a run of the task well, by its log."""
        return sum(task_id in line and '"task succeeded"' in line for line in self.programs.log(name).splitlines())

    def compressed(self):
        """what a Python producer compresses is run, and what decompresses to too much is a dead letter"""
        self.start_worker("decompressing")
        for name in ("gzip", "zlib"):
            value = {"text": "压缩 " * 10_000, "name": name}
            expect_equal(self.echo(value, compression=name).get(timeout=PATIENCE), value, f"a value in {name}")
        before = len(self.dead_letters())
        error = self.failure(self.echo("0" * (40 << 20), compression="gzip"), "PayloadTooLarge")
        assert "decompresses to more than" in str(error), f"the error says {error}"
        assert "not accepted" in str(self.failure(self.echo("x", compression="bzip2"), "ContentDisallowed"))
        expect_equal(len(self.dead_letters()) - before, 2, "dead letters")
        self.stop_worker("decompressing")

    # The other direction

    def produced_by_us(self):
        """what our gateway enqueues is readable JSON, and Celery's own worker runs it"""
        self.start_gateway()
        event = as_stored(self.deliver_event())
        envelope = json.loads(self.redis.lrange(QUEUE, -1, -1)[0])
        arguments = {"app_id": APP_ID, "event": event}
        expect_equal(json.loads(envelope["body"])[:2], [[], arguments], "the body in the list")
        assert "你好" in self.redis.lrange(QUEUE, -1, -1)[0].decode(), "the text in the list is not readable"
        expect_equal(PROTOCOL_2_HEADERS - set(envelope["headers"]), set(), "headers of protocol 2 that are missing")
        assert TOKEN not in envelope["headers"]["kwargsrepr"], "the token is in kwargsrepr"
        told = self.run_in_python("feishu.event", envelope["headers"]["id"])
        expect_equal(told, {"retries": 0, "args": [], "kwargs": arguments}, "what the Python worker was given")

    def retried_by_us(self):
        """what our worker retries keeps its id and arguments, and Celery's own worker runs it when it is due"""
        self.start_worker("retrying", FEISHU_APP_ID=APP_ID, FEISHU_APP_SECRET="secret",
                          FEISHU_BASE_URL="http://127.0.0.1:1")
        self.deliver_event()
        until(lambda: self.census()["scheduled"] == 1, "a failed attempt is scheduled again")
        self.stop_worker("retrying")
        # It is scheduled, or was fetched when it fell due and given back.
        for message, due in self.redis.zpopmin(f"{{{QUEUE}}}:scheduled", 10):
            eta = datetime.datetime.fromisoformat(json.loads(message)["headers"]["eta"])
            assert abs(eta.timestamp() * 1000 - due) < 2, f"scheduled for {due}, eta {eta}"
            self.redis.lpush(QUEUE, message)
        message, = self.redis.lrange(QUEUE, 0, -1)
        envelope = json.loads(message)
        headers = envelope["headers"]
        assert headers["retries"] >= 1, f"retries: {headers['retries']}"
        told = self.run_in_python(headers["task"], headers["id"])
        expect_equal(told, {"retries": headers["retries"], "args": [], "kwargs": json.loads(envelope["body"])[1]},
                     "what the Python worker was given")
        eta = datetime.datetime.fromisoformat(headers["eta"])
        assert datetime.datetime.now(datetime.timezone.utc) >= eta, "the Python worker did not wait for the eta"

    def left_by_python(self):
        """what a Python worker took and died with is put back by ours after the visibility timeout, and run"""
        result = self.echo("left")
        taker = subprocess.run([sys.executable, "-c", TAKE_AND_DIE, self.url, QUEUE], timeout=30)
        expect_equal(taker.returncode, -signal.SIGKILL, "the end of the Python worker")
        expect_equal((self.redis.llen(QUEUE), self.redis.hlen("unacked")), (0, 1), "waiting, and not acknowledged")
        tag, = self.redis.zrange("unacked_index", 0, -1)
        self.redis.zincrby("unacked_index", -3601, tag)
        self.start_worker("restoring")
        expect_equal(result.get(timeout=PATIENCE), "left", "the result")
        until(lambda: not self.redis.exists("unacked", "unacked_index", "unacked_mutex"), "no key of kombu is left")
        self.stop_worker("restoring")

    def compressed_by_us(self):
        """what our gateway compresses Celery's own worker runs"""
        self.start_gateway("compressing", PAYLOAD_COMPRESS_OVER="1")
        event = as_stored(self.deliver_event())
        envelope = json.loads(self.redis.lrange(QUEUE, -1, -1)[0])
        expect_equal(envelope["headers"]["compression"], "application/x-gzip", "the compression")
        told = self.run_in_python("feishu.event", envelope["headers"]["id"])
        expect_equal(told["kwargs"], {"app_id": APP_ID, "event": event}, "what the Python worker was given")

    def hidden_by_us(self):
        """what our gateway stores aside our worker runs; Celery's own worker refuses it by its content type"""
        self.start_gateway("storing", PAYLOAD_ASIDE_OVER="1")
        self.deliver_event()
        envelope = json.loads(self.redis.lrange(QUEUE, -1, -1)[0])
        body = f"{{{QUEUE}}}:body:{envelope['headers']['body_ref']}"
        expect_equal(len(self.redis.get(body)), envelope["headers"]["body_bytes"], "the size of the body")
        expect_equal(envelope["content-type"], "application/x-jobqueue", "the content type")
        message = kombu.Message(body=b"", content_type=envelope["content-type"], accept={"application/json"})
        try:
            message.decode()
            raise AssertionError("kombu accepts the content type")
        except kombu.exceptions.ContentDisallowed:
            pass
        self.start_worker("fetching", FEISHU_APP_ID=APP_ID, FEISHU_APP_SECRET="secret",
                          FEISHU_BASE_URL="http://127.0.0.1:1")
        until(lambda: not self.redis.exists(body), "the body goes with its task")
        self.stop_worker("fetching")

    def start_gateway(self, name="gateway", **settings):
        port, = free_ports(1)
        base = f"http://127.0.0.1:{port}"
        self.programs.start(name, "gateway", {
            "REDIS_URL": self.url, "LISTEN_HOST": "127.0.0.1", "LISTEN_PORT": str(port), "FEISHU_APP_ID": APP_ID,
            "FEISHU_VERIFICATION_TOKEN": TOKEN} | settings)
        until(lambda: is_up(base + "/readyz"), "the gateway is ready")
        self.endpoint = base + "/api/feishu/events"

    def deliver_event(self):
        """A person's message, as Feishu delivers it to an app without an encrypt key."""
        now = str(int(time.time() * 1000))
        event = {
            "schema": "2.0",
            "header": {"event_id": uuid.uuid4().hex, "event_type": "im.message.receive_v1", "token": TOKEN,
                       "create_time": now, "app_id": APP_ID, "tenant_key": "15b59eb376740ebe"},
            "event": {
                "sender": {"sender_id": {"open_id": "ou_" + uuid.uuid4().hex}, "sender_type": "user"},
                "message": {"message_id": "om_" + uuid.uuid4().hex, "chat_id": "oc_" + uuid.uuid4().hex,
                            "chat_type": "p2p", "message_type": "text", "create_time": now,
                            "content": '{"text": "你好 😀\\n"}'},
            },
        }
        status, _ = post(self.endpoint, json.dumps(event, ensure_ascii=False).encode(), {})
        expect_equal(status, 200, "the gateway's answer")
        return event

    def run_in_python(self, name, task_id):
        """Lets Celery's own worker run what waits in the queue; returns what it was given."""
        python, told = self.client({}), self.told

        # Celery keeps the first function of a name for the whole process, so all tell the same queue.
        @python.task(name=name, bind=True)
        def tell(task, *args, **kwargs):
            told.put((task.request.id, {"retries": task.request.retries, "args": list(args), "kwargs": kwargs}))

        with start_worker(python, pool="solo", perform_ping_check=False, loglevel="ERROR", queues=[QUEUE]):
            came, call = told.get(timeout=PATIENCE)
        expect_equal(came, task_id, "the id of the task that came")
        return call


def is_message(raw, message):
    try:
        return json.loads(raw) == message
    except ValueError:
        return False


def main():
    with Programs() as programs:
        print(f"celery {celery.__version__}, kombu {kombu.__version__}")
        checks = Checks(programs)
        run([
            checks.values, checks.encodings, checks.keyword_arguments, checks.wrong_arguments, checks.group_of_tasks,
            checks.failing, checks.unknown_task, checks.expired, checks.delayed, checks.sleeping,
            checks.stored_results, checks.ignored_results, checks.command_line, checks.malformed, checks.sharing,
            checks.killed, checks.stopped, checks.compressed, checks.produced_by_us, checks.retried_by_us,
            checks.left_by_python, checks.compressed_by_us, checks.hidden_by_us,
        ])


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
