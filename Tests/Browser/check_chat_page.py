#!/usr/bin/env python3
"""Checks the whole product through the sandbox's chat page, in a real browser, at desktop and phone width.

Starts a private redis-server, gateway, worker and sandbox from $AI_ASSISTANT_BINARIES, each on a free port, and ends
with status 0 only if the bot answered what was typed and dropped. Pictures go to $AI_ASSISTANT_PICTURES, or to a
temporary folder. Options:

    --fake-bot   fake_bot.py in the product's place: the page alone is checked, with cards, files and groups
    --url URL    nothing is started: the chat page is there already
"""

import argparse
import json
import os
import pathlib
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Conformance"))

import chat_features  # noqa: E402
import chat_page  # noqa: E402
from programs import free_ports  # noqa: E402


class Programs:
    """What was started, with its output in files; ended in reverse order."""

    def __init__(self, folder):
        self.folder, self.running = folder, []

    def start(self, name, command, environment):
        log = open(self.folder / f"{name}.log", "wb")
        process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=subprocess.STDOUT,
                                   cwd=self.folder)
        self.running.append((name, process))

    def stop(self):
        for name, process in reversed(self.running):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                print(f"{name} did not stop on SIGTERM")

    def show_logs(self):
        for name, _ in self.running:
            print(f"--- {name}:\n" + (self.folder / f"{name}.log").read_text(errors="replace")[-3000:])


def wait_for(url, seconds=30):
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        assert time.monotonic() < end, f"{url} did not answer within {seconds} s"
        time.sleep(0.05)


def start_product(programs, folder, more=None):
    """Redis, gateway, worker and sandbox, with `more` settings; returns the chat page's address."""
    binaries = pathlib.Path(os.environ["AI_ASSISTANT_BINARIES"]).resolve()
    redis, gateway, sandbox = free_ports(3)
    names = ("APP_ID", "APP_SECRET", "ENCRYPT_KEY", "VERIFICATION_TOKEN")
    values = ["cli_" + secrets.token_hex(8)] + [secrets.token_hex(16) for _ in range(3)]
    sandbox_url, gateway_url = f"http://127.0.0.1:{sandbox}", f"http://127.0.0.1:{gateway}"
    settings = {"FEISHU_" + name: value for name, value in zip(names, values)} | {
        "FEISHU_BASE_URL": sandbox_url, "REDIS_URL": f"redis://127.0.0.1:{redis}/0", "LISTEN_HOST": "127.0.0.1",
        "LISTEN_PORT": str(gateway), "LLM_PROVIDER": "offline", "LOG_LEVEL": "debug"} | (more or {})
    programs.start("redis", ["redis-server", "--port", str(redis), "--bind", "127.0.0.1", "--appendonly", "yes",
                             "--save", "", "--dir", str(folder)], {})
    programs.start("sandbox", [str(binaries / "sandbox"), "--port", str(sandbox), "--gateway-url", gateway_url],
                   {"SANDBOX_" + name: value for name, value in zip(names, values)})
    programs.start("gateway", [str(binaries / "gateway")], settings)
    programs.start("worker", [str(binaries / "worker")], settings)
    wait_for(gateway_url + "/readyz")
    return sandbox_url + "/"


def start_fake(programs):
    binaries = pathlib.Path(os.environ["AI_ASSISTANT_BINARIES"]).resolve()
    gateway, sandbox = free_ports(2)
    url = f"http://127.0.0.1:{sandbox}/"
    programs.start("bot", [sys.executable, str(HERE / "fake_bot.py"), str(gateway), url], {})
    programs.start("sandbox", [str(binaries / "sandbox"), "--port", str(sandbox), "--gateway-url",
                               f"http://127.0.0.1:{gateway}"], {})
    return url


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url")
    parser.add_argument("--fake-bot", action="store_true")
    parser.add_argument("--reply-timeout", type=float, default=60)
    arguments = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="chat-page-", ignore_cleanup_errors=True) as temporary:
        folder = pathlib.Path(temporary)
        pictures = pathlib.Path(os.environ.get("AI_ASSISTANT_PICTURES", folder / "pictures"))
        pictures.mkdir(parents=True, exist_ok=True)
        programs = Programs(folder)
        try:
            if arguments.url:
                url = arguments.url
            else:
                url = start_fake(programs) if arguments.fake_bot else start_product(programs, folder)
            wait_for(url)
            chat_page.desktop(url, pictures, arguments.reply_timeout)
            chat_page.phone(url, pictures, arguments.reply_timeout)
            if arguments.fake_bot:
                chat_features.desktop(url, pictures, arguments.reply_timeout)
                chat_features.phone(url, pictures, arguments.reply_timeout)
            with urllib.request.urlopen(url.rstrip("/") + "/sandbox/stats", timeout=5) as response:
                stats = json.load(response)
            print(json.dumps(stats, ensure_ascii=False))
            assert stats["deliveries"] == {"acknowledged": stats["attempts"]}, "an event had to be delivered again"
        except BaseException:
            programs.show_logs()
            raise
        finally:
            programs.stop()
    print("the chat page works")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
