"""Light and colour: the plain figures, and those that need to know what is in the still."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Horizon, Light, Measure, Subject, absent, measured
from analyzer.core.arrays import Mask, Plane
from analyzer.core.depth import haze_of
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame
from analyzer.core.regions import Materials

_WHITE: Final = 254
_BLACK: Final = 3
_SOURCE_L: Final = 93.0
_MOST_SOURCES: Final = 400
_LARGEST_SOURCE: Final = 0.03
_SOURCE_FALL: Final = 14.0
"""How much darker than a source, in L, what is around it must be."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Compact light sources: their share of the frame, their count, their centre of mass as shares of the frame."""

    share: float
    count: int
    x: float
    y: float
    quality: float


def measure_light(
    frame: Frame, *, materials: Materials, horizon: Horizon | None, subjects: tuple[Subject, ...], marks: Mask
) -> Light:
    """The light figures."""
    lightness = frame.cells[..., 0]
    blue, green, red = cv2.split(frame.pixels)
    least, most = cv2.min(cv2.min(blue, green), red), cv2.max(cv2.max(blue, green), red)
    low, high = np.percentile(frame.lab[::2, ::2, 0], (5, 95))
    chroma = np.hypot(frame.cells[..., 1], frame.cells[..., 2])
    sources = light_sources(frame)
    haze = haze_of(frame, materials)
    outdoors = materials.outdoors
    return Light(
        brightness=measured(float(frame.lab[..., 0].mean()) / 100, 1.0),
        contrast=measured(float(high - low) / 100, 1.0),
        key=measured(float((lightness > 66).mean() - (lightness < 33).mean()), 0.9),
        clipped_lights=measured(float((least >= _WHITE).mean()), 1.0),
        clipped_shadows=measured(float((most <= _BLACK).mean()), 1.0),
        warmth=measured(_warmth(frame.cells), 0.8),
        colour_temperature_kelvin=_temperature(frame),
        saturation=measured(min(1.0, float(chroma.mean()) / 100), 1.0),
        golden_hour=_golden_hour(frame, sources, horizon, outdoors),
        night=_night(frame, sources),
        backlight=_backlight(frame, subjects, marks),
        direction=_direction(frame, materials, marks, sources),
        hardness=absent("This version does not measure the hardness of shadows."),
        haze=absent("Haze is told only under an open sky with land below it.")
        if haze is None
        else measured(haze[0], 0.6 * outdoors),
        light_sources=measured(sources.share, sources.quality),
    )


def light_sources(frame: Frame) -> Sources:
    """Small, nearly white areas with a steep fall of light around them."""
    lightness = np.ascontiguousarray(frame.lab[..., 0])
    bright = (lightness >= _SOURCE_L).astype(np.uint8)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(bright, connectivity=8)
    dim = float(np.median(frame.cells[..., 0]))
    share, number, place = 0.0, 0, np.zeros(2)
    for at in range(1, min(count, _MOST_SOURCES)):
        left, top, wide, high, area = (int(value) for value in stats[at])
        if area < 4 or area > _LARGEST_SOURCE * bright.size or area < 0.3 * max(wide, high) ** 2:
            continue
        rows = slice(max(0, top - 2 * high), top + 3 * high)
        columns = slice(max(0, left - 2 * wide), left + 3 * wide)
        around = labels[rows, columns] == 0
        if _SOURCE_L - float(lightness[rows, columns][around].mean()) < _SOURCE_FALL:
            continue
        share += area / bright.size
        number += 1
        place += area / bright.size * (centres[at] + 0.5)
    # In a light picture small white areas are paint and reflections.
    quality = 0.7 * ramp(dim, 65.0, 30.0) + 0.1
    x, y = place / share / (frame.width, frame.height) if share > 0 else (0.5, 0.5)
    return Sources(share, number, float(x), float(y), quality)


def _warmth(cells: Plane) -> float:
    mean = cells.reshape(-1, 3).mean(axis=0)
    return float(np.tanh((mean[2] + 0.4 * mean[1]) / 22.0))


def _temperature(frame: Frame) -> Measure:
    """From the mean of nearly grey, light pixels (grey world within a ring), by McCamy's formula (1992)."""
    cells = frame.cells.reshape(-1, 3)
    chroma = np.hypot(cells[:, 1], cells[:, 2])
    neutral = (chroma < 14) & (cells[:, 0] > 45) & (cells[:, 0] < 97)
    share = float(neutral.mean())
    if share < 0.03:
        return absent("The still has too little that could be grey.")
    lab = cells[neutral].mean(axis=0)
    f_y = (lab[0] + 16) / 116
    xyz = np.array([0.9505, 1.0, 1.089]) * np.array([f_y + lab[1] / 500, f_y, f_y - lab[2] / 200]) ** 3
    x, y = xyz[0] / xyz.sum(), xyz[1] / xyz.sum()
    n = (x - 0.3320) / (0.1858 - y)
    kelvin = 449.0 * n**3 + 3525.0 * n**2 + 6823.3 * n + 5520.33
    return measured(float(np.clip(kelvin, 1500, 25000)), 0.4 * ramp(share, 0.03, 0.3))


