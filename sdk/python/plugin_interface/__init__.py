"""Write plugins of the AI assistant in Python: a class with `handle_message`, and nothing else that is needed."""

from .context import Attachment, Chat, Context, Event, Message, Person, Schedule, ToolCall, Trigger, seconds_left
from .interface import PluginError, PluginInterface
from .replies import BadReply, card, file, job, markdown, reply, text

#: The version of the contract between the assistant and its plugins that this package speaks.
CONTRACT_VERSION = 1

__all__ = [
    "CONTRACT_VERSION",
    "Attachment",
    "BadReply",
    "Chat",
    "Context",
    "Event",
    "Message",
    "Person",
    "PluginError",
    "PluginInterface",
    "Schedule",
    "ToolCall",
    "Trigger",
    "card",
    "file",
    "job",
    "markdown",
    "reply",
    "seconds_left",
    "text",
]
