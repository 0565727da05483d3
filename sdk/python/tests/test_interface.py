import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

from plugin_interface import BadReply, PluginError, PluginInterface, card, file, job, markdown, reply, seconds_left, text
from plugin_interface.__main__ import main
from plugin_interface.calls import Answer, AnswerMemory
from plugin_interface.manifest import BadManifest, checked, conventional
from plugin_interface.replies import encoded
from plugin_interface.signature import signature
from plugin_interface.testing import call

from .serving import PLUGIN, SDK


class EchoPlugin(PluginInterface):
    def handle_message(self, context: dict) -> dict:
        return {"reply_message": context["message_content"]}


class ManifestTests(unittest.TestCase):
    def test_names_come_from_classes(self):
        for class_name, name in (
            ("WeatherPlugin", "weather"),
            ("HTTPCheckPlugin", "http-check"),
            ("Lunch_Vote2", "lunch-vote2"),
            ("Plugin", "plugin"),
        ):
            made = type(class_name, (EchoPlugin,), {})()
            self.assertEqual(checked(conventional(made))["name"], name)

    def test_attributes_take_the_place_of_the_convention(self):
        made = type("X", (EchoPlugin,), {"name": "tried", "version": "2.0.0-rc.1", "timeout": 0.5, "triggers": []})()
        manifest = checked(made.manifest())
        self.assertEqual(
            [manifest[name] for name in ("name", "version", "timeout", "triggers")], ["tried", "2.0.0-rc.1", 0.5, []]
        )

    def test_every_problem_is_told_with_its_place(self):
        wrong = {
            "contract_version": 2,
            "name": "-a",
            "version": "1.0",
            "timeout": 301,
            "concurrency": True,
            "memory_bytes": 1,
            "idempotent": "yes",
            "permissions": ["root"],
            "triggers": [{"type": "command"}, {"type": "other"}, 3],
        }
        with self.assertRaises(BadManifest) as caught:
            checked(wrong)
        places = [line.split(":")[0] for line in str(caught.exception).splitlines()]
        expected = "/contract_version /name /version /timeout /concurrency /memory_bytes /idempotent /permissions/0"
        self.assertEqual(places, expected.split() + ["/triggers/0/name", "/triggers/1/type", "/triggers/2/type"])

    def test_versions(self):
        for version, is_right in (
            ("1.0.0", True),
            ("1.0.0-alpha.1+build.5", True),
            ("01.0.0", False),
            ("1.0.0-01", False),
            ("1.0.0-", False),
            ("1.0.0\n", False),
        ):
            manifest = {"contract_version": 1, "name": "a", "version": version}
            with self.subTest(version), contextlib.nullcontext() if is_right else self.assertRaises(BadManifest):
                checked(manifest)


class ReplyTests(unittest.TestCase):
    def test_what_constructors_make_is_a_reply(self):
        made = reply(
            text("a"),
            markdown("**b**"),
            card({"elements": []}),
            file("c.txt", "语"),
            state={"n": 1},
            jobs=[job("again", delay=60)],
            tool_result="d",
        )
        answer = json.loads(encoded(made))
        self.assertEqual(answer["reply_message"][3]["file"]["content_base64"], "6K+t")
        self.assertEqual(answer["tool_result"], {"text": "d", "is_error": False})
        self.assertEqual(json.loads(encoded(reply())), {"reply_message": None})
        self.assertEqual(json.loads(encoded(reply("a", state=None)))["state"], None)

    def test_what_is_no_reply_is_told_with_its_place(self):
        for wrong, words in (
            (None, "returned NoneType"),
            ("text", "returned str"),
            ({"reply_message": 3}, "/reply_message: expected"),
            ({"reply_message": {"text": "a", "card": {}}}, "/reply_message: expected"),
            ({"reply_message": ["a"] * 6}, "at most 5 parts"),
            ({"reply_message": {"text": "a" * 30_001}}, "/reply_message/text"),
            ({"reply_message": [{"file": {"name": "a", "content_base64": "!"}}]}, "/reply_message/0/file/content_base64"),
            ({"reply_message": [{"file": {"name": "a"}}]}, "/reply_message/0/file/content_base64"),
            ({"state": []}, "/state"),
            ({"state": {"a": "x" * 70_000}}, "/state"),
            ({"jobs": [{"delay": -1, "message_content": "a"}]}, "/jobs/0/delay"),
            ({"jobs": [{"delay": 1}]}, "/jobs/0/message_content"),
            ({"jobs": [job("a")] * 11}, "/jobs"),
            ({"tool_result": "a"}, "/tool_result"),
            ({"reply_message": float("nan")}, "not JSON"),
            ({"reply_message": b"bytes"}, "not JSON"),
            ({"reply_message": "\ud800"}, "not JSON"),
            ({"other": "x" * (4 << 20)}, "at most 4194304"),
        ):
            with self.subTest(words), self.assertRaises(BadReply) as caught:
                encoded(wrong)
            self.assertIn(words, str(caught.exception))

    def test_members_that_are_not_known_pass(self):
        self.assertEqual(json.loads(encoded({"reply_message": "a", "later": 1}))["later"], 1)


