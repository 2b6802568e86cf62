"""A mirrored still gives exactly the mirrored prediction, to the last bit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from film.movement import Movement
from predictor.adapters import rule_files
from predictor.core.intent import GENRES, MOODS, PURPOSES, Intent
from predictor.core.predictor import Predictor
from predictor.rpc import analysis, enums, prediction

from . import scenes
from .conftest import Unwatched

PREDICTOR = Predictor(rule_files.load(rule_files.SHIPPED))

# Places on the analyzer's grid, where 1 - x is exact.
GRID = st.integers(0, 1 << 10).map(lambda step: step / (1 << 10))
SHARE = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1))
SIGNED = st.one_of(st.sampled_from([0.0, -1.0, 1.0]), st.floats(-1, 1))


def predicted(scene, intent):
    found = PREDICTOR.predict(analysis.facts(scene), intent, max_candidates=20, watch=Unwatched())
    return prediction.prediction(found)


def assert_mirrors(scene, intent):
    original = predicted(scene, intent)
    mirrored = predicted(scenes.mirror(scene), intent.mirrored())

    wanted = scenes.mirror_prediction(original)
    assert mirrored == wanted
    assert mirrored.SerializeToString(deterministic=True) == wanted.SerializeToString(deterministic=True)


@st.composite
def measures(draw, message, *, signed=()):
    """Any subset of a message's measures, with any values."""
    for field in message.DESCRIPTOR.fields:
        if field.message_type is not None and field.message_type.name == "Measure" and draw(st.booleans()):
            value = draw(SIGNED if field.name in signed else SHARE)
            getattr(message, field.name).CopyFrom(scenes.measure(value, draw(SHARE)))


@st.composite
def boxes(draw, box):
    left, right = sorted([draw(GRID), draw(GRID)])
    top, bottom = sorted([draw(GRID), draw(GRID)])
    box.left, box.top, box.width, box.height = left, top, max(right - left, 0), max(bottom - top, 0)


@st.composite
def analyses(draw):
    scene = scenes.Analysis(information=scenes.measure(draw(st.sampled_from([0.1, 0.6, 1.0]))))
    draw(measures(scene.light, signed=("direction", "warmth", "key", "warm_side")))
    draw(measures(scene.lines, signed=("diagonal_bias", "upright_convergence")))
    draw(measures(scene.depth))
    draw(measures(scene.focus, signed=("near_sharp", "motion_blur_angle_deg")))
    draw(measures(scene.composition, signed=("negative_space_side", "near_edge_side")))
    draw(measures(scene.shot, signed=("tilt_deg",)))
    draw(measures(scene.scene))
    scene.depth.quality = draw(SHARE)
    if draw(st.booleans()):
        scene.composition.salient_centre.x, scene.composition.salient_centre.y = draw(GRID), draw(GRID)
    if draw(st.booleans()):
        scene.composition.framing_opening.x, scene.composition.framing_opening.y = draw(GRID), draw(GRID)
    if draw(st.booleans()):
        scene.horizon.y, scene.horizon.quality = draw(GRID), draw(SHARE)
        scene.horizon.tilt_deg, scene.horizon.kind = draw(st.floats(-20, 20)), draw(st.integers(0, 3))
    if draw(st.booleans()):
        point = scene.vanishing_point
        point.point.x, point.point.y, point.quality = 2 * draw(GRID) - 0.5, draw(GRID), draw(SHARE)
        point.uncertainty, point.support = draw(SHARE), draw(SHARE)
        point.ellipse.semi_major, point.ellipse.semi_minor = draw(SHARE), draw(SHARE)
        point.ellipse.angle_deg = draw(st.floats(-90, 90))
    if draw(st.booleans()):
        scene.light.strongest_source.x, scene.light.strongest_source.y = draw(GRID), draw(GRID)
    scene.composition.colour_scheme = draw(st.integers(0, 5))
    scene.scene.time_of_day, scene.scene.time_of_day_quality = draw(st.integers(0, 4)), draw(SHARE)
    for _ in range(draw(st.integers(0, 2))):
        draw(boxes(scene.people.add(quality=draw(SHARE)).box))
    for name in draw(st.lists(st.sampled_from(enums.REGION.names()), unique=True, max_size=4)):
        item = scene.regions.add(kind=enums.REGION.number(name), share=draw(SHARE), quality=draw(SHARE))
        draw(boxes(item.box))
    for _ in range(draw(st.integers(0, 3))):
        item = scene.subjects.add(kind=draw(st.integers(0, 6)), prominence=draw(SHARE), quality=draw(SHARE))
        draw(boxes(item.box))
        item.centre.x, item.centre.y = draw(GRID), draw(GRID)
        draw(measures(item, signed=("heading", "lead_room")))
    for _ in range(draw(st.integers(0, 2))):
        face = scene.faces.add(quality=draw(SHARE))
        draw(boxes(face.box))
        draw(measures(face, signed=("gaze",)))
    for name in draw(st.lists(st.sampled_from(enums.SCENE.names()), unique=True, max_size=3)):
        scene.scene.scores.add(kind=enums.SCENE.number(name), probability=draw(SHARE))
    return scene


INTENTS = st.builds(
    Intent,
    mood=st.sampled_from(["", *MOODS]),
    genre=st.sampled_from(["", *GENRES]),
    purpose=st.sampled_from(["", *PURPOSES]),
    energy=st.none() | st.floats(0, 1),
    never=st.frozensets(st.sampled_from(Movement), max_size=3),
)


@pytest.mark.parametrize("name", scenes.SCENES)
def test_every_known_scene_mirrors(name):
    assert_mirrors(scenes.SCENES[name](), Intent())


def test_an_exact_tie_of_both_sides_is_told_alike_from_either():
    scene = scenes.Analysis(information=scenes.measure(0.6))
    scene.horizon.quality = 0.5

    assert "both sides" in predicted(scene, Intent()).abstention.explanation
    assert_mirrors(scene, Intent())


@given(analyses(), INTENTS)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_analysis_mirrors(scene, intent):
    assert_mirrors(scene, intent)


def test_mirroring_a_scene_twice_gives_the_scene():
    scene = scenes.heath()

    assert scenes.mirror(scenes.mirror(scene)) == scene
    assert scenes.mirror(scene) != scene


def test_mirroring_facts_twice_gives_the_facts():
    facts = analysis.facts(scenes.portrait())

    assert facts.mirrored().mirrored() == facts
    assert facts.mirrored() != facts


def test_mirroring_a_wish_exchanges_its_movements():
    wish = Intent(only=frozenset({Movement.PAN_LEFT}), never=frozenset({Movement.ROLL_CLOCKWISE}))

    assert wish.mirrored().only == {Movement.PAN_RIGHT}
    assert wish.mirrored().never == {Movement.ROLL_COUNTERCLOCKWISE}
