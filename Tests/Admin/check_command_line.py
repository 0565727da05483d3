#!/usr/bin/env python3
"""Checks that the command line says and does at a gateway what it says and does on the host.

Starts a private redis-server, gateway and sandbox from $AI_ASSISTANT_BINARIES and fills queues by hand. Every command
that looks is run both ways, and has to say the same; every command that changes something is run at the gateway, and
what became of it is looked at on the host. Ends with status 0 only if all held.
"""

import json
import pathlib
import re
import secrets
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Conformance"))

from product import Product  # noqa: E402
from programs import Programs, expect_equal, run  # noqa: E402

# What goes on while one looks twice.
MOVING = ("in_seconds", "lease_seconds", "oldest_seconds", "rests_seconds")
WAITING = re.compile(r"\bin \d+ s\b")
FAR = 4_000_000_000_000


def message(task_id, task="minutes.generate", key=None):
    """A task as it lies in Redis, which carries something that people wrote."""
    headers = {"task": task, "id": task_id, "retries": 2, "kwargsrepr": "{'text': 'between us'}", "eta": None}
    return json.dumps({"body": json.dumps([[], {"text": "between us"}, {}]), "content-type": "application/json",
                       "content-encoding": "utf-8", "headers": headers, "properties": {}})


def letter(task_id, error="Broken"):
    return json.dumps({"at": "2026-11-23T18:00:00.000+00:00", "deliveries": 6, "message": json.loads(message(task_id)),
                       "error": {"exc_type": error, "exc_message": ["no such chat"], "exc_module": "x"}})


