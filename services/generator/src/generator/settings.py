"""Every setting of the generator: type, unit, default and what it is for."""

from typing import Literal

from pydantic import Field

from chassis.settings import ServiceSettings, load

PREFIX = "ANIMATIZE_GENERATOR_"
"""What every environment variable of the generator begins with."""


class Settings(ServiceSettings):
    """What the generator can be told."""

    port: int = Field(default=50054, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    max_running: int = Field(
        default=4,
        ge=1,
        description="Calls served at the same time; those whose memory is not free yet wait among them.",
    )
    max_work_mib: int = Field(
        default=1152,
        ge=64,
        description="MiB of memory that the work of all calls may take together, beside some 200 of the service "
        "itself. A call takes about 120 at 720p and 700 to 1,100 at 2160p, and waits while that is not free; one that "
        "needs more than all is refused.",
    )
    max_waiting: int = Field(default=16, ge=0, description="Calls that may wait for a place; more are refused at once.")
    least_call_s: float = Field(
        default=2.0, ge=0, description="Seconds that a Generate call must at least have left, or it is refused at once."
    )
    max_clip_bytes: int = Field(
        default=256 << 20, ge=4096, description="Largest clip in bytes that is made for delivery in chunks."
    )
    codec_policy: Literal["any", "permissive"] = Field(
        default="any",
        description="Which encoders may be used: any, or none under the GPL. With permissive, H.264 is refused, and a "
        "request without a format gets AV1.",
    )
    max_still_bytes: int = Field(default=20 << 20, ge=1, description="Largest still file in bytes.")
    max_still_pixels: int = Field(default=50_000_000, ge=1, description="Most pixels of a still; more are refused.")


def read() -> Settings:
    """The settings from file and environment. Raises SettingsError."""
    return load(Settings, prefix=PREFIX)
