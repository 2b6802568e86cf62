"""Faces on which two cascades agree, in colours and with the relief that faces have."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Face, absent
from analyzer.core.arrays import Mask, Plane
from analyzer.core.components import labelled
from analyzer.core.evidence import bands, ramp
from analyzer.core.frame import Frame
from analyzer.core.ports import FaceDetectors, FaceFind
from film.geometry import Box

_LEAST_FACE_PX: Final = 20.0
_LEAST_GREY_FACE: Final = 0.15
"""Smallest face looked for in black and white, where no colour says where to look, as a share of the shorter side."""
_GREY: Final = 2.0
"""Mean chroma below which a still is black and white."""
_GREY_MOST: Final = 0.7
"""Highest quality of a face that no colour confirms."""
_WINDOW: Final = 5
"""Cells across the window in which skin must lie close together."""
_DENSE: Final = 0.5
"""A face shows its colour on most of a window of its size; leaves, bark and stone show it in specks."""
_MOST_PLACES: Final = 6
_WINDOWS: Final = 16
"""Area of a place over that of the smallest face looked for in it: bounds what a place costs."""
_AGREE: Final = 0.4
"""Overlap from which two rectangles are one face."""
_MOST: Final = 32
_NO_SKIN: Final = "Nothing in the still has the colour of skin."


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to look, in pixels of the frame, and for faces of which sides."""

    left: int
    top: int
    right: int
    bottom: int
    least_px: float
    most_px: float


def find_faces(frame: Frame, detectors: FaceDetectors) -> tuple[tuple[Face, ...], str]:
    """Faces, largest first, and why none were looked for, or "".

    A face counts when all detectors find it, enough of it has the colour of skin, its eyes are darker than its cheeks,
    and it is neither flat nor bright and dark in one direction only. Detectors look only where skin lies close
    together, for faces of about the size of that area: searching everywhere for every size costs ten times as much
    and finds fewer, since small faces need the full size and large areas do not. Measured on photographs without
    people: one cascade alone sees faces in one of six, both together in one of a hundred.
    """
    skin = None if _is_grey(frame) else _skin(frame)
    places = _everywhere(frame) if skin is None else _where_skin_is(frame, skin)
    if not places:
        return (), _NO_SKIN
    faces: list[Face] = []
    for place in places:
        part = np.ascontiguousarray(frame.grey[place.top : place.bottom, place.left : place.right])
        found = detectors.find(part, least_px=place.least_px, most_px=place.most_px)
        for finds in _agreed(found):
            box = _mean_box(finds, place, frame)
            quality = _quality(frame, skin, box) * _weight(finds)
            if quality > 0.15:
                faces.append(Face(box=box, quality=round(quality, 6), gaze=absent("This version does not tell gaze.")))
    faces.sort(key=lambda face: (-face.box.area, face.box.left, face.box.top))
    return tuple(_apart(faces)[:_MOST]), ""


def _is_grey(frame: Frame) -> bool:
    return frame.mean_chroma < _GREY


def _everywhere(frame: Frame) -> list[_Place]:
    shorter = min(frame.width, frame.height)
    return [_Place(0, 0, frame.width, frame.height, max(_LEAST_FACE_PX, _LEAST_GREY_FACE * shorter), float(shorter))]


def _where_skin_is(frame: Frame, skin: Plane) -> list[_Place]:
    """The areas where skin lies close together, widest first, with room for hair and chin.

    The largest circle that fits into an area tells the size of a face in it, whatever arms hang on.
    """
    dense = (cv2.blur((skin > 0.5).astype(np.float32), (_WINDOW, _WINDOW)) > _DENSE).astype(np.uint8)
    if not dense.any():
        return []
    inside = cv2.distanceTransform(dense, cv2.DIST_L2, 3)
    count, labels = labelled(dense, connectivity=4)
    radii = np.zeros(count, np.float32)
    cells = np.flatnonzero(dense)
    np.maximum.at(radii, labels.ravel()[cells].astype(np.intp), inside.ravel()[cells])
    pixels = frame.width / dense.shape[1]
    places = []
    for at in sorted(range(1, count), key=lambda one: (-radii[one], one))[:_MOST_PLACES]:
        radius = (float(radii[at]) + 0.2 * _WINDOW) * pixels
        around = cv2.boundingRect(np.equal(labels, at).view(np.uint8))
        left, top, wide, high = (value * pixels for value in around)
        room = 1.5 * radius + pixels
        right, bottom = min(frame.width, left + wide + room), min(frame.height, top + high + room)
        left, top = max(0.0, left - room), max(0.0, top - room)
        affordable = float(np.sqrt((right - left) * (bottom - top) / _WINDOWS))
        least = max(_LEAST_FACE_PX, 0.6 * radius, min(affordable, 1.2 * radius))
        most = 4.5 * radius
        if most > least:
            places.append(_Place(int(left), int(top), int(right), int(bottom), least, most))
    return places