def _golden_hour(frame: Frame, sources: Sources, horizon: Horizon | None, outdoors: float) -> Measure:
    """Warm highlights over darker ground, outdoors; or, whatever the colours, a sun just above the horizon."""
    lightness, b = frame.cells[..., 0], frame.cells[..., 2]
    lights = lightness >= np.percentile(lightness, 80)
    warm = ramp(float(b[lights].mean()), 4.0, 22.0)
    high = float(np.percentile(lightness, 97))
    low_key = ramp(float(np.median(lightness)), 62.0, 40.0) * ramp(high, 55.0, 80.0)
    sun = ramp(sources.share, 0.0005, 0.004) * sources.quality
    value = warm * low_key * (0.5 + 0.5 * max(sun, ramp(float(np.median(b)), 2.0, 14.0)))
    if horizon is not None:
        value = max(value, _low_sun(frame, horizon))
    return measured(min(1.0, value) * outdoors, 0.3 + 0.5 * outdoors)


def _low_sun(frame: Frame, horizon: Horizon) -> float:
    """A glow in one place just above the horizon, over dark ground."""
    lightness = frame.cells[..., 0]
    height = len(lightness)
    row = int(np.clip(round(horizon.y * height), 2, height - 2))
    band = lightness[max(0, row - round(0.15 * height)) : row].mean(axis=0)
    glow = ramp(float(band.max() - np.median(band)), 6.0, 20.0) * ramp(float(band.max()), 85.0, 94.0)
    return glow * ramp(float(np.median(lightness[row:])), 50.0, 30.0) * horizon.quality * 1.3


def _night(frame: Frame, sources: Sources) -> Measure:
    """A frame mostly dark, with lights in it; a dark frame without lights is night only perhaps."""
    lightness = frame.cells[..., 0]
    dark = ramp(float((lightness < 28).mean()), 0.45, 0.85)
    lights = ramp(sources.count, 0, 6) * sources.quality
    specks = ramp(float((frame.lab[..., 0] > 80).mean()), 0.0005, 0.004)
    no_day = ramp(float((lightness > 70).mean()), 0.12, 0.02)
    return measured(dark * no_day * (0.35 + 0.65 * max(lights, 0.9 * specks)), 0.7)


def _backlight(frame: Frame, subjects: tuple[Subject, ...], marks: Mask) -> Measure:
    """How much darker the strongest subject is than what surrounds it, 1 for 40 steps of L."""
    if not subjects:
        return absent("There is no subject.")
    member = marks == 1
    around = (cv2.dilate(member.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0) & (marks == 0)
    if np.count_nonzero(around) < 10 or not member.any():
        return absent("The subject fills the frame.")
    lightness = frame.cells[..., 0]
    fall = float(np.median(lightness[around])) - float(np.median(lightness[member]))
    return measured(ramp(fall, 8.0, 40.0), min(1.0, 0.3 + subjects[0].prominence))


def _direction(frame: Frame, materials: Materials, marks: Mask, sources: Sources) -> Measure:
    """Which half is lighter, off sky and subjects; trusted as far as the rows agree. A visible source settles it."""
    if sources.share > 0.0005 and sources.quality > 0.4 and sources.count <= 3:
        return measured(float(np.clip(2 * sources.x - 1, -1, 1)), sources.quality)
    lightness = frame.cells[..., 0].astype(np.float64)
    weight = ((materials.sky < 0.3) & (marks == 0)).astype(np.float64)
    width = lightness.shape[1]
    across = (np.arange(width) + 0.5) / width * 2 - 1
    mass = weight.sum(axis=1)
    rows = mass > width * 0.4
    if np.count_nonzero(rows) < 8:
        return absent("Too little beside sky and subjects shows the light.")
    mean = (lightness * weight).sum(axis=1) / np.maximum(mass, 1)
    pull = ((lightness - mean[:, None]) * weight * across).sum(axis=1)[rows] / mass[rows]
    total = float(np.abs(pull).sum())
    if total <= 0:
        return absent("The light is even.")
    agreed = abs(float(pull.sum())) / total
    return measured(float(np.clip(pull.mean() / 8.0, -1, 1)), 0.5 * ramp(agreed, 0.3, 0.95))
