"""The settings of a model as a Markdown table, for READMEs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from chassis.settings_reading import CONFIG_FILE


def describe(model: type[BaseModel], *, prefix: str) -> str:
    """A Markdown table of all settings: variable, type, default, meaning. Ends with a newline; the same every time."""
    rows = ["| Variable | Type | Default | What it is |", "|---|---|---|---|"]
    rows += [
        f"| `{prefix}{name.upper()}` | {_type_text(field.annotation)} | {_default_text(field)} | {_cell(field)} |"
        for name, field in model.model_fields.items()
    ]
    rows.append(f"| `{prefix}{CONFIG_FILE}` | path | none | YAML file with the same names in lower case, no prefix. |")
    return "\n".join(rows) + "\n"


def _type_text(annotation: Any) -> str:
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in arguments)
    if arguments and type(None) in arguments:
        return " or ".join(_type_text(part) for part in arguments if part is not type(None))
    names: Mapping[Any, str] = {str: "text", int: "integer", float: "number", bool: "true/false", Path: "path"}
    return names.get(annotation) or str(getattr(annotation, "__name__", annotation)).replace("|", "\\|")


def _default_text(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "default_text" in extra:
        return str(extra["default_text"])
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None:
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _cell(field: FieldInfo) -> str:
    return (field.description or "").replace("|", "\\|")
