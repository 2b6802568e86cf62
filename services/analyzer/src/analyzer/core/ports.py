"""What core needs from outside, in its own words."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from analyzer.core.analysis import SceneAnalysis
from analyzer.core.arrays import Mask, Pixels


class Watch(Protocol):
    """One piece of work under watch; safe to use from several threads."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Times the block under one of the pipeline's stage names."""

    def progress(self, fraction: float) -> None:
        """Reports how much of the current stage is done, 0..1."""

    def cancelled(self) -> bool:
        """Whether the result is no longer wanted."""


@dataclass(frozen=True, slots=True)
class FaceFind:
    """A rectangle in pixels that one detector takes for a face, and the detector's own weight for it."""

    left: float
    top: float
    width: float
    height: float
    weight: float


class FaceDetectors(Protocol):
    """Independent face detectors; safe to use from several threads."""

    def find(self, grey: Mask, *, least_px: float, most_px: float) -> Sequence[Sequence[FaceFind]]:
        """For each detector, the faces it finds.

        grey: (H, W) uint8 luminance, a part of a still; least_px, most_px: smallest and largest side of a face.
        """


@dataclass(frozen=True, slots=True)
class PersonSight:
    """A rectangle in pixels that a detector takes for a standing person, and the detector's own weight for it."""

    left: float
    top: float
    width: float
    height: float
    weight: float


class PeopleDetector(Protocol):
    """A detector of standing people; safe to use from several threads."""

    def find(self, grey: Mask) -> Sequence[PersonSight]:
        """What it takes for people. grey: (H, W) uint8 luminance of a whole still."""


class Drawer(Protocol):
    """Draws what was seen; safe to use from several threads."""

    def draw(self, pixels: Pixels, analysis: SceneAnalysis, *, size_px: int, watch: Watch) -> bytes:
        """A PNG file whose longer side is size_px; the same input gives the same bytes.

        pixels: (H, W, 3) uint8 BGR, the still. analysis: with the maps that are to be shown. Raises Cancelled.
        """
