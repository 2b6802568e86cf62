"""The clip's frames in a row, with the tracks that were followed through them."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.motion_check.filmstrip.sheet import BLUE, GROUND, ORANGE, Colour, Sheet, cross, dot, polyline
from generator.core.motion_check.trace import Trace
from generator.core.motion_check.tracks import Tracks

FRAMES: Final = 5
"""Frames in the row: both ends, the middle and the quarters."""

_TAIL_S: Final = 1.2
"""How far back the trail of a point goes, in seconds."""

_CELLS: Final = 12
"""Cells across the picture that draw one track of each kind: all of them would hide it."""

_DIM: Final = 0.9
"""The picture's brightness, so that tracks stand out."""


def shown_frames(count: int) -> list[int]:
    """Indices of the frames that are shown, ascending and different."""
    return sorted({round(k * (count - 1) / (FRAMES - 1)) for k in range(FRAMES)})


def draw_frame(sheet: Sheet, trace: Trace, index: int, x: int, y: int, size: tuple[int, int]) -> None:
    """One frame of (width, height) pixels at a place of the sheet, with the way its points have come."""
    luma = cv2.resize(trace.pictures[index], size, interpolation=cv2.INTER_AREA).astype(np.float32)
    grey = np.clip((luma - 16.0) * (255.0 / 219.0) * _DIM, 0, 255)
    view = sheet.picture(np.rint(grey).astype(np.uint8), x, y)
    tracks = trace.tracks
    if tracks is None or not len(tracks.places):
        return
    scale = size[0] / tracks.width_px
    index -= trace.first
    if not 0 <= index < tracks.seen.shape[1]:
        return
    middle = np.array([size[0] / 2, size[1] / 2])
    tail = max(1, round(_TAIL_S * trace.fps))
    for chosen, colour, own in ((trace.with_camera, BLUE, False), (trace.by_itself, ORANGE, True)):
        if chosen is None:
            continue
        for point in _spread(tracks, chosen & tracks.seen[:, index]):
            first = index
            while first > 0 and index - first < tail and tracks.seen[point, first - 1]:
                first -= 1
            way = tracks.places[point, first : index + 1] * scale + middle
            _mark(view, way, colour, own=own)


def _mark(view: NDArray[np.uint8], way: NDArray[np.float64], colour: Colour, *, own: bool) -> None:
    if len(way) > 1:
        polyline(view, way, GROUND, width=4)
        polyline(view, way, colour, width=2)
    x, y = way[-1]
    if own:
        cross(view, x, y, 4.5, GROUND, width=4)
        cross(view, x, y, 4.0, colour, width=2)
    else:
        dot(view, x, y, 4.2, GROUND)
        dot(view, x, y, 3.2, colour)


def _spread(tracks: Tracks, chosen: NDArray[np.bool_]) -> list[int]:
    """At most one of the chosen tracks for each cell of the middle frame, so that the picture stays visible."""
    cell = tracks.width_px / _CELLS
    first: dict[tuple[int, int], int] = {}
    for point in np.flatnonzero(chosen):
        x, y = tracks.places[point, tracks.anchor]
        first.setdefault((int(x // cell), int(y // cell)), int(point))
    return list(first.values())
