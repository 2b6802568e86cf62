"""What is called what on the still, and where the names may stand."""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from analyzer.adapters.explain_drawing import look
from analyzer.adapters.explain_drawing.canvas import XY, Rect
from analyzer.adapters.explain_drawing.labels import Name
from analyzer.adapters.explain_drawing.look import said
from analyzer.core.analysis import SceneAnalysis
from analyzer.core.arrays import Places
from film.geometry import Box

SUBJECTS: Final = 4
"""How many subjects are shown, strongest first."""
_DOUBTFUL: Final = 0.3
"""Trust below which a name is a question."""
_NAMED: Final = 0.03
"""Share of the frame below which an area has its colour but no name."""


def names_of(analysis: SceneAnalysis, frame: Rect, unit: float, *, horizon: tuple[XY, XY] | None) -> list[Name]:
    """The names and where each may stand, the most telling first.

    frame: the still's surface. unit: pixels for each unit of the layout. horizon: its two ends in pixels.
    """
    step = 13 * unit
    return [
        *_faces(analysis, frame, step),
        *_meeting_point(analysis, frame, unit),
        *_subjects(analysis, frame, step),
        *_horizon(analysis, frame, step, horizon),
        *_people(analysis, frame, step),
        *_regions(analysis, frame, step),
    ]


def _faces(analysis: SceneAnalysis, frame: Rect, step: float) -> Iterator[Name]:
    for face in analysis.faces:
        yield Name(f"face {face.quality:.2f}", look.FACE, _around(_pixels(face.box, frame), step))


def _meeting_point(analysis: SceneAnalysis, frame: Rect, unit: float) -> Iterator[Name]:
    meeting = analysis.vanishing_point
    if meeting is not None:
        x, y = meeting.point.x * frame.width, meeting.point.y * frame.height
        beyond = "" if meeting.point.in_frame else " beyond the border"
        shifts = ((16, -18), (16, 18), (-120, -18), (-120, 18), (16, -42), (16, 42))
        places = tuple((x + dx * unit, y + dy * unit) for dx, dy in shifts)
        text = f"lines meet{beyond}{_doubt(meeting.quality)} {meeting.quality:.2f}"
        yield Name(text, look.LEADING, places)


def _subjects(analysis: SceneAnalysis, frame: Rect, step: float) -> Iterator[Name]:
    for at, subject in enumerate(analysis.subjects[:SUBJECTS]):
        kind = said(subject.kind)
        what = f"{kind}{_doubt(subject.quality)}" if kind else "subject"
        share = f"{subject.prominence * 100:.0f} %"
        text = f"{what} {at + 1}: {share}" if at else f"{what}: {share} of what draws the eye"
        yield Name(text, look.SUBJECT, _around(_pixels(subject.box, frame), step))


def _horizon(analysis: SceneAnalysis, frame: Rect, step: float, ends: tuple[XY, XY] | None) -> Iterator[Name]:
    horizon = analysis.horizon
    if horizon is not None and ends is not None:
        (_, left), (_, right) = ends
        below = f", {said(horizon.kind)}" if said(horizon.kind) else ""
        text = f"horizon{_doubt(horizon.quality)}{below} {horizon.quality:.2f}, tilt {horizon.tilt_deg:+.1f}°"
        shares = (0.0, 1.0, 0.25, 0.5, 0.7)
        line = tuple((share * frame.width, left + (right - left) * share) for share in shares)
        yield Name(text, look.HORIZON, tuple((x, y + side * step) for x, y in line for side in (-1, 1)))


def _people(analysis: SceneAnalysis, frame: Rect, step: float) -> Iterator[Name]:
    for person in analysis.people:
        yield Name(f"person? {person.quality:.2f}", look.PERSON, _around(_pixels(person.box, frame), step))


def _regions(analysis: SceneAnalysis, frame: Rect, step: float) -> Iterator[Name]:
    labels = analysis.maps.regions
    for at, region in enumerate(analysis.regions if labels is not None else (), 1):
        if region.share < _NAMED:
            continue
        text = f"{said(region.kind) or 'area'}{_doubt(region.quality)} {region.share * 100:.0f} %"
        assert labels is not None  # noqa: S101 (for the type checker: without a map there is no loop)
        x, y = _heart(labels == at)
        places = tuple((x * frame.width, y * frame.height + shift * step) for shift in (0, 2, -2, 4, -4))
        yield Name(text, look.REGIONS[region.kind], places, middle=True)


def _doubt(quality: float) -> str:
    """A question mark after what is hardly to be trusted."""
    return "?" if quality < _DOUBTFUL else ""


def _pixels(box: Box, frame: Rect) -> Rect:
    return Rect(box.left * frame.width, box.top * frame.height, box.width * frame.width, box.height * frame.height)


def _around(rect: Rect, step: float) -> tuple[XY, ...]:
    """Above a box, below it, inside its top, inside its foot."""
    heights = (rect.top - step, rect.bottom + step, rect.top + 1.3 * step, rect.bottom - 1.3 * step)
    return tuple((rect.left + inset, height) for height, inset in zip(heights, (0, 0, 4, 4), strict=True))


def _heart(member: Places) -> XY:
    """The place deepest inside an area, where a name is surely in it, as shares of width and height."""
    height, width = member.shape
    padded = cv2.copyMakeBorder(member.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 3)
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return (float(column) - 0.5) / width, (float(row) - 0.5) / height
