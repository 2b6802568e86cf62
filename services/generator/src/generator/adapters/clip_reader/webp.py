"""Animated WebP, read with OpenCV: FFmpeg cannot."""

from typing import Final

import cv2
import numpy as np

from film.stills import Limits, StillError, read_header
from generator.adapters.clip_reader import bounds
from generator.adapters.clip_reader.bounds import ACCEPTED
from generator.adapters.clip_reader.samples import Luma, Wish, clip_of
from generator.core.errors import ClipError
from generator.core.ports import Clip

BATCH_BYTES: Final = 64 << 20
"""OpenCV decodes whole batches of frames; this much at a time, four bytes a pixel."""

_WHOLE_MS: Final = 100
"""A frame without a duration of its own is shown this long, as browsers do."""


def read(content: bytes, wish: Wish) -> Clip:
    """The clip. Raises ClipError, cv2.error."""
    try:
        limits = Limits(max_bytes=max(1, len(content)), max_pixels=bounds.MOST_PIXELS, max_side_px=bounds.MOST_SIDE_PX)
        header = read_header(content, limits=limits)
    except StillError as error:
        raise ClipError(found=error.found, accepted=error.accepted) from error
    count = header.frames
    bounds.check_count(count)
    bounds.check_size(header.width_px, header.height_px)
    shown_ms = _durations(content)
    fps = 1000 * len(shown_ms) / sum(shown_ms)
    # Kept are the wanted frames alone: thousands may come from a file of a few kilobytes.
    wanted = frozenset(wish.sampling(len(shown_ms), fps))
    batch = max(1, BATCH_BYTES // (4 * header.width_px * header.height_px))
    samples: list[Luma] = []
    seen = 0
    for first in range(0, count, batch):
        wish.check()
        # One row: OpenCV's WebP reader takes no column.
        file = np.frombuffer(content, np.uint8).reshape(1, -1)
        whole, animation = cv2.imdecodeanimation(file, start=first, count=batch)
        if not whole:
            raise ClipError(found="a damaged clip", accepted=ACCEPTED)
        for frame in animation.frames:
            if seen in wanted:
                samples.append(wish.small(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(np.uint8)))
            seen += 1
    size = (header.width_px, header.height_px)
    return clip_of(samples, seen, fps=fps, size=size, container="webp", codec="webp")


def _durations(content: bytes) -> list[int]:
    """How long each frame is shown, in milliseconds, from the ANMF chunks of the WebP container specification."""
    shown = []
    at = 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if content[at : at + 4] == b"ANMF":
            # After place and size, three bytes each, comes the duration.
            shown.append(int.from_bytes(content[at + 20 : at + 23], "little") or _WHOLE_MS)
        # Chunks lie at even places.
        at += 8 + size + size % 2
    return shown or [_WHOLE_MS]
