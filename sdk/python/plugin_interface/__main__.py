"""`python -m plugin_interface`: serves a plugin, and helps its author."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional

from .interface import PluginError
from .loading import LoadingError, load
from .replies import BadReply
from .serving import ServingError, listener, secret, serve
from .template import TemplateError, write
from .testing import call


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m plugin_interface", description="Serves plugins of the AI assistant."
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=summary, description=summary)

    serving = command("serve", "serve a plugin over HTTP until SIGTERM")
    serving.add_argument("target", metavar="FILE[:CLASS]")
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serving.add_argument("--port", type=int, default=8300, help="port to listen on, 0 for any (%(default)s)")
    serving.add_argument("--prefix", default="", help="what stands before the contract's paths, such as /weather")
    serving.add_argument("--secret-file", metavar="FILE", help="secret of the signatures; else PLUGIN_SECRET")
    serving.add_argument("--insecure", action="store_true", help="ask for no signatures; on this machine only")
    for name, summary in (
        ("manifest", "print the manifest, to be kept as manifest.json"),
        ("schema", "print the JSON Schema of the configuration"),
    ):
        command(name, summary).add_argument("target", metavar="FILE[:CLASS]")
    calling = command("call", "call a plugin with a text and print what it answers")
    calling.add_argument("target", metavar="FILE[:CLASS]")
    calling.add_argument("text")
    calling.add_argument("--config", type=json.loads, default={}, metavar="JSON", help="its configuration")
    calling.add_argument("--language", choices=("zh-CN", "en"), default="zh-CN", help="the person's (%(default)s)")
    new = command("new", "write the beginnings of a plugin")
    new.add_argument("name")
    new.add_argument("--directory", help="where to write it (./NAME)")
    return parser


def run(arguments: argparse.Namespace) -> None:
    if arguments.command == "new":
        print(write(arguments.name, Path(arguments.directory or arguments.name)))
        return
    plugin = load(arguments.target)
    if arguments.command == "serve":
        secret_bytes = secret(arguments.secret_file, arguments.insecure)
        on = listener(arguments.host, arguments.port, arguments.insecure)
        serve(plugin, on, secret_bytes, arguments.prefix.rstrip("/"))
    elif arguments.command == "manifest":
        file = os.path.basename(arguments.target)
        show({"command": ["python3", "-m", "plugin_interface", "serve", file], **plugin.manifest})
    elif arguments.command == "schema":
        show(plugin.schema)
    else:
        config = {**defaults(plugin.schema), **arguments.config}
        show(call(plugin.instance, arguments.text, config, language=arguments.language))


def defaults(schema: Dict[str, Any]) -> Dict[str, Any]:
    """What a schema says of members that are not configured."""
    members = schema.get("properties", {})
    return {name: member["default"] for name, member in members.items() if "default" in member}


def show(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def main(words: Optional[List[str]] = None) -> int:
    """Exit status 0: done; 1: failed, with a sentence; 2: not understood."""
    try:
        run(parser().parse_args(words))
        return 0
    except (LoadingError, ServingError, TemplateError, BadReply, PluginError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
