"""The photographs that clips are made from, in two halves that never meet: parameters are fitted on one alone."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from evaluation.moving.world import ROOM, Picture
from evaluation.seeing import photographs as labelled

ROOT: Final = labelled.ROOT
_OWN: Final = (ROOT / "evaluation" / "photographs", ROOT / "tests" / "media")


class Half(StrEnum):
    """Which half of the photographs: `FIT` for choosing anything, `CHECK` for reporting."""

    FIT = "fit"
    CHECK = "check"


_NO_PHOTOGRAPHS: Final = frozenset({row.id for row in labelled.every_photograph() if row.label.kind != "photo"})


def half_of(path: Path) -> Half:
    """The half of a photograph, by its name's hash, so that a new photograph moves no other."""
    odd = hashlib.sha256(path.stem.encode()).digest()[0] % 2
    return Half.CHECK if odd else Half.FIT


def files(half: Half, folder: Path | None = None) -> list[Path]:
    """The half's photographs in the repository and in a folder of others, in order of their names."""
    found = [path for place in (*_OWN, *([folder] if folder else [])) for path in place.glob("*.jpg")]
    by_name = {path.stem: path for path in sorted(found)}
    return [path for _, path in sorted(by_name.items()) if half_of(path) is half and path.stem not in _NO_PHOTOGRAPHS]


@lru_cache(maxsize=24)
def painted(path: Path, width_px: int, height_px: int) -> Picture:
    """A photograph's luma as the painted world of clips of a size: cropped in its middle, (rows, columns) uint8."""
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise FileNotFoundError(path)
    wanted = (round(width_px * ROOM), round(height_px * ROOM))
    scale = max(wanted[0] / picture.shape[1], wanted[1] / picture.shape[0])
    size = (max(wanted[0], round(picture.shape[1] * scale)), max(wanted[1], round(picture.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    whole = cv2.resize(picture, size, interpolation=how)
    left, top = (size[0] - wanted[0]) // 2, (size[1] - wanted[1]) // 2
    return np.ascontiguousarray(whole[top : top + wanted[1], left : left + wanted[0]]).astype(np.uint8)
