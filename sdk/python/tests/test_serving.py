import json
import resource
import socket
import tempfile
import threading
import time
import unittest
from pathlib import Path

from plugin_interface import signature

from .serving import PLUGIN, SDK, SECRET, ServedPlugin

CLASSIC = Path(__file__).resolve().parents[3] / "examples/plugins/weather-classic/weather.py"


class ServingTests(unittest.TestCase):
    """A plugin in a process of its own, on a socket that it inherited."""

    @classmethod
    def setUpClass(cls):
        cls.plugin = ServedPlugin()
        cls.addClassCleanup(cls.plugin.__exit__)

    def test_answers_a_message(self):
        status, answer = self.plugin.call("hello")
        self.assertEqual(status, 200)
        self.assertTrue(answer["reply_message"].startswith("hello "), answer)

    def test_tells_what_it_is(self):
        self.assertEqual(self.plugin.request("GET", "/health"), (200, {"status": "ok"}))
        status, manifest = self.plugin.request("GET", "/manifest")
        self.assertEqual((status, manifest["name"], manifest["version"]), (200, "tried", "0.1.0"))
        self.assertEqual(manifest["triggers"], [{"type": "command", "name": "tried"}])
        self.assertNotIn("command", manifest)
        self.assertEqual(self.plugin.request("GET", "/get_config_schema"), (200, {"type": "object"}))

    def test_serves_several_requests_on_one_connection(self):
        connection = self.plugin.connect()
        for words in ("one", "two"):
            self.assertEqual(self.plugin.call(words, connection=connection)[0], 200)
        connection.close()

    def test_leaves_nothing_of_its_secret_to_other_programs(self):
        self.assertEqual(self.plugin.call("environment")[1], {"reply_message": ""})

    def test_refuses_what_is_not_signed_so(self):
        body = b'{"message_content":"x"}'
        good = signature.headers(SECRET.encode(), "POST", "/handle_message", "key", body)
        wrong = {
            "no signature": {name: value for name, value in good.items() if name != "Plugin-Signature"},
            "no timestamp": {name: value for name, value in good.items() if name != "Plugin-Timestamp"},
            "another key": {**good, "Plugin-Idempotency-Key": "other"},
            "another secret": signature.headers(b"another secret", "POST", "/handle_message", "key", body),
            "another body": signature.headers(SECRET.encode(), "POST", "/handle_message", "key", body + b" "),
            "another path": signature.headers(SECRET.encode(), "POST", "/health", "key", body),
            "another method": {
                **signature.headers(SECRET.encode(), "GET", "/handle_message", "key", body),
                "Content-Type": "application/json",
            },
            "not ASCII": {**good, "Plugin-Signature": "v1=\xe9"},
        }
        for what, headers in wrong.items():
            with self.subTest(what):
                status, answer = self.plugin.request("POST", "/handle_message", body, headers)
                self.assertEqual((status, answer["error"]["code"]), (401, "signature"))
        self.assertEqual(self.plugin.request("GET", "/health", headers={})[0], 401)
        self.assertEqual(self.plugin.request("POST", "/handle_message", body, good)[0], 200)

    def test_refuses_other_times_though_signed(self):
        for offset in (-310, 310):
            timestamp = str(int(time.time()) + offset)
            proof = signature.signature(SECRET.encode(), timestamp, "GET", "/health", "", b"")
            headers = {"Plugin-Timestamp": timestamp, "Plugin-Signature": proof}
            self.assertEqual(self.plugin.request("GET", "/health", headers=headers)[0], 401)

    def test_a_replayed_request_is_answered_from_memory(self):
        first, second = self.plugin.call("once", key="replay"), self.plugin.call("once", key="replay")
        self.assertEqual(first, second)
        self.assertNotEqual(first, self.plugin.call("once", key="another"))

    def test_calls_of_one_key_at_the_same_time_are_one(self):
        path = str(self.plugin.path / "same")
        answers = []
        threads = [
            threading.Thread(target=lambda: answers.append(self.plugin.call(f"wait for {path}", key="same")))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        self.plugin.until_begun(path)
        Path(path).touch()
        for thread in threads:
            thread.join()
        self.assertEqual(len(answers), 3)
        self.assertTrue(all(answer == answers[0] and answer[0] == 200 for answer in answers), answers)

    def test_a_failure_is_not_remembered(self):
        before = self.plugin.log().count("Traceback")
        for _ in range(2):
            self.assertEqual(self.plugin.call("fail", key="failing")[0], 500)
        self.assertEqual(self.plugin.log().count("Traceback"), before + 2)

    def test_more_calls_than_places_are_told_to_come_again(self):
        path = str(self.plugin.path / "places")
        waiting = [threading.Thread(target=lambda: self.plugin.call(f"wait for {path}")) for _ in range(2)]
        for thread in waiting:
            thread.start()
        self.plugin.until_begun(path, 2)
        self.assertEqual(self.plugin.call("extra")[0], 503)
        self.assertEqual(self.plugin.request("GET", "/health")[0], 200)
        Path(path).touch()
        for thread in waiting:
            thread.join()
        self.assertEqual(self.plugin.call("extra")[0], 200)

    def test_words_for_the_person_are_422_and_cut(self):
        status, answer = self.plugin.call("refuse")
        self.assertEqual((status, len(answer["error"]["message"])), (422, 500))

    def test_failures_say_nothing_of_what_happened(self):
        for words, code in (("fail", "internal"), ("exit", "internal"), ("wrong", "bad_reply"), ("large", "bad_reply")):
            with self.subTest(words):
                status, answer = self.plugin.call(words)
                self.assertEqual((status, answer["error"]["code"]), (500, code))
                self.assertNotIn("secret words", json.dumps(answer))
        self.assertIn("handle_message returned list", self.plugin.log())
        self.assertIn("at most 4194304 are taken", self.plugin.log())

    def test_bodies_that_are_none(self):
        for body in (b"", b"{", b"[]", b"[" * 100_000, b'"\xff"'):
            with self.subTest(body[:8]):
                headers = signature.headers(SECRET.encode(), "POST", "/handle_message", body=body)
                self.assertEqual(self.plugin.request("POST", "/handle_message", body, headers)[0], 400)

    def test_paths_and_methods_that_are_none(self):
        for method, path, status in (
            ("GET", "/", 404),
            ("GET", "/health?x=1", 404),
            ("POST", "/health", 405),
            ("GET", "/handle_message", 405),
            ("DELETE", "/health", 501),
        ):
            with self.subTest(f"{method} {path}"):
                self.assertEqual(self.plugin.request(method, path)[0], status)

    def test_another_contract_and_another_kind_of_content(self):
        body = b'{"message_content":"x"}'
        signed = signature.headers(SECRET.encode(), "POST", "/handle_message", body=body)
        self.assertEqual(
            self.plugin.request("POST", "/handle_message", body, {**signed, "Plugin-Contract": "2"})[0], 400
        )
        self.assertEqual(
            self.plugin.request("POST", "/handle_message", body, {**signed, "Content-Type": "text/plain"})[0], 415
        )

    def test_bounds_of_what_comes_in(self):
        too_much = b"POST /handle_message HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
        chunked = b"POST /handle_message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        twice = b"POST /handle_message HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
        for what, data, status in (
            ("body", too_much % ((1 << 20) + 1), b" 413 "),
            ("length", too_much % 0, b" 401 "),
            ("chunked", chunked, b" 411 "),
            ("two lengths", twice, b" 411 "),
            ("many headers", b"GET /health HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n", b" 431 "),
            ("long headers", b"GET /health HTTP/1.1\r\na: " + b"b" * 50_000, b" 431 "),
            ("no HTTP", b"hello\r\n\r\n", b"bad_request"),
        ):
            with self.subTest(what):
                data = data.replace(b"Host: x\r\n", b"Host: x\r\nConnection: close\r\n")
                self.assertIn(status, self.plugin.raw(data)[:400])

    def test_a_body_is_asked_for_where_the_client_waits_to_be(self):
        body = b'{"message_content":"expected"}'
        headers = signature.headers(SECRET.encode(), "POST", "/handle_message", body=body)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"POST /handle_message HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(body)}\r\n"
        with socket.create_connection(("127.0.0.1", self.plugin.port), timeout=10) as connection:
            connection.sendall(request.encode() + b"Expect: 100-continue\r\n\r\n")
            self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 100 "))
            connection.sendall(body)
            self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 200 "))


class FloodTests(unittest.TestCase):
    def test_a_flood_of_connections_is_bounded_and_passes(self):
        with ServedPlugin() as plugin:
            self.assertEqual(plugin.call("before")[0], 200)
            connections = [socket.create_connection(("127.0.0.1", plugin.port), timeout=10) for _ in range(100)]
            threads = int(Path(f"/proc/{plugin.process.pid}/status").read_text().split("Threads:")[1].split()[0])
            self.assertLess(threads, 50)
            refused = 0
            for connection in connections[40:]:
                refused += b" 503 " in connection.recv(300)
            self.assertEqual(refused, 60)
            for connection in connections:
                connection.close()
            plugin.until(lambda: plugin.call("after")[0] == 200)

    def test_slow_heads_and_bodies_end(self):
        # The limits themselves are cut, so that nobody waits: a second instead of ten and thirty.
        code = PLUGIN + "\nimport plugin_interface.server as server\nserver.HEAD_SECONDS = server.BODY_SECONDS = 1.0\n"
        with ServedPlugin(code) as plugin:
            plugin.call("ready")
            for sent in (b"GET /hea", b"POST /handle_message HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123"):
                started = time.monotonic()
                with socket.create_connection(("127.0.0.1", plugin.port), timeout=10) as connection:
                    connection.sendall(sent)
                    ended = threading.Event()
                    threading.Thread(target=self.drip, args=(connection, ended), daemon=True).start()
                    received = b""
                    try:
                        while part := connection.recv(1000):
                            received += part
                    except ConnectionError:
                        pass  # Closed with bytes of ours unread.
                    ended.set()
                self.assertLess(time.monotonic() - started, 5)
                self.assertNotIn(b" 200 ", received)
            self.assertNotIn("Traceback", plugin.log())

    @staticmethod
    def drip(connection, ended):
        """A byte every tenth of a second: within any limit for a single read."""
        while not ended.wait(0.1):
            try:
                connection.sendall(b"4")
            except OSError:
                return


class MemoryTests(unittest.TestCase):
    def test_many_calls_fit_into_the_memory_of_a_package(self):
        with ServedPlugin(PLUGIN.replace("concurrency = 2", "concurrency = 24")) as plugin:
            self.assertEqual(plugin.call("before")[0], 200)
            resource.prlimit(plugin.process.pid, resource.RLIMIT_AS, (256 << 20, 256 << 20))
            path = str(plugin.path / "full")
            answers = []
            threads = [
                threading.Thread(target=lambda: answers.append(plugin.call(f"wait for {path}")[0])) for _ in range(24)
            ]
            for thread in threads:
                thread.start()
            plugin.until_begun(path, 24)
            Path(path).touch()
            for thread in threads:
                thread.join()
            self.assertEqual(answers, [200] * 24)


class EndTests(unittest.TestCase):
    def test_what_is_under_way_is_answered_before_it_ends(self):
        with ServedPlugin() as plugin:
            path = str(plugin.path / "end")
            idle = plugin.connect()
            plugin.request("GET", "/health", connection=idle)
            answers = []
            waiting = threading.Thread(target=lambda: answers.append(plugin.call(f"wait for {path}")))
            waiting.start()
            plugin.until_begun(path)
            plugin.stop()
            plugin.until(lambda: not self.accepts(plugin))
            Path(path).touch()
            waiting.join()
            self.assertEqual(answers[0][0], 200)
            self.assertEqual(plugin.process.wait(3), 0)
            idle.close()

    def test_what_does_not_end_is_left_after_five_seconds(self):
        with ServedPlugin() as plugin:
            path = str(plugin.path / "never")
            connection = plugin.connect()
            body = json.dumps({"message_content": f"wait for {path}"}).encode()
            headers = signature.headers(SECRET.encode(), "POST", "/handle_message", body=body)
            connection.request("POST", "/handle_message", body, headers)
            plugin.until_begun(path)
            started = time.monotonic()
            plugin.stop()
            self.assertEqual(plugin.process.wait(6), 0)
            self.assertLess(time.monotonic() - started, 5.5)
            connection.close()

    def test_a_plugin_whose_places_are_all_stuck_is_not_healthy(self):
        code = PLUGIN.replace("timeout = 5", "timeout = 0.1")
        code += "\nimport plugin_interface.calls as calls\ncalls.OVERDUE = 0.1\n"
        with ServedPlugin(code) as plugin:
            for _ in range(2):
                never = plugin.path / "never"
                threading.Thread(target=self.ignored, args=(plugin, f"wait for {never}"), daemon=True).start()
            plugin.until(lambda: plugin.request("GET", "/health")[0] == 503)

    @staticmethod
    def ignored(plugin, words):
        try:
            plugin.call(words)
        except OSError:
            return  # The process was killed, as the test wants it.

    @staticmethod
    def accepts(plugin):
        try:
            socket.create_connection(("127.0.0.1", plugin.port), timeout=1).close()
            return True
        except OSError:
            return False


class StartTests(unittest.TestCase):
    def test_a_port_of_its_own_is_told(self):
        with ServedPlugin(inherits=False) as plugin:
            plugin.find_port()
            self.assertEqual(plugin.call("hello")[0], 200)

    def test_without_signatures_where_wanted(self):
        with ServedPlugin(arguments=["--insecure"], environment={"PLUGIN_SECRET": ""}, inherits=False) as plugin:
            plugin.find_port()
            self.assertEqual(plugin.request("GET", "/health", headers={})[0], 200)

    def test_a_prefix_is_part_of_what_is_signed(self):
        with ServedPlugin(arguments=["--prefix", "/tried"]) as plugin:
            self.assertEqual(plugin.request("GET", "/tried/health")[0], 200)
            self.assertEqual(plugin.request("GET", "/health")[0], 404)

    def test_starts_that_are_refused(self):
        for what, arguments, environment, words in (
            ("no secret", [], {"PLUGIN_SECRET": ""}, "--insecure"),
            ("short secret", [], {"PLUGIN_SECRET": "short"}, "at least 16 bytes"),
            ("open to all", ["--insecure", "--host", "0.0.0.0"], {}, "this machine only"),
            ("no socket", [], {"PLUGIN_LISTEN_FD": "999"}, "is no socket"),
        ):
            with self.subTest(what):
                self.expect_refusal(PLUGIN, words, arguments, environment)
        two = PLUGIN + "\nclass OtherPlugin(PluginInterface):\n    pass\n"
        self.expect_refusal(two, "tried.py:TriedPlugin")
        self.expect_refusal("x = 1", "no class that inherits")
        self.expect_refusal(PLUGIN.replace("concurrency = 2", "version = 'v1'; name = 'No'"), "/version: expected")

    def expect_refusal(self, code, words, arguments=(), environment=None):
        with ServedPlugin(code, arguments, environment, inherits=False) as plugin:
            self.assertEqual(plugin.process.wait(10), 1, plugin.log())
            self.assertIn(words, plugin.log())
            self.assertNotIn("Traceback", plugin.log())


class ClassicTests(unittest.TestCase):
    """The file of old, unchanged: only where `requests` goes is another."""

    REQUESTS = '''
class _Response:
    def json(self):
        return {"weather": "晴"}

def get(url):
    assert url == "https://api.weather.com/v1/city=北京", url
    return _Response()
'''

    def test_is_served_unchanged(self):
        with ServedPlugin(CLASSIC.read_text(encoding="utf-8"), environment=self.folder()) as plugin:
            self.assertEqual(plugin.request("GET", "/manifest")[1]["name"], "weather")
            schema = plugin.request("GET", "/get_config_schema")[1]
            self.assertEqual(schema["properties"]["api_key"]["title"], "API密钥")
            self.assertEqual(plugin.call("北京"), (200, {"reply_message": "当前北京的天气是:晴"}))

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        Path(folder.name, "requests.py").write_text(self.REQUESTS, encoding="utf-8")
        return {"PYTHONPATH": f"{SDK}:{folder.name}"}


if __name__ == "__main__":
    unittest.main()
