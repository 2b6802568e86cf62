"""A ZIP of frames, PNG or JPEG, in the order of their names."""

import io
import re
import zipfile
from typing import Final

import cv2
import numpy as np

from film.stills import Limits, StillError, read_header
from generator.adapters.clip_reader import bounds
from generator.adapters.clip_reader.bounds import ACCEPTED
from generator.adapters.clip_reader.samples import Wish, clip_of
from generator.core.errors import ClipError
from generator.core.ports import Clip

MOST_FRAME_BYTES: Final = 64 << 20
"""Of one frame unpacked: more than a PNG of the largest frame needs, less than a bomb would take."""

_USUAL_FPS: Final = 24.0
"""The cinema's, where the archive's comment does not say `frames_per_second=`."""

_RATE: Final = re.compile(rb"\bframes_per_second=(\d{1,3}(?:\.\d{1,6})?)\b")

_KINDS: Final = ("PNG", "JPEG")
_STORED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1


def read(content: bytes, wish: Wish) -> Clip:
    """The clip. Only sampled frames are unpacked, one after another. Raises ClipError, BadZipFile, zlib.error."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = sorted(
            (entry for entry in archive.infolist() if not entry.is_dir()), key=lambda entry: entry.filename
        )
        bounds.check_count(len(entries))
        fps = _rate(archive.comment)
        size: tuple[int, int] | None = None
        samples = []
        for index in sorted(set(wish.sampling(len(entries), fps))):
            wish.check()
            picture = _unpacked(archive, entries[index])
            shape = _size(picture)
            if size not in (None, shape):
                raise ClipError(found="frames of different sizes", accepted="frames of one size")
            size = shape
            luma = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
            if luma is None:
                raise ClipError(found="a frame that cannot be decoded", accepted="whole PNG or JPEG frames")
            samples.append(wish.small(luma.astype(np.uint8, copy=False)))
    return clip_of(samples, len(entries), fps=fps, size=size or (0, 0), container="zip", codec="png")


def frame_px(content: bytes) -> tuple[int, int]:
    """(width, height) of the first frame. Raises ClipError, BadZipFile, zlib.error."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = min((one for one in archive.infolist() if not one.is_dir()), key=lambda one: one.filename, default=None)
        return bounds.LARGEST_PX if first is None else _size(_unpacked(archive, first))


def _rate(comment: bytes) -> float:
    found = _RATE.search(comment)
    rate = float(found.group(1)) if found else 0.0
    return rate if 1 <= rate <= 240 else _USUAL_FPS


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The file of one frame, with no more bytes read than a frame may have, whatever the archive claims."""
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _STORED:
        raise ClipError(found="an encrypted or foreign archive", accepted="a ZIP that is stored or deflated")
    with archive.open(entry) as file:
        picture = file.read(MOST_FRAME_BYTES + 1)
    if len(picture) > MOST_FRAME_BYTES:
        raise ClipError(
            found=f"a frame of more than {MOST_FRAME_BYTES:,} bytes", accepted=f"frames of at most {MOST_FRAME_BYTES:,}"
        )
    return picture


def _size(picture: bytes) -> tuple[int, int]:
    """The size that the frame's header states, within the bounds."""
    limits = Limits(max_bytes=MOST_FRAME_BYTES, max_pixels=bounds.MOST_PIXELS, max_side_px=bounds.MOST_SIDE_PX)
    try:
        header = read_header(picture, limits=limits)
    except StillError as error:
        raise ClipError(found=f"an archive with {error.found}", accepted=ACCEPTED) from error
    if header.format not in _KINDS:
        raise ClipError(found=f"a frame in {header.format}", accepted="PNG or JPEG frames")
    bounds.check_size(header.width_px, header.height_px)
    return header.width_px, header.height_px
