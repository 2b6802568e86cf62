"""One shot: everything decided about a movement over a still, before a frame is made."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.freedom import freedom
from film.movement import Family, family
from generator.core.errors import WrongOrder
from generator.core.order import CameraMove, Easing
from generator.core.profile import Profile
from generator.core.render.amplitude import asked_amplitude, cap
from generator.core.render.cover import MOST_ZOOM, Cover, Reach, cover
from generator.core.render.path import Path
from generator.core.render.relief import bearable
from generator.core.render.scenery import Scenery

_AXIS_REACH: Final = 0.6
"""How far from the centre, in frame widths, travel along the line of sight moves content by its whole length."""

_SWAY_CAP_RAD: Final = 0.05
"""A stronger sway would need more border than there is."""

_ENOUGH: Final = 0.999
"""A share that counts as the whole movement."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Shot:
    """A movement ready to be rendered.

    asked, amplitude: in the movement's unit, as asked for (or the renderer's own) and as it will be made.
    reduced_because: why less is made, "" when all is.
    """

    profile: Profile
    scenery: Scenery
    path: Path
    cover: Cover
    asked: float
    amplitude: float
    reduced_because: str

    def times(self) -> NDArray[np.float64]:
        """When each frame is, 0..1 of the clip."""
        return self.profile.times()


def plan_shot(scenery: Scenery, *, move: CameraMove, profile: Profile, seed: int) -> Shot:
    """The shot for a move: amplitude within what the still can show, relief within what it can bear.

    Raises WrongOrder for an amplitude in a foreign unit, and for a rack focus without a depth map.
    """
    kind = family(move.movement)
    if kind is Family.RACK_FOCUS and scenery.disparity is None:
        raise WrongOrder(
            field="analysis.maps.depth",
            found="no depth map for a rack focus",
            accepted="an analysis with its depth map, or a movement that needs no depth",
        )
    asked = asked_amplitude(move)
    capped = min(asked, cap(move))
    path = Path(
        movement=move.movement,
        amplitude=capped,
        about=scenery.about,
        easing=Easing.LOOP if profile.loop else move.easing,
        sway_rad=0.0 if kind is Family.RACK_FOCUS else min(move.sway_rad, _SWAY_CAP_RAD),
        duration_s=profile.duration_s,
        seed=seed,
    )
    times = profile.times()
    canvas = scenery.canvas
    height, width = canvas.y.shape
    scenery = scenery.softened(
        bearable(scenery.surface, _travel(path, times), canvas_px=(width, height), scale=canvas.scale)
    )
    reach = Reach(
        bounds=canvas.bounds(),
        w=scenery.surface.limits(),
        aspect=profile.height_px / profile.width_px,
        pixel=1 / profile.width_px,
    )
    found = cover(path, times, reach)
    made = path.scaled(found.share)
    return Shot(
        profile=profile,
        scenery=scenery,
        path=made,
        cover=found,
        asked=asked,
        amplitude=made.amplitude,
        reduced_because=_reasons(move, asked=asked, capped=capped, share=found.share, flat=scenery.disparity is None),
    )


def _travel(path: Path, times: NDArray[np.float64]) -> float:
    poses = path.at(times)
    return float((np.hypot(poses.x, poses.y) + _AXIS_REACH * np.abs(poses.z)).max())


def _reasons(move: CameraMove, *, asked: float, capped: float, share: float, flat: bool) -> str:
    reasons = []
    if capped < asked:
        reasons.append(f"one still can show at most {capped:g} of the {asked:g} that were asked for")
    if share < _ENOUGH:
        reasons.append(
            f"the still ends beside the frame: at a zoom of {MOST_ZOOM:g} there is room for {share:.0%} of the movement"
        )
    if flat and freedom(move.movement).travels:
        reasons.append("there is no depth map, so near and far content move alike")
    if family(move.movement) is Family.TRACKING:
        reasons.append("the subject of a still does not travel, so only the camera's own path is made")
    if move.sway_rad > _SWAY_CAP_RAD:
        reasons.append(f"the sway is kept to {_SWAY_CAP_RAD:g} rad")
    if move.sway_rad > 0 and family(move.movement) is Family.RACK_FOCUS:
        reasons.append("a rack focus is made without sway")
    return "; ".join(reasons)
