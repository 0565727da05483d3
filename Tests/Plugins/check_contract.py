#!/usr/bin/env python3
"""Checks that the contract is OpenAPI 3.1, and that its examples, and the manifests of the example plugins, are as its schemas say.

Also that the schemas refuse what the contract forbids, and that the Python SDK judges manifests and replies alike.
"""

import json
import sys
from pathlib import Path

import jsonschema
import openapi_spec_validator
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "sdk/python"))

from plugin_interface import BadReply  # noqa: E402
from plugin_interface.manifest import PERMISSIONS, TRIGGERS, BadManifest, checked  # noqa: E402
from plugin_interface.replies import encoded  # noqa: E402

DOCUMENT = yaml.safe_load((ROOT / "docs/plugins/openapi.yaml").read_text(encoding="utf-8"))
SMALLEST = {"contract_version": 1, "name": "a", "version": "1.0.0"}

#: What is wrong, by schema.
REFUSED = {
    "Manifest": [
        {},
        {**SMALLEST, "contract_version": 2},
        {**SMALLEST, "name": "-a"},
        {**SMALLEST, "name": "a" * 65},
        {**SMALLEST, "version": "1.0"},
        {**SMALLEST, "version": "01.0.0"},
        {**SMALLEST, "timeout": 0},
        {**SMALLEST, "concurrency": 1.5},
        {**SMALLEST, "memory_bytes": 1},
        {**SMALLEST, "idempotent": 1},
        {**SMALLEST, "permissions": ["root"]},
        {**SMALLEST, "triggers": [{"type": "other"}]},
        {**SMALLEST, "triggers": [{"type": "command"}]},
        {**SMALLEST, "triggers": [{"type": "command", "name": "a"}] * 65},
    ],
    "Reply": [
        {"reply_message": 3},
        {"reply_message": {}},
        {"reply_message": {"text": "a" * 30_001}},
        {"reply_message": ["a"] * 6},
        {"reply_message": {"file": {"name": "a"}}},
        {"state": []},
        {"jobs": [{"delay": -1, "message_content": "a"}]},
        {"jobs": [{"message_content": "a"}] * 11},
        {"tool_result": {"text": 1}},
    ],
}


def schema(name):
    """One schema of the document, with all that it refers to."""
    return {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}


def problems(name, value):
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return list(jsonschema.Draft202012Validator(schema(name), format_checker=checker).iter_errors(value))


def examples(node, place=""):
    """Each example of a body, with the name of its schema."""
    if isinstance(node, dict):
        if "examples" in node and "$ref" in node.get("schema", {}):
            for name, example in node["examples"].items():
                yield f"{place}/{name}", node["schema"]["$ref"].rpartition("/")[2], example["value"]
        for name, value in node.items():
            yield from examples(value, f"{place}/{name}")


def expect_examples():
    seen = list(examples(DOCUMENT))
    assert len(seen) >= 15, f"only {len(seen)} examples were found"
    for place, name, value in seen:
        assert not (found := problems(name, value)), f"{place}: {found[0].message}"
        judge(name, value)
    print(f"{len(seen)} examples are as their schemas say")


def expect_plugins():
    manifests = sorted((ROOT / "examples/plugins").glob("*/manifest.json"))
    assert manifests, "there are no example plugins"
    for path in manifests:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        assert not (found := problems("Manifest", manifest)), f"{path}: {found[0].message}"
        judge("Manifest", manifest)
        configuration = json.loads((path.parent / "config_schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(configuration)
    print(f"{len(manifests)} manifests and schemas of example plugins are right")


def judge(name, value):
    """Has the SDK judge, where it does."""
    if name == "Manifest":
        checked(value)
    elif name == "Reply":
        encoded(value)


def expect_refusals():
    for name, values in REFUSED.items():
        for value in values:
            assert problems(name, value), f"{name} takes {str(value)[:200]}"
            try:
                judge(name, value)
            except (BadManifest, BadReply):
                continue
            raise AssertionError(f"the SDK takes {str(value)[:200]}")
    print(f"{sum(map(len, REFUSED.values()))} wrong manifests and replies are refused by schemas and SDK")


def expect_same_names():
    manifest = DOCUMENT["components"]["schemas"]["Manifest"]["properties"]
    assert manifest["permissions"]["items"]["enum"] == list(PERMISSIONS)
    triggers = DOCUMENT["components"]["schemas"]["Trigger"]["oneOf"]
    found = {each["properties"]["type"]["const"]: tuple(each["required"][1:]) for each in triggers}
    assert found == TRIGGERS, found
    print("permissions and triggers have the same names in both")


openapi_spec_validator.validate(DOCUMENT)
expect_examples()
expect_plugins()
expect_refusals()
expect_same_names()
