"""Tracks across a leap of the camera: two resting pictures with a whip pan or a crash zoom between them.

The tracker finds neither a far shift nor another size by itself. So the first picture is brought to the second one's
size and place as far as the two as a whole tell, is followed from there, and what was done to it is undone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.motion_check.tracks import Tracks, follow

Picture = NDArray[np.uint8]

GROWTH: Final = 1.08
"""Ratio of neighbouring sizes that are tried; the tracker bears half of it."""

SIZES: Final = 7
"""Sizes tried to either side: up to 1.7 times as large."""

MOST_TURNS: Final = 4
"""Most shifts that are followed, and"""

MOST_ZOOMS: Final = 2
"""most other sizes; each costs a tracking step."""

ZOOM_SHIFT: Final = 0.06
"""Farthest that a zoom's middle shifts, in widths."""

WITH_IT_PX: Final = 14.0
"""Farthest that a track strays from the leap of the picture as a whole: half a step of sizes at the picture's edge, and
a little for the lens."""

COVERED: Final = (12, 7)
"""Cells that the picture's coverage is counted in, across and down."""

_SMALLER: Final = 0.25
_APART: Final = 3
"""Pixels of the smaller pictures within which two peaks are one."""


@dataclass(frozen=True, slots=True)
class Leap:
    """How many times larger a second picture shows the first about its middle, and then how far aside, in pixels."""

    size: float
    shift: tuple[float, float]


def leaps(before: Picture, after: Picture) -> list[Leap]:
    """The leaps that may lead from one picture to the other, likeliest first, none at all before all others.

    A camera turns or zooms at a sudden, not both: the highest peaks of the phase correlation at one size, and the
    highest near the middle at the others, on pictures of a quarter of the width. What stays on screen or walks by makes
    a peak of its own, and not always the lower one.
    """
    first, second = (
        cv2.resize(one, None, fx=_SMALLER, fy=_SMALLER, interpolation=cv2.INTER_AREA).astype(np.float32)
        for one in (before, after)
    )
    window = cv2.createHanningWindow(first.shape[::-1], cv2.CV_32F)
    goal = np.fft.rfft2((second - second.mean()) * window)
    still = Leap(1.0, (0.0, 0.0))
    turns: list[tuple[float, Leap]] = []
    zooms: list[tuple[float, Leap]] = []
    for step in range(-SIZES, SIZES + 1):
        size = GROWTH**step
        sized = _sized(first, size)
        cross = goal * np.conj(np.fft.rfft2((sized - sized.mean()) * window))
        surface = np.fft.irfft2(cross / np.maximum(np.abs(cross), 1e-9), s=first.shape)
        if step == 0:
            turns = [(height, Leap(1.0, shift)) for height, shift in _peaks(surface, count=MOST_TURNS)]
        else:
            zooms += [(height, Leap(size, shift)) for height, shift in _peaks(_about_middle(surface), count=1)]
    zooms.sort(key=lambda pair: -pair[0])
    likeliest = sorted(turns + zooms[:MOST_ZOOMS], key=lambda pair: -pair[0])
    return [still, *(one for _, one in likeliest if one != still)]


def follow_across(before: Picture, after: Picture, *, checkpoint: Callable[[], None]) -> Tracks:
    """Tracks of the second picture's points back into the first, both normalised; index 0 is the first picture.

    Of all leaps the one stands whose tracks cover most of the picture.
    """
    tried = (_followed(before, after, one, checkpoint) for one in leaps(before, after))
    return max(tried, key=_covered)


def _peaks(surface: NDArray[np.float64], *, count: int) -> list[tuple[float, tuple[float, float]]]:
    """The highest places of a correlation, with the shifts that they stand for in pixels of the whole picture."""
    rows, columns = surface.shape
    left = surface.copy()
    found = []
    for _ in range(count):
        y, x = divmod(int(np.argmax(left)), columns)
        shift = (float(x - columns * (2 * x > columns)), float(y - rows * (2 * y > rows)))
        found.append((float(left[y, x]), (shift[0] / _SMALLER, shift[1] / _SMALLER)))
        around = np.ix_(np.arange(y - _APART, y + _APART + 1) % rows, np.arange(x - _APART, x + _APART + 1) % columns)
        left[around] = -np.inf
    return found


def _about_middle(surface: NDArray[np.float64]) -> NDArray[np.float64]:
    """The correlation for small shifts only."""
    near = round(ZOOM_SHIFT * surface.shape[1])
    kept = np.full_like(surface, -np.inf)
    for rows in (slice(None, near + 1), slice(-near, None)):
        for columns in (slice(None, near + 1), slice(-near, None)):
            kept[rows, columns] = surface[rows, columns]
    return kept


def _followed(before: Picture, after: Picture, one: Leap, checkpoint: Callable[[], None]) -> Tracks:
    brought = _sized(before, one.size, one.shift).astype(np.uint8, copy=False)
    tracks = follow([brought, after], checkpoint=checkpoint, aligned=True)
    places = tracks.places.copy()
    # What goes elsewhere than the picture as a whole goes by itself, or was never found again.
    with_it = np.hypot(*(places[:, 0] - places[:, 1]).T) < WITH_IT_PX * tracks.width_px / 480.0
    places[:, 0] = (places[:, 0] - np.array(one.shift)) / one.size
    height, width = before.shape
    # What the first picture did not show was made up at its borders.
    shown = (np.abs(places[:, 0]) < np.array([width / 2 - 3, height / 2 - 3])).all(axis=1)
    seen = tracks.seen.copy()
    seen[:, 0] &= shown & with_it
    return replace(tracks, places=places, seen=seen)


def _covered(tracks: Tracks) -> int:
    """Number of the picture's cells that hold a track which was found again."""
    kept = tracks.places[tracks.seen.all(axis=1), tracks.anchor] / (tracks.width_px, tracks.height_px) + 0.5
    return len(np.unique((np.clip(kept, 0, 0.999) * COVERED).astype(int), axis=0))


def _sized(
    picture: NDArray[np.uint8] | NDArray[np.float32], size: float, shift: tuple[float, float] = (0.0, 0.0)
) -> NDArray[np.float32]:
    """The picture so many times larger about its middle, then shifted, in pixels; mirrored beyond its borders."""
    height, width = picture.shape
    x, y = (width - 1) / 2, (height - 1) / 2
    move = np.array([[size, 0, x - size * x + shift[0]], [0, size, y - size * y + shift[1]]])
    moved: NDArray[np.float32] = np.asarray(
        cv2.warpAffine(picture, move, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    )
    return moved
