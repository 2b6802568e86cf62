"""What core needs from outside, in its own words."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from analyzer.core.arrays import Mask


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

    left: int
    top: int
    width: int
    height: int
    weight: float


class FaceDetectors(Protocol):
    """Independent face detectors; safe to use from several threads."""

    def find(self, grey: Mask, *, least_px: int) -> Sequence[Sequence[FaceFind]]:
        """For each detector, the faces it finds. grey: (H, W) uint8 luminance; least_px: smallest side of a face."""
