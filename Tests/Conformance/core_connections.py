"""Items 60 to 62 of the checklist: forms of URLs, a Redis that is restarted, sentinels that replace it."""

import json
import subprocess
import threading

import celery.exceptions
import kombu.exceptions
import redis

from core_fleet import PATIENCE, Listener
from programs import expect_equal, free_ports, until

PASSWORD, ENCODED = "p@ss:w/rd %40", "p%40ss%3Aw%2Frd%20%2540"


class Connections:
    def __init__(self, fleet):
        self.fleet, self.programs = fleet, fleet.programs
        self.statements = [self.urls, self.restarted, self.failed_over]

    def server(self, name, port, *options):
        process = self.programs.start_command(name, [
            "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.programs.folder),
            *options])
        client = redis.Redis(port=port, socket_timeout=10)
        until(lambda: self.answers(client), f"{name} answers")
        return process, client

    def answers(self, client):
        try:
            return client.ping()
        except redis.ConnectionError:
            return False

    def role(self, client):
        """What a server is in its replication; nothing at the moment of its promotion, when Sentinel cuts its clients off."""
        try:
            return client.info("replication")["role"]
        except redis.ConnectionError:
            return None

    def on_its_own(self, name, url, queue, transport=None):
        """A client of this Celery that gets nothing but a URL."""
        app = self.fleet.client(queue, url=url, transport=transport)
        app.conf.update(broker_connection_timeout=2, redis_socket_timeout=5, redis_retry_on_timeout=True)
        # It tries again ten times a second, and not once.
        app.conf.result_backend_transport_options["retry_policy"] = {
            "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1, "max_retries": 100}
        return app

    # URLs

    def urls(self):
        """60: TCP with a user and a password, a UNIX socket and TLS work by this Celery's URLs, and show no password"""
        plain, tls = free_ports(2)
        folder = self.programs.folder
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=a test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "certificate.pem"],
            check=True, cwd=folder, capture_output=True)
        _, client = self.server(
            "urls-redis", plain, "--tls-port", str(tls), "--tls-cert-file", "certificate.pem", "--tls-key-file", "key.pem",
            "--tls-auth-clients", "no", "--unixsocket", str(folder / "redis.sock"))
        client.acl_setuser("bot:1", enabled=True, reset=True, passwords=[f"+{PASSWORD}"], keys=["*"], channels=["*"],
                           categories=["+@all"])
        user = f"bot%3A1:{ENCODED}"
        forms = {
            "tcp": f"redis://{user}@127.0.0.1:{plain}/1",
            "socket": f"redis+socket://{folder}/redis.sock?virtual_host=1",
            "tls": f"rediss://{user}@127.0.0.1:{tls}/1?ssl_cert_reqs=required&ssl_ca_certs={folder}/certificate.pem",
        }
        first = redis.Redis(port=plain, db=1)
        for name, url in forms.items():
            worker = self.fleet.ours(f"{name}@urls", name, url=url, redis=first, LOG_LEVEL="debug")
            app = self.on_its_own(name, url, name)
            expect_equal(self.fleet.echo(name, app=app).get(timeout=PATIENCE), name, "the value")
            replies = {method: self.fleet.ask(method, node=f"{name}@urls", app=app) for method in ("conf", "stats", "report")}
            expect_equal(replies["stats"]["broker"]["virtual_host"], "1", "the database")
            self.fleet.end(worker)
            shown = {method: json.dumps(reply) for method, reply in replies.items()} | {
                "log": self.programs.log(f"{name}@urls")}
            for where, text in shown.items():
                for secret in (PASSWORD, ENCODED, "w/rd", "w%2Frd", "w\\/rd"):
                    assert secret not in text, f"the {where} of {name} shows the password"
        # TLS is verified unless told otherwise: without the authority this worker must not come up.
        untrusting = self.fleet.start_ours("untrusting@urls", "tls", url=forms["tls"].split("&")[0])
        until(lambda: "certificate" in self.programs.log("untrusting@urls").lower(), "it says why")
        expect_equal(first.zcard("{tls}:workers"), 0, "workers")
        untrusting.kill()
        self.fleet.end(self.fleet.ours(
            "careless@urls", "tls", url=forms["tls"].split("?")[0] + "?ssl_cert_reqs=none", redis=first))

    # Losses

    def restarted(self):
        """61: Redis is killed and comes back: our worker listens, fetches and answers again, and what it held it holds"""
        port, = free_ports(1)
        options = ["--appendonly", "yes", "--appendfsync", "always"]
        server, client = self.server("restarted-redis", port, *options)
        url = f"redis://127.0.0.1:{port}/0"
        worker = self.fleet.ours("steady@core", "steady", url=url, redis=client, WORKER_LEASE="4", WORKER_TASK_EVENTS="true")
        app = self.on_its_own("steady", url, "steady")
        expect_equal(self.fleet.ask("ping", node="steady@core", app=app), {"ok": "pong"}, "the answer before")
        before = [self.fleet.echo(number, app=app) for number in range(20)]
        running, later = self.fleet.send("assistant.sleep", 2, app=app), self.fleet.echo("later", app=app, countdown=2)
        until(lambda: client.exists("{steady}:scheduled") and any(
            running.id.encode() in raw for raw in self.held(client, "steady")), "it runs")
        # Meanwhile somebody waits in this Celery's client.
        other = self.on_its_own("steady", url, "steady").AsyncResult(running.id)
        waiting, answers = threading.Thread(target=lambda: answers.append(self.patiently(other))), []
        waiting.start()
        server.kill()
        server.wait()
        self.server("restarted-redis-again", port, *options)
        after = self.persistently(lambda: self.fleet.echo("after", app=app))
        expect_equal(self.patiently(after), "after", "one that is sent afterwards")
        waiting.join(PATIENCE)
        expect_equal(answers, [2], "what the waiting client got")
        expect_equal([self.patiently(each) for each in before], list(range(20)), "what was sent before")
        expect_equal(self.patiently(later), "later", "what waited for its time")
        self.answers_again("steady@core", app)
        with Listener(app) as listener:
            last = self.fleet.echo("last", app=app)
            until(lambda: len(listener.of(last.id)) == 3, "events are told")
        until(lambda: not self.held(client, "steady"), "nothing is held")
        runs = self.fleet.runs("steady@core")
        expect_equal({runs.get(each.id) for each in [*before, running, later, after, last]}, {1}, "how often each ran")
        expect_equal(client.exists("steady", "{steady}:scheduled", "unacked", "unacked_index"), 0, "what is left")
        self.fleet.end(worker)

    def held(self, client, queue):
        return [raw for worker in client.zrange(f"{{{queue}}}:workers", 0, -1)
                for raw in client.hvals(f"{{{queue}}}:inflight:{worker.decode()}")]

    def persistently(self, act):
        """What a program does that outlives its broker: it tries again. Celery's versions differ in what they try alone."""
        def attempt():
            try:
                return act()
            except (redis.ConnectionError, redis.TimeoutError, redis.ReadOnlyError, kombu.exceptions.OperationalError,
                    AssertionError, OSError):
                return None

        return until(attempt, "it succeeds in the end", PATIENCE * 2, pause=0.1)

    def answers_again(self, node, app):
        """A request is lost while nobody listens, so it is asked every second."""
        replies = self.persistently(lambda: app.control.ping(destination=[node], timeout=1, limit=1))
        expect_equal(replies, [{node: {"ok": "pong"}}], "the answer")

    def patiently(self, result):
        """A result's value, also where waiting for it is interrupted."""
        def attempt():
            try:
                return [result.get(timeout=2)]
            except (redis.ConnectionError, redis.TimeoutError, celery.exceptions.TimeoutError, RuntimeError, OSError):
                return None

        return until(attempt, f"{result.id} ends", PATIENCE * 2, pause=0.1)[0]

    def failed_over(self):
        """62: when sentinels replace a dead primary, our worker, and this Celery with it, go on there, results too"""
        primary, replica, *sentinels = free_ports(5)
        options = ["--repl-diskless-sync-delay", "0"]
        first, _ = self.server("primary", primary, *options)
        _, second = self.server("replica", replica, *options, "--replicaof", "127.0.0.1", str(primary))
        until(lambda: second.info("replication")["master_link_status"] == "up", "the replica follows")
        for number, port in enumerate(sentinels):
            path = self.programs.folder / f"sentinel-{number}.conf"
            path.write_text(f"sentinel monitor main 127.0.0.1 {primary} 2\nsentinel down-after-milliseconds main 1000\n"
                            "sentinel failover-timeout main 5000\n")
            self.programs.start_command(f"sentinel-{number}", [
                "redis-server", str(path), "--sentinel", "--port", str(port), "--bind", "127.0.0.1"])
        asked = [redis.Redis(port=port) for port in sentinels]
        until(lambda: all(self.answers(each) and each.sentinel_master("main")["num-other-sentinels"] == 2
                          and each.sentinel_master("main")["num-slaves"] == 1 for each in asked), "they know each other")
        nodes = [f"127.0.0.1:{port}" for port in sentinels]
        worker = self.fleet.ours("followed@core", "followed", url=f"sentinel://{';'.join(nodes)}/0?master=main",
                                 redis=redis.Redis(port=primary))
        url = ";".join(f"sentinel://{node}/0" for node in nodes)
        # Before 5.4 kombu forgot to put the database's number into the channels' names here.
        app = self.on_its_own("followed", url, "followed", transport={"master_name": "main", "fanout_prefix": "/0."})
        app.conf.result_backend_transport_options["master_name"] = "main"
        expect_equal(self.fleet.echo("before", app=app).get(timeout=PATIENCE), "before", "the value")
        expect_equal(self.fleet.ask("ping", node="followed@core", app=app), {"ok": "pong"}, "the answer")
        first.kill()
        until(lambda: self.role(second) == "master", "the replica takes its place", PATIENCE)
        after = self.persistently(lambda: self.fleet.echo("after", app=app))
        expect_equal(self.patiently(after), "after", "the value")
        assert second.exists(f"celery-task-meta-{after.id}"), "the result is not on the new primary"
        self.answers_again("followed@core", app)
        self.fleet.end(worker)
