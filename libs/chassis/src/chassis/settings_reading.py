"""How settings come in: the model's defaults, over them a file, over them the environment.

An unknown name is an error that says which known name is nearest: a misspelt setting that is silently ignored is the
one that costs a night.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

#: The name, after the prefix, of the variable that holds the path of the settings file.
CONFIG_FILE: Final = "CONFIG_FILE"

#: The standard name of the collector's address; it fills `otlp_endpoint` when nothing else does.
OTLP_VARIABLE: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"

S = TypeVar("S", bound=BaseModel)


class SettingsError(Exception):
    """The settings cannot be used; the text says which name is wrong and what would be right."""


def load(model: type[S], *, prefix: str, environ: Mapping[str, str] | None = None) -> S:
    """The settings of a service: the model's defaults, over them the file, over them the environment.

    The file is YAML, a mapping of field names, named by `<prefix>CONFIG_FILE`. A variable is `<prefix><FIELD>`; an
    empty one counts as not set. Lists and mappings are written as YAML (JSON is YAML).

    Raises SettingsError for a name that is not a setting, a value that does not fit, or a file that cannot be read.
    """
    # The one place where the environment is read.
    variables = os.environ if environ is None else environ  # noqa: TID251
    known = {f"{prefix}{name.upper()}": name for name in model.model_fields}
    given = {name: value for name, value in variables.items() if name.startswith(prefix) and value}
    file = given.pop(f"{prefix}{CONFIG_FILE}", None)
    values = {} if file is None else _read_file(Path(file), fields=model.model_fields)
    for name, text in given.items():
        if name not in known:
            raise SettingsError(_unknown(name, known=[*known, f"{prefix}{CONFIG_FILE}"], place="environment"))
        values[known[name]] = _parse(name, text, model.model_fields[known[name]])
    if "otlp_endpoint" in model.model_fields and not values.get("otlp_endpoint") and variables.get(OTLP_VARIABLE):
        values["otlp_endpoint"] = variables[OTLP_VARIABLE]
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_sentences(error, prefix=prefix)) from None


def _read_file(path: Path, *, fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the settings file {path} cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        # Where it is, not what: the line may hold a password.
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f", line {mark.line + 1}, column {mark.column + 1}"
        raise SettingsError(f"the settings file {path} is not YAML{where}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError(f"the settings file {path} must hold a mapping of names to values")
    for name in content:
        if name not in fields:
            raise SettingsError(_unknown(str(name), known=fields, place=str(path)))
    return content


def _unknown(name: str, *, known: Iterable[str], place: str) -> str:
    # A cutoff of zero always finds something: the nearest name is a better hint than none.
    nearest = difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)
    return f"{name} ({place}) is not a setting; the nearest is {nearest[0]}"


def _parse(name: str, text: str, field: FieldInfo) -> Any:
    if not _is_collection(field.annotation):
        return text
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SettingsError(f"{name} holds neither a YAML list nor a mapping") from error


def _is_collection(annotation: Any) -> bool:
    if get_origin(annotation) in (list, tuple, set, frozenset, dict):
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return any(_is_collection(part) for part in get_args(annotation) if not isinstance(part, str))


def _sentences(error: ValidationError, *, prefix: str) -> str:
    # Values stay out of the text: one of them may be a password.
    lines = []
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        where = ".".join(str(part) for part in problem["loc"])
        lines.append(f"{prefix}{where.upper()}: {problem['msg']}" if where else problem["msg"])
    return "; ".join(lines)
