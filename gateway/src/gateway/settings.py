"""What the gateway can be told from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from chassis.settings import ServiceSettings, TlsFiles, load

#: What all variables of the gateway begin with.
PREFIX = "ANIMATIZE_GATEWAY_"


class Settings(ServiceSettings):
    """The settings of the gateway. Times are in seconds, shares above 0 and at most 1."""

    port: int = Field(50050, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    # The gateway waits for others most of the time, so it holds more calls than a service that works.
    max_running: int = Field(64, ge=1, description="Calls served at the same time.")
    max_waiting: int = Field(128, ge=0, description="Calls that may wait for a place; more are refused at once.")

    analyzer_target: str = Field("127.0.0.1:50051", description="The analyzer, `host:port` or `dns:///name:port`.")
    predictor_target: str = Field("127.0.0.1:50052", description="The predictor, `host:port` or `dns:///name:port`.")
    expander_target: str = Field("127.0.0.1:50053", description="The expander, `host:port` or `dns:///name:port`.")
    generator_target: str = Field("127.0.0.1:50054", description="The generator, `host:port` or `dns:///name:port`.")
    services_balancing: Literal["round_robin", "pick_first"] = Field(
        "round_robin",
        description="How calls are spread over the addresses of a service: evenly, asking each for its health, or not "
        "at all, where the sidecars of a service mesh do both.",
    )
    services_tls: bool = Field(False, description="Whether the services are called with TLS.")
    services_tls_authorities: Path | None = Field(
        None, description="Roots of the services' certificates, PEM; absent means the system's. Read again on change."
    )
    services_tls_certificate: Path | None = Field(
        None, description="Own certificate towards services that ask for one, PEM."
    )
    services_tls_key: Path | None = Field(None, description="Private key of that certificate, PEM.")

    default_deadline_s: float = Field(
        300, gt=0, le=900, description="Seconds that a call has whose caller sets no deadline."
    )
    share_analyze: float = Field(
        0.5, gt=0, le=1, description="Part of the remaining time that the analysis may take; late answers are errors."
    )
    share_predict: float = Field(
        0.5, gt=0, le=1, description="Part of the remaining time that the prediction may take."
    )
    share_expand: float = Field(0.5, gt=0, le=1, description="Part of the remaining time that the prompt may take.")
    share_generate: float = Field(1.0, gt=0, le=1, description="Part of the remaining time that the clip may take.")
    floor_analyze_s: float = Field(0.05, ge=0, description="Seconds below which an analysis is not begun.")
    floor_predict_s: float = Field(0.02, ge=0, description="Seconds below which a prediction is not begun.")
    floor_expand_s: float = Field(0.02, ge=0, description="Seconds below which a prompt is not begun.")
    floor_generate_s: float = Field(0.5, ge=0, description="Seconds below which a clip is not begun.")
    batch_at_once: int = Field(
        4, ge=1, le=64, description="Stills of one AnimateImages call that are worked on at the same time."
    )

    allow_http_fetch: bool = Field(
        False, description="Whether stills may be given by http(s) address; the gateway then fetches them."
    )
    fetch_allowed_hosts: tuple[str, ...] = Field(
        (), description="The only host names that stills are fetched from; empty means every public host."
    )
    fetch_ports: tuple[int, ...] = Field((80, 443), description="The only ports that stills are fetched from.")
    fetch_max_bytes: int = Field(20 << 20, ge=1, description="Largest still that is fetched, in bytes.")

    @model_validator(mode="after")
    def _services_tls_is_whole(self) -> Self:
        if (self.services_tls_certificate is None) != (self.services_tls_key is None):
            raise ValueError("services_tls_certificate and services_tls_key come together")
        if not self.services_tls and (self.services_tls_certificate or self.services_tls_authorities):
            raise ValueError("the files for TLS towards the services need services_tls")
        return self

    @property
    def services_files(self) -> TlsFiles | None:
        """The PEM files towards the services, or None when they are called in plain text."""
        if not self.services_tls:
            return None
        return TlsFiles(
            certificate=self.services_tls_certificate,
            key=self.services_tls_key,
            authorities=self.services_tls_authorities,
        )


def read() -> Settings:
    """The settings from file and environment. Raises SettingsError."""
    return load(Settings, prefix=PREFIX)
