"""Finds the plugin in a file."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Type

from .interface import PluginInterface
from .manifest import BadManifest, checked


class LoadingError(Exception):
    """Why a file holds no plugin that can be served."""


class LoadedPlugin(NamedTuple):
    instance: PluginInterface
    manifest: Dict[str, Any]
    schema: Dict[str, Any]


def load(target: str) -> LoadedPlugin:
    """The plugin of `FILE` or `FILE:CLASS`, with the manifest and the schema that stand beside it or that it makes."""
    name, _, class_name = target.partition(":")
    path = Path(name).resolve()
    if not path.is_file():
        raise LoadingError(f"there is no file {name}")
    return described(_class_in(path, class_name)(), path.parent)


def described(instance: PluginInterface, directory: Optional[Path]) -> LoadedPlugin:
    """A plugin with its manifest and schema; without a directory, with those that it makes."""
    manifest = _read(directory / "manifest.json") if directory else None
    try:
        manifest = checked(instance.manifest() if manifest is None else manifest)
    except BadManifest as error:
        raise LoadingError(f"the manifest is not as the contract wants it\n{error}") from None
    schema = None
    if directory and type(instance).get_config_schema is PluginInterface.get_config_schema:
        schema = _read(directory / "config_schema.json")
    schema = instance.get_config_schema() if schema is None else schema
    if not isinstance(schema, dict):
        raise LoadingError("the schema of the configuration is no object")
    return LoadedPlugin(instance, manifest, schema)


def _class_in(path: Path, class_name: str) -> Type[PluginInterface]:
    # Under a name of its own, so that a file `json.py` takes nobody's place; what it imports stands beside it.
    module_name = f"plugin_file_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise LoadingError(f"{path.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    spec.loader.exec_module(module)
    classes: List[Type[PluginInterface]] = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, PluginInterface) and value.__module__ == module_name
    ]
    if class_name:
        classes = [each for each in classes if each.__name__ == class_name]
    # A base of another class of the file is not what is meant.
    leaves = [each for each in classes if not any(other is not each and issubclass(other, each) for other in classes)]
    if len(leaves) == 1:
        return leaves[0]
    if leaves:
        names = ", ".join(each.__name__ for each in leaves)
        raise LoadingError(f"{path.name} has several plugins ({names}); name one: {path.name}:{leaves[0].__name__}")
    wanted = f"class {class_name}(PluginInterface)" if class_name else "class that inherits from PluginInterface"
    raise LoadingError(f"{path.name} has no {wanted}")


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise LoadingError(f"{path.name} cannot be read: {error}") from None
