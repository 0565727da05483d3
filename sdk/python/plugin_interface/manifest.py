"""What a plugin says of itself, and whether it can be so. The assistant checks it again, and more closely."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Dict, List

if TYPE_CHECKING:
    from .interface import PluginInterface

PERMISSIONS = (
    "message.text",
    "message.sender",
    "message.chat",
    "message.mentions",
    "message.attachments",
    "conversation.state",
    "jobs.enqueue",
    "configuration.secrets",
)
TRIGGERS = {
    "command": ("name",),
    "keyword": ("words",),
    "pattern": ("pattern",),
    "event": ("event_types",),
    "schedule": ("name", "cron"),
    "tool": ("name", "description"),
}
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")
_NUMBER = r"(?:0|[1-9]\d*)"
_IDENTIFIER = rf"(?:{_NUMBER}|\d*[a-zA-Z-][0-9a-zA-Z-]*)"
VERSION = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_IDENTIFIER}(?:\.{_IDENTIFIER})*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?",
    re.ASCII,
)


class BadManifest(Exception):
    """A manifest that the assistant would refuse, with all that is wrong."""


def conventional(plugin: PluginInterface) -> Dict[str, Any]:
    """The manifest that a class's name and attributes make."""
    name = plugin.name or _name_of(type(plugin).__name__)
    triggers = plugin.triggers
    return {
        "contract_version": 1,
        "name": name,
        "version": plugin.version,
        "description": plugin.description or name,
        "permissions": list(plugin.permissions),
        "triggers": [{"type": "command", "name": name}] if triggers is None else [dict(each) for each in triggers],
        "timeout": plugin.timeout,
        "concurrency": plugin.concurrency,
        "idempotent": plugin.idempotent,
        "sensitive": plugin.sensitive,
    }


def _name_of(class_name: str) -> str:
    """`WeatherPlugin` is `weather`, `HTTPCheck` is `http-check`."""
    stem = re.sub(r"_?Plugin$", "", class_name) or class_name
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+", "-", stem)
    return re.sub(r"[^a-z0-9-]", "", words.lower()).strip("-")[:64].strip("-")


def checked(manifest: Any) -> Dict[str, Any]:
    """The manifest, or `BadManifest`."""
    if not isinstance(manifest, dict):
        raise BadManifest("(document): expected an object")
    problems: List[str] = []

    def expect(holds: bool, pointer: str, expectation: str) -> None:
        if not holds:
            problems.append(f"{pointer}: expected {expectation}")

    def is_number(name: str, kinds: Any, least: float, most: float) -> bool:
        value = manifest.get(name, least)
        return isinstance(value, kinds) and not isinstance(value, bool) and least <= value <= most

    def matches(pattern: "re.Pattern[str]", value: Any) -> bool:
        return isinstance(value, str) and len(value) <= 128 and pattern.fullmatch(value) is not None

    expect(manifest.get("contract_version") == 1, "/contract_version", "1")
    expect(
        matches(NAME, manifest.get("name")),
        "/name",
        "lower-case letters, digits and '-' between them, at most 64 characters",
    )
    expect(matches(VERSION, manifest.get("version")), "/version", "a semantic version, such as 1.2.0")
    expect(is_number("timeout", (int, float), 0.1, 300), "/timeout", "a number from 0.1 to 300")
    expect(is_number("concurrency", int, 1, 1_000), "/concurrency", "an integer from 1 to 1000")
    expect(
        is_number("memory_bytes", int, 16 << 20, 16 << 30), "/memory_bytes", "an integer from 16777216 to 17179869184"
    )
    for flag in ("idempotent", "sensitive"):
        expect(isinstance(manifest.get(flag, False), bool), f"/{flag}", "true or false")
    permissions = manifest.get("permissions", [])
    expect(isinstance(permissions, list), "/permissions", "a list")
    for index, permission in enumerate(permissions if isinstance(permissions, list) else []):
        expect(permission in PERMISSIONS, f"/permissions/{index}", "one of " + ", ".join(PERMISSIONS))
    triggers = manifest.get("triggers", [])
    expect(isinstance(triggers, list) and len(triggers) <= 64, "/triggers", "a list of at most 64 triggers")
    for index, trigger in enumerate(triggers if isinstance(triggers, list) else []):
        kind = trigger.get("type") if isinstance(trigger, dict) else None
        needed = TRIGGERS.get(kind) if isinstance(kind, str) else None
        expect(needed is not None, f"/triggers/{index}/type", "one of " + ", ".join(TRIGGERS))
        for member in needed or ():
            expect(bool(trigger.get(member)), f"/triggers/{index}/{member}", "a value")
    if problems:
        raise BadManifest("\n".join(problems))
    return manifest
