"""Calls plugins without a server, for their unit tests."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, Mapping, Optional, Type, Union

from .interface import PluginInterface
from .replies import encoded


def context(text: str, config: Optional[Mapping[str, Any]] = None, **members: Any) -> Dict[str, Any]:
    """A context as of a command; `members` take the place of what it says, `None` leaves a member out."""
    request_id = str(uuid.uuid4())
    deadline = datetime.now(timezone.utc) + timedelta(seconds=10)
    made: Dict[str, Any] = {
        "contract_version": 1,
        "request_id": request_id,
        "idempotency_key": f"{request_id}/call",
        "deadline": deadline.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "language": "zh-CN",
        "trigger": {"type": "command", "name": "test", "arguments": text},
        "message_content": text,
        "message": {"id": "om_test", "type": "text", "text": f"/test {text}", "created_at": 1764200000000},
        "sender": {"open_id": "ou_test", "name": "测试"},
        "chat": {"id": "oc_test", "kind": "direct"},
        "conversation_id": "test",
        "config": dict(config or {}),
    }
    made.update(members)
    return {name: value for name, value in made.items() if value is not None}


def call(
    plugin: Union[PluginInterface, Type[PluginInterface]],
    text: str,
    config: Optional[Mapping[str, Any]] = None,
    **members: Any,
) -> Dict[str, Any]:
    """What a plugin, or one made of a class, answers: checked as the server does, and as it comes out of JSON.

    Raises what the plugin raises, and `BadReply`.
    """
    instance = plugin if isinstance(plugin, PluginInterface) else plugin()
    answer: Dict[str, Any] = json.loads(encoded(instance.handle_message(context(text, config, **members))))
    return answer
