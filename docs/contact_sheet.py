"""Lays frames of a clip side by side in one picture, so that its movement can be seen on a page.

Run as `python docs/contact_sheet.py CLIP PICTURE [CLIP…]`: one row for each clip, four frames from its first to its
last. `make contact-sheet` makes the README's picture, clips and all.
"""

from __future__ import annotations

import sys
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

COLUMNS = 4
FRAME_WIDTH_PX = 320
FRAME_HEIGHT_PX = 200
GAP_PX = 4
QUALITY = 86


def frames(clip: Path) -> list[NDArray[np.uint8]]:
    """The frames of a row, BGR (FRAME_HEIGHT_PX, FRAME_WIDTH_PX, 3), cut to the row's shape about the centre."""
    with av.open(str(clip)) as container:
        found = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    chosen = [found[round(index * (len(found) - 1) / (COLUMNS - 1))] for index in range(COLUMNS)]
    return [_fitted(frame) for frame in chosen]


def sheet(clips: list[Path]) -> NDArray[np.uint8]:
    """One row for each clip on a white ground."""
    rows = [np.hstack([_framed(frame) for frame in frames(clip)]) for clip in clips]
    return np.vstack(rows)


def _fitted(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = frame.shape[:2]
    scale = max(FRAME_WIDTH_PX / width, FRAME_HEIGHT_PX / height)
    size = (round(width * scale), round(height * scale))
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    top, left = (size[1] - FRAME_HEIGHT_PX) // 2, (size[0] - FRAME_WIDTH_PX) // 2
    return np.asarray(small[top : top + FRAME_HEIGHT_PX, left : left + FRAME_WIDTH_PX], np.uint8)


def _framed(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    sides = (GAP_PX, GAP_PX, GAP_PX, GAP_PX)
    return np.asarray(cv2.copyMakeBorder(frame, *sides, cv2.BORDER_CONSTANT, value=(255, 255, 255)), np.uint8)


if __name__ == "__main__":
    first, picture, *others = (Path(argument) for argument in sys.argv[1:])
    cv2.imwrite(str(picture), sheet([first, *others]), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