class CallTests(unittest.TestCase):
    def test_calls_a_class_or_an_object(self):
        self.assertEqual(call(EchoPlugin, "hi"), {"reply_message": "hi"})
        self.assertEqual(call(EchoPlugin(), "hi"), {"reply_message": "hi"})

    def test_members_can_be_left_out_and_replaced(self):
        class Seen(PluginInterface):
            def handle_message(self, context: dict) -> dict:
                return {"reply_message": f"{context['language']} {'sender' in context} {context['config']}"}

        answer = call(Seen, "", config={"a": 1}, language="en", sender=None)
        self.assertEqual(answer["reply_message"], "en False {'a': 1}")

    def test_the_time_that_is_left(self):
        now = datetime.now(timezone.utc)

        def deadline(seconds):
            return {"deadline": (now + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")[:-6] + "Z"}

        self.assertAlmostEqual(seconds_left(deadline(5)), 5, delta=0.5)
        self.assertEqual(seconds_left(deadline(60)), 10)
        self.assertEqual(seconds_left(deadline(-5)), 0.1)
        self.assertEqual(seconds_left({}, at_most=3), 3)


class SignatureTests(unittest.TestCase):
    def test_is_that_of_the_contract(self):
        # Computed with OpenSSL from the same words; docs/plugins/contract.md has it as its example.
        made = signature(b"0123456789abcdef", "1764200000", "POST", "/handle_message", "t-1/call", b'{"a":1}')
        self.assertEqual(made, "v1=2e5d9e36a07b5be9ea524e7c69df3cfd2e49c3e28a67572997fe95f60ff84d89")


class MemoryTests(unittest.TestCase):
    def test_the_oldest_are_forgotten_where_there_are_too_many(self):
        made = []
        memory = AnswerMemory(most=2, most_bytes=10)

        def ask(key, size=1):
            memory.answer(key, 0, lambda: made.append(key) or Answer(200, b"x" * size))

        for key in ("a", "b", "c", "b", "c", "a"):
            ask(key)
        self.assertEqual(made, ["a", "b", "c", "a"])
        ask("large", size=10)
        ask("a")
        self.assertEqual(made[-2:], ["large", "a"])

    def test_the_old_are_forgotten(self):
        made = []
        memory = AnswerMemory(seconds=-1)
        for _ in range(2):
            memory.answer("a", 0, lambda: made.append(1) or Answer(200, b""))
        self.assertEqual(len(made), 2)

    def test_one_who_waits_too_long_gets_nothing(self):
        memory = AnswerMemory()
        go_on, begun = threading.Event(), threading.Event()

        def slow():
            begun.set()
            go_on.wait(10)
            return Answer(200, b"")

        first = threading.Thread(target=memory.answer, args=("a", 0, slow))
        first.start()
        begun.wait(10)
        self.assertIsNone(memory.answer("a", 0.01, lambda: self.fail("called twice")))
        go_on.set()
        first.join()


class CommandTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "tried.py").write_text(PLUGIN, encoding="utf-8")

    def run_main(self, *words):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(list(words))
        return status, out.getvalue(), err.getvalue()

    def test_shows_what_a_plugin_is(self):
        status, out, _ = self.run_main("manifest", str(self.folder / "tried.py"))
        manifest = json.loads(out)
        self.assertEqual(status, 0)
        self.assertEqual(manifest["command"], ["python3", "-m", "plugin_interface", "serve", "tried.py"])
        self.assertEqual(manifest["concurrency"], 2)
        self.assertEqual(self.run_main("schema", str(self.folder / "tried.py"))[1], '{\n  "type": "object"\n}\n')

    def test_what_stands_beside_the_file_counts(self):
        (self.folder / "manifest.json").write_text('{"contract_version":1,"name":"beside","version":"3.0.0"}')
        (self.folder / "config_schema.json").write_text('{"title":"beside"}')
        self.assertEqual(json.loads(self.run_main("manifest", str(self.folder / "tried.py"))[1])["name"], "beside")
        self.assertEqual(json.loads(self.run_main("schema", str(self.folder / "tried.py"))[1])["title"], "beside")
        (self.folder / "manifest.json").write_text("{")
        status, _, err = self.run_main("manifest", str(self.folder / "tried.py"))
        self.assertEqual(status, 1)
        self.assertIn("manifest.json cannot be read", err)

    def test_calls_a_plugin(self):
        status, out, _ = self.run_main("call", str(self.folder / "tried.py"), "hello")
        self.assertEqual((status, "hello" in out), (0, True))
        status, _, err = self.run_main("call", str(self.folder / "tried.py"), "refuse")
        self.assertEqual(status, 1)
        self.assertTrue(err.startswith("error: 不行"))

    def test_calls_with_the_defaults_of_the_configuration(self):
        code = "from plugin_interface import PluginInterface as P\nclass A(P):\n"
        code += "    def handle_message(self, context): return {'reply_message': str(context['config'])}\n"
        (self.folder / "tried.py").write_text(code)
        (self.folder / "config_schema.json").write_text('{"properties":{"a":{"default":1},"b":{"default":2},"c":{}}}')
        _, out, _ = self.run_main("call", str(self.folder / "tried.py"), "", "--config", '{"b":3}')
        self.assertEqual(json.loads(out)["reply_message"], "{'a': 1, 'b': 3}")

    def test_a_template_passes_its_own_test(self):
        for name in ("lunch-vote", "2fa"):
            target = self.folder / name
            status, _, err = self.run_main("new", name, "--directory", str(target))
            self.assertEqual((status, err), (0, ""))
            environment = {**os.environ, "PYTHONPATH": str(SDK)}
            done = subprocess.run(
                [sys.executable, "-m", "unittest"], cwd=target, env=environment, capture_output=True, text=True
            )
            self.assertIn("Ran 2 tests", done.stderr)
            self.assertEqual(done.returncode, 0, done.stderr)
            plugin = next(path for path in target.glob("*.py") if not path.name.startswith("test_"))
            self.assertEqual(json.loads(self.run_main("manifest", str(plugin))[1])["name"], name)
            status, _, err = self.run_main("new", name, "--directory", str(target))
            self.assertEqual(status, 1)
            self.assertIn("already", err)
        self.assertEqual(self.run_main("new", "No Name")[0], 1)


class ErrorTests(unittest.TestCase):
    def test_a_plugin_says_what_is_wrong_in_its_words(self):
        class Refusing(PluginInterface):
            def handle_message(self, context: dict) -> dict:
                raise PluginError("words")

        with self.assertRaisesRegex(PluginError, "words"):
            call(Refusing, "")


if __name__ == "__main__":
    unittest.main()
