"""What an AVIF says (AV1 Image File Format 1.1), read without decoding."""

import io
from typing import Final

from PIL.AvifImagePlugin import AvifImageFile

from film.stills.errors import Damaged
from film.stills.facts import Facts, Format, exif_orientation

_HIGH_DEPTH: Final = 0x40
_TWELVE_BITS: Final = 0x20


def read(content: bytes) -> Facts:
    """The facts of an AVIF, its rotation and mirror properties as the EXIF orientation they equal. Raises Damaged.

    Pillow opens the file, which parses the boxes and decodes nothing. Its own class is named rather than `Image.open`,
    whose check of sizes warns through a process-wide filter; the caller holds the size against the limits.
    """
    complete = _whole(content)
    if not complete:
        # The parser wants the whole file; the size of a part of one does not matter, because it is refused.
        return Facts(format=Format.AVIF, width_px=1, height_px=1, complete=False, decode_bytes_per_pixel=0.0)
    try:
        with AvifImageFile(io.BytesIO(content)) as image:
            width, height = image.size
            alpha = image.mode == "RGBA"
            frames = int(getattr(image, "n_frames", 1))
            orientation = exif_orientation(image.info.get("exif", b""))
    except Exception as error:
        # The parser raises ValueError, SyntaxError, RuntimeError and others, with text that is not ours.
        raise Damaged(kind=Format.AVIF.kind, what="its boxes cannot be read") from error
    depth = _bit_depth(content)
    return Facts(
        format=Format.AVIF,
        width_px=width,
        height_px=height,
        bit_depth=depth,
        alpha=alpha,
        frames=frames,
        orientation=orientation,
        complete=True,
        decode_bytes_per_pixel=_bytes_per_pixel(wide=depth > 8, alpha=alpha),
        detail=" ".join([f"{depth}-bit"] * (depth > 8) + ["transparent"] * alpha + ["animated"] * (frames > 1)),
    )


def _bytes_per_pixel(*, wide: bool, alpha: bool) -> float:
    # Planes of up to 3 samples in the decoder, 3 bytes in its answer, 4 in Pillow's image, a little for the rest.
    return 3.5 * (2 if wide else 1) + 7.5 + (2.0 if alpha else 0.0)


def _whole(content: bytes) -> bool:
    """Whether every top-level box ends within the file."""
    at = 0
    while at + 8 <= len(content):
        size = int.from_bytes(content[at : at + 4])
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16])
        if size == 0:
            return True
        if size < 8:
            raise Damaged(kind=Format.AVIF.kind, what="a box has no size")
        at += size
    return at == len(content)


def _bit_depth(content: bytes) -> int:
    """Bits of a sample from the first codec configuration (AV1 in ISOBMFF, 2.3.3); 8 when there is none."""
    at = content.find(b"av1C")
    flags = content[at + 6] if 0 <= at < len(content) - 6 else 0
    return 8 if not flags & _HIGH_DEPTH else (12 if flags & _TWELVE_BITS else 10)
