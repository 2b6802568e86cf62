"""Figures about edges and straight lines."""

from typing import Final

import numpy as np

from analyzer.core.analysis import Lines, Measure, VanishingPoint, absent, measured
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame
from analyzer.core.segments import Segments
from analyzer.core.vanishing import points_at
from film.geometry import Point, Segment

_SENT: Final = 48
_LEVEL_DEG: Final = 12.0
_UPRIGHT_DEG: Final = 78.0
_FEW: Final = 4
_NO_LINES: Final = "The still has too few straight lines."


def measure_lines(frame: Frame, segments: Segments, vanishing: VanishingPoint | None) -> Lines:
    """Shares by direction, each of the segments' whole length; quality grows with how much line there is."""
    density = measured(len(frame.edge_places) / frame.edges.size, 1.0)
    total = float(segments.length.sum())
    if len(segments) < _FEW:
        none = absent(_NO_LINES)
        return Lines(
            edge_density=density,
            segments=_longest(frame, segments),
            level_share=none,
            upright_share=none,
            diagonal_share=none,
            diagonal_bias=none,
            leading_share=none,
            upright_convergence=none,
        )
    quality = ramp(total / frame.diagonal, 0.2, 3.0)
    steep = segments.steep
    slanted = (steep > _LEVEL_DEG) & (steep < _UPRIGHT_DEG)
    level = float(segments.length[steep <= _LEVEL_DEG].sum())
    upright = float(segments.length[steep >= _UPRIGHT_DEG].sum())
    # Clockwise angles fall to the right.
    falling = float(segments.length[slanted & (segments.angle > 0)].sum())
    rising = float(segments.length[slanted & (segments.angle < 0)].sum())
    diagonal = falling + rising
    return Lines(
        edge_density=density,
        segments=_longest(frame, segments),
        level_share=measured(level / total, quality),
        upright_share=measured(upright / total, quality),
        diagonal_share=measured(diagonal / total, quality),
        diagonal_bias=measured((rising - falling) / diagonal, quality * ramp(diagonal / total, 0.0, 0.3))
        if diagonal > 0
        else absent("No line is diagonal."),
        leading_share=_leading(frame, segments, vanishing),
        upright_convergence=_convergence(frame, segments),
    )


def _longest(frame: Frame, segments: Segments) -> tuple[Segment, ...]:
    size = np.array([frame.width, frame.height] * 2, np.float32)
    ends = np.clip(segments.ends[:_SENT] / size, 0.0, 1.0)
    return tuple(Segment(Point(x0, y0), Point(x1, y1)) for x0, y0, x1, y1 in ends.tolist())


def _leading(frame: Frame, segments: Segments, vanishing: VanishingPoint | None) -> Measure:
    if vanishing is None:
        return absent("There is no vanishing point that lines could lead to.")
    place = (vanishing.point.x * frame.width, vanishing.point.y * frame.height)
    leading = segments.length[points_at(segments, place)].sum()
    return measured(float(leading / segments.length.sum()), vanishing.quality)


def _convergence(frame: Frame, segments: Segments) -> Measure:
    """How the lean of upright lines changes across the frame, 1 for 15 degrees from border to border."""
    upright = segments.where(segments.steep >= 65.0)
    if len(upright) < _FEW:
        return absent("The still has too few upright lines.")
    across = upright.middle[:, 0] / frame.width - 0.5
    # Lean from upright in degrees, positive when the upper end is further to the right.
    lean = np.where(upright.angle < 0, 90.0 + upright.angle, upright.angle - 90.0)
    weight = upright.length / upright.length.sum()
    centre, mean = float((weight * across).sum()), float((weight * lean).sum())
    spread = float((weight * (across - centre) ** 2).sum())
    if spread < 0.01:
        return absent("The upright lines stand too close together.")
    slope = float((weight * (across - centre) * (lean - mean)).sum()) / spread
    rest = float((weight * (lean - mean - slope * (across - centre)) ** 2).sum())
    explained = slope * slope * spread
    quality = ramp(len(upright), 3, 20) * (explained + 1.0) / (explained + rest + 1.0)
    # Lines that meet above lean right on the left side: the lean falls along x.
    return measured(float(np.clip(-slope / 15.0, -1.0, 1.0)), quality)
