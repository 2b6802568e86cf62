"""What the expander can be told from outside, read once at start."""

from typing import Final

from pydantic import Field

from chassis.settings import ServiceSettings, load

PREFIX: Final = "ANIMATIZE_EXPANDER_"
"""What every variable of the expander begins with."""


class Settings(ServiceSettings):
    """Settings of the expander. The composer needs none of its own: no key, no network."""

    port: int = Field(50053, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")


def read() -> Settings:
    """The settings from the file and the environment. Raises SettingsError."""
    return load(Settings, prefix=PREFIX)
