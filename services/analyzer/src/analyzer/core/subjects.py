"""Subjects: compact areas that draw the eye."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Face, RegionKind, Subject, SubjectKind, absent, measured
from analyzer.core.arrays import Mask, Places, Plane
from analyzer.core.evidence import ramp
from analyzer.core.regions import Materials
from film.geometry import Box, Point

_MOST: Final = 5
_LEAST_PROMINENCE: Final = 0.08
_LEAST_AREA: Final = 0.002
_LARGEST_AREA: Final = 0.55
_STEPS: Final = (30.0, 60.0, 90.0)
"""By how much, of 255, the threshold rises for an area that is too large."""
_BODY_WIDTHS: Final = 3.0
_BODY_HEIGHTS: Final = 5.5
"""A standing person is some three faces wide and seven high; half-length frames show about five and a half."""


def find_subjects(
    saliency: Plane, materials: Materials, faces: tuple[Face, ...], *, information: float
) -> tuple[tuple[Subject, ...], Mask]:
    """Subjects, strongest first, and (h, w) uint8 on the grid: index of the subject plus 1.

    An area counts when it holds a share of the saliency beyond its share of the frame, is compact, and is no sky. A
    face is always a subject. In a still that tells nothing there is none.
    """
    shape = saliency.shape
    marks = np.zeros(shape, np.uint8)
    if information <= 0 or float(saliency.max()) <= 0:
        return (), marks
    drawn = saliency * (1.0 - np.clip(materials.sky, 0.0, 1.0))
    mass = float(drawn.sum()) + 1e-6
    found = [(subject, mask) for subject, mask in _areas(drawn, mass) if subject.prominence >= _LEAST_PROMINENCE]
    found = _with_people(found, faces, drawn, mass)
    found.sort(key=lambda one: (-_strength(one[0]), one[0].box.left, one[0].box.top))
    kept: list[Subject] = []
    for subject, mask in found[:_MOST]:
        kept.append(_kind(subject, mask, materials))
        marks[mask & (marks == 0)] = len(kept)
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


def _strength(subject: Subject) -> float:
    # A sure face outweighs what is merely colourful.
    person = 0.5 * subject.quality if subject.kind is SubjectKind.PERSON else 0.0
    return subject.prominence + person


def _areas(drawn: Plane, mass: float) -> list[tuple[Subject, Places]]:
    """Connected areas above Otsu's threshold; one too large to be a subject is parted again at a higher one."""
    scaled = np.clip(drawn * 255, 0, 255).astype(np.uint8)
    level, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    inside = np.ones(drawn.shape, bool)
    found: list[tuple[Subject, Places]] = []
    for threshold in (max(level, 60.0), *(max(level, 60.0) + step for step in _STEPS)):
        mask = ((scaled > threshold) & inside).astype(np.uint8)
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8, copy=False)
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)).astype(np.uint8, copy=False)
        count, labels = cv2.connectedComponents(mask, connectivity=8)
        inside = np.zeros(drawn.shape, bool)
        for at in range(1, count):
            member = _filled(labels == at)
            if float(member.mean()) >= _LEAST_AREA and not _too_large(member):
                found.append((_subject(member, drawn, mass), member))
            elif _too_large(member):
                inside |= labels == at
        if not inside.any():
            break
    return found


def _too_large(member: Places) -> bool:
    """Whether an area is more of a background: it spans the width, or takes most of the frame."""
    columns = np.asarray(member.any(axis=0))
    return bool((columns[0] and columns[-1]) or float(columns.mean()) > 0.9 or float(member.mean()) > _LARGEST_AREA)


def _filled(member: Places) -> Places:
    """The area with its holes: what a subject encloses belongs to it."""
    outlines, _ = cv2.findContours(member.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = np.zeros(member.shape, np.uint8)
    cv2.drawContours(whole, outlines, -1, 1, thickness=cv2.FILLED)
    filled: Places = whole > 0
    return filled


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
        compactness=measured(_compactness(member), 0.8),
        heading=absent("This version does not tell which way a subject faces."),
        lead_room=measured((1.0 - box.right) - box.left, 0.8),
        nearness=absent("There is no depth map."),
    )


def _compactness(member: Places) -> float:
    """Isoperimetric quotient of the largest outline, 1 for a disc."""
    outlines, _ = cv2.findContours(member.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(outlines, key=cv2.contourArea)
    around = cv2.arcLength(largest, closed=True)
    if around <= 0:
        return 0.0
    return min(1.0, 4 * np.pi * cv2.contourArea(largest) / around**2)


def _with_people(
    found: list[tuple[Subject, Places]], faces: tuple[Face, ...], drawn: Plane, mass: float
) -> list[tuple[Subject, Places]]:
    """The areas with people: each face with its likely body, which takes in the areas that lie mostly inside."""
    for face in faces:
        around = _inside(_body(face.box), drawn.shape)
        # Within the likely outline, what differs from the backdrop is the body.
        likely = ((drawn > 0.2) & around).astype(np.uint8)
        likely = cv2.morphologyEx(likely, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)).astype(np.uint8, copy=False)
        member = _filled((likely > 0) & around | _inside(face.box, drawn.shape))
        rest = []
        for subject, mask in found:
            if float((mask & around).sum()) < 0.5 * float(mask.sum()):
                rest.append((subject, mask))
        person = replace(
            _subject(member, drawn + np.float32(1e-3), mass), kind=SubjectKind.PERSON, quality=face.quality
        )
        found = [*rest, (person, member)]
    return found


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


def _kind(subject: Subject, mask: Places, materials: Materials) -> Subject:
    """A plant or a building where that material fills the area; else what it was."""
    if subject.kind is not SubjectKind.UNSPECIFIED:
        return subject
    for kind, material in ((SubjectKind.PLANT, RegionKind.VEGETATION), (SubjectKind.BUILDING, RegionKind.MAN_MADE)):
        inside = sum(
            float((materials.labels[mask] == at).mean()) * region.quality
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
