"""What the light says about the time of day: a low warm sun, or night."""

from typing import Final

import numpy as np

from analyzer.core.analysis import Horizon, Measure, measured
from analyzer.core.arrays import Places, Plane
from analyzer.core.evidence import ramp, share_of
from analyzer.core.frame import Frame
from analyzer.core.quantiles import median, quantiles
from analyzer.core.sources import Sources

_CALM: Final = 4.0
_SPECK: Final = np.uint8(204)
"""L of 80 in 8 bits: lamps and lit windows."""


def golden_hour_of(frame: Frame, sources: Sources, horizon: Horizon | None, outdoors: float) -> Measure:
    """Evidence for a low warm sun outdoors, from the better of two signs.

    A glow: calm warm sky, lighter than the ground below it. Or sunlit surfaces: warm lights over shadows that are
    cooler, since the blue sky fills them; lamps indoors warm both.
    """
    value = max(_glow(frame), _sunlit(frame) * outdoors)
    if horizon is not None:
        value = max(value, _low_sun(frame, horizon))
    sun = ramp(sources.share, 0.0005, 0.004) * sources.quality
    value = min(1.0, value * (0.85 + 0.3 * sun))
    return measured(value * (0.35 + 0.65 * outdoors), 0.3 + 0.5 * outdoors)


def night_of(frame: Frame, sources: Sources) -> Measure:
    """A dark frame with lights in it; one without lights is night only perhaps.

    Darkness counts by its square and without steps, so that the darker of two frames always has more of it.
    """
    lightness = frame.light
    dark = ramp(float(lightness.mean()), 55.0, 15.0) ** 2
    lights = ramp(sources.count, 0, 6) * sources.quality
    specks = ramp(share_of(frame.level8 > _SPECK), 0.0005, 0.004)
    no_day = ramp(share_of(lightness > 70), 0.3, 0.05)
    # Leaves keep their colour in the shade of a forest, not at night.
    green = share_of((frame.hue > 95) & (frame.hue < 190) & (frame.chroma > 9))
    return measured(dark * no_day * ramp(green, 0.8, 0.4) * (0.5 + 0.5 * max(lights, 0.9 * specks)), 0.7)


def _warm(frame: Frame) -> Plane:
    """Chroma by cell where the hue is between pink and yellow, 0 elsewhere."""
    return np.where((frame.hue > 10) & (frame.hue < 95), frame.chroma, np.float32(0.0))


def _glow(frame: Frame) -> float:
    """Calm warm light over the width of the upper part, over a ground that is much darker."""
    lightness = frame.light
    height = len(lightness)
    upper = slice(0, round(0.6 * height))
    glowing: Places = (_warm(frame)[upper] > 7) & (frame.texture[upper] < _CALM) & (lightness[upper] > 42)
    share = ramp(share_of(glowing), 0.01, 0.12)
    ground = median(lightness[round(0.6 * height) :])
    lit = median(lightness[upper][glowing]) if glowing.any() else 0.0
    # A lamp's glow on a wall is as warm, in one spot.
    wide = ramp(share_of(np.asarray(glowing.any(axis=0))), 0.15, 0.6)
    return share * ramp(lit - ground, 5.0, 35.0) * wide


def _sunlit(frame: Frame) -> float:
    lightness, _, b = frame.planes
    low, high = quantiles(lightness, 30, 80)
    lights, shadows = lightness >= high, lightness <= low
    warm = ramp(median(_warm(frame)[lights]), 8.0, 26.0)
    apart = ramp(median(b[lights]) - median(b[shadows]), 2.0, 14.0)
    return warm * apart * ramp(float(high - low), 15.0, 40.0)


def _low_sun(frame: Frame, horizon: Horizon) -> float:
    """A glow in one place just above the horizon, over dark ground."""
    lightness = frame.light
    height = len(lightness)
    row = int(np.clip(round(horizon.y * height), 2, height - 2))
    band = lightness[max(0, row - round(0.15 * height)) : row].mean(axis=0)
    glow = ramp(float(band.max()) - median(band), 6.0, 20.0) * ramp(float(band.max()), 85.0, 94.0)
    return glow * ramp(median(lightness[row:]), 50.0, 30.0) * horizon.quality * 1.3
