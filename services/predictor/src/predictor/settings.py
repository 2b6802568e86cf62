"""What the predictor can be told from outside, read once at start."""

from pathlib import Path
from typing import Final

from pydantic import Field

from chassis.settings import ServiceSettings, load

PREFIX: Final = "ANIMATIZE_PREDICTOR_"
"""What every variable of the predictor begins with."""


class Settings(ServiceSettings):
    """Settings of the predictor."""

    port: int = Field(50052, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    rules_folder: Path | None = Field(
        None,
        description="Folder with rule packs (`*.yaml`) and `policy.yaml`; absent means the rules that ship. "
        "A rule that cannot be used stops the start with its file and line.",
    )


def read() -> Settings:
    """The settings from the file and the environment. Raises SettingsError."""
    return load(Settings, prefix=PREFIX)
