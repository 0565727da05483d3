"""Plugins that the checks install, made as folders and archives on the spot."""

import gzip
import io
import json
import tarfile

#: Answers with its version, what it is configured with, and what was said.
ECHO = '''
import json
from plugin_interface import PluginInterface

VERSION = json.load(open("manifest.json"))["version"]


class EchoPlugin(PluginInterface):
    def handle_message(self, context: dict) -> dict:
        config = context["config"]
        print("asked", config.get("token", ""), flush=True)
        return {"reply_message": f"{VERSION} {config['greeting']}: {context['message_content']}"}
'''

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": False,
    "properties": {
        "greeting": {"type": "string", "minLength": 1, "default": "echo"},
        "times": {"type": "integer", "minimum": 1, "maximum": 9},
        "token": {"type": "string", "writeOnly": True}}}


def manifest(called, version="1.0.0", **members):
    return {"contract_version": 1, "name": called, "version": version,
            "command": ["python3", "-m", "plugin_interface", "serve", "echo.py"],
            "permissions": ["message.text", "configuration.secrets"], "timeout": 5} | members


def files(called, version="1.0.0", source=ECHO, schema=SCHEMA, **members):
    """The files of a plugin by path."""
    made = {"manifest.json": json.dumps(manifest(called, version, **members)), "echo.py": source}
    return made | ({"config_schema.json": json.dumps(schema)} if schema is not None else {})


def write(folder, made):
    """Writes them; returns the folder."""
    folder.mkdir(parents=True)
    for path, text in made.items():
        (folder / path).write_text(text)
    return folder


def entry(path, text="", kind=tarfile.REGTYPE, mode=0o644, link=""):
    """A member of an archive, whatever it says."""
    info = tarfile.TarInfo(path)
    info.type, info.mode, info.linkname, info.size = kind, mode, link, len(text.encode())
    return info, text.encode()


def archive(path, made, *entries):
    """A tar.gz of files, and of further entries as they are."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for info, data in [entry(name, text) for name, text in made.items()] + list(entries):
            tar.addfile(info, io.BytesIO(data))
    path.write_bytes(gzip.compress(packed.getvalue(), mtime=0))
    return path
