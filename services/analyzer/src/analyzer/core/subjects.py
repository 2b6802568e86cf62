"""Subjects: areas that draw the eye, and people."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Face, Measure, PersonFind, RegionKind, Subject, SubjectKind, absent, measured
from analyzer.core.arrays import Mask, Places, Plane
from analyzer.core.evidence import ramp, share_of
from analyzer.core.outline import asymmetry, compactness
from analyzer.core.regions import Materials
from analyzer.core.salient_areas import filled, salient_areas
from analyzer.core.verdicts import overlap
from film.geometry import Box, Point

_MOST: Final = 5
_LEAST_PROMINENCE: Final = 0.05
_BODY_WIDTHS: Final = 3.0
_BODY_HEIGHTS: Final = 5.5
"""A standing person is some three faces wide and seven high; half-length frames show about five and a half."""
_ALIKE: Final = 2.0
"""Faces that differ by no more than this factor in size stand together."""
_LEAST_THING: Final = 0.5
"""Chance of a thing, over the part of an area that shows it best, from which the area is that thing."""
_SHOWS: Final = 0.25
"""That part: the eye knows people and animals by their heads and limbs more than by their clothes."""
_NO_HEADING: Final = "Nothing shows which way the subject faces or travels."


def find_subjects(
    saliency: Plane,
    materials: Materials,
    faces: tuple[Face, ...],
    *,
    information: float,
    people: tuple[PersonFind, ...] = (),
    things: Mapping[SubjectKind, Plane] | None = None,
) -> tuple[tuple[Subject, ...], Mask]:
    """Subjects, strongest first, and (h, w) uint8 on the grid: index of the subject plus 1.

    An area counts when it holds much saliency, stands out from its surroundings, and is no sky. People with faces are
    always a subject, those who stand together one of them all. In a still that tells nothing there is none. people: of
    a weak detector; they say what an area may be, and make none, and so do things: the eye's chances by place, (G, G).
    """
    marks = np.zeros(saliency.shape, np.uint8)
    if information <= 0 or float(saliency.max()) <= 0:
        return (), marks
    drawn = np.asarray(saliency * (1.0 - np.clip(materials.sky, 0.0, 1.0)), np.float32)
    mass = float(drawn.sum()) + 1e-6
    found = [
        (replace(_subject(area.member, drawn, mass), prominence=round(min(1.0, area.prominence), 6)), area.member)
        for area in salient_areas(drawn, most=_MOST)
        if area.share >= _LEAST_PROMINENCE
    ]
    found = _with_people(found, faces, drawn, mass)
    height, width = saliency.shape
    planes = {kind: _wide(plane, width, height) for kind, plane in (things or {}).items()}
    kept: list[Subject] = []
    for subject, member in found[:_MOST]:
        kept.append(_kind(subject, member, materials, people, planes))
        marks[member & (marks == 0)] = len(kept)
    return tuple(kept), marks


def with_nearness(
    subjects: tuple[Subject, ...], marks: Mask, nearness: Plane | None, quality: float
) -> tuple[Subject, ...]:
    """The subjects with their mean disparity. nearness: (h, w) float32 0..1 on the grid."""
    if nearness is None:
        return subjects
    told = []
    for at, subject in enumerate(subjects, 1):
        member = marks == at
        near = measured(float(nearness[member].mean()), quality) if member.any() else subject.nearness
        told.append(replace(subject, nearness=near))
    return tuple(told)


def _subject(member: Places, drawn: Plane, mass: float) -> Subject:
    height, width = member.shape
    rows, columns = np.nonzero(member)
    weights = drawn[rows, columns].astype(np.float64) + 1e-6
    total = float(weights.sum())
    box = Box.from_pixels(
        float(columns.min()),
        float(rows.min()),
        float(np.ptp(columns)) + 1,
        float(np.ptp(rows)) + 1,
        of=(width, height),
    )
    centre = Point(
        (float((columns * weights).sum()) / total + 0.5) / width, (float((rows * weights).sum()) / total + 0.5) / height
    )
    return Subject(
        box=box,
        centre=centre,
        prominence=round(min(1.0, total / mass), 6),
        compactness=measured(compactness(member), 0.8),
        heading=absent(_NO_HEADING),
        lead_room=measured((1.0 - box.right) - box.left, 0.8),
        nearness=absent("There is no depth map."),
        asymmetry=asymmetry(member),
    )


def _with_people(
    found: list[tuple[Subject, Places]], faces: tuple[Face, ...], drawn: Plane, mass: float
) -> list[tuple[Subject, Places]]:
    """The areas with people: who stand together, with their likely bodies, take in the areas that lie mostly inside."""
    for group in _groups(faces):
        around = np.zeros(drawn.shape, bool)
        sure = np.zeros(drawn.shape, bool)
        for face in group:
            around |= _inside(_body(face.box), drawn.shape)
            sure |= _inside(face.box, drawn.shape)
        # Within the likely outline, what differs from the backdrop is the body.
        likely = ((drawn > 0.2) & around).astype(np.uint8)
        likely = cv2.morphologyEx(likely, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)).astype(np.uint8, copy=False)
        member = filled((likely > 0) & around | sure)
        rest = [one for one in found if float((one[1] & around).sum()) < 0.5 * float(one[1].sum())]
        quality = max(face.quality for face in group)
        person = replace(
            _subject(member, drawn + np.float32(1e-3), mass),
            kind=SubjectKind.PERSON,
            quality=quality,
            heading=_heading(group),
        )
        found = [*rest, (person, member)]
    if faces:
        found.sort(key=lambda one: (-_strength(one[0]), one[0].box.left, one[0].box.top))
    return found


def _groups(faces: tuple[Face, ...]) -> list[list[Face]]:
    """Faces of people who stand together: alike in size, their likely bodies side by side. Largest faces first."""
    groups: list[list[Face]] = []
    for face in faces:
        joined = [group for group in groups if any(_together(face, other) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([*(one for group in joined for one in group), face])
    return groups


def _together(face: Face, other: Face) -> bool:
    one, two = _body(face.box), _body(other.box)
    sizes = sorted((face.box.height, other.box.height))
    meet = min(one.right, two.right) > max(one.left, two.left) and min(one.bottom, two.bottom) > max(one.top, two.top)
    return meet and sizes[1] <= _ALIKE * sizes[0]


def _heading(group: list[Face]) -> Measure:
    """Which way those whose gaze is told look, when they agree."""
    told = [face.gaze for face in group if face.gaze.value is not None]
    if not told:
        return absent(_NO_HEADING)
    mean = sum(gaze.or_else(0.0) for gaze in told) / len(told)
    spread = max(abs(gaze.or_else(0.0) - mean) for gaze in told)
    return measured(mean, min(gaze.quality for gaze in told) * ramp(spread, 0.8, 0.2))


def _strength(subject: Subject) -> float:
    # A sure face outweighs what is merely colourful.
    person = 0.5 * subject.quality if subject.kind is SubjectKind.PERSON else 0.0
    return subject.prominence + person


def _inside(box: Box, shape: tuple[int, ...]) -> Places:
    height, width = shape
    member = np.zeros(shape, bool)
    member[
        int(box.top * height) : max(1, round(box.bottom * height)),
        int(box.left * width) : max(1, round(box.right * width)),
    ] = True
    return member


def _body(face: Box) -> Box:
    centre = face.left + face.width / 2
    left, right = max(0.0, centre - _BODY_WIDTHS / 2 * face.width), min(1.0, centre + _BODY_WIDTHS / 2 * face.width)
    top = max(0.0, face.top - 0.3 * face.height)
    bottom = min(1.0, face.top + _BODY_HEIGHTS * face.height)
    return Box(left, top, right - left, bottom - top)


def _wide(plane: Plane, width: int, height: int) -> Plane:
    return np.asarray(cv2.resize(plane, (width, height)), np.float32)


def _strongest(chances: Plane) -> float:
    """Mean of the highest chances in an area."""
    count = max(1, round(_SHOWS * chances.size))
    return float(np.partition(chances, -count)[-count:].mean())


def _kind(
    subject: Subject,
    member: Places,
    materials: Materials,
    people: tuple[PersonFind, ...],
    things: Mapping[SubjectKind, Plane],
) -> Subject:
    """What a detector or the eye sees in the same place, else a plant or a building where that material fills it."""
    if subject.kind is not SubjectKind.UNSPECIFIED:
        return subject
    for person in people:
        if overlap(person.box, subject.box) >= 0.5:
            return replace(subject, kind=SubjectKind.PERSON, quality=person.quality)
    seen = {kind: _strongest(plane[member]) for kind, plane in things.items()}
    likely = max(seen, key=lambda kind: seen[kind], default=SubjectKind.UNSPECIFIED)
    if seen.get(likely, 0.0) >= _LEAST_THING:
        return replace(subject, kind=likely, quality=round(seen[likely], 6))
    for kind, material in ((SubjectKind.PLANT, RegionKind.VEGETATION), (SubjectKind.BUILDING, RegionKind.MAN_MADE)):
        inside = sum(
            share_of(materials.labels[member] == at) * region.quality
            for at, region in enumerate(materials.regions, 1)
            if region.kind is material
        )
        sure = ramp(inside, 0.35, 0.9)
        if kind is SubjectKind.BUILDING:
            # Straight lines are furniture indoors.
            sure *= ramp(materials.outdoors, 0.35, 0.8)
        if sure > 0.1:
            return replace(subject, kind=kind, quality=round(sure, 6))
    return subject
