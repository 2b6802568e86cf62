"""What can be asked of the camera; the contract's own limits again, for those who ask without it, and its orders."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from generator.core.camera import Bezier, CameraMove, Easing, Keyframe, Pace, Ramp
from generator.core.errors import WrongOrder
from generator.core.order import Plan

LEAST_SPAN: Final = 0.01
"""Shortest time of a movement, as a share of the clip: less is a cut."""

_LIMITS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        **dict.fromkeys(("truck_right", "pedestal_up", "crane_up"), (-0.5, 0.5)),
        **dict.fromkeys(("pan_right", "tilt_up", "roll_clockwise", "arc_clockwise"), (-0.6, 0.6)),
        **dict.fromkeys(("dolly_in", "zoom_in"), (-0.6, 2.0)),
        "focus": (0.0, 1.0),
    }
)
"""Least and largest number of each kind in a keyframe: beyond them one still has nothing to show."""


def check(plan: Plan) -> None:
    """Nothing, when the plan can be met as it stands. Raises WrongOrder, which names the field, when it cannot."""
    for field, move in moves_of(plan):
        _check_move(field, move)
    if plan.pace is not None:
        _check_pace("plan.pace", plan.pace)
    if len(plan.keyframes) == 1:
        raise WrongOrder(
            field="plan.keyframes", found="one keyframe", accepted="none, or two at least: where from and where to"
        )
    for index, key in enumerate(plan.keyframes):
        _check_key(f"plan.keyframes[{index}]", key)
    for index, (one, other) in enumerate(pairwise(plan.keyframes), start=1):
        if other.time <= one.time:
            raise WrongOrder(
                field=f"plan.keyframes[{index}].time",
                found=f"{other.time:g} after {one.time:g}",
                accepted="times that grow from keyframe to keyframe",
            )


def moves_of(plan: Plan) -> Iterator[tuple[str, CameraMove]]:
    """All movements of a plan with the request's names of them."""
    yield "plan.camera", plan.camera
    for index, move in enumerate(plan.together):
        yield f"plan.together[{index}]", move


def _check_move(field: str, move: CameraMove) -> None:
    if move.easing is Easing.HOLD:
        raise WrongOrder(
            field=f"{field}.easing", found="hold", accepted="any other easing; a hold is for the time between keyframes"
        )
    start = 0.0 if move.start is None else move.start
    end = 1.0 if move.end is None else move.end
    if not (0.0 <= start < 1.0 and start + LEAST_SPAN <= end <= 1.0):
        raise WrongOrder(
            field=f"{field}.end",
            found=f"a movement from {start:g} to {end:g} of the clip",
            accepted=f"a start and an end within 0 and 1, {LEAST_SPAN:g} apart at least",
        )
    if move.pace is not None:
        _check_pace(f"{field}.pace", move.pace)


def _check_key(field: str, key: Keyframe) -> None:
    if not 0.0 <= key.time <= 1.0:
        raise WrongOrder(field=f"{field}.time", found=f"{key.time:g}", accepted="0 to 1, a share of the clip")
    for name, (least, most) in _LIMITS.items():
        value = getattr(key.pose, name)
        if value is not None and not least <= value <= most:
            raise WrongOrder(field=f"{field}.pose.{name}", found=f"{value:g}", accepted=f"{least:g} to {most:g}")
    if key.pace is Easing.LOOP:
        raise WrongOrder(
            field=f"{field}.easing", found="loop", accepted="any other easing: a loop never reaches the next keyframe"
        )
    if key.pace is not None:
        _check_pace(f"{field}.pace", key.pace)


def _check_pace(field: str, pace: Pace) -> None:
    if isinstance(pace, Bezier) and not (0.0 <= pace.x1 <= 1.0 and 0.0 <= pace.x2 <= 1.0):
        raise WrongOrder(
            field=f"{field}.bezier", found=f"handles at {pace.x1:g} and {pace.x2:g}", accepted="times of 0 to 1"
        )
    if isinstance(pace, Ramp):
        times = [time for time, _ in pace.points]
        speeds = [speed for _, speed in pace.points]
        rising = all(one < other for one, other in pairwise([-1e-9, *times]))
        if len(times) < 2 or not rising or times[-1] > 1.0 or min(speeds) < 0.0 or max(speeds) == 0.0:
            raise WrongOrder(
                field=f"{field}.ramp.points",
                found=", ".join(f"{speed:g} at {time:g}" for time, speed in pace.points) or "no points",
                accepted="two points at least, at times that grow within 0 and 1, with a speed above 0 among them",
            )
