"""Items 1 to 11 of the checklist: envelopes and messages of tasks, both ways."""

import base64
import datetime
import json
import uuid

from core_fleet import OURS, PATIENCE, QUEUE, fixture
from programs import expect_equal, free_ports, is_up, post, until
from stored_event import as_stored

# The id that every captured message of a file carries.
CAPTURED_ID = "5f0f7c0a-93b5-4c57-8f0e-3f6a0c7f1a11"
# What breaks a Python worker only: ours needs no delivery tag, and so runs them.
HARMLESS = ("no properties", "no delivery_tag", "delivery_tag null", "delivery_info null",
            "delivery_info without exchange")
# Celery 5.7 writes them all; a group's index and stamps are younger than other readers, who ignore them.
HEADERS = {
    "lang", "task", "id", "shadow", "eta", "expires", "group", "group_index", "retries", "timelimit", "root_id",
    "parent_id", "argsrepr", "kwargsrepr", "origin", "ignore_result", "replaced_task_nesting", "stamped_headers", "stamps",
}
APP_ID, TOKEN = "cli_0123456789abcdef", "token-of-a-check"
TEXT = {"text": "纯文本 \"quoted\" 😀", "list": [1, None]}


def event_of_feishu():
    """A person's message, as Feishu delivers it to an app without an encrypt key."""
    return {
        "schema": "2.0",
        "header": {"event_id": uuid.uuid4().hex, "event_type": "im.message.receive_v1", "token": TOKEN,
                   "create_time": str(int(datetime.datetime.now().timestamp() * 1000)), "app_id": APP_ID,
                   "tenant_key": "15b59eb376740ebe"},
        "event": {"sender": {"sender_id": {"open_id": "ou_" + uuid.uuid4().hex}, "sender_type": "user"},
                  "message": {"message_id": "om_" + uuid.uuid4().hex, "chat_id": "oc_" + uuid.uuid4().hex,
                              "chat_type": "p2p", "message_type": "text", "content": '{"text": "你好 😀\\n"}',
                              "create_time": str(int(datetime.datetime.now().timestamp() * 1000))}},
    }


