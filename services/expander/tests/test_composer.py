"""What the composer writes, for every movement and every dialect."""

from dataclasses import replace

import pytest

from expander.core import phrases
from expander.core.brief import Action, Brief, Colour, Motion, Place
from expander.core.composer import compose
from expander.core.dialects import DIALECTS, Name, Part
from expander.core.linter import words
from expander.rpc import enums
from expander.rpc.brief import brief
from film.movement import Movement

from . import shots

FULL = Brief(
    movement=Movement.DOLLY_IN,
    speed="slow",
    sway=True,
    anchor=Place(0.6, 0.4, "vanishing point"),
    duration_s=6.0,
    action=Action("walk", -0.8),
    motions=(Motion("water", "water", Place(0.5, 0.8)), Motion("foliage", "vegetation", Place(0.2, 0.2))),
    looks=("warm golden hour light", "soft light", "deep focus", "natural film grain"),
    scene="waterside",
    subject="person",
    subject_place=Place(0.2, 0.5),
    materials=("water", "vegetation", "sky"),
    colours=(Colour(30, 80, 200, 0.5), Colour(240, 140, 20, 0.3)),
)


@pytest.mark.parametrize("name", Name)
@pytest.mark.parametrize("movement", Movement)
def test_what_the_composer_writes_satisfies_the_linter(movement, name):
    for speed in ("slow", "regular", "fast"):
        for shot in (FULL, Brief(Movement.STATIC)):
            prompt = compose(replace(shot, movement=movement, speed=speed), name)

            assert prompt.findings == ()
            assert DIALECTS[name].least_words <= words(prompt.text) <= DIALECTS[name].most_words


@pytest.mark.parametrize("environment", phrases.MOTIONS)
@pytest.mark.parametrize("speed", phrases.ADVERBS)
def test_nothing_in_the_scene_contradicts_the_cameras_pace(speed, environment):
    shot = replace(FULL, speed=speed, motions=(Motion(environment, environment),))

    assert compose(shot, Name.GENERIC).findings == ()


def test_the_generic_dialect_says_camera_subject_scene_style_and_timing_in_that_order():
    assert compose(FULL, Name.GENERIC).text == (
        "The camera slowly pushes in towards the vanishing point with a subtle floating sway. "
        "The person walks on to the left. "
        "The water ripples in the lower part of the frame and the leaves sway in a light breeze in the upper part of "
        "the frame. Warm golden hour light, soft light and deep focus. One continuous shot of 6 seconds."
    )


def test_runway_gets_motion_only_in_general_terms():
    prompt = compose(replace(FULL, sway=False), Name.RUNWAY)

    assert prompt.text == (
        "The subject walks on to the left. The camera slowly pushes in towards the vanishing point. "
        "The water ripples in the lower part of the frame."
    )
    assert prompt.negative == ""


def test_runway_drops_the_scene_before_the_movement_when_words_are_short():
    prompt = compose(replace(FULL, user="Her red coat flutters in the wind as she looks back once"), Name.RUNWAY)

    assert "pushes in" in prompt.text
    assert "ripples" not in prompt.text
    assert words(prompt.text) <= 34


def test_gemini_gets_the_camera_first_even_before_the_callers_words():
    assert compose(replace(FULL, user="An old song plays"), Name.GEMINI).text.startswith("The camera slowly pushes in")


@pytest.mark.parametrize("name", [Name.FLUX, Name.OPENAI_IMAGE])
def test_an_image_model_gets_the_still_and_no_movement(name):
    prompt = compose(FULL, name)

    assert prompt.text.startswith(
        "A waterside with a person on the left, showing greenery and sky, in blue and orange tones."
    )
    assert "camera" not in prompt.text
    assert prompt.parts.camera == ""


def test_a_material_in_two_areas_is_said_once():
    text = compose(replace(FULL, materials=("vegetation", "sky", "vegetation")), Name.FLUX).text

    assert "showing greenery and sky," in text


def test_the_callers_words_are_kept_whole_in_every_dialect():
    user = "a  paper boat\nsails by"
    for name in Name:
        prompt = compose(replace(FULL, user=user), name)

        assert "a paper boat sails by." in prompt.text
        assert prompt.parts.user == "a paper boat sails by."


def test_the_callers_words_are_linted_too():
    prompt = compose(replace(FULL, user="no people"), Name.RUNWAY)

    assert [item.rule for item in prompt.findings] == ["negative-words"]


def test_a_locked_off_shot_for_runway_is_filled_without_a_camera_move():
    text = compose(Brief(Movement.STATIC), Name.RUNWAY).text

    assert text == "The camera holds a locked-off frame. Subtle natural motion within the scene."


def test_only_dialects_that_take_a_negative_text_get_one():
    with_negative = {name for name in Name if compose(FULL, name).negative}

    assert with_negative == {name for name, dialect in DIALECTS.items() if dialect.takes_negative}


