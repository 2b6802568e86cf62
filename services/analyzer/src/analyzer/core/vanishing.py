"""Where lines that run into the depth meet."""

import math
from typing import Final

import numpy as np

from analyzer.core.analysis import UncertaintyEllipse, VanishingPoint
from analyzer.core.arrays import Places, Plane
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame
from analyzer.core.segments import Segments
from film.geometry import Point

_PAIRED: Final = 40
"""Longest slanted lines whose meeting points are tried: 780 pairs."""
_VOTING: Final = 120
_PREFIXES: Final = (30, 60, _VOTING)
_AIM_DEG: Final = 2.0
"""Largest angle between any segment and the way from its middle to the point, where one figure must do for all."""
_END_PX: Final = 1.2
"""How far the detector's end of a segment may lie off its line."""
_AIM_RANGE_DEG: Final = (1.0, 3.0)
_SECTORS: Final = 18
_SECTOR_DEG: Final = 15.0
_FALSE_ALARMS: Final = 1e-3
"""Accepted expectation of points with such support among random lines (a-contrario, as in von Gioi et al. 2010)."""
_LEAST: Final = 5
_SPREAD_DEG: Final = 15.0
"""Range of directions the supporting lines must have: parallel lines meet nowhere certain."""


def find_vanishing_point(frame: Frame, segments: Segments) -> VanishingPoint | None:
    """The point with the most support from all around, or None when chance could have made it.

    Lines near level and near upright do not vote: they meet in other points. Only points within half a frame around
    the frame are looked for. Quality grows with how unlikely the support is, with the length behind it, and with the
    number of directions it comes from.
    """
    steep = segments.steep
    slanted = _distinct(segments.where((steep > 7.0) & (steep < 83.0)))
    voters = slanted.where(np.arange(len(slanted)) < _VOTING)
    if len(voters) < _LEAST:
        return None
    candidates = _meetings(frame, voters)
    if not len(candidates):
        return None
    aims = _aimed(voters, candidates, _aim(voters))
    inliers = aims[int(_support(voters, candidates, aims).argmax())]
    for _ in range(3):
        place = _meeting_of(voters.where(inliers))
        inliers = _aimed(voters, place[None], _aim(voters))[0]
        if np.count_nonzero(inliers) < _LEAST:
            return None
    return _told(frame, segments, voters, inliers)


def points_at(segments: Segments, place: tuple[float, float]) -> Places:
    """(N,) bool: which segments point at a place in pixels."""
    aimed: Places = _aimed(segments, np.array([place], np.float32), np.full(len(segments), _AIM_DEG, np.float32))[0]
    return aimed


def _aim(segments: Segments) -> Plane:
    """(N,) degrees by which a segment may miss the point: its ends are off by a pixel, so a short one turns more."""
    slack: Plane = np.clip(0.7 + 1.5 * np.degrees(_END_PX / segments.length), *_AIM_RANGE_DEG)
    return slack


def _support(voters: Segments, places: Plane, aims: Places) -> Plane:
    """(M,) support of each place: the square root of the length that points at it, summed over directions.

    Many lines from one side are nearly parallel and meet anywhere along their way; lines from all around meet in one
    place only. The root lets no one direction outweigh the others.
    """
    # Directions only for those that point there, one in twenty.
    place, voter = np.nonzero(aims)
    way = places[place] - voters.middle[voter]
    sector = ((np.degrees(np.arctan2(way[:, 1], way[:, 0])) + 180.0) / (360.0 / _SECTORS)).astype(np.intp)
    at = place * _SECTORS + np.minimum(sector, _SECTORS - 1)
    length = np.bincount(at, weights=voters.length[voter], minlength=len(places) * _SECTORS)
    support: Plane = np.sqrt(length.reshape(len(places), _SECTORS)).sum(axis=1)
    return support


