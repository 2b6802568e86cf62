"""Clips made from truth, each with a defect of known size, to prove that it is found and measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Clip = list[Picture]

RATE: Final = 24
X264: Final[Mapping[str, str]] = MappingProxyType({"crf": "18", "preset": "superfast"})
BLOCKY: Final[Mapping[str, str]] = MappingProxyType({"qmin": "28", "qmax": "31", "b": "50000"})
"""For MPEG-4 Visual, which has no filter over the borders of its blocks."""

_BT709: Final = 1
_LIMITED: Final = 1


def panned(still: Picture, size: tuple[int, int], count: int, *, step_px: float) -> Clip:
    """A camera that goes to the right over the still, in its own scale, step_px a frame. size: (width, height)."""
    top = (still.shape[0] - size[1]) / 2
    frames = []
    for index in range(count):
        matrix = np.array([[1, 0, index * step_px], [0, 1, top]], np.float32)
        how = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
        frames.append(cv2.warpAffine(still, matrix, size, flags=how, borderMode=cv2.BORDER_REFLECT).astype(np.uint8))
    return frames


def gained(frames: Clip, gains: Sequence[float]) -> Clip:
    """Each frame brighter by its gain."""
    return [_times(frame, gain) for frame, gain in zip(frames, gains, strict=True)]


def gained_at(frames: Clip, gains: Sequence[float], place: tuple[int, int], radius: int) -> Clip:
    """A disc of each frame brighter by its gain, with a soft edge."""
    disc = np.zeros(frames[0].shape[:2], np.float32)
    cv2.circle(disc, place, radius, 1.0, cv2.FILLED)
    soft = cv2.GaussianBlur(disc, (0, 0), radius / 8)[..., None]
    return [
        np.clip(frame * (1 + (gain - 1) * soft), 0, 255).astype(np.uint8)
        for frame, gain in zip(frames, gains, strict=True)
    ]


def pulse(count: int, amplitude: float, hertz: float) -> list[float]:
    """Gains that swing around 1."""
    return [1 + amplitude * float(np.sin(2 * np.pi * hertz * index / RATE)) for index in range(count)]


def blurred(frames: Clip, most_px: float) -> Clip:
    """Blur that grows from none to a Gaussian of most_px."""
    last = len(frames) - 1
    return [
        cv2.GaussianBlur(frame, (0, 0), most_px * k / last).astype(np.uint8) if k else frame
        for k, frame in enumerate(frames)
    ]


def frozen(frames: Clip, first: int, count: int) -> Clip:
    """Frame `first` shown for `count` frames; what follows comes so much later."""
    return [*frames[:first], *[frames[first]] * count, *frames[first + 1 :]][: len(frames)]


def doubled(frames: Clip) -> Clip:
    """Every second frame repeats the one before."""
    return [frames[index // 2 * 2] for index in range(len(frames))]


def blackened(frames: Clip, black: Sequence[int]) -> Clip:
    """Some frames black."""
    return [np.zeros_like(frame) if index in black else frame for index, frame in enumerate(frames)]


def mixed(before: Clip, after: Clip, first: int, count: int) -> Clip:
    """One clip dissolves into another from frame `first` on, over `count` frames."""
    shares = np.clip((np.arange(len(before)) - first) / count, 0, 1)
    return [
        cv2.addWeighted(one, 1 - share, two, share, 0).astype(np.uint8)
        for one, two, share in zip(before, after, shares.tolist(), strict=True)
    ]


def each(frames: Clip, change: Callable[[Picture], Any]) -> Clip:
    """Every frame changed alike."""
    return [np.ascontiguousarray(change(frame), np.uint8) for frame in frames]


def turned_hue(picture: Picture, degrees: float) -> Picture:
    """Every hue turned."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV).astype(np.int16)
    hsv[..., 0] = (hsv[..., 0] + round(degrees / 2)) % 180
    return cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2BGR).astype(np.uint8)


def write(
    path: Path,
    frames: Iterable[Picture],
    *,
    codec: str = "libx264",
    options: Mapping[str, str] = X264,
    times_ms: Sequence[int] | None = None,
    index_first: bool = False,
) -> Path:
    """The frames as a file that declares BT.709 in limited range; gives its path."""
    layout = {"movflags": "+faststart"} if index_first else {}
    with av.open(str(path), "w", options=layout) as file:
        stream: Any = None
        for index, frame in enumerate(frames):
            if stream is None:
                stream = file.add_stream(codec, rate=RATE, options=dict(options))
                stream.height, stream.width = frame.shape[:2]
                stream.pix_fmt = "yuv420p"
                context = stream.codec_context
                context.thread_count = 1
                context.color_range, context.colorspace = _LIMITED, _BT709
                context.color_primaries = context.color_trc = _BT709
                if times_ms is not None:
                    stream.time_base = context.time_base = Fraction(1, 1000)
            picture = VideoFrame.from_ndarray(frame, format="bgr24").reformat(
                format="yuv420p", src_colorspace="ITU709", dst_colorspace="ITU709", dst_color_range="MPEG"
            )
            picture.colorspace, picture.color_range = _BT709, _LIMITED
            if times_ms is not None:
                picture.pts, picture.time_base = times_ms[index], Fraction(1, 1000)
            file.mux(stream.encode(picture))
        if stream is not None:
            file.mux(stream.encode(None))
    return path


def uneven_times(count: int, *, late_ms: int, every: int) -> list[int]:
    """Times in milliseconds of which every so many come late."""
    times = [round(1000 * index / RATE) + (late_ms if index % every == every - 1 else 0) for index in range(count)]
    if any(after <= before for before, after in pairwise(times)):
        raise ValueError("a frame would come before the one before it")
    return times


def _times(frame: Picture, gain: float) -> Picture:
    brighter: Picture = np.clip(np.rint(frame * gain), 0, 255).astype(np.uint8)
    return brighter
