"""From a request on the wire to a brief: the shot and the measured facts that words may speak of."""

from typing import Final

from animatize.analyzer.v1 import analysis_pb2, subjects_pb2
from animatize.expander.v1 import expander_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import geometry_pb2
from expander.core.brief import Action, Brief, Colour, Motion, Place
from expander.core.errors import NothingToSay
from expander.rpc import enums
from film.movement import Movement

# Below this a kind is a guess, and a prompt must not tell the model what may not be there.
_LEAST_QUALITY: Final = 0.4
# An area below this share of the frame is not what a still shows.
_LEAST_SHARE: Final = 0.1
# A colour below this share does not set the tone.
_LEAST_COLOUR: Final = 0.08
# Half a percent of the frame: an anchor that is a measured place was copied from it, but may have passed through
# another program's rounding.
_SAME_PLACE: Final = 0.005


def brief(request: expander_pb2.ExpandPromptRequest) -> Brief:
    """The shot that the request's prediction recommends. Raises NothingToSay when it recommends none."""
    if not request.prediction.HasField("best"):
        raise NothingToSay(request.prediction.abstention.explanation)
    analysis, best = request.analysis, request.prediction.best
    move = best.camera.move
    duration = request.duration if request.HasField("duration") else best.natural_duration
    return Brief(
        movement=Movement(enums.MOVEMENT.name(move.movement)),
        speed=enums.SPEED.name(move.speed) or "regular",
        sway=move.sway_rad > 0,
        anchor=_anchor(move, analysis),
        duration_s=round(duration.ToMilliseconds() / 1000, 1),
        action=_action(best),
        motions=tuple(_motion(item) for item in best.environment),
        looks=tuple(look.phrase for look in request.prediction.looks),
        scene=_scene(analysis),
        subject=_subject(analysis),
        subject_place=_place(analysis.subjects[0].centre) if analysis.subjects else None,
        materials=tuple(
            enums.REGION.name(region.kind)
            for region in analysis.regions
            if region.share >= _LEAST_SHARE and region.quality >= _LEAST_QUALITY and region.kind
        ),
        colours=tuple(
            Colour(swatch.red, swatch.green, swatch.blue, swatch.share)
            for swatch in analysis.palette
            if swatch.share >= _LEAST_COLOUR
        ),
        user=request.user_prompt,
    )


def _anchor(move: prediction_pb2.CameraMove, analysis: analysis_pb2.SceneAnalysis) -> Place | None:
    if not move.HasField("anchor"):
        return None
    known = []
    if analysis.HasField("vanishing_point"):
        known.append(("vanishing point", analysis.vanishing_point.point))
    if analysis.composition.HasField("framing_opening"):
        known.append(("opening", analysis.composition.framing_opening))
    if analysis.subjects:
        known.append(("subject", analysis.subjects[0].centre))
    if analysis.HasField("horizon"):
        known.append(("horizon", geometry_pb2.Point(x=0.5, y=analysis.horizon.y)))
    for name, point in known:
        if abs(point.x - move.anchor.x) <= _SAME_PLACE and abs(point.y - move.anchor.y) <= _SAME_PLACE:
            return _place(move.anchor, name)
    return _place(move.anchor)


def _action(best: prediction_pb2.ShotPlan) -> Action | None:
    if not best.HasField("subject"):
        return None
    name = enums.ACTION.name(best.subject.action)
    return Action(name, best.subject.heading) if name else None


def _motion(candidate: prediction_pb2.EnvironmentCandidate) -> Motion:
    box = candidate.box
    centre = Place(box.left + box.width / 2, box.top + box.height / 2) if candidate.HasField("box") else None
    return Motion(enums.MOTION.name(candidate.motion), enums.REGION.name(candidate.region), centre)


def _scene(analysis: analysis_pb2.SceneAnalysis) -> str:
    sure = analysis.scene.confidence.probability >= _LEAST_QUALITY
    return enums.SCENE.name(analysis.scene.kind) if sure else ""


def _subject(analysis: analysis_pb2.SceneAnalysis) -> str:
    if not analysis.subjects:
        return ""
    first = analysis.subjects[0]
    # "The object" says no more than "the subject".
    told = first.quality >= _LEAST_QUALITY and first.kind != subjects_pb2.SUBJECT_KIND_OBJECT
    return enums.SUBJECT.name(first.kind) if told else ""


def _place(point: geometry_pb2.Point, name: str = "") -> Place:
    return Place(min(1.0, max(0.0, point.x)), min(1.0, max(0.0, point.y)), name)
