"""What the generator gives back, as plain values."""

from dataclasses import dataclass

from generator.core.motion_check import Verdict
from generator.core.order import CameraMove, EnvironmentMotion

LOCAL_MODEL = "local/renderer"
"""The name of our own renderer among the models."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipFacts:
    """What is in a clip's file."""

    width_px: int
    height_px: int
    fps: float
    frames: int
    duration_s: float
    container: str
    codec: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Artifact:
    """A clip's or a picture's file. name: made from its hash. sha256: 64 hex digits of `content`."""

    name: str
    mime_type: str
    content: bytes
    sha256: str
    facts: ClipFacts


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """The movement as it was made.

    asked_amplitude, amplitude: in the movement's unit, before and after reductions. environment: what moves by itself.
    """

    asked: CameraMove
    asked_amplitude: float
    amplitude: float
    cover_zoom: float
    layers: int
    relief: float
    reduced_because: str
    environment: tuple[EnvironmentMotion, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the work. abstained_because: why it gave nothing, "" when it did."""

    name: str
    duration_s: float
    abstained_because: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """A finished clip with all that is known of it.

    attempt_id: names the attempt that made it. poster: the first frame as a JPEG, None when it was not asked for.
    """

    artifact: Artifact
    verdict: Verdict
    delivered: Delivered
    attempt_id: str
    seed: int
    steps: tuple[Step, ...]
    took_s: float
    poster: Artifact | None = None

    @property
    def realtime_factor(self) -> float:
        """Length of the clip over the time it took to make and check it."""
        return self.artifact.facts.duration_s / max(self.took_s, 1e-6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What the camera of a clip was measured to do, with the clip's facts."""

    verdict: Verdict
    facts: ClipFacts


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyframes:
    """The first and last frame of a movement as PNG files, and the amplitude that they show."""

    first_png: bytes
    last_png: bytes
    amplitude: float
