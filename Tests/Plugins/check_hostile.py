#!/usr/bin/env python3
"""Checks that plugins which are killed, hang, flood or lie cost their users a clear message and nobody else anything.

Starts a private redis-server, gateway, sandbox and worker from $AI_ASSISTANT_BINARIES. Two hundred people ask the
assistant, first alone, then while others call hostile plugins all the time. Prints how much slower the answers
were. Ends with status 0 only if everybody was answered, each user of a hostile plugin with words that say what
happened, and no process is left.
"""

import concurrent.futures
import os
import pathlib
import random
import signal
import statistics
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Conformance"))

import sample_plugins as sample  # noqa: E402
from product import Product, processes, processes_in  # noqa: E402
from programs import Programs, run, until  # noqa: E402

PEOPLE = 200
#: How many conversations begin each second.
RATE = 12
#: People who call each hostile plugin, again and again.
CALLERS = 6
#: Each fourth call is answered well, or the circuit would stay open and nothing would be called.
FINE = "this once it is fine"
#: How often the one is killed: each time it is started again later.
KILLS = 4
#: Where everything shares two cores, some slowness says nothing; a place that a hostile plugin holds costs seconds.
SLOWER_BY = 2.0
OPEN = "failed often of late"

#: Serves on the socket that it is given, with nothing but Python's own library: no SDK is in the way of misbehaving.
SERVER = '''
import http.server, itertools, json, os, socket, subprocess, sys, time

turn = itertools.count()


class Plugin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        found = {{"/health": {{"status": "ok"}}, "/manifest": json.load(open("manifest.json"))}}
        self.answer(json.dumps(found.get(self.path, {{"type": "object"}})).encode())

    def do_POST(self):
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        number = next(turn)
        if number % 4 == 3:
            self.answer(json.dumps({{"reply_message": "{fine}"}}).encode())
        else:
            self.misbehave(number)

{misbehaviour}

    def answer(self, body, kind="application/json", length=None):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, *_):
        pass


# A child of its own, which has to end with it.
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
server = Server(("127.0.0.1", 0), Plugin, bind_and_activate=False)
server.socket.close()
server.socket = socket.socket(fileno=3)
server.serve_forever()
'''

MISBEHAVIOUR = {
    # Waits to be killed by the check.
    "killed": '''
    def misbehave(self, number):
        time.sleep(1)
        self.answer(b'{"reply_message": "not killed"}')
''',
    "hanging": '''
    def misbehave(self, number):
        time.sleep(600)
''',
    "flooding": '''
    def misbehave(self, number):
        block = b'"' + b"x" * (1 << 20)
        self.answer(b'{"reply_message": ', length=100 << 20)
        for _ in range(100):
            self.wfile.write(block)
''',
    "lying": '''
    LIES = [
        b'{"reply_message": 7}', b'[1, 2, 3]', b'null', b'', b'{"reply_message": {"text": ["a"]}}', b'<html>hello</html>',
        b'\\xff\\xfe\\x00', b'{"reply_message": "' + b"x" * 40_000 + b'"}', b"[" * 100_000, b'{"reply_message": "a"',
        b'{"reply_message": ["a", "b", "c", "d", "e", "f"]}', b'{"reply_message": {"markdown": 1}}',
        b'{"reply_message": {"file": {"name": "../../etc/passwd", "content_base64": "%%%"}}}', b'{"state": "x"}',
        b'{"jobs": [{"delay": -1, "message_content": "x"}]}', b'{"reply_message": "\\\\ud800"}',
    ]

    def misbehave(self, number):
        kinds = ["application/json", "text/plain", "application/octet-stream"]
        lie = self.LIES[number % len(self.LIES)]
        if number % 7 == 6:
            self.answer(lie, length=len(lie) + 50)
            self.close_connection = True
        elif number % 11 == 10:
            self.wfile.write(b"NOT HTTP AT ALL\\r\\n\\r\\n")
            self.close_connection = True
        else:
            self.answer(lie, kinds[number % 5 % 3])
''',
}

