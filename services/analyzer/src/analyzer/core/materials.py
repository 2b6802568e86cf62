"""Evidence by cell for what an area is made of, from colour, texture, lines, and place about the horizon.

Without training data the likelihoods are written by hand: ranges of Lab hue (degrees: 0 red-purple, 90 yellow, 150
green, 270 blue), chroma, lightness and texture (deviation of L). They were set while
looking at labelled photographs, and say of others what `make eval-seeing` measures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from analyzer.core.analysis import Horizon, RegionKind, SceneKind
from analyzer.core.arrays import Places, Plane
from analyzer.core.evidence import bands, hue_of, ramp, ramps, share_of
from analyzer.core.frame import Frame
from analyzer.core.glance import Chances
from analyzer.core.quantiles import median, quantiles
from analyzer.core.segments import Segments


@dataclass(frozen=True, eq=False)
class Cells:
    """What the likelihoods look at; all arrays (h, w) float32 on the frame's grid."""

    lightness: Plane
    hue: Plane
    chroma: Plane
    texture: Plane
    straight: Plane
    """How much straight line runs through and near a cell, 0..1."""
    level: Plane
    """How far the texture runs level, 0..1: ripples do, grass does not."""
    y: Plane
    """Height of the cell, 0 at the top to 1 at the bottom."""
    above: Plane
    """0 below the horizon to 1 above it; without a horizon a soft guess from the height alone."""

    @cached_property
    def green(self) -> Plane:
        """Evidence for leaves, 0..1."""
        return _green(self)