def _told(frame: Frame, segments: Segments, voters: Segments, inliers: Places) -> VanishingPoint | None:
    supporting = voters.where(inliers)
    tried = len(voters)
    place, covariance = _certain_meeting(supporting)
    x, y = float(place[0]) / frame.width, float(place[1]) / frame.height
    if not (-0.5 <= x <= 1.5 and -0.5 <= y <= 1.5) or float(np.ptp(supporting.angle)) < _SPREAD_DEG:
        return None
    pairs = _PAIRED * (_PAIRED - 1) / 2
    # Among the longest lines as well as among all: texture adds short lines that point anywhere.
    alarms = math.log10(pairs * len(_PREFIXES)) + min(
        _log_tail(min(tried, first), int(inliers[:first].sum()), 2 * float(_aim(voters)[:first].mean()) / 180.0)
        for first in _PREFIXES
    )
    if alarms > math.log10(_FALSE_ALARMS):
        return None
    support = float(supporting.length.sum() / segments.length.sum())
    share = float(supporting.length.sum() / voters.length.sum())
    way = place - supporting.middle
    directions = len(np.unique(np.degrees(np.arctan2(way[:, 1], way[:, 0])) // _SECTOR_DEG))
    # Strokes of writing meet somewhere too, but they are short.
    drawn = float(supporting.length.sum()) / frame.diagonal
    quality = ramp(-alarms, 2.0, 10.0) * ramp(share, 0.15, 0.5) * ramp(directions, 1.5, 4.5) * ramp(drawn, 0.2, 0.8)
    ellipse = _ellipse(covariance, frame.diagonal)
    return VanishingPoint(
        point=Point(x, y),
        uncertainty=round(math.hypot(ellipse.semi_major, ellipse.semi_minor), 6),
        quality=round(quality, 6),
        support=round(min(1.0, support), 6),
        ellipse=ellipse,
    )


def _certain_meeting(segments: Segments) -> tuple[Plane, Plane]:
    """The place where lines meet, (2,) in pixels, and its covariance, (2, 2) in square pixels.

    Least squares of the distances to the lines, each weighted with its variance: half a pixel, and the turn that a
    pixel at the segment's ends makes over the way to the point. The covariance is that of the fit, widened when the
    lines miss the place by more than so (reduced chi-square above 1).
    """
    lines = _lines(segments)
    place: Plane = _meeting_of(segments).astype(np.float64)
    turn = _END_PX / segments.length.astype(np.float64)
    covariance = np.eye(2)
    for _ in range(2):
        reach = np.hypot(*(segments.middle - place).T)
        weight = 1.0 / (0.25 + (turn * reach) ** 2)
        normal = lines[:, :2]
        covariance = np.linalg.inv((normal * weight[:, None]).T @ normal + 1e-9 * np.eye(2))
        place = covariance @ -(normal * (weight * lines[:, 2])[:, None]).sum(axis=0)
    miss = lines[:, :2] @ place + lines[:, 2]
    spread = float((weight * miss**2).sum()) / max(1, len(segments) - 2)
    return place.astype(np.float32), covariance * max(1.0, spread)


def _ellipse(covariance: Plane, diagonal: float) -> UncertaintyEllipse:
    """One standard deviation around the place, its half axes as shares of the diagonal."""
    values, vectors = np.linalg.eigh(covariance)
    minor, major = np.sqrt(np.maximum(values, 0.0)) / diagonal
    x, y = vectors[:, 1]
    angle = math.degrees(math.atan2(y, x))
    angle = angle - 180.0 if angle > 90.0 else angle + 180.0 if angle < -90.0 else angle
    return UncertaintyEllipse(
        semi_major=round(float(major), 6), semi_minor=round(float(minor), 6), angle_deg=round(angle, 4) + 0.0
    )


def _distinct(segments: Segments) -> Segments:
    """Pieces of one line count once: of segments with nearly the same line, the longest stays."""
    if not len(segments):
        return segments
    first = slice(3 * _VOTING)
    radians, angle, middle = np.radians(segments.angle[first]), segments.angle[first], segments.middle[first]
    across, down = -np.sin(radians), np.cos(radians)
    offset = middle[:, 0] * across + middle[:, 1] * down
    # (N, N): whether the second lies along the line of the first.
    along = np.abs(offset[:, None] - across[:, None] * middle[:, 0] - down[:, None] * middle[:, 1]) < 4.0
    along &= np.abs(angle[:, None] - angle) < 3.0
    left, kept = np.ones(len(angle), bool), np.zeros(len(segments), bool)
    for index, pieces in enumerate(along):
        if left[index]:
            kept[index] = True
            left &= ~pieces
    return segments.where(kept)


def _meetings(frame: Frame, voters: Segments) -> Plane:
    """(M, 2) meeting points of pairs of the longest lines, in pixels, within reach of the frame."""
    lines = _lines(voters.where(np.arange(len(voters)) < _PAIRED))
    one, other = np.triu_indices(len(lines), k=1)
    (a, b, c), (d, e, f) = lines[one].T, lines[other].T
    turn = a * e - b * d
    real = np.abs(turn) > 1e-6
    points: Plane = np.stack([(b * f - c * e)[real], (c * d - a * f)[real]], axis=1) / turn[real, None]
    size = np.array([frame.width, frame.height])
    near = np.all((points > -0.5 * size) & (points < 1.5 * size), axis=1)
    return points[near].astype(np.float32)


def _lines(segments: Segments) -> Plane:
    """(N, 3) homogeneous lines with a unit normal."""
    radians = np.radians(segments.angle.astype(np.float64))
    normal = np.stack([-np.sin(radians), np.cos(radians)], axis=1)
    offset = -(normal * segments.middle).sum(axis=1)
    lines: Plane = np.concatenate([normal, offset[:, None]], axis=1)
    return lines


def _meeting_of(segments: Segments) -> Plane:
    """The place nearest to all lines, by least squares weighted with their length; (2,) in pixels."""
    lines = _lines(segments) * np.sqrt(segments.length.astype(np.float64))[:, None]
    place: Plane = np.linalg.lstsq(lines[:, :2], -lines[:, 2], rcond=None)[0].astype(np.float32)
    return place


def _aimed(segments: Segments, places: Plane, most_deg: Plane) -> Places:
    """(M, N) bool: where the way from a segment's middle to a place turns from the segment by less than `most_deg`.

    By the tangent, which is how far the place lies off the segment's line over how far it lies along it.
    """
    middle, radians = segments.middle, np.radians(segments.angle)
    along_x, along_y = np.cos(radians), np.sin(radians)
    x, y = places[:, :1], places[:, 1:]
    off = y * along_x - x * along_y - (middle[:, 1] * along_x - middle[:, 0] * along_y)
    way = x * along_x + y * along_y - (middle[:, 0] * along_x + middle[:, 1] * along_y)
    np.abs(off, out=off)
    np.abs(way, out=way)
    way *= np.tan(np.radians(most_deg))
    return np.less(off, way)


def _log_tail(trials: int, hits: int, chance: float) -> float:
    """log10 of the binomial probability of at least `hits` among `trials`."""
    total = sum(math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(hits, trials + 1))
    return math.log10(total) if total > 0 else -300.0
