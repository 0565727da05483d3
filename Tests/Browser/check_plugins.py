#!/usr/bin/env python3
"""Checks plugins through the sandbox's chat page, in a real browser: Python's classic weather, drawing lots, and
Swift.

Starts a private redis-server, gateway, sandbox and worker from $AI_ASSISTANT_BINARIES. The classic file is
unchanged and runs with the real `requests`, which asks https://api.weather.com through a proxy that stands for it
(weather_service.py): once served by `plugins run` and installed by its URL, once as a package that brings
`requests` along, as `pip install --target` puts it there. Ends with status 0 only if all answered. Pictures go to
$AI_ASSISTANT_PICTURES, or to a temporary folder.
"""

import importlib.metadata
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EXAMPLES = ROOT / "examples/plugins"
sys.path.insert(0, str(HERE.parent / "Conformance"))

import conversation  # noqa: E402
import weather_service  # noqa: E402
from product import Product  # noqa: E402
from programs import Programs, expect_equal, free_ports, run, until  # noqa: E402

TIMEOUT = 30
CLASSIC = EXAMPLES / "weather-classic" / "weather.py"
#: Where a worker finds the Python of its plugins.
PLUGIN_PATH = "/usr/local/bin:/usr/bin:/bin"


def bring_libraries(folder, authority):
    """`requests` and what it needs, as `pip install --target` puts them there; it trusts one more authority."""
    waiting, done = ["requests"], set()
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        done.add(name)
        distribution = importlib.metadata.distribution(name)
        for required in distribution.requires or []:
            if "extra" not in required:
                waiting.append(re.match(r"[A-Za-z0-9_.-]+", required)[0])
        for file in distribution.files:
            # What is compiled is for another Python, and only makes it faster.
            if file.parts[0] not in ("..", "bin") and not file.parts[0].endswith(".dist-info") and file.suffix in (".py", ".pem", ".json"):
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), folder / file)
    with open(folder / "certifi" / "cacert.pem", "ab") as bundle:
        bundle.write(authority.read_bytes())


