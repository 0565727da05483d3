import json
import threading
import unittest
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from plugin_interface import PluginError
from plugin_interface.testing import call

from weather import WeatherPlugin


class Service(BaseHTTPRequestHandler):
    """A weather service of the test."""

    def do_GET(self):
        city = urllib.parse.unquote(self.path.rpartition("/")[2])
        self.server.keys.append(self.headers.get("Authorization"))
        self.server.paths.append(self.path)
        status, body = self.server.answers.get(city, (404, "{}"))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Nothing: the test's output is its own."""


class WeatherTests(unittest.TestCase):
    def setUp(self):
        self.service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
        self.service.keys, self.service.paths = [], []
        self.service.answers = {
            "北京": (200, json.dumps({"weather": "晴", "temperature": 3})),
            "Oslo": (200, '{"weather": "snow"}'),
            "broken": (500, ""),
            "odd": (200, "[1]"),
            "garbage": (200, "<html>"),
            "a/b?c": (200, '{"weather": "x"}'),
        }
        threading.Thread(target=self.service.serve_forever, daemon=True).start()
        self.addCleanup(self.service.server_close)
        self.addCleanup(self.service.shutdown)
        self.config = {"endpoint": f"http://127.0.0.1:{self.service.server_port}/now/{{city}}", "api_key": "k"}

    def ask(self, city, **members):
        return call(WeatherPlugin, city, config=self.config, **members)

    def refusal(self, city, **members):
        with self.assertRaises(PluginError) as caught:
            self.ask(city, **members)
        return str(caught.exception)

    def test_answers_in_the_language_of_the_person(self):
        self.assertEqual(self.ask("北京")["reply_message"], [{"text": "北京现在的天气：晴，3°C"}])
        answer = self.ask("Oslo", language="en")
        self.assertEqual(answer["reply_message"], [{"text": "The weather in Oslo now: snow"}])

    def test_the_key_is_sent_and_the_city_is_one_part_of_the_path(self):
        self.ask("a/b?c")
        self.assertEqual(self.service.keys, ["Bearer k"])
        self.assertEqual(self.service.paths, ["/now/a%2Fb%3Fc"])

    def test_answers_models(self):
        answer = self.ask("", tool={"name": "current_weather", "arguments": {"city": "北京"}})
        self.assertEqual(answer["tool_result"], {"text": "北京现在的天气：晴，3°C", "is_error": False})

    def test_takes_the_city_out_of_a_sentence(self):
        answer = self.ask("北京天气怎么样", trigger={"type": "pattern", "matches": ["北京"]})
        self.assertIn("北京现在", answer["reply_message"][0]["text"])

    def test_says_what_is_wrong(self):
        self.assertIn("哪个城市", self.refusal("  "))
        self.assertIn("Which city", self.refusal("x" * 51, language="en"))
        self.assertEqual(self.refusal("nowhere"), "没有找到nowhere的天气。")
        for city in ("broken", "odd", "garbage"):
            self.assertIn("没有回答", self.refusal(city))

    def test_a_service_that_is_away(self):
        self.config["endpoint"] = "http://127.0.0.1:1/{city}"
        self.assertIn("没有回答", self.refusal("北京"))


if __name__ == "__main__":
    unittest.main()
