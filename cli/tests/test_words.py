"""Results in plain words: nothing is invented, nothing unknown is shown as known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
import pytest

from animatize.analyzer.v1 import analysis_pb2, composition_pb2
from animatize.expander.v1 import expander_pb2
from animatize.gateway.v1 import animation_pb2
from animatize.generator.v1 import generation_pb2, verdict_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import money_pb2, movement_pb2, stage_pb2
from animatize_cli import failures, figures, options, stages, verdicts, words
from animatize_cli.exits import Exit
from animatize_cli.logs import last_lines
from chassis.errors import MessageTooLarge
from film.movement import Movement

from .fakes import a_candidate, a_generation, a_prediction


def told(facts: Any) -> dict[str, str]:
    return {fact.label: fact.text for fact in facts}


def test_every_movement_can_be_typed() -> None:
    assert list(options.MOVEMENTS) == [movement.replace("_", "-") for movement in Movement]


@pytest.mark.parametrize("enum", [prediction_pb2.Mood, prediction_pb2.Genre, prediction_pb2.Purpose])
def test_every_word_of_an_intent_can_be_typed_and_is_understood(enum: Any) -> None:
    choices = words.typed(enum)

    assert sorted(choices.values()) == [number for number in enum.values() if number]
    assert [options.one_of(choices)(word.upper()) for word in choices] == list(choices.values())


def test_every_aspect_ratio_can_be_typed() -> None:
    from animatize.generator.v1 import clip_pb2

    assert sorted(options.ASPECTS.values()) == [number for number in clip_pb2.AspectRatio.values() if number]


def test_numbers_that_can_be_typed_are_the_contracts() -> None:
    assert options.FRAME_RATES == (12, 24, 25, 30, 50, 60)
    assert options.SHORT_SIDES == (240, 360, 480, 720, 1080, 1440, 2160)


def test_a_value_that_is_newer_than_the_command_says_nothing() -> None:
    assert words.said(movement_pb2.Movement, 999) == ""
    assert words.said(movement_pb2.Movement, 0) == ""
    assert words.said(movement_pb2.Movement, movement_pb2.MOVEMENT_RACK_FOCUS_NEAR_TO_FAR) == "rack focus near to far"


def test_nothing_typed_leaves_everything_to_the_mesh() -> None:
    asked = options.Wishes().options()

    assert [field.name for field, _ in asked.ListFields()] == ["delivery"]


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (money_pb2.Cost(amount_micro_usd=0, basis=money_pb2.COST_BASIS_FREE), "nothing: 0 micro-USD, local renderer"),
        (money_pb2.Cost(basis=money_pb2.COST_BASIS_UNKNOWN), "unknown"),
        (money_pb2.Cost(), "unknown"),
        (
            money_pb2.Cost(amount_micro_usd=1_250_000, basis=money_pb2.COST_BASIS_SETTLED),
            "$1.250000 (1,250,000 micro-USD, settled)",
        ),
    ],
)
def test_a_cost_that_is_not_known_is_never_nothing(cost: money_pb2.Cost, said: str) -> None:
    assert figures.cost(cost, model="local/renderer") == said


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        (prediction_pb2.AMPLITUDE_UNIT_RADIAN, "truck left by 5.7°"),
        (prediction_pb2.AMPLITUDE_UNIT_FRAME_WIDTH, "truck left by 10.0 % of the width"),
        (prediction_pb2.AMPLITUDE_UNIT_GROWTH, "truck left by 10 %"),
        (prediction_pb2.AMPLITUDE_UNIT_FOCUS_RANGE, "truck left by 10 % of the depth"),
        (prediction_pb2.AMPLITUDE_UNIT_UNSPECIFIED, "truck left"),
    ],
)
def test_how_far_a_movement_goes_is_said_in_its_unit(unit: int, said: str) -> None:
    assert figures.by("truck left", 0.1, unit) == said


@pytest.mark.parametrize(
    ("x", "y", "said"), [(0.5, 0.5, "centre"), (0.1, 0.1, "top left"), (0.9, 0.5, "right"), (0.5, 0.9, "bottom")]
)
def test_a_place_is_said_by_thirds(x: float, y: float, said: str) -> None:
    from animatize.type.v1 import geometry_pb2

    assert figures.place(geometry_pb2.Point(x=x, y=y)) == said


def test_figures_have_the_digits_that_people_read() -> None:
    assert [figures.seconds(value) for value in (0.0123, 0.5, 12.34)] == ["12 ms", "0.5 s", "12.3 s"]
    assert [figures.size(value) for value in (12, 12_345, 12_345_678)] == ["12 bytes", "12 kB", "12.3 MB"]


def test_an_analysis_that_tells_nothing_is_told_as_that() -> None:
    assert told(stages.of_analysis(analysis_pb2.SceneAnalysis())) == {"Scene": "no kind that can be told"}


def test_lines_that_cannot_be_trusted_are_left_out() -> None:
    analysis = analysis_pb2.SceneAnalysis()
    analysis.horizon.y, analysis.horizon.quality = 0.4, 0.05
    analysis.vanishing_point.quality = 0.05

    assert "Lines" not in told(stages.of_analysis(analysis))


def test_one_face_is_one_face_and_indoors_is_indoors() -> None:
    analysis = analysis_pb2.SceneAnalysis()
    analysis.faces.add()
    analysis.scene.kind = composition_pb2.SCENE_KIND_PORTRAIT
    analysis.scene.outdoor.value = 0.1
    analysis.scene.outdoor.quality = 0.8

    assert told(stages.of_analysis(analysis)) == {"Scene": "portrait, indoors", "The eye": "1 face"}


def test_reasons_without_words_are_told_by_their_values() -> None:
    prediction = a_prediction()
    best = prediction.best.camera
    best.justification = ""
    best.counter_evidence.add(metric="depth.range", value=0.1, sentence="The depth is shallow.")
    best.confidence.calibration_id = "v1"
    prediction.best.subject.action = prediction_pb2.SUBJECT_ACTION_SWAY

    found = told(stages.of_prediction(prediction))

    assert found["Why"] == "The lines meet. (vanishing_point.quality 0.81)"
    assert found["Measured"] == "vanishing_point.quality 0.81 (trust 0.90)"
    assert found["Against"] == "The depth is shallow."
    assert found["Camera"] == "dolly in by 15 %: 71 % sure"
    assert found["Alive"] == "the subject sways, clouds drift"


def test_a_language_model_is_named_and_a_fallback_explained() -> None:
    expansion = expander_pb2.Expansion(
        written_by=expander_pb2.WRITER_LANGUAGE_MODEL, provider="openai", model="some", fallback_because="no key"
    )
    expansion.prompts.add(text="Go.").findings.add(message="Too short.")

    facts = [(fact.label, fact.text) for fact in stages.of_expansion(expansion)]

    assert facts == [("Prompt", "“Go.”"), ("Check", "Too short."), ("Written", "by openai some"), ("", "no key")]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (verdict_pb2.VERDICT_OUTCOME_EQUIVALENT, "measured as pan left, which looks the same as truck left here"),
        (verdict_pb2.VERDICT_OUTCOME_DIFFERENT, "measured as pan left, not truck left as asked"),
        (verdict_pb2.VERDICT_OUTCOME_MEASURED, "measured as pan left"),
        (verdict_pb2.VERDICT_OUTCOME_UNKNOWN, "what the camera does could not be told: too few points"),
    ],
)
def test_a_verdict_is_a_sentence(outcome: Any, said: str) -> None:
    verdict = verdict_pb2.MotionVerdict(
        outcome=outcome,
        asked=movement_pb2.MOVEMENT_TRUCK_LEFT,
        measured=movement_pb2.MOVEMENT_PAN_LEFT,
        unknown_because="too few points" if outcome == verdict_pb2.VERDICT_OUTCOME_UNKNOWN else "",
    )

    assert verdicts.sentence(verdict) == said


def test_the_right_movement_by_far_too_little_is_not_called_what_was_asked() -> None:
    verdict = verdict_pb2.MotionVerdict(
        outcome=verdict_pb2.VERDICT_OUTCOME_AS_ASKED,
        asked=movement_pb2.MOVEMENT_PAN_LEFT,
        measured=movement_pb2.MOVEMENT_PAN_LEFT,
    )
    verdict.score.value = 0.02

    assert "but not as far or not as steadily; score 0.02" in verdicts.sentence(verdict)
    verdict.has_cut = True
    assert "does what was asked" in verdicts.sentence(verdict)


def test_a_clip_with_faults_is_doubted_and_the_faults_named() -> None:
    generation = a_generation()
    generation.verdict.has_cut = generation.verdict.has_freeze = generation.verdict.has_black_border = True
    generation.delivered.reduced_because = "the border was near"

    facts = list(verdicts.of_generation(generation))

    doubted = [fact.text for fact in facts if fact.doubt]
    assert doubted[0] == "the border was near"
    assert doubted[1].endswith("it contains a cut; it freezes; it has black borders")


def test_a_clip_of_which_nothing_is_known_is_said_to_be_so() -> None:
    assert told(verdicts.of_generation(generation_pb2.Generation())) == {"Form": "an unknown form"}


def test_a_result_of_a_newer_mesh_says_nothing() -> None:
    assert stages.of_result(animation_pb2.StageResult()) == []
    assert stages.origin(stage_pb2.RESULT_SOURCE_JOINED) == "made with another call"


def call_error(code: grpc.StatusCode, text: str = "") -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(), text)


@pytest.mark.parametrize(
    ("code", "exit_code", "said"),
    [
        (grpc.StatusCode.UNAVAILABLE, Exit.UNREACHABLE, "No mesh answers at here:1."),
        (grpc.StatusCode.DEADLINE_EXCEEDED, Exit.DEADLINE, "The call was not done after 9 s."),
        (grpc.StatusCode.UNIMPLEMENTED, Exit.FAILED, "What answers at here:1 does not know this call."),
        (grpc.StatusCode.UNKNOWN, Exit.FAILED, "The call ended with UNKNOWN: no more is known."),
    ],
)
def test_an_error_of_the_wire_is_a_sentence_too(code: grpc.StatusCode, exit_code: Exit, said: str) -> None:
    problem = failures.of_call(call_error(code), gateway="here:1", timeout_s=9)

    assert (problem.exit_code, str(problem), problem.code) == (exit_code, said, code.name)


def test_when_waiting_helps_it_says_how_long() -> None:
    from chassis.answer import DETAILS_KEY, encode
    from chassis.errors import Answer

    full = Answer(grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", "the mesh is full", retry_after_s=1.5)
    message, packed = encode(full, domain="animatize")
    trailers = grpc.aio.Metadata((DETAILS_KEY, packed))
    error = grpc.aio.AioRpcError(full.code, grpc.aio.Metadata(), trailers, message)

    problem = failures.of_call(error, gateway="here:1", timeout_s=9)

    assert (str(problem), problem.remedy, problem.reason) == ("the mesh is full.", "Try again in 1.5 s.", "OVERLOADED")


def test_a_request_that_is_too_large_is_told_in_mebibytes() -> None:
    problem = failures.of_size(MessageTooLarge(size_bytes=30 << 20, limit_bytes=24 << 20))

    assert str(problem) == "The request has 30.0 MiB; accepted: at most 24 MiB."


def test_logs_are_read_as_people_would(tmp_path: Path) -> None:
    log = tmp_path / "service.log"
    log.write_text(
        '{"severity": "INFO", "body": "serving"}\n'
        '{"severity": "ERROR", "body": "it failed", "exception.stacktrace": "Traceback\\n  x\\nValueError: no"}\n'
        "\n"
        "[1]\n"
        "Segmentation fault\n"
    )

    assert last_lines(log, count=9) == ["serving", "error: it failed", "  ValueError: no", "[1]", "Segmentation fault"]
    assert last_lines(log, count=9, worrying=True)[0] == "error: it failed"
    assert last_lines(log, count=1) == ["Segmentation fault"]
    assert last_lines(tmp_path / "none.log", count=1) == []


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path) -> None:
    log = tmp_path / "service.log"
    log.write_text("".join(f"line {number}\n" for number in range(20_000)))

    lines = last_lines(log, count=20_000)

    assert lines[-1] == "line 19999"
    assert len(lines) < 8_000
    assert all(line.startswith("line ") for line in lines)


def test_an_alternative_that_is_likelier_is_explained() -> None:
    prediction = prediction_pb2.Prediction(
        camera=[
            a_candidate(movement_pb2.MOVEMENT_PAN_LEFT, 0.63),
            a_candidate(movement_pb2.MOVEMENT_CRANE_UP, 0.75),
        ]
    )
    prediction.best.camera.CopyFrom(prediction.camera[0])
    explained = "What is likelier suits many stills; the first is what this one calls for."

    assert explained in [fact.text for fact in stages.of_prediction(prediction)]
    prediction.camera[1].confidence.probability = 0.6
    assert explained not in [fact.text for fact in stages.of_prediction(prediction)]
