"""One shot: everything decided about a movement over a still, before a frame is made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.freedom import freedom
from film.movement import Family, family
from generator.core.errors import WrongOrder
from generator.core.order import Plan
from generator.core.profile import Profile
from generator.core.render.course import SWAY_CAP_RAD, Course, capped, course, needs_depth
from generator.core.render.cover import MOST_ZOOM, Cover, Reach, cover, widened
from generator.core.render.demands import moves_of
from generator.core.render.environment import NOTHING_MOVES, Environment
from generator.core.render.following import following
from generator.core.render.layers import Layers
from generator.core.render.path import Path
from generator.core.render.relief import lifted
from generator.core.render.scenery import Scenery, layers_of
from generator.core.render.shutter import Exposures, exposures
from generator.core.render.side_by_side import ALONE, Hands

_AXIS_REACH: Final = 0.6
"""How far from the centre, in frame widths, travel along the line of sight moves content by its whole length."""

_AXIS_TYPICAL: Final = 0.25
"""The same for half of the frame's content."""

_ENOUGH: Final = 0.999
"""A share that counts as the whole movement."""


_MOST_FOLLOWED: Final = 0.5
"""Share of the still from which a subject's box leaves too little that could pass by while it goes along."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Shot:
    """A movement ready to be rendered.

    exposures: the moments, 0..1 of the clip, whose mean is each frame. asked, amplitude: in the movement's unit, as
    asked for (or the renderer's own) and as it will be made. reduced_because: why less is made, "" when all is.
    environment: what moves in the still by itself.
    """

    profile: Profile
    scenery: Scenery
    layers: Layers
    path: Path
    cover: Cover
    exposures: Exposures
    asked: float
    amplitude: float
    reduced_because: str
    environment: Environment = NOTHING_MOVES

    def times(self) -> NDArray[np.float64]:
        """When each frame is, 0..1 of the clip."""
        return self.profile.times()


def plan_shot(
    scenery: Scenery,
    *,
    plan: Plan,
    profile: Profile,
    seed: int,
    environment: Environment = NOTHING_MOVES,
    hands: Hands = ALONE,
) -> Shot:
    """The shot for a plan: amplitude within what the still can show, relief within what it can bear.

    hands: who takes the still apart. Raises WrongOrder for what cannot be asked of a camera, an amplitude in a foreign
    unit, and focus that moves without a depth map.
    """
    field = needs_depth(plan)
    if field and scenery.disparity is None:
        raise WrongOrder(
            field="analysis.maps.depth",
            found=f"no depth map for the focus that moves in {field}",
            accepted="an analysis with its depth map, or a movement that needs no depth",
        )
    times = profile.times()
    found = course(plan, place=scenery.place, duration_s=profile.duration_s, loop=profile.loop, seed=seed)
    if _travels(plan):
        surface = lifted(scenery.surface, _travel(found.path, times, along=_AXIS_TYPICAL))
        # Places lie where the surface that is bent has them.
        scenery = replace(scenery, surface=surface)
        found = course(plan, place=scenery.place, duration_s=profile.duration_s, loop=profile.loop, seed=seed)
    path = found.path
    travel = _travel(path, times, along=_AXIS_REACH)
    layers = layers_of(scenery, travel=travel, hands=hands)
    followed = path.follows and scenery.seen and scenery.subject.area <= _MOST_FOLLOWED
    if followed:
        layers = following(layers, scenery.subject, travel=travel)
    reach = Reach(
        bounds=scenery.canvas.bounds(),
        w=layers.limits(),
        aspect=profile.height_px / profile.width_px,
        pixel=1 / profile.width_px,
    )
    covered = cover(path, times, reach)
    made = path.scaled(covered.share)
    exposed = exposures(made, times, profile, w=reach.w, cover=covered.zoom)
    if any(len(moments) > 1 for moments in exposed):
        covered = widened(covered, made, np.array([moment for moments in exposed for moment in moments]), reach)
    reasons = _reasons(plan, found, share=covered.share, flat=scenery.disparity is None, followed=followed)
    return Shot(
        profile=profile,
        scenery=scenery,
        layers=layers,
        path=made,
        cover=covered,
        exposures=exposed,
        asked=found.asked,
        amplitude=made.amplitude,
        reduced_because="; ".join(reasons),
        environment=environment,
    )


def _travel(path: Path, times: NDArray[np.float64], *, along: float) -> float:
    poses = path.at(times)
    return float((np.hypot(poses.x, poses.y) + along * np.abs(poses.z)).max())


def _reasons(plan: Plan, found: Course, *, share: float, flat: bool, followed: bool) -> Iterator[str]:
    moves = [move for _, move in moves_of(plan)]
    if found.path.amplitude < found.asked:
        yield f"one still can show at most {found.path.amplitude:g} of the {found.asked:g} that were asked for"
    if capped(plan):
        yield "one still cannot show some of what is made together as far as it was asked for"
    if share < _ENOUGH:
        room = f"there is room for {share:.0%} of the movement"
        yield f"the still ends beside the frame: at a zoom of {MOST_ZOOM:g} {room}"
    if flat and _travels(plan):
        yield "there is no depth map, so near and far content move alike"
    if any(family(move.movement) is Family.TRACKING for move in moves) and found.path.follows and not followed:
        yield "no subject stands apart that could go along, so only the camera's own path is made"
    if any(move.sway_rad > SWAY_CAP_RAD for move in moves):
        yield f"the sway is kept to {SWAY_CAP_RAD:g} rad"
    if any(move.sway_rad > 0 and family(move.movement) is Family.RACK_FOCUS for move in moves):
        yield "a rack focus is made without sway"


def _travels(plan: Plan) -> bool:
    """Whether the camera is asked to go somewhere; a hand that sways is not."""
    poses = [key.pose for key in plan.keyframes]
    return any(freedom(move.movement).travels for _, move in moves_of(plan)) or any(
        pose.truck_right or pose.pedestal_up or pose.dolly_in or pose.arc_clockwise or pose.crane_up for pose in poses
    )
