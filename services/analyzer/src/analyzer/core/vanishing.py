"""Where lines that run into the depth meet."""

import math
from typing import Final

import numpy as np

from analyzer.core.analysis import VanishingPoint
from analyzer.core.arrays import Places, Plane
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame
from analyzer.core.segments import Segments
from film.geometry import Point

_PAIRED: Final = 40
"""Longest slanted lines whose meeting points are tried: 780 pairs."""
_VOTING: Final = 120
_AIM_DEG: Final = 2.0
"""Largest angle between a segment and the way from its middle to the point."""
_FALSE_ALARMS: Final = 1e-3
"""Accepted expectation of points with such support among random lines (a-contrario, as in von Gioi et al. 2010)."""
_LEAST: Final = 5
_SPREAD_DEG: Final = 15.0
"""Range of directions the supporting lines must have: parallel lines meet nowhere certain."""


def find_vanishing_point(frame: Frame, segments: Segments) -> VanishingPoint | None:
    """The point with the least expected support by chance, or None when chance could have made every one.

    Lines near level and near upright do not vote: they meet in other points. Only points within half a frame around
    the frame are looked for. Quality grows with how unlikely the support is and with the share of length behind it.
    """
    steep = np.abs(segments.angle)
    slanted = _distinct(segments.where((steep > 7.0) & (steep < 83.0)))
    voters = slanted.where(np.arange(len(slanted)) < _VOTING)
    if len(voters) < _LEAST:
        return None
    candidates = _meetings(frame, voters)
    if not len(candidates):
        return None
    aims = _off_aim(voters, candidates) < _AIM_DEG
    mass = (aims * voters.length).sum(axis=1)
    best = int(mass.argmax())
    inliers = aims[best]
    for _ in range(3):
        place = _meeting_of(voters.where(inliers))
        inliers = (_off_aim(voters, place[None]) < _AIM_DEG)[0]
        if np.count_nonzero(inliers) < _LEAST:
            return None
    return _told(frame, segments, voters, inliers)


def points_at(segments: Segments, place: tuple[float, float]) -> Places:
    """(N,) bool: which segments point at a place in pixels."""
    aimed: Places = (_off_aim(segments, np.array([place], np.float32)) < _AIM_DEG)[0]
    return aimed


def _told(frame: Frame, segments: Segments, voters: Segments, inliers: Places) -> VanishingPoint | None:
    supporting = voters.where(inliers)
    count, tried = len(supporting), len(voters)
    place = _meeting_of(supporting)
    x, y = float(place[0]) / frame.width, float(place[1]) / frame.height
    if not (-0.5 <= x <= 1.5 and -0.5 <= y <= 1.5) or float(np.ptp(supporting.angle)) < _SPREAD_DEG:
        return None
    pairs = _PAIRED * (_PAIRED - 1) / 2
    alarms = math.log10(pairs) + _log_tail(tried, count, 2 * _AIM_DEG / 180.0)
    if alarms > math.log10(_FALSE_ALARMS):
        return None
    support = float(supporting.length.sum() / segments.length.sum())
    slack = np.radians(_off_aim(supporting, place[None])[0])
    reach = np.hypot(*(supporting.middle - place).T)
    uncertainty = float(np.sqrt(np.mean((slack * reach) ** 2)) / frame.diagonal) + 1.0 / frame.diagonal
    share = float(supporting.length.sum() / voters.length.sum())
    quality = ramp(-alarms, 2.0, 12.0) * ramp(share, 0.15, 0.6)
    return VanishingPoint(
        point=Point(x, y),
        uncertainty=round(uncertainty, 6),
        quality=round(quality, 6),
        support=round(min(1.0, support), 6),
    )


def _distinct(segments: Segments) -> Segments:
    """Pieces of one line count once: of segments with nearly the same line, the longest stays."""
    if not len(segments):
        return segments
    radians = np.radians(segments.angle)
    normal = np.stack([-np.sin(radians), np.cos(radians)], axis=1)
    offset = (segments.middle * normal).sum(axis=1)
    kept = np.zeros(len(segments), bool)
    for index in range(min(len(segments), 3 * _VOTING)):
        turn = np.abs(segments.angle[:index] - segments.angle[index])
        close = np.abs(offset[:index] - (segments.middle[index] * normal[:index]).sum(axis=1))
        kept[index] = not bool(np.any(kept[:index] & (turn < 3.0) & (close < 4.0)))
    return segments.where(kept)


def _meetings(frame: Frame, voters: Segments) -> Plane:
    """(M, 2) meeting points of pairs of the longest lines, in pixels, within reach of the frame."""
    lines = _lines(voters.where(np.arange(len(voters)) < _PAIRED))
    one, other = np.triu_indices(len(lines), k=1)
    cross = np.cross(lines[one], lines[other])
    real = np.abs(cross[:, 2]) > 1e-6
    points = cross[real, :2] / cross[real, 2:]
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


def _off_aim(segments: Segments, places: Plane) -> Plane:
    """(M, N) degrees between each segment and the way from its middle to each place, 0..90."""
    way = places[:, None, :] - segments.middle[None]
    turn = np.degrees(np.arctan2(way[..., 1], way[..., 0])) - segments.angle[None]
    off: Plane = np.abs((turn + 90.0) % 180.0 - 90.0)
    return off


def _log_tail(trials: int, hits: int, chance: float) -> float:
    """log10 of the binomial probability of at least `hits` among `trials`."""
    total = sum(math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(hits, trials + 1))
    return math.log10(total) if total > 0 else -300.0
