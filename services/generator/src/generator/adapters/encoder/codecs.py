"""The codecs' settings: the best points of speed against size for rendered moves, all with pinned threads.

Measured over four clips of 1280 x 720 (a push, a truck and two pans over photographs), mean CPU ms a frame, Mbit a
second at 24 frames, and dB of luma against the frames given, on one x86-64 machine with two cores:

| format | preset | settings | ms | Mbit/s | PSNR |
|---|---|---|---|---|---|
| H.264 | fast | x264 superfast, qp 22 | 3.1 | 0.82 | 44.4 |
| H.264 | quality | x264 veryfast, crf 20 | 8.8 | 1.12 | 45.5 |
| AV1 | fast | SVT preset 10, crf 32 | 12 to 15 | 0.77 | 43.2 |
| AV1 | quality | SVT preset 8, crf 30 | 21 | 0.82 | 44.3 |
| VP9 | fast | realtime, cpu-used 7, crf 30 | 12.9 | 1.55 | 43.2 |
| VP9 | quality | realtime, cpu-used 4, crf 30 | 32 | 1.12 | 43.5 |
| WebP | fast | quality 75, method 0 | 17 | 20 | 40.0 |
| WebP | quality | quality 85, method 2 | 34 | 26 | 42.4 |
| GIF | fast | weak pattern | 52 | 108 | 42.9 |
| GIF | quality | stronger pattern | 61 | 113 | 40.2 |
| FRAMES | both | PNG, zlib level 1 | 46 | 253 | 77.5 |

H.264 is from sixteen other clips: pushes, trucks, pans and hand-held cameras, four of each.

VP9's slower mode ("good") costs 50 ms for a tenth fewer bits, and its look-ahead nothing but time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from generator.core.order import ClipFormat, Preset

_TWO: Final = MappingProxyType({Preset.FAST: 2, Preset.QUALITY: 2})
_BESIDE: Final = MappingProxyType({Preset.FAST: 1, Preset.QUALITY: 2})
"""Compressing fast, x264 takes about as long for a frame as the thread that makes it, from 720 to 2160 lines. A second
thread of its own only gets in the way there: on two cores clips of 720 and 1080 lines took 2 to 12 per cent longer with
it. At the better quality it takes over twice as long as the other, and shares that with a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Codec:
    """One codec in its container.

    streamed, whole: the container's options for a file that flows, None where there is none, and for one that does not.
    threads: pinned, because x264's bytes change with their number, and the same request must give the same file.
    """

    name: str
    container: str
    presets: Mapping[Preset, Mapping[str, str]]
    streamed: Mapping[str, str] | None
    whole: Mapping[str, str]
    threads: Mapping[Preset, int]


_FRAGMENT_US: Final = 500_000
"""Length of a fragment: the first bytes of the picture leave half a second of clip after the start."""

_FRAGMENTS: Final = MappingProxyType(
    {"movflags": "empty_moov+default_base_moof+frag_keyframe", "frag_duration": str(_FRAGMENT_US)}
)
_INDEX_FIRST: Final = MappingProxyType({"movflags": "+faststart"})

_X264_PARAMS: Final = "mbtree=0:scenecut=0:b-adapt=0:rc-lookahead=0:sync-lookahead=0:chromaloc=1"
_X264: Final = MappingProxyType(
    {
        Preset.FAST: {"preset": "superfast", "qp": "22", "x264-params": f"{_X264_PARAMS}:weightp=0:no-dct-decimate=1"},
        Preset.QUALITY: {"preset": "veryfast", "crf": "20", "x264-params": _X264_PARAMS},
    }
)
"""chromaloc 1: chroma lies amid its four luma samples.

Fast is of one fineness throughout: what a picture and its movement are worth is not weighed, nor the blocks of a frame
against each other, and no frame is looked at beforehand. Over the table's clips crf 23 takes 1.4 times the time for as
many bits and 0.4 dB less, and spends them otherwise: it gives 39 dB to a brook in a pan and 47 to a cat in a truck, and
this 42 and 46. Small differences are kept (no-dct-decimate): left out, each would come back with the next frame; that
is 0.3 dB and a twelfth of the time for a hundredth of the bits.

No macroblock tree: with it, 60 encodings of the same 12 frames on a busy machine gave 8 different files, with one x264
thread as with two, and without it one.

Nothing is looked for ahead: a rendered clip has no cut, and its camera moves evenly, so every fourth frame is predicted
and the three between lie on the way. Over four clips that took two thirds of the time of x264's own choice and three
quarters of its bits, and no frame waits.

Five between two, at an equal PSNR, take a tenth less time and bits; but pushes and zooms then shake: over 22 clips the
motion check's mean steadiness fell from 0.990 to 0.978.
"""

_SVT: Final = MappingProxyType(
    {
        Preset.FAST: {"preset": "10", "crf": "32", "svtav1-params": "lp=1:hierarchical-levels=3"},
        Preset.QUALITY: {"preset": "8", "crf": "30", "svtav1-params": "lp=1:hierarchical-levels=3"},
    }
)
"""Groups of 8 frames: the first bytes come after 26 frames, not after the 42 of groups of 16, for as many bits. One
core of work at a time: a quarter less CPU and memory than with two, and the frames are rendered on another core."""

_VPX: Final = MappingProxyType({"b": "0", "lag-in-frames": "0", "row-mt": "1", "tile-columns": "1"})
"""b 0: constant quality, without a bound on the rate."""

_VP9: Final = MappingProxyType(
    {
        Preset.FAST: {**_VPX, "deadline": "realtime", "cpu-used": "7", "crf": "30"},
        Preset.QUALITY: {**_VPX, "deadline": "realtime", "cpu-used": "4", "crf": "30"},
    }
)

CODECS: Final[Mapping[ClipFormat, Codec]] = MappingProxyType(
    {
        ClipFormat.MP4_H264: Codec(
            name="libx264",
            container="mp4",
            presets=_X264,
            streamed=_FRAGMENTS,
            whole=_INDEX_FIRST,
            threads=_BESIDE,
        ),
        ClipFormat.MP4_AV1: Codec(
            name="libsvtav1",
            container="mp4",
            presets=_SVT,
            streamed=_FRAGMENTS,
            whole=_INDEX_FIRST,
            threads=_TWO,
        ),
        ClipFormat.WEBM_VP9: Codec(
            name="libvpx-vp9",
            container="webm",
            presets=_VP9,
            streamed=MappingProxyType({"live": "1", "cluster_time_limit": str(_FRAGMENT_US // 1000)}),
            whole=MappingProxyType({"cues_to_front": "1"}),
            threads=_TWO,
        ),
        ClipFormat.AVIF: Codec(
            name="libsvtav1",
            container="avif",
            presets=_SVT,
            streamed=None,
            whole=MappingProxyType({"loop": "0"}),
            threads=_TWO,
        ),
    }
)