class Checks:
    def __init__(self, programs, pictures):
        self.programs, self.pictures = programs, pictures
        self.service = weather_service.WeatherService(programs.folder / "authority")
        self.product = Product(programs, {"AI_ASSISTANT_LANGUAGE": "zh-CN", "PLUGINS_ALLOWED_NETWORKS": "127.0.0.1/32"})
        self.product.start_worker({"HTTPS_PROXY": self.service.url})
        self.visits = [conversation.Conversation(self.product.sandbox_url + "/", pictures, programs.folder, TIMEOUT, *size)
                       for size in ((1280, 800), (390, 844))]
        self.desk, self.phone = self.visits
        self.desk.start("沈岩")

    def ask(self, text, visit=None):
        """What is answered on the page."""
        _, answer = (visit or self.desk).ask(text)
        answer.show()
        return answer.text.strip()

    def picture(self, name, visit=None):
        (visit or self.desk).picture(f"plugins-{name}")

    def install(self, *arguments):
        out = self.product.do("plugins", "install", *arguments)
        print("  " + out.splitlines()[-1])
        return out.split()[-3:]

    def expect_weather(self, city):
        before = len(self.service.asked)
        expect_equal(self.ask(f"/weather {city}"), f"当前{city}的天气是:{weather_service.WEATHER[city]}", f"the weather of {city}")
        expect_equal(self.service.asked[before:], [f"/v1/city={city}"], "what the service was asked")

    def classic_as_a_service(self):
        """the classic weather.py, unchanged, is served by `plugins run`, installed by its URL, and answers on the page"""
        port, = free_ports(1)
        signing = self.product.file("signing", secrets.token_hex(16))
        service = self.programs.start(
            "weather", "ai-assistant", {"HTTPS_PROXY": self.service.url, "REQUESTS_CA_BUNDLE": str(self.service.authority)},
            "plugins", "run", str(CLASSIC), "--secret-file", str(signing), "--port", str(port), "--python", sys.executable)
        until(lambda: "listening" in self.programs.log("weather"), "the service listens", 15)
        found = self.install("--url", f"http://127.0.0.1:{port}", "--secret-file", str(signing))
        expect_equal(found, ["weather", "active", "0.1.0"], "what install prints")
        until(lambda: "weather" in self.ask("/help"), "the worker knows it", 5, 0.3)
        self.expect_weather("北京")
        self.expect_weather("哈尔滨")
        self.picture("classic-service")
        service.terminate()
        try:
            service.wait(10)
            ended = True
        except subprocess.TimeoutExpired:
            ended = False
            service.kill()
            service.wait()
        words = self.ask("/weather 北京")
        assert "weather" in words and ("联系不上" in words or "出错" in words), f"of a service that is away people read: {words}"
        self.product.do("plugins", "uninstall", "weather", "--yes")
        assert ended, "`plugins run` did not end within 10 s of SIGTERM"

    def classic_as_a_file(self):
        """the classic file is installed as it is; without `requests` its log says what is missing"""
        has_requests = subprocess.run(["python3", "-c", "import requests"], env={"PATH": PLUGIN_PATH}, capture_output=True).returncode == 0
        done = self.product.run("plugins", "install", CLASSIC, "--name", "weather")
        if has_requests:
            assert done.out.split()[-3:] == ["weather", "active", "0.1.0"], str(done)
        else:
            assert done.status == 1 and "does not run" in done.err, str(done)
            print("  " + done.err.strip())
            assert "No module named 'requests'" in self.product.do("plugins", "logs", "weather"), "the log does not say why"
            words = self.ask("/weather 北京")
            assert "无法运行" in words or "联系不上" in words, f"of a plugin that does not run people read: {words}"
        self.product.do("plugins", "uninstall", "weather", "--yes")

    def classic_as_a_package(self):
        """the classic file beside `requests`, as pip puts it there, runs in the worker and answers on the page"""
        folder = self.programs.folder / "weather-package"
        folder.mkdir()
        shutil.copyfile(CLASSIC, folder / CLASSIC.name)
        made = subprocess.run([sys.executable, "-m", "plugin_interface", "manifest", CLASSIC.name], cwd=folder, check=True,
                              env=os.environ | {"PYTHONPATH": str(ROOT / "sdk/python")}, capture_output=True, text=True)
        (folder / "manifest.json").write_text(made.stdout)
        bring_libraries(folder, self.service.authority)
        assert (folder / CLASSIC.name).read_bytes() == CLASSIC.read_bytes()
        expect_equal(self.install(folder, "--name", "weather"), ["weather", "active", "0.1.0"], "what install prints")
        until(lambda: "无法" not in self.ask("/weather 上海") and "停用" not in self.ask("/weather 上海"), "the worker has it", 10, 0.3)
        self.expect_weather("北京")
        self.expect_weather("上海")
        self.picture("classic-package")
        self.service.is_away = True
        words = self.ask("/weather 北京")
        self.service.is_away = False
        expect_equal(words, "插件 weather 出错了，请联系管理员。", "what people read while the weather service is away")
        self.picture("weather-away")

    def draw(self):
        """the example draw draws everybody once, in a browser on a phone, too"""
        expect_equal(self.install(EXAMPLES / "draw"), ["draw", "active", "1.0.0"], "what install prints")
        names = {"小王", "小李", "小张"}
        drawn = []
        for _ in names:
            words = self.ask("/draw 小王 小李 小张")
            assert words.startswith("🎲 抽中："), words
            drawn.append(words.removeprefix("🎲 抽中："))
        expect_equal(set(drawn), names, "who was drawn in three rounds")
        self.picture("draw")
        words = self.ask("/抽签")
        assert words.startswith("在谁之间抽？"), words
        self.phone.open_chat("沈岩")
        self.phone.until(lambda: self.phone.last_of("bot") is not None, "no conversation on the phone")
        self.picture("draw-phone", self.phone)

    def help(self):
        """/help names the commands of plugins in Chinese"""
        words = self.ask("/help")
        for line in ("/draw（/抽签）：抽签：轮流值日、请客、主持会议", "/weather"):
            assert line in words, f"no {line} in: {words}"
        self.picture("help")

    def swift(self):
        """the example in Swift counts the days of work"""
        binary = self.programs._binaries / "swift-plugin-example"
        if not binary.exists():
            print("  not built here: swift-plugin-example")
            return
        port, = free_ports(1)
        signing = self.product.file("swift-signing", secrets.token_hex(16))
        self.programs.start("workdays", "swift-plugin-example", {}, "serve", "--port", str(port), "--secret-file", str(signing))
        until(lambda: self.product.run("plugins", "install", "--url", f"http://127.0.0.1:{port}", "--secret-file", signing).status == 0,
              "the plugin in Swift is installed", 15, 0.3)
        until(lambda: "/days" in self.ask("/help"), "the worker knows it", 5, 0.3)
        words = self.ask("/days 2026-12-01 2026-12-31")
        expect_equal(words, "2026-12-01 至 2026-12-31 共 31 天，其中工作日 23 天", "the days of work")
        expect_equal(self.ask("/工作日 2026-12-01 +10"), "2026-12-01 之后第 10 个工作日是 2026-12-15", "the tenth day of work")
        self.picture("swift")

    def quiet(self):
        """the page has no complaints, and every event was taken at once"""
        for visit in self.visits:
            assert not visit.complaints(), visit.complaints()
        stats = self.product.sandbox_call("GET", "stats")
        expect_equal(stats["deliveries"], {"acknowledged": stats["attempts"]}, "deliveries")

    def end(self):
        for visit in self.visits:
            visit.driver.quit()
        self.service.stop()


def main():
    began = time.monotonic()
    with Programs() as programs, tempfile.TemporaryDirectory(prefix="plugins-") as temporary:
        pictures = pathlib.Path(os.environ.get("AI_ASSISTANT_PICTURES", temporary))
        pictures.mkdir(parents=True, exist_ok=True)
        checks = Checks(programs, pictures)
        try:
            run([checks.classic_as_a_service, checks.classic_as_a_file, checks.classic_as_a_package, checks.draw, checks.help,
                 checks.swift, checks.quiet])
        except BaseException:
            checks.picture("failed")
            raise
        finally:
            checks.end()
    print(f"plugins answer on the chat page ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
