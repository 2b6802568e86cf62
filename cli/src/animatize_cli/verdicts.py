"""What is said of a clip: what it is, how far the camera went, and what the motion check saw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from animatize.generator.v1 import verdict_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2
from animatize_cli import figures
from animatize_cli.fact import Fact
from animatize_cli.words import said, typed

_OUTCOME: Final = verdict_pb2

#: Outcomes of clips whose camera could be told.
_TOLD: Final = (
    _OUTCOME.VERDICT_OUTCOME_AS_ASKED,
    _OUTCOME.VERDICT_OUTCOME_EQUIVALENT,
    _OUTCOME.VERDICT_OUTCOME_DIFFERENT,
    _OUTCOME.VERDICT_OUTCOME_MEASURED,
)

#: Score below which a movement as asked was nevertheless done badly: its amplitude is off by more than a third.
_WELL_DONE: Final = 0.5

#: Codecs as they are written on the tin.
_CODECS: Final = {"h264": "H.264", "hevc": "H.265", "av1": "AV1", "vp9": "VP9"}

#: Motions of the environment by the names that the answer has for them.
_MOTIONS: Final = {
    word.replace("-", "_"): said(prediction_pb2.EnvironmentMotion, number)
    for word, number in typed(prediction_pb2.EnvironmentMotion).items()
}


def of_generation(generation: Any) -> Iterator[Fact]:
    """The clip, the movement as made, and the verdict on it."""
    yield Fact("Form", form(generation.artifact), main=True)
    delivered = generation.delivered
    asked = delivered.asked
    if delivered.HasField("asked"):
        name = said(movement_pb2.Movement, asked.movement)
        # A movement without an amplitude of its own was made with the renderer's, which the check measured too.
        unit = asked.amplitude_unit or generation.verdict.amplitude_unit
        yield Fact("Made", figures.by(name, delivered.amplitude, unit))
    # A motion that this command does not know yet is said by its own name.
    moving = [_MOTIONS.get(name, name.replace("_", " ")) for name in delivered.environment]
    if moving:
        yield Fact("Alive", ", ".join(moving))
    if delivered.reduced_because:
        yield Fact("", delivered.reduced_because, doubt=True)
    if generation.HasField("verdict"):
        yield Fact("Checked", sentence(generation.verdict), doubt=not _good(generation.verdict))
    if generation.HasField("realtime_factor"):
        yield Fact("Speed", f"{generation.realtime_factor:.2f} x real time, by {generation.model}")


def form(artifact: Any) -> str:
    """What is in the clip's file."""
    facts = artifact.facts
    # A GIF is its own codec; its name once is enough.
    codec = "" if facts.codec.casefold() == facts.container.casefold() else _CODECS.get(facts.codec, facts.codec)
    length = facts.duration.seconds + facts.duration.nanos / 1e9
    parts = (
        " ".join(filter(None, (codec, facts.container.upper()))),
        f"{facts.size.width_px} x {facts.size.height_px}" if facts.HasField("size") else "",
        figures.seconds(length) if length else "",
        f"{facts.frames_per_second:g} fps" if facts.frames_per_second else "",
        figures.size(artifact.size_bytes) if artifact.size_bytes else "",
    )
    return ", ".join(filter(None, parts)) or "an unknown form"


def sentence(verdict: Any) -> str:
    """The motion check's verdict in words."""
    text = outcome(verdict)
    if verdict.outcome not in _TOLD:
        return f"{text}: {verdict.unknown_because or 'no reason given'}"
    figures_told = ", ".join(filter(None, (_amplitude(verdict), _score(verdict), _sure(verdict))))
    return "; ".join(filter(None, (text, figures_told, *defects(verdict))))


def outcome(verdict: Any) -> str:
    """What the motion check came to, without its figures."""
    asked = said(movement_pb2.Movement, verdict.asked)
    measured = said(movement_pb2.Movement, verdict.measured)
    match verdict.outcome:
        case _OUTCOME.VERDICT_OUTCOME_AS_ASKED if _poor(verdict):
            return f"the camera moves as asked, {measured or asked}, but not as far or not as steadily"
        case _OUTCOME.VERDICT_OUTCOME_AS_ASKED:
            return f"the camera does what was asked, {measured or asked}"
        case _OUTCOME.VERDICT_OUTCOME_EQUIVALENT:
            return f"measured as {measured}, which looks the same as {asked} here"
        case _OUTCOME.VERDICT_OUTCOME_DIFFERENT:
            return f"measured as {measured or 'something else'}, not {asked} as asked"
        case _OUTCOME.VERDICT_OUTCOME_MEASURED:
            return f"measured as {measured}"
    return "what the camera does could not be told"


def is_as_asked(verdict: Any) -> bool:
    """Whether the camera does what was asked, or something that looks the same."""
    return verdict.outcome in (_OUTCOME.VERDICT_OUTCOME_AS_ASKED, _OUTCOME.VERDICT_OUTCOME_EQUIVALENT)


def defects(verdict: Any) -> Iterator[str]:
    """What is wrong with the clip, whatever its camera does."""
    if verdict.has_cut:
        yield "it contains a cut"
    if verdict.has_freeze:
        yield "it freezes"
    if verdict.has_black_border:
        yield "it has black borders"


def _amplitude(verdict: Any) -> str:
    if not verdict.amplitude.HasField("value"):
        return ""
    return f"measured {figures.amplitude(verdict.amplitude.value, verdict.amplitude_unit)}"


def _score(verdict: Any) -> str:
    return f"score {verdict.score.value:.2f}" if verdict.score.HasField("value") else ""


def _sure(verdict: Any) -> str:
    return f"{figures.share(verdict.confidence.probability)} sure" if verdict.HasField("confidence") else ""


def _poor(verdict: Any) -> bool:
    """Whether the camera alone, no defect of the clip, takes most of the score."""
    return verdict.score.HasField("value") and verdict.score.value < _WELL_DONE and not any(defects(verdict))


def _good(verdict: Any) -> bool:
    fine = is_as_asked(verdict) or verdict.outcome == _OUTCOME.VERDICT_OUTCOME_MEASURED
    return fine and not any(defects(verdict))
