#!/usr/bin/env python3
"""Checks the life of plugins by the command line, on the host and at a gateway, as two workers see it.

Starts a private redis-server, gateway, sandbox and two workers from $AI_ASSISTANT_BINARIES. Installs, lists,
configures, upgrades, takes back, disables, enables and uninstalls; both workers have to see each change within a
second. What is refused has to be refused by name. Ends with status 0 only if all held.
"""

import functools
import hashlib
import json
import pathlib
import secrets
import sys
import tarfile
import threading
import time

import redis

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Conformance"))

import sample_plugins as sample  # noqa: E402
from product import Product, processes_in  # noqa: E402
from programs import Programs, expect_equal, run, until  # noqa: E402

SEEN_WITHIN = 1.0
BROKEN = "raise SystemExit('no use')\n"


class Watch(threading.Thread):
    """Notes when the registry changed, and when each worker said that it has what is installed."""

    def __init__(self, product):
        super().__init__(daemon=True)
        self.product, self.changed, self.seen = product, [], {worker.name: [] for worker in product.workers}
        self.read = {name: 0 for name in self.seen}
        self.stopped = threading.Event()

    def run(self):
        known = None
        while not self.stopped.wait(0.005):
            try:
                revision = self.product.redis.get("{plugins}:revision")
            except redis.ConnectionError:
                # The check has ended.
                return
            if revision != known:
                known = revision
                self.changed.append(time.monotonic())
            for name, seen in self.seen.items():
                with open(self.product.programs.folder / f"{name}.log", "rb") as log:
                    log.seek(self.read[name])
                    new = log.read()
                whole = new.rfind(b"\n") + 1
                self.read[name] += whole
                seen.extend([time.monotonic()] * new[:whole].count(b'"plugins are as installed"'))

    def lag(self, since):
        """How long after the last change that came after `since` the slower worker had it; none yet: nothing."""
        changes = [each for each in self.changed if each >= since]
        if not changes:
            return None
        first = [next((at for at in seen if at >= changes[-1]), None) for seen in self.seen.values()]
        return None if None in first else max(first) - changes[-1]