def cells_of(frame: Frame, segments: Segments, horizon: Horizon | None) -> Cells:
    """The figures of each cell."""
    smooth = cv2.GaussianBlur(frame.cells, (0, 0), 0.8)
    lightness, a, b = (np.asarray(plane, np.float32) for plane in cv2.split(smooth))
    width, height = frame.grid
    y = np.repeat(((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None], width, axis=1)
    across = cv2.blur(frame.by_cell(np.abs(cv2.Sobel(frame.half, cv2.CV_16S, 1, 0))), (3, 3))
    down = cv2.blur(frame.by_cell(np.abs(cv2.Sobel(frame.half, cv2.CV_16S, 0, 1))), (3, 3))
    level = down / (across + down + 1.0)
    if horizon is None:
        above = ramps(y, 0.75, 0.25) * np.float32(0.7)
    else:
        x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
        line = horizon.y + np.tan(np.radians(horizon.tilt_deg)) * x * frame.width / frame.height
        above = ramps((y - line[None].astype(np.float32)), 0.015, -0.015)
    return Cells(
        lightness=lightness,
        hue=hue_of(a, b),
        chroma=np.asarray(cv2.magnitude(a, b), np.float32),
        texture=frame.texture,
        straight=_straight(frame, segments),
        level=ramps(level.astype(np.float32), 0.5, 0.75),
        y=y,
        above=above,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of the still as a whole, each 0..1.

    outdoors: the open air; grey and brown need it. open: as far as there may be a sky at all. real: a scene at all, no
    page, pattern or drawing. shore: open water in it. wild: a landscape, a shore or a forest, where white is snow and
    pale brown is sand sooner than paint.
    """

    outdoors: float
    open: float = 1.0
    real: float = 1.0
    shore: float = 0.5
    wild: float = 0.5


def setting_of(cells: Cells, horizon: Horizon | None, *, person: float, chances: Chances | None) -> Setting:
    """What surrounds the cells, from horizon, blue and green, and from the eye's chances if there are any."""
    signs = open_air(cells, horizon) * (1.0 - 0.8 * ramp(person, 0.05, 0.2))
    if chances is None:
        return Setting(outdoors=signs)
    of = chances.kinds
    shore = of[SceneKind.WATERSIDE]
    return Setting(
        outdoors=0.3 * signs + 0.7 * chances.outdoor,
        open=ramp(chances.outdoor, 0.08, 0.4),
        real=1.0 - 0.8 * ramp(of[SceneKind.ABSTRACT] + of[SceneKind.DOCUMENT], 0.3, 0.8),
        shore=ramp(shore, 0.03, 0.25),
        wild=ramp(shore + of[SceneKind.LANDSCAPE] + of[SceneKind.FOREST], 0.1, 0.6),
    )


def evidence_by_kind(
    cells: Cells, setting: Setting, *, sky: Plane, horizon_quality: float
) -> Mapping[RegionKind, Plane]:
    """For each kind, evidence 0..1 by cell. sky: (h, w) what is known of it. horizon_quality: 0 without a horizon."""
    outdoors = setting.outdoors
    shore, wild = np.float32(setting.shore), np.float32(setting.wild)
    one = np.float32(1.0)
    green = cells.green
    below = one - cells.above
    lower = np.maximum(below * np.float32(horizon_quality), ramps(cells.y, 0.35, 0.8) * np.float32(0.8))
    calm = ramps(cells.texture, 9.0, 3.0)
    grey = ramps(cells.chroma, 16.0, 8.0)
    brown = bands(cells.hue, 35, 50, 92, 105) * bands(cells.chroma, 5, 9, 40, 55)
    straight = cells.straight
    bluish = bands(cells.hue, 170, 200, 290, 310) * ramps(cells.chroma, 3.0, 8.0)
    open_air = np.float32(outdoors)
    like_sky = _like_sky(cells, sky)
    rough = ramps(cells.texture, 3.0, 8.0)
    return {
        RegionKind.VEGETATION: green * (one - 0.6 * straight),
        RegionKind.WATER: np.maximum(
            below * np.float32(horizon_quality) * np.float32(0.4 + 0.6 * setting.shore),
            shore * lower,
        )
        * np.maximum(calm, shore * ramps(cells.texture, 16.0, 8.0))
        * np.maximum(np.maximum(bluish, grey * ramps(cells.lightness, 30, 55)), shore * like_sky)
        * (np.float32(0.7) + np.float32(0.3) * cells.level)
        * (one - green),
        RegionKind.GROUND: lower
        * np.maximum(brown, grey * np.float32(0.7))
        * (one - green)
        * (one - 0.7 * straight)
        * bands(cells.lightness, 5, 15, 80, 95)
        * np.maximum(open_air, np.float32(0.3))
        * (one - np.float32(0.5) * shore * calm),
        RegionKind.MAN_MADE: straight * (one - 0.7 * green) * ramps(cells.texture, 1.0, 4.0),
        RegionKind.SNOW: open_air
        * wild
        * ramps(cells.lightness, 60, 76)
        * ramps(cells.chroma, 13, 7)
        * (one - cells.above * np.float32(0.5 + 0.5 * horizon_quality))
        * bands(cells.texture, 0.5, 2.0, 14, 20)
        * ramps(cells.y, 0.2, 0.35),
        RegionKind.SAND: open_air
        * wild
        * lower
        * bands(cells.hue, 50, 60, 88, 95)
        * bands(cells.chroma, 9, 13, 32, 42)
        * bands(cells.lightness, 48, 58, 88, 96)
        * calm,
        RegionKind.ROCK: open_air
        * ramps(cells.chroma, 18, 9)
        * rough
        * bands(cells.lightness, 12, 25, 75, 88)
        * (one - green)
        * (one - 0.6 * straight)
        * np.float32(0.9),
    }


def sky_evidence(cells: Cells, *, outdoors: float, horizon_quality: float) -> Plane:
    """Evidence 0..1 by cell that a place has the colour and calm of sky, day or dusk, before its place is asked for.

    Blue needs little else; white, grey and the glow of dusk are also the colours of walls and need a horizon or signs
    of the open air.
    """
    support = np.float32(max(outdoors, horizon_quality))
    calm = ramps(cells.texture, 6.5, 2.0)
    blue = bands(cells.hue, 215, 240, 295, 310) * ramps(cells.chroma, 4.0, 10.0) * ramps(cells.lightness, 8, 22)
    pale = ramps(cells.chroma, 18.0, 9.0) * ramps(cells.lightness, 55, 75) * support
    glow = bands(cells.hue, 20, 40, 100, 115) * ramps(cells.lightness, 50, 68) * support
    # Clouds are rough only at their rims.
    cloud = ramps(cells.chroma, 18.0, 10.0) * ramps(cells.lightness, 68, 82) * support * ramps(cells.texture, 14.0, 6.0)
    unlined = np.float32(1.0 - horizon_quality)
    upper = np.maximum(cells.above, ramps(cells.y, 0.8, 0.3) * unlined)
    blue = blue * np.maximum(cells.above, ramps(cells.y, 0.95, 0.7) * unlined)
    found: Plane = np.maximum(calm * np.maximum(blue, np.maximum(pale, glow) * upper), cloud * upper)
    return found


def cloudy_places(cells: Cells, sky: Plane) -> Places:
    """(h, w) where the sky shows cloud: pale and rough places; pale alone may be haze or an even white sky."""
    pale = ramps(cells.chroma, 14.0, 6.0) * ramps(cells.lightness, 40, 55)
    # Towers and trees make the sky's rim rough; only what lies within the sky counts.
    within = cv2.erode((sky > 0).astype(np.float32), np.ones((5, 5), np.uint8), borderValue=1.0)
    known = cv2.GaussianBlur(within, (0, 0), 3.0)
    roughness = cv2.GaussianBlur(cells.texture * within, (0, 0), 3.0) / (known + np.float32(0.02))
    rough = ramps(np.asarray(roughness, np.float32), 0.7, 1.8)
    cloudy = np.asarray(cv2.GaussianBlur(0.45 * pale + 0.55 * rough, (0, 0), 2.0), np.float32) > 0.47
    return np.asarray((sky > 0) & cloudy, np.bool_)


def _like_sky(cells: Cells, sky: Plane) -> Plane:
    """How near a cell's colour is to the sky's, 0..1: calm water below it mirrors it; 0 without a sky."""
    there = sky > 0.35
    if share_of(there) < 0.03:
        return np.zeros_like(sky)
    a, b = cells.chroma * np.cos(np.radians(cells.hue)), cells.chroma * np.sin(np.radians(cells.hue))
    apart = np.asarray(cv2.magnitude(a - float(a[there].mean()), b - float(b[there].mean())), np.float32)
    return ramps(apart, 24.0, 8.0) * (1.0 - np.minimum(1.0, sky * 2)).astype(np.float32)


def open_air(cells: Cells, horizon: Horizon | None) -> float:
    """First evidence for the open air, 0..1: a horizon, blue that lies calm along the top, green with texture."""
    top = cells.y < 0.3
    blue = bands(cells.hue, 215, 240, 290, 305) * ramps(cells.chroma, 5.0, 12.0) * ramps(cells.texture, 6.0, 2.0)
    blue_top = ramp(float((blue * ramps(cells.lightness, 15, 40))[top].mean()), 0.15, 0.5)
    green = ramp(share_of(cells.green > 0.4), 0.05, 0.3)
    # A sky is the lightest part and fades towards the horizon; a wall behind a person does neither.
    line = 0.0 if horizon is None else horizon.quality
    pale = 0.6 * _pale_top(cells)
    return max(line, pale, 0.75 * green, 0.6 * blue_top, min(1.0, 0.5 * green + 0.6 * blue_top + 0.5 * line))


def _pale_top(cells: Cells) -> float:
    """A calm light top over a darker, rougher bottom, as under a grey sky; a plain backdrop is the same all round."""
    # Both are whole rows.
    top, bottom = cells.y[:, 0] < 0.2, cells.y[:, 0] > 0.6
    texture, busy = quantiles(cells.texture[top], 50, 80)
    dark, lightness = quantiles(cells.lightness[top], 20, 50)
    calm = ramp(busy, 4.0, 1.5)
    fall = ramp(lightness - median(cells.lightness[bottom]), 8.0, 25.0)
    light = ramp(dark, 55.0, 70.0)
    rough = ramp(median(cells.texture[bottom]) - texture, 1.0, 5.0)
    return float(calm * fall * light * rough)


def _green(cells: Cells) -> Plane:
    leaf = bands(cells.hue, 92, 104, 165, 190) * bands(cells.chroma, 5.0, 9.0, 90, 110)
    autumn = bands(cells.hue, 55, 65, 100, 108) * ramps(cells.chroma, 14.0, 24.0) * ramps(cells.texture, 4.0, 8.0)
    leafy = np.maximum(leaf, np.float32(0.6) * autumn * ramps(cells.lightness, 70, 60))
    green: Plane = leafy * ramps(cells.texture, 0.5, 2.0) * bands(cells.lightness, 3, 10, 85, 95)
    return green


def _straight(frame: Frame, segments: Segments) -> Plane:
    """Length of straight, level or upright-ish line near each cell against what a brick wall has."""
    canvas = np.zeros(frame.grey.shape, np.uint8)
    long = segments.where(segments.length >= 0.045 * frame.diagonal)
    steep = long.steep
    # Slanted lines belong to buildings seen at an angle, and to stalks, whiskers and rims.
    plumb = (steep < 15) | (steep > 75)
    for (x0, y0, x1, y1), straight in zip(long.ends.astype(int), plumb, strict=True):
        cv2.line(canvas, (int(x0), int(y0)), (int(x1), int(y1)), 255 if straight else 70, 1)
    density = frame.by_cell(canvas.astype(np.float32) / 255)
    return ramps(np.asarray(cv2.GaussianBlur(density, (0, 0), 3.0), np.float32), 0.012, 0.06)
