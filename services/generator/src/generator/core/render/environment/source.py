"""What a flow takes its pixels from: the material continued beyond its edge, split into detail and what stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from generator.core.render.environment.area import Area
from generator.core.render.environment.contract import Map, Plane, YuvPlanes
from generator.core.render.environment.extension import continued
from generator.core.render.environment.patch import Source

_CALM: Final = 0.05
"""Width, in frame widths, over which a flow comes to rest where its mask ends amid its material."""
_UNLIKE: Final = (2.0, 8.0)
"""Levels between the material at rest and the still that are not seen, and that are a line around the material."""
_SHRINK: Final = 8
"""What stays in place is solved on an eighth of the size: it holds no detail."""


@dataclass(frozen=True, slots=True, eq=False)
class Flowing:
    """A source for a flow.

    freedom: 0..1, float32 over the area at any size, how freely places move. mask: of the area, without the rims at
    which the material at rest would not look like the still.
    """

    source: Source
    freedom: Map
    mask: Plane


def still_source(area: Area, canvas: YuvPlanes, reach: int) -> Source:
    """The canvas itself, for what moves with its surroundings."""
    rows, columns = area.padded(reach)
    half = _half(rows, columns)
    return Source(
        y=canvas.y[rows, columns],
        u=canvas.u[half],
        v=canvas.v[half],
        left=area.columns.start - columns.start,
        top=area.rows.start - rows.start,
    )


def flowing_source(
    area: Area, canvas: YuvPlanes, reach: int, *, stays: float | None = None, apart: tuple[float, float] = (0.0, 0.0)
) -> Flowing:
    """The material alone, continued as far as it reaches.

    stays: scale in pixels of the brightness that does not move, None when all of it does. apart: how far the two
    copies of a flow lie apart, right and down, in pixels.
    """
    rows, columns = area.padded(reach)
    half = _half(rows, columns)
    left, top = area.columns.start - columns.start, area.rows.start - rows.start
    mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    high, wide = area.mask.shape
    mask[top : top + high, left : left + wide] = area.mask
    planes = (canvas.y[rows, columns], canvas.u[half], canvas.v[half])
    (y, u, v), freedom = continued(planes, mask, calm=_CALM * area.width)
    freedom = np.ascontiguousarray(freedom[_part(top, high, mask.shape[0], freedom.shape[0])])
    freedom = np.ascontiguousarray(freedom[:, _part(left, wide, mask.shape[1], freedom.shape[1])])
    within = np.s_[top : top + high, left : left + wide]
    shown = _matched(area.mask, y[within], canvas.y[area.rows, area.columns])
    if stays is None:
        return Flowing(Source(y=y, u=u, v=v, left=left, top=top), freedom, shown)
    small = cv2.resize(y, (max(1, y.shape[1] // _SHRINK), max(1, y.shape[0] // _SHRINK)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(0.6, stays / _SHRINK))
    base = cv2.resize(small, (y.shape[1], y.shape[0]), interpolation=cv2.INTER_LINEAR)
    detail = cv2.addWeighted(y, 1.0, base, -1.0, 128.0)
    source = Source(
        y=np.asarray(detail, np.uint8),
        u=u,
        v=v,
        left=left,
        top=top,
        base=np.ascontiguousarray(base[within]),
        likeness=_likeness(np.asarray(detail[within], np.uint8), area.mask, apart),
    )
    return Flowing(source, freedom, shown)


def _part(first: int, length: int, whole: int, small: int) -> slice:
    """The places of a smaller copy, `small` instead of `whole` long, that a stretch of pixels covers; one at least."""
    start = min(first * small // whole, small - 1)
    return slice(start, max(start + 1, (first + length) * small // whole))


def _matched(mask: Plane, filled: Plane, still: Plane) -> Plane:
    """The mask as far as the filled luma is that of the still: mixed pixels at the rim stay as they are."""
    difference = cv2.blur(cv2.absdiff(filled, still), (3, 3))
    least, most = _UNLIKE
    table = np.clip((most - np.arange(256)) / (most - least), 0.0, 1.0)
    return np.asarray(
        cv2.multiply(mask, cv2.LUT(difference, np.rint(table * 255).astype(np.uint8)), scale=1 / 255), np.uint8
    )


def _half(rows: slice, columns: slice) -> tuple[slice, slice]:
    return slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)


def _likeness(detail: Plane, mask: Plane, apart: Sequence[float]) -> float:
    """Correlation 0..1 of the detail with itself so far apart, over the mask."""
    dx, dy = (round(way) for way in apart)
    high, wide = detail.shape
    if abs(dx) >= wide or abs(dy) >= high:
        return 0.0
    here = np.s_[max(0, dy) : high + min(0, dy) : 2, max(0, dx) : wide + min(0, dx) : 2]
    there = np.s_[max(0, -dy) : high + min(0, -dy) : 2, max(0, -dx) : wide + min(0, -dx) : 2]
    both = (mask[here] > 200) & (mask[there] > 200)
    if not both.any():
        return 0.0
    one, other = detail[here][both].astype(np.float32) - 128, detail[there][both].astype(np.float32) - 128
    power = float(np.sqrt((one * one).mean() * (other * other).mean()))
    return float(np.clip((one * other).mean() / power, 0.0, 1.0)) if power > 0 else 1.0
