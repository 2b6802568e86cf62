"""Writes values.schema.json of the chart from its values.yaml and from the settings of the services.

Run as `python helm/values_schema.py [--check]`. With --check nothing is written and the exit code is 1 when the schema
is not current.

What a value may be follows from its default: its type, and for a map that it has these keys and no others. Comments
right above a key say more: `# -- text` (it may go on over several lines) describes it, `# @schema {…}` holds words of
JSON Schema, as a YAML mapping on one line, that are laid over what the default says; with `$ref` they stand alone.
"""

from __future__ import annotations

import fnmatch
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import yaml

CHART: Final = Path(__file__).resolve().parent / "animatize"
SERVICES: Final = ("gateway", "analyzer", "predictor", "expander", "generator")

SET_BY_CHART: Final = (
    "host", "port", "metrics_port", "health_port", "reflection", "log_level", "environment", "workers",
    "connection_age_s", "drain_pause_s", "grace_s", "otlp_*", "tls_*", "redis_*", "*_target", "services_tls*",
    "services_balancing",
)  # fmt: skip
"""Settings that follow from other values of the chart, as patterns; `config` does not take them a second time."""

QUANTITIES: Final = {
    "type": "object",
    "additionalProperties": {"type": ["string", "number"], "pattern": r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$"},
}
"""Amounts of resources by name, such as `memory: 256Mi`; values.yaml refers to it as #/definitions/quantities."""

_TYPES: Final = {bool: "boolean", int: "integer", float: "number", str: "string"}


class ValuesError(Exception):
    """Something of values.yaml cannot be made a schema of; the text says which line and why."""


class Annotated:
    """The values and what the comments above each key say of it, found by the key's path."""

    def __init__(self, text: str) -> None:
        """Reads a values.yaml. Raises ValuesError when an annotation is not a mapping."""
        self.values: dict[str, Any] = yaml.safe_load(text)
        self._lines = text.splitlines()
        self._said: dict[tuple[str, ...], dict[str, Any]] = {}
        for path, line, column in _keys(yaml.compose(text, Loader=yaml.SafeLoader)):
            # A key within braces stands behind another, whose comment it is.
            if not self._lines[line][:column].strip():
                self._said[path] = self._comment(line)

    def said(self, *path: str) -> dict[str, Any]:
        """Schema words from the comments above the key, with its description; empty when there are none."""
        return dict(self._said.get(path, {}))

    def _comment(self, key_line: int) -> dict[str, Any]:
        first = key_line
        while first and self._lines[first - 1].lstrip().startswith("#"):
            first -= 1
        said: dict[str, Any] = {}
        description: list[str] = []
        for number in range(first, key_line):
            words = self._lines[number].strip().removeprefix("#").strip()
            if words.startswith("@schema"):
                said |= self._mapping(words.removeprefix("@schema"), number)
            elif words.startswith("-- "):
                description = [words.removeprefix("-- ")]
            elif description:
                description.append(words)
        return said | ({"description": " ".join(description)} if description else {})

    @staticmethod
    def _mapping(words: str, line: int) -> dict[str, Any]:
        try:
            mapping = yaml.safe_load(words)
        except yaml.YAMLError as error:
            raise ValuesError(f"line {line + 1}: what follows @schema is not YAML: {error}") from error
        if not isinstance(mapping, dict):
            raise ValuesError(f"line {line + 1}: @schema wants a mapping in braces on the same line")
        return mapping


def _keys(node: yaml.Node | None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            yield inner, key.start_mark.line, key.start_mark.column
            yield from _keys(value, inner)


def of_value(annotated: Annotated, value: Any, *path: str) -> dict[str, Any]:
    """The schema of one value of values.yaml. Raises ValuesError where the default says too little."""
    said = annotated.said(*path)
    if "$ref" in said:
        return said
    if isinstance(value, dict):
        if not value and not said.keys() & {"properties", "additionalProperties"}:
            raise ValuesError(f"{'.'.join(path)}: an empty map needs @schema that says what may be in it")
        made = of_map(annotated, value, *path)
        return made | said | {"properties": made["properties"] | said.get("properties", {})}
    if isinstance(value, list):
        return {"type": "array"} | said
    if type(value) in _TYPES:
        return {"type": _TYPES[type(value)]} | said
    if "type" not in said:
        raise ValuesError(f"{'.'.join(path)}: no type follows from its default, so it needs @schema with one")
    return said


def of_map(annotated: Annotated, value: Mapping[str, Any], *path: str) -> dict[str, Any]:
    """The schema of a map: the keys of its default, each optional, and no others."""
    properties = {key: of_value(annotated, part, *path, key) for key, part in value.items()}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def of_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a service's `config`: of its settings' JSON schema what the chart does not set, each optional."""
    taken = {
        name: _plain(field)
        for name, field in settings["properties"].items()
        if not any(fnmatch.fnmatch(name, pattern) for pattern in SET_BY_CHART)
    }
    return {"type": "object", "additionalProperties": False, "properties": taken}


def _plain(field: Any) -> Any:
    if isinstance(field, dict):
        if "$ref" in field:
            raise ValuesError(
                f"a setting is a structure of its own ({field['$ref']}), which the schema does not inline"
            )
        # Defaults are those of the service, not of the chart; drafts differ in the names of formats.
        return {
            word: _plain(part)
            for word, part in field.items()
            if word not in ("default", "title", "format", "default_text")
        }
    return [_plain(part) for part in field] if isinstance(field, list) else field


def build(text: str, settings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The whole schema, from values.yaml and each service's settings schema. Raises ValuesError."""
    annotated = Annotated(text)
    values = annotated.values
    service = of_map(annotated, values["defaults"], "defaults")
    fields = {name: {"$ref": f"#/definitions/service/properties/{name}"} for name in service["properties"]}
    services = {}
    for name in values["services"]:
        if unknown := set(values["services"][name] or {}) - {*fields, "config"}:
            raise ValuesError(f"services.{name}: {', '.join(sorted(unknown))} is not among defaults")
        config = of_settings(settings[name]) | annotated.said("services", name, "config")
        properties = {"config": config, **fields}
        closed = {"type": "object", "additionalProperties": False}
        services[name] = annotated.said("services", name) | closed | {"properties": properties}
    others = {name: value for name, value in values.items() if name != "services"}
    root = of_map(annotated, others)
    root["properties"] = {
        "services": {"type": "object", "additionalProperties": False, "properties": services},
        **root["properties"],
        "defaults": {**annotated.said("defaults"), "$ref": "#/definitions/service"},
        "enabled": {"type": "boolean", "description": "Whether an umbrella chart installs this one (its `condition`)."},
    }
    root["properties"].setdefault("global", {"type": "object"})
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Values of the ANIMAtiZE chart",
        **root,
        "definitions": {"quantities": QUANTITIES, "service": service},
    }


def take_deprecated(schema: dict[str, Any], rows: Iterable[Mapping[str, str]]) -> None:
    """Lets a schema take the old names in files/deprecated.yaml, whatever their values. Raises ValuesError."""
    for row in rows:
        *folders, name = row["from"].split(".")
        holder = schema
        for folder in folders:
            holder = holder["properties"].get(folder, {})
            if "$ref" in holder:
                holder = schema["definitions"]["service"]
            if "properties" not in holder:
                raise ValuesError(f"files/deprecated.yaml: {row['from']} lies in no map of values.yaml")
        holder["properties"][name] = {"description": f"Deprecated until {row['until']}: it is now {row['to']}."}


def written(chart: Path) -> str:
    """The schema of a chart's values as text. Raises ValuesError."""
    settings = {name: import_module(f"{name}.settings").Settings.model_json_schema() for name in SERVICES}
    schema = build((chart / "values.yaml").read_text(encoding="utf-8"), settings)
    take_deprecated(schema, yaml.safe_load((chart / "files" / "deprecated.yaml").read_text(encoding="utf-8")))
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Writes the schema, or with --check says whether it is stale."""
    try:
        new = written(CHART)
    except ValuesError as error:
        print(f"helm/animatize/values.yaml: {error}")
        return 2
    path = CHART / "values.schema.json"
    if path.exists() and path.read_text(encoding="utf-8") == new:
        return 0
    if "--check" in arguments:
        print("helm/animatize/values.schema.json is not current: run `make chart`")
        return 1
    path.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
