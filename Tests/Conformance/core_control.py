"""Items 47 to 58 of the checklist: events and remote control. Flower, item 59: check_celery_control.py."""

import json
import re
import time
import uuid

import celery
from celery.bin.celery import celery as command_line
from celery.utils.saferepr import saferepr
from click.testing import CliRunner

from core_fleet import OURS, PATIENCE, PYTHON, QUEUE, Listener
from programs import expect_equal, until

# 11.3 of the description; what else a worker adds is its own.
WORKER_EVENT = {
    "hostname", "timestamp", "pid", "clock", "freq", "active", "processed", "loadavg", "sw_ident", "sw_ver", "sw_sys"}
TASK_EVENTS = {
    "task-received": {"uuid", "name", "args", "kwargs", "root_id", "parent_id", "retries", "eta", "expires"},
    "task-started": {"uuid"}, "task-succeeded": {"uuid", "result", "runtime"},
    "task-failed": {"uuid", "exception", "traceback"}, "task-retried": {"uuid", "exception", "traceback"},
    "task-revoked": {"uuid", "terminated", "signum", "expired"},
}
#: What both kinds of workers are asked, and answer alike: those whose replies are the same, and those of one shape.
ALIKE = [
    ("ping", {}), ("rate_limit", {"task_name": "assistant.echo", "rate_limit": "10/m"}),
    ("rate_limit", {"task_name": "assistant.echo", "rate_limit": 0}),
    ("time_limit", {"task_name": "assistant.sleep", "soft": 600, "hard": 900}),
    ("enable_events", {}), ("enable_events", {}), ("disable_events", {}), ("disable_events", {}), ("heartbeat", {}),
    ("add_consumer", {"queue": "added"}), ("cancel_consumer", {"queue": "added"}),
    ("revoke", {"task_id": "never", "terminate": True, "signal": "TERM"}), ("query_task", {"ids": ["never"]}),
    ("active", {}), ("reserved", {}), ("scheduled", {}),
]
SHAPED = ["stats", "active_queues", "clock", "report", "conf", "registered", "revoked"]


