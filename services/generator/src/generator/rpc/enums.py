"""The wire's enumerations and core's, value by value, in both directions."""

from typing import Final

from animatize.analyzer.v1 import space_pb2
from animatize.generator.v1 import clip_pb2, verdict_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2
from chassis.enums import Pairs
from film.movement import Movement
from generator.core.motion_check import Outcome, Unit
from generator.core.order import (
    Aspect,
    ClipFormat,
    Easing,
    EnvironmentMotion,
    Material,
    MotionClass,
    Preset,
    Speed,
)

MOVEMENT: Final = Pairs.by_name(Movement, movement_pb2.Movement, "MOVEMENT_")
EASING: Final = Pairs.by_name(Easing, movement_pb2.Easing, "EASING_", unstated=Easing.SMOOTH)
SPEED: Final = Pairs.by_name(Speed, movement_pb2.Speed, "SPEED_", unstated=Speed.REGULAR)
UNIT: Final = Pairs.by_name(Unit, prediction_pb2.AmplitudeUnit, "AMPLITUDE_UNIT_")
FORMAT: Final = Pairs.by_name(ClipFormat, clip_pb2.ClipFormat, "CLIP_FORMAT_", unstated=ClipFormat.MP4_H264)
PRESET: Final = Pairs.by_name(Preset, clip_pb2.EncodePreset, "ENCODE_PRESET_", unstated=Preset.FAST)
OUTCOME: Final = Pairs.by_name(Outcome, verdict_pb2.VerdictOutcome, "VERDICT_OUTCOME_")
ENVIRONMENT: Final = Pairs.by_name(EnvironmentMotion, prediction_pb2.EnvironmentMotion, "ENVIRONMENT_MOTION_")
MOTION_CLASS: Final = Pairs.by_name(MotionClass, prediction_pb2.MotionClass, "MOTION_CLASS_")
MATERIAL: Final = Pairs.by_name(Material, space_pb2.RegionKind, "REGION_KIND_")
ASPECT: Final = Pairs(
    {
        clip_pb2.ASPECT_RATIO_16_9: Aspect.WIDE,
        clip_pb2.ASPECT_RATIO_9_16: Aspect.TALL,
        clip_pb2.ASPECT_RATIO_1_1: Aspect.SQUARE,
        clip_pb2.ASPECT_RATIO_4_5: Aspect.PORTRAIT,
        clip_pb2.ASPECT_RATIO_239_100: Aspect.CINEMA,
    },
    unstated=Aspect.OWN,
)
