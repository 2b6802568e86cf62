"""From what is asked of the camera to its path: amplitudes, places, and what cannot be met."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from film.geometry import Point
from film.movement import Family, family
from generator.core.camera import CameraMove, Easing
from generator.core.order import Plan
from generator.core.render.amplitude import asked_amplitude, cap
from generator.core.render.demands import check, moves_of
from generator.core.render.leg import Leg
from generator.core.render.path import Path
from generator.core.render.stance import About

SWAY_CAP_RAD: Final = 0.05
"""A stronger sway would need more border than there is."""

_GROWING: Final = frozenset({Family.ZOOM, Family.CRASH_ZOOM, Family.DOLLY})
"""Families whose amplitude is how much larger the picture gets. A dolly zoom's lens widens by what its travel gains."""

_LOOPING: Final = (Easing.SMOOTH, Easing.LOOP)
"""Easings that become the smooth way there and back in a loop."""

Place = Callable[[Point | None], About]


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """A path before the still's borders are looked at.

    asked: amplitude of the movement that the path is named after, before it was capped to path.amplitude.
    """

    path: Path
    asked: float


def course(plan: Plan, *, place: Place, duration_s: float, loop: bool, seed: int) -> Course:
    """The path that a plan asks for.

    place: where an anchor of the still lies in the frame, None for the centre. loop: whether the clip's end meets its
    beginning. Raises WrongOrder for what `check` refuses and for amplitudes in foreign units.
    """
    check(plan)
    camera = plan.camera
    asked = asked_amplitude(camera)
    single = not plan.together and not plan.keyframes and plan.pace is None
    whole = camera.start is None and camera.end is None and camera.pace is None
    easing = camera.easing
    folded = loop and easing is not Easing.LOOP
    if loop and single and whole and easing in _LOOPING:
        easing, folded = Easing.LOOP, False
    # A loop of several parts goes there and back as a whole, whatever its first part does.
    folded = folded or (loop and not single)
    about = place(camera.anchor)
    path = Path(
        movement=camera.movement,
        amplitude=_room(camera, asked, about),
        about=about,
        easing=easing,
        sway_rad=_swayed(camera),
        duration_s=duration_s,
        seed=seed,
        start=camera.start,
        end=camera.end,
        pace=camera.pace,
        together=tuple(_leg(move, index, camera, place) for index, move in enumerate(plan.together)),
        keyframes=plan.keyframes,
        clock=plan.pace,
        there_and_back=folded,
    )
    return Course(path=path, asked=asked)


def growth(plan: Plan) -> float:
    """The largest enlargement on the way, 1 or more, if all that enlarges comes together."""
    largest = 1.0
    for field, move in moves_of(plan):
        if family(move.movement) in _GROWING:
            largest *= 1.0 + min(asked_amplitude(move, field=f"{field}.amplitude_unit"), cap(move))
    keyed = [(1.0 + key.pose.dolly_in) * (1.0 + key.pose.zoom_in) for key in plan.keyframes]
    return largest * max([1.0, *keyed])


def capped(plan: Plan) -> bool:
    """Whether one still cannot show some movement of `together` as far as it was asked for."""
    return any(
        asked_amplitude(move, field=f"{field}.amplitude_unit") > cap(move) for field, move in list(moves_of(plan))[1:]
    )


def needs_depth(plan: Plan) -> str:
    """The field of the request that only a depth map can meet, "" when there is none: focus that moves."""
    for field, move in moves_of(plan):
        if family(move.movement) is Family.RACK_FOCUS:
            return f"{field}.movement"
    for index, key in enumerate(plan.keyframes):
        if key.pose.focus is not None:
            return f"plan.keyframes[{index}].pose.focus"
    return ""


def focus_moves(plan: Plan) -> bool:
    """Whether not all of the picture is in focus all the time."""
    return needs_depth(plan) != ""


def _leg(move: CameraMove, index: int, camera: CameraMove, place: Place) -> Leg:
    asked = asked_amplitude(move, field=f"plan.together[{index}].amplitude_unit")
    about = place(move.anchor or camera.anchor)
    return Leg(
        movement=move.movement,
        amplitude=_room(move, asked, about),
        about=about,
        pace=move.easing if move.pace is None else move.pace,
        start=move.start,
        end=move.end,
        sway_rad=_swayed(move),
    )


def _room(move: CameraMove, asked: float, about: About) -> float:
    """The amplitude that there is room for before the still's borders are looked at."""
    most = cap(move)
    return min(asked, most, about.focus_room) if family(move.movement) is Family.RACK_FOCUS else min(asked, most)


def _swayed(move: CameraMove) -> float:
    # Rack focus is a shot of a camera that stands still.
    return 0.0 if family(move.movement) is Family.RACK_FOCUS else min(move.sway_rad, SWAY_CAP_RAD)
