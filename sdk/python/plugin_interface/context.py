"""What a plugin is told when it is called. Parts that its permissions do not name are absent."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Dict, List, Mapping, TypedDict


class Trigger(TypedDict, total=False):
    """Why the plugin is called."""

    #: command, keyword, pattern, event, schedule, tool or job.
    type: str
    name: str
    #: What follows a command.
    arguments: str
    #: The groups of a pattern.
    matches: List[str]


class Message(TypedDict, total=False):
    id: str
    type: str
    #: The whole text, with the command.
    text: str
    #: Milliseconds since 1970.
    created_at: int


class Person(TypedDict, total=False):
    open_id: str
    name: str


class Chat(TypedDict, total=False):
    id: str
    #: direct or group.
    kind: str
    thread_id: str


class Attachment(TypedDict, total=False):
    kind: str
    name: str
    #: Bytes.
    size: int
    content_base64: str


class ToolCall(TypedDict, total=False):
    name: str
    arguments: Dict[str, Any]


class Event(TypedDict, total=False):
    type: str
    body: Dict[str, Any]


class Schedule(TypedDict, total=False):
    name: str
    at: str


class Context(TypedDict, total=False):
    contract_version: int
    request_id: str
    #: The same for a call that is made again.
    idempotency_key: str
    #: Until when the assistant waits: RFC 3339, UTC.
    deadline: str
    #: zh-CN or en: what the person is to be answered in.
    language: str
    trigger: Trigger
    #: What follows the command; of a keyword or pattern the whole text.
    message_content: str
    message: Message
    sender: Person
    chat: Chat
    mentions: List[Person]
    attachments: List[Attachment]
    conversation_id: str
    #: The configuration with its defaults.
    config: Dict[str, Any]
    #: What the last call of this conversation left.
    state: Dict[str, Any]
    tool: ToolCall
    event: Event
    schedule: Schedule


def seconds_left(context: Mapping[str, Any], at_most: float = 10.0) -> float:
    """How long the assistant still waits: what to give other services as a timeout. At least 0.1."""
    try:
        deadline = datetime.fromisoformat(context["deadline"].replace("Z", "+00:00"))
        return min(at_most, max(0.1, (deadline - datetime.now(timezone.utc)).total_seconds()))
    except (KeyError, ValueError, AttributeError, TypeError):
        return at_most
