"""The camera's path for every movement that one depth surface can show.

`about` is the subject: the place p of the frame that the movement goes to, circles or keeps, at inverse depth w. The
point itself is T = (p.x, p.y, 1) / w. Movements that would leave the still start half their way before it and end half
their way behind it, so that the border is needed least.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.movement import Family, Movement, family
from generator.core.order import Easing
from generator.core.render.easing import ease
from generator.core.render.pose import Poses, still_poses
from generator.core.render.sway import sway

Array = NDArray[np.float64]

_BURST_S: Final = 0.35
"""How long a whip pan or crash zoom takes: eight frames at 24 fps, the pace of the effect in films."""


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What the movement is about: a place of the frame in widths from its centre, and its inverse depth, above 0."""

    x: float = 0.0
    y: float = 0.0
    w: float = 0.6


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """A movement over a clip. amplitude: in the movement's unit; sway_rad: hand-like sway laid over it."""

    movement: Movement
    amplitude: float
    about: About
    easing: Easing
    sway_rad: float
    duration_s: float
    seed: int

    def at(self, t: Array) -> Poses:
        """The camera at the times t, 0..1 of the clip."""
        poses = _shape(self.movement)(self, self._progress(t))
        strength = self.sway_rad + (self.amplitude if self.movement is Movement.HANDHELD else 0.0)
        if strength == 0.0:
            return poses
        hand = sway(t, duration_s=self.duration_s, seed=self.seed)
        return replace(
            poses,
            pan=poses.pan + strength * hand.pan,
            tilt=poses.tilt + strength * hand.tilt,
            roll=poses.roll + strength * hand.roll,
            x=poses.x + strength * hand.right / self.about.w,
            y=poses.y + strength * hand.down / self.about.w,
        )

    def scaled(self, share: float) -> "Path":
        """The same path with all its ways, the sway's too, shortened to the share 0..1."""
        return replace(self, amplitude=self.amplitude * share, sway_rad=self.sway_rad * share)

    @property
    def still(self) -> bool:
        """Whether the camera does not move at all."""
        return self.sway_rad == 0.0 and (
            self.amplitude == 0.0 or family(self.movement) in (Family.STATIC, Family.RACK_FOCUS)
        )

    @property
    def sudden(self) -> bool:
        """Whether the movement is over in a moment, fast enough to smear."""
        return family(self.movement) in (Family.WHIP_PAN, Family.CRASH_ZOOM)

    def _progress(self, t: Array) -> Array:
        if not self.sudden:
            return ease(t, self.easing)
        share = min(0.5, _BURST_S / self.duration_s)
        if self.easing is Easing.LOOP:
            # There in the first third, back in the second.
            there = ease((t - 1 / 3) / share + 0.5, Easing.SMOOTH)
            return there - ease((t - 2 / 3) / share + 0.5, Easing.SMOOTH)
        return ease((t - 0.5) / share + 0.5, Easing.SMOOTH)


def _turn(path: Path, progress: Array, *, tilt: float = 0.0, pan: float = 0.0, roll: float = 0.0) -> Poses:
    way = path.amplitude * (progress - 0.5)
    return replace(still_poses(len(progress)), tilt=tilt * way, pan=pan * way, roll=roll * way)


def _travel(path: Path, progress: Array, *, right: float = 0.0, down: float = 0.0) -> Poses:
    way = path.amplitude * (progress - 0.5) / path.about.w
    return replace(still_poses(len(progress)), x=right * way, y=down * way)


def _advance(path: Path, progress: Array) -> Poses:
    """Towards the subject until it has grown by the amplitude; the line of sight keeps its direction."""
    z = _way_to_grow(path, progress)
    return replace(still_poses(len(progress)), x=z * path.about.x, y=z * path.about.y, z=z)


def _way_to_grow(path: Path, progress: Array) -> Array:
    return (1.0 - 1.0 / (1.0 + path.amplitude * progress)) / path.about.w


def _lengthen(path: Path, progress: Array) -> Poses:
    return _zoomed(still_poses(len(progress)), 1.0 + path.amplitude * progress, path.about)


def _vertigo(path: Path, progress: Array) -> Poses:
    z = _way_to_grow(path, progress)
    # The subject is nearer by 1 - z w; a lens as much shorter keeps its size.
    return _zoomed(_advance(path, progress), 1.0 - z * path.about.w, path.about)


