"""A coarse depth map from the cues that hold in this still, and how far it can be trusted.

Height in the frame orders most places rightly and is the base. What stands on the ground gets the disparity of its
foot; what edges part from the top of the frame is nearer than that; planes that run to a vanishing point are sloped
towards it; haze, defocus and subjects count behind their gates. A map that a model measured replaces the cues.
"""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Depth, DepthCue, Measure, RegionKind, absent, blank, measured
from analyzer.core.arrays import Mask, Plane
from analyzer.core.depth_cues import (
    Clues,
    from_the_ground,
    haze_of,
    with_focus,
    with_haze,
    with_perspective,
    with_sky,
    with_subjects,
)
from analyzer.core.evidence import either, ramp, ramps, share_of
from analyzer.core.frame import Frame
from analyzer.core.guided import guided
from analyzer.core.layers import Layers, layers_of
from analyzer.core.quantiles import quantile, quantiles

__all__ = ["Clues", "DepthMap", "GivenDepth", "haze_of", "tell_depth"]

_NOTHING: Final = "The still tells nothing from which depth could be told."
_LEAST_INFORMATION: Final = 0.05
_WINDOW: Final = 60.0
"""The diagonal over half the window of the edge-aware filter."""
_LEAST_SPAN: Final = 0.1
"""Share of the full range of disparity that a map keeps when nothing in the still speaks for depth."""


@dataclass(frozen=True, slots=True, eq=False)
class GivenDepth:
    """Depth that a model measured. plane: (H, W) float32 0..1, 1 nearest, any size; quality: 0..1; model: its name."""

    plane: Plane
    quality: float
    model: str


@dataclass(frozen=True, slots=True, eq=False)
class DepthMap:
    """What was told about depth.

    figures: the summary. cells: (h, w) float32 disparity on the grid, 1 nearest; None when nothing was told. fine: the
    same at the working size, along the edges of the still. near: (H, W) uint8, 1 in the near layer; None when there is
    no honest one.
    """

    figures: Depth
    cells: Plane | None = None
    fine: Plane | None = None
    near: Mask | None = None


def tell_depth(frame: Frame, clues: Clues, given: GivenDepth | None = None) -> DepthMap:
    """The depth map, from `given` when a model measured it, else from the cues.

    The range of the map shrinks with the evidence that the still has depth at all: a page or a wall gets a nearly flat
    one. Quality joins how sure each used cue is with that evidence, and is 0 for a still that tells nothing.
    """
    if clues.information < _LEAST_INFORMATION:
        return DepthMap(blank(Depth, _NOTHING))
    size = (frame.width, frame.height)
    if given is not None:
        fine = np.clip(cv2.resize(given.plane, size, interpolation=cv2.INTER_LINEAR), 0.0, 1.0).astype(np.float32)
        return _drawn(frame, clues, fine, (DepthCue.MODEL,), given.quality, given.model)
    told = with_perspective(frame, clues, from_the_ground(frame, clues))
    told = with_focus(clues, with_haze(clues, told))
    told = with_subjects(frame, clues, with_sky(clues, told))
    deep = depth_evidence(frame, clues)
    span = np.float32(_LEAST_SPAN + (1.0 - _LEAST_SPAN) * deep)
    cells = _spread(cv2.GaussianBlur(told.plane.astype(np.float32), (0, 0), 0.8).astype(np.float32))
    lightness = np.ascontiguousarray(frame.lightness * np.float32(0.01))
    coarse = np.ascontiguousarray(frame.light * np.float32(0.01))
    radius = max(1, round(np.hypot(*frame.grid) / _WINDOW))
    fine = guided(lightness, coarse, cells, radius=radius, slack=2e-3)
    np.clip(fine, np.float32(0.0), np.float32(1.0), out=fine)
    fine *= span
    fine += np.float32(0.5) * (1 - span)
    quality = told.sure * (0.2 + 0.8 * deep) * ramp(clues.information, 0.0, 0.4)
    return _drawn(frame, clues, fine, told.cues, quality, "")


