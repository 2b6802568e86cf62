"""Light and colour: the plain figures, and those that need to know what is in the still."""

from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Light, absent, measured
from analyzer.core.arrays import Plane
from analyzer.core.daytime import golden_hour_of, night_of
from analyzer.core.depth_cues import Clues
from analyzer.core.evidence import share_of
from analyzer.core.frame import Frame
from analyzer.core.illuminant import colour_temperature, parted_light
from analyzer.core.shading import backlight_of, direction_of, fill_of, hardness_of, percentiles, rim_of
from analyzer.core.sources import light_sources, practicals_of

_WHITE: Final = np.uint8(254)
_BLACK: Final = np.uint8(3)


def measure_light(frame: Frame, clues: Clues) -> Light:
    """The light figures. clues: what earlier stages found out."""
    materials, subjects, marks, haze = clues.materials, clues.subjects, clues.marks, clues.haze
    lightness = frame.light
    levels = np.asarray(cv2.calcHist([frame.level8], [0], None, [256], [0, 256]), np.float32).ravel()
    low, high = percentiles(levels, (5, 95))
    sources = light_sources(frame)
    outdoors = materials.outdoors
    parted = parted_light(frame, materials)
    return Light(
        brightness=measured(float(levels @ np.arange(256)) / frame.grey.size / 255, 1.0),
        contrast=measured((high - low) / 100, 1.0),
        key=measured(share_of(lightness > 66) - share_of(lightness < 33), 0.9),
        clipped_lights=measured(share_of(frame.weakest >= _WHITE), 1.0),
        clipped_shadows=measured(share_of(frame.strongest <= _BLACK), 1.0),
        warmth=measured(_warmth(frame.cells), 0.8),
        colour_temperature_kelvin=colour_temperature(frame),
        saturation=measured(min(1.0, frame.mean_chroma / 100), 1.0),
        golden_hour=golden_hour_of(frame, sources, clues.horizon, outdoors),
        night=night_of(frame, sources),
        backlight=backlight_of(frame, subjects, marks),
        direction=direction_of(frame, materials, marks, sources),
        hardness=hardness_of(frame, outdoors),
        haze=absent("Haze is told only under an open sky with land below it.")
        if haze is None
        else measured(haze[0], 0.6 * outdoors),
        light_sources=measured(sources.share, sources.quality),
        strongest_source=sources.strongest,
        practicals=practicals_of(frame, sources),
        temperature_contrast=parted.contrast,
        warm_side=parted.warm_side,
        rim_light=rim_of(frame, subjects, marks),
        fill=fill_of(levels),
    )


def _warmth(cells: Plane) -> float:
    _, a, b, _ = cv2.mean(cells)
    return float(np.tanh((b + 0.4 * a) / 22.0))
