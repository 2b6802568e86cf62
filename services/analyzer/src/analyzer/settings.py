"""Every setting of the analyzer: type, unit, default and what it is for."""

from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from chassis.settings import ServiceSettings, load

PREFIX: Final = "ANIMATIZE_ANALYZER_"
"""What every environment variable of the analyzer begins with."""

Scaling = Literal["imagenet", "unit", "signed", "bytes"]
_TASKS: Final = ("depth", "detection", "segmentation")
_DIGEST: Final = "^[0-9a-fA-F]{64}$"


class Settings(ServiceSettings):
    """What the analyzer can be told."""

    port: int = Field(default=50051, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    worker_processes: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Processes that work on stills, one still each, some 90 MiB of memory each and 160 MiB more while "
        "it decodes; one for each core is fastest. 0: the threads of `workers` and `stage_workers` do it, in one "
        "process. Not on Windows.",
    )
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
    detect_people: bool = Field(
        default=False,
        description="Whether OpenCV's detector of standing people is asked too; weak evidence for some 7 ms a still.",
    )
    depth_model: str | None = Field(
        default=None,
        min_length=1,
        description="ONNX model that tells depth: a path, or a `file:` or `https:` address; absent means the built-in "
        "cues. An address needs `animatize-analyzer[models]`.",
    )
    depth_model_sha256: str | None = Field(default=None, pattern=_DIGEST, description="SHA-256 of its file; required.")
    depth_model_scaling: Scaling = Field(
        default="imagenet", description="How it wants its pixels: `imagenet`, `unit` (0..1), `signed` or `bytes`."
    )
    depth_model_meaning: Literal["disparity", "distance"] = Field(
        default="disparity", description="Whether its larger figures are nearer (`disparity`) or farther (`distance`)."
    )
    detection_model: str | None = Field(
        default=None, min_length=1, description="ONNX model that finds people, animals, vehicles and things."
    )
    detection_model_sha256: str | None = Field(
        default=None, pattern=_DIGEST, description="SHA-256 of its file; required."
    )
    detection_model_scaling: Scaling = Field(default="unit", description="How it wants its pixels.")
    segmentation_model: str | None = Field(
        default=None,
        min_length=1,
        description='ONNX model that tells materials; its metadata "names" lists its classes.',
    )
    segmentation_model_sha256: str | None = Field(
        default=None, pattern=_DIGEST, description="SHA-256 of its file; required."
    )
    segmentation_model_scaling: Scaling = Field(default="imagenet", description="How it wants its pixels.")
    models_size_px: int = Field(
        default=512, ge=64, le=2048, description="Side of the picture for models that take any size, in pixels."
    )
    models_threads: int = Field(default=1, ge=1, le=64, description="Threads of one model in one call.")
    models_folder: Path | None = Field(
        default=None,
        description="Where models from an address are kept, by their digest; absent means `animatize-models` in the "
        "system's temporary folder.",
    )
    models_max_bytes: int = Field(default=512 << 20, ge=1, description="Largest model file in bytes.")
    models_timeout_s: float = Field(default=30.0, gt=0, description="Longest wait for a model's server, in seconds.")

    @model_validator(mode="after")
    def _models_have_digests(self) -> Self:
        for task in self.models_named:
            if not getattr(self, f"{task}_model_sha256"):
                raise ValueError(f"{task}_model needs {task}_model_sha256, so that only the file that you mean is used")
        return self

    @property
    def models_named(self) -> tuple[str, ...]:
        """The tasks for which a model is given."""
        return tuple(task for task in _TASKS if getattr(self, f"{task}_model"))


def read() -> Settings:
    """The settings from file and environment. Raises SettingsError."""
    return load(Settings, prefix=PREFIX)
