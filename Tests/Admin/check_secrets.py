#!/usr/bin/env python3
"""Plants marked secrets everywhere, uses everything that touches them, and then searches for them everywhere.

Starts a private redis-server, gateway, sandbox, worker and a service from $AI_ASSISTANT_BINARIES. Searched are the
logs of all programs at level trace, all that was ever sent to Redis (MONITOR) and all that is there at the end,
every line that a command printed, every refusal of the admin API, the audit log and its file, the command lines of
all processes at all times, the environment of plugins, and every file that a program wrote. Only sealed and hashed
forms may be there. Ends with status 0 only if nothing was found that should not be.
"""

import base64
import json
import pathlib
import secrets
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "Conformance"), str(HERE.parent / "Plugins")]

import sample_plugins as sample  # noqa: E402
from product import Product, one_time_password, processes_in  # noqa: E402
from programs import Programs, expect_equal, free_ports, is_up, run, until  # noqa: E402

#: Says its secret in every way that a careless author finds.
LEAKY = '''
import json, os, sys
from plugin_interface import PluginInterface


class LeakyPlugin(PluginInterface):
    def handle_message(self, context: dict) -> dict:
        token = context["config"]["token"]
        print("configured with", context["config"], flush=True)
        print("Authorization: Bearer " + token, file=sys.stderr, flush=True)
        print(json.dumps({"token": token}), flush=True)
        print(open("/proc/self/environ").read().replace("\\0", " "), flush=True)
        if context["message_content"] == "fail":
            raise RuntimeError("cannot sign in with " + token)
        return {"reply_message": "done"}
'''

#: What is printed once, since it is what was asked for.
SHOWN_ONCE = object()


class Marks:
    """The planted secrets by name, each in the forms in which it might be found."""

    def __init__(self):
        self.forms = {}

    def plant(self, name, value=None, *raw):
        """A new secret, or one that the product made; `raw` are further bytes that mean the same."""
        value = value or f"planted-{secrets.token_hex(16)}"
        forms = {value.encode()}
        for each in {value.encode(), *raw}:
            forms |= {each.hex().encode(), each.hex().upper().encode(), *(encoded(each))} | ({each} if len(each) > 12 else set())
        # What is shorter is anywhere by chance.
        self.forms[name] = {form for form in forms if len(form) >= 8}
        return value

    def found(self, data):
        """The names of those that are somewhere in some bytes."""
        return sorted(name for name, forms in self.forms.items() if any(form in data for form in forms))


def encoded(data):
    """Base64 of it, wherever it stands in what is encoded; its ends depend on the neighbours and are left out."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + data).decode()
        core = text[4 if before else 0:-4]
        yield core.encode()
        yield core.replace("+", "-").replace("/", "_").encode()


class Commands(threading.Thread):
    """The command lines of all processes, looked at again and again."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen, self.stopped, self.looks = set(), threading.Event(), 0

    def run(self):
        while not self.stopped.wait(0.01):
            self.looks += 1
            for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.seen.add(path.read_bytes())
                except OSError:
                    continue


class Monitor(threading.Thread):
    """All that is sent to Redis, as its MONITOR tells it."""

    def __init__(self, redis):
        super().__init__(daemon=True)
        self.redis, self.commands, self.ready = redis, [], threading.Event()

    def run(self):
        with self.redis.monitor() as monitor:
            self.ready.set()
            try:
                while True:
                    self.commands.append(monitor.connection.read_response(disable_decoding=True))
            except Exception:  # The server ends, and so do we.
                return