class Both:
    """The command line on the host and at the gateway."""

    def __init__(self, product):
        self.product = product
        self.person = product.person("operations", secrets.token_urlsafe(18))
        self.tokens = {role: self.issue(role) for role in ("viewer", "operator", "admin")}

    def issue(self, role):
        token = self.product.do("token", "issue", "--subject", role, "--role", role, "--lifetime", "1h")
        return self.product.file(f"token-of-{role}", token.strip())

    def fill(self):
        redis = self.product.redis
        redis.lpush("interactive", message("first"), message("second"), "no message at all")
        redis.lpush("background", *(message(f"b{number}") for number in range(30)))
        redis.zadd("{interactive}:scheduled", {message("later"): FAR})
        redis.zadd("{minutes}:workers", {"w1": FAR * 10, "w2": 1})
        redis.hset("{minutes}:inflight:w1", "1", message("running"))
        redis.hset("{minutes}:limits", "model:*", '{"concurrency":2,"units":10,"per":1.5}')
        redis.lpush("{minutes}:turn:acme", message("fair"))
        redis.zadd("{minutes}:turns", {"acme": 1})
        redis.lpush("{background}:dead", *(letter(f"dead-{number}") for number in range(5)), letter("late", "Late"))
        redis.set("celery-task-meta-done", '{"status": "SUCCESS", "result": {"secret": 5}, "date_done": "2026"}')
        redis.hset("assistant:{%s}:feedback" % self.product.app["APP_ID"], "task-1:ou_1", '{"useful":false,"at":1000}')

    def remote(self, *arguments, role="operator", given=None):
        return self.product.run(*arguments, "--server", self.product.gateway_url, "--token-file", self.tokens[role],
                                given=given)

    def do(self, *arguments, role="operator"):
        done = self.remote(*arguments, role=role)
        assert done.status == 0, str(done)
        return done.out

    def do_sensitive(self, *arguments):
        """As the administrator, with a code of the second step."""
        done = self.product.run(
            *arguments, "--server", self.product.gateway_url, "--token-file",
            self.product.file("token", self.person.token), "--code-file",
            self.product.file("code", self.person.recovery_codes.pop()))
        assert done.status == 0, str(done)
        return done.out

    def same(self, *arguments, role="viewer", extra=()):
        """Runs a command that looks both ways; returns what it said."""
        def said(done):
            assert done.status == 0, str(done)
            found = json.loads(WAITING.sub("in some time", done.out))
            for row in found if isinstance(found, list) else [found]:
                for name in MOVING:
                    if row.get(name) is not None:
                        row[name] = "moves"
            return found
        arguments += ("--output", "json")
        here, there = said(self.product.run(*arguments)), said(self.remote(*arguments, *extra, role=role))
        expect_equal(there, here, f"at a gateway, {' '.join(arguments)}")
        return here

    # The checks

    def looks(self):
        """every command that looks says the same both ways"""
        expect_equal([each["ready"] for each in self.same("queue", "list")], [3, 1, 30], "what waits")
        assert len(self.same("queue", "list", "background", "elsewhere")) == 2
        peek = self.same("queue", "peek", "interactive", role="admin", extra=("--contents",))
        expect_equal([each["task"] for each in peek], ["minutes.generate", "minutes.generate", "(not JSON)"], "the tasks")
        expect_equal(peek[0]["kwargs"], "{'text': 'between us'}", "what the first carries")
        assert len(self.same("dead", "list", "background", "-n", "3")) == 3
        assert len(self.same("dead", "list", "background", "--error", "Late", "--since", "400d")) == 1
        for which in ("2", "dead-4"):
            shown = self.same("dead", "show", "background", which, role="admin", extra=("--contents",))
            expect_equal(shown["error"], "Broken", "the error")
        for task, place in (("second", "ready"), ("running", "in flight"), ("later", "scheduled"), ("dead-1", "dead"),
                            ("done", "finished")):
            shown = self.same("job", "show", task, role="admin", extra=("--contents",))
            expect_equal(shown["place"], place, f"where {task} is")
            assert self.same("job", "explain", task)["reasons"]
        assert {each["state"] for each in self.same("worker", "list", "minutes")} == {"alive", "expired"}
        assert len(self.same("schedule", "waiting", "interactive", role="operator")) == 1
        assert self.same("limit", "list", "minutes")[0]["rate"] == "10/1.5s"
        assert self.same("turn", "list", "minutes")[0]["waiting"] == 1
        assert self.same("feedback", role="operator")[0]["opinion"] == "useless"
        self.same("usage", "--by", "user")

    def refused(self):
        """a role that is too low, a task that is nowhere and a gateway that is away are told as on the host"""
        for arguments in (("queue", "pause", "minutes"), ("queue", "peek", "interactive"), ("feedback",),
                          ("job", "show", "first", "--scan", "20000"), ("limit", "set", "minutes", "a:b", "--concurrency", "1")):
            done = self.remote(*arguments, role="viewer")
            assert done.status == 1 and "takes the role operator, and you are viewer" in done.err, str(done)
        for arguments in (("audit", "tail"), ("queue", "peek", "interactive", "--contents")):
            done = self.remote(*arguments, role="operator")
            assert done.status == 1 and "takes the role admin" in done.err, str(done)
        for arguments, words in ((("job", "show", "nobody"), "the task is nowhere in interactive, minutes, background"),
                                 (("dead", "show", "background", "99"), "background has no dead letter 99"),
                                 (("schedule", "pause", "none"), "there is no periodic job none"),
                                 (("limit", "remove", "minutes", "none"), "minutes has no such limit"),
                                 (("turn", "remove", "minutes", "none"), "has no weight of its own in minutes")):
            for done in (self.product.run(*arguments), self.remote(*arguments)):
                assert done.status == 1 and words in done.err, str(done)
        away = self.product.run("queue", "list", "--server", "http://127.0.0.1:9", "--token-file", self.tokens["viewer"])
        assert away.status == 3 and "does not answer" in away.err, str(away)

    def contents(self):
        """what tasks carry is shown at a gateway only to an administrator who asks, and that is recorded"""
        done = self.do("queue", "peek", "interactive", role="admin")
        assert "between us" not in done, done
        for arguments in (("queue", "peek", "interactive"), ("dead", "show", "background", "1"), ("job", "show", "first")):
            assert "between us" in self.do(*arguments, "--contents", role="admin")
        assert "secret" not in self.do("job", "show", "done", role="admin")
        read = [each["action"] for each in self.records() if each["actor"] == "admin"]
        expect_equal(read[-3:], ["queues.peek", "dead_letters.show", "jobs.show"], "what is recorded")

    def queues(self):
        """queues are paused, bounded and resumed, and jobs ended and run again, at the gateway"""
        redis = self.product.redis
        self.do("queue", "pause", "minutes", "background", "--reason", "a deploy")
        paused = self.same("queue", "list")
        expect_equal([each["paused_reason"] for each in paused], [None, "a deploy", "a deploy"], "why")
        expect_equal(paused[1]["paused_by"], "operator", "by whom")
        resumed = json.loads(self.do("queue", "resume", "minutes", "background", "interactive", "-o", "json"))
        expect_equal([each["resumed"] for each in resumed], [True, True, False], "what was resumed")
        self.do("limit", "set", "minutes", "task:a/b %", "--concurrency", "3", "--rate", "5/1m", "--burst", "7")
        row = next(each for each in self.same("limit", "list", "minutes") if each["limit"].startswith("task:"))
        expect_equal((row["concurrency"], row["rate"], row["burst"]), (3, "5/60s", 7), "the limit")
        self.do("limit", "remove", "minutes", "task:a/b %")
        expect_equal(len(self.same("limit", "list", "minutes")), 1, "limits left")
        self.do("limit", "length", "minutes", "100", "--drop-oldest")
        expect_equal(json.loads(redis.get("{minutes}:bound")), {"length": 100, "policy": "drop"}, "the bound")
        self.do("limit", "length", "minutes", "none")
        assert not redis.exists("{minutes}:bound")
        for key in ("acme", ""):
            self.do("turn", "set", "minutes", key, "2.5")
        expect_equal({each["key"]: each["weight"] for each in self.same("turn", "list", "minutes")},
                     {"acme": 2.5, "": 2.5}, "weights")
        for key in ("acme", ""):
            self.do("turn", "remove", "minutes", key)
        self.do("job", "cancel", "running", "--queue", "minutes")
        assert redis.zscore("{minutes}:cancelled", "running")
        expect_equal(self.do("job", "retry", "dead-0"), "QUEUE        RETRIED\nbackground         1\n", "the table")
        expect_equal(json.loads(self.do("dead", "retry", "background", "dead-1", "-o", "json")),
                     [{"queue": "background", "retried": 1, "not_a_message": 0}], "what was retried")

    def for_good(self):
        """what is removed for good takes a second step"""
        done = self.remote("dead", "drop", "background", "--all")
        assert done.status == 2 and "second step" in done.err, str(done)
        expect_equal(self.do_sensitive("dead", "drop", "background", "--error", "Late"),
                     "QUEUE        DROPPED\nbackground         1\n", "the table")
        removed = json.loads(self.do_sensitive("queue", "purge", "background", "--ready", "--dead", "--yes", "-o", "json"))
        expect_equal({each["place"]: each["removed"] for each in removed}, {"ready": 33, "dead": 3}, "what was removed")
        expect_equal(self.product.redis.llen("background"), 0, "what is left")

    def schedules(self):
        """a periodic job is tried, added, paused, run and removed at the gateway"""
        add = ("schedule", "add", "report", "--cron", "0 9 * * 1-5", "--task", "reports.make", "--kwargs", '{"days": 7}',
               "--priority", "3", "--catch-up", "all", "--at-most", "3", "--jitter", "1m")
        tried = json.loads(self.do(*add, "--dry-run", "-o", "json", role="viewer"))
        expect_equal((len(tried["clocks"]), self.same("schedule", "list")), (3, []), "what was tried")
        expect_equal(json.loads(self.do(*add, "-o", "json")), tried, "what was added")
        again = self.remote(*add)
        assert again.status == 1 and "--replace takes its place" in again.err, str(again)
        self.do(*add, "--replace")
        self.do("schedule", "pause", "report", "--reason", "quiet")
        row = self.same("schedule", "list")[0]
        expect_equal((row["catch_up"], row["paused_reason"], row["next"]), ("all (3)", "quiet", None), "the job")
        resumed = json.loads(self.do("schedule", "resume", "report", "-o", "json"))[0]
        expect_equal((resumed["resumed"], resumed["paused_by"]), (True, "operator"), "what was resumed")
        ran = json.loads(self.do("schedule", "run", "report", "-o", "json"))
        expect_equal(self.same("job", "show", ran["id"], role="admin", extra=("--contents",))["task"], "reports.make",
                     "what runs now")
        self.do("schedule", "remove", "report")
        expect_equal(self.same("schedule", "list"), [], "what is left")

    def records(self):
        return [json.loads(line) for line in self.product.do("audit", "export").splitlines()]

    def audit(self):
        """the audit log is read, followed to its end, proved and pruned at the gateway"""
        here = self.product.do("audit", "export")
        there = self.do("audit", "export", role="admin")
        expect_equal(there, here, "the export")
        expect_equal(self.same("audit", "tail", "-n", "7", "--action", "queues.", role="admin")[-1]["action"],
                     "queues.purge", "the last of queues")
        proved = self.same("audit", "verify", role="admin")
        assert proved["whole"] is True and proved["records"] > 30, proved
        acts = [each for each in self.records() if each["action"] == "queues.pause"]
        expect_equal([(each["actor"], each["address"], each["target"]) for each in acts if each["outcome"] == "ok"],
                     [("operator", "127.0.0.1", f"queues/{name}/pause") for name in ("minutes", "background")],
                     "who paused")
        expect_equal(self.do_sensitive("audit", "prune", "--keep", "1", "--yes"), "REMOVED\n      0\n", "what was removed")
        compared = self.remote("audit", "verify", "--file", self.product.file("export", here), "--compare", role="admin")
        assert compared.status == 2 and "leave --server out" in compared.err, str(compared)


def main():
    began = time.monotonic()
    with Programs() as programs:
        both = Both(Product(programs))
        both.fill()
        run([both.looks, both.refused, both.contents, both.schedules, both.queues, both.for_good, both.audit])
    print(f"the command line is the same on the host and at a gateway ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
