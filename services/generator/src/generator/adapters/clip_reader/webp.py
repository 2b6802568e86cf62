"""Animated WebP, read with OpenCV: FFmpeg cannot.

OpenCV decodes an animation from its first frame on. Where every frame is a whole picture, as in the service's own
files, those that are wanted are decoded alone instead.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from film.stills import Header, Limits, StillError, read_header
from generator.adapters.clip_reader import bounds
from generator.adapters.clip_reader.bounds import ACCEPTED
from generator.adapters.clip_reader.samples import Luma, Wish, clip_of
from generator.core.errors import ClipError
from generator.core.ports import Clip

BATCH_BYTES: Final = 64 << 20
"""OpenCV decodes whole batches of frames; this much at a time, four bytes a pixel."""

_PART_HEAD: Final = 16
"""Bytes of a frame's chunk before its picture."""

_WHOLE_MS: Final = 100
"""A frame without a duration of its own is shown this long, as browsers do."""


def read(content: bytes, wish: Wish) -> Clip:
    """The clip. Raises ClipError, cv2.error."""
    header = _header(content)
    bounds.check_count(header.frames)
    bounds.check_size(header.width_px, header.height_px)
    size = (header.width_px, header.height_px)
    parts = list(_parts(content))
    shown_ms = [part.shown_ms for part in parts] or [_WHOLE_MS]
    fps = 1000 * len(shown_ms) / sum(shown_ms)
    # Kept are the wanted frames alone: thousands may come from a file of a few kilobytes.
    wanted = frozenset(wish.sampling(len(shown_ms), fps))
    if len(parts) == header.frames and all(part.alone(size) for part in parts):
        samples = [_sample(cv2.imdecode(parts[index].file(), cv2.IMREAD_COLOR), wish) for index in sorted(wanted)]
        return clip_of(samples, len(parts), fps=fps, size=size, container="webp", codec="webp")
    samples = []
    seen = 0
    batch = max(1, BATCH_BYTES // (4 * header.width_px * header.height_px))
    for first in range(0, header.frames, batch):
        wish.check()
        # One row: OpenCV's WebP reader takes no column.
        file = np.frombuffer(content, np.uint8).reshape(1, -1)
        whole, animation = cv2.imdecodeanimation(file, start=first, count=batch)
        if not whole:
            raise ClipError(found="a damaged clip", accepted=ACCEPTED)
        for frame in animation.frames:
            if seen in wanted:
                samples.append(_sample(frame, wish))
            seen += 1
    return clip_of(samples, seen, fps=fps, size=size, container="webp", codec="webp")


def frame_px(content: bytes) -> tuple[int, int]:
    """(width, height) of the canvas. Raises ClipError."""
    header = _header(content)
    return header.width_px, header.height_px


def _header(content: bytes) -> Header:
    try:
        limits = Limits(max_bytes=max(1, len(content)), max_pixels=bounds.MOST_PIXELS, max_side_px=bounds.MOST_SIDE_PX)
        return read_header(content, limits=limits)
    except StillError as error:
        raise ClipError(found=error.found, accepted=error.accepted) from error


def _sample(frame: NDArray[Any] | None, wish: Wish) -> Luma:
    wish.check()
    if frame is None:
        raise ClipError(found="a damaged clip", accepted=ACCEPTED)
    return wish.small(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(np.uint8))


class _Part(NamedTuple):
    """One frame of the file, the payload of an ANMF chunk of the WebP container specification."""

    content: memoryview

    @property
    def shown_ms(self) -> int:
        """How long it is shown: after place and size, three bytes each, comes the duration."""
        return int.from_bytes(self.content[12:15], "little") or _WHOLE_MS

    def alone(self, size: tuple[int, int]) -> bool:
        """Whether it hides all of a canvas of this size, (width, height), whatever was there: lossy, without alpha."""
        place = [int.from_bytes(self.content[at : at + 3], "little") for at in (0, 3, 6, 9)]
        return place == [0, 0, size[0] - 1, size[1] - 1] and bytes(self.content[_PART_HEAD : _PART_HEAD + 4]) == b"VP8 "

    def file(self) -> NDArray[np.uint8]:
        """It as a file of its own."""
        picture = self.content[_PART_HEAD:]
        whole = b"".join((b"RIFF", (4 + len(picture)).to_bytes(4, "little"), b"WEBP", picture))
        return np.frombuffer(whole, np.uint8)


def _parts(content: bytes) -> Iterator[_Part]:
    at = 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if content[at : at + 4] == b"ANMF":
            yield _Part(memoryview(content)[at + 8 : at + 8 + size])
        # Chunks lie at even places.
        at += 8 + size + size % 2
