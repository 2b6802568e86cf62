"""What is said of a clip whose motion was measured: the camera, how far it went, and what else is seen there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from animatize.generator.v1 import clip_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2
from animatize_cli import figures, stages, verdicts
from animatize_cli.fact import Fact
from animatize_cli.words import said

#: How many of a kind are told; the whole is in the result's JSON.
_SHOWN: Final = 4

#: What a movement's unit counts, in words around the figure.
_WORDS: Final = {
    prediction_pb2.AMPLITUDE_UNIT_RADIAN: "a turn of {}",
    prediction_pb2.AMPLITUDE_UNIT_FRAME_WIDTH: "a way of {}",
    prediction_pb2.AMPLITUDE_UNIT_GROWTH: "a change of size by {}",
    prediction_pb2.AMPLITUDE_UNIT_FOCUS_RANGE: "a shift of focus by {}",
}


def of_verification(response: Any) -> Iterator[Fact]:
    """The facts of a `VerifyMotionResponse`."""
    verdict = response.verdict
    measured = said(movement_pb2.Movement, verdict.measured)
    if measured:
        distance = verdict.amplitude.value if verdict.amplitude.HasField("value") else 0.0
        moved = figures.by(measured, distance, verdict.amplitude_unit)
        yield Fact("Camera", f"{moved}: {stages.sure(verdict.confidence)}", main=True)
        yield from _far(verdict)
    else:
        yield Fact("Camera", "could not be told", main=True, doubt=True)
        yield Fact("Why", verdict.unknown_because or "no reason given", doubt=True)
    yield from _asked(verdict)
    yield from _others(verdict)
    yield from _parts(verdict)
    yield from _seen(verdict, told=bool(measured))
    if response.HasField("clip"):
        yield Fact("Form", verdicts.form(clip_pb2.Artifact(facts=response.clip)))
    if verdict.method:
        yield Fact("Method", verdict.method)


def _far(verdict: Any) -> Iterator[Fact]:
    """How far the camera went, in words."""
    amplitude = verdict.amplitude
    if amplitude.HasField("value"):
        words = _WORDS.get(verdict.amplitude_unit)
        if words is not None:
            distance = figures.amplitude(amplitude.value, verdict.amplitude_unit)
            yield Fact("How far", f"{words.format(distance)} ({figures.trust(amplitude.quality)})")
    elif amplitude.absent_because:
        yield Fact("How far", f"not measured: {amplitude.absent_because}")


def _asked(verdict: Any) -> Iterator[Fact]:
    """Whether that was asked; nothing when nothing was asked."""
    asked = said(movement_pb2.Movement, verdict.asked)
    if not asked:
        return
    text = verdicts.outcome(verdict)
    if verdict.score.HasField("value"):
        text = f"{text}; score {verdict.score.value:.2f}"
    if not verdicts.is_as_asked(verdict):
        yield Fact("Asked", text if verdict.measured else f"{asked}; {text}", doubt=True)
    else:
        yield Fact("Asked", text)


def _others(verdict: Any) -> Iterator[Fact]:
    """What else it could be. The list holds the measured movement too."""
    others = [other for other in verdict.alternatives if other.movement != verdict.measured][:_SHOWN]
    named = (
        f"{said(movement_pb2.Movement, other.movement) or 'something new'} {figures.share(other.probability)}"
        for other in others
    )
    if others:
        yield Fact("Else", ", ".join(named))


def _parts(verdict: Any) -> Iterator[Fact]:
    """The parts that were measured one by one."""
    for part in verdict.segments:
        movement = said(movement_pb2.Movement, part.measured)
        if movement:
            moved = figures.by(movement, part.amplitude, part.amplitude_unit)
            text = f"{moved}: {figures.share(part.probability)} sure"
        else:
            text = f"could not be told: {part.unknown_because or 'no reason given'}"
        yield Fact("Part", f"{part.start_s:.1f} to {part.end_s:.1f} s: {text}", doubt=not movement)


def _seen(verdict: Any, *, told: bool) -> Iterator[Fact]:
    """How steady it is, what moves on its own, and what is wrong. told: the camera was measured."""
    if verdict.steadiness.HasField("value"):
        steady = verdict.steadiness
        yield Fact("Steady", f"{figures.share(steady.value)} ({figures.trust(steady.quality)})")
    shares = []
    if verdict.inlier_share.HasField("value"):
        shares.append(f"{figures.share(verdict.inlier_share.value)} follow the camera")
    if verdict.local_motion_share.HasField("value"):
        shares.append(f"{figures.share(verdict.local_motion_share.value)} move on their own")
    if shares:
        yield Fact("Points", ", ".join(shares))
    wrong = list(verdicts.defects(verdict))
    if wrong:
        yield Fact("Flaws", ", ".join(wrong), doubt=True)
    elif told:
        yield Fact("Flaws", "no cut, no freeze, no black borders")
    if verdict.loops:
        yield Fact("Loop", "it ends as it begins")
    elif told:
        yield Fact("Loop", "none: it ends otherwise than it begins")
