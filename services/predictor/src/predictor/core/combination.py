"""The recommended shot: the camera leads, and with it goes only what the same four seconds can show.

The craft's rule is one camera movement, one action, and a scene that lives: a fast camera shows nothing else, a move
about one point needs its subject in place, and a subject that leaves against the camera's way is lost.
"""

from collections.abc import Sequence
from typing import Final

from film.movement import Family, Movement, family
from predictor.core.making import DURATIONS_S
from predictor.core.prediction import CameraCandidate, EnvironmentCandidate, Shot, SubjectCandidate

# What only moves by itself needs time to be seen.
_STATIC_DURATION_S: Final = 5.0

# Over before anything else is seen.
_ALONE: Final = frozenset({Family.WHIP_PAN, Family.CRASH_ZOOM})
# About one place, which must not walk away.
_ABOUT: Final = frozenset({Family.ARC, Family.DOLLY_ZOOM, Family.RACK_FOCUS, Family.ROLL})
_TRAVELLING: Final = frozenset({"walk", "travel"})
# How many motions of the scene can be followed beside a camera of each speed, and beside one that stands still.
_MOTIONS: Final = {"slow": 3, "regular": 2, "fast": 1}
_MOTIONS_STATIC: Final = 3
# What falls from the sky falls as one of them.
_FALLING: Final = frozenset({"rain", "snow"})


def shot(
    best: CameraCandidate,
    subjects: Sequence[SubjectCandidate],
    environment: Sequence[EnvironmentCandidate],
    *,
    floor: float,
) -> Shot:
    """The camera's movement with the subject's action and the scene's motions that go with it, each likely itself.

    floor: the probability from which on something is likely. subjects, environment: best first.
    """
    movement = best.move.movement
    static = movement is Movement.STATIC
    likely = [item for item in subjects if item.probability >= floor]
    return Shot(
        camera=best,
        subject=_subject(movement, likely),
        environment=() if family(movement) in _ALONE else _motions(best, environment, floor),
        duration_s=_STATIC_DURATION_S if static else DURATIONS_S[best.move.speed],
    )


def _subject(movement: Movement, likely: Sequence[SubjectCandidate]) -> SubjectCandidate | None:
    kind = family(movement)
    if kind in _ALONE:
        return None
    going = [item for item in likely if item.action in _TRAVELLING and item.heading * _way(movement) >= 0]
    staying = [item for item in likely if item.action not in _TRAVELLING]
    if kind is Family.TRACKING:
        # There is nothing to track unless it goes.
        return next(iter([*going, *staying]), None)
    fitting = staying if kind in _ABOUT else [item for item in likely if item in going or item in staying]
    return next(iter(fitting), None)


def _motions(
    best: CameraCandidate, environment: Sequence[EnvironmentCandidate], floor: float
) -> tuple[EnvironmentCandidate, ...]:
    most = _MOTIONS_STATIC if best.move.movement is Movement.STATIC else _MOTIONS[best.move.speed]
    kept: list[EnvironmentCandidate] = []
    for item in environment:
        same_place = any(item.region and item.region == other.region for other in kept)
        both_fall = item.motion in _FALLING and any(other.motion in _FALLING for other in kept)
        if item.probability >= floor and not same_place and not both_fall:
            kept.append(item)
    return tuple(kept[:most])


def _way(movement: Movement) -> int:
    """Which way the camera goes across the frame: -1 left, 1 right, 0 neither."""
    return {"left": -1, "right": 1}.get(movement.value.rsplit("_", 1)[-1], 0)
