"""What was found, drawn over the still."""

import math
from typing import Final

import cv2
import numpy as np

from analyzer.adapters.explain_drawing import look
from analyzer.adapters.explain_drawing.canvas import XY, Canvas, Rect
from analyzer.adapters.explain_drawing.labels import Names
from analyzer.adapters.explain_drawing.look import Colour
from analyzer.adapters.explain_drawing.naming import SUBJECTS, names_of
from analyzer.core.analysis import SceneAnalysis
from analyzer.core.arrays import Labels, Mask
from film.geometry import Box, Point, Segment

_AIM_DEG: Final = 4.0
"""A line that points to the meeting point within this is drawn as one that leads there."""
_LONG: Final = 24
"""Lines that are drawn: more make a thicket."""
_TINT: Final = 0.16
_REACH: Final = 0.35
"""How far along a leading line's continuation to the meeting point the eye is helped, as a share of the way."""


class Overlay:
    """Draws on the still's surface. unit: pixels for each unit of the layout."""

    def __init__(self, canvas: Canvas, analysis: SceneAnalysis, *, unit: float) -> None:
        self._canvas = canvas
        self._analysis = analysis
        self._unit = unit
        self._names = Names(canvas, 12.5 * unit)

    def draw(self) -> None:
        """Everything, from the ground up; names last, the most telling first."""
        self._regions()
        self._thirds()
        self._lines()
        self._horizon()
        self._boxes()
        self._meeting_point()
        self._eye()
        self._name_all()

    def _at(self, point: Point) -> XY:
        frame = self._canvas.frame
        return point.x * frame.width, point.y * frame.height

    def _rect(self, box: Box) -> Rect:
        frame = self._canvas.frame
        return Rect(box.left * frame.width, box.top * frame.height, box.width * frame.width, box.height * frame.height)

    def _cased(self, places: list[XY], colour: Colour, width: float, *, opacity: float = 1.0) -> None:
        """A line that shows on light and on dark."""
        self._canvas.line(places, look.CASING, (width + 1.6) * self._unit, opacity=0.45 * opacity)
        self._canvas.line(places, colour, width * self._unit, opacity=opacity)

    def _regions(self) -> None:
        labels = self._analysis.maps.regions
        if labels is None:
            return
        for at, region in enumerate(self._analysis.regions, 1):
            colour = look.REGIONS[region.kind]
            member = mask_at(labels, at, self._canvas)
            tint = np.array(colour, np.float32)
            inside = member > 0
            here = self._canvas.pixels[inside]
            self._canvas.pixels[inside] = np.round(here * (1 - _TINT) + tint * _TINT).astype(np.uint8)
            outlines, _ = cv2.findContours(member, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
            for outline in outlines:
                smooth = cv2.approxPolyDP(outline, 0.7 * self._unit, True)[:, 0].astype(float)
                if len(smooth) >= 3:
                    ring = [(float(x), float(y)) for x, y in smooth]
                    self._canvas.line([*ring, ring[0]], colour, 1.3 * self._unit, opacity=0.9)

    def _thirds(self) -> None:
        frame = self._canvas.frame
        for share in (1 / 3, 2 / 3):
            for ends in (
                ((share * frame.width, 0.0), (share * frame.width, frame.height)),
                ((0.0, share * frame.height), (frame.width, share * frame.height)),
            ):
                self._canvas.line(ends, look.CASING, 2 * self._unit, opacity=0.12)
                self._canvas.line(ends, look.THIRDS, self._unit, opacity=0.38)

    def _lines(self) -> None:
        meeting = self._analysis.vanishing_point
        for segment in self._analysis.lines.segments[:_LONG]:
            start, end = self._at(segment.start), self._at(segment.end)
            if meeting is None or not self._leads(segment, meeting.point):
                self._cased([start, end], look.LINES, 1.2)
                continue
            goal = self._at(meeting.point)
            near = min((start, end), key=lambda one: math.dist(one, goal))
            way = (near[0] + (goal[0] - near[0]) * _REACH, near[1] + (goal[1] - near[1]) * _REACH)
            self._canvas.dashes(near, way, look.LEADING, self._unit, dash=6 * self._unit, opacity=0.7)
            self._cased([start, end], look.LEADING, 1.8)

    def _leads(self, segment: Segment, goal: Point) -> bool:
        start, end, place = self._at(segment.start), self._at(segment.end), self._at(goal)
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        own = math.atan2(end[1] - start[1], end[0] - start[0])
        aim = math.atan2(place[1] - middle[1], place[0] - middle[0])
        off = abs(math.degrees(own - aim)) % 180
        return min(off, 180 - off) < _AIM_DEG

    def _horizon_ends(self) -> tuple[XY, XY] | None:
        horizon = self._analysis.horizon
        if horizon is None:
            return None
        frame = self._canvas.frame
        rise = math.tan(math.radians(horizon.tilt_deg)) * frame.width / 2
        middle = horizon.y * frame.height
        return (0.0, middle - rise), (frame.width, middle + rise)

    def _horizon(self) -> None:
        ends, horizon = self._horizon_ends(), self._analysis.horizon
        if ends is not None and horizon is not None:
            # The less it can be trusted, the paler and the more broken.
            opacity = 0.35 + 0.65 * horizon.quality
            self._canvas.line(ends, look.CASING, 4 * self._unit, opacity=0.45 * opacity)
            dash = (26 if horizon.quality >= 0.5 else 9) * self._unit
            self._canvas.dashes(*ends, look.HORIZON, 2 * self._unit, dash=dash, opacity=opacity)

    def _boxes(self) -> None:
        for at, subject in enumerate(self._analysis.subjects[:SUBJECTS]):
            self._framed(subject.box, look.SUBJECT, 2.2 if at == 0 else 1.2)
        for person in self._analysis.people:
            self._framed(person.box, look.PERSON, 1.4)
        for face in self._analysis.faces:
            self._framed(face.box, look.FACE, 2.0)

    def _framed(self, box: Box, colour: Colour, width: float) -> None:
        rect, inset = self._rect(box), width * self._unit / 2
        frame = self._canvas.frame
        left, top = max(rect.left, inset), max(rect.top, inset)
        right, bottom = min(rect.right, frame.width - 1 - inset), min(rect.bottom, frame.height - 1 - inset)
        right, bottom = max(left, right), max(top, bottom)
        self._cased([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], colour, width)

    def _meeting_point(self) -> None:
        meeting = self._analysis.vanishing_point
        if meeting is None:
            return
        place, frame = self._at(meeting.point), self._canvas.frame
        diagonal = math.hypot(frame.width, frame.height)
        if not meeting.point.in_frame:
            edge = (min(frame.width, max(0.0, place[0])), min(frame.height, max(0.0, place[1])))
            self._arrow(edge, place)
            return
        if meeting.ellipse is not None:
            half = (meeting.ellipse.semi_major * diagonal, meeting.ellipse.semi_minor * diagonal)
            angle = meeting.ellipse.angle_deg
        else:
            half, angle = (meeting.uncertainty * diagonal,) * 2, 0.0
        half = (max(half[0], 5 * self._unit), max(half[1], 5 * self._unit))
        for colour, width in ((look.CASING, 3.2), (look.LEADING, 1.8)):
            self._canvas.ellipse(place, half, colour, width * self._unit, angle_deg=angle)
        self._cross(place, look.LEADING, 6)

    def _arrow(self, tip: XY, goal: XY) -> None:
        """A head at the border that points to a place beyond it."""
        turn = math.atan2(goal[1] - tip[1], goal[0] - tip[0])
        size = 13 * self._unit
        sides = [
            (tip[0] - size * math.cos(turn + lean), tip[1] - size * math.sin(turn + lean)) for lean in (0.45, -0.45)
        ]
        self._cased([sides[0], tip, sides[1]], look.LEADING, 2.4)

    def _eye(self) -> None:
        centre = self._analysis.composition.salient_centre
        if centre is not None:
            self._cross(self._at(centre), look.EYE, 9)

    def _cross(self, place: XY, colour: Colour, reach: float) -> None:
        arm = reach * self._unit
        for across in ((arm, 0.0), (0.0, arm)):
            ends = [(place[0] - across[0], place[1] - across[1]), (place[0] + across[0], place[1] + across[1])]
            self._cased(ends, colour, 1.6)

    def _name_all(self) -> None:
        for name in names_of(self._analysis, self._canvas.frame, self._unit, horizon=self._horizon_ends()):
            self._names.write(name)


def mask_at(labels: Labels, at: int, canvas: Canvas) -> Mask:
    """One region at the surface's size, its steps smoothed: (H, W) uint8, 1 inside."""
    frame = canvas.frame
    soft = cv2.resize(
        (labels == at).astype(np.float32), (int(frame.width), int(frame.height)), interpolation=cv2.INTER_CUBIC
    )
    sigma = 0.5 * frame.width / labels.shape[1]
    smooth = np.asarray(cv2.GaussianBlur(soft, (0, 0), sigma), np.float32)
    return np.where(smooth > 0.5, np.uint8(1), np.uint8(0))
