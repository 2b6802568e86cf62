"""S-curves: long smooth contours that bend one way and then the other."""

from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Measure, absent, measured
from analyzer.core.arrays import Plane
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame, averaged
from film.geometry import Box

_WORK_PX: Final = 192
"""Longer side at which contours are followed: bends of a road stay, leaves and stones go."""
_SAMPLES: Final = 40
_SMOOTH: Final = 2.0
_MOST_CHAINS: Final = 12
_LEAST_SPAN: Final = 0.3
_BEND_DEG: Final = (30.0, 70.0)
"""Turn of each of the two bends from which it counts, and at which it counts fully."""
_WOBBLE_DEG: Final = (9.0, 3.0)
"""Mean change of the turn from sample to sample: what is rough is no curve."""
_DETOUR: Final = (1.3, 1.15)
"""Length of a contour over that of the smooth curve through it; steps of pixels alone make 1.08."""
_EVEN: Final = (0.35, 0.6)
"""Share of the curve over which it turns: a circle has 1, straight sides with corners have little."""


def s_curve(frame: Frame, people: tuple[Box, ...] = ()) -> Measure:
    """Evidence 0..1 for a smooth curve of alternating curvature through the frame, from contours and not segments.

    people: rectangles around persons; the outline of head and shoulders bends both ways and leads nowhere.
    """
    chains = _chains(frame)
    if not chains:
        return absent("The still has no long contour.")
    return measured(max(_evidence(chain, frame) * _off(chain, frame, people) for chain in chains), 0.5)


def _off(chain: Plane, frame: Frame, people: tuple[Box, ...]) -> float:
    """0 for a contour that runs mostly within a person's rectangle, 1 for one that is clear of them."""
    scale = min(1.0, _WORK_PX / max(frame.width, frame.height))
    x, y = chain[:, 0] / (frame.width * scale), chain[:, 1] / (frame.height * scale)
    inside = [((x >= box.left) & (x <= box.right) & (y >= box.top) & (y <= box.bottom)).mean() for box in people]
    return ramp(float(max(inside, default=0.0)), 0.5, 0.2)


def _chains(frame: Frame) -> list[Plane]:
    """The longest contours, each (N, 2) float64, x and y in working pixels, from end to end."""
    scale = min(1.0, _WORK_PX / max(frame.width, frame.height))
    size = (max(16, round(frame.width * scale)), max(16, round(frame.height * scale)))
    small = averaged(frame.grey_for(_WORK_PX), size)
    smooth = cv2.GaussianBlur(small, (0, 0), 1.6)
    strength = max(30.0, 6.0 * frame.noise)
    edges = cv2.Canny(smooth, strength / 2, strength)
    outlines, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    least = _LEAST_SPAN * float(np.hypot(*size))
    # A thin line's outline runs along it there and back.
    long = sorted((one for one in outlines if len(one) >= 2 * least), key=len, reverse=True)[:_MOST_CHAINS]
    chains = []
    for outline in long:
        points = outline[:, 0].astype(np.float64)
        chain = _there(points)
        if float(np.hypot(*np.ptp(chain, axis=0))) >= least:
            chains.append(chain)
    return chains


def _there(points: Plane) -> Plane:
    """One way of an outline that runs there and back: from the point farthest from the middle to the one opposite."""
    first = _farthest(points, points.mean(axis=0))
    turned = np.roll(points, -first, axis=0)
    last = _farthest(turned, turned[0])
    # Both ways round lead there; on a fork the longer one takes in the other branch.
    return turned[: last + 1] if 2 * last <= len(turned) else np.concatenate([turned[last:], turned[:1]])


def _farthest(points: Plane, place: Plane) -> int:
    """Which point is the farthest from a place."""
    across, down = (points - place).T
    return int(np.argmax(across * across + down * down))


def _evidence(chain: Plane, frame: Frame) -> float:
    # A curve leads through the frame when it climbs: skylines and waves run along it.
    scale = min(1.0, _WORK_PX / max(frame.width, frame.height))
    span = np.ptp(chain, axis=0)
    through = ramp(float(span[1]) / (frame.height * scale), 0.2, 0.45) * ramp(
        float(np.hypot(*span)) / (frame.diagonal * scale), _LEAST_SPAN, 0.5
    )
    through *= _leads_in(chain, frame.width * scale, frame.height * scale)
    return through * _shape(chain) if through > 0 else 0.0


def _shape(chain: Plane) -> float:
    """Evidence 0..1 that the contour is smooth and bends evenly one way and then the other."""
    step = np.hypot(*np.diff(chain, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(step)])
    places = np.linspace(0.0, along[-1], _SAMPLES)
    curve = np.stack([np.interp(places, along, chain[:, axis]) for axis in (0, 1)], axis=1)
    smooth = _smoothed(curve)
    direction = np.unwrap(np.arctan2(*np.diff(smooth, axis=0).T[::-1]))
    turn = np.degrees(np.diff(direction))
    first, second = _bends(turn)
    rough = float(np.abs(np.diff(turn)).mean())
    # The length that the turning takes, by the participation ratio; a corner takes hardly any.
    even = float(np.abs(turn).sum() ** 2 / ((turn**2).sum() * len(turn) + 1e-9))
    detour = float(along[-1] / (np.hypot(*np.diff(smooth, axis=0).T).sum() + 1e-9))
    shape = ramp(min(first, second), *_BEND_DEG) * ramp(rough, *_WOBBLE_DEG) * ramp(even, *_EVEN)
    shape *= ramp(detour, *_DETOUR)
    return shape


def _leads_in(curve: Plane, width: float, height: float) -> float:
    """Evidence 0..1 that the curve's lower end comes from the frame's border: paths do, outlines of things do not."""
    end = curve[0] if curve[0, 1] > curve[-1, 1] else curve[-1]
    from_border = min(end[0] / width, 1.0 - end[0] / width, 1.0 - end[1] / height)
    return ramp(float(from_border), 0.2, 0.08)


def _smoothed(curve: Plane) -> Plane:
    reach = int(3 * _SMOOTH)
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * _SMOOTH**2))
    weights /= weights.sum()
    # Ends are continued by their mirror images through the end point, so that they neither shrink nor bend.
    before, after = 2 * curve[0] - curve[reach:0:-1], 2 * curve[-1] - curve[-2 : -reach - 2 : -1]
    padded = np.concatenate([before, curve, after])
    return np.stack([np.convolve(padded[:, axis], weights, mode="valid") for axis in (0, 1)], axis=1)


def _bends(turn: Plane) -> tuple[float, float]:
    """The two largest neighbouring bends of opposite sense, in degrees; zeros for a curve that winds on and on.

    A bend is what lies between two changes of the curvature's sense; slight ones, of less than eight degrees, are
    taken for straight.
    """
    sums: list[float] = []
    for one in turn:
        if sums and sums[-1] * one >= 0:
            sums[-1] += float(one)
        else:
            sums.append(float(one))
    merged: list[float] = []
    for one in sums:
        if abs(one) < 8.0:
            continue
        if merged and merged[-1] * one > 0:
            merged[-1] += one
        else:
            merged.append(one)
    if not 2 <= len(merged) <= 4 or max(abs(one) for one in merged) > 200.0:
        return 0.0, 0.0
    pairs = list(pairwise(merged))
    best = max(pairs, key=lambda pair: min(abs(pair[0]), abs(pair[1])))
    return abs(best[0]), abs(best[1])