class Manager:
    """The commands, on the host or at a gateway."""

    def __init__(self, product, watch, folder, server=None):
        self.product, self.watch, self.folder, self.server = product, watch, folder, server
        self.where = "at a gateway" if server else "on the host"
        self.name = "echo-remote" if server else "echo"
        self.greeting = secrets.token_hex(4)
        self.lags = []

    def command(self, *arguments):
        """A command, which may fail."""
        if self.server:
            person = self.server
            code = self.product.file("code", person.recovery_codes[-1])
            arguments += ("--server", self.product.gateway_url, "--token-file",
                          self.product.file("token", person.token))
            if arguments[1] not in ("list", "show", "logs", "test"):
                arguments += ("--code-file", code)
                person.recovery_codes.pop()
        return self.product.run(*arguments)

    def change(self, *arguments):
        """A command that changes something, well, and is seen by both workers in time."""
        since = time.monotonic()
        done = self.command("plugins", *arguments)
        assert done.status == 0, f"{self.where}: {done}"
        lag = until(lambda: self.watch.lag(since), f"both workers see: {arguments[0]}", 5)
        self.lags.append(lag)
        print(f"  {self.where}: {arguments[0]}: seen by both workers after {lag * 1000:.0f} ms")
        assert lag <= SEEN_WITHIN, f"{arguments[0]} was seen after {lag:.2f} s"
        return done.out

    def table(self):
        done = self.command("plugin", "list")
        assert done.status == 0, str(done)
        return done.out

    def row(self):
        return next((line.split()[1:] for line in self.table().splitlines() if line.split()[0] == self.name), None)

    def show(self):
        done = self.command("plugins", "show", self.name, "--output", "json")
        assert done.status == 0, str(done)
        return json.loads(done.out)

    def children(self):
        """How many processes of the plugin each worker has."""
        return [len(processes_in(self.product.plugins, worker.pid)) for worker in self.product.workers]

    def said(self, text):
        return self.product.answer(self.product.say(f"/{self.name} {text}", secrets.token_hex(4)))

    def through(self):
        self.install()
        self.configure()
        self.upgrade()
        self.roll_back()
        self.disable_and_enable()
        self.uninstall()

    def adapter(self):
        config = json.dumps({"app_id": "cli_" + secrets.token_hex(8), "app_secret": secrets.token_hex(16)})
        self.change("install", "--name", "feishu-adapter", "--version", "1.2.0", "--config", config)
        expected = "NAME             STATUS   VERSION\nfeishu-adapter   active   1.2.0\n"
        try:
            # Not only at first: also when the workers have said how it fares.
            end = time.monotonic() + 3
            while time.monotonic() < end:
                expect_equal(self.table(), expected, "the table")
        finally:
            self.product.do("plugins", "uninstall", "feishu-adapter", "--yes")

    def install(self):
        folder = sample.write(self.folder / self.name / "1.0.0", sample.files(self.name))
        out = self.change("install", folder, "--config", json.dumps({"greeting": self.greeting}))
        expect_equal(out.splitlines()[-1].split(), [self.name, "active", "1.0.0"], "what install prints")
        until(lambda: self.children() == [1, 1], lambda: f"one process in each worker, not {self.children()}", 10)
        expect_equal(self.said("hello"), f"1.0.0 {self.greeting}: hello", "the answer")

    def configure(self):
        self.change("configure", self.name, "--config", '{"times": 2}')
        expect_equal(self.show()["configuration"], {"greeting": self.greeting, "times": 2}, "what was not named stays")
        self.greeting = secrets.token_hex(4)
        if not self.server:
            self.change("configure", self.name, "--config", json.dumps({"greeting": self.greeting, "times": None}))
            expect_equal(self.show()["configuration"], {"greeting": self.greeting}, "null removes")
            until(lambda: self.said("hello") == f"1.0.0 {self.greeting}: hello", "the new greeting", 20, 0.2)
        else:
            self.greeting = self.show()["configuration"]["greeting"]

    def upgrade(self):
        folder = sample.write(self.folder / self.name / "1.1.0", sample.files(self.name, "1.1.0"))
        out = self.change("upgrade", self.name, folder)
        expect_equal(out.splitlines()[-1].split(), [self.name, "active", "1.1.0"], "what upgrade prints")
        until(lambda: self.said("hello") == f"1.1.0 {self.greeting}: hello", "the new version answers", 20, 0.2)
        until(lambda: self.children() == [1, 1], lambda: f"the old processes end: {self.children()}", 15)

    def roll_back(self):
        folder = sample.write(self.folder / self.name / "2.0.0", sample.files(self.name, "2.0.0", source=BROKEN))
        began = time.monotonic()
        done = self.command("plugins", "upgrade", self.name, folder)
        print(f"  {self.where}: a broken upgrade was taken back after {time.monotonic() - began:.1f} s: {done.err.strip()}")
        expect_equal(done.status, 1, "the status of an upgrade that was taken back")
        assert f"{self.name} went back to 1.1.0" in done.err, str(done)
        expect_equal(self.row(), ["active", "1.1.0"], "the table after the roll-back")
        shown = self.show()
        assert shown.get("problem"), f"no reason is shown: {shown}"
        expect_equal(shown["configuration"], {"greeting": self.greeting} | ({"times": 2} if self.server else {}),
                     "the configuration after the roll-back")
        expect_equal(self.said("again"), f"1.1.0 {self.greeting}: again", "the old version answers")

    def disable_and_enable(self):
        self.change("disable", self.name)
        expect_equal(self.row(), ["disabled", "1.1.0"], "the table")
        until(lambda: self.children() == [0, 0], lambda: f"no process: {self.children()}", 10)
        assert "is disabled" in self.said("hello"), "whoever calls a disabled plugin is not told so"
        self.change("enable", self.name)
        until(lambda: self.row() == ["active", "1.1.0"], lambda: f"it is active, not {self.row()}", 20, 0.2)
        expect_equal(self.said("back"), f"1.1.0 {self.greeting}: back", "the answer after enable")

    def uninstall(self):
        done = self.product.run("plugins", "logs", self.name)
        assert done.status == 0 and "asked" in done.out, str(done)
        self.change("uninstall", self.name, "--yes")
        expect_equal(self.row(), None, "the row of one that is uninstalled")
        until(lambda: self.children() == [0, 0], lambda: f"no process: {self.children()}", 10)
        left = [key.decode() for key in self.product.redis.keys("*{plugins}*")
                if self.name in key.decode() or ":package:" in key.decode()]
        # Packages that no record uses lapse by themselves.
        expect_equal([key for key in left if ":package:" not in key or self.product.redis.ttl(key) == -1], [], "keys left")


