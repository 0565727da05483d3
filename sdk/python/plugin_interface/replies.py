"""What a plugin answers, and whether it is an answer."""

from __future__ import annotations

import base64
import json
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

#: Of a whole reply, as JSON.
MOST_BYTES = 4 << 20
MOST_PARTS = 5
MOST_TEXT = 30_000
MOST_STATE_BYTES = 64 << 10
MOST_JOBS = 10
MOST_DELAY = 30 * 86_400

_ABSENT = object()


class BadReply(Exception):
    """A reply that is none, with what is wrong and where (JSON Pointer)."""


def text(content: str) -> Dict[str, Any]:
    """A part of a reply: plain text."""
    return {"text": content}


def markdown(content: str) -> Dict[str, Any]:
    """A part of a reply: Markdown."""
    return {"markdown": content}


def card(content: Mapping[str, Any]) -> Dict[str, Any]:
    """A part of a reply: a card of Feishu's, as JSON."""
    return {"card": dict(content)}


def file(name: str, content: Union[bytes, str]) -> Dict[str, Any]:
    """A part of a reply: a file. Text is sent as UTF-8."""
    data = content.encode() if isinstance(content, str) else content
    return {"file": {"name": name, "content_base64": base64.b64encode(data).decode()}}


def job(message_content: str, delay: float = 0) -> Dict[str, Any]:
    """A call to be made again, in so many seconds. Needs the permission `jobs.enqueue`."""
    return {"delay": delay, "message_content": message_content}


def reply(
    *parts: Mapping[str, Any],
    state: Any = _ABSENT,
    jobs: Sequence[Mapping[str, Any]] = (),
    tool_result: Optional[str] = None,
    is_error: bool = False,
) -> Dict[str, Any]:
    """A reply of parts; of none, nothing is said. A `state` replaces what the conversation had, `None` removes it."""
    result: Dict[str, Any] = {"reply_message": list(parts) if parts else None}
    if state is not _ABSENT:
        result["state"] = state
    if jobs:
        result["jobs"] = list(jobs)
    if tool_result is not None:
        result["tool_result"] = {"text": tool_result, "is_error": is_error}
    return result


def encoded(result: Any) -> bytes:
    """A reply as it is sent, or `BadReply`."""
    if not isinstance(result, dict):
        kind = type(result).__name__
        raise BadReply(f"handle_message returned {kind}; expected a dict such as {{'reply_message': 'text'}}")
    try:
        data = json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise BadReply(f"what handle_message returned is not JSON: {error}") from None
    if len(data) > MOST_BYTES:
        raise BadReply(f"what handle_message returned has {len(data)} bytes; at most {MOST_BYTES} are taken")
    # What was read back has JSON's types only, whatever subclasses went in.
    problems = _problems(json.loads(data))
    if problems:
        raise BadReply("what handle_message returned is no reply: " + "; ".join(problems))
    return data


def _problems(result: Dict[str, Any]) -> List[str]:
    problems: List[str] = []
    message = result.get("reply_message")
    if isinstance(message, list):
        if len(message) > MOST_PARTS:
            problems.append(f"/reply_message: expected at most {MOST_PARTS} parts")
        for index, part in enumerate(message):
            problems += _part_problems(part, f"/reply_message/{index}")
    elif message is not None:
        problems += _part_problems(message, "/reply_message")
    state = result.get("state")
    if state is not None and not isinstance(state, dict):
        problems.append("/state: expected an object or null")
    elif len(json.dumps(state, ensure_ascii=False).encode()) > MOST_STATE_BYTES:
        problems.append(f"/state: expected at most {MOST_STATE_BYTES} bytes")
    jobs = result.get("jobs")
    if jobs is not None and (not isinstance(jobs, list) or len(jobs) > MOST_JOBS):
        problems.append(f"/jobs: expected a list of at most {MOST_JOBS}")
    else:
        for index, entry in enumerate(jobs or []):
            problems += _job_problems(entry, f"/jobs/{index}")
    outcome = result.get("tool_result")
    if outcome is not None and not (
        isinstance(outcome, dict)
        and isinstance(outcome.get("text"), str)
        and isinstance(outcome.get("is_error", False), bool)
    ):
        problems.append("/tool_result: expected an object with text, and is_error where it failed")
    return problems


def _part_problems(part: Any, pointer: str) -> List[str]:
    if isinstance(part, str):
        part = {"text": part}
    kinds = [kind for kind in ("text", "markdown", "card", "file") if isinstance(part, dict) and kind in part]
    if len(kinds) != 1:
        return [f"{pointer}: expected text, or an object with one of text, markdown, card, file"]
    value, place = part[kinds[0]], f"{pointer}/{kinds[0]}"
    if kinds[0] in ("text", "markdown"):
        if not isinstance(value, str) or len(value) > MOST_TEXT:
            return [f"{place}: expected text of at most {MOST_TEXT} characters"]
    elif not isinstance(value, dict):
        return [f"{place}: expected an object"]
    elif kinds[0] == "file":
        if not isinstance(value.get("name"), str) or not 1 <= len(value["name"]) <= 255:
            return [f"{place}/name: expected a name of at most 255 characters"]
        try:
            base64.b64decode(value["content_base64"], validate=True)
        except (KeyError, TypeError, ValueError):
            return [f"{place}/content_base64: expected base64"]
    return []


def _job_problems(entry: Any, pointer: str) -> List[str]:
    if not isinstance(entry, dict):
        return [f"{pointer}: expected an object"]
    problems = []
    delay = entry.get("delay", 0)
    if isinstance(delay, bool) or not isinstance(delay, (int, float)) or not 0 <= delay <= MOST_DELAY:
        problems.append(f"{pointer}/delay: expected seconds from 0 to {MOST_DELAY}")
    if not isinstance(entry.get("message_content"), str) or len(entry["message_content"]) > MOST_TEXT:
        problems.append(f"{pointer}/message_content: expected text of at most {MOST_TEXT} characters")
    return problems
