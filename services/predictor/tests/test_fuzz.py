"""Any analysis that the contract lets in gets a valid answer."""

import math
import random

import protovalidate
import pytest
from buf.validate import validate_pb2
from hypothesis import HealthCheck, example, given, reject, settings
from hypothesis import strategies as st

from animatize.analyzer.v1 import analysis_pb2, space_pb2
from film.movement import Family, Movement
from predictor.adapters import rule_files
from predictor.core import stability
from predictor.core.calibration import Calibration, Curve
from predictor.core.intent import GENRES, MOODS, PURPOSES, Intent
from predictor.core.predictor import Predictor
from predictor.rpc import analysis, prediction

from . import scenes
from .conftest import Unwatched

BOOK = rule_files.load(rule_files.SHIPPED)
PREDICTOR = Predictor(BOOK)
CALIBRATED = Predictor(
    BOOK,
    Calibration("id", BOOK.version, "", dict.fromkeys(Family, Curve(0.7, -0.2, (0.1, 0.0, 0.1))), 0.3, 0.2, 0.9),
)

SKIPPED = {"stability", "maps", "stages", "image", "palette", "models", "working_size"}


def real(chance, rules):
    """A number that a field's rules let in; the ends, and what is nearly nothing, more often than by chance."""
    low = rules.gte if rules.HasField("gte") else rules.gt + 5e-324 if rules.HasField("gt") else -1e300
    high = rules.lte if rules.HasField("lte") else 1e300
    if chance.random() < 0.25:
        return chance.choice([item for item in (low, high, 0.0, 5e-324, 0.5, -0.5, 1.0) if low <= item <= high])
    return chance.uniform(max(low, -1.0), min(high, 1.0))


def filled(chance, message, density):
    """A message with its fields set to anything that the contract lets in, each with the probability `density`."""
    for field in message.DESCRIPTOR.fields:
        rules = field.GetOptions().Extensions[validate_pb2.field]
        if field.name in SKIPPED or not (rules.required or chance.random() < density):
            continue
        if field.message_type is not None:
            for _ in range(chance.randint(0, 3) if field.is_repeated else 1):
                inner = getattr(message, field.name).add() if field.is_repeated else getattr(message, field.name)
                inner.SetInParent()
                filled(chance, inner, density)
        elif field.is_repeated:
            continue
        elif field.enum_type is not None:
            known = [value.number for value in field.enum_type.values if value.number not in rules.enum.not_in]
            setattr(message, field.name, chance.choice(known))
        elif field.cpp_type == field.CPPTYPE_DOUBLE:
            setattr(message, field.name, real(chance, rules.double))
        elif field.cpp_type == field.CPPTYPE_INT32:
            setattr(message, field.name, chance.randint(0, 100))
    return message


@st.composite
def lawful(draw):
    """An analysis that the contract lets in."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    found = filled(chance, analysis_pb2.SceneAnalysis(), draw(st.sampled_from([0.95, 0.7, 0.3])))
    if draw(st.integers(0, 3)):
        found.information.CopyFrom(scenes.measure(0.8))
    try:
        protovalidate.validate(found)
    except protovalidate.ValidationError:
        # Rules between fields.
        reject()
    return found


INTENTS = st.builds(
    Intent,
    mood=st.sampled_from(["", *MOODS]),
    genre=st.sampled_from(["", *GENRES]),
    purpose=st.sampled_from(["", *PURPOSES]),
    energy=st.none() | st.floats(0, 1),
    only=st.frozensets(st.sampled_from(Movement), max_size=5),
    never=st.frozensets(st.sampled_from(Movement), max_size=5),
)


def told(predictor, scene, intent, most):
    found = predictor.predict(analysis.facts(scene), intent, max_candidates=most, watch=Unwatched())
    verdict = stability.compared(found, [("crop", found)])
    assert verdict is not None
    assert verdict.share == 1.0
    return prediction.prediction(found)


def numbers(message):
    """Every number in a message, however deep."""
    for field, value in message.ListFields():
        items = value if field.is_repeated else [value]
        for item in items:
            if field.message_type is not None and not field.message_type.GetOptions().map_entry:
                yield from numbers(item)
            elif isinstance(item, float):
                yield item


@pytest.mark.parametrize("predictor", [PREDICTOR, CALIBRATED], ids=["raw", "calibrated"])
@given(scene=lawful(), intent=INTENTS, most=st.sampled_from([1, 5, 20]))
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_lawful_analysis_gets_a_lawful_answer(predictor, scene, intent, most):
    found = told(predictor, scene, intent, most)

    protovalidate.validate(found)
    assert all(math.isfinite(number) for number in numbers(found))
    assert found.HasField("best") != found.HasField("abstention")
    assert len(found.camera) <= most
    assert found == told(predictor, scene, intent, most)
    for item in found.camera:
        confidence = item.confidence
        if confidence.calibration_id:
            assert confidence.lower <= confidence.probability <= confidence.upper


@pytest.mark.parametrize("name", scenes.SCENES)
@pytest.mark.parametrize("most", [1, 2, 20])
def test_fewer_candidates_are_the_first_of_more(name, most):
    few, every = (told(PREDICTOR, scenes.SCENES[name](), Intent(), count) for count in (most, 20))

    assert list(few.camera) == list(every.camera)[:most]
    assert list(few.environment) == list(every.environment)[:most]
    assert few.best == every.best
    assert few.abstention == every.abstention


SHARES = st.floats(0, 1)
SIDES = st.floats(0, 1, exclude_min=True)


@given(left=SHARES, top=SHARES, width=SIDES, height=SIDES)
@example(left=1.0, top=0.5, width=5e-324, height=0.5)
@example(left=0.5 + 1.5 * 2.0**-20, top=0.0, width=2.0**-20, height=1.0)
@settings(deadline=None, derandomize=True)
def test_an_area_keeps_a_size_wherever_its_box_lies(left, top, width, height):
    scene = analysis_pb2.SceneAnalysis()
    region = scene.regions.add(kind=space_pb2.REGION_KIND_WATER, share=0.3, quality=0.8)
    region.box.left, region.box.top, region.box.width, region.box.height = left, top, width, height

    box = analysis.facts(scene).areas["water"].box

    assert box is not None
    assert box.area > 0
    assert box.mirrored().area > 0