def all_of(check):
    """Has a check go on after something was wrong, and tell all of it."""
    @functools.wraps(check)
    def checked(self):
        self.wrong = []
        check(self)
        assert not self.wrong, "\n".join(self.wrong)
    return checked


class Refusals:
    """What has to be refused, by name, and leaves nothing behind."""

    def __init__(self, product, folder):
        self.product, self.folder = product, folder
        folder.mkdir()
        self.count = 0

    def refused(self, what, arguments, words, status=1):
        """The command ends with that status, names what is wrong, and changes nothing."""
        self.count += 1
        before = self.product.redis.hgetall("{plugins}:registry")
        done = self.product.run("plugins", *arguments)
        missing = [word for word in ([words] if isinstance(words, str) else words) if word not in done.err]
        if done.status != status or missing or done.out:
            self.wrong.append(f"{what}: expected status {status} and {missing}, got {done}")
        if self.product.redis.hgetall("{plugins}:registry") != before:
            self.wrong.append(f"{what}: the registry was changed, by {done}")
            self.product.redis.delete("{plugins}:registry")

    def folder_of(self, made):
        return sample.write(self.folder / f"folder-{self.count}-{secrets.token_hex(3)}", made)

    def archive_of(self, *entries, made=None):
        return sample.archive(self.folder / f"{self.count}-{secrets.token_hex(3)}.tar.gz",
                              sample.files("refused") if made is None else made, *entries)

    @all_of
    def versions(self):
        """versions that are none, are not there, or go back are refused"""
        for version in ("1.2", "v1.2.0", "01.2.0", "1.2.0.0", "latest", "1.2.0-", ""):
            self.refused(f"version {version}", ["install", "--name", "feishu-adapter", "--version", version],
                         "/version: expected a semantic version")
            if version:
                self.refused(f"a manifest with version {version}", ["install", self.folder_of(sample.files("refused", version))],
                             ["manifest.json", "/version: "])
        self.refused("a version that is not there", ["install", "--name", "feishu-adapter", "--version", "9.9.9"],
                     ["no version 9.9.9", "1.2.0"])
        self.refused("another version than the manifest's",
                     ["install", self.folder_of(sample.files("refused")), "--version", "1.0.1"],
                     "/version: the manifest says 1.0.0, not 1.0.1")
        self.refused("a plugin that the catalogue does not have", ["install", "--name", "nobody-knows"],
                     ["no plugin nobody-knows", "feishu-adapter"])

    @all_of
    def manifests(self):
        """manifests that are none are refused with the place of each problem"""
        for what, members, words in (
                ("another contract", {"contract_version": 2}, "/contract_version"),
                ("a name", {"name": "Weather"}, "/name"),
                ("a path as a name", {"name": "../evil"}, "/name"),
                ("a permission", {"permissions": ["root"]}, "/permissions/0"),
                ("a timeout", {"timeout": 3000}, "/timeout"),
                ("a timeout as a text", {"timeout": "10"}, "/timeout"),
                ("a trigger", {"triggers": [{"type": "telepathy"}]}, "/triggers/0"),
                ("a pattern", {"triggers": [{"type": "pattern", "pattern": "("}]}, "/triggers/0/pattern"),
                ("a command", {"command": []}, "/command")):
            self.refused(what, ["install", self.folder_of(sample.files("refused", **members))], ["manifest.json", words])
        self.refused("no manifest", ["install", self.folder_of({"echo.py": sample.ECHO})], "no manifest.json at the root")
        self.refused("a manifest that is not JSON", ["install", self.folder_of({"manifest.json": "{", "echo.py": ""})],
                     ["manifest.json", "is not JSON"])
        self.refused("a file that is not there", ["install", self.folder / "nothing"], "no such folder or file", status=2)

    @all_of
    def schemas(self):
        """schemas that are none, and configurations that do not hold to theirs, are refused with pointers"""
        for what, schema, words in (
                ("a type", {"type": "object", "properties": {"a": {"type": "strnig"}}}, "/properties/a/type"),
                ("a number for a list", {"type": "object", "required": 3}, "/required"),
                ("a reference to elsewhere", {"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1/x"}}},
                 "/properties/a/$ref"),
                ("a pattern", {"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}},
                 "/properties/a/pattern")):
            self.refused(f"a schema with {what}", ["install", self.folder_of(sample.files("refused", schema=schema))],
                         ["config_schema.json", words])
        folder = self.folder_of(sample.files("refused"))
        for config, words in (
                ({"times": "3"}, "/times: "), ({"times": 10}, "/times: "), ({"times": 1.5}, "/times: "),
                ({"greeting": 3}, "/greeting: "), ({"greeting": ""}, "/greeting: "), ({"greeting": None}, "/greeting: "),
                ({"unknown": 1}, "/unknown: "), ({"times": [], "greeting": {}}, ["/times: ", "/greeting: "])):
            self.refused(f"configuration {config}", ["install", folder, "--config", json.dumps(config)], words)
        adapter = ["install", "--name", "feishu-adapter", "--version", "1.2.0", "--config"]
        self.refused("a missing secret", adapter + ['{"app_id": "cli_a1"}'], "/app_secret: ")
        self.refused("a wrong app", adapter + ['{"app_id": "a1", "app_secret": "b"}'], "/app_id: ")
        for text in ("[]", "3", "{", ""):
            self.refused(f"{text!r} as configuration", adapter + [text], "--config takes a JSON object", status=2)
        self.refused("a secret as an argument", ["install", folder, "--secret", "token=abc"],
                     "a secret is never an argument", status=2)

    @all_of
    def archives(self):
        """archives that lead out of their folder, or are more than they may be, are refused by the entry's name"""
        entry = sample.entry
        for what, entries, words in (
                ("up", [entry("../up.py", "x")], ["../up.py", "'..'"]),
                ("up in the middle", [entry("a/../../up.py", "x")], ["a/../../up.py", "'..'"]),
                ("absolute", [entry("/etc/cron.d/up", "x")], ["/etc/cron.d/up", "absolute"]),
                ("backslash", [entry("..\\up.py", "x")], ["..\\up.py", "backslash"]),
                ("a symbolic link", [entry("link", kind=tarfile.SYMTYPE, link="/etc/passwd")], ["link", "is a link"]),
                ("a hard link", [entry("hard", kind=tarfile.LNKTYPE, link="/etc/passwd")], ["hard", "is a link"]),
                ("a link and a file below it", [entry("d", kind=tarfile.SYMTYPE, link="/tmp"), entry("d/up.py", "x")],
                 ["d", "is a link"]),
                ("a device", [entry("null", kind=tarfile.CHRTYPE)], ["null", "neither a file nor a folder"]),
                ("a pipe", [entry("pipe", kind=tarfile.FIFOTYPE)], ["pipe", "neither a file nor a folder"]),
                ("twice", [entry("twice.py", "a"), entry("twice.py", "b")], ["twice.py", "stands there twice"]),
                ("twice but for the case", [entry("Echo.py", "a")], ["Echo.py", "stands there twice"]),
                ("set-user-ID", [entry("tool", "x", mode=0o4755)], ["tool", "set-user-ID"]),
                ("a control character", [entry("a\x1b[2Jb", "x")], "control character"),
                ("too deep", [entry("/".join(["d"] * 17 + ["f"]), "x")], "levels deep"),
                ("too many", [entry(f"f{number}", "") for number in range(1001)], "more than 1000 files"),
                ("too large", [entry("zeros", "\0" * (33 << 20))], "larger than")):
            self.refused(f"an archive with {what}", ["install", self.archive_of(*entries)], words)
        whole = self.archive_of().read_bytes()
        for what, data, words in (
                ("cut short", whole[:-20], "not one whole gzip stream"), ("no archive", b"hello", "not one whole gzip stream"),
                ("with something behind it", whole + b"more", "gzip stream"), ("nothing", b"", "gzip stream"),
                ("too large", secrets.token_bytes((8 << 20) + 1), "larger than")):
            path = self.folder / f"damaged-{secrets.token_hex(3)}.tar.gz"
            path.write_bytes(data)
            self.refused(f"an archive {what}", ["install", path], words)
        assert not list(self.product.programs.folder.rglob("up.py")), "an archive has written outside of its folder"

    @all_of
    def digests(self):
        """an archive with another digest than was said is refused, and one that was altered in Redis is not run"""
        path = self.archive_of(made=sample.files("sealed"))
        digest = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        self.refused("another digest", ["install", path, "--digest", "sha256:" + "0" * 64], [digest, "not the expected one"])
        self.refused("a digest that is none", ["install", path, "--digest", "md5:abc"], "expected the digest as sha256:")
        changed = sample.archive(self.folder / "changed.tar.gz", sample.files("sealed", source=sample.ECHO + "\n# more"))
        self.refused("a changed archive", ["install", changed, "--digest", digest], "not the expected one")
        self.product.do("plugins", "install", path, "--digest", digest)
        key = "{plugins}:package:" + digest.removeprefix("sha256:")
        altered = bytearray(self.product.redis.get(key))
        altered[len(altered) // 2] ^= 1
        self.product.redis.set(key, bytes(altered))
        worker = self.product.start_worker({"PLUGINS_DIRECTORY": str(self.product.programs.folder / "other")})

        def told():
            shown = json.loads(self.product.do("plugins", "show", "sealed", "--output", "json"))
            return next((each["detail"] for each in shown["workers"] if each["state"] == "failed"), None)

        detail = until(told, "the worker that starts now refuses the altered package", 15)
        assert "digest" in detail, detail
        print(f"  a worker says of the altered package: {detail}")
        expect_equal(processes_in(self.product.programs.folder / "other", worker.pid), {}, "processes of it")
        self.product.do("plugins", "uninstall", "sealed", "--yes")

    @all_of
    def others(self):
        """names that are taken, that nobody has, and older versions are refused"""
        folder = self.folder_of(sample.files("taken", "1.1.0"))
        self.product.do("plugins", "install", folder, "--wait", "0")
        self.refused("one that is there", ["install", folder], "a plugin taken is installed")
        self.refused("the same again", ["upgrade", "taken", folder], "1.1.0 is installed already")
        self.refused("other files of one version",
                     ["upgrade", "taken", self.folder_of(sample.files("taken", "1.1.0", source="# other\n" + sample.ECHO))],
                     "give the new ones another version")
        self.refused("an older one", ["upgrade", "taken", self.folder_of(sample.files("taken", "1.0.9"))],
                     ["1.0.9 is older than 1.1.0", "--allow-downgrade"])
        self.refused("another plugin", ["upgrade", "taken", self.folder_of(sample.files("other", "2.0.0"))],
                     "/name: the manifest says other, not taken")
        self.refused("wrong types", ["configure", "taken", "--config", '{"times": "many"}'], "/times: ")
        self.refused("a stale version", ["configure", "taken", "--config", '{"times": 2}', "--if-match", "987654"], "changed")
        for command in ("show", "disable", "enable", "logs", "upgrade"):
            arguments = [command, "nobody-has-it"] + ([folder] if command == "upgrade" else [])
            self.refused(f"{command} of a plugin that is not there", arguments, "no plugin")
        self.product.do("plugins", "uninstall", "taken", "--yes")

    @all_of
    def services(self):
        """services in networks that are not allowed are refused before they are asked"""
        signing = self.product.file("signing", secrets.token_hex(16))
        for url in ("http://127.0.0.1:9/", "http://169.254.169.254/latest", "http://[::1]:9/", "http://localhost:9/",
                    "http://2130706433/", "http://0x7f.1/", "http://10.0.0.1/", "http://[::ffff:127.0.0.1]/"):
            self.refused(url, ["install", "--url", url, "--secret-file", signing], "does not answer as a plugin does", status=3)
        for url in ("ftp://example.com/", "http://user:pass@example.com/", "http://example.com/?key=1", "file:///etc/passwd"):
            self.refused(url, ["install", "--url", url, "--secret-file", signing], "/url: expected")


def main():
    began = time.monotonic()
    with Programs() as programs:
        product = Product(programs)
        product.start_worker()
        product.start_worker()
        watch = Watch(product)
        watch.start()
        folder = programs.folder / "made"
        host = Manager(product, watch, folder)
        remote = Manager(product, watch, folder, product.person("operations", secrets.token_urlsafe(18)))

        def adapter():
            """the adapter of the catalogue is active, and listed in three columns, on the host and at a gateway"""
            host.adapter()
            remote.adapter()

        def on_the_host():
            """the whole life of a plugin on the host, with two workers"""
            host.through()

        def at_a_gateway():
            """the same with --server, a token and a second step"""
            remote.through()
            lags = sorted(host.lags + remote.lags)
            print(f"  seen by both workers: {len(lags)} changes, median {lags[len(lags) // 2] * 1000:.0f} ms, "
                  f"slowest {lags[-1] * 1000:.0f} ms")

        refusals = Refusals(product, programs.folder / "refused")
        run([refusals.versions, refusals.manifests, refusals.schemas, refusals.archives, refusals.others, refusals.services,
             adapter, on_the_host, at_a_gateway, refusals.digests])
        print(f"{refusals.count} refusals by name")
    print(f"plugins are managed as they should be ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
