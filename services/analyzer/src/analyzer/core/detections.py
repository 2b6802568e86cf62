"""Things that a trained detector found, as subjects beside or instead of what draws the eye."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from analyzer.core.analysis import Subject, SubjectKind, absent, measured
from analyzer.core.arrays import Mask, Places, Plane
from analyzer.core.models import Detection
from film.geometry import Box, Point

_MOST: Final = 8
_SAME: Final = 0.5
"""Share of overlap (intersection over union) from which a detection and a salient area are one subject."""
_INSIDE: Final = 0.6
"""Share of a salient area inside a detection from which it is a part of it."""
_DRAWS: Final = 0.5
"""How much of a detection's score counts as drawing the eye: people look at things before they look at contrasts."""


def with_detections(
    subjects: Sequence[Subject], marks: Mask, detections: Sequence[Detection], saliency: Plane
) -> tuple[tuple[Subject, ...], Mask]:
    """Subjects and their marks once a detector has spoken, strongest first.

    A salient area that a detection covers becomes the detection; others stay behind it. marks: (h, w) uint8, index
    plus 1. saliency: (h, w) float32 0..1.
    """
    mass = float(saliency.sum()) + 1e-6
    found: list[tuple[Subject, Places, float]] = []
    taken = np.zeros(marks.shape, bool)
    parts: set[int] = set()
    for one in detections[:_MOST]:
        inside = _places(one.box, marks.shape)
        area = inside.copy()
        prominence = min(1.0, float(saliency[inside].sum()) / mass)
        for at, subject in enumerate(subjects):
            member = marks == at + 1
            covered = float((member & inside).sum()) / max(1, int(member.sum()))
            if at not in parts and (covered >= _INSIDE or _overlap(subject.box, one.box) >= _SAME):
                parts.add(at)
                # The area's own outline is finer than a rectangle when it fills most of it.
                if float((member & inside).sum()) >= _SAME * float(inside.sum()):
                    area = member & inside
        area &= ~taken
        if not area.any():
            continue
        taken |= area
        found.append((_subject(one, prominence), area, prominence + _DRAWS * one.score))
    for at, subject in enumerate(subjects):
        member = (marks == at + 1) & ~taken
        if at not in parts and member.any():
            person = _DRAWS * subject.quality if subject.kind is SubjectKind.PERSON else 0.0
            found.append((subject, member, subject.prominence + person))
    found.sort(key=lambda one: (-one[2], one[0].box.left, one[0].box.top))
    fresh = np.zeros(marks.shape, np.uint8)
    for at, (_, member, _) in enumerate(found, 1):
        fresh[member] = at
    return tuple(subject for subject, _, _ in found), fresh


def _subject(one: Detection, prominence: float) -> Subject:
    box = one.box
    plain = Subject(
        box=box,
        centre=Point(box.left + box.width / 2, box.top + box.height / 2),
        prominence=round(prominence, 6),
        kind=one.kind,
        quality=round(one.score, 6),
        compactness=absent("A detector gives a rectangle, not an outline."),
        heading=absent("A detector does not tell which way a thing faces."),
        lead_room=measured((1.0 - box.right) - box.left, one.score),
        nearness=absent("There is no depth map."),
    )
    return replace(plain, asymmetry=absent("A detector gives a rectangle, not an outline."))


def _places(box: Box, shape: tuple[int, ...]) -> Places:
    height, width = shape
    member = np.zeros(shape, bool)
    member[
        int(box.top * height) : max(int(box.top * height) + 1, round(box.bottom * height)),
        int(box.left * width) : max(int(box.left * width) + 1, round(box.right * width)),
    ] = True
    return member


def _overlap(one: Box, other: Box) -> float:
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(0.0, wide) * max(0.0, high)
    return shared / (one.area + other.area - shared)
