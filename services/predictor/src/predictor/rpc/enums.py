"""Enums of the contract and their names in core: the value's name without its prefix, in lower case, both ways."""

from typing import Final

from animatize.analyzer.v1 import analysis_pb2, composition_pb2, space_pb2, subjects_pb2
from animatize.predictor.v1 import prediction_pb2, rule_pb2
from animatize.type.v1 import movement_pb2
from chassis.enums import Names

MOVEMENT: Final = Names(movement_pb2.Movement, "MOVEMENT_")
EASING: Final = Names(movement_pb2.Easing, "EASING_")
SPEED: Final = Names(movement_pb2.Speed, "SPEED_")
UNIT: Final = Names(prediction_pb2.AmplitudeUnit, "AMPLITUDE_UNIT_")
MOOD: Final = Names(prediction_pb2.Mood, "MOOD_")
GENRE: Final = Names(prediction_pb2.Genre, "GENRE_")
PURPOSE: Final = Names(prediction_pb2.Purpose, "PURPOSE_")
ACTION: Final = Names(prediction_pb2.SubjectAction, "SUBJECT_ACTION_")
MOTION: Final = Names(prediction_pb2.EnvironmentMotion, "ENVIRONMENT_MOTION_")
ABSTENTION: Final = Names(prediction_pb2.AbstentionReason, "ABSTENTION_REASON_")
RULE_KIND: Final = Names(rule_pb2.RuleKind, "RULE_KIND_")
REGION: Final = Names(space_pb2.RegionKind, "REGION_KIND_")
HORIZON: Final = Names(space_pb2.HorizonKind, "HORIZON_KIND_")
SUBJECT: Final = Names(subjects_pb2.SubjectKind, "SUBJECT_KIND_")
SCENE: Final = Names(composition_pb2.SceneKind, "SCENE_KIND_")
SCALE: Final = Names(composition_pb2.ShotScale, "SHOT_SCALE_")
ANGLE: Final = Names(composition_pb2.ShotAngle, "SHOT_ANGLE_")
TIME: Final = Names(composition_pb2.TimeOfDay, "TIME_OF_DAY_")
COLOURS: Final = Names(composition_pb2.ColourScheme, "COLOUR_SCHEME_")
MOTION_CLASS: Final = Names(prediction_pb2.MotionClass, "MOTION_CLASS_")
CHANGE: Final = Names(analysis_pb2.StabilityChange, "STABILITY_CHANGE_")
