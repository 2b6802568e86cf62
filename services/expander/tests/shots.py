"""Requests as the gateway sends them: a shot, and the facts it was predicted from."""

from google.protobuf.duration_pb2 import Duration

from animatize.analyzer.v1 import analysis_pb2, composition_pb2, space_pb2, subjects_pb2
from animatize.expander.v1 import expander_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import geometry_pb2, measure_pb2, movement_pb2


def shot(movement="DOLLY_IN", *, speed="SLOW", anchor=None):
    move = prediction_pb2.CameraMove(
        movement=movement_pb2.Movement.Value(f"MOVEMENT_{movement}"),
        speed=movement_pb2.Speed.Value(f"SPEED_{speed}"),
    )
    if anchor:
        move.anchor.x, move.anchor.y = anchor
    return prediction_pb2.ShotPlan(
        camera=prediction_pb2.CameraCandidate(move=move), natural_duration=Duration(seconds=6)
    )


def lakeside():
    """A walk along a lake: a person to the left, water below, a path into the distance."""
    scene = analysis_pb2.SceneAnalysis()
    scene.vanishing_point.CopyFrom(space_pb2.VanishingPoint(point=geometry_pb2.Point(x=0.625, y=0.4), quality=0.8))
    scene.scene.kind = composition_pb2.SCENE_KIND_WATERSIDE
    scene.scene.confidence.CopyFrom(measure_pb2.Confidence(probability=0.7))
    scene.subjects.add(kind=subjects_pb2.SUBJECT_KIND_PERSON, quality=0.8, centre=geometry_pb2.Point(x=0.25, y=0.5))
    scene.regions.add(kind=space_pb2.REGION_KIND_WATER, share=0.4, quality=0.8)
    scene.regions.add(kind=space_pb2.REGION_KIND_SKY, share=0.3, quality=0.8)
    scene.regions.add(kind=space_pb2.REGION_KIND_SAND, share=0.05, quality=0.8)
    scene.palette.add(red=40, green=90, blue=200, share=0.5)
    scene.palette.add(red=240, green=140, blue=30, share=0.2)
    return scene


def expand(*dialects, best=None, user="", writer=0, **fields):
    best = best or shot(anchor=(0.625, 0.4))
    prediction = prediction_pb2.Prediction(best=best)
    prediction.looks.add(rule_id="rule_016", phrase="warm golden hour light", strength=0.8)
    return expander_pb2.ExpandPromptRequest(
        prediction=prediction,
        analysis=lakeside(),
        dialects=[expander_pb2.Dialect.Value(f"DIALECT_{name}") for name in dialects],
        user_prompt=user,
        writer=writer,
        **fields,
    )


def with_water_and_walk(best):
    best.environment.add(
        motion=prediction_pb2.ENVIRONMENT_MOTION_WATER,
        region=space_pb2.REGION_KIND_WATER,
        box=geometry_pb2.Box(left=0, top=0.6, width=1, height=0.4),
    )
    best.subject.action = prediction_pb2.SUBJECT_ACTION_WALK
    best.subject.heading = -0.8
    return best
