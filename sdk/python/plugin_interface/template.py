"""The beginnings of a plugin."""

from __future__ import annotations

import json
from pathlib import Path

from .manifest import NAME

_PLUGIN = '''"""Says back what it is told."""

from plugin_interface import PluginError, PluginInterface


class {class_name}(PluginInterface):
    def handle_message(self, context: dict) -> dict:
        words = context["message_content"].strip()
        if not words:
            raise PluginError("Say something after the command." if context["language"] == "en" else "请在命令后面写点什么。")
        return {{"reply_message": context["config"].get("greeting", "") + words}}
'''

_TEST = '''import unittest

from plugin_interface import PluginError
from plugin_interface.testing import call

from {module} import {class_name}


class {class_name}Tests(unittest.TestCase):
    def test_says_back_what_it_is_told(self):
        answer = call({class_name}, "hello", config={{"greeting": "> "}})
        self.assertEqual(answer["reply_message"], "> hello")

    def test_asks_for_words(self):
        with self.assertRaises(PluginError):
            call({class_name}, "")


if __name__ == "__main__":
    unittest.main()
'''

_README = """# {name}

What it does, in a sentence.

    python -m unittest                                    # in this folder: its tests
    python -m plugin_interface call {module}.py "hello"   # one call
    ai-assistant plugins install .                        # to the assistant
"""


class TemplateError(Exception):
    """Why a plugin was not written."""


def write(name: str, directory: Path) -> str:
    """Writes the files; nothing that is there already is touched. Returns what to do next."""
    if not NAME.fullmatch(name):
        raise TemplateError("a name has lower-case letters, digits and '-' between them, at most 64 characters")
    module = name.replace("-", "_")
    if not module.isidentifier():
        module = f"plugin_{module}"
    words = {
        "name": name,
        "module": module,
        "class_name": "".join(word.capitalize() for word in name.split("-")) + "Plugin",
    }
    if not words["class_name"].isidentifier():
        words["class_name"] = f"The{words['class_name']}"
    manifest = {
        "contract_version": 1,
        "name": name,
        "version": "0.1.0",
        "description": {"zh-CN": "复述收到的话", "en": "Says back what it is told"},
        "command": ["python3", "-m", "plugin_interface", "serve", f"{module}.py"],
        "permissions": ["message.text"],
        "triggers": [{"type": "command", "name": name}],
    }
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"greeting": {"type": "string", "title": "Greeting", "default": ""}},
        "additionalProperties": False,
    }
    files = {
        "manifest.json": json.dumps(manifest, ensure_ascii=False, indent=2) + "\n",
        "config_schema.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n",
        f"{module}.py": _PLUGIN.format(**words),
        f"test_{module}.py": _TEST.format(**words),
        "README.md": _README.format(**words),
    }
    there = [file for file in files if (directory / file).exists()]
    if there:
        raise TemplateError(f"{directory} has {', '.join(there)} already")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (directory / file).write_text(content, encoding="utf-8")
    except OSError as error:
        raise TemplateError(f"cannot write to {directory}: {error.strerror}") from None
    return f"wrote {directory}: try python -m plugin_interface call {directory}/{module}.py hello"
