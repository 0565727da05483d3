"""Items 12 to 22 of the checklist: queues, acknowledgement, restoring.

What our workers hold lies in `{queue}:inflight:<worker>`, so what is said of kombu's `unacked` is looked at there.
"""

import json
import random
import signal
import subprocess
import sys
import time

from core_fleet import PATIENCE, QUEUE, SEP, VISIBILITY
from programs import expect_equal, until

# Takes so many messages as a Python worker does that acknowledges late, and dies with them.
TAKE_AND_DIE = """
import os, signal, sys
import kombu
url, name, count = sys.argv[1:]
taken = []
def take(*_):
    taken.append(1)
    if len(taken) == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
with kombu.Connection(url) as connection:
    queue = kombu.Queue(name, kombu.Exchange(name), routing_key=name)
    with connection.Consumer([queue], callbacks=[take], prefetch_count=int(count)):
        while True:
            connection.drain_events(timeout=10)
"""


class Delivery:
    def __init__(self, fleet):
        self.fleet, self.redis = fleet, fleet.redis
        self.statements = [
            self.priorities, self.held_and_given_back, self.restored, self.restorers, self.bounded, self.prefixed,
            self.restored_for_python, self.longer_than_the_timeout, self.python_killed,
        ]

    def take_and_die(self, queue, count):
        taker = subprocess.run([sys.executable, "-c", TAKE_AND_DIE, self.fleet.url, queue, str(count)], timeout=30)
        expect_equal(taker.returncode, -signal.SIGKILL, "the end of the consumer")
        expect_equal((self.redis.llen(queue), self.redis.hlen("unacked")), (0, count), "waiting, and not acknowledged")

    def grow_old(self):
        """What is in `unacked` is older than every timeout."""
        for tag in self.redis.zrange("unacked_index", 0, -1):
            self.redis.zincrby("unacked_index", -7200, tag)

    def ended(self, node, count):
        """What this worker of ours ended, in that order, once it is so many; by its log, as dates are too coarse."""
        found = [line["task_id"] for line in self.fleet.logged(node, "task succeeded")]
        return found if len(found) >= count else None

    def priorities(self):
        """12, 13: priorities 0 to 9 lie in four lists, of steps 0, 3, 6 and 9, and are run in that order"""
        app, order = self.fleet.client("urgent"), list(range(10)) * 2
        random.Random(13).shuffle(order)
        sent = [(number, self.fleet.echo(number, app=app, priority=number)) for number in order]
        lists = [self.redis.llen("urgent" + suffix) for suffix in ("", SEP + "3", SEP + "6", SEP + "9")]
        expect_equal(lists, [6, 6, 6, 2], "what lies in each list")
        worker = self.fleet.ours("urgent@core", "urgent", WORKER_CONCURRENCY="1")
        numbers = {result.id: number for number, result in sent}
        expect_equal([result.get(timeout=PATIENCE) for _, result in sent], order, "the values")
        done = until(lambda: self.ended("urgent@core", len(order)), "all are told of")
        expect_equal([numbers[each] for each in done], sorted(order, key=lambda number: min(number // 3, 3)), "the order")
        # It listens to all of them. What an idle worker is not woken by, those of steps 3 and on, it finds within 1.2 s.
        late = [self.fleet.echo(number, app=app, priority=number) for number in (12, 9, 8, 4, 0)]
        expect_equal([result.get(timeout=PATIENCE) for result in late], [12, 9, 8, 4, 0], "those that come later")
        self.fleet.end(worker)

    def held_and_given_back(self):
        """14, 15, 19: what runs is held unchanged and nowhere else; ended it is gone, and at a warm stop it is back"""
        app = self.fleet.client("held")
        result = self.fleet.send("assistant.sleep", 3600, app=app, priority=4, headers={"tenant": "blue"})
        raw, = self.redis.lrange("held" + SEP + "3", 0, -1)
        worker = self.fleet.ours("held@core", "held")
        until(lambda: self.fleet.held("held") == [raw], "the message is held as it was")
        expect_equal(self.redis.exists("held", "held" + SEP + "3", "unacked", "unacked_index"), 0, "other places")
        done = self.fleet.send("assistant.sleep", 0.1, app=app)
        expect_equal(done.get(timeout=PATIENCE), 0.1, "another")
        until(lambda: self.fleet.held("held") == [raw], "that one is gone")
        self.fleet.end(worker)
        expect_equal(self.redis.lrange("held" + SEP + "3", 0, -1), [raw], "what is back")
        expect_equal(self.redis.exists("unacked", "unacked_index", "{held}:workers"), 0, "what is left of the worker")
        expect_equal(result.state, "PENDING", "the state")

    def restored(self):
        """16, 18: what a Python consumer died with goes back through ours with both marks and its tag, and is run"""
        app = self.fleet.client("left")
        result = self.fleet.echo("left", app=app, headers={"tenant": "blue"})
        sent, = self.fleet.messages("left")
        self.take_and_die("left", 1)
        self.redis.set("{left}:paused", "{}")
        tag, = self.redis.zrange("unacked_index", 0, -1)
        young = self.fleet.ours("young@core", "left", WORKER_VISIBILITY_TIMEOUT="60")
        self.redis.set("unacked_mutex", "another's")
        self.grow_old()
        locked = self.fleet.ours("locked@core", "left", WORKER_VISIBILITY_TIMEOUT="60")
        time.sleep(0.2)  # The first look of the two: one finds it too young, the other the lock taken.
        untouched = (self.redis.hkeys("unacked"), self.redis.get("unacked_mutex"))
        expect_equal(untouched, ([tag], b"another's"), "what is left alone")
        self.redis.delete("unacked_mutex")
        self.fleet.end(young)
        self.fleet.end(locked)
        worker = self.fleet.ours("left@core", "left", WORKER_VISIBILITY_TIMEOUT="60")
        back, = until(lambda: self.fleet.messages("left"), "it is back")
        sent["headers"]["redelivered"] = sent["properties"]["delivery_info"]["redelivered"] = True
        expect_equal(back, sent, "the message with its marks")
        until(lambda: not self.redis.exists("unacked", "unacked_index", "unacked_mutex"), "no key of kombu's is left")
        self.redis.delete("{left}:paused")
        expect_equal(result.get(timeout=PATIENCE), "left", "its value")
        self.fleet.end(worker)

    def restorers(self):
        """17: of what a Python consumer died with, restorers of both kinds at once lose nothing and double nothing"""
        app = self.fleet.client("raced")
        results = [self.fleet.echo(number, app=app) for number in range(40)]
        self.take_and_die("raced", len(results))
        self.fleet.python()
        # Python's looks each second. Ours look when they begin.
        names = ["raced-1@core", "raced-2@core"]
        self.grow_old()
        workers = [self.fleet.ours(name, "raced", WORKER_VISIBILITY_TIMEOUT="60") for name in names]
        expect_equal([each.get(timeout=PATIENCE) for each in results], list(range(40)), "the values")
        until(lambda: not any(self.fleet.census("raced").values()), "all is done")
        runs = self.fleet.runs(*names)
        expect_equal([runs.get(each.id) for each in results], [1] * len(results), "how often each ran")
        expect_equal(self.redis.exists("unacked", "unacked_index"), 0, "what is left in unacked")
        for worker in workers:
            self.fleet.end(worker)

    def bounded(self):
        """20: a worker never holds more than it runs at once; what waits for its time it does not hold"""
        app = self.fleet.client("bounded")
        worker = self.fleet.ours("bounded@core", "bounded", WORKER_CONCURRENCY="2")
        later = [self.fleet.echo(number, app=app, countdown=1) for number in range(5)]
        results = [self.fleet.send("assistant.sleep", 0.1, app=app) for _ in range(12)]
        most = {"held": 0, "scheduled": 0}
        while not all(self.redis.exists(f"celery-task-meta-{each.id}") for each in results + later):
            found = self.fleet.census("bounded")
            most = {place: max(most[place], found[place]) for place in most}
            time.sleep(0.01)
        expect_equal(most["held"], 2, "the most that it held")
        assert 1 <= most["scheduled"] <= len(later), f"the most that waited for its time: {most['scheduled']}"
        expect_equal(self.fleet.ask("stats", node="bounded@core")["prefetch_count"], 2, "what it says of itself")
        self.fleet.end(worker)

    def prefixed(self):
        """22: with global_keyprefix both meet, and an account of ours may use no other key and no other channel"""
        self.redis.acl_setuser("ours", enabled=True, reset=True, passwords=["+secret"], keys=["app1*"], channels=["app1*"],
                               categories=["+@all"])
        self.redis.execute_command("ACL", "LOG", "RESET")
        url = self.fleet.url.replace("redis://", "redis://ours:secret@")
        worker = self.fleet.ours("prefixed@core", "prefixed", url=url, prefix="app1")
        # This Celery under the same account, too.
        app = self.fleet.client("prefixed", url=url, prefix="app1")
        result = self.fleet.echo("prefixed", app=app, countdown=0.2)
        expect_equal(result.get(timeout=PATIENCE), "prefixed", "the value")
        expect_equal(self.redis.exists(f"app1_celery-task-meta-{result.id}"), 1, "the key of the result")
        expect_equal(self.fleet.ask("ping", node="prefixed@core", app=app), {"ok": "pong"}, "its answer")
        self.fleet.failure(self.fleet.send("no.such.task", app=app), "NotRegistered")
        self.fleet.end(worker)
        ours = [entry for entry in self.redis.execute_command("ACL", "LOG")]
        expect_equal(ours, [], "what the account was refused")

    def restored_for_python(self):
        """16, 18: what ours died with another of ours puts back, and Python runs it, with both marks"""
        app = self.fleet.client("doomed")
        result = self.fleet.send("assistant.sleep", 0.3, app=app)
        first = self.fleet.ours("doomed@core", "doomed")
        until(lambda: self.fleet.held("doomed"), "ours holds it")
        self.fleet.end(first, "kill")
        self.redis.set("{doomed}:paused", "{}")
        second = self.fleet.ours("reaper@core", "doomed")
        self.fleet.python_takes("doomed")
        expect_equal(self.fleet.called(result.id)["redelivered"], [True, True], "the marks that Python saw")
        expect_equal(result.get(timeout=PATIENCE), 0.3, "the value")
        expect_equal(self.fleet.runs("doomed@core", "reaper@core")[result.id], 1, "how often it ran")
        self.fleet.end(second)

    def longer_than_the_timeout(self):
        """21: a task longer than the visibility timeout runs once, with a Python worker on its queue"""
        app = self.fleet.client("long")
        worker = self.fleet.ours("long@core", "long", WORKER_VISIBILITY_TIMEOUT="1")
        result = self.fleet.send("assistant.sleep", VISIBILITY + 1.5, app=app)
        until(lambda: self.fleet.held("long"), "ours runs it")
        self.fleet.python_takes("long")
        expect_equal(result.get(timeout=PATIENCE), VISIBILITY + 1.5, "the value")
        expect_equal(self.fleet.runs("long@core")[result.id], 1, "how often it ran")
        expect_equal(self.redis.exists("long", "unacked"), 0, "what is left")
        self.fleet.end(worker)

    def python_killed(self):
        """16: what a Python worker was killed with ours run after the visibility timeout"""
        app = self.fleet.client("orphaned")
        self.fleet.python_takes("orphaned")
        result = self.fleet.send("assistant.sleep", 0.2, app=app)
        slow = self.fleet.send("assistant.sleep", 60, app=app, time_limit=0.5)
        self.fleet.called(slow.id)
        self.fleet.kill_python()
        expect_equal(json.loads(self.redis.hvals("unacked")[0])[0]["headers"]["id"], slow.id, "what it held")
        self.grow_old()
        worker = self.fleet.ours("heir@core", "orphaned")
        expect_equal(result.get(timeout=PATIENCE), 0.2, "what it had ended")
        self.fleet.failure(slow, "TimeLimitExceeded")
        until(lambda: not self.redis.exists("unacked", "unacked_index"), "nothing of it is left")
        self.fleet.end(worker)