def _skin(frame: Frame) -> Plane:
    """Evidence 0..1 by cell: hue between pink and amber, moderate chroma, neither black nor white."""
    return np.minimum(
        np.minimum(bands(frame.hue, 10, 25, 72, 85), bands(frame.chroma, 5, 10, 42, 55)),
        bands(frame.light, 12, 25, 92, 99),
    )


def _agreed(found: Sequence[Sequence[FaceFind]]) -> list[list[FaceFind]]:
    """Finds of the first detector, each with the best matching find of every other one."""
    first, *others = found
    groups = []
    for find in first:
        group = [find]
        for finds in others:
            match = max(finds, key=lambda other: _overlap(find, other), default=None)
            if match is not None and _overlap(find, match) >= _AGREE:
                group.append(match)
        if len(group) == len(others) + 1:
            groups.append(group)
    return groups


def _overlap(one: FaceFind | Box, other: FaceFind | Box) -> float:
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    shared = max(0.0, width) * max(0.0, height)
    return float(shared / (one.width * one.height + other.width * other.height - shared))


def _apart(faces: list[Face]) -> list[Face]:
    """The faces, each once: areas overlap, and so a face may be found in two of them."""
    kept: list[Face] = []
    for face in faces:
        if all(_overlap(face.box, other.box) < 0.2 for other in kept):
            kept.append(face)
    return kept


def _mean_box(finds: list[FaceFind], place: _Place, frame: Frame) -> Box:
    count = len(finds)
    mean = replace(
        finds[0],
        left=sum(find.left for find in finds) / count + place.left,
        top=sum(find.top for find in finds) / count + place.top,
        width=sum(find.width for find in finds) / count,
        height=sum(find.height for find in finds) / count,
    )
    return Box.from_pixels(mean.left, mean.top, mean.width, mean.height, of=(frame.width, frame.height))


def _quality(frame: Frame, skin: Plane | None, box: Box) -> float:
    shape = _relief(frame.grey, box) * _eyes(frame.grey, box)
    return min(shape, _GREY_MOST) if skin is None else min(shape, _coloured(skin, box))


def _part(plane: Mask | Plane, box: Box) -> Mask | Plane:
    height, width = plane.shape[:2]
    top, left = int(box.top * height), int(box.left * width)
    return plane[top : max(top + 1, round(box.bottom * height)), left : max(left + 1, round(box.right * width))]


def _inner(box: Box, left: float, top: float, right: float, bottom: float) -> Box:
    return Box(
        box.left + box.width * left, box.top + box.height * top, box.width * (right - left), box.height * (bottom - top)
    )


def _relief(grey: Mask, box: Box) -> float:
    """Eyes, nose and mouth make dark and light in both directions: deviation along both axes.

    It is taken beside the face's own light, so that a face in the dark counts as one in the sun does.
    """
    part = _part(grey, box).astype(np.float32)
    whole = float(part.std())
    level = float((part - part.mean(axis=1, keepdims=True)).std())
    upright = float((part - part.mean(axis=0, keepdims=True)).std())
    return ramp(whole / (float(part.mean()) + 8.0), 0.05, 0.15) * ramp(min(level, upright) / (whole + 1e-6), 0.25, 0.6)


def _eyes(grey: Mask, box: Box) -> float:
    """The band of the eyes is darker than that of the cheeks, or at least not clearly lighter."""
    eyes = float(_part(grey, _inner(box, 0.15, 0.22, 0.85, 0.48)).mean())
    cheeks = float(_part(grey, _inner(box, 0.15, 0.5, 0.85, 0.75)).mean())
    return ramp(eyes / (cheeks + 1.0), 1.2, 1.02)


def _coloured(skin: Plane, box: Box) -> float:
    return ramp(float(_part(skin, _inner(box, 0.2, 0.2, 0.8, 0.8)).mean()), 0.2, 0.6)


def _weight(finds: list[FaceFind]) -> float:
    """The detectors' own weights: 1 is a lucky hit, 6 and more are sure (measured on two faces: 4.6 and 5.8)."""
    return ramp(min(find.weight for find in finds), 0.5, 5.0) * 0.5 + 0.5
