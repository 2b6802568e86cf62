"""What the command can be told by the environment, so that it need not be said on every line."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis.settings import TlsFiles, load

#: What all variables of the command begin with.
PREFIX = "ANIMATIZE_CLI_"


class Settings(BaseModel):
    """The settings of the command; an option on the line goes before them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gateway: str = Field("127.0.0.1:50050", description="Address of the gateway, `host:port`.")
    tls: bool = Field(False, description="Whether the gateway is called with TLS.")
    tls_authorities: Path | None = Field(None, description="Roots of its certificate, PEM; absent means the system's.")
    tls_certificate: Path | None = Field(None, description="Own certificate, where the gateway asks for one, PEM.")
    tls_key: Path | None = Field(None, description="Private key of that certificate, PEM.")

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key come together")
        if not self.tls and (self.tls_certificate or self.tls_authorities):
            raise ValueError("the files for TLS need tls")
        return self

    @property
    def tls_files(self) -> TlsFiles | None:
        """The PEM files of this end, or None for plain text."""
        if not self.tls:
            return None
        return TlsFiles(certificate=self.tls_certificate, key=self.tls_key, authorities=self.tls_authorities)


def read() -> Settings:
    """The settings from file and environment. Raises SettingsError."""
    return load(Settings, prefix=PREFIX)
