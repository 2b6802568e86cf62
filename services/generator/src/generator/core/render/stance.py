"""Where the camera stands to its subject, in numbers that add up: what movements that are made together share.

Each number is how far one movement has gone: turns and ways in its own unit, growths as logarithms. Adding the numbers
of several movements and turning the sum into a pose keeps what each movement promises: an arc that also pushes in is a
spiral with the subject in place, two growths multiply, and no sum of pan and tilt ever tips the horizon.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.camera import CameraPose
from generator.core.render.pose import Poses, still_poses

Array = NDArray[np.float64]

_STEEPEST: Final = 0.99
"""Sine of the steepest crane: straight above the subject there is no horizon any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What a movement is about: a place of the frame in widths from its centre, and its inverse depth, above 0.

    The place itself is (x, y, 1) / w. focus: the disparity of what stands there, 0 the farthest place of the depth map
    and 1 the nearest; a change of focus goes to it or comes from it.
    """

    x: float = 0.0
    y: float = 0.0
    w: float = 0.6
    focus: float = 0.5

    @property
    def focus_room(self) -> float:
        """How far focus can move between this place and the farther end of the depth map, 0.5..1."""
        return max(self.focus, 1.0 - self.focus)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Stances:
    """How far each movement has gone at n moments; every field has shape (n,).

    right, down: way across the line of sight in frame widths at the subject's distance. closer: natural logarithm of
    the subject's growth by travel. pan, tilt, roll: turns as in `Poses`. around: turn about the subject, clockwise
    from above; over: angle by which the camera has risen over it. longer: natural logarithm of the focal length.
    """

    right: Array
    down: Array
    closer: Array
    pan: Array
    tilt: Array
    roll: Array
    around: Array
    over: Array
    longer: Array

    def __add__(self, other: "Stances") -> "Stances":
        return Stances(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


def no_stances(count: int, **given: Array) -> Stances:
    """A camera that stays with the still for `count` moments, but for what is given."""
    return Stances(**{f.name: given.get(f.name, np.zeros(count)) for f in fields(Stances)})


def stance_of(pose: CameraPose, *, share: float = 1.0) -> tuple[float, ...]:
    """The numbers of a keyframe's pose in the order of Stances' fields, its ways shortened to the share 0..1."""
    return (
        pose.truck_right * share,
        -pose.pedestal_up * share,
        float(np.log1p(pose.dolly_in)) * share,
        pose.pan_right * share,
        pose.tilt_up * share,
        pose.roll_clockwise * share,
        pose.arc_clockwise * share,
        float(angle_over(np.array(pose.crane_up * share))),
        float(np.log1p(pose.zoom_in)) * share,
    )


def angle_over(way: Array) -> Array:
    """The angle at which a camera has risen by `way` in distances from its subject."""
    angle: Array = np.arcsin(np.clip(way, -_STEEPEST, _STEEPEST))
    return angle


def poses_of(groups: list[tuple[About, Stances]]) -> Poses:
    """The camera's poses: the sum of what it does about each place, one group at least, all of the same moments.

    About one place T the camera goes to T - d R T: by the growth 1 / d nearer, by the turn R around. Ways about
    several places are gone one after another.
    """
    about, total = groups[0]
    for _, more in groups[1:]:
        total = total + more
    count = len(total.pan)
    place = np.zeros((count, 3))
    focal, shift_x, shift_y = np.ones(count), np.zeros(count), np.zeros(count)
    for here, stances in groups:
        target = np.array([here.x, here.y, 1.0]) / here.w
        near = np.exp(-stances.closer)[:, None]
        place = target + near * _turned(stances, place - target)
        lens = np.exp(stances.longer)
        # A zoom leaves its place in the frame where it is.
        focal = focal * lens
        shift_x = shift_x / lens + here.x * (1.0 - 1.0 / lens)
        shift_y = shift_y / lens + here.y * (1.0 - 1.0 / lens)
    # Nearer, the same shift of the subject takes a shorter way.
    nearness = np.exp(-total.closer) / about.w
    aside = np.stack([total.right * nearness, total.down * nearness, np.zeros(count)], axis=-1)
    place = place + _turned(total, aside)
    return Poses(
        x=place[:, 0],
        y=place[:, 1],
        z=place[:, 2],
        tilt=total.tilt - total.over,
        pan=total.pan + total.around,
        roll=total.roll,
        focal=focal,
        shift_x=shift_x,
        shift_y=shift_y,
    )


def _turned(stances: Stances, places: Array) -> Array:
    """Places (n, 3) turned by the ways around and over, without the camera's own turns."""
    turn = still_poses(len(stances.pan))
    rotation = Poses(
        x=turn.x,
        y=turn.y,
        z=turn.z,
        tilt=-stances.over,
        pan=stances.around,
        roll=turn.roll,
        focal=turn.focal,
        shift_x=turn.shift_x,
        shift_y=turn.shift_y,
    ).rotation()
    turned: Array = np.einsum("nij,nj->ni", rotation, places)
    return turned
