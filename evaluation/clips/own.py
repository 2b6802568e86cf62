"""Clips of the product's own renderer, as they are delivered, for the harness to find nothing wrong with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluation.rendering.stills import photograph, shot
from film.movement import Movement
from generator.adapters.encoder import AvEncoder
from generator.core.order import ClipFormat, Output, Preset, Speed
from generator.core.ports import EncodeSettings
from generator.core.render.frames import Frames

MOVEMENTS: Final = (
    Movement.PAN_RIGHT,
    Movement.TRUCK_LEFT,
    Movement.DOLLY_IN,
    Movement.WHIP_PAN_LEFT,
    Movement.CRASH_ZOOM_IN,
    Movement.HANDHELD,
)
"""Quick ones first of all: what a camera does fast must not look like a defect."""

FORMATS: Final = (ClipFormat.MP4_H264, ClipFormat.WEBM_VP9)

_ENDINGS: Final = {ClipFormat.MP4_H264: ".mp4", ClipFormat.WEBM_VP9: ".webm"}


@dataclass(frozen=True)
class Wanted:
    """A clip to make: of which photograph, by its path without ending, with which movement, in which format."""

    photograph: str
    movement: Movement
    format: ClipFormat
    seconds: float
    short_side_px: int

    @property
    def name(self) -> str:
        """The clip's file name."""
        return f"{Path(self.photograph).name}-{self.movement}{_ENDINGS[self.format]}"


def wanted(photographs: Sequence[str], *, seconds: float, short_side_px: int, each: bool = True) -> Iterator[Wanted]:
    """All movements over photographs, each in all formats, or in one of them by turns."""
    for turn, name in enumerate(photographs):
        for at, movement in enumerate(MOVEMENTS):
            for form in FORMATS if each else (FORMATS[(turn + at) % len(FORMATS)],):
                yield Wanted(name, movement, form, seconds, short_side_px)


def make(one: Wanted, folder: Path) -> Path:
    """The clip's file in a folder, fast as its movement allows."""
    output = Output(duration_s=one.seconds, short_side_px=one.short_side_px)
    made = shot(photograph(one.photograph), one.movement, output, speed=Speed.FAST)
    profile = made.profile
    settings = EncodeSettings(
        width_px=profile.width_px,
        height_px=profile.height_px,
        fps=profile.fps,
        preset=Preset.FAST,
        format=one.format,
        faststart=True,
    )
    content = bytearray()
    frames = Frames(made).all(cancelled=lambda: False)
    AvEncoder().encode(frames, settings, write=content.extend, cancelled=lambda: False)
    path = folder / one.name
    path.write_bytes(content)
    return path
