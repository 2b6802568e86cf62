"""Every value of core has its place on the wire, and every error its answer."""

import dataclasses
from enum import StrEnum

import grpc
import pytest
from google.protobuf.message import Message

from analyzer.core import analysis as core
from analyzer.core import errors as core_errors
from analyzer.rpc import enums, messages
from analyzer.rpc.errors import ERRORS
from analyzer.rpc.packing import MESSAGES
from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, composition_pb2, space_pb2, subjects_pb2
from animatize.type.v1 import image_pb2
from film import stills
from film.stills import errors as still_errors

from .stills import analysed, photograph

ENUMS = [
    (enums.HORIZON, core.HorizonKind, space_pb2.HorizonKind),
    (enums.CUE, core.DepthCue, space_pb2.DepthCue),
    (enums.REGION, core.RegionKind, space_pb2.RegionKind),
    (enums.SUBJECT, core.SubjectKind, subjects_pb2.SubjectKind),
    (enums.SCALE, core.ShotScale, composition_pb2.ShotScale),
    (enums.ANGLE, core.ShotAngle, composition_pb2.ShotAngle),
    (enums.SCENE, core.SceneKind, composition_pb2.SceneKind),
    (enums.TIME, core.TimeOfDay, composition_pb2.TimeOfDay),
    (enums.COLOURS, core.ColourScheme, composition_pb2.ColourScheme),
    (enums.TASK, core.ModelTask, analysis_pb2.ModelTask),
    (enums.CHANGE, core.StabilityChange, analysis_pb2.StabilityChange),
    (enums.MAP, core.MapKind, analysis_pb2.MapKind),
]


@pytest.mark.parametrize(("pairs", "kind", "wire"), ENUMS)
def test_enumerations_agree_value_by_value(pairs, kind, wire):
    assert all(pairs.core(pairs.wire(value)) is value for value in kind)
    # Zero is a value of core where the verdict may be "not known", and of none where it is refused.
    assert pairs.numbers() | {0} == set(wire.values())


@pytest.mark.parametrize(("value", "message"), list(MESSAGES.items()))
def test_every_field_of_a_value_has_its_field_on_the_wire(value, message):
    ours = {field.name for field in dataclasses.fields(value)}
    theirs = {field.name for field in message.DESCRIPTOR.fields}

    assert ours == theirs


def test_every_format_has_its_number():
    assert set(enums.FORMAT.values()) | {0} == set(image_pb2.ImageFormat.values())


def assert_packed(value, message):
    for field in dataclasses.fields(value):
        own = getattr(value, field.name)
        if own is None:
            assert not message.HasField(field.name), field.name
        else:
            assert_one(own, getattr(message, field.name), field.name)


def assert_one(own, packed, name):
    if isinstance(own, StrEnum):
        assert packed == dict(ENUM_TABLES)[type(own)].wire(own), name
    elif isinstance(own, tuple):
        assert len(own) == len(packed), name
        for one, other in zip(own, packed, strict=True):
            assert_one(one, other, name)
    elif isinstance(packed, Message):
        assert_packed(own, packed)
    else:
        assert packed == own, name


ENUM_TABLES = [(kind, pairs) for pairs, kind, _ in ENUMS]


@pytest.mark.parametrize("name", ["astronaut", "china", "flower"])
def test_an_analysis_is_packed_figure_by_figure(name):
    found = analysed(photograph(name))

    message = messages.analysis_message(found)

    for part in ("information", "light", "lines", "depth", "focus", "composition", "shot", "scene"):
        assert_packed(getattr(found, part), getattr(message, part))
    for part in ("palette", "regions", "subjects", "faces"):
        assert_one(getattr(found, part), getattr(message, part), part)
    for part in ("horizon", "vanishing_point"):
        assert message.HasField(part) == (getattr(found, part) is not None)
    assert message.IsInitialized()


def test_a_horizon_and_a_vanishing_point_are_packed():
    from .stills import corridor, seaside

    horizon, point = analysed(seaside()), analysed(corridor())

    assert_packed(horizon.horizon, messages.analysis_message(horizon).horizon)
    assert_packed(point.vanishing_point, messages.analysis_message(point).vanishing_point)


def test_every_refusal_has_its_answer():
    ours = [one for one in vars(core_errors).values() if isinstance(one, type) and issubclass(one, Exception)]
    theirs = [one for one in vars(still_errors).values() if isinstance(one, type) and issubclass(one, Exception)]
    roots = {core_errors.AnalysisError}

    covered = ERRORS.classes()

    assert {one for one in ours if not covered & set(one.__mro__)} == roots
    assert [one for one in theirs if not covered & set(one.__mro__)] == []


def test_answers_carry_the_code_and_the_field():
    bad = ERRORS.answer(stills.NotAnImage(found="0 bytes"))
    gone = ERRORS.answer(core_errors.Cancelled())

    assert bad.code is grpc.StatusCode.INVALID_ARGUMENT
    assert bad.violations[0].field == "image.content"
    assert gone.code is grpc.StatusCode.CANCELLED


def test_the_default_size_is_512():
    assert messages.options(analyzer_pb2.AnalysisOptions()).working_px == 512
    assert messages.options(analyzer_pb2.AnalysisOptions(working_size_px=1024)).working_px == 1024
