"""A shot's frames made into a file, and the file read back for the motion check."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from generator.core.letterbox import framed, inside
from generator.core.motion_check import WIDTH_PX, sampling
from generator.core.picture import to_jpeg
from generator.core.ports import Clip, ClipReader, Encoder, EncodeSettings, Watch
from generator.core.profile import Profile
from generator.core.provenance import Provenance
from generator.core.render.side_by_side import Spare


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A clip's file. sha256: 64 hex digits. poster: the first frame as a JPEG, None when the profile asks for none."""

    content: bytes = field(repr=False)
    sha256: str
    poster: bytes | None = field(repr=False)


def make_file(
    pictures: Iterator[NDArray[np.uint8]],
    profile: Profile,
    *,
    encoder: Encoder,
    provenance: Provenance,
    watch: Watch,
    write: Callable[[bytes], None],
    most_bytes: int,
    spare: Spare | None = None,
) -> File:
    """The file of a profile's pictures, (H * 3 / 2, W) uint8 planar YUV 4:2:0; `write` gets its bytes as they come.

    The watch hears of every frame that was given. spare: as Encoder has it. Raises what Encoder does, and what comes
    out of `pictures`.
    """
    parts: list[bytes] = []
    digest = hashlib.sha256()
    posters: list[bytes] = []

    def keep(part: bytes) -> None:
        parts.append(part)
        digest.update(part)
        write(part)

    def counted() -> Iterator[NDArray[np.uint8]]:
        for done, frame in enumerate(framed(pictures, profile.bars), start=1):
            if profile.poster and done == 1:
                posters.append(to_jpeg(frame))
            yield frame
            watch.progress(done / profile.frames)

    settings = EncodeSettings(
        width_px=profile.bars.frame_width_px,
        height_px=profile.bars.frame_height_px,
        fps=profile.fps,
        preset=profile.preset,
        format=profile.format,
        faststart=profile.faststart,
        provenance=provenance,
        most_bytes=most_bytes,
    )
    encoder.encode(counted(), settings, write=keep, cancelled=watch.cancelled, spare=spare)
    return File(content=b"".join(parts), sha256=digest.hexdigest(), poster=posters[0] if posters else None)


def read_back(content: bytes, profile: Profile, *, reader: ClipReader, cancelled: Callable[[], bool]) -> Clip:
    """The clip as the motion check wants it: its samples show the picture alone, as wide as the check's own."""
    place = profile.bars
    width_px = round(WIDTH_PX * place.frame_width_px / place.width_px)
    clip = reader.read(content, width_px=width_px, sampling=sampling, cancelled=cancelled)
    if place.none:
        return clip
    return replace(clip, samples=tuple(inside(sample, place) for sample in clip.samples))
