"""From a still to a measured clip, with the real encoder and the real check."""

import hashlib
import threading
from dataclasses import replace

import pytest

from film.geometry import Box
from film.movement import Movement
from film.stills import NotAnImage
from generator.core.errors import ClipTooLarge, ModelUnavailable, WrongOrder
from generator.core.generation import STAGES
from generator.core.models import estimates
from generator.core.motion_check import Cancelled, Outcome, Unit
from generator.core.order import CameraMove, EnvironmentMotion, EnvironmentMove, Plan, Scene
from generator.core.result import LOCAL_MODEL
from generator.core.seeding import attempt_id, seed_of

ROOM = 1 << 24


def make(studio, order, *, watch=None, write=lambda _: None, most_bytes=ROOM):
    return studio.generator.generate(order, watch=watch or studio.onlooker(), write=write, most_bytes=most_bytes)


def test_a_generation_tells_all_that_is_known_of_it(studio):
    watch, parts = studio.onlooker(), []
    order = studio.order(Movement.TRUCK_RIGHT)

    made = make(studio, order, watch=watch, write=parts.append)

    artifact = made.artifact
    assert b"".join(parts) == artifact.content
    assert hashlib.sha256(artifact.content).hexdigest() == artifact.sha256
    assert artifact.name == f"{artifact.sha256[:16]}.mp4"
    assert (artifact.facts.width_px, artifact.facts.height_px, artifact.facts.frames) == (360, 240, 12)
    assert (artifact.facts.codec, artifact.facts.duration_s) == ("h264", 0.5)
    assert made.delivered.amplitude == made.delivered.asked_amplitude == 0.05
    assert made.delivered.reduced_because == ""
    assert tuple(step.name for step in made.steps) == STAGES == tuple(watch.stages)
    assert made.realtime_factor > 0
    assert made.seed == seed_of(order)


def test_a_dolly_over_a_slope_is_measured_as_asked(studio):
    order = studio.order(Movement.DOLLY_IN, output=studio.output(duration_s=2.0, short_side_px=360))

    verdict = make(studio, order).verdict

    assert verdict.outcome in (Outcome.AS_ASKED, Outcome.EQUIVALENT)
    assert verdict.amplitude.value == pytest.approx(0.15, abs=0.03)


def test_the_same_order_gives_the_same_file_and_another_seed_another(studio):
    order = studio.order(Movement.HANDHELD)

    first, again, other = (make(studio, each).artifact for each in (order, order, replace(order, seed=5)))

    assert first.sha256 == again.sha256
    assert first.sha256 != other.sha256


def test_seeds_and_names_of_attempts_follow_from_the_order(studio):
    order = studio.order(Movement.PAN_LEFT)

    assert seed_of(order) == seed_of(studio.order(Movement.PAN_LEFT)) != seed_of(studio.order(Movement.PAN_RIGHT))
    assert seed_of(replace(order, seed=9)) == 9
    assert attempt_id(order) == attempt_id(studio.order(Movement.PAN_LEFT))


def test_what_the_renderer_does_not_move_is_said_in_a_step(studio):
    motions = (EnvironmentMove(motion=EnvironmentMotion.WATER), EnvironmentMove(motion=EnvironmentMotion.CLOUD))
    plan = Plan(camera=CameraMove(movement=Movement.STATIC), environment=motions, subject="walk")

    steps = {step.name: step.abstained_because for step in make(studio, studio.order(Movement.STATIC, plan=plan)).steps}

    assert steps["environment"].startswith("not made: water: ")
    assert "cloud: " in steps["environment"]
    assert "not made: walk" in steps["subject"]


def test_progress_counts_every_frame(studio):
    watch = studio.onlooker()

    make(studio, studio.order(Movement.PAN_LEFT), watch=watch)

    assert [pytest.approx(k / 12) for k in range(1, 13)] == watch.fractions[5:17]


def test_a_cancel_during_the_render_ends_everything(studio):
    watch = studio.onlooker(patience=9)

    with pytest.raises(Cancelled):
        make(studio, studio.order(Movement.PAN_LEFT), watch=watch)

    assert watch.stages == ["decode", "plan", "render"]
    assert not any(thread.name == "clip-encoder" for thread in threading.enumerate())


