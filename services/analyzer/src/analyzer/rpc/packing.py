"""Values of core as messages of the wire.

Every value of an analysis has the fields of its message, under the same names, so one function packs them all. What a
message has beyond that, or holds in another form, `messages` adds.
"""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar

from google.protobuf.message import Message

from analyzer.core import analysis as core
from analyzer.rpc import enums
from animatize.analyzer.v1 import analysis_pb2, composition_pb2, light_pb2, space_pb2, subjects_pb2
from animatize.type.v1 import geometry_pb2, measure_pb2
from chassis.enums import Pairs
from film.geometry import Box, Point, Segment

M = TypeVar("M", bound=Message)

MESSAGES: Final[Mapping[type, type[Message]]] = MappingProxyType(
    {
        Point: geometry_pb2.Point,
        Box: geometry_pb2.Box,
        Segment: geometry_pb2.Segment,
        core.Measure: measure_pb2.Measure,
        core.Confidence: measure_pb2.Confidence,
        core.Light: light_pb2.Light,
        core.Swatch: light_pb2.Swatch,
        core.Focus: light_pb2.Focus,
        core.Lines: space_pb2.Lines,
        core.Horizon: space_pb2.Horizon,
        core.UncertaintyEllipse: space_pb2.UncertaintyEllipse,
        core.VanishingPoint: space_pb2.VanishingPoint,
        core.Depth: space_pb2.Depth,
        core.Region: space_pb2.Region,
        core.Subject: subjects_pb2.Subject,
        core.Face: subjects_pb2.Face,
        core.PersonFind: subjects_pb2.PersonFind,
        core.ModelUse: analysis_pb2.ModelUse,
        core.Composition: composition_pb2.Composition,
        core.Shot: composition_pb2.Shot,
        core.Scene: composition_pb2.Scene,
        core.SceneScore: composition_pb2.SceneScore,
    }
)
"""The message of each value."""

_ENUMS: Final[Mapping[type[StrEnum], Pairs[Any]]] = MappingProxyType(
    {
        core.HorizonKind: enums.HORIZON,
        core.DepthCue: enums.CUE,
        core.RegionKind: enums.REGION,
        core.SubjectKind: enums.SUBJECT,
        core.ShotScale: enums.SCALE,
        core.ShotAngle: enums.ANGLE,
        core.SceneKind: enums.SCENE,
        core.TimeOfDay: enums.TIME,
        core.ColourScheme: enums.COLOURS,
        core.ModelTask: enums.TASK,
        core.StabilityChange: enums.CHANGE,
    }
)


def packed(value: Any, kind: type[M]) -> M:
    """The message of a value that MESSAGES names. What is None in core is absent on the wire."""
    message = kind()
    _fill(message, value)
    return message


def _fill(message: Message, value: Any) -> None:
    for field in dataclasses.fields(value):
        own = getattr(value, field.name)
        if own is None:
            continue
        if isinstance(own, tuple):
            getattr(message, field.name).extend(_one(entry) for entry in own)
        elif type(own) in MESSAGES:
            part = getattr(message, field.name)
            # A part all of whose fields have their default is there nevertheless.
            part.SetInParent()
            _fill(part, own)
        else:
            setattr(message, field.name, _one(own))


def _one(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return _ENUMS[type(value)].wire(value)
    kind = MESSAGES.get(type(value))
    return value if kind is None else packed(value, kind)
