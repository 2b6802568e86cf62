"""The analysis of the mirrored still, from the analysis of a still; and the one that is its own mirror image.

Works by what the values' types and fields say: places know their mirror image, fields that depend on handedness are
marked with `SIGNED` or `swapped_with`, arrays are turned. A new field needs no line here.
"""

import dataclasses
from functools import cache
from typing import Any, Final, TypeVar

import cv2
import numpy as np

from analyzer.core.analysis import Measure, SceneAnalysis, Stability, absent
from analyzer.core.analysis.measure import SIGNED
from film.geometry import Box, Point, Segment

V = TypeVar("V")

_NEGATE: Final = SIGNED["mirror"]
_PLACES: Final = frozenset({Point, Box, Segment})
_PLAIN: Final = frozenset({float, int, str, bool, type(None), Measure})
"""Types of what is the same in the mirror image unless its field's metadata says otherwise."""
_CENTRED: Final = 0.02
"""A place within this share of the width around the axis belongs to the axis."""


def mirrored(value: V) -> V:
    """The same for the still mirrored left to right; order is kept. Twice gives an equal value, exactly."""
    result: Any = _mirrored(value)
    return result  # type: ignore[no-any-return]


def _mirrored(value: Any) -> Any:
    kind = value.__class__
    if kind in _PLACES:
        return value.mirrored()
    if kind is tuple:
        turned = tuple([_mirrored(one) for one in value])
        return value if all(one is other for one, other in zip(turned, value, strict=True)) else turned
    if isinstance(value, np.ndarray):
        return np.asarray(cv2.flip(value, 1))
    changes, rules = {}, _rules_of(kind)
    for name, rule in rules:
        if rule == _NEGATE:
            changes[name] = _negated(getattr(value, name))
        elif rule:
            changes[name] = _mirrored(getattr(value, rule))
        elif type(own := getattr(value, name)) not in _PLAIN and (change := _mirrored(own)) is not own:
            changes[name] = change
    # What dataclasses.replace gives, without its asking the class for its fields again.
    return kind(**({name: getattr(value, name) for name, _ in rules} | changes)) if changes else value


@cache
def _rules_of(kind: Any) -> tuple[tuple[str, str], ...]:
    """Name of each field of a dataclass and what its metadata says of mirror images; none for any other type."""
    if not dataclasses.is_dataclass(kind):
        return ()
    return tuple((field.name, field.metadata.get("mirror", "")) for field in dataclasses.fields(kind))


def _negated(value: Any) -> Any:
    if isinstance(value, Measure):
        # Adding 0.0 turns a negative zero into zero.
        return value if value.value is None else Measure(-value.value + 0.0, value.quality)
    return -value + 0.0


def symmetric(analysis: SceneAnalysis) -> SceneAnalysis:
    """The analysis of a still that is its own mirror image, made equal to its own mirror image.

    Signed figures are 0, both sides get the mean of their figures, places near the axis lie on it. A single place off
    the axis is dropped, since there would be another on the other side; an area off the axis becomes one with its
    counterpart.
    """
    result: Any = _symmetric(dataclasses.replace(analysis, stability=None))
    made: SceneAnalysis = dataclasses.replace(
        result,
        vanishing_point=None
        if result.vanishing_point is None or result.vanishing_point.point is None
        else result.vanishing_point,
        lines=dataclasses.replace(
            result.lines, segments=tuple(one for one in result.lines.segments if one == one.mirrored())
        ),
        faces=tuple(face for face, raw in zip(result.faces, analysis.faces, strict=True) if _centred(raw.box)),
        stability=None if analysis.stability is None else _symmetric_stability(analysis.stability),
    )
    return made


def _symmetric_stability(stability: Stability) -> Stability:
    """The same with the analyses of the changed stills made symmetric too, each as a whole."""
    variants = tuple(dataclasses.replace(one, analysis=symmetric(one.analysis)) for one in stability.variants)
    return dataclasses.replace(stability, variants=variants)


def _centred(box: Box) -> bool:
    return abs(box.left + box.right - 1.0) <= 2 * _CENTRED


def _symmetric(value: Any) -> Any:
    if isinstance(value, Point):
        return Point(0.5, value.y) if abs(value.x - 0.5) <= _CENTRED else None
    if isinstance(value, Box):
        left = min(value.left, 1.0 - value.right)
        return Box(left, value.top, 1.0 - 2 * left, value.height)
    if isinstance(value, Segment):
        return _symmetric_segment(value)
    if isinstance(value, tuple):
        return tuple(_symmetric(one) for one in value)
    if isinstance(value, np.ndarray):
        return _symmetric_array(value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changes = {}
    for field in dataclasses.fields(value):
        rule, own = field.metadata.get("mirror", ""), getattr(value, field.name)
        if rule == _NEGATE:
            changes[field.name] = _zero(own)
        elif rule:
            changes[field.name] = _mean(own, getattr(value, rule))
        elif field.name == "centre":
            # An area and its counterpart are one; their centre is on the axis.
            changes[field.name] = Point(0.5, own.y)
        else:
            changes[field.name] = _symmetric(own)
    return dataclasses.replace(value, **changes)


def _symmetric_segment(value: Segment) -> Segment:
    """The segment on the axis or level across it, when it nearly is; else as it was."""
    if max(abs(value.start.x - 0.5), abs(value.end.x - 0.5)) <= _CENTRED:
        return Segment(Point(0.5, value.start.y), Point(0.5, value.end.y))
    if abs(value.start.x + value.end.x - 1.0) <= 2 * _CENTRED and abs(value.start.y - value.end.y) <= _CENTRED:
        left, height = (value.start.x + 1.0 - value.end.x) / 2, (value.start.y + value.end.y) / 2
        start = Point(left, height)
        return Segment(start, start.mirrored())
    return value


def _symmetric_array(value: Any) -> Any:
    turned = value[:, ::-1]
    if value.dtype == np.float32:
        return np.ascontiguousarray((value + turned) / np.float32(2))
    # Labels are taken from the left half.
    half = np.arange(value.shape[1]) < (value.shape[1] + 1) // 2
    return np.ascontiguousarray(np.where(half[None], value, turned))


def _zero(value: Any) -> Any:
    if isinstance(value, Measure):
        return value if value.value is None else dataclasses.replace(value, value=0.0)
    return 0.0


def _mean(one: Measure, other: Measure) -> Measure:
    if one.value is None or other.value is None:
        return absent(one.absent_because or other.absent_because)
    return Measure((one.value + other.value) / 2, (one.quality + other.quality) / 2)
