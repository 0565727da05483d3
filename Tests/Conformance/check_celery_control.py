#!/usr/bin/env python3
"""Checks our workers' events and remote control against Celery's own tools and against Flower.

Starts a private redis-server, workers of ours from $AI_ASSISTANT_BINARIES, one of Celery beside them, and Flower; then
looks at the fleet with `celery status`, `inspect`, `control` and `events`, and with Flower's API, pages and a browser.
Ends with status 0 only if everything held. The picture goes to $AI_ASSISTANT_PICTURES, or to a temporary folder.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

import celery.exceptions
from celery import Celery
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from programs import Programs, expect_equal, free_ports, run, until

QUEUE = "interactive"
PATIENCE = 15
OURS = "swift-a@fleet"
PYTHON = "python@fleet"

# An app of Celery's that knows the tasks of ours that it is given. It takes from a queue of its own.
PYTHON_APP = """
import celery, time
app = celery.Celery("fleet")
app.conf.update(task_default_queue="python", broker_connection_retry_on_startup=True)

@app.task(name="python.echo")
def echo(value):
    return value
"""


class Checks:
    def __init__(self, programs):
        self.programs = programs
        self.url, self.redis = programs.start_redis()
        self.app = Celery("control", broker=self.url, backend=self.url, set_as_current=False)
        self.app.conf.update(task_default_queue=QUEUE)
        (programs.folder / "fleet.py").write_text(PYTHON_APP)

    def start_worker(self, name, **settings):
        return self.programs.start(name, "worker", {
            "REDIS_URL": self.url, "WORKER_LEASE": "2", "WORKER_GRACE_PERIOD": "1", "LOG_FORMAT": "json",
            "LLM_PROVIDER": "offline", "WORKER_NAME": f"{name}@fleet"} | settings)

    def start_python(self):
        return self.programs.start_python(
            "python", "-m", "celery", "--app", "fleet", "--broker", self.url, "--result-backend", self.url, "worker",
            "--pool", "solo", "--hostname", PYTHON, "--loglevel", "DEBUG", "--queues", "python")

    def tool(self, *arguments, status=0, timeout=30):
        """What Celery's command line prints."""
        command = [sys.executable, "-m", "celery", "--broker", self.url, "--result-backend", self.url, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, cwd=self.programs.folder)
        expect_equal(done.returncode, status, f"the status of celery {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def inspect(self, method, *arguments, node=OURS):
        """What one worker answers, through Celery's command line."""
        replies = json.loads(self.tool("inspect", "--destination", node, "--timeout", "5", "--json", method, *arguments))
        expect_equal(list(replies), [node], f"who answers to {method}")
        return replies[node]

    def ask(self, method, arguments=None, node=OURS, patience=5):
        """The same through Celery's client, for what is asked often."""
        destination = [node] if node else None
        replies = self.app.control.broadcast(method, arguments=arguments or {}, reply=True, destination=destination,
                                             timeout=patience, limit=1 if node else None)
        assert replies, f"{method} is not answered"
        return replies[0][node] if node else {name: reply for each in replies for name, reply in each.items()}

    def send(self, task, *args, **options):
        return self.app.send_task(task, args=args, **options)

    def state(self, task_id):
        stored = self.redis.get(f"celery-task-meta-{task_id}")
        return json.loads(stored)["status"] if stored else None

    # Celery's command line

    def status(self):
        """celery status names our worker and Python's"""
        self.start_worker("swift-a")
        self.start_python()
        until(lambda: self.app.control.ping(destination=[OURS], timeout=0.5), "our worker answers")
        until(lambda: self.app.control.ping(destination=[PYTHON], timeout=0.5), "Python's worker answers", 60)
        printed = self.tool("status", "--timeout", "2")
        assert f"{OURS}: OK" in printed and f"{PYTHON}: OK" in printed and "2 nodes online" in printed, printed

    def inspections(self):
        """celery inspect asks our worker everything and understands the answers"""
        running = self.send("assistant.sleep", 120)
        later = self.send("assistant.echo", "later", countdown=300)
        until(lambda: any(task["id"] == running.id for task in self.ask("active")), "it runs")
        expect_equal(self.inspect("ping"), {"ok": "pong"}, "ping")
        task, = self.inspect("active")
        expect_equal((task["id"], task["name"], task["args"], task["kwargs"], task["hostname"]),
                     (running.id, "assistant.sleep", [120], {}, OURS), "the task that runs")
        assert abs(task["time_start"] - time.time()) < 60, task
        until(lambda: self.ask("scheduled"), "the other waits for its time")
        entry, = self.inspect("scheduled")
        expect_equal(entry["request"]["id"], later.id, "the task that waits")
        expect_equal(self.inspect("reserved"), [], "what was fetched and has not begun")
        names = self.inspect("registered")
        assert "assistant.echo" in names and names == sorted(names), names
        stats = self.inspect("stats")
        assert stats["total"]["assistant.sleep"] == 1 and stats["broker"]["transport"] == "redis", stats
        queues = [queue["name"] for queue in self.inspect("active_queues")]
        expect_equal(queues, ["interactive", "minutes", "background"], "its queues")
        assert self.inspect("conf")["broker_url"].startswith("redis://127.0.0.1"), "conf"
        assert "software -> jobqueue:" in self.inspect("report")["ok"], "report"
        assert self.inspect("clock")["clock"] > 0, "clock"
        expect_equal(self.inspect("revoked"), [], "revoked ids")
        found = self.inspect("query_task", running.id, later.id, "unknown")
        expect_equal({key: value[0] for key, value in found.items()}, {running.id: "active", later.id: "scheduled"},
                     "where tasks are")
        assert self.inspect("memsample").endswith("MB"), "memsample"
        # As texts, too, which is how people read them.
        printed = self.tool("inspect", "--destination", OURS, "--timeout", "5", "active")
        assert running.id in printed and "1 node online" in printed, printed
        self.tool("control", "--destination", OURS, "--timeout", "5", "terminate", "SIGTERM", running.id)
        self.revoked_as(running, "terminated")
        self.tool("control", "--destination", OURS, "--timeout", "5", "revoke", later.id)
        self.revoked_as(later, "revoked")

    def revoked_as(self, result, reason):
        try:
            value = result.get(timeout=PATIENCE)
        except celery.exceptions.TaskRevokedError as error:
            expect_equal(str(error), reason, "why the task was revoked")
            return
        raise AssertionError(f"{value!r} instead of a revoked task")

    def revocation(self):
        """revoke keeps a waiting task from running, terminate ends a running one, both through Celery's client"""
        waiting = self.send("assistant.echo", "never", countdown=1)
        self.app.control.revoke(waiting.id)
        self.revoked_as(waiting, "revoked")
        running = self.send("assistant.sleep", 120)
        until(lambda: any(task["id"] == running.id for task in self.ask("active")), "it runs")
        # Not to Python's worker, which tells callers at once that what others run is revoked.
        self.app.control.revoke(running.id, destination=[OURS], reply=True, timeout=5)
        expect_equal(self.ask("active")[0]["id"], running.id, "the task that was only revoked goes on")
        expect_equal(self.state(running.id), None, "its state")
        self.app.control.terminate(running.id, signal="SIGKILL", destination=[OURS])
        self.revoked_as(running, "terminated")
        until(lambda: self.redis.zcard(f"{{{QUEUE}}}:scheduled") <= 1, "a worker met the waiting one")
        expect_equal(self.state(waiting.id), "REVOKED", "the state in the end")
        assert self.ask("revoke", {"task_id": "nope", "terminate": True}) == {"ok": "terminate: tasks unknown"}

    def controls(self):
        """celery control changes our worker: events, pool, queues, limits"""
        def control(*arguments):
            return self.tool("control", "--destination", OURS, "--timeout", "5", *arguments)

        for arguments, answer in [
            (("enable_events",), "task events enabled"), (("disable_events",), "task events disabled"),
            (("pool_grow", "2"), "pool will grow"), (("pool_shrink", "2"), "pool will shrink"),
            (("rate_limit", "assistant.echo", "100/m"), "new rate limit set successfully"),
            (("rate_limit", "assistant.echo", "0"), "rate limit disabled successfully"),
            (("time_limit", "assistant.sleep", "60", "120"), "time limits set successfully"),
            (("add_consumer", "extra"), "add consumer extra"),
        ]:
            printed = control(*arguments)
            assert answer in printed, printed
        result = self.send("assistant.echo", 5, queue="extra")
        expect_equal(result.get(timeout=PATIENCE), 5, "a task of the added queue")
        assert "no longer consuming from extra" in control("cancel_consumer", "extra")
        unknown = self.tool("control", "--destination", OURS, "--timeout", "5", "autoscale", "4", "1")
        assert "Autoscale not enabled" in unknown, unknown

    def events(self):
        """celery events --dump tells what becomes of tasks on our worker"""
        self.tool("control", "--destination", OURS, "--timeout", "5", "enable_events")
        self.programs.start_python("dump", "-u", "-m", "celery", "--broker", self.url, "events", "--dump")
        until(lambda: OURS in self.programs.log("dump"), "the worker is seen", 30)
        good = self.send("assistant.echo", "it's")
        expect_equal(good.get(timeout=PATIENCE), "it's", "the value")
        self.send("assistant.fail", "broke")
        until(lambda: "task failed" in self.programs.log("dump"), "the failure is told of")
        lines = [line for line in self.programs.log("dump").splitlines() if good.id in line]
        kinds = [next(word for word in ("received", "started", "succeeded") if f"task {word}" in line) for line in lines]
        expect_equal(kinds, ["received", "started", "succeeded"], "\n".join(lines))
        assert "heartbeat" in self.programs.log("dump"), self.programs.log("dump")

    # Flower

    def start_flower(self):
        port, = free_ports(1)
        self.flower = f"http://127.0.0.1:{port}"
        # Its API acts only for who is let to; here everybody on this machine is.
        self.programs.start_python(
            "flower", "-c", "import os; os.environ['FLOWER_UNAUTHENTICATED_API'] = 'true'; "
            "from celery.bin.celery import main; main()", "--broker", self.url, "--result-backend", self.url, "flower",
            "--address=127.0.0.1", f"--port={port}", "--inspect_timeout=1500")

    def page(self, path):
        with urllib.request.urlopen(f"{self.flower}{path}", timeout=20) as response:
            expect_equal(response.status, 200, path)
            return response.read().decode()

    def api(self, path):
        return json.loads(self.page(path))

    def flower_api(self):
        """Flower's API knows our worker and its tasks with name, state, arguments, result and runtime"""
        self.start_flower()
        until(lambda: self.answers("/api/workers"), "Flower answers", 60)
        until(lambda: OURS in self.api("/api/workers?status=1"), "it sees our worker", 30)
        workers = self.api("/api/workers?refresh=1")
        worker = workers[OURS]
        expect_equal({queue["name"] for queue in worker["active_queues"]}, {"interactive", "minutes", "background"},
                     "the queues that it shows")
        assert "assistant.echo" in worker["registered"] and worker["stats"]["pool"]["max-concurrency"] == 200, worker
        assert {"stats", "active_queues", "registered", "scheduled", "active", "reserved", "revoked", "conf"} <= set(worker)
        self.shown = self.send("assistant.echo", {"answer": 42})
        expect_equal(self.shown.get(timeout=PATIENCE), {"answer": 42}, "the value")
        self.failed = self.send("assistant.fail", "broke")
        ended = {"SUCCESS", "FAILURE"}
        until(lambda: {self.task(each.id).get("state") for each in (self.shown, self.failed)} == ended, "both are shown")
        task = self.task(self.shown.id)
        expect_equal((task["name"], task["state"], task["args"], task["kwargs"], task["result"], task["worker"]),
                     ("assistant.echo", "SUCCESS", "({'answer': 42},)", "{}", "{'answer': 42}", OURS), "the task")
        assert 0 <= task["runtime"] < PATIENCE and task["received"] <= task["started"] <= task["succeeded"], task
        expect_equal(self.task(self.failed.id)["exception"], "RequestedFailure('broke')", "the failure")
        listed = self.api("/api/tasks?workername=" + OURS)
        assert {self.shown.id, self.failed.id} <= set(listed), listed

    def task(self, task_id):
        try:
            return self.api(f"/api/task/info/{task_id}")
        except urllib.error.HTTPError:
            return {}

    def answers(self, path):
        try:
            return self.page(path)
        except OSError:
            return None

    def flower_pages(self):
        """Flower's pages show them, in a browser too"""
        assert OURS in self.page("/workers"), "the page of workers"
        assert self.page("/tasks"), "the page of tasks"
        assert self.shown.id in self.page(f"/task/{self.shown.id}"), "the page of a task"
        detail = self.page(f"/worker/{OURS}")
        for text in (OURS, "SwiftTasks", "interactive", "assistant.echo"):
            assert text in detail, f"{text} is not on the page of the worker"
        assert self.page("/broker"), "the page of the broker"

        folder = pathlib.Path(os.environ.get("AI_ASSISTANT_PICTURES", self.programs.folder))
        folder.mkdir(parents=True, exist_ok=True)
        options = Options()
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,1000"):
            options.add_argument(argument)
        driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        try:
            driver.get(f"{self.flower}/workers")
            until(lambda: OURS in driver.find_element(By.TAG_NAME, "body").text, "the browser shows the worker")
            assert "Online" in driver.find_element(By.TAG_NAME, "body").text, "the worker is not shown as online"
            driver.save_screenshot(str(folder / "flower-workers.png"))
            driver.get(f"{self.flower}/tasks")
            until(lambda: self.shown.id in driver.find_element(By.TAG_NAME, "body").text, "the browser shows the task")
            driver.save_screenshot(str(folder / "flower-tasks.png"))
        finally:
            driver.quit()

    # The fleet

    def processes(self):
        """the processes of one supervisor have names of their own, and each answers for itself"""
        supervisor = self.start_worker("many", WORKER_PROCESSES="2", WORKER_NAME="many@fleet")
        names = ["many-1@fleet", "many-2@fleet"]
        until(lambda: len(self.app.control.ping(destination=names, timeout=1)) == 2, "both answer", 30)
        supervisor.terminate()
        expect_equal(supervisor.wait(PATIENCE), 0, "the status of the supervisor")

    def beside_python(self):
        """Python's worker in the fleet says nothing of our events, and runs its own tasks"""
        for name in (OURS, "many-1@fleet"):
            until(lambda: f"{name} joined the party" in self.programs.log("python"), f"it took note of {name}")
        expect_equal(self.app.send_task("python.echo", args=[1], queue="python").get(timeout=PATIENCE), 1, "its task")
        log = self.programs.log("python")
        loud = [line for line in log.splitlines() if any(word in line for word in ("ERROR", "CRITICAL", "Traceback", "drift"))]
        expect_equal(loud, [], "what it complains of")

    def hello(self):
        """a Python worker that begins tells our workers what is revoked, and hears what they know"""
        revoked = str(uuid.uuid4())
        self.app.control.revoke(revoked, destination=[OURS], reply=True, timeout=5)
        answer = self.ask("hello", {"from_node": "other@host", "revoked": ["told"]})
        assert revoked in answer["revoked"] and "told" in answer["revoked"], answer
        self.programs.start_python(
            "second", "-m", "celery", "--app", "fleet", "--broker", self.url, "worker", "--pool", "solo", "--hostname",
            "second@fleet", "--loglevel", "INFO", "--queues", "second")
        until(lambda: self.app.control.ping(destination=["second@fleet"], timeout=0.5), "it answers", 60)
        assert revoked in self.ask("revoked", node="second@fleet"), "it did not take over what we know"

    def shutdown(self):
        """celery control shutdown stops our worker warmly, and leaves nothing behind"""
        process = self.start_worker("swift-b", WORKER_QUEUES="minutes")
        until(lambda: self.app.control.ping(destination=["swift-b@fleet"], timeout=0.5), "it answers")
        self.app.control.shutdown(destination=["swift-b@fleet"])
        expect_equal(process.wait(PATIENCE), 0, "the status of the worker")
        left = [key.decode() for key in self.redis.keys("*.reply.celery.pidbox") if self.redis.ttl(key) < 0]
        expect_equal(left, [], "lists of replies that nobody reads and that stay")


def main():
    with Programs() as programs:
        checks = Checks(programs)
        run([checks.status, checks.inspections, checks.revocation, checks.controls, checks.events, checks.flower_api,
             checks.flower_pages, checks.processes, checks.hello, checks.beside_python, checks.shutdown])


if __name__ == "__main__":
    main()