class Echo(BaseHTTPRequestHandler):
    """A provider of models that repeats the key it refuses."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = self.headers.get("Authorization", "")
        body = json.dumps({"error": {"message": f"Incorrect API key provided: {key}", "code": "invalid_api_key"}}).encode()
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Hunt:
    """The flows, and all they said."""

    def __init__(self, programs):
        self.marks, self.programs, self.said = Marks(), programs, []
        plant = self.marks.plant
        key = secrets.token_bytes(32)
        provider = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        threading.Thread(target=provider.serve_forever, daemon=True).start()
        self.commands = Commands()
        self.commands.start()
        self.audit_file = programs.folder / "audit" / "audit.jsonl"
        self.audit_file.parent.mkdir()
        self.product = Product(programs, {
            "JWT_SECRET": plant("JWT_SECRET"), "PLUGINS_KEY": plant("PLUGINS_KEY", base64.b64encode(key).decode(), key),
            "LLM_PROVIDER": "openai", "LLM_BASE_URL": f"http://127.0.0.1:{provider.server_port}/v1", "LLM_MODEL": "m",
            "LLM_API_KEY": plant("LLM_API_KEY"), "AUDIT_FILE": str(self.audit_file), "LOG_LEVEL": "trace",
            "PLUGINS_ALLOWED_NETWORKS": "127.0.0.0/8"})
        for name in ("APP_SECRET", "ENCRYPT_KEY", "VERIFICATION_TOKEN"):
            plant("FEISHU_" + name, self.product.app[name])
        self.monitor = Monitor(self.product.redis)
        self.monitor.start()
        self.monitor.ready.wait(5)
        self.worker = self.product.start_worker()

    # Doing things

    def command(self, *arguments, status=0, keep=None, **options):
        """A command, whose output is searched later unless a secret is what it is for."""
        done = self.product.run(*arguments, **options)
        assert status is None or done.status == status, str(done)
        self.said.append((f"what `{' '.join(arguments[:2])}` wrote", (done.err if keep is SHOWN_ONCE else done.out + done.err)))
        return done

    def ask(self, method, path, body=None, keep=None, **options):
        answer = self.product.ask(method, path, body, **options)
        if keep is not SHOWN_ONCE:
            self.said.append((f"the answer to {method} {path} ({answer.status})", answer.text + str(answer.headers)))
        return answer

    def secret_file(self, name):
        """A file with a planted secret."""
        return self.product.file("given/" + name.replace(" ", "-"), self.marks.plant(name))

    def sign_in(self):
        """signing in, well and badly, second steps, refreshing and signing out"""
        plant = self.marks.plant
        self.password = plant("a person's password")
        self.person = person = self.product.person("keeper", self.password)
        plant("the TOTP secret", person.secret, base64.b32decode(person.secret + "=" * (-len(person.secret) % 8)))
        for number, code in enumerate(person.all_recovery_codes):
            plant(f"recovery code {number}", code)
            plant(f"recovery code {number} without dashes", code.replace("-", "").upper())
        plant("an access token", person.token)
        plant("a refresh token", person.refresh)
        wrong = plant("a wrong password")
        for body, status in (
                ({"name": "keeper", "password": wrong}, 401), ({"name": "nobody", "password": wrong}, 401),
                ({"name": "keeper", "password": self.password}, 401),
                ({"name": "keeper", "password": self.password, "code": plant("a wrong code")}, None),
                ({"name": "keeper", "password": plant("a password that is too long") + "x" * 2_000}, 422),
                ({"name": "keeper", "password": [plant("a password in a list")]}, 422),
                ({"name": "keeper", "password": "x", "passwort": plant("a misspelt member")}, 422),
                ({"name": "keeper", "password": "x", "code": plant("a code that is too long") + "0" * 100}, 422)):
            answer = self.ask("POST", "sessions", body)
            assert status is None or answer.status == status, f"{list(body)}: {answer.status} {answer.text}"
        answer = self.ask("POST", "sessions/refresh", {"refresh_token": plant("a refresh token that is too long") + "x" * 600})
        expect_equal(answer.status, 422, "a long refresh token")
        session = self.ask("POST", "sessions/refresh", {"refresh_token": person.refresh}, keep=SHOWN_ONCE).body
        person.token = plant("a refreshed access token", session["access_token"])
        plant("a rotated refresh token", session["refresh_token"])
        for token, status in ((person.token + "x", 401), (plant("a token that is none"), 401)):
            expect_equal(self.ask("GET", "me", token=token).status, status, "a token that is none")
        self.ask("POST", "step-up", {"code": plant("a wrong code of a second step")[:60], "purpose": "plugins"}, token=person.token)
        self.steps = {}
        for purpose in ("plugins", "tokens"):
            answer = self.ask("POST", "step-up", {"code": person.recovery_codes.pop(), "purpose": purpose}, token=person.token,
                              keep=SHOWN_ONCE)
            expect_equal(answer.status, 200, f"step-up for {purpose}: {answer.text}")
            self.steps[purpose] = plant(f"a step-up token for {purpose}", answer.body["token"])

    def administer(self):
        """people and tokens: added, changed, refused, revoked"""
        plant, tokens = self.marks.plant, {"token": self.person.token, "step_up": self.steps["tokens"]}
        answer = self.ask("POST", "people", {"name": "viewer", "role": "viewer", "password": plant("another's password")}, **tokens)
        expect_equal(answer.status, 201, answer.text)
        for body in ({"name": "viewer", "role": "viewer", "password": plant("a password for a taken name")},
                     {"name": "x", "role": "king", "password": plant("a password beside a wrong role")},
                     {"name": "x", "role": "viewer", "password": {"text": plant("a password in an object")}},
                     {"name": "x", "role": "viewer", "password": plant("a long password") + "x" * 2_000}):
            assert self.ask("POST", "people", body, **tokens).status in (409, 422)
        self.ask("PATCH", "people/viewer", {"password": plant("a new password")}, **tokens)
        issued = self.ask("POST", "tokens", {"subject": "ci", "role": "viewer"}, keep=SHOWN_ONCE, **tokens)
        token = plant("an issued token", issued.body["token"])
        expect_equal(self.ask("GET", "tokens", token=self.person.token).status, 200, "the list of tokens")
        self.ask("DELETE", "tokens/" + issued.body["id"], **tokens)
        expect_equal(self.ask("GET", "me", token=token).status, 401, "a revoked token")
        token = self.command("token", "issue", "--subject", "cli", keep=SHOWN_ONCE).out.strip()
        self.by_command = self.product.file("given/token", plant("a token of the command line", token))
        self.command("token", "list")
        self.command("person", "list")
        self.command("plugins", "list", "--server", self.product.gateway_url, "--token-file", str(self.by_command))
        self.command("plugins", "uninstall", "x", "--server", self.product.gateway_url, "--token-file", str(self.by_command),
                     status=1)
        self.ask("POST", "me/password", {"password": plant("a wrong old password"), "new_password": plant("a new one")},
                 token=self.person.token)
        for password in (plant("a wrong password for a second step"), self.password):
            answer = self.ask("POST", "me/second-step", {"password": password}, token=self.person.token)
            assert answer.status in (403, 409, 429), answer.text
        answer = self.ask("POST", "me/second-step", {"password": plant("a long password for one") + "x" * 2_000}, token=self.person.token)
        expect_equal(answer.status, 422, answer.text)

    def plugins(self):
        """plugins with secrets: installed, refused, configured, called, failing, upgraded, taken back, uninstalled"""
        command, folder, product = self.command, self.programs.folder / "made", self.product
        schema = json.loads(json.dumps(sample.SCHEMA))
        schema["properties"]["token"] |= {"minLength": 8, "maxLength": 100, "pattern": "^[a-z0-9-]+$"}

        def written(version, source=LEAKY):
            return str(sample.write(folder / version, sample.files("leaky", version, source, schema)))

        first = written("1.0.0")
        for name, text, key in (("a secret against its pattern", "PLANTED", "token"), ("a secret that is too long", "p" * 200, "token"),
                                ("a secret under a wrong name", "", "tokn"), ("a secret under another's name", "", "times")):
            path = self.product.file("given/refused", self.marks.plant(name) + text)
            command("plugins", "install", first, "--secret", f"{key}=@{path}", status=1)
        self.open = "open-" + secrets.token_hex(16)
        command("plugins", "install", first, "--config", json.dumps({"greeting": self.open}),
                "--secret", f"token=@{self.secret_file('a plugin’s secret')}")
        for pid in processes_in(product.plugins, self.worker.pid):
            environment = dict(each.split(b"=", 1) for each in pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") if each)
            assert b"PLUGIN_SECRET" in environment, environment.keys()
            own = environment.pop(b"PLUGIN_SECRET").decode()
            self.said.append(("the environment of a plugin", repr(environment)))
        self.marks.plant("what calls of a plugin's process are signed with", own)
        expect_equal(product.answer(product.say("/leaky hello", "Maya")), "done", "the answer of the plugin")
        product.answer(product.say("/leaky fail", "Maya"))
        command("plugins", "test", "leaky", "fail", status=None)
        until(lambda: "cannot sign in with" in command("plugins", "logs", "leaky").out, "the traceback is in the log", 15, 0.3)
        log = command("plugins", "logs", "leaky").out
        assert "Bearer ***" in log, f"no line of the plugin's log, blanked out: {log}"
        command("plugins", "configure", "leaky", "--secret", f"token=@{self.secret_file('a changed secret')}")
        command("plugins", "configure", "leaky", "--secret", f"token=@{self.product.file('given/bad', self.marks.plant('a bad change') + ' !')}",
                status=1)
        for arguments in (("show", "leaky"), ("show", "leaky", "--output", "json"), ("list",)):
            command("plugins", *arguments)
        command("plugins", "upgrade", "leaky", written("1.1.0"))
        until(lambda: product.answer(product.say("/leaky hello", "Maya")) == "done", "the upgraded one answers", 20, 0.3)
        command("plugins", "upgrade", "leaky", written("2.0.0", "raise SystemExit('no')"), status=1)
        self.ask("PATCH", "plugins/leaky/configuration", {"token": self.marks.plant("a secret by the API")},
                 token=self.person.token, step_up=self.steps["plugins"])
        self.ask("PATCH", "plugins/leaky/configuration", {"token": {"in": self.marks.plant("a secret in an object")}},
                 token=self.person.token, step_up=self.steps["plugins"])
        self.ask("GET", "plugins/leaky", token=self.person.token)
        command("plugins", "install", "--name", "feishu-adapter", "--config", '{"app_id": "cli_a1b2"}', "--wait", "0",
                "--secret", f"app_secret=@{self.secret_file('an app secret')}")

    def services(self):
        """a service that is called, is away, and refuses, and others' secrets for it"""
        port, = free_ports(1)
        signing = self.secret_file("a signing secret")
        source = self.product.file("given/echo_service.py", sample.ECHO.replace("VERSION = json.load(open(\"manifest.json\"))[\"version\"]", "VERSION = 1")
                                   .replace("EchoPlugin", "ServicePlugin").replace("config['greeting']", "config.get('a')"))
        url = f"http://127.0.0.1:{port}"
        service = self.programs.start("service", "ai-assistant", {}, "plugins", "run", str(source), "--secret-file", str(signing),
                                      "--port", str(port), "--python", sys.executable)
        until(lambda: "listening" in self.programs.log("service"), "the service listens", 15)
        wrong = self.secret_file("a wrong signing secret")
        self.command("plugins", "install", "--url", url, "--secret-file", str(wrong), status=3)
        self.ask("POST", "plugins", {"url": url, "secret": self.marks.plant("a wrong secret by the API")}, token=self.person.token,
                 step_up=self.steps["plugins"])
        self.ask("POST", "plugins", {"url": url, "secret": self.marks.plant("a long secret by the API") + "x" * 1_000},
                 token=self.person.token, step_up=self.steps["plugins"])
        self.command("plugins", "install", "--url", url, "--secret-file", str(signing))
        until(lambda: '"healthy"' in self.command("plugins", "show", "service", "--output", "json").out, "the worker has it", 15, 0.3)
        expect_equal(self.product.answer(self.product.say("/service hello", "Noor")), "1 None: hello", "the service's answer")
        service.kill()
        service.wait()
        self.product.answer(self.product.say("/service away", "Noor"))

    def model(self):
        """a provider of models that repeats the key which it refuses"""
        self.product.say("What is the capital of France?", "Ida")
        until(lambda: '"LanguageModelError"' in self.programs.log(self.worker.name), "the provider refuses", 15)

    def show_all(self):
        """whatever shows configuration, metrics, jobs and records"""
        for path in ("configuration", "configuration/settings", "plugins", "plugin-catalogue", "people", "audit?limit=1000", "queues",
                     "queues/interactive/dead-letters", "workers", "usage", "conversations"):
            expect_equal(self.ask("GET", path, token=self.person.token).status, 200, path)
        for arguments in (("config", "show"), ("audit", "tail", "-n", "1000"), ("audit", "export"), ("audit", "verify"),
                          ("person", "list"), ("worker", "list")):
            self.command(*arguments)
        # What it examines is not all there.
        self.command("doctor", status=None)
        self.command("plugins", "uninstall", "leaky", "--yes")
        self.command("plugins", "uninstall", "service", "--yes")
        left = [key for key in self.product.redis.keys("*") if b"leaky" in key or b":service" in key]
        assert not [key for key in left if b"{plugins}:state" not in key], f"keys of what was uninstalled: {left}"

    # Searching

    def places(self):
        """Everything that was said, written or stored: name and bytes."""
        yield from ((name, text.encode()) for name, text in self.said)
        for log in self.programs.folder.glob("*.log"):
            yield f"the log of {log.stem}", log.read_bytes()
        for command in self.commands.seen:
            yield f"a command line: {command[:80]!r}", command
        for command in list(self.monitor.commands):
            yield f"a command to Redis: {command[:300]!r}", command + command.replace(b'\\"', b'"')
        for key in self.product.redis.keys("*"):
            for value in values(self.product.redis, key):
                yield f"{key.decode(errors='replace')} in Redis", value
        for path in self.programs.folder.rglob("*"):
            if path.is_file() and path.suffix != ".log" and "given" not in path.parts and not path.name.startswith("password-of-"):
                yield f"the file {path.name}", path.read_bytes()

    def search(self):
        """nothing of it is anywhere but sealed or hashed"""
        self.commands.stopped.set()
        self.commands.join()
        searched, leaks, told = 0, {}, {"audit.jsonl": False, "Redis": False, "wrote": False}
        for place, data in self.places():
            searched += len(data)
            for name in self.marks.found(data):
                leaks.setdefault((name, place[:400]), data)
            # What is no secret is found in the same places: so the search can find.
            for known in told:
                told[known] |= known in place and self.open.encode() in data
        print(f"  {len(self.marks.forms)} secrets searched for in {searched >> 10} KiB, among them {len(self.monitor.commands)} "
              f"commands to Redis and {len(self.commands.seen)} command lines (looked at {self.commands.looks} times)")
        shown = {}
        for (name, place), data in leaks.items():
            # A secret in a log is in each command that writes it, too.
            shown[name] = shown.get(name, 0) + 1
            if shown[name] > 4:
                continue
            start = max(0, min(data.find(form) for form in self.marks.forms[name] if form in data) - 120)
            print(f"  FOUND {name} in {place}\n    …{data[start:start + 300]!r}", file=sys.stderr)
        assert all(told.values()), f"what is no secret was not found where it has to be: {told}"
        assert not leaks, f"{len(leaks)} places have a secret"


def values(redis, key):
    """All of a key, whatever its type."""
    kind = redis.type(key).decode()
    yield key
    if kind == "string":
        yield redis.get(key)
    elif kind == "hash":
        for field, value in redis.hgetall(key).items():
            yield field + b" " + value
    elif kind == "list":
        yield from redis.lrange(key, 0, -1)
    elif kind == "set":
        yield from redis.smembers(key)
    elif kind == "zset":
        yield from redis.zrange(key, 0, -1)
    elif kind == "stream":
        for _, fields in redis.xrange(key):
            yield b" ".join(part for pair in fields.items() for part in pair)


def main():
    began = time.monotonic()
    with Programs() as programs:
        hunt = Hunt(programs)
        run([hunt.sign_in, hunt.administer, hunt.plugins, hunt.services, hunt.model, hunt.show_all, hunt.search])
    print(f"no secret is where it does not belong ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