def test_left_is_said_for_left_and_right_for_right():
    left, right = Brief(Movement.PAN_LEFT), Brief(Movement.PAN_RIGHT)

    assert "pans left" in compose(left, Name.GENERIC).text
    assert "pans right" in compose(right, Name.GENERIC).text
    assert phrases.action(Action("turn_head", 0.5), subject="") == "the subject turns the head gently to the right"
    assert phrases.place(Place(0.9, 0.5)) == "on the right"
    assert phrases.place(Place(0.5, 0.5)) == "in the centre"


def test_a_target_is_named_only_where_it_was_measured():
    unnamed = replace(FULL, anchor=Place(0.3, 0.3))

    assert "towards" not in compose(unnamed, Name.GENERIC).parts.camera
    assert "towards the person" in compose(replace(FULL, anchor=Place(0.2, 0.5, "subject")), Name.GENERIC).text


def test_an_opening_is_gone_through():
    assert "through the opening" in compose(replace(FULL, anchor=Place(0.6, 0.5, "opening")), Name.GENERIC).text


def test_a_pull_goes_from_its_target():
    text = compose(replace(FULL, movement=Movement.DOLLY_OUT, anchor=Place(0.2, 0.5, "subject")), Name.GENERIC).text

    assert "pulls back from the person" in text


@pytest.mark.parametrize(
    ("motion", "words"),
    [
        (Motion("cloud", "sky"), "the sky drifts almost imperceptibly"),
        (Motion("cloud", "cloud"), "the clouds drift"),
        (Motion("smoke", "smoke"), "the smoke drifts and rises"),
        (Motion("smoke"), "thin mist drifts"),
    ],
)
def test_a_motion_is_named_after_its_material(motion, words):
    assert phrases.motion(motion) == words


@pytest.mark.parametrize(
    ("colour", "tones"),
    [
        ((200, 30, 30), "red tones"),
        ((230, 20, 60), "red tones"),
        ((40, 160, 60), "green tones"),
        ((128, 128, 128), ""),
        ((10, 2, 2), ""),
    ],
)
def test_colours_are_named_and_grey_is_none(colour, tones):
    assert phrases.colours([Colour(*colour, share=1.0)]) == tones


def test_every_name_of_the_contract_has_words():
    assert set(phrases.CAMERA) == set(Movement)
    assert set(phrases.ACTIONS) == set(enums.ACTION.names())
    assert set(phrases.MOTIONS) == set(enums.MOTION.names())
    assert set(phrases.SCENES) == set(enums.SCENE.names())
    assert set(phrases.ADVERBS) == set(enums.SPEED.names())
    assert enums.DIALECT.names() == tuple(Name)
    assert enums.MOVEMENT.names() == tuple(Movement)
    assert set(DIALECTS) == set(Name)
    assert all(Part.USER in dialect.order for dialect in DIALECTS.values())


def test_the_brief_names_the_anchor_after_what_was_measured_there(briefed):
    assert briefed().anchor.name == "vanishing point"
    assert briefed(best=shots.shot(anchor=(0.25, 0.5))).anchor.name == "subject"
    assert briefed(best=shots.shot(anchor=(0.9, 0.9))).anchor.name == ""
    assert briefed(best=shots.shot()).anchor is None


def test_the_brief_knows_openings_and_the_horizon():
    from expander.rpc.brief import brief

    request = shots.expand(best=shots.shot(anchor=(0.75, 0.5)))
    request.analysis.composition.framing_opening.x = 0.75
    request.analysis.composition.framing_opening.y = 0.5
    assert brief(request).anchor.name == "opening"

    request = shots.expand(best=shots.shot(anchor=(0.5, 0.125)))
    request.analysis.horizon.y = 0.125
    assert brief(request).anchor.name == "horizon"


def test_the_brief_takes_the_shot_and_what_is_sure(briefed):
    brief = briefed(best=shots.with_water_and_walk(shots.shot()), user="hello")

    assert brief.action == Action("walk", -0.8)
    assert brief.motions[0].name == "water"
    assert brief.materials == ("water", "sky")
    assert (brief.scene, brief.subject, brief.user, brief.duration_s) == ("waterside", "person", "hello", 6.0)


def test_the_brief_leaves_out_what_is_a_guess():
    from expander.rpc.brief import brief

    request = shots.expand()
    request.analysis.scene.confidence.probability = 0.2
    request.analysis.subjects[0].quality = 0.2

    found = brief(request)

    assert (found.scene, found.subject) == ("", "")


def test_nobody_is_named_where_nobody_was_found():
    from expander.rpc.brief import brief

    request = shots.expand()
    del request.analysis.subjects[:]

    assert brief(request).subject == ""
    assert "person" not in compose(brief(request), Name.FLUX).text


def test_the_clips_own_length_is_said_where_it_is_known():
    request = shots.expand("GENERIC")
    request.duration.FromMilliseconds(2500)

    assert "shot of 2.5 seconds" in compose(brief(request), Name.GENERIC).text
