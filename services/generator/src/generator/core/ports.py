"""What the core needs from outside, in its own words."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from generator.core.order import ClipFormat, Preset
from generator.core.provenance import Provenance
from generator.core.render.side_by_side import Spare


class Watch(Protocol):
    """Who looks on while work is done; safe to call from the thread that works."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """The block is one named step of the work."""
        ...

    def progress(self, fraction: float) -> None:
        """How much of the current step is done, 0..1."""
        ...

    def cancelled(self) -> bool:
        """Whether nobody wants the result any more."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class EncodeSettings:
    """The form in which frames are written.

    faststart: an MP4 or WebM in one piece with its index in front. provenance: what the file says of itself, None for
    nothing. most_bytes: of the file; the encoder stops beyond them.
    """

    width_px: int
    height_px: int
    fps: int
    preset: Preset
    format: ClipFormat = ClipFormat.MP4_H264
    faststart: bool = False
    provenance: Provenance | None = None
    most_bytes: int = 1 << 31


class Encoder(Protocol):
    """Writes frames into a clip's file."""

    def encode(
        self,
        frames: Iterator[NDArray[np.uint8]],
        settings: EncodeSettings,
        *,
        write: Callable[[bytes], None],
        cancelled: Callable[[], bool],
        spare: Spare | None = None,
    ) -> None:
        """Takes the frames in order and hands the file's bytes to `write`, in order, while frames still come.

        frames: (H * 3 / 2, W) uint8, planar YUV 4:2:0 (Y, then U, then V), BT.709 limited range. Each array is read
        before the next one is asked for, so one buffer may serve all. `write` may be called from another thread.
        spare: whom a thread that compresses lends itself to while it waits for a frame.
        MP4, WebM, GIF and FRAMES flow; a WebP, an AVIF and whatever is asked for with `faststart` comes when all frames
        are in, because such a file names its length or its index first. Until then its compressed frames are held, and
        with `most_bytes` of them the work ends. Raises Cancelled soon after `cancelled` turns true, ClipTooLarge beyond
        `most_bytes`, EncodingFailed when the encoder refuses. The same frames and settings give the same bytes.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Clip:
    """What was read from a clip's file."""

    samples: tuple[NDArray[np.uint8], ...]
    """The sampled frames' luma, (h, w) uint8, in order."""
    samples_per_s: float
    """Rate of the samples."""
    width_px: int
    height_px: int
    fps: float
    frames: int
    duration_s: float
    container: str
    codec: str


class ClipReader(Protocol):
    """Reads a clip's file for measuring."""

    def frame_px(self, content: bytes) -> tuple[int, int]:
        """(width, height) of the clip's frames by its header; the largest that are read where that cannot be told."""
        ...

    def read(
        self,
        content: bytes,
        *,
        width_px: int,
        sampling: Callable[[int, float], Sequence[int]],
        cancelled: Callable[[], bool],
    ) -> Clip:
        """The clip's facts and the luma of the frames that `sampling(frames, fps)` names, scaled to `width_px` wide.

        A clip that would be higher than four times that is scaled to this height instead, and is narrower.
        Raises ClipError for what is no clip or is beyond the limits, Cancelled soon after `cancelled` turns true.
        """
        ...
