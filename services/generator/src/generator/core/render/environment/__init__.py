"""The environment in motion: materials of the still that move in place, and weather before it.

`make_environment` gives what acts on the canvas before the warp (`Restless`) and on the frame after it (`Overlay`).
"""

from generator.core.render.environment.contract import (
    NOTHING_MOVES,
    CanvasPlanes,
    Environment,
    Overlay,
    Restless,
    Spot,
    YuvPlanes,
)
from generator.core.render.environment.making import make_environment, moves_canvas

__all__ = [
    "NOTHING_MOVES",
    "CanvasPlanes",
    "Environment",
    "Overlay",
    "Restless",
    "Spot",
    "YuvPlanes",
    "make_environment",
    "moves_canvas",
]