def depth_evidence(frame: Frame, clues: Clues) -> float:
    """Whether the still shows a space and not a surface, 0..1.

    A page, a wall or a table from above looks alike at its upper and its lower border; a space has its far part above
    and its near part below, and a horizon, a vanishing point or a shallow focus besides.
    """
    looks = cv2.merge([*frame.planes, 2.0 * frame.texture])
    third = max(1, looks.shape[0] // 3)
    (upper, upper_spread), (lower, lower_spread) = cv2.meanStdDev(looks[:third]), cv2.meanStdDev(looks[-third:])
    scatter = np.sqrt((upper_spread**2 + lower_spread**2) / 2 + 25.0)
    change = float(np.linalg.norm((upper - lower) / scatter))
    standing = max((one.prominence for one in clues.subjects), default=0.0)
    return either(
        0.85 * ramp(change, 0.3, 1.8),
        0.0 if clues.horizon is None else 0.8 * clues.horizon.quality,
        0.0 if clues.vanishing is None else 0.6 * clues.vanishing.quality,
        0.7 * clues.sharpness.shallowness,
        0.5 * ramp(standing, 0.1, 0.6),
    )


def _drawn(frame: Frame, clues: Clues, fine: Plane, cues: tuple[DepthCue, ...], quality: float, model: str) -> DepthMap:
    layers, cells = layers_of(fine, frame.edges), frame.by_cell(fine)
    honest = layers.separation > 0.2 and layers.outline_on_edges > 0.15 and quality > 0.15
    quality = min(1.0, max(0.0, quality))
    figures = _figures(fine, cues, quality, layers, clues, model, _separation(clues, cells, layers, quality))
    return DepthMap(figures, cells, fine, layers.near if honest else None)


def _separation(clues: Clues, cells: Plane, layers: Layers, quality: float) -> float:
    """How well what is near stands apart: the step in depth around a subject, or else around the near layer.

    Around means beside and above: below, a thing and the ground it stands on are equally near. A shallow focus parts
    them too. Counts as far as the map can be trusted at all, so a spot on a wall does not stand apart.
    """
    steps = []
    for at in range(1, len(clues.subjects) + 1):
        member = (clues.marks == at).astype(np.uint8)
        rows = np.nonzero(member)[0]
        ring = (cv2.dilate(member, np.ones((9, 9), np.uint8)) > 0) & (member == 0)
        if len(rows):
            ring[math.ceil(quantile(rows, 75)) :] = False
        if ring.any() and len(rows):
            steps.append(float(cells[member > 0].mean() - cells[ring].mean()))
    step = ramp(max(steps), 0.05, 0.35) if steps else layers.separation
    return either(step, 0.5 * clues.sharpness.shallowness) * ramp(quality, 0.1, 0.4)


def _spread(values: Plane) -> Plane:
    """0..1 between the first and the 99th percentile."""
    low, high = quantiles(values, 1, 99)
    return ramps(values, low, max(high, low + 1e-3))


def _figures(
    fine: Plane,
    cues: tuple[DepthCue, ...],
    quality: float,
    layers: Layers,
    clues: Clues,
    model: str,
    separation: float,
) -> Depth:
    low, high = quantiles(fine[::4, ::4], 5, 95)
    return Depth(
        quality=round(quality, 6),
        cues=tuple(sorted(set(cues), key=list(DepthCue).index)),
        range=measured(high - low, quality),
        near_share=measured(layers.shares[2], quality),
        middle_share=measured(layers.shares[1], quality),
        far_share=measured(layers.shares[0], quality),
        separation=measured(separation, quality),
        outline_on_edges=measured(layers.outline_on_edges, quality)
        if layers.has_outline
        else absent("The near layer has no outline inside the frame."),
        ground_plane=_ground_plane(clues),
        model=model,
    )


def _ground_plane(clues: Clues) -> Measure:
    kinds = (RegionKind.GROUND, RegionKind.VEGETATION, RegionKind.SAND, RegionKind.SNOW, RegionKind.WATER)
    height = clues.materials.labels.shape[0]
    lower = clues.materials.labels[height * 2 // 3 :]
    covered = sum(share_of(lower == at) for at, one in enumerate(clues.materials.regions, 1) if one.kind in kinds)
    line = 0.0 if clues.horizon is None else clues.horizon.quality
    point = 0.0 if clues.vanishing is None else clues.vanishing.quality
    value = ramp(covered, 0.2, 0.7) * either(0.35 * clues.materials.outdoors, 0.8 * line, 0.5 * point)
    return measured(value, 0.3 + 0.7 * max(line, point, ramp(covered, 0.2, 0.7) * 0.5))