#: What their users may be told, besides that the plugin is left alone after many failures.
TOLD = {
    # Who calls while it is started again may wait too long for that.
    "killed": ("ended unexpectedly", "cannot be reached", "does not run now", "did not answer in time"),
    "hanging": ("did not answer in time", "is too busy"),
    "flooding": ("is too large", "makes no sense"),
    "lying": ("makes no sense", "is too large", "ended unexpectedly", "cannot be reached"),
}


class Crowd:
    """People who each ask the assistant one thing, and how long they waited."""

    def __init__(self, product, name):
        self.product, self.name, self.waited = product, name, []

    def come(self):
        with concurrent.futures.ThreadPoolExecutor(PEOPLE) as pool:
            began = time.monotonic()
            people = [pool.submit(self.ask, number, began + number / RATE) for number in range(PEOPLE)]
            for person in concurrent.futures.as_completed(people):
                self.waited.append(person.result())
        assert len(self.waited) == PEOPLE

    def ask(self, number, at):
        time.sleep(max(0, at - time.monotonic()))
        began = time.monotonic()
        message = self.product.say(f"What is {number} and {number}?", f"{self.name} {number}")
        words = self.product.answer(message, 90)
        assert "plugin" not in words.lower(), f"a plugin was in the way of {number}: {words}"
        return time.monotonic() - began

    def at(self, percent):
        return statistics.quantiles(self.waited, n=100, method="inclusive")[percent - 1]


