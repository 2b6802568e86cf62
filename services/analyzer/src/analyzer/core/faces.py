"""Faces on which two cascades agree, in colours and with the relief that faces have."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Face, absent
from analyzer.core.arrays import Mask, Plane
from analyzer.core.evidence import bands, ramp
from analyzer.core.frame import Frame
from analyzer.core.ports import FaceDetectors, FaceFind
from film.geometry import Box

_LONGEST_PX: Final = 384
"""Cascades cost 36 to 173 ms at 512 pixels; faces that are worth a movement are found at 384."""
_LEAST_FACE: Final = 0.06
"""Smallest face looked for, as a share of the shorter side."""
_SKIN_WINDOW: Final = 0.07
_DENSE: Final = 0.6
"""A face shows its colour on most of a window of its size; leaves, bark and stone show it in specks."""
_AGREE: Final = 0.4
"""Overlap from which two rectangles are one face."""
_MOST: Final = 32
_NO_SKIN: Final = "Nothing in the still has the colour of skin."


def find_faces(frame: Frame, detectors: FaceDetectors) -> tuple[tuple[Face, ...], str]:
    """Faces, largest first, and why none were looked for, or "".

    A face counts when all detectors find it, enough of it has the colour of skin, and it is neither flat nor bright
    and dark in one direction only. Measured on photographs without people: the default cascade alone sees faces in one
    of six, both together in one of thirty-five, and there the colour was wrong.
    """
    skin = _skin(frame)
    around = _where_skin_is(skin)
    if around is None:
        return (), _NO_SKIN
    scale = min(1.0, _LONGEST_PX / max(frame.width, frame.height))
    size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
    grey = cv2.resize(frame.grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    even = cv2.equalizeHist(grey).astype(np.uint8, copy=False)
    left, top = int(around.left * size[0]), int(around.top * size[1])
    part = even[top : round(around.bottom * size[1]), left : round(around.right * size[0])]
    found = [
        [replace(find, left=find.left + left, top=find.top + top) for find in finds]
        for finds in detectors.find(np.ascontiguousarray(part), least_px=max(20, round(_LEAST_FACE * min(size))))
    ]
    faces = []
    for finds in _agreed(found):
        box = _mean_box(finds, size)
        quality = min(_relief(grey, box), _coloured(skin, box)) * _weight(finds)
        if quality > 0.15:
            faces.append(Face(box=box, quality=round(quality, 6), gaze=absent("This version does not tell gaze.")))
    faces.sort(key=lambda face: (-face.box.area, face.box.left, face.box.top))
    return tuple(faces[:_MOST]), ""


def _where_skin_is(skin: Plane) -> Box | None:
    """The rectangle around all places where skin lies close together, with room for hair and chin; None without any."""
    height, width = skin.shape
    window = max(3, round(_SKIN_WINDOW * min(height, width)))
    dense = cv2.blur((skin > 0.5).astype(np.float32), (window, window)) > _DENSE
    if not dense.any():
        return None
    rows, columns = np.flatnonzero(dense.any(axis=1)), np.flatnonzero(dense.any(axis=0))
    room = 3 * window
    left, top = max(0, int(columns[0]) - room), max(0, int(rows[0]) - room)
    right, bottom = min(width, int(columns[-1]) + 1 + room), min(height, int(rows[-1]) + 1 + room)
    return Box.from_pixels(left, top, right - left, bottom - top, of=(width, height))


def _skin(frame: Frame) -> Plane:
    """Evidence 0..1 by cell: hue between pink and amber, moderate chroma, neither black nor white."""
    lightness, a, b = frame.cells[..., 0], frame.cells[..., 1], frame.cells[..., 2]
    hue = np.degrees(np.arctan2(b, a)).astype(np.float32)
    chroma = np.hypot(a, b).astype(np.float32)
    return np.minimum(
        np.minimum(bands(hue, 10, 25, 72, 85), bands(chroma, 5, 10, 42, 55)), bands(lightness, 12, 25, 92, 99)
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


def _overlap(one: FaceFind, other: FaceFind) -> float:
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    shared = max(0, width) * max(0, height)
    return shared / (one.width * one.height + other.width * other.height - shared)


def _mean_box(finds: list[FaceFind], size: tuple[int, int]) -> Box:
    count = len(finds)
    return Box.from_pixels(
        sum(find.left for find in finds) / count,
        sum(find.top for find in finds) / count,
        sum(find.width for find in finds) / count,
        sum(find.height for find in finds) / count,
        of=size,
    )


def _part(plane: Mask | Plane, box: Box) -> Mask | Plane:
    height, width = plane.shape[:2]
    top, left = int(box.top * height), int(box.left * width)
    return plane[top : max(top + 1, round(box.bottom * height)), left : max(left + 1, round(box.right * width))]


def _relief(grey: Mask, box: Box) -> float:
    """Eyes, nose and mouth make dark and light in both directions: deviation along both axes."""
    part = _part(grey, box).astype(np.float32)
    whole = float(part.std())
    level = float((part - part.mean(axis=1, keepdims=True)).std())
    upright = float((part - part.mean(axis=0, keepdims=True)).std())
    return ramp(whole, 8.0, 22.0) * ramp(min(level, upright) / (whole + 1e-6), 0.25, 0.6)


def _coloured(skin: Plane, box: Box) -> float:
    inner = Box(box.left + box.width * 0.2, box.top + box.height * 0.2, box.width * 0.6, box.height * 0.6)
    return ramp(float(_part(skin, inner).mean()), 0.2, 0.6)


def _weight(finds: list[FaceFind]) -> float:
    """The detectors' own weights: 1 is a lucky hit, 6 and more are sure (measured on two faces: 4.6 and 5.8)."""
    return ramp(min(find.weight for find in finds), 0.5, 5.0) * 0.5 + 0.5