class Control:
    def __init__(self, fleet):
        self.fleet, self.redis = fleet, fleet.redis
        self.statements = [
            self.hello, self.lives, self.task_events, self.switched, self.selected, self.replies, self.methods,
            self.refusals, self.revoked, self.consumers, self.warm_shutdown, self.inspected, self.unnoticed,
        ]

    def lives(self):
        """47: a worker tells that it is there, beats as often as it says, and tells of its end"""
        with Listener(self.fleet.app) as listener:
            worker = self.fleet.ours("alive@core", "alive", WORKER_HEARTBEAT_INTERVAL="1")
            until(lambda: len(listener.of_node("alive@core")) >= 3, "it beats")
            self.fleet.end(worker)
            until(lambda: listener.of_node("alive@core")[-1]["type"] == "worker-offline", "its end is told of")
            events = listener.of_node("alive@core")
        kinds = [event["type"] for event in events]
        expect_equal(kinds, ["worker-online"] + ["worker-heartbeat"] * (len(kinds) - 2) + ["worker-offline"], "the events")
        for event in events:
            expect_equal(WORKER_EVENT - set(event), set(), f"what {event['type']} does not tell")
            expect_equal((event["freq"], len(event["loadavg"])), (1, 3), "its frequency and its loads")
        times = [event["timestamp"] for event in events if event["type"] == "worker-heartbeat"]
        pauses = [after - before for before, after in zip(times, times[1:])]
        # On a busy machine a beat may be late.
        assert all(0.5 < pause < 2.5 for pause in pauses), f"pauses of {pauses} s"

    def task_events(self):
        """48: events of tasks come in their order, with all members and rising clocks"""
        control = self.fleet.app.control
        self.fleet.ask("enable_events")
        with Listener(self.fleet.app) as listener:
            running = self.fleet.send("assistant.sleep", 60)
            until(lambda: len(listener.of(running.id)) == 2, "one runs")
            control.revoke(running.id, terminate=True, destination=[OURS])
            probe = self.fleet.programs.start(
                "retrier", "result-probe", {}, "worker", "--url", self.fleet.url, "--queue", "events")
            until(lambda: self.redis.zcard("{events}:workers"), "the probe registers")
            online, = until(lambda: [each for each in listener.events if each["type"] == "worker-online"], "it is told of")
            # It hears only a moment after it has told of itself, as Celery's own.
            until(lambda: control.enable_events(destination=[online["hostname"]], reply=True, timeout=1, limit=1), "it hears")
            expected = {
                self.fleet.echo("it's", headers={"tenant": "blue"}): ["received", "started", "succeeded"],
                self.fleet.send("assistant.fail", "broke"): ["received", "started", "failed"],
                self.fleet.echo("late", expires=-60): ["revoked"],
                self.fleet.send("probe.raise", "OSError", "builtins", ["x"], queue="events"):
                    ["received", "started", "retried", "received", "started", "failed"],
                running: ["received", "started", "revoked"],
            }
            for result, kinds in expected.items():
                until(lambda: len(listener.of(result.id)) >= len(kinds), lambda: f"{kinds}: {listener.of(result.id)}")
            for result, kinds in expected.items():
                events = listener.of(result.id)
                found = [event["type"].removeprefix("task-") for event in events]
                expect_equal([kind for kind in found if kind != "received" or "received" in kinds], kinds, "the order")
                clocks = [event["clock"] for event in events]
                assert clocks == sorted(set(clocks)), f"clocks {clocks}"
                for event in events:
                    members = TASK_EVENTS[event["type"]] | {"hostname", "timestamp", "pid", "clock"}
                    expect_equal(members - set(event), set(), f"what {event['type']} does not tell")
            echo, failed, late, *_ = (listener.of(result.id) for result in expected)
        probe.terminate()
        expect_equal((echo[-1]["result"], echo[0]["args"]), ("\"it's\"", saferepr(("it's",))), "as Python writes them")
        expect_equal(failed[-1]["exception"], "RequestedFailure('broke')", "the exception")
        expect_equal((late[-1]["expired"], late[-1]["terminated"]), (True, False), "the expired one")

    def switched(self):
        """49: events of tasks are told while they are enabled, and the replies say what they were"""
        replies = [self.fleet.ask(method) for method in (
            "enable_events", "enable_events", "disable_events", "disable_events")]
        expect_equal([reply["ok"] for reply in replies][1:],
                     ["task events already enabled", "task events disabled", "task events already disabled"], "the replies")
        with Listener(self.fleet.app) as listener:
            quiet = self.fleet.echo("quiet")
            quiet.get(timeout=PATIENCE)
            expect_equal(self.fleet.ask("enable_events"), {"ok": "task events enabled"}, "the reply")
            loud = self.fleet.echo("loud")
            until(lambda: len(listener.of(loud.id)) == 3, "the other is told of")
            expect_equal(listener.of(quiet.id), [], "events of the quiet one")
        expect_equal(self.fleet.ask("disable_events"), {"ok": "task events disabled"}, "the reply")

    def selected(self):
        """51: destinations and patterns, as glob and as pcre, select those who answer, and nobody else"""
        self.fleet.python()
        for options, expected in [
            ({"destination": [OURS]}, {OURS}), ({"destination": [OURS, PYTHON]}, {OURS, PYTHON}),
            ({"pattern": "swift@*", "matcher": "glob"}, {OURS}), ({"pattern": "*@core", "matcher": "glob"}, {OURS, PYTHON}),
            ({"pattern": "s[v-x]ift@cor?", "matcher": "glob"}, {OURS}), ({"pattern": "swift", "matcher": "glob"}, set()),
            ({"pattern": "(swift|python)@.+$", "matcher": "pcre"}, {OURS, PYTHON}),
            ({"pattern": "swi", "matcher": "pcre"}, {OURS}), ({"pattern": "core", "matcher": "pcre"}, set()),
            ({"destination": ["nobody@core"]}, set()),
        ]:
            # Who is expected to be silent has a third of a second; who answers may take his time.
            replies = self.fleet.app.control.ping(timeout=PATIENCE if expected else 0.3, limit=len(expected) or None, **options)
            expect_equal({name for reply in replies for name in reply} & {OURS, PYTHON}, expected, f"who answers to {options}")

    def replies(self):
        """52: replies carry the ticket, go where they are bound, and leave no list behind where nobody waits"""
        app = self.fleet.app
        self.fleet.ask("ping")
        app.control.broadcast("ping", destination=[OURS], reply=False)
        unbound = str(uuid.uuid4())
        self.request("ping", reply_to={"exchange": "reply.celery.pidbox", "routing_key": unbound}, ticket="a-ticket")
        # And one that is bound and never comes for its answer.
        bound = str(uuid.uuid4())
        list_of = f"{bound}.reply.celery.pidbox"
        member = f"{bound}\x06\x16\x06\x16{list_of}"
        self.redis.sadd("_kombu.binding.reply.celery.pidbox", member)
        self.request("ping", reply_to={"exchange": "reply.celery.pidbox", "routing_key": bound}, ticket="a-ticket")
        reply = json.loads(until(lambda: self.redis.lindex(list_of, 0), "the bound one is answered"))
        expect_equal(reply["headers"]["ticket"], "a-ticket", "the ticket")
        # Requests are answered in their order.
        expect_equal(self.redis.exists(f"{unbound}.reply.celery.pidbox"), 0, "the list of a client that is not bound")
        assert 0 < self.redis.ttl(list_of) <= 3600, "a list of replies stays"
        self.redis.srem("_kombu.binding.reply.celery.pidbox", member)
        self.redis.delete(list_of)
        left = [key.decode() for key in self.redis.keys("*.reply.celery.pidbox") if self.redis.ttl(key) < 0
                and not key.startswith(b"_kombu.")]
        expect_equal(left, [], "lists that stay")

    def request(self, method, **members):
        """A request made by hand, to our worker."""
        body = {"method": method, "arguments": {}, "destination": [OURS]} | members
        self.redis.publish("/0.celery.pidbox", json.dumps({
            "body": json.dumps(body), "content-type": "application/json", "content-encoding": "utf-8",
            "headers": {"clock": 1, "expires": 0}, "properties": {
                "delivery_tag": str(uuid.uuid4()), "delivery_info": {"exchange": "celery.pidbox", "routing_key": ""}}}))

    def methods(self):
        """53: every method is answered as this Celery's own worker answers it"""
        self.fleet.python()
        self.fleet.ask("disable_events")
        for method, arguments in ALIKE:
            ours, theirs = (self.fleet.ask(method, arguments, node) for node in (OURS, PYTHON))
            expect_equal(ours, theirs, f"{method} {arguments}")
        for method in SHAPED:
            ours, theirs = (self.fleet.ask(method, {}, node) for node in (OURS, PYTHON))
            expect_equal(shape(ours), shape(theirs), method)
        stats = [self.fleet.ask("stats", {}, node) for node in (OURS, PYTHON)]
        expect_equal(set(stats[1]) - set(stats[0]), set(), "what is not in stats")
        expect_equal(set(stats[1]["broker"]) - set(stats[0]["broker"]), set(), "what is not in stats.broker")
        assert {"max-concurrency", "processes"} <= set(stats[0]["pool"]), stats[0]["pool"]
        queues = [self.fleet.ask("active_queues", {}, node)[0] for node in (OURS, PYTHON)]
        expect_equal(set(queues[0]), set(queues[1]), "the members of a queue")
        self.fleet.python_takes("shape")
        self.tasks_alike()

    def tasks_alike(self):
        """What both say of tasks that run and that wait for their time."""
        running = self.fleet.send("assistant.sleep", 60)
        waiting = {node: self.fleet.echo(1, queue=queue, countdown=5) for node, queue in ((OURS, QUEUE), (PYTHON, "shape"))}
        (ours,), (theirs,) = (
            until(lambda: self.fleet.ask("scheduled", node=node), f"it waits at {node}") for node in waiting)
        expect_equal((set(ours), set(ours["request"])), (set(theirs), set(theirs["request"])), "the members of what waits")
        expect_equal(set(ours["request"]["delivery_info"]), set(theirs["request"]["delivery_info"]), "of delivery_info")
        info, = until(lambda: self.fleet.ask("active"), "it runs")
        expect_equal((info["id"], info["args"], info["hostname"], info["worker_pid"] is not None),
                     (running.id, [60], OURS, True), "the task that runs")
        safe, = self.fleet.ask("active", {"safe": True})
        expect_equal(type(safe["args"]), str, "its arguments where they are to be safe")
        found = self.fleet.ask("query_task", {"ids": [running.id, waiting[OURS].id, "unknown"]})
        expect_equal({key: value[0] for key, value in found.items()},
                     {running.id: "active", waiting[OURS].id: "scheduled"}, "where they are")
        self.fleet.app.control.revoke(running.id, terminate=True, destination=[OURS])
        self.fleet.app.control.revoke([each.id for each in waiting.values()], destination=[OURS, PYTHON])

    def refusals(self):
        """53: unknown methods and bad arguments are refused, and end nobody"""
        # Python's worker logs what it refuses, so it is not asked beside ours.
        for method, arguments, error in [
            ("no_such_method", {}, "KeyError('no_such_method')"),
            ("autoscale", {"max": 4, "min": 2}, "ValueError('Autoscale not enabled')"),
            ("rate_limit", {"task_name": "no.such", "rate_limit": "1/m"}, "unknown task"),
            ("time_limit", {"task_name": "no.such", "soft": 1}, "unknown task"),
        ]:
            expect_equal(self.fleet.ask(method, arguments), {"error": error}, f"the reply to {method}")
        for method, arguments in [
            ("rate_limit", {}), ("rate_limit", {"task_name": "assistant.echo", "rate_limit": "nonsense"}),
            ("time_limit", {"task_name": [], "soft": "long"}), ("query_task", {"ids": 5}), ("query_task", {}),
            ("revoke", {}), ("revoke", {"task_id": {"a": []}}), ("add_consumer", {}), ("cancel_consumer", {"queue": None}),
            ("pool_grow", {"n": "many"}), ("pool_shrink", {"n": -(2**70)}), ("autoscale", {"max": [], "min": {}}),
            ("hello", {}), ("hello", {"from_node": 5, "revoked": "x"}), ("revoke_by_stamped_headers", {"headers": 7}),
            ("terminate", {"signal": "SIGNONSENSE", "task_id": "x"}), ("ping", {"unknown": [{}]}),
        ]:
            replies = self.fleet.app.control.broadcast(
                method, arguments=arguments, reply=True, destination=[OURS], timeout=PATIENCE, limit=1)
            assert replies, f"no answer to {method} {arguments}"
        # What is no message at all would make Python's worker connect anew: RemoteControlTests.
        for method, members in [(5, {}), (None, {}), ("ping", {"arguments": []}), ("ping", {"reply_to": "text", "ticket": 5})]:
            self.request(method, **members)
        expect_equal(self.fleet.ask("ping"), {"ok": "pong"}, "the answer after it")
        expect_equal(self.fleet.echo("still here").get(timeout=PATIENCE), "still here", "a task after it")

    def revoked(self):
        """54: revoke keeps a waiting task from running, terminate ends a running one as terminated"""
        control = self.fleet.app.control
        waiting, running = self.fleet.echo("never", countdown=0.4), self.fleet.send("assistant.sleep", 60)
        control.revoke(waiting.id, destination=[OURS])
        until(lambda: any(task["id"] == running.id for task in self.fleet.ask("active")), "it runs")
        control.terminate(running.id, signal="SIGTERM", destination=[OURS])
        for result, reason in ((waiting, "revoked"), (running, "terminated")):
            self.fleet.failure(result, "TaskRevokedError")
            expect_equal(self.fleet.stored(result.id)["result"]["exc_message"], [reason], "what is stored")
        until(lambda: not any(waiting.id.encode() in raw for raw in self.redis.zrange("{core}:scheduled", 0, -1)),
              "the waiting one has met a worker")
        expect_equal(self.fleet.stored(waiting.id)["status"], "REVOKED", "its state in the end")

    def consumers(self):
        """55: add_consumer and cancel_consumer begin and end taking from a queue within two seconds"""
        control, began = self.fleet.app.control, time.monotonic()
        result = self.fleet.echo("added", queue="extra")
        control.add_consumer("extra", destination=[OURS])
        expect_equal(result.get(timeout=PATIENCE), "added", "the value")
        assert time.monotonic() - began < 2, f"it began after {time.monotonic() - began:.1f} s"
        assert "extra" in [queue["name"] for queue in self.fleet.ask("active_queues")], "its queues"
        reply = self.fleet.ask("cancel_consumer", {"queue": "extra"})
        expect_equal(reply, {"ok": "no longer consuming from extra"}, "the reply")
        until(lambda: "extra" not in [queue["name"] for queue in self.fleet.ask("active_queues")], "it is left", 2)
        self.fleet.echo("too late", queue="extra")
        time.sleep(0.5)  # Enough for a worker that takes from it.
        expect_equal(self.redis.llen("extra"), 1, "what waits in it")

    def warm_shutdown(self):
        """56: shutdown ends a worker warmly, without a reply"""
        worker = self.fleet.ours("ending@core", "ending", WORKER_GRACE_PERIOD="10")
        result = self.fleet.send("assistant.sleep", 0.7, queue="ending")
        until(lambda: self.fleet.held("ending"), "it runs one")
        replies = self.fleet.app.control.broadcast("shutdown", reply=True, destination=["ending@core"], timeout=0.5)
        expect_equal(replies or [], [], "replies")
        expect_equal(worker.wait(PATIENCE), 0, "its status")
        expect_equal(result.get(timeout=PATIENCE), 0.7, "what it ran")

    def hello(self):
        """57: hello is answered, and what is revoked is taken over, as this Celery tells it and in the other form"""
        self.fleet.kill_python()
        known = str(uuid.uuid4())
        self.fleet.app.control.revoke(known, destination=[OURS], reply=True, timeout=PATIENCE, limit=1)
        for told in ([str(uuid.uuid4())], {str(uuid.uuid4()): time.time()}):
            answer = self.fleet.ask("hello", {"from_node": "other@core", "revoked": told})
            assert known in answer["revoked"] and isinstance(answer["clock"], int), answer
            assert set(told) <= set(self.fleet.ask("revoked")), f"{told} is not taken over"
        expect_equal(self.fleet.ask("hello", {"from_node": OURS, "revoked": []}), None, "what it says to itself")
        # And this Celery's worker takes over what ours knows.
        self.fleet.python()
        assert known in self.fleet.ask("revoked", node=PYTHON), "Python's worker has not taken it over"

    def inspected(self):
        """58: celery status and all of celery inspect succeed, on this Celery's command line"""
        result = self.fleet.echo("later", countdown=3)
        until(lambda: self.fleet.ask("scheduled"), "it waits for its time")
        printed = self.tool("status", "--timeout", "3", "--destination", OURS)
        assert f"{OURS}: OK" in printed and "1 node online" in printed, printed
        for method, *arguments in [
            ["ping"], ["active"], ["registered"], ["stats"], ["scheduled"], ["reserved"], ["active_queues"], ["conf"],
            ["report"], ["clock"], ["revoked"], ["query_task", result.id],
        ]:
            # As people read it, and as programs do.
            read = self.tool("inspect", "--destination", OURS, "--timeout", "10", method, *arguments)
            assert OURS in read and "1 node online" in read, read
            replies = json.loads(self.tool("inspect", "--destination", OURS, "--timeout", "10", "--json", method, *arguments))
            expect_equal(list(replies), [OURS], f"who answers to {method}")
            assert not (isinstance(replies[OURS], dict) and "error" in replies[OURS]), replies
        self.fleet.app.control.revoke(result.id, destination=[OURS])

    def tool(self, *arguments):
        """What this Celery's command line prints; in this process, as an interpreter for each would take a second."""
        # What it takes from its options it leaves in the environment, where it would be believed more than our own apps.
        clean = {"CELERY_BROKER_URL": None, "CELERY_RESULT_BACKEND": None}
        done = CliRunner().invoke(
            command_line, ["--broker", self.fleet.url, "--result-backend", self.fleet.url, *arguments], env=clean)
        expect_equal(done.exit_code, 0, f"the status of celery {' '.join(arguments)}: {done.output} {done.exception!r}")
        return done.output

    def unnoticed(self):
        """50: Python's worker in the fleet logs no error of all that"""
        self.fleet.python()
        assert "mingle: sync with" in self.fleet.python_log(), "it has not met ours"
        loud = [line for line in self.fleet.python_log().splitlines()
                if re.search(r"ERROR|CRITICAL|Traceback|drift|Substantial", line)]
        expect_equal(loud, [], f"what Celery {celery.__version__} complains of")


def shape(value):
    """The type of a reply, and of what is in it where all of that is alike."""
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return sorted(value) if isinstance(value, dict) and len(value) == 1 else type(value).__name__
