"""A clip's frames one after another: luma in full size, all planes small; never more than one of them in full size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from evaluation.clips.colour import WEIGHTS
from evaluation.clips.source import Facts, opened

SMALL_PX: Final = 320
"""Long side of small frames: wide enough for flow to a twentieth of a percent of the frame, and quick."""

_PLANAR: Final = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"})
_LIMITED: Final = np.clip(np.rint((np.arange(256) - 16) * (255 / 219)), 0, 255).astype(np.uint8)

Luma = NDArray[np.uint8]
Small = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame. luma: (H, W) uint8 in full range. small: (h, w, 3) float32, luma 0 to 255, Cb and Cr around 0."""

    index: int
    time_s: float | None
    luma: Luma
    small: Small
    whole: bool


def small_size(width_px: int, height_px: int) -> tuple[int, int]:
    """(width, height) of small frames."""
    scale = min(1.0, SMALL_PX / max(width_px, height_px))
    return max(8, round(width_px * scale)), max(8, round(height_px * scale))


def frames(path: Path, facts: Facts, matrix: str) -> Iterator[Frame]:
    """The frames in the order in which they are shown, up to the first that cannot be decoded.

    matrix: with which a picture in RGB is turned into luma; that of a video in YUV stays as it is.
    """
    size = small_size(facts.width_px, facts.height_px)
    with opened(path) as (container, stream):
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = 2
        try:
            for index, frame in enumerate(container.decode(stream)):
                if (frame.width, frame.height) != (facts.width_px, facts.height_px):
                    return
                luma, cb, cr = _planes(frame, full=facts.colour_range == "full", matrix=matrix)
                small = [
                    _shrunk(luma, size),
                    *(_shrunk(plane, size, shift=-128, stretch=stretch) for plane, stretch in (cb, cr)),
                ]
                time_s = None if frame.pts is None or frame.time_base is None else float(frame.pts * frame.time_base)
                yield Frame(index, time_s, luma, cv2.merge(small).astype(np.float32), not frame.is_corrupt)
        except (av.FFmpegError, ValueError):
            return


Chroma = tuple[NDArray[np.uint8], float]


def _planes(frame: VideoFrame, *, full: bool, matrix: str) -> tuple[Luma, Chroma, Chroma]:
    """Luma in full range, and both planes of chroma with what stretches them to full range."""
    name = frame.format.name
    if frame.format.is_rgb or "pal8" in name or "gbr" in name:
        return _from_rgb(frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False), matrix)
    if name in ("gray", "gray8"):
        grey = np.full((1, 1), 128, np.uint8)
        return np.array(_plane(frame, 0)), (grey, 1.0), (grey, 1.0)
    if name not in _PLANAR:
        # Deeper than 8 bits, or packed: the planes alone, no other matrix.
        frame = frame.reformat(format="yuv444p")
    full = full or name.startswith("yuvj")
    luma = _plane(frame, 0)
    luma = np.array(luma) if full else cv2.LUT(luma, _LIMITED).astype(np.uint8, copy=False)
    stretch = 1.0 if full else 255 / 224
    return luma, (_plane(frame, 1), stretch), (_plane(frame, 2), stretch)


def _from_rgb(bgr: NDArray[np.uint8], matrix: str) -> tuple[Luma, Chroma, Chroma]:
    red, blue = WEIGHTS[matrix]
    green = 1 - red - blue
    rows = np.array(
        [
            [blue, green, red],
            [0.5, -0.5 * green / (1 - blue), -0.5 * red / (1 - blue)],
            [-0.5 * blue / (1 - red), -0.5 * green / (1 - red), 0.5],
        ]
    )
    found = cv2.transform(bgr, np.hstack([rows, [[0.0], [128.0], [128.0]]]))
    luma, cb, cr = (np.ascontiguousarray(found[..., k]).astype(np.uint8, copy=False) for k in range(3))
    return luma, (cb, 1.0), (cr, 1.0)


def _plane(frame: VideoFrame, which: int) -> NDArray[np.uint8]:
    plane = frame.planes[which]
    rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _shrunk(plane: NDArray[np.uint8], size: tuple[int, int], *, shift: float = 0.0, stretch: float = 1.0) -> Small:
    # Averaged in floating point: the whole numbers of 8 bits would hide a flicker of half a level.
    how = cv2.INTER_AREA if plane.shape[1] >= size[0] else cv2.INTER_LINEAR
    small = cv2.resize(plane.astype(np.float32), size, interpolation=how)
    return ((small + shift) * stretch).astype(np.float32)
