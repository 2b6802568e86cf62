"""Places in rendered objects: `Kind/name` and a path in it, as in `spec/template/spec/containers/gateway/image`.

A step of a path is a key, the index of an item, or the `name` (or `key`, or `port`) of one; `~1` stands for a slash.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, Final

import yaml

from .kinds import Object, one

ABSENT: Final = "absent"
"""What is found where nothing is."""

_NAMES = ("name", "key", "port", "type")


def at(objects: Iterable[Object], where: str, path: str) -> Any:
    """What is at a place; ABSENT where nothing is. `Settings/gateway` is the settings file of the gateway."""
    kind, _, name = where.partition("/")
    objects = list(objects)
    if kind == "Settings":
        content = one(objects, "ConfigMap", f"animatize-{name}")["data"]["config.yaml"]
        return _walk(yaml.safe_load(content), path)
    matching = [each for each in objects if each["kind"] == kind and each["metadata"]["name"] == name]
    return _walk(matching[0], path) if matching else ABSENT


def _walk(found: Any, path: str) -> Any:
    for step in path.split("/") if path else ():
        found = _step(found, step.replace("~1", "/"))
        if found == ABSENT:
            return ABSENT
    return found


def _step(found: Any, step: str) -> Any:
    if isinstance(found, dict):
        return found.get(step, ABSENT)
    if not isinstance(found, list):
        return ABSENT
    if step.isdigit() and int(step) < len(found):
        return found[int(step)]
    named = [item for item in found if isinstance(item, dict) and step in [str(item.get(word)) for word in _NAMES]]
    return named[0] if named else ABSENT


def changed(objects: Iterable[Object], where: str, path: str, value: Any) -> list[Object]:
    """A copy of the objects with another value at a place; ABSENT takes it away. Fails the test without the place."""
    made = copy.deepcopy(list(objects))
    kind, _, name = where.partition("/")
    subject = one(made, kind, name)
    if not path:
        made.remove(subject)
        return made
    parent, _, last = path.rpartition("/")
    holder = _walk(subject, parent)
    assert holder != ABSENT, f"{where} has no {parent}"
    last = last.replace("~1", "/")
    if isinstance(holder, list):
        # An index past the end, or a name that is not there, appends.
        found = _step(holder, last)
        if found != ABSENT:
            holder.remove(found)
        if value != ABSENT:
            holder.append(value)
    elif value == ABSENT:
        del holder[last]
    else:
        holder[last] = value
    return made


def added(objects: Iterable[Object], subject: Object) -> list[Object]:
    """A copy of the objects with one more."""
    return [*copy.deepcopy(list(objects)), subject]