def _zoomed(poses: Poses, focal: Array, about: About) -> Poses:
    """Poses with another focal length, whose zoom leaves the subject's place in the frame where it is."""
    return replace(poses, focal=focal, shift_x=about.x * (1.0 - 1.0 / focal), shift_y=about.y * (1.0 - 1.0 / focal))


def _circle(path: Path, progress: Array, *, pan: float = 0.0, tilt: float = 0.0) -> Poses:
    """Around the subject, with the camera turning as it travels so that the subject stays in place: C = T - R T."""
    turned = _turn(path, progress, pan=pan, tilt=tilt)
    target = np.array([path.about.x, path.about.y, 1.0]) / path.about.w
    place = target - turned.rotation() @ target
    return replace(turned, x=place[:, 0], y=place[:, 1], z=place[:, 2])


Shape = Callable[[Path, Array], Poses]

_SHAPES: Final[Mapping[Movement, Shape]] = {
    Movement.PAN_LEFT: lambda path, e: _turn(path, e, pan=-1),
    Movement.PAN_RIGHT: lambda path, e: _turn(path, e, pan=1),
    Movement.TILT_UP: lambda path, e: _turn(path, e, tilt=1),
    Movement.TILT_DOWN: lambda path, e: _turn(path, e, tilt=-1),
    Movement.ROLL_CLOCKWISE: lambda path, e: _turn(path, e, roll=1),
    Movement.ROLL_COUNTERCLOCKWISE: lambda path, e: _turn(path, e, roll=-1),
    Movement.ZOOM_IN: _lengthen,
    Movement.ZOOM_OUT: lambda path, e: _lengthen(path, 1.0 - e),
    Movement.DOLLY_IN: _advance,
    Movement.DOLLY_OUT: lambda path, e: _advance(path, 1.0 - e),
    Movement.TRUCK_LEFT: lambda path, e: _travel(path, e, right=-1),
    Movement.TRUCK_RIGHT: lambda path, e: _travel(path, e, right=1),
    Movement.PEDESTAL_UP: lambda path, e: _travel(path, e, down=-1),
    Movement.PEDESTAL_DOWN: lambda path, e: _travel(path, e, down=1),
    Movement.CRANE_UP: lambda path, e: _circle(path, e, tilt=-1),
    Movement.CRANE_DOWN: lambda path, e: _circle(path, e, tilt=1),
    Movement.ARC_CLOCKWISE: lambda path, e: _circle(path, e, pan=1),
    Movement.ARC_COUNTERCLOCKWISE: lambda path, e: _circle(path, e, pan=-1),
    Movement.DOLLY_ZOOM_IN: _vertigo,
    Movement.DOLLY_ZOOM_OUT: lambda path, e: _vertigo(path, 1.0 - e),
}

_STAND_INS: Final[Mapping[Movement, Movement]] = {
    Movement.TRACKING_LEFT: Movement.TRUCK_LEFT,
    Movement.TRACKING_RIGHT: Movement.TRUCK_RIGHT,
    Movement.TRACKING_LEAD: Movement.DOLLY_OUT,
    Movement.TRACKING_TAIL: Movement.DOLLY_IN,
    Movement.TRACKING_ARC_CLOCKWISE: Movement.ARC_CLOCKWISE,
    Movement.TRACKING_ARC_COUNTERCLOCKWISE: Movement.ARC_COUNTERCLOCKWISE,
    # From above, forward is up in the frame: the ground passes downwards below the camera.
    Movement.TRACKING_AERIAL: Movement.PEDESTAL_UP,
    Movement.WHIP_PAN_LEFT: Movement.PAN_LEFT,
    Movement.WHIP_PAN_RIGHT: Movement.PAN_RIGHT,
    Movement.CRASH_ZOOM_IN: Movement.ZOOM_IN,
    Movement.CRASH_ZOOM_OUT: Movement.ZOOM_OUT,
}
"""The camera's own path where the movement's name says something about a travelling subject or about pace."""


def _shape(movement: Movement) -> Shape:
    return _SHAPES.get(_STAND_INS.get(movement, movement), lambda _, e: still_poses(len(e)))
