"""What a GIF's blocks say (GIF89a), read without decoding."""

from typing import Final

from film.stills.errors import Damaged, Truncated
from film.stills.facts import Facts, Format, Mode

_EXTENSION: Final = 0x21
_GRAPHIC_CONTROL: Final = 0xF9
_IMAGE: Final = 0x2C
_TRAILER: Final = 0x3B


def read(content: bytes) -> Facts:
    """The facts of a GIF: size and alpha are those of the first frame on its canvas. Raises Damaged or Truncated."""
    if len(content) < 13:
        raise Truncated(kind=Format.GIF.kind, size=len(content))
    screen = (0, 0, int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little"))
    first, frames, keyed, complete = _walk(content)
    if complete and first is None:
        raise Damaged(kind=Format.GIF.kind, what="it holds no picture")
    left, top, width, height = first or screen
    return Facts(
        format=Format.GIF,
        # A frame may reach beyond the canvas, and the decoder then makes the canvas larger.
        width_px=max(screen[2], left + width),
        height_px=max(screen[3], top + height),
        mode=Mode.PALETTE,
        alpha=keyed or (left, top, width, height) != screen,
        frames=max(1, frames),
        complete=complete,
        # One byte for the indices, 3 for the picture they become, and the decoder's own.
        decode_bytes_per_pixel=4.5,
    )


def _walk(content: bytes) -> tuple[tuple[int, int, int, int] | None, int, bool, bool]:
    """The first frame's place, the number of frames, whether the first has a transparent colour, whether it is whole.

    A place is left, top, width and height in pixels; None when there is no frame.
    """
    at = 13 + _table_bytes(content[10])
    first: tuple[int, int, int, int] | None = None
    frames, keyed = 0, False
    while at < len(content):
        block = content[at]
        if block == _TRAILER:
            return first, frames, keyed, True
        if block == _EXTENSION:
            if first is None and content[at + 1 : at + 2] == bytes([_GRAPHIC_CONTROL]):
                keyed = bool(int.from_bytes(content[at + 3 : at + 4]) & 1)
            at = _skip_blocks(content, at + 2)
        elif block == _IMAGE:
            place = content[at + 1 : at + 10]
            if len(place) < 9:
                break
            if first is None:
                left, top, width, height = (int.from_bytes(place[side : side + 2], "little") for side in (0, 2, 4, 6))
                first = left, top, width, height
            frames += 1
            at = _skip_blocks(content, at + 11 + _table_bytes(place[8]))
        else:
            raise Damaged(kind=Format.GIF.kind, what="an unknown block")
    return first, frames, keyed, False


def _table_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_blocks(content: bytes, at: int) -> int:
    """The offset behind a run of sub-blocks, each with its length before it, ended by an empty one."""
    while at < len(content) and content[at]:
        at += 1 + content[at]
    return at + 1
