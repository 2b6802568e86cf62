"""What is said of each stage's result: a few facts, each a label and a plain sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from animatize.analyzer.v1 import composition_pb2, space_pb2, subjects_pb2
from animatize.expander.v1 import expander_pb2
from animatize.gateway.v1 import animation_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2, stage_pb2
from animatize_cli import figures, verdicts
from animatize_cli.fact import Fact
from animatize_cli.words import said

#: How many of a kind are told; the whole is in the result's JSON.
_SHOWN: Final = 4

#: Lines with less trust than this are mostly noise.
_TOLD: Final = 0.2

#: Share of what draws the eye from which on one subject stands for the picture.
_TOLD_PROMINENCE: Final = 0.25

#: The stages as people follow them: what each finds out.
TITLES: Final = {
    animation_pb2.STAGE_ANALYZE: "What is in the still",
    animation_pb2.STAGE_PREDICT: "How the camera could move",
    animation_pb2.STAGE_EXPAND: "How to say it",
    animation_pb2.STAGE_GENERATE: "The clip",
}

#: The same while it happens.
DOING: Final = {
    animation_pb2.STAGE_ANALYZE: "Looking at the still",
    animation_pb2.STAGE_PREDICT: "Choosing the movement",
    animation_pb2.STAGE_EXPAND: "Finding the words",
    animation_pb2.STAGE_GENERATE: "Rendering the clip",
}


def of_result(result: Any) -> list[Fact]:
    """The facts of a `StageResult`, whichever stage it is of."""
    match result.WhichOneof("result"):
        case "analysis":
            return list(of_analysis(result.analysis))
        case "prediction":
            return list(of_prediction(result.prediction))
        case "expansion":
            return list(of_expansion(result.expansion))
        case "generation":
            return list(verdicts.of_generation(result.generation))
    return []


def origin(source: int) -> str:
    """Where a result comes from, "" when it was made for this call."""
    if source in (stage_pb2.RESULT_SOURCE_UNSPECIFIED, stage_pb2.RESULT_SOURCE_MADE):
        return ""
    if source == stage_pb2.RESULT_SOURCE_JOINED:
        return "made with another call"
    return f"from the {said(stage_pb2.ResultSource, source)}"


def of_analysis(analysis: Any) -> Iterator[Fact]:
    """What was measured in the still."""
    yield Fact("Scene", _scene(analysis.scene), main=True)
    areas: defaultdict[str, float] = defaultdict(float)
    for region in analysis.regions:
        areas[said(space_pb2.RegionKind, region.kind) or "unknown"] += region.share
    if areas:
        largest = sorted(areas.items(), key=lambda area: -area[1])[:_SHOWN]
        yield Fact("Areas", ", ".join(f"{kind} {figures.share(part)}" for kind, part in largest))
    if eye := _eye(analysis):
        yield Fact("The eye", eye)
    if lines := _lines(analysis):
        yield Fact("Lines", lines)
    cues = ", ".join(filter(None, (said(space_pb2.DepthCue, cue) for cue in analysis.depth.cues)))
    if cues:
        yield Fact("Depth", f"told from {cues} ({figures.trust(analysis.depth.quality)})")
    if light := _light(analysis.light):
        yield Fact("Light", light)
    untold = [report.stage for report in analysis.stages if report.abstained_because]
    if untold:
        yield Fact("Not told", ", ".join(untold).replace("_", " "))


def of_prediction(prediction: Any) -> Iterator[Fact]:
    """The movement, why, what else could be, and what moves in the still."""
    if prediction.HasField("abstention"):
        yield from _abstention(prediction.abstention)
        return
    best = prediction.best.camera
    yield Fact("Camera", f"{move(best.move)}: {sure(best.confidence)}", main=True)
    yield from _reasons(best)
    # The list repeats the recommended movement at its head.
    others = [other for other in prediction.camera if other.move.movement != best.move.movement][:_SHOWN]
    if others:
        named = (
            f"{said(movement_pb2.Movement, other.move.movement)} {figures.share(other.confidence.probability)}"
            for other in others
        )
        yield Fact("Else", ", ".join(named))
    if any(other.confidence.probability > best.confidence.probability for other in others):
        yield Fact("", "What is likelier suits many stills; the first is what this one calls for.")
    moving = [said(prediction_pb2.EnvironmentMotion, part.motion) for part in prediction.best.environment]
    if prediction.best.HasField("subject"):
        moving.insert(0, f"the subject {said(prediction_pb2.SubjectAction, prediction.best.subject.action)}")
    if moving:
        yield Fact("Alive", ", ".join(filter(None, moving)))


def of_expansion(expansion: Any) -> Iterator[Fact]:
    """The prompt, and who wrote it."""
    for prompt in expansion.prompts[:1]:
        yield Fact("Prompt", f"“{prompt.text}”", main=True)
        for finding in prompt.findings[:_SHOWN]:
            yield Fact("Check", finding.message, doubt=True)
    if expansion.written_by == expander_pb2.WRITER_LANGUAGE_MODEL:
        yield Fact("Written", f"by {expansion.provider} {expansion.model}".strip())
    else:
        yield Fact("Written", "by the built-in composer, without a key")
    if expansion.fallback_because:
        yield Fact("", expansion.fallback_because, doubt=True)


def move(camera: Any) -> str:
    """A camera movement with how far it goes."""
    name = said(movement_pb2.Movement, camera.movement) or "a movement that this version does not know"
    return figures.by(name, camera.amplitude, camera.amplitude_unit)


def sure(confidence: Any) -> str:
    """How sure a verdict is."""
    text = f"{figures.share(confidence.probability)} sure"
    return text if confidence.calibration_id else f"{text} (not calibrated yet)"


def _abstention(abstention: Any) -> Iterator[Fact]:
    reason = said(prediction_pb2.AbstentionReason, abstention.reason)
    yield Fact("Camera", f"none: {reason or 'no reason given'}", main=True, doubt=True)
    if abstention.explanation:
        yield Fact("Why", abstention.explanation)
    if abstention.HasField("nearest"):
        nearest = abstention.nearest
        yield Fact("Nearest", f"{move(nearest.move)}: {sure(nearest.confidence)}")


def _reasons(candidate: Any) -> Iterator[Fact]:
    """The reason in words with the measured values; the values alone where the words leave them out."""
    if candidate.justification:
        yield Fact("Why", candidate.justification)
    else:
        for evidence in candidate.evidence[:_SHOWN]:
            yield Fact("Why", f"{evidence.sentence} ({evidence.metric} {figures.number(evidence.value)})".strip())
    if candidate.evidence and not any(letter.isdigit() for letter in candidate.justification):
        told = (
            f"{evidence.metric} {figures.number(evidence.value)} ({figures.trust(evidence.quality)})"
            for evidence in candidate.evidence[:_SHOWN]
        )
        yield Fact("Measured", ", ".join(told))
    if candidate.counter_evidence and not candidate.justification:
        yield Fact("Against", "; ".join(evidence.sentence for evidence in candidate.counter_evidence[:_SHOWN]))
    if candidate.would_change:
        yield Fact("Unless", candidate.would_change)


def _scene(scene: Any) -> str:
    kind = said(composition_pb2.SceneKind, scene.kind) or "no kind that can be told"
    if scene.kind and scene.HasField("confidence"):
        kind = f"{kind} {figures.share(scene.confidence.probability)}"
    place = ""
    if scene.outdoor.HasField("value") and scene.outdoor.quality > 0:
        place = "outdoors" if scene.outdoor.value >= 0.5 else "indoors"
    return ", ".join(filter(None, (kind, place, said(composition_pb2.TimeOfDay, scene.time_of_day))))


def _eye(analysis: Any) -> str:
    parts = []
    for subject in (first for first in analysis.subjects[:1] if first.prominence >= _TOLD_PROMINENCE):
        kind = said(subjects_pb2.SubjectKind, subject.kind) or "something"
        parts.append(f"drawn to {kind} at the {figures.place(subject.centre)} ({figures.share(subject.prominence)})")
    if analysis.faces:
        parts.append(f"{len(analysis.faces)} {'face' if len(analysis.faces) == 1 else 'faces'}")
    return ", ".join(parts)


def _lines(analysis: Any) -> str:
    parts = []
    horizon, meeting = analysis.horizon, analysis.vanishing_point
    if analysis.HasField("horizon") and horizon.quality >= _TOLD:
        parts.append(f"horizon {figures.share(horizon.y)} from the top ({figures.trust(horizon.quality)})")
    if analysis.HasField("vanishing_point") and meeting.quality >= _TOLD:
        at = f"{figures.share(meeting.point.x)} across, {figures.share(meeting.point.y)} down"
        parts.append(f"lines meet {at} ({figures.trust(meeting.quality)})")
    return "; ".join(parts)


def _light(light: Any) -> str:
    measures = (("brightness", light.brightness), ("contrast", light.contrast), ("warmth", light.warmth))
    return ", ".join(f"{name} {measure.value:.2f}" for name, measure in measures if measure.HasField("value"))
