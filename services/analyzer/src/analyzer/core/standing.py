"""What stands on the ground, and what lies behind what: order in depth from the patches of a still.

On level ground the disparity of a place grows with how far it lies below eye level. What rises from the ground shows
higher up without being further away; so a thing is as near as its foot, all of it. And what shows at the top of a
frame is far: whatever is parted from it by edges stands before it.
"""

from typing import Final

import numpy as np

from analyzer.core.arrays import Plane
from analyzer.core.evidence import ramps
from analyzer.core.patches import Patches, joined
from analyzer.core.quantiles import quantile

_THINGS: Final = (12.0, 20.0)
"""Differences in Lab up to which neighbours are one thing; nobody knows which is right, so the maps are averaged."""
_FOOT: Final = 0.94
"""The share of a patch's cells above its foot: the lowest few are shadows and spill."""
_ON_ANOTHER: Final = 0.4
"""What does not stand on the ground but above another thing is part of that or behind it: less than half way."""
_LIKE_GROUND: Final = (16.0, 7.0)
_BY_SHADE: Final = 3.0
"""Difference in Lab that shading makes between neighbours of one thing."""
_PLENTY: Final = 20.0


def at_foot(patches: Patches, plane: Plane, *, eye: float) -> Plane:
    """(h, w) float64: disparity of the ground for ground, of the foot for what stands on it.

    plane: (h, w) disparity 0..1 of the ground at each cell, growing downwards. eye: the height of eye level in the
    frame, 0..1: ground lies below it.
    """
    total, now = np.zeros(plane.shape), patches
    for threshold in _THINGS:
        now = joined(now, threshold)
        total += _stood(now, plane, eye)
    return total / len(_THINGS)


def before_the_top(patches: Patches) -> Plane:
    """(h, w) float64 0..1: how much has to be crossed from the top of the frame to here, by the easiest way.

    Differences of colour between neighbouring patches add up along the way; in one thing they are shading and free.
    """
    one, other = patches.borders.one, patches.borders.other
    cost = np.maximum(patches.steps() - _BY_SHADE, 0.0)
    far = np.where(patches.rows[:, 0] > 0, 0.0, np.inf)
    for _ in range(patches.count):
        before = far.copy()
        np.minimum.at(far, one, before[other] + cost)
        np.minimum.at(far, other, before[one] + cost)
        if (before == far).all():
            break
    crossed = far[patches.labels]
    return np.asarray(np.minimum(crossed / max(_PLENTY, quantile(crossed, 95)), 1.0))


def _stood(patches: Patches, plane: Plane, eye: float) -> Plane:
    height = patches.labels.shape[0]
    filled = np.cumsum(patches.rows, axis=1) / patches.cells[:, None]
    foot, head = np.argmax(filled >= _FOOT, axis=1), np.argmax(filled >= 1.0 - _FOOT, axis=1)
    own = plane.mean(axis=1)[foot]
    ground = _ground(patches, head / height, eye)
    told = own.copy()
    held = patches.below() * (1.0 - ground)
    for patch in np.argsort(-foot, kind="stable"):
        told[patch] += _ON_ANOTHER * float((held[patch] * np.maximum(told - own[patch], 0.0)).sum())
    mixed: Plane = plane * ground[patches.labels] + (told * (1.0 - ground))[patches.labels]
    return mixed


def _ground(patches: Patches, head: Plane, eye: float) -> Plane:
    """(n,) how far a patch is ground, 0..1: wide along the bottom border and below eye level, or like such."""
    bottom = patches.rows[:, -2:].sum(axis=1) / (2.0 * patches.labels.shape[1])
    low = ramps(head, eye - 0.15, eye)
    seed = ramps(bottom, 0.15, 0.5) * low
    grounds = np.flatnonzero(seed > 0)
    if not len(grounds):
        return seed
    differ = np.linalg.norm(patches.lab[:, None] - patches.lab[None, grounds], axis=2)
    like = (ramps(differ, *_LIKE_GROUND) * seed[None, grounds]).max(axis=1) * low
    return np.asarray(np.maximum(seed, like), np.float64)
