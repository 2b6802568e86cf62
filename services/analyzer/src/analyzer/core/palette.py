"""The most common colours of a still."""

from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Swatch
from analyzer.core.arrays import Pixels, Plane
from analyzer.core.frame import lab_of

_COLOURS: Final = 8
_SAMPLE_PX: Final = 64
_ROUNDS: Final = 12
_SAME_COLOUR: Final = 10.0
"""Distance in Lab under which two centres are one colour to the eye (a just noticeable difference is 2.3)."""
_LEAST_SHARE: Final = 0.01


def measure_palette(pixels: Pixels) -> tuple[Swatch, ...]:
    """At most 8 colours, most common first; their shares sum to 1 but for rounding.

    pixels: (H, W, 3) uint8 BGR of any size. K-means in Lab that begins at the quantiles of lightness, so that no chance
    is in it.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, _SAMPLE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    samples = lab_of(small).reshape(-1, 3)
    centres, shares = _merged(*_clusters(samples))
    kept = [(share, centre) for share, centre in zip(shares, centres, strict=True) if share >= _LEAST_SHARE]
    total = sum(share for share, _ in kept)
    swatches = [_swatch(centre, share / total) for share, centre in kept]
    return tuple(sorted(swatches, key=lambda one: (-one.share, one.red, one.green, one.blue)))


def _clusters(samples: Plane) -> tuple[Plane, Plane]:
    order = np.argsort(samples[:, 0] * 4 + samples[:, 1] + samples[:, 2] * 2, kind="stable")
    picks = order[(np.arange(_COLOURS) * 2 + 1) * len(order) // (2 * _COLOURS)]
    centres = samples[picks].copy()
    nearest = np.zeros(len(samples), np.intp)
    for _ in range(_ROUNDS):
        distance = ((samples[:, None, :] - centres[None]) ** 2).sum(axis=2)
        nearest = distance.argmin(axis=1)
        for index in range(_COLOURS):
            members = samples[nearest == index]
            if len(members):
                centres[index] = members.mean(axis=0)
    shares = np.bincount(nearest, minlength=_COLOURS) / len(samples)
    return centres, shares.astype(np.float32)


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


def _swatch(centre: Plane, share: float) -> Swatch:
    lab = np.array([[[centre[0] * 2.55, centre[1] + 128, centre[2] + 128]]])
    pixel = cv2.cvtColor(np.clip(np.round(lab), 0, 255).astype(np.uint8), cv2.COLOR_LAB2BGR)[0, 0]
    return Swatch(red=int(pixel[2]), green=int(pixel[1]), blue=int(pixel[0]), share=round(float(share), 6))
