"""How much a still tells at all: nothing for a flat picture, a gradient or noise."""

from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Measure, measured
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame

_COARSE: Final = 8
"""Averaging 8 x 8 pixels leaves 1/64 of white noise's variance and most of a photograph's."""

_NEAR_EDGES: Final = 16


def measure_information(frame: Frame) -> Measure:
    """The least of four signs, each 0..1: contrast, coarse structure, edges, and edges in several places.

    Noise has contrast and no coarse structure; a gradient has both and no edges; a drawing of two flats has edges in
    one place only. The thresholds separate the built scenes and photographs of the tests.
    """
    lightness = frame.lab[..., 0]
    low, high = np.percentile(lightness[::2, ::2], (2, 98))
    spread = float(high - low)
    fine = float(lightness.var())
    height, width = lightness.shape
    size = (max(1, width // _COARSE), max(1, height // _COARSE))
    coarse = float(cv2.resize(lightness, size, interpolation=cv2.INTER_AREA).var())
    density = float(np.count_nonzero(frame.edges)) / frame.edges.size
    near = cv2.resize(frame.edges, (_NEAR_EDGES, _NEAR_EDGES), interpolation=cv2.INTER_AREA)
    places = float(np.count_nonzero(near)) / near.size
    contrast_sign = ramp(spread, 4.0, 20.0)
    structure_sign = ramp(coarse / fine if fine > 0 else 0.0, 0.06, 0.3)
    edge_sign = ramp(density, 0.002, 0.015)
    place_sign = ramp(places, 0.04, 0.14)
    return measured(min(contrast_sign, structure_sign, edge_sign, place_sign), 1.0)
