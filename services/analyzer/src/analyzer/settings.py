"""Every setting of the analyzer: type, unit, default and what it is for."""

from typing import Final

from pydantic import Field

from chassis.settings import ServiceSettings, load

PREFIX: Final = "ANIMATIZE_ANALYZER_"
"""What every environment variable of the analyzer begins with."""


class Settings(ServiceSettings):
    """What the analyzer can be told."""

    port: int = Field(default=50051, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    stage_workers: int = Field(
        default=2, ge=0, le=64, description="Threads, shared by all calls, for steps side by side; 0 runs them in turn."
    )
    max_decoding: int = Field(
        default=1, ge=1, description="Stills decoded at the same time; each may take up to 160 MiB while it is decoded."
    )
    max_stream_running: int = Field(
        default=2, ge=1, description="Stills of one AnalyzeImages stream that are worked on at the same time."
    )
    max_still_bytes: int = Field(default=20 << 20, ge=1, description="Largest still file in bytes.")
    max_still_pixels: int = Field(default=50_000_000, ge=1, description="Most pixels of a still; more are refused.")


def read() -> Settings:
    """The settings from file and environment. Raises SettingsError."""
    return load(Settings, prefix=PREFIX)
