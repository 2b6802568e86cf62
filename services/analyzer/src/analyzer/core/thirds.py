"""Thirds and diagonals: where salient mass and long lines lie in the frame (Liu and others 2010)."""

from typing import Final

import numpy as np

from analyzer.core.analysis import Horizon, Measure, Subject, absent, measured
from analyzer.core.arrays import Plane
from analyzer.core.evidence import either, ramp
from analyzer.core.frame import Frame
from analyzer.core.segments import Segments
from film.geometry import Point

_POINT_SIGMA: Final = 0.17
"""Distance from a crossing, as shares of width and height added up, at which its pull is 0.61 (Liu et al. 2010)."""
_LINE_SIGMA: Final = 0.04
"""The same for the distance from a line of the thirds; a photographer's line is off by a few hundredths."""
_LINE_CHANCE: Final = 0.2
"""What lines spread evenly over the frame would get: two lines' Gaussians of that width, 2 * 0.04 * 2.507."""
_STRAIGHT_DEG: Final = 8.0
_LEAST_LENGTH: Final = 0.1
_DIAGONAL_DEG: Final = 10.0
_DIAGONAL_SIGMA: Final = 0.1
_NO_SUBJECT: Final = "Nothing in the still stands out."


def thirds_points(subjects: tuple[Subject, ...], sure: float) -> tuple[Measure, Point | None]:
    """How near the subjects lie to crossings of the thirds, 0..1, and the crossing nearest to the strongest one.

    Each subject counts with its prominence. The centre of a subject that fills the frame is no place, so trust falls
    with size. sure: how far saliency can be trusted, 0..1.
    """
    if not subjects:
        return absent(_NO_SUBJECT), None
    total = sum(subject.prominence for subject in subjects)
    pulled = sum(subject.prominence * _pull(subject.centre) for subject in subjects)
    main = subjects[0]
    value = pulled / total if total > 0 else _pull(main.centre)
    nearest = min(_CROSSINGS, key=lambda one: abs(one.x - main.centre.x) + abs(one.y - main.centre.y))
    return measured(value, sure * (0.2 + 0.8 * ramp(main.box.area, 0.6, 0.25))), nearest


_CROSSINGS: Final = tuple(Point(x / 3, y / 3) for y in (1, 2) for x in (1, 2))


def _pull(place: Point) -> float:
    distance = min(abs(one.x - place.x) + abs(one.y - place.y) for one in _CROSSINGS)
    return float(np.exp(-(distance**2) / (2 * _POINT_SIGMA**2)))


def thirds_lines(frame: Frame, segments: Segments, horizon: Horizon | None) -> Measure:
    """How near long level and upright lines and the horizon lie to a line of the thirds, above chance, 0..1."""
    level = (segments.steep <= _STRAIGHT_DEG) & (segments.length >= _LEAST_LENGTH * frame.width)
    upright = (segments.steep >= 90 - _STRAIGHT_DEG) & (segments.length >= _LEAST_LENGTH * frame.height)
    places = [segments.middle[level, 1] / frame.height, segments.middle[upright, 0] / frame.width]
    weights = [segments.length[level] / frame.width, segments.length[upright] / frame.height]
    if horizon is not None and 0.0 < horizon.y < 1.0:
        places.append(np.array([horizon.y], np.float32))
        # A horizon is one line right across.
        weights.append(np.array([horizon.quality], np.float32))
    place, weight = np.concatenate(places), np.concatenate(weights)
    total = float(weight.sum())
    if total < 0.15:
        return absent("The still has no long level or upright line.")
    distance = np.abs(np.abs(place - 0.5) - 1 / 6)
    near = float((weight * np.exp(-(distance**2) / (2 * _LINE_SIGMA**2))).sum()) / total
    return measured(max(0.0, (near - _LINE_CHANCE) / (1 - _LINE_CHANCE)), 0.8 * ramp(total, 0.1, 1.0))


def diagonal_dominance(frame: Frame, saliency: Plane, segments: Segments) -> Measure:
    """How far long lines and salient mass follow one diagonal of the frame more than the other, 0..1.

    Lines count by length, by how near their middle lies to the diagonal and how nearly they have its direction; mass
    counts when it is drawn out along the diagonal.
    """
    slant = float(np.degrees(np.arctan2(frame.height, frame.width)))
    # The falling diagonal first, then the rising one.
    lines = [_along(frame, segments, slant), _along(frame, segments, -slant)]
    mass = [_drawn_out(frame, saliency, slant), _drawn_out(frame, saliency, -slant)]
    both = [either(line, 0.7 * drawn) for line, drawn in zip(lines, mass, strict=True)]
    value = max(both) - 0.7 * min(both)
    return measured(max(0.0, value), 0.3 + 0.4 * ramp(float(segments.length.sum()) / frame.diagonal, 0.2, 2.0))


def _along(frame: Frame, segments: Segments, slant: float) -> float:
    """Evidence 0..1 for lines on the diagonal that falls (slant above 0) or rises by `slant` degrees."""
    total = float(segments.length.sum())
    if total <= 0:
        return 0.0
    across, down = segments.middle[:, 0] / frame.width - 0.5, segments.middle[:, 1] / frame.height - 0.5
    away = np.abs(down - np.sign(slant) * across) / np.sqrt(2)
    off = np.abs(segments.angle - slant)
    follows = np.exp(-(away**2) / (2 * _DIAGONAL_SIGMA**2)) * np.exp(-(off**2) / (2 * _DIAGONAL_DEG**2))
    mass = float((segments.length * follows).sum())
    return ramp(mass / total, 0.04, 0.3) * ramp(mass / frame.diagonal, 0.1, 0.6)


def _drawn_out(frame: Frame, saliency: Plane, slant: float) -> float:
    """Evidence 0..1 that the strongest saliency is long, narrow and lies along the diagonal."""
    height, width = saliency.shape
    weight = np.maximum(saliency.astype(np.float64) - 0.3, 0.0) ** 2
    total = float(weight.sum())
    if total <= 0:
        return 0.0
    # In pixels' proportions, about the frame's centre.
    x = (np.arange(width) + 0.5) / width * frame.width - frame.width / 2
    y = (np.arange(height) + 0.5) / height * frame.height - frame.height / 2
    columns, rows = weight.sum(axis=0), weight.sum(axis=1)
    centre = np.array([float((columns * x).sum()), float((rows * y).sum())]) / total
    xx = float((columns * (x - centre[0]) ** 2).sum()) / total
    yy = float((rows * (y - centre[1]) ** 2).sum()) / total
    xy = float((y - centre[1]) @ weight @ (x - centre[0])) / total
    spread = np.hypot(xx - yy, 2 * xy)
    angle = float(np.degrees(0.5 * np.arctan2(2 * xy, xx - yy)))
    narrow = float(np.sqrt(max(0.0, xx + yy - spread) / (xx + yy + spread + 1e-9)))
    away = abs(centre[1] / frame.height - np.sign(slant) * centre[0] / frame.width) / np.sqrt(2)
    long = float(np.sqrt((xx + yy + spread) / 2)) / frame.diagonal
    return ramp(abs(angle - slant), 20.0, 8.0) * ramp(narrow, 0.55, 0.3) * ramp(away, 0.15, 0.05) * ramp(long, 0.1, 0.2)
