"""How light falls: where it comes from, how hard it is, what it leaves dark, what it draws around a subject."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Measure, Subject, absent, measured
from analyzer.core.arrays import Mask, Plane
from analyzer.core.evidence import ramp, share_of
from analyzer.core.frame import Frame
from analyzer.core.quantiles import median, quantile
from analyzer.core.regions import Materials
from analyzer.core.sources import Sources

_NO_SUBJECT: Final = "There is no subject."
_FILLS: Final = "The subject fills the frame."
_FEW_CELLS: Final = 10
_SHADOW_STEP: Final = 0.48
"""Least step of log light at the edge of a shadow, a fall to 0.62: skylight is a tenth to a half of sun and sky."""
_STEEP: Final = 0.62
"""Share of a step over four pixels that lies in its middle two: a half for a ramp, 0.73 for the sharpest there is."""
_LOG_LIGHT: Final = np.log((np.arange(256) / 255.0) ** 2.2 + 0.006).astype(np.float32)
"""Logarithm of linear light by 8-bit value."""


def backlight_of(frame: Frame, subjects: tuple[Subject, ...], marks: Mask) -> Measure:
    """How much darker the strongest subject is than what surrounds it, 1 for a fifth of its light.

    The ratio of the two does not change with exposure; a black subject before grey is paint as likely as light, so the
    surroundings must be light themselves for the figure to be trusted.
    """
    if not subjects:
        return absent(_NO_SUBJECT)
    member = marks == 1
    around = (cv2.dilate(member.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0) & (marks == 0)
    if np.count_nonzero(around) < _FEW_CELLS or not member.any():
        return absent(_FILLS)
    lightness = frame.light
    behind, subject = median(lightness[around]), median(lightness[member])
    ratio = (_luminance(subject) + 0.01) / (_luminance(behind) + 0.01)
    light = ramp(behind, 25.0, 60.0)
    return measured(ramp(ratio, 0.7, 0.2), min(1.0, 0.3 + subjects[0].prominence) * (0.3 + 0.7 * light))


def rim_of(frame: Frame, subjects: tuple[Subject, ...], marks: Mask) -> Measure:
    """Evidence for a bright rim: cells at the subject's outline lighter than both its inside and what is behind."""
    if not subjects:
        return absent(_NO_SUBJECT)
    member = (marks == 1).astype(np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    outline = cv2.morphologyEx(member, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) > 0
    inside = (cv2.erode(member, np.ones((9, 9), np.uint8)) > 0) & ~outline
    wide, near = (cv2.dilate(member, np.ones((side, side), np.uint8)) for side in (15, 7))
    behind = (wide > 0) & (near == 0)
    if min(int(np.count_nonzero(part)) for part in (outline, inside, behind)) < _FEW_CELLS:
        return absent(_FILLS if not behind.any() else "The subject is too small to have a rim.")
    lightness = frame.light
    # The lightest place within a cell's neighbourhood: a rim is thinner than a cell's way across the outline.
    crest = np.asarray(cv2.dilate(lightness, kernel), np.float32)
    floor = max(quantile(lightness[inside], 75), quantile(lightness[behind], 75))
    lit = share_of(crest[outline] > floor + 12.0)
    quality = min(0.7, 0.2 + subjects[0].prominence)
    return measured(ramp(lit, 0.12, 0.5), quality)


def fill_of(levels: Plane) -> Measure:
    """How far shadows are lifted: light of the darkest tenth beside that of the lightest, in stops from 7 to 1.

    levels: (256,) counts of L by step of 8 bits. A ratio, so that exposure does not change it but for the ends of the
    scale.
    """
    dark, light = percentiles(levels, (10, 90))
    stops = float(np.log2((_luminance(light) + 0.002) / (_luminance(dark) + 0.002)))
    # Without any spread, or any light, there is no shadow to be lifted.
    return measured(ramp(stops, 7.0, 1.0), 0.8 * ramp(stops, 0.1, 0.6) * ramp(light, 8.0, 30.0))


def hardness_of(frame: Frame, outdoors: float) -> Measure:
    """Hardness of shadows: steepness of those edges at which light falls and colour stays.

    At the edge of a shadow all three channels fall by about the same factor, outdoors the blue one a little less, since
    skylight fills it; at the edge of a thing colour changes too. Of such edges, the share that is as sharp as the still
    can draw is the hardness: a soft source draws them wide.
    """
    small = cv2.GaussianBlur(frame.half_pixels, (0, 0), 0.8)
    # Linear light, with a floor that keeps noise in the dark out of the factors.
    logs = [np.asarray(cv2.LUT(plane, _LOG_LIGHT), np.float32) for plane in cv2.split(small)]
    sharp, total = 0, 0
    for wide, near in (_steps(logs, down=False), _steps(logs, down=True)):
        sizes = [np.abs(step) for step in wide]
        fall = np.minimum(np.minimum(sizes[0], sizes[1]), sizes[2])
        most, least = (pick(pick(wide[0], wide[1]), wide[2]) for pick in (np.maximum, np.minimum))
        even = (most - least < np.float32(0.25) * fall) & (fall > np.float32(_SHADOW_STEP))
        total += int(np.count_nonzero(even))
        sharp += int(np.count_nonzero(even & (np.abs(near) > np.float32(_STEEP) * sizes[1])))
    share = total / (small.shape[0] * small.shape[1])
    if share < 0.004:
        return absent("The still has too few edges of shadows.")
    return measured(ramp(sharp / total, 0.1, 0.45), (0.2 + 0.25 * outdoors) * ramp(share, 0.004, 0.04))


def _steps(logs: Sequence[Plane], *, down: bool) -> tuple[list[Plane], Plane]:
    """For each channel, the change over four pixels; and for the second one, the part of it over the middle two."""
    # Every second line tells enough.
    if down:
        planes = [np.ascontiguousarray(plane[:, ::2]) for plane in logs]
        return [one[4:] - one[:-4] for one in planes], planes[1][3:-1] - planes[1][1:-3]
    planes = [plane[::2] for plane in logs]
    return [one[:, 4:] - one[:, :-4] for one in planes], planes[1][:, 3:-1] - planes[1][:, 1:-3]


def direction_of(frame: Frame, materials: Materials, marks: Mask, sources: Sources) -> Measure:
    """Which half is lighter, off sky and subjects; trusted as far as the rows agree. A visible source settles it.

    Lightness is compared on a scale of factors, so that exposure changes neither side nor trust.
    """
    if sources.share > 0.0005 and sources.quality > 0.4 and sources.count <= 3:
        return measured(float(np.clip(2 * sources.x - 1, -1, 1)), sources.quality)
    light = np.log(_luminances(frame.light.astype(np.float64)) + 0.01)
    weight = ((materials.sky < 0.3) & (marks == 0)).astype(np.float64)
    width = light.shape[1]
    across = (np.arange(width) + 0.5) / width * 2 - 1
    mass = weight.sum(axis=1)
    rows = mass > width * 0.4
    if np.count_nonzero(rows) < 8:
        return absent("Too little beside sky and subjects shows the light.")
    mean = (light * weight).sum(axis=1) / np.maximum(mass, 1)
    pull = ((light - mean[:, None]) * weight * across).sum(axis=1)[rows] / mass[rows]
    total = float(np.abs(pull).sum())
    if total <= 0:
        return absent("The light is even.")
    agreed = abs(float(pull.sum())) / total
    return measured(float(np.clip(pull.mean() / 0.35, -1, 1)), 0.5 * ramp(agreed, 0.3, 0.95))


def percentiles(levels: Plane, shares: tuple[float, ...]) -> list[float]:
    """L, 0..100, below which these shares (in percent) of the pixels lie. levels: (256,) counts."""
    below = np.cumsum(levels)
    return [float(np.searchsorted(below, share / 100 * float(below[-1]))) / 2.55 for share in shares]


def _luminance(lightness: float) -> float:
    """Relative luminance of CIE L, 0..1."""
    return float(_luminances(np.array([lightness]))[0])


def _luminances(lightness: Plane) -> Plane:
    f_y = (lightness + 16) / 116
    light: Plane = np.where(lightness > 8, f_y**3, lightness / 903.3)
    return light