class Messages:
    def __init__(self, fleet):
        self.fleet = fleet
        self.statements = [
            self.accepted, self.published, self.encodings, self.compressed, self.malformed, self.pickled, self.dates,
            self.unknown_members, self.followed_up, self.produced,
        ]

    def value(self, result):
        return result.get(timeout=PATIENCE)

    def accepted(self):
        """1: every message that a Python worker accepts is run"""
        for message in fixture("accepted-by-python-worker")["messages"]:
            envelope = json.loads(message["raw"])
            task_id = envelope["headers"]["id"] = str(uuid.uuid4())
            self.fleet.redis.lpush(QUEUE, json.dumps(envelope))
            expect_equal(self.value(self.fleet.app.AsyncResult(task_id)), "hello", message["note"])

    def published(self):
        """2: what this Celery publishes is run: simple, by keyword, without arguments, with a shadow and headers, stamped"""
        app = self.fleet.app
        expect_equal(self.value(self.fleet.echo("hello")), "hello", "simple")
        expect_equal(self.value(app.send_task("assistant.echo", kwargs={"value": TEXT})), TEXT, "by keyword")
        expect_equal(self.value(app.send_task("celery.accumulate")), [], "without arguments")
        shadowed = self.fleet.echo("x", shadow="pretty.name", headers={"tenant": "blue"}, reply_to=str(uuid.uuid4()))
        expect_equal(self.value(shadowed), "x", "with a shadow and headers")
        stamped = app.signature("assistant.echo", args=["x"])
        stamped.stamp(tenant="blue", several=["a", "b"])
        expect_equal(self.value(stamped.apply_async()), "x", "stamped")

    def encodings(self):
        """3: bodies are read in base64, with a null encoding, as utf-8, and without a word on it"""
        plain = self.fleet.client(QUEUE, transport={"body_encoding": None})
        expect_equal(self.value(self.fleet.echo(TEXT, app=plain)), TEXT, "a readable body of this Celery")
        for properties in ({}, {"body_encoding": None}, {"body_encoding": "utf-8"}):
            expect_equal(self.value(self.fleet.push(QUEUE, "assistant.echo", TEXT, **properties)), TEXT, str(properties))

    def compressed(self):
        """4: what is compressed as gzip and zlib is decompressed, both being streams of RFC 1950"""
        for name in ("gzip", "zlib"):
            expect_equal(self.value(self.fleet.echo("压缩 " * 1000, compression=name)), "压缩 " * 1000, name)
            envelope = json.loads(fixture(f"task-{name}")["messages_oldest_first"][0]["raw"])
            expect_equal(base64.b64decode(envelope["body"])[0] & 15, 8, "the method of RFC 1950")

    def malformed(self):
        """5: every broken message is survived, none stays in a list or in unacked, and a good one is run"""
        before = self.fleet.census(QUEUE)["dead"]
        harmless, broken = [], 0
        for message in fixture("malformed-messages")["messages"]:
            task_id = str(uuid.uuid4())
            self.fleet.redis.lpush(QUEUE, message["raw"].replace(CAPTURED_ID, task_id))
            if message["note"] in HARMLESS:
                harmless.append(task_id)
            else:
                broken += 1
        expect_equal(self.value(self.fleet.echo("still here")), "still here", "a good message")
        for task_id in harmless:
            expect_equal(self.value(self.fleet.app.AsyncResult(task_id)), "hello", "harmless to us")
        expected = {"waiting": 0, "held": 0, "scheduled": 0, "dead": before + broken}
        until(lambda: self.fleet.census(QUEUE) == expected, lambda: f"{self.fleet.census(QUEUE)} is {expected}")
        unacked = [json.loads(entry)[2] for entry in self.fleet.redis.hvals("unacked")]
        assert QUEUE not in unacked, f"not acknowledged, by queue: {unacked}"
        assert self.fleet.first.poll() is None, "the worker has ended"

    def pickled(self):
        """6: pickle is never run: its type is logged, its caller told, the message is a dead letter"""
        before = self.fleet.census(QUEUE)["dead"]
        result = self.fleet.send("assistant.echo", "never", serializer="pickle")
        assert "application/x-python-serialize" in str(self.fleet.failure(result, "ContentDisallowed"))
        lines = [line for line in self.fleet.logged(OURS, "message is unreadable") if line.get("task_id") == result.id]
        expect_equal([line["task_name"] for line in lines], ["assistant.echo"], "the name in the log")
        assert "application/x-python-serialize" in lines[0]["error"], lines
        expect_equal(self.fleet.census(QUEUE)["dead"], before + 1, "dead letters")

    def dates(self):
        """7: dates are read in UTC, with an offset, without one as UTC, and with a Z"""
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=0.6)
        east = soon.astimezone(datetime.timezone(datetime.timedelta(hours=8)))
        results = [self.fleet.echo("date", eta=eta) for eta in (soon, east, soon.replace(tzinfo=None))]
        results += [self.fleet.push(QUEUE, "assistant.echo", "date", headers={"eta": text})
                    for text in (soon.isoformat(), soon.replace(tzinfo=None).isoformat(), soon.isoformat()[:-6] + "Z")]
        for result in results:
            expect_equal(self.value(result), "date", "the value")
            late = (result.date_done - soon).total_seconds()
            assert -0.002 <= late < 3, f"it ran {late} s after its time"
        past = self.fleet.push(QUEUE, "assistant.echo", "past", headers={"eta": "2020-01-01T00:00:00.123Z"})
        expect_equal(self.value(past), "past", "a date with a Z")

    def unknown_members(self):
        """8: unknown members of envelope, headers and properties are ignored"""
        result = self.fleet.push(
            QUEUE, "assistant.echo", "known", headers={"x-unknown": {"a": [1]}, "": None}, unknown=[{}], cluster_id=None)
        raw = self.fleet.push("aside-unknown", "assistant.echo", "known").id
        envelope = self.fleet.messages("aside-unknown")[0] | {"unknown": {"deep": [[]]}, "另": 1.5}
        self.fleet.redis.delete("aside-unknown")
        self.fleet.redis.lpush(QUEUE, json.dumps(envelope))
        expect_equal([self.value(result), self.value(self.fleet.app.AsyncResult(raw))], ["known"] * 2, "the values")

    def followed_up(self):
        """9, 10, 11: what our worker publishes has all headers, three elements and its own tag, and Python runs it"""
        app, sign = self.fleet.app, self.fleet.app.signature
        results = [(sign("assistant.echo", args=[n]) | sign("assistant.echo", options={"queue": "aside"})).apply_async()
                   for n in range(3)]
        messages = until(lambda: len(self.fleet.messages("aside")) == 3 and self.fleet.messages("aside"), "all follow")
        for message in messages:
            expect_equal(HEADERS - set(message["headers"]), set(), "headers that are missing")
            expect_equal([type(part) for part in json.loads(message["body"])], [list, dict, dict], "the body's elements")
            expect_equal(set(json.loads(message["body"])[2]), {"callbacks", "errbacks", "chain", "chord"}, "the embedded")
            expect_equal(message["properties"]["delivery_info"], {"exchange": "", "routing_key": "aside"}, "delivery_info")
        expect_equal(len({message["properties"]["delivery_tag"] for message in messages}), 3, "tags")
        self.fleet.python_takes("aside")
        expect_equal(sorted(self.value(each) for each in results), [0, 1, 2], "what Python returned")
        expect_equal([app.AsyncResult(each.id).state for each in results], ["SUCCESS"] * 3, "the states")

    def produced(self):
        """9, 10, 11: what our producer enqueues Python runs, without base64 and, where it is compressed, with it"""
        expected = {}
        for name, settings in (("gateway", {}), ("compressing", {"PAYLOAD_COMPRESS_OVER": "1"})):
            port, = free_ports(1)
            gateway = self.fleet.programs.start(name, "gateway", {
                "REDIS_URL": self.fleet.url, "LISTEN_HOST": "127.0.0.1", "LISTEN_PORT": str(port),
                "FEISHU_APP_ID": APP_ID, "FEISHU_VERIFICATION_TOKEN": TOKEN} | settings)
            until(lambda: is_up(f"http://127.0.0.1:{port}/readyz"), "the gateway is ready")
            event = event_of_feishu()
            expect_equal(post(f"http://127.0.0.1:{port}/api/feishu/events", json.dumps(event).encode(), {})[0], 200, name)
            gateway.terminate()
            message = self.fleet.messages("interactive")[-1]
            expect_equal(HEADERS - set(message["headers"]), set(), "headers that are missing")
            expect_equal(message["properties"].get("body_encoding"), "base64" if settings else None, "the encoding")
            expect_equal(message["properties"]["delivery_info"], {"exchange": "", "routing_key": "interactive"}, "the route")
            expected[message["headers"]["id"]] = {"app_id": APP_ID, "event": as_stored(event)}
        expect_equal(len(expected), 2, "messages")
        self.fleet.python_takes("interactive")
        for task_id, arguments in expected.items():
            called = self.fleet.called(task_id)
            expect_equal((called["args"], called["kwargs"]), ([], arguments), "what Python was given")
