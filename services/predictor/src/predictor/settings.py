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
    rules_reload_s: float = Field(
        10.0,
        ge=0,
        le=86400,
        description="Seconds between looks at the folder of rules; 0 means never. Changed files replace the rules "
        "between calls; files that cannot be used are refused, and the rules before them stay.",
    )
    calibration_file: Path | None = Field(
        None,
        description="Calibration fitted on the rules in the folder; absent means the one that ships. It is used only "
        "with the very rules that it was fitted on.",
    )


def read() -> Settings:
    """The settings from the file and the environment. Raises SettingsError."""
    return load(Settings, prefix=PREFIX)
