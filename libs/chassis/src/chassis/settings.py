"""What every service can be told from outside, read once: a file, then the environment.

A service extends `ServiceSettings` with its own fields and calls `load` with its prefix. The result is frozen.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from chassis.settings_reading import CONFIG_FILE, OTLP_VARIABLE, SettingsError, load
from chassis.settings_table import describe

__all__ = ["CONFIG_FILE", "OTLP_VARIABLE", "ServiceSettings", "SettingsError", "TlsFiles", "describe", "load"]

#: `http(s)://host:port` or `host:port`; a host is a name, an IPv4 address, or an IPv6 address in brackets.
_ENDPOINT: Final = re.compile(r"(https?://)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}/?")


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

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    host: str = Field(
        default="127.0.0.1", description="Address to listen on; 0.0.0.0 for all of IPv4, :: for all of IPv6 and IPv4."
    )
    port: int = Field(default=0, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    health_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Second port that speaks plain text and answers health checks only; for probes that cannot show a "
        "certificate. Absent means none.",
    )
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
        description="OTLP/gRPC collector, `http(s)://host:port` or `host:port`; absent means no export. "
        f"{OTLP_VARIABLE} works too.",
    )
    otlp_headers_file: Path | None = Field(
        default=None, description="File of lines `name=value` that go with every export, such as a key; read at start."
    )
    tls_certificate: Path | None = Field(
        default=None, description="Server certificate chain, PEM; absent means no TLS."
    )
    tls_key: Path | None = Field(default=None, description="Private key of the certificate, PEM.")
    tls_authorities: Path | None = Field(
        default=None, description="Roots of client certificates, PEM; read again on change."
    )
    tls_require_client: bool = Field(default=False, description="Whether clients must show a certificate (mutual TLS).")
    connection_age_s: float = Field(
        default=60.0,
        ge=0,
        le=604_800,
        description="Seconds, at least 1, after which a connection ends when its calls do, so that callers find new "
        "replicas; 0 means never. Raise it where a service mesh spreads the calls.",
    )
    workers: int = Field(
        default_factory=_default_workers,
        ge=1,
        le=256,
        description="Threads for heavy work.",
        json_schema_extra={"default_text": "CPUs, at most 4"},
    )
    max_running: int = Field(default=8, ge=1, description="Calls served at the same time.")
    max_running_bytes: int = Field(
        default=256 << 20,
        ge=1,
        description="Bytes of requests served at the same time, and of those that wait. A larger one is served alone.",
    )
    max_waiting: int = Field(default=32, ge=0, description="Calls that may wait for a place; more are refused at once.")
    drain_pause_s: float = Field(
        default=1.0, ge=0, description="Seconds between saying NOT_SERVING and closing, for callers to turn away."
    )
    grace_s: float = Field(default=30.0, ge=0, description="Seconds that running calls get to finish at the end.")
    max_message_bytes: int = Field(
        default=24 << 20, ge=4096, description="Largest message in bytes, in and out; both ends of a call must agree."
    )
    # Kept out of representations: it may hold a password.
    redis_url: str | None = Field(
        default=None,
        repr=False,
        pattern=r"^(redis|rediss)://[^\s/]+(/\d*)?$",
        description="`redis://host:port/db` of the shared cache, `rediss` for TLS, several `host:port` with commas for "
        "sentinels or a cluster; may hold `user:password@`. Absent means none.",
    )
    redis_url_file: Path | None = Field(
        default=None, description="File that holds the URL instead of `redis_url`; read at start."
    )
    redis_mode: Literal["standalone", "sentinel", "cluster"] = Field(
        default="standalone", description="What the URL leads to: one server, sentinels that know it, or a cluster."
    )
    redis_username: str | None = Field(default=None, description="User of the password in `redis_password_file`.")
    redis_password_file: Path | None = Field(
        default=None,
        description="File that holds the password, instead of one in the URL; read again for every connection. "
        "Sentinels are shown the same password, as user `default`.",
    )
    redis_sentinel_master: str = Field(
        default="mymaster", min_length=1, description="Name by which the sentinels know the server."
    )
    redis_tls_authorities: Path | None = Field(
        default=None, description="Roots of Redis' certificate for `rediss`, PEM; absent means the system's."
    )
    cache_entries: int = Field(default=512, ge=0, description="Most results kept in memory.")
    cache_bytes: int = Field(default=64 << 20, ge=0, description="Most bytes of results kept in memory.")
    cache_ttl_s: float = Field(default=3600, gt=0, description="Seconds that a kept result stays good.")

    @field_validator("otlp_endpoint")
    @classmethod
    def _is_endpoint(cls, value: str | None) -> str | None:
        if value is not None and not _ENDPOINT.fullmatch(value):
            raise ValueError("the collector's address is written http://host:port, https://host:port or host:port")
        return value

    @field_validator("connection_age_s")
    @classmethod
    def _is_age(cls, value: float) -> float:
        if 0 < value < 1:
            raise ValueError("a connection lives for at least 1 s; 0 means that it never ends")
        return value

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key come together")
        if self.tls_require_client and (self.tls_authorities is None or self.tls_certificate is None):
            raise ValueError("tls_require_client needs tls_certificate, tls_key and tls_authorities")
        return self

    @model_validator(mode="after")
    def _redis_is_whole(self) -> Self:
        if self.redis_url is not None and self.redis_url_file is not None:
            raise ValueError("redis_url and redis_url_file say the same thing; set one of them")
        about = ("redis_username", "redis_password_file", "redis_tls_authorities")
        said = [name for name in about if getattr(self, name) is not None]
        if said and self.redis_url is None and self.redis_url_file is None:
            raise ValueError(f"{said[0]} needs redis_url or redis_url_file")
        if self.redis_username is not None and self.redis_password_file is None:
            raise ValueError("redis_username needs redis_password_file")
        return self

    @property
    def tls(self) -> TlsFiles | None:
        """The server's PEM files, or None when it speaks plain text."""
        if self.tls_certificate is None:
            return None
        return TlsFiles(certificate=self.tls_certificate, key=self.tls_key, authorities=self.tls_authorities)
