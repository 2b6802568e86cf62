"""The most common colours of a still."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.core.analysis import Swatch
from analyzer.core.arrays import Pixels, Plane
from analyzer.core.frame import lab_of

_COLOURS: Final = 8
SAMPLE_PX: Final = 48
"""Longer side at which colours are counted."""
_ROUNDS: Final = 12
_SETTLED: Final = 0.25
"""How far, in Lab, a centre may still move when the search ends: a tenth of what an eye can tell."""
_SAME_COLOUR: Final = 10.0
"""Distance in Lab under which two centres are one colour to the eye (a just noticeable difference is 2.3)."""
_LEAST_SHARE: Final = 0.01


def measure_palette(pixels: Pixels) -> tuple[Swatch, ...]:
    """At most 8 colours, most common first; their shares sum to 1 but for rounding.

    pixels: (H, W, 3) uint8 BGR of any size. K-means in Lab that begins at the quantiles of lightness, so that no chance
    is in it.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, SAMPLE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    centres, shares = _merged(*clusters(lab_of(small).reshape(-1, 3), _COLOURS, rounds=_ROUNDS))
    kept = [(share, centre) for share, centre in zip(shares, centres, strict=True) if share >= _LEAST_SHARE]
    total = sum(share for share, _ in kept)
    swatches = _swatches([centre for _, centre in kept], [share / total for share, _ in kept])
    return tuple(sorted(swatches, key=lambda one: (-one.share, one.red, one.green, one.blue)))


def clusters(samples: Plane, count: int, *, rounds: int) -> tuple[Plane, Plane]:
    """The centres of `count` groups of colours, (count, 3) float32, and their shares, which sum to 1.

    samples: (N, 3) float32 Lab, N at least 1. Groups may be empty; their centres are some sample's colour.
    """
    # Written out, without matrix products: those of a library with threads may round differently from run to run.
    order = np.argsort(samples[:, 0] * 4 + samples[:, 1] + samples[:, 2] * 2, kind="stable")
    # Means of equally many samples, not single ones: another encoding's noise then starts the search at the same place.
    begins = np.arange(count) * len(order) // count
    sizes = np.maximum(1, np.diff(begins, append=len(order)))
    centres = np.add.reduceat(samples[order].astype(np.float64), begins, axis=0) / sizes[:, None]
    planes = np.ascontiguousarray(samples.T)
    for _ in range(rounds):
        nearest = _nearest(planes, centres)
        members = np.bincount(nearest, minlength=count)
        before = centres.copy()
        sums = [np.bincount(nearest, weights=plane, minlength=count) for plane in planes]
        # What has no members stays where it is.
        np.divide(sums, members, out=centres.T, where=members > 0)
        if float(np.abs(centres - before).max()) < _SETTLED:
            break
    shares = np.bincount(_nearest(planes, centres), minlength=count) / len(samples)
    return centres.astype(np.float32), shares.astype(np.float32)


def _nearest(planes: Plane, centres: Plane) -> NDArray[np.intp]:
    """The index of the nearest centre for each sample. planes: (3, N) float32."""
    columns = centres.astype(np.float32)
    squares = (planes[0] - columns[:, 0:1]) ** 2
    squares += (planes[1] - columns[:, 1:2]) ** 2
    squares += (planes[2] - columns[:, 2:3]) ** 2
    return np.asarray(squares.argmin(axis=0), np.intp)


def squares_from(planes: Plane, colour: Plane) -> Plane:
    """Squared distance in Lab from a colour. planes: (3, ...) float32; the result has the shape of one plane."""
    total = (planes[0] - np.float32(colour[0])) ** 2
    total += (planes[1] - np.float32(colour[1])) ** 2
    total += (planes[2] - np.float32(colour[2])) ** 2
    return np.asarray(total, np.float32)


def _merged(centres: Plane, shares: Plane) -> tuple[list[Plane], list[float]]:
    """Centres that look the same become one, the larger ones taking in the smaller."""
    kept: list[Plane] = []
    weights: list[float] = []
    for index in np.argsort(-shares, kind="stable"):
        share = float(shares[index])
        if share <= 0:
            continue
        for at, centre in enumerate(kept):
            if float(np.linalg.norm(centre - centres[index])) < _SAME_COLOUR:
                kept[at] = (centre * weights[at] + centres[index] * share) / (weights[at] + share)
                weights[at] += share
                break
        else:
            kept.append(centres[index])
            weights.append(share)
    return kept, weights


def _swatches(centres: list[Plane], shares: list[float]) -> list[Swatch]:
    lab = np.array([centres], np.float32) * np.array([2.55, 1, 1], np.float32) + np.array([0, 128, 128], np.float32)
    colours = cv2.cvtColor(np.clip(np.round(lab), 0, 255).astype(np.uint8), cv2.COLOR_LAB2BGR)[0].tolist()
    return [
        Swatch(red=red, green=green, blue=blue, share=round(float(share), 6))
        for (blue, green, red), share in zip(colours, shares, strict=True)
    ]
