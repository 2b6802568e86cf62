"""The kinds of clips: how they are typed, and which file names they go by."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from animatize.generator.v1 import clip_pb2
from animatize_cli import words
from animatize_cli.exits import unusable

FORMATS: Final = words.typed(clip_pb2.ClipFormat)
"""What may be typed for a kind of clip, with the contract's number."""

SUFFIXES: Final[Mapping[int, str]] = MappingProxyType(
    {
        clip_pb2.CLIP_FORMAT_MP4_H264: ".mp4",
        clip_pb2.CLIP_FORMAT_MP4_AV1: ".mp4",
        clip_pb2.CLIP_FORMAT_WEBM_VP9: ".webm",
        clip_pb2.CLIP_FORMAT_WEBP: ".webp",
        clip_pb2.CLIP_FORMAT_AVIF: ".avif",
        clip_pb2.CLIP_FORMAT_GIF: ".gif",
        clip_pb2.CLIP_FORMAT_FRAMES: ".zip",
    }
)
"""How the files of each kind end."""

USUAL: Final = ".mp4"
"""How a clip's file ends when nothing is said."""


def settled(typed: int | None, out: Path | None) -> int | None:
    """The kind of clip that is wanted: as typed, else as the file's name says; None for the mesh's own choice.

    Raises Problem for a name that is of no kind, and for one of another kind than was typed.
    """
    # A folder has no ending that could be wrong; clip_path tells of it. os.path takes names that are too long.
    if out is None or os.path.isdir(out):  # noqa: PTH112
        return typed
    suffix = out.suffix.lower()
    if typed is not None:
        if suffix != SUFFIXES[typed]:
            raise unusable(f"--out {out} does not end in {SUFFIXES[typed]}, as the format that was typed does.")
        return typed
    if suffix == USUAL:
        return None
    for number, own in SUFFIXES.items():
        if suffix == own:
            return number
    *others, last = dict.fromkeys(SUFFIXES.values())
    raise unusable(f"--out {out} does not end in {', '.join(others)} or {last}.")


def suffix_of(wanted: int | None) -> str:
    """How the file of this kind of clip ends."""
    return USUAL if wanted is None else SUFFIXES[wanted]
