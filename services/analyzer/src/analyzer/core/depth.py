"""A coarse depth map from the cues that hold in this still, and how far it can be trusted.

Measured against ground truth (one indoor scene), height in the frame alone orders 79 % of pairs rightly and no other
cue comes near it; haze and defocus have a sign that depends on the scene. So height is the base, and every other cue
counts only behind its gate.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import (
    Depth,
    DepthCue,
    Horizon,
    Measure,
    RegionKind,
    Subject,
    VanishingPoint,
    absent,
    blank,
    measured,
)
from analyzer.core.arrays import Mask, Plane
from analyzer.core.evidence import either, ramp, ramps
from analyzer.core.focus import Sharpness
from analyzer.core.frame import Frame
from analyzer.core.guided import guided
from analyzer.core.layers import Layers, layers_of
from analyzer.core.regions import Materials

_NOTHING: Final = "The still tells nothing from which depth could be told."
_LEAST_INFORMATION: Final = 0.05
_DEFOCUS_GATE: Final = 0.35
_HAZE_GATE: Final = 0.3
_LIFT: Final = 0.12


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


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Clues:
    """What earlier stages found out and depth is told from."""

    information: float
    horizon: Horizon | None
    vanishing: VanishingPoint | None
    materials: Materials
    sharpness: Sharpness
    subjects: tuple[Subject, ...]
    marks: Mask


def tell_depth(frame: Frame, clues: Clues) -> DepthMap:
    """The depth map. Quality joins how sure each used cue is, and is 0 for a still that tells nothing."""
    if clues.information < _LEAST_INFORMATION:
        return DepthMap(blank(Depth, _NOTHING))
    base, cues, sure = _base(frame, clues)
    base, cues, sure = _with_perspective(frame, clues, base, cues, sure)
    base, cues, sure = _with_haze(frame, clues, base, cues, sure)
    base, cues, sure = _with_focus(clues, base, cues, sure)
    base = base * (1.0 - np.clip(clues.materials.sky * 1.5, 0.0, 1.0))
    base, cues, sure = _with_subjects(frame, clues, base, cues, sure)
    cells = _spread(cv2.GaussianBlur(base.astype(np.float32), (0, 0), 0.8).astype(np.float32))
    lightness = np.ascontiguousarray(frame.lab[..., 0] / np.float32(100))
    wide = np.asarray(cv2.resize(cells, (frame.width, frame.height), interpolation=cv2.INTER_LINEAR), np.float32)
    fine = np.clip(guided(lightness, wide, radius=max(2, round(frame.diagonal / 60)), slack=2e-3), 0.0, 1.0)
    quality = sure * ramp(clues.information, 0.0, 0.4)
    layers = layers_of(fine.astype(np.float32), frame.edges)
    figures = _figures(fine.astype(np.float32), cues, quality, layers, clues)
    honest = layers.separation > 0.2 and layers.outline_on_edges > 0.15 and quality > 0.15
    return DepthMap(
        figures, frame.by_cell(fine.astype(np.float32)), fine.astype(np.float32), layers.near if honest else None
    )


_Told = tuple[Plane, list[DepthCue], float]


def _base(frame: Frame, clues: Clues) -> _Told:
    """Height in the frame, or distance below the horizon where there is one; things above it stand on the ground."""
    width, height = frame.grid
    y = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None].repeat(width, axis=1)
    sky = clues.materials.sky
    if clues.horizon is None:
        # Where sky ends, what is far begins.
        top = float(np.percentile(np.where((sky < 0.3).any(axis=0), (sky < 0.3).argmax(axis=0), 0), 50)) / height
        plane = np.clip((y - np.float32(top)) / np.float32(max(0.2, 1.0 - top)), 0.0, 1.0)
        outdoors = clues.materials.outdoors
        sure = 0.25 + 0.25 * outdoors * ramp(top, 0.05, 0.3)
        return np.asarray(0.1 + 0.9 * plane, np.float32), [DepthCue.VERTICAL_POSITION], sure
    x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    slope = float(np.tan(np.radians(clues.horizon.tilt_deg))) * frame.width / frame.height
    line = np.clip(clues.horizon.y + slope * x, 0.02, 0.95)[None]
    plane = np.clip((y - line) / (1.0 - line), 0.0, 1.0).astype(np.float32)
    # What rises above the horizon and is no sky stands somewhere before it.
    standing = (y < line) & (sky < 0.3)
    lifted = np.where(standing, np.float32(0.12), plane * np.float32(0.92) + np.float32(0.08))
    sure = 0.35 + 0.4 * clues.horizon.quality
    return np.asarray(lifted, np.float32), [DepthCue.GROUND_PLANE, DepthCue.VERTICAL_POSITION], sure


def _with_perspective(frame: Frame, clues: Clues, base: Plane, cues: list[DepthCue], sure: float) -> _Told:
    """Distance from a vanishing point inside the frame: what lies near it is far."""
    vanishing = clues.vanishing
    if vanishing is None or not vanishing.point.in_frame or vanishing.quality < 0.25:
        return base, cues, sure
    width, height = frame.grid
    x = ((np.arange(width, dtype=np.float32) + 0.5) / width - np.float32(vanishing.point.x))[None]
    y = ((np.arange(height, dtype=np.float32) + 0.5) / height - np.float32(vanishing.point.y))[:, None]
    away = np.maximum(np.abs(x) * 2, np.abs(y) * 2)
    radial = np.clip(away / max(float(away.max()), 1e-3), 0.0, 1.0)
    share = np.float32(0.5 * vanishing.quality)
    mixed = base * (1 - share) + radial * share
    return np.asarray(mixed, np.float32), [*cues, DepthCue.PERSPECTIVE], either(sure, 0.35 * vanishing.quality)


def _with_haze(frame: Frame, clues: Clues, base: Plane, cues: list[DepthCue], sure: float) -> _Told:
    """Haze lightens the darkest channel with distance (He, Sun and Tang 2009); only outdoors, off the sky."""
    haze = haze_of(frame, clues.materials)
    if haze is None or haze[0] < _HAZE_GATE:
        return base, cues, sure
    strength, dark = haze
    near = 1.0 - np.clip(dark / max(float(np.percentile(dark, 95)), 0.05), 0.0, 1.0)
    share = np.float32(0.3 * strength)
    return (
        np.asarray(base * (1 - share) + near * share, np.float32),
        [*cues, DepthCue.HAZE],
        either(sure, 0.15 * strength),
    )


def haze_of(frame: Frame, materials: Materials) -> tuple[float, Plane] | None:
    """Evidence for haze 0..1 and the dark channel by cell, (h, w) float32 0..1; None indoors or when unknown.

    Haze lifts the dark channel of what is far, thus of the land next to the sky, above that of the foreground.
    """
    if materials.outdoors < 0.5 or materials.share(RegionKind.SKY) < 0.05:
        return None
    blue, green, red = cv2.split(frame.pixels)
    darkest = cv2.min(cv2.min(blue, green), red)
    size = max(3, round(frame.diagonal / 60)) | 1
    dark = frame.by_cell(cv2.erode(darkest, np.ones((size, size), np.uint8)).astype(np.float32) / 255)
    land = materials.sky < 0.3
    height = land.shape[0]
    first = np.where(land.any(axis=0), land.argmax(axis=0), height)
    rows = np.arange(height)[:, None]
    far = land & (rows >= first + 2) & (rows < first + 2 + max(3, height // 8))
    near = land & (rows >= first + max(6, height // 3))
    if np.count_nonzero(far) < 20 or np.count_nonzero(near) < 20:
        return None
    lifted = float(np.median(dark[far])) - float(np.median(dark[near]))
    return ramp(lifted, 0.05, 0.4) * ramp(float(frame.texture[far].mean()), 14.0, 5.0), dark


def _with_focus(clues: Clues, base: Plane, cues: list[DepthCue], sure: float) -> _Told:
    """With a shallow focus the sharp part is the subject, and the subject is near."""
    shallow = clues.sharpness.shallowness
    if shallow < _DEFOCUS_GATE:
        return base, cues, sure
    share = np.float32(0.65 * shallow)
    mixed = base * (1 - share) + clues.sharpness.share * share
    return np.asarray(mixed, np.float32), [*cues, DepthCue.DEFOCUS], either(0.8 * sure, 0.45 * shallow)


def _with_subjects(frame: Frame, clues: Clues, base: Plane, cues: list[DepthCue], sure: float) -> _Told:
    """A subject stands where its lowest part touches the ground: all of it gets that disparity, a little lifted.

    It counts as far as its outline lies on edges of the still; light on a hillside is salient too and stands nowhere.
    """
    lifted, best = base.copy(), 0.0
    lined = cv2.dilate(
        (frame.by_cell(frame.edges.astype(np.float32)) > 12.0).astype(np.uint8), np.ones((3, 3), np.uint8)
    )
    for at, subject in enumerate(clues.subjects, 1):
        member = (clues.marks == at).astype(np.uint8)
        outline = cv2.morphologyEx(member, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
        if subject.box.area > 0.9 or np.count_nonzero(outline) < 8:
            continue
        edged = ramp(float(lined[outline].mean()), 0.4, 0.75)
        strength = np.float32(min(1.0, 3.0 * subject.prominence) * edged)
        inside = member > 0
        foot = float(np.percentile(base[inside], 85))
        target = np.float32(min(1.0, foot + _LIFT))
        lifted[inside] = np.maximum(lifted[inside], base[inside] * (1 - strength) + target * strength)
        best = max(best, float(strength))
    if best < 0.1:
        return base, cues, sure
    return lifted, [*cues, DepthCue.SALIENT_FOREGROUND], either(sure, 0.15 * best)


def _spread(values: Plane) -> Plane:
    """0..1 between the first and the 99th percentile."""
    low, high = np.percentile(values, (1, 99))
    return ramps(values, float(low), float(max(high, low + 1e-3)))


def _figures(fine: Plane, cues: list[DepthCue], quality: float, layers: Layers, clues: Clues) -> Depth:
    low, high = np.percentile(fine, (5, 95))
    return Depth(
        quality=round(min(1.0, quality), 6),
        cues=tuple(sorted(set(cues), key=list(DepthCue).index)),
        range=measured(float(high - low), quality),
        near_share=measured(layers.shares[2], quality),
        middle_share=measured(layers.shares[1], quality),
        far_share=measured(layers.shares[0], quality),
        separation=measured(layers.separation, quality),
        outline_on_edges=measured(layers.outline_on_edges, quality)
        if layers.has_outline
        else absent("The near layer has no outline inside the frame."),
        ground_plane=_ground_plane(clues),
    )


def _ground_plane(clues: Clues) -> Measure:
    kinds = (RegionKind.GROUND, RegionKind.VEGETATION, RegionKind.SAND, RegionKind.SNOW, RegionKind.WATER)
    height = clues.materials.labels.shape[0]
    lower = clues.materials.labels[height * 2 // 3 :]
    covered = sum(float((lower == at).mean()) for at, one in enumerate(clues.materials.regions, 1) if one.kind in kinds)
    line = 0.0 if clues.horizon is None else clues.horizon.quality
    point = 0.0 if clues.vanishing is None else clues.vanishing.quality
    value = ramp(covered, 0.2, 0.7) * either(0.35 * clues.materials.outdoors, 0.8 * line, 0.5 * point)
    return measured(value, 0.3 + 0.7 * max(line, point, ramp(covered, 0.2, 0.7) * 0.5))
