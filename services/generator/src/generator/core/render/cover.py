"""The border guarantee: no frame ever shows what the still does not hold.

A picture that moves needs more than it shows. A constant zoom, solved from the path itself, keeps the still's border
outside; where that zoom would cost too much of the picture, the movement is shortened instead, and the caller is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.render.path import Path
from generator.core.render.pose import Poses, behind, rays

MOST_ZOOM: Final = 1.25
"""Beyond this more than a third of the picture would be cut away for the movement's sake."""

_STEPS: Final = 12
"""Bisections: the zoom is right to 0.25 / 4096, a tenth of a pixel at 1280."""

_SIDE_POINTS: Final = 24
"""Points along each side of the frame; sides bend by a fraction of a pixel in between."""

_MOMENTS: Final = 33
"""Moments of the clip that are solved; the path is smooth, and all frames are looked at once afterwards."""

_SAFETY: Final = 1.002
"""Step by which the zoom grows while a frame between the solved moments still looks over the border."""

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cover:
    """How the border is kept out: the zoom, 1 or more, and the share of the movement that is made, 0..1."""

    zoom: float
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """What may be sampled.

    bounds: left, top, right, bottom in frame widths. w: least and largest inverse depth. aspect: height over width of
    the frame. pixel: one clip pixel in frame widths.
    """

    bounds: tuple[float, float, float, float]
    w: tuple[float, float]
    aspect: float
    pixel: float


def cover(path: Path, times: Array, reach: Reach) -> Cover:
    """The smallest zoom that hides the border at all times; above MOST_ZOOM a shorter movement at MOST_ZOOM instead.

    times: of all frames, 0..1, ascending.
    """
    few = times[np.unique(np.linspace(0, len(times) - 1, min(_MOMENTS, len(times))).round().astype(int))]
    if path.sudden:
        few = times
    share = 1.0
    if not _inside(path.at(few), MOST_ZOOM, reach):
        share = _largest(lambda part: _inside(path.scaled(part).at(few), MOST_ZOOM, reach))
    poses = path.scaled(share).at(few)
    zoom = 1.0 + (MOST_ZOOM - 1.0) * (
        1.0 - _largest(lambda part: _inside(poses, MOST_ZOOM - part * (MOST_ZOOM - 1), reach))
    )
    every = path.scaled(share).at(times)
    while not _inside(every, zoom, reach):
        zoom *= _SAFETY
    return Cover(zoom=zoom, share=share)


def widened(found: Cover, path: Path, moments: Array, reach: Reach) -> Cover:
    """The cover with its zoom enlarged until it hides the border at these moments too, 0..1 of the clip.

    path: as it is made. moments: those of a shutter lie between the frames' own.
    """
    zoom = found.zoom
    poses = path.at(moments)
    while not _inside(poses, zoom, reach):
        zoom *= _SAFETY
    return Cover(zoom=zoom, share=found.share)


def _largest(holds: Callable[[float], bool]) -> float:
    """The largest share 0..1 for which `holds`, to 1 / 2**_STEPS; 1 when it holds there, and 0 when nowhere above."""
    if holds(1.0):
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _inside(poses: Poses, zoom: float, reach: Reach) -> bool:
    """Whether every point of the outline shows a place of the still, near and far alike; affine in w between."""
    u, v = _outline(reach)
    a, b = rays(poses, u, v, cover=zoom)
    left, top, right, bottom = reach.bounds
    for w in reach.w:
        x, y = behind(poses, a, b, w)
        if x.min() < left or x.max() > right or y.min() < top or y.max() > bottom:
            return False
    return True


def _outline(reach: Reach) -> tuple[Array, Array]:
    """Centres of the frame's outermost pixels."""
    half_x = 0.5 - reach.pixel / 2
    half_y = reach.aspect / 2 - reach.pixel / 2
    along = np.linspace(-1.0, 1.0, _SIDE_POINTS)
    one = np.ones(_SIDE_POINTS)
    u = np.concatenate([along, along, one, -one]) * half_x
    v = np.concatenate([one, -one, along, along]) * half_y
    return u, v