class Hostile:
    """Calls one hostile plugin again and again, and collects what its users are told."""

    def __init__(self, product, name):
        self.product, self.name, self.stopped = product, name, threading.Event()
        self.told, self.threads = [], []

    def begin(self):
        self.threads = [threading.Thread(target=self.call_on, args=(number,), daemon=True) for number in range(CALLERS)]
        if self.name == "killed":
            self.threads.append(threading.Thread(target=self.kill_on, daemon=True))
        for thread in self.threads:
            thread.start()

    def call_on(self, number):
        turn = 0
        while not self.stopped.is_set():
            turn += 1
            try:
                message = self.product.say(f"/{self.name} {turn}", f"user {number} of {self.name}")
                self.told.append(self.product.answer(message, 60, 0.2))
            except Exception as error:
                self.told.append(f"nothing: {error}")
                return
            # An open circuit answers at once.
            self.stopped.wait(0.5)

    def kill_on(self):
        """kill -9, in the middle of an answer."""
        for _ in range(KILLS):
            if self.stopped.wait(random.uniform(2, 4)):
                return
            for pid, command in self.processes().items():
                if "plugin.py" in command:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        continue

    def processes(self):
        return {pid: each[0] for pid, each in processes().items()
                if each[1].startswith(str(self.product.plugins)) and self.name in place(pid)}

    def end(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(70)

    def judge(self):
        expected = (*TOLD[self.name], OPEN)
        fine = [words for words in self.told if words in (FINE, "not killed")]
        other = [words for words in self.told if words not in fine]
        unclear = [words for words in other if not (any(each in words for each in expected) and self.name in words)]
        counts = {each: sum(each in words for words in other) for each in expected}
        print(f"  {self.name}: {len(self.told)} calls, {len(fine)} answered; "
              + ", ".join(f"{count} x {each!r}" for each, count in counts.items() if count))
        assert not unclear, f"users of {self.name} were told: {unclear[:3]}"
        assert len(self.told) >= 2 * CALLERS, f"{self.name} was hardly called"
        assert any(each in words for words in other for each in TOLD[self.name]), f"{self.name} never failed by itself"


def place(pid):
    """The name in the environment of a plugin's process; its children have the same."""
    try:
        environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    return next((each.partition(b"=")[2].decode() for each in environment if each.startswith(b"PLUGIN_NAME=")), "")


class Checks:
    def __init__(self, programs):
        self.programs = programs
        self.product = Product(programs)
        self.worker = self.product.start_worker()
        self.alone, self.among = Crowd(self.product, "Alone"), Crowd(self.product, "Among")

    def answered_alone(self):
        """200 people are answered while no plugin is there"""
        Crowd(self.product, "Before").ask(0, 0)
        self.alone.come()
        print(f"  without plugins: p50 {self.alone.at(50):.2f} s, p95 {self.alone.at(95):.2f} s")

    def installed(self):
        """hostile plugins are healthy at first"""
        for name, misbehaviour in MISBEHAVIOUR.items():
            made = {"manifest.json": sample.json.dumps(sample.manifest(name, command=["python3", "plugin.py"], timeout=3)),
                    "plugin.py": SERVER.format(misbehaviour=misbehaviour, fine=FINE)}
            out = self.product.do("plugins", "install", sample.write(self.programs.folder / "made" / name, made))
            assert out.split()[-3:] == [name, "active", "1.0.0"], out

    def answered_among_them(self):
        """200 people are answered while others call plugins that are killed, hang, flood and lie"""
        hostile = [Hostile(self.product, name) for name in MISBEHAVIOUR]
        for each in hostile:
            each.begin()
        # Until each of them is at its worst.
        until(lambda: all(each.told for each in hostile), "each hostile plugin is called", 30)
        self.among.come()
        for each in hostile:
            each.end()
        print(f"  among them: p50 {self.among.at(50):.2f} s, p95 {self.among.at(95):.2f} s")
        print(f"  ratio to without: p50 {self.among.at(50) / self.alone.at(50):.2f}, p95 {self.among.at(95) / self.alone.at(95):.2f}")
        for each in hostile:
            each.judge()
        assert self.worker.poll() is None, "the worker is gone"
        assert self.among.at(95) < self.alone.at(95) + SLOWER_BY, "hostile plugins make others wait"

    def answers_again(self):
        """the one that was killed is there again, and answers"""
        until(lambda: self.product.answer(self.product.say("/killed again", "Maya")) in ("not killed", FINE), "it answers again", 60, 1)

    def in_memory(self):
        """what was flooded is not in the worker's memory"""
        status = pathlib.Path(f"/proc/{self.worker.pid}/status").read_text()
        peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) >> 10
        print(f"  the worker took {peak} MiB at most")
        assert peak < 700, "the worker kept what was flooded"

    def nothing_left(self):
        """no process is left behind: of those that were killed, when the worker is stopped, and when it is killed"""
        mine = processes_in(self.product.plugins)
        # Each has one child of its own.
        until(lambda: len(processes_in(self.product.plugins)) == 2 * len(MISBEHAVIOUR), lambda:
              f"one process and its child for each plugin, not {processes_in(self.product.plugins)}", 60)
        self.worker.terminate()
        assert self.worker.wait(40) == 0, "the worker did not end well"
        left = processes_in(self.product.plugins)
        assert not left, f"left behind by a worker that was stopped: {left} (before: {mine})"
        second = self.product.start_worker()
        until(lambda: len(processes_in(self.product.plugins, second.pid)) == len(MISBEHAVIOUR), "the plugins run again", 30)
        plugins = processes_in(self.product.plugins, second.pid)
        second.kill()
        second.wait()
        until(lambda: not set(plugins) & set(processes()), "the plugins of a worker that was killed end", 10)
        # So do their own children.
        until(lambda: not processes_in(self.product.plugins), lambda: f"left behind: {processes_in(self.product.plugins)}", 10)


def main():
    began = time.monotonic()
    with Programs() as programs:
        checks = Checks(programs)
        run([checks.answered_alone, checks.installed, checks.answered_among_them, checks.answers_again, checks.in_memory,
             checks.nothing_left])
    print(f"hostile plugins cost nobody else anything ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