@pytest.mark.parametrize("most_bytes", [100, 4000])
def test_a_clip_that_grows_too_large_is_stopped_with_a_remedy(studio, most_bytes):
    parts: list[bytes] = []

    with pytest.raises(ClipTooLarge, match="delivery in chunks") as stopped:
        make(studio, studio.order(Movement.PAN_LEFT), write=parts.append, most_bytes=most_bytes)

    assert stopped.value.limit == most_bytes
    assert sum(map(len, parts)) <= most_bytes


def test_foreign_models_are_refused_before_any_work(studio):
    watch = studio.onlooker()

    with pytest.raises(ModelUnavailable, match='"runway/gen4"; the model "local/renderer" needs no provider'):
        make(studio, studio.order(Movement.PAN_LEFT, models=(LOCAL_MODEL, "runway/gen4")), watch=watch)

    assert watch.stages == []


def test_an_estimate_says_who_would_make_it_and_who_not(studio):
    by_default = estimates(studio.order(Movement.PAN_LEFT))
    named = estimates(studio.order(Movement.PAN_LEFT, models=("runway/gen4", LOCAL_MODEL)))

    assert [(line.model, line.refused_because) for line in by_default] == [(LOCAL_MODEL, "")]
    assert [bool(line.refused_because) for line in named] == [True, False]


def test_what_is_no_still_is_refused(studio):
    with pytest.raises(NotAnImage):
        make(studio, studio.order(Movement.PAN_LEFT, still=b"nothing"))


def test_any_clip_can_be_verified(studio):
    order = studio.order(Movement.PAN_RIGHT, output=studio.output(duration_s=1.0))
    content = make(studio, order).artifact.content
    asked = CameraMove(movement=Movement.PAN_LEFT, amplitude=0.07, unit=Unit.RADIAN)

    alone = studio.generator.verify(content, move=None, scene=studio.scene, watch=studio.onlooker())
    against = studio.generator.verify(
        content,
        move=asked,
        scene=replace(studio.scene, disparity=None, subject=Box(0, 0, 1, 1)),
        watch=studio.onlooker(),
    )

    assert alone.verdict.outcome is Outcome.MEASURED
    assert alone.facts.frames == 24
    assert against.verdict.outcome is Outcome.DIFFERENT
    still = studio.generator.verify(
        content, move=CameraMove(movement=Movement.STATIC), scene=studio.scene, watch=studio.onlooker()
    )
    assert still.verdict.asked is Movement.STATIC


def test_keyframes_are_the_ends_of_the_movement(studio):
    frames = studio.generator.keyframes(studio.order(Movement.PAN_RIGHT), watch=studio.onlooker())

    assert frames.first_png != frames.last_png
    assert frames.first_png.startswith(b"\x89PNG")
    assert frames.amplitude == 0.07


def test_keyframes_stop_when_nobody_wants_them(studio):
    with pytest.raises(Cancelled):
        studio.generator.keyframes(studio.order(Movement.PAN_RIGHT), watch=studio.onlooker(patience=1))


def test_an_amplitude_in_a_foreign_unit_is_not_compared(studio):
    content = make(studio, studio.order(Movement.PAN_LEFT)).artifact.content

    def verified(unit):
        move = CameraMove(movement=Movement.PAN_LEFT, amplitude=0.07, unit=unit)
        return studio.generator.verify(content, move=move, scene=Scene(), watch=studio.onlooker())

    with pytest.raises(WrongOrder, match="growth for pan_left; accepted is radian") as refused:
        verified(Unit.GROWTH)
    assert refused.value.field == "asked.amplitude_unit"
    assert verified(Unit.RADIAN).verdict.asked is Movement.PAN_LEFT


@pytest.mark.parametrize("movement", [Movement.RACK_FOCUS_NEAR_TO_FAR, Movement.RACK_FOCUS_FAR_TO_NEAR])
def test_a_looping_rack_focus_is_measured_as_asked(studio, movement):
    output = studio.output(duration_s=2.0, short_side_px=360, loop=True)

    verdict = make(studio, studio.order(movement, output=output)).verdict

    assert (verdict.outcome, verdict.measured) == (Outcome.AS_ASKED, movement)
