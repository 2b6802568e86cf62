"""How the frame is composed: facts of geometry, not a judgement of taste."""

from typing import Final

import numpy as np

from analyzer.core.analysis import Composition, Measure, Subject, Swatch, absent, measured
from analyzer.core.arrays import Mask, Plane
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame, lab_of
from analyzer.core.framing import framing_of
from analyzer.core.segments import Segments
from analyzer.core.symmetry import measure_symmetry
from film.geometry import Point

_THIRDS_SIGMA: Final = 0.1
"""Distance from a crossing, as a share of the frame, at which its pull has fallen to 0.61 (Liu et al. 2010)."""
_FLAT_TEXTURE: Final = 2.2
_RIM: Final = 0.04
_NOTHING_SALIENT: Final = "Nothing in the still stands out."
_NO_CURVES: Final = "This version does not look for curves."


def measure_composition(
    frame: Frame,
    *,
    saliency: Plane,
    subjects: tuple[Subject, ...],
    marks: Mask,
    segments: Segments,
    palette: tuple[Swatch, ...],
    nearness: Plane | None,
) -> Composition:
    """The composition figures. saliency, marks, nearness: (h, w) on the frame's grid."""
    concentration = _concentration(saliency)
    sure = concentration.quality * (0.3 + 0.7 * concentration.or_else(0.0))
    centre = _centre(saliency)
    thirds, point = _thirds(subjects, centre, sure)
    space, side = _negative_space(frame, marks)
    framing, opening = framing_of(frame, nearness)
    left, right, top, bottom = _open_borders(frame)
    return Composition(
        thirds=thirds,
        thirds_point=point,
        balance=absent(_NOTHING_SALIENT)
        if centre is None
        else measured(1.0 - min(1.0, 4.0 * abs(centre.x - 0.5)), sure),
        salient_centre=centre,
        symmetry=measure_symmetry(frame),
        negative_space=space,
        negative_space_side=side,
        framing=framing,
        framing_opening=opening,
        s_curve=absent(_NO_CURVES),
        concentration=concentration,
        subject_size=measured(float((marks == 1).mean()), 0.7) if subjects else absent(_NOTHING_SALIENT),
        upright_extent=_upright_extent(frame, segments),
        colour_harmony=_harmony(palette),
        open_left=left,
        open_right=right,
        open_top=top,
        open_bottom=bottom,
    )


def _centre(saliency: Plane) -> Point | None:
    weight = saliency.astype(np.float64) ** 2
    total = float(weight.sum())
    if total <= 0:
        return None
    height, width = weight.shape
    x = float((weight.sum(axis=0) * (np.arange(width) + 0.5)).sum()) / total / width
    y = float((weight.sum(axis=1) * (np.arange(height) + 0.5)).sum()) / total / height
    return Point(x, y)


def _concentration(saliency: Plane) -> Measure:
    """Gini coefficient of saliency over the frame: 0 spread evenly, towards 1 in one place."""
    values = np.sort(saliency.ravel().astype(np.float64))
    total = float(values.sum())
    if total <= 0:
        return absent(_NOTHING_SALIENT)
    count = len(values)
    gini = float(2 * (np.arange(1, count + 1) * values).sum() / (count * total) - (count + 1) / count)
    return measured(min(1.0, max(0.0, gini)), 0.8)


def _thirds(subjects: tuple[Subject, ...], centre: Point | None, sure: float) -> tuple[Measure, Point | None]:
    place = subjects[0].centre if subjects else centre
    if place is None:
        return absent(_NOTHING_SALIENT), None
    crossings = [Point(x / 3, y / 3) for y in (1, 2) for x in (1, 2)]
    nearest = min(crossings, key=lambda one: (one.x - place.x) ** 2 + (one.y - place.y) ** 2)
    squared = (nearest.x - place.x) ** 2 + (nearest.y - place.y) ** 2
    return measured(float(np.exp(-squared / (2 * _THIRDS_SIGMA**2))), sure), nearest


def _negative_space(frame: Frame, marks: Mask) -> tuple[Measure, Measure]:
    """Cells with little texture that belong to no subject: their share, and on which side they are."""
    empty = (frame.texture < _FLAT_TEXTURE) & (marks == 0)
    share = float(empty.mean())
    space = measured(share, 0.8)
    if share < 0.1:
        return space, absent("The still has no empty side.")
    width = empty.shape[1]
    left, right = float(empty[:, : width // 2].mean()), float(empty[:, width - width // 2 :].mean())
    return space, measured((right - left) / (right + left), 0.8 * ramp(share, 0.1, 0.4))


def _upright_extent(frame: Frame, segments: Segments) -> Measure:
    """The largest share of the height that upright lines within one sixth of the width span together."""
    upright = segments.where(np.abs(segments.angle) >= 75.0)
    if len(upright) < 2:
        return measured(0.0, 0.4)
    best = 0.0
    reach = frame.width / 12
    middle = upright.middle[:, 0]
    top = np.minimum(upright.ends[:, 1], upright.ends[:, 3])
    bottom = np.maximum(upright.ends[:, 1], upright.ends[:, 3])
    for x in middle[:40]:
        near = np.abs(middle - x) <= reach
        covered = np.zeros(64, bool)
        for first, last in zip(top[near], bottom[near], strict=True):
            covered[int(first / frame.height * 64) : int(np.ceil(last / frame.height * 64))] = True
        best = max(best, float(covered.mean()))
    return measured(best, 0.7)


def _harmony(palette: tuple[Swatch, ...]) -> Measure:
    """The share of chroma that lies within 25 degrees of one hue or of its complement, at the best such hue.

    The simplest of the harmonic templates of Cohen-Or et al. (2006).
    """
    if not palette:
        return absent("The still has no palette.")
    pixels = np.array([[[one.blue, one.green, one.red]] for one in palette], np.uint8)
    lab = lab_of(pixels)[:, 0]
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    weight = chroma * np.array([one.share for one in palette])
    if float(weight.sum()) < 4.0:
        return absent("The still has hardly any colour.")
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))
    off = np.abs((hue[:, None] - np.arange(0, 180, 5)[None] + 90) % 180 - 90)
    inside = (weight[:, None] * (off <= 25)).sum(axis=0) / weight.sum()
    return measured(float(inside.max()), 0.5 * ramp(float(weight.sum()), 4.0, 20.0))


def _open_borders(frame: Frame) -> tuple[Measure, Measure, Measure, Measure]:
    """Left, right, top, bottom: gradient along the border over the frame's mean, 0 to 1; 1 is as busy as the frame."""
    slope = np.maximum(frame.slope - np.float32(frame.noise), 0.0)
    whole = float(slope.mean())
    if whole < 0.05:
        none = absent("The still has no detail that could go on beyond a border.")
        return none, none, none, none
    rim_x, rim_y = max(2, round(_RIM * frame.width)), max(2, round(_RIM * frame.height))
    parts = (slope[:, :rim_x], slope[:, -rim_x:], slope[:rim_y], slope[-rim_y:])
    left, right, top, bottom = (measured(min(1.0, float(part.mean()) / whole), 0.7) for part in parts)
    return left, right, top, bottom
