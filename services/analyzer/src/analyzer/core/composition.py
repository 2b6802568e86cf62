"""How the frame is composed: facts of geometry, not a judgement of taste."""

from typing import Final

import numpy as np

from analyzer.core.analysis import Composition, Horizon, Measure, Subject, SubjectKind, absent, measured
from analyzer.core.arrays import Mask, Plane
from analyzer.core.borders import near_edge_figure, open_borders
from analyzer.core.curves import s_curve
from analyzer.core.evidence import ramp, share_of
from analyzer.core.focus import Sharpness
from analyzer.core.frame import Frame
from analyzer.core.framing import framing_of
from analyzer.core.harmony import measure_harmony
from analyzer.core.segments import Segments
from analyzer.core.symmetry import measure_symmetry
from analyzer.core.thirds import diagonal_dominance, thirds_lines, thirds_points
from film.geometry import Point

_FLAT_TEXTURE: Final = 2.2
_ROWS: Final = 64
_LONGEST: Final = 40
_NOTHING_SALIENT: Final = "Nothing in the still stands out."


def measure_composition(
    frame: Frame,
    *,
    saliency: Plane,
    subjects: tuple[Subject, ...],
    marks: Mask,
    segments: Segments,
    horizon: Horizon | None,
    sharpness: Sharpness,
    nearness: Plane | None,
) -> Composition:
    """The composition figures. saliency, marks, nearness: (h, w) on the frame's grid."""
    concentration = _concentration(saliency)
    sure = concentration.quality * (0.3 + 0.7 * concentration.or_else(0.0))
    thirds, point = thirds_points(subjects, sure)
    space, side = _negative_space(frame, marks)
    framing, opening = framing_of(frame, marks, nearness)
    left, right, top, bottom = open_borders(frame)
    figure, figure_side = near_edge_figure(frame, sharpness, nearness)
    harmony, scheme = measure_harmony(frame)
    return Composition(
        thirds=thirds,
        thirds_point=point,
        thirds_lines=thirds_lines(frame, segments, horizon),
        balance=_balance(saliency, sure),
        salient_centre=_centre(saliency),
        symmetry=measure_symmetry(frame),
        diagonal_dominance=diagonal_dominance(frame, saliency, segments),
        negative_space=space,
        negative_space_side=side,
        framing=framing,
        framing_opening=opening,
        near_edge_figure=figure,
        near_edge_side=figure_side,
        s_curve=s_curve(frame, tuple(one.box for one in subjects if one.kind is SubjectKind.PERSON)),
        concentration=concentration,
        subject_size=measured(share_of(marks == 1), 0.7) if subjects else absent(_NOTHING_SALIENT),
        upright_extent=_upright_extent(frame, segments),
        colour_harmony=harmony,
        colour_scheme=scheme,
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


def _balance(saliency: Plane, sure: float) -> Measure:
    """Moments of salient mass about the upright middle: 1 when both sides pull alike, 0 when one side pulls alone."""
    mass = np.maximum(saliency.astype(np.float64) - float(saliency.mean()), 0.0).sum(axis=0)
    arm = (np.arange(len(mass)) + 0.5) / len(mass) - 0.5
    pull = float((mass * np.abs(arm)).sum())
    if pull <= 0:
        return absent(_NOTHING_SALIENT)
    return measured(1.0 - abs(float((mass * arm).sum())) / pull, sure)


def _concentration(saliency: Plane) -> Measure:
    """Gini coefficient of saliency over the frame: 0 spread evenly, towards 1 in one place."""
    values = np.sort(saliency.ravel().astype(np.float64))
    total = float(values.sum())
    if total <= 0:
        return absent(_NOTHING_SALIENT)
    count = len(values)
    gini = float(2 * (np.arange(1, count + 1) * values).sum() / (count * total) - (count + 1) / count)
    return measured(min(1.0, max(0.0, gini)), 0.8)


def _negative_space(frame: Frame, marks: Mask) -> tuple[Measure, Measure]:
    """Cells with little texture that belong to no subject: their share, and on which side they are."""
    empty = (frame.texture < _FLAT_TEXTURE) & (marks == 0)
    share = share_of(empty)
    space = measured(share, 0.8)
    if share < 0.1:
        return space, absent("The still has no empty side.")
    width = empty.shape[1]
    left, right = share_of(empty[:, : width // 2]), share_of(empty[:, width - width // 2 :])
    return space, measured((right - left) / (right + left), 0.8 * ramp(share, 0.1, 0.4))


def _upright_extent(frame: Frame, segments: Segments) -> Measure:
    """The largest share of the height that upright lines within one sixth of the width span together."""
    upright = segments.where(segments.steep >= 75.0)
    if len(upright) < 2:
        return measured(0.0, 0.4)
    middle = upright.middle[:, 0]
    top = np.minimum(upright.ends[:, 1], upright.ends[:, 3]) / frame.height * _ROWS
    bottom = np.maximum(upright.ends[:, 1], upright.ends[:, 3]) / frame.height * _ROWS
    row = np.arange(_ROWS)
    # (N, 64): the rows that each line spans; then, for each of the longest, those of it and its neighbours together.
    spanned = ((row >= np.floor(top)[:, None]) & (row < np.ceil(bottom)[:, None])).astype(np.float32)
    near = np.abs(middle[:_LONGEST, None] - middle[None]) <= frame.width / 12
    together = near.astype(np.float32) @ spanned > 0
    return measured(float(together.mean(axis=1).max()), 0.7)
