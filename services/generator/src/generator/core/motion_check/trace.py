"""What the motion check saw on its way to a verdict, kept for drawing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from film.movement import Movement
from generator.core.motion_check.calibration import Signs
from generator.core.motion_check.tracks import Tracks


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Trace:
    """The samples of a clip, the tracks through them, and the picture's path.

    `pictures` are the samples' luma, (H, W) uint8; `fps` is their rate. `tracks` may be None; they begin at the sample
    `first`. `path` may be None too and is (samples, 4): shift x and y in pixels, turn in radians, ln of growth against
    the anchor. `with_camera` and `by_itself` are (points,): tracks that follow the camera, and tracks that move on
    their own. `signs` are what the calibration read, and `likeliest` is the movement that they speak of, named in the
    verdict or not; None where something other than they speaks against any name.
    """

    pictures: tuple[NDArray[np.uint8], ...]
    fps: float
    first: int = 0
    tracks: Tracks | None = None
    path: NDArray[np.float64] | None = None
    with_camera: NDArray[np.bool_] | None = None
    by_itself: NDArray[np.bool_] | None = None
    signs: Signs | None = None
    likeliest: Movement | None = None
