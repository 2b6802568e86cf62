"""What every service can be told from outside, read once: a file, then the environment.

A service extends `ServiceSettings` with its own fields and calls `load` with its prefix. The result is frozen. An
unknown name is an error that says which known name is nearest: a misspelt setting that is silently ignored is the one
that costs a night.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

#: The name, after the prefix, of the variable that holds the path of the settings file.
CONFIG_FILE: Final = "CONFIG_FILE"

#: The standard name of the collector's address; it fills `otlp_endpoint` when nothing else does.
OTLP_VARIABLE: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"

S = TypeVar("S", bound=BaseModel)


class SettingsError(Exception):
    """The settings cannot be used; the text says which name is wrong and what would be right."""


class TlsFiles(BaseModel):
    """The PEM files of one end of a TLS connection; they are read again when they change.

    A server needs `certificate` and `key`. A client needs `authorities` (or the system's roots), and certificate and
    key as well when the server asks clients who they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    certificate: Path | None = Field(default=None, description="Own certificate chain, PEM.")
    key: Path | None = Field(default=None, description="Private key of the certificate, PEM.")
    authorities: Path | None = Field(
        default=None, description="Roots that the other end's certificate must lead to, PEM."
    )

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("a certificate and its key come together")
        return self


def _default_workers() -> int:
    """Threads for heavy work: the CPUs there are, at most four."""
    return min(4, os.cpu_count() or 1)


class ServiceSettings(BaseModel):
    """What every service can be told. Services add their own fields and override defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(default=0, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    metrics_port: int | None = Field(
        default=None, ge=0, le=65535, description="Port of the Prometheus endpoint; absent means none."
    )
    reflection: bool = Field(
        default=False, description="Whether callers may list the services (grpcurl); off at a public edge."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="INFO", description="The least level that is logged."
    )
    environment: str = Field(default="local", description="Name of the deployment, written into telemetry.")
    otlp_endpoint: str | None = Field(
        default=None,
        description=f"OTLP/gRPC collector, `http://host:port`; absent means no export. {OTLP_VARIABLE} works too.",
    )
    tls_certificate: Path | None = Field(
        default=None, description="Server certificate chain, PEM; absent means no TLS."
    )
    tls_key: Path | None = Field(default=None, description="Private key of the certificate, PEM.")
    tls_authorities: Path | None = Field(
        default=None, description="Roots of client certificates, PEM; read again on change."
    )
    tls_require_client: bool = Field(default=False, description="Whether clients must show a certificate (mutual TLS).")
    workers: int = Field(
        default_factory=_default_workers,
        ge=1,
        le=256,
        description="Threads for heavy work.",
        json_schema_extra={"default_text": "CPUs, at most 4"},
    )
    max_running: int = Field(default=8, ge=1, description="Calls served at the same time.")
    max_waiting: int = Field(default=32, ge=0, description="Calls that may wait for a place; more are refused at once.")
    drain_pause_s: float = Field(
        default=1.0, ge=0, description="Seconds between saying NOT_SERVING and closing, for callers to turn away."
    )
    grace_s: float = Field(default=30.0, ge=0, description="Seconds that running calls get to finish at the end.")
    max_message_bytes: int = Field(
        default=24 << 20, ge=4096, description="Largest message in bytes, in and out; both ends of a call must agree."
    )
    redis_url: str | None = Field(
        default=None,
        pattern=r"^(redis|rediss)://[^\s/]+(/\d+)?$",
        description="`redis://host:port/db` of the shared cache, `rediss` for TLS; absent means none.",
    )
    cache_entries: int = Field(default=512, ge=0, description="Most results kept in memory.")
    cache_bytes: int = Field(default=64 << 20, ge=0, description="Most bytes of results kept in memory.")
    cache_ttl_s: float = Field(default=3600, gt=0, description="Seconds that a kept result stays good.")

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key come together")
        if self.tls_require_client and (self.tls_authorities is None or self.tls_certificate is None):
            raise ValueError("tls_require_client needs tls_certificate, tls_key and tls_authorities")
        return self

    @property
    def tls(self) -> TlsFiles | None:
        """The server's PEM files, or None when it speaks plain text."""
        if self.tls_certificate is None:
            return None
        return TlsFiles(certificate=self.tls_certificate, key=self.tls_key, authorities=self.tls_authorities)


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


def describe(model: type[BaseModel], *, prefix: str) -> str:
    """A Markdown table of all settings: variable, type, default, meaning. Ends with a newline; the same every time."""
    rows = ["| Variable | Type | Default | What it is |", "|---|---|---|---|"]
    rows += [
        f"| `{prefix}{name.upper()}` | {_type_text(field.annotation)} | {_default_text(field)} | {_cell(field)} |"
        for name, field in model.model_fields.items()
    ]
    rows.append(f"| `{prefix}{CONFIG_FILE}` | path | none | YAML file with the same names in lower case, no prefix. |")
    return "\n".join(rows) + "\n"


def _read_file(path: Path, *, fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the settings file {path} cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"the settings file {path} is not YAML: {error}") from error
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
