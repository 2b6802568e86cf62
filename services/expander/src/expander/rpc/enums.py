"""Enums of the contract and their names in core: the value's name without its prefix, in lower case, both ways."""

from typing import Final

from animatize.analyzer.v1 import composition_pb2, space_pb2, subjects_pb2
from animatize.expander.v1 import expander_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2
from chassis.enums import Names

DIALECT: Final = Names(expander_pb2.Dialect, "DIALECT_")
WRITER: Final = Names(expander_pb2.Writer, "WRITER_")
SEVERITY: Final = Names(expander_pb2.LintSeverity, "LINT_SEVERITY_")
MOVEMENT: Final = Names(movement_pb2.Movement, "MOVEMENT_")
SPEED: Final = Names(movement_pb2.Speed, "SPEED_")
ACTION: Final = Names(prediction_pb2.SubjectAction, "SUBJECT_ACTION_")
MOTION: Final = Names(prediction_pb2.EnvironmentMotion, "ENVIRONMENT_MOTION_")
MOOD: Final = Names(prediction_pb2.Mood, "MOOD_")
REGION: Final = Names(space_pb2.RegionKind, "REGION_KIND_")
SUBJECT: Final = Names(subjects_pb2.SubjectKind, "SUBJECT_KIND_")
SCENE: Final = Names(composition_pb2.SceneKind, "SCENE_KIND_")
