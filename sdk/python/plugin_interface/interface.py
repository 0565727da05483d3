"""What a plugin is: a class with `handle_message`."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Sequence, Union


class PluginError(Exception):
    """Raise it to tell the person why it does not work: they read these words, at most 500 characters of them.

    Any other exception ends the call, too, but the person only reads that the plugin failed.
    """


class PluginInterface:
    """The base of every plugin.

    One object serves all calls, several at once, each in a thread of its own. What is kept between the calls of one
    conversation belongs in the reply's `state`, since the next call may go to another machine.

    The attributes are what the manifest says. A `manifest.json` beside the plugin's file takes the place of all.
    """

    #: What it is called. Empty: by the class, `WeatherPlugin` is `weather`.
    name: str = ""
    #: Semantic Versioning 2.0.0.
    version: str = "0.1.0"
    #: Text, or one for each of "zh-CN" and "en". Empty: the name.
    description: Union[str, Mapping[str, str]] = ""
    #: When it is called. None: by the command with its name.
    triggers: Optional[Sequence[Mapping[str, Any]]] = None
    permissions: Sequence[str] = ("message.text",)
    #: Seconds until the assistant gives a call up, 0.1 to 300.
    timeout: float = 10
    #: Calls at once.
    concurrency: int = 8
    #: Whether a call that failed on the way may be made again.
    idempotent: bool = False
    #: Whether a person is asked before it is called.
    sensitive: bool = False

    def handle_message(self, context: Any) -> Mapping[str, Any]:
        """Answers one call.

        `context` is a dictionary, typed as `Context`; the result is a dictionary with `reply_message`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no handle_message")

    def get_config_schema(self) -> Mapping[str, Any]:
        """JSON Schema (2020-12) of the configuration. Not overridden: what `config_schema.json` beside the file says."""
        return {"type": "object"}

    def manifest(self) -> Dict[str, Any]:
        """What the plugin says of itself where there is no `manifest.json`."""
        from .manifest import conventional

        return conventional(self)
