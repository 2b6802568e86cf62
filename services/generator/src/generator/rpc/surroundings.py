"""What moves around the subject: the wire's motions of the environment, and the map of materials they keep to."""

from animatize.analyzer.v1 import analysis_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import geometry_pb2
from film.geometry import Box
from generator.core.order import EnvironmentMove, RegionMap
from generator.rpc import enums


def environment_move(message: prediction_pb2.EnvironmentCandidate) -> EnvironmentMove:
    """A motion of the environment as core has it: what moves, where, which way, how fast; not why."""
    return EnvironmentMove(
        motion=enums.ENVIRONMENT.stated(message.motion),
        region=enums.MATERIAL.core(message.region),
        box=box(message.box) if message.HasField("box") else None,
        heading=message.heading,
        intensity=message.intensity,
        motion_class=enums.MOTION_CLASS.core(message.motion_class),
        direction_deg=message.direction_deg if message.HasField("direction_deg") else None,
        speed_per_s=message.speed_per_s,
        frequency_hz=message.frequency_hz,
    )


def region_map(message: analysis_pb2.SceneAnalysis) -> RegionMap | None:
    """The map of materials with the material of each of its regions; None when the analysis holds none."""
    if not (message.HasField("maps") and message.maps.HasField("regions")):
        return None
    cells = message.maps.regions
    return RegionMap(
        png=cells.data,
        width=cells.width,
        height=cells.height,
        kinds=tuple(enums.MATERIAL.core(region.kind) for region in message.regions),
    )


def box(message: geometry_pb2.Box) -> Box:
    """A rectangle of the still, clipped to it."""
    return Box.from_pixels(message.left, message.top, message.width, message.height, of=(1, 1))
