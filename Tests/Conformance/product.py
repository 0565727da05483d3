"""The whole product for a check: redis-server, gateway, sandbox, workers and the command line, each a real process."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import secrets
import struct
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from programs import free_ports, is_up, until


class Done:
    """How a command ended, and what it wrote."""

    def __init__(self, arguments, process):
        self.arguments = arguments
        self.status, self.out, self.err = process.returncode, process.stdout, process.stderr

    def __str__(self):
        return f"{' '.join(self.arguments)}: status {self.status}\n{self.out}{self.err}"


class Answer:
    """An answer of the gateway, whatever its status."""

    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        raw = response.read()
        self.text = raw.decode(errors="replace")
        self.body = json.loads(raw) if raw and "json" in self.headers.get("Content-Type", "") else None


class Product:
    """Starts everything but the workers; what it starts ends with its `Programs`."""

    def __init__(self, programs, settings=None):
        self.programs = programs
        # Plugins run as another user where a worker is root, and have to reach their folder.
        programs.folder.chmod(0o711)
        self.redis_url, self.redis = programs.start_redis()
        gateway, sandbox = free_ports(2)
        self.gateway_url, self.sandbox_url = f"http://127.0.0.1:{gateway}", f"http://127.0.0.1:{sandbox}"
        self.app = {"APP_ID": "cli_" + secrets.token_hex(8)} | {
            name: secrets.token_hex(16) for name in ("APP_SECRET", "ENCRYPT_KEY", "VERIFICATION_TOKEN")}
        self.plugins = programs.folder / "plugins"
        self.settings = {"FEISHU_" + name: value for name, value in self.app.items()} | {
            "FEISHU_BASE_URL": self.sandbox_url, "REDIS_URL": self.redis_url, "LISTEN_HOST": "127.0.0.1",
            "LISTEN_PORT": str(gateway), "LLM_PROVIDER": "offline", "LOG_FORMAT": "json", "AI_ASSISTANT_LANGUAGE": "en",
            "JWT_SECRET": secrets.token_hex(32), "PLUGINS_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "PLUGINS_DIRECTORY": str(self.plugins), "ADMIN_RATE_LIMIT": "1000000"} | (settings or {})
        self.sandbox = programs.start(
            "sandbox", "sandbox", {"SANDBOX_" + name: value for name, value in self.app.items()}, "--port", str(sandbox),
            "--gateway-url", self.gateway_url, "--unlimited")
        self.gateway = programs.start("gateway", "gateway", self.settings)
        until(lambda: is_up(self.gateway_url + "/readyz") and is_up(self.sandbox_url), "the gateway is ready", 30)
        self.workers = []

    def start_worker(self, settings=None):
        """One more worker, once it works; returns its process, whose name in `Programs` is its `name`."""
        name = f"worker-{len(self.workers) + 1}"
        worker = self.programs.start(name, "worker", self.settings | (settings or {}))
        worker.name = name
        self.workers.append(worker)
        until(lambda: '"worker registered"' in self.programs.log(name), f"{name} works", 30)
        return worker

    # The command line

    def run(self, *arguments, given=None, settings=None):
        """Runs `ai-assistant` as on the host, or at a gateway where the arguments say so."""
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
        arguments = [str(each) for each in arguments]
        done = subprocess.run(
            [str(self.programs._binaries / "ai-assistant"), *arguments], env=environment | self.settings | (settings or {}),
            cwd=self.programs.folder, input=given if given is not None else "", capture_output=True, text=True, timeout=100)
        return Done(arguments, done)

    def do(self, *arguments, **options):
        """Runs `ai-assistant`, which has to end well; returns what it wrote."""
        done = self.run(*arguments, **options)
        assert done.status == 0, str(done)
        return done.out

    def file(self, name, text):
        """A file for an argument, which belongs to us alone."""
        path = self.programs.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
        return path

    # The admin API

    def ask(self, method, path, body=None, token=None, step_up=None, headers=None):
        """Asks the gateway; `path` is below /api/v1."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.gateway_url + "/api/v1/" + path, data=data, method=method)
        for name, value in ({"Content-Type": "application/json"} if data else {}).items():
            request.add_header(name, value)
        if token:
            request.add_header("Authorization", "Bearer " + token)
        if step_up:
            request.add_header("Step-Up", step_up)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal)

    def person(self, name, password, role="admin"):
        """Somebody with a second step: a `Person` who has signed in."""
        self.do("person", "add", name, "--role", role, "--password-file",
                self.file(f"password-of-{name}", password))
        begun = self.ask("POST", "sessions", {"name": name, "password": password})
        assert begun.status == 200, begun.text
        person = Person(name, password, begun.body)
        made = self.ask("POST", "me/second-step", {"password": password}, token=person.token)
        assert made.status == 200, made.text
        person.secret, person.uri = made.body["secret"], made.body["uri"]
        confirmed = self.ask("POST", "me/second-step/confirm", {"code": one_time_password(person.secret)},
                             token=person.token)
        assert confirmed.status == 200, confirmed.text
        person.recovery_codes = list(confirmed.body["recovery_codes"])
        person.all_recovery_codes = list(person.recovery_codes)
        return person

    # Conversations

    def sandbox_call(self, method, path, body=None):
        """The sandbox's control interface; `path` is below /sandbox."""
        request = urllib.request.Request(
            self.sandbox_url + "/sandbox/" + path, data=None if body is None else json.dumps(body).encode(), method=method,
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)

    def say(self, text, user):
        """Somebody writes to the bot; returns the message's id."""
        return self.sandbox_call("POST", "messages", {"user": user, "text": text})["message_id"]

    def replies(self, message):
        return self.sandbox_call("GET", f"messages/{message}/replies")["replies"]

    def answer(self, message, seconds=60, pause=0.05):
        """The text of the first answer, once it is written to its end."""
        def whole():
            found = self.replies(message)
            return found[0] if found and not found[0].get("streaming") else None
        return until(whole, f"an answer to {message}", seconds, pause)["text"]


class Person:
    """Somebody who may sign in, with what they were shown."""

    def __init__(self, name, password, session):
        self.name, self.password = name, password
        self.token, self.refresh = session["access_token"], session["refresh_token"]


def one_time_password(secret, at=None):
    """RFC 6238, as an authenticator app computes it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at or time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def processes():
    """All processes that can be looked at: pid to (command line, working directory, parent, process group)."""
    found = {}
    for folder in pathlib.Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            words = (folder / "stat").read_text().rpartition(")")[2].split()
            if words[0] == "Z":
                continue
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            found[int(folder.name)] = (command, os.readlink(folder / "cwd"), int(words[1]), int(words[2]))
        except OSError:
            continue
    return found


def processes_in(folder, parent=None):
    """Those that work in a folder, or below it, by pid; of one parent where it is given."""
    # A folder that was removed under a process is named with an addition.
    return {pid: each[0] for pid, each in processes().items()
            if (each[1] + "/").startswith(str(folder) + "/") and (parent is None or each[2] == parent)}
