"""How an MP4 or WebM file is laid out: whether its index comes first and whether it is in fragments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_MOST_BOXES: Final = 4096

_EBML: Final = 0x1A45DFA3
_SEGMENT: Final = 0x18538067
_CUES: Final = 0x1C53BB6B
_CLUSTER: Final = 0x1F43B675


@dataclass(frozen=True)
class Layout:
    """index_first: a player can begin, and jump, before it has the whole file. fragmented: made while it was sent."""

    index_first: bool
    fragmented: bool


def layout(path: Path) -> Layout:
    """The layout by the file's outermost parts alone (ISO/IEC 14496-12 boxes, RFC 8794 elements)."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        if int.from_bytes(head) == _EBML:
            return _webm(file)
        names = list(_boxes(file, path.stat().st_size))
    picture = names.index("mdat") if "mdat" in names else len(names)
    return Layout(index_first="moov" in names[:picture], fragmented="moof" in names)


def _boxes(file: BinaryIO, size: int) -> list[str]:
    names: list[str] = []
    at = 0
    while at + 8 <= size and len(names) < _MOST_BOXES:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4])
        names.append(head[4:8].decode("latin-1"))
        if length == 1:
            length = int.from_bytes(head[8:16])
        if length < 8:
            break
        at += length
    return names


def _webm(file: BinaryIO) -> Layout:
    """Cues before the first cluster are the index in front; a cluster of unknown size was sent live."""
    for _ in range(_MOST_BOXES):
        name, length = _number(file, keep_mark=True), _number(file, keep_mark=False)
        if name is None or length is None:
            break
        if name == _SEGMENT:
            continue
        if name == _CUES:
            return Layout(index_first=True, fragmented=False)
        if name == _CLUSTER:
            return Layout(index_first=False, fragmented=length < 0)
        file.seek(max(0, length), 1)
    return Layout(index_first=False, fragmented=False)


def _number(file: BinaryIO, *, keep_mark: bool) -> int | None:
    """An EBML number of variable length; -1 for a length that is not known."""
    first = file.read(1)
    if not first or first[0] == 0:
        return None
    more = 8 - first[0].bit_length()
    raw = first + file.read(more)
    value = int.from_bytes(raw)
    if keep_mark:
        return value
    bits = 7 * (more + 1)
    value &= (1 << bits) - 1
    return -1 if value == (1 << bits) - 1 else value
