"""One movement of the camera over its own span of the clip.

Movements that would leave the still start half their way before it and end half their way behind it, so that the border
is needed least.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.movement import Family, Movement, family
from generator.core.camera import Easing, Pace
from generator.core.render.easing import burst, ramp_way
from generator.core.render.pace import paced
from generator.core.render.stance import About, Stances, angle_over, no_stances

Array = NDArray[np.float64]

_BURST_S: Final = 0.35
"""How long a whip pan or crash zoom takes: eight frames at 24 fps, the pace of the effect in films."""

_MOST_BURST: Final = 0.5
"""A burst takes this share of the clip at most, so that there is a before and an after."""

_PEAKS: Final[Mapping[Family, float]] = MappingProxyType({Family.WHIP_PAN: 0.5, Family.CRASH_ZOOM: 0.14})
"""When in its burst a sudden movement is fastest: a whip in the middle, a crash zoom within its first 50 ms."""

_MIDDLE: Final = 0.5
"""Disparity from which something is near: focus then leaves it for what is farther, else for what is nearer."""

_FADE: Final = 0.15
"""Share of its span in which a hand-held camera that does not last the whole clip sets in, and calms down again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leg:
    """A movement with its amplitude in its own unit. start, end: its span, 0..1 of the clip, None where not stated."""

    movement: Movement
    amplitude: float
    about: About
    pace: Pace = Easing.SMOOTH
    start: float | None = None
    end: float | None = None
    sway_rad: float = 0.0

    def scaled(self, share: float) -> "Leg":
        """The same movement with all its ways, the sway's too, shortened to the share 0..1; a change of focus stays."""
        kept = family(self.movement) is Family.RACK_FOCUS
        return replace(self, amplitude=self.amplitude * (1.0 if kept else share), sway_rad=self.sway_rad * share)

    @property
    def sudden(self) -> bool:
        """Whether the movement is over in a moment."""
        return family(self.movement) in _PEAKS

    @property
    def even(self) -> bool:
        """Whether the movement takes all of the clip's time, gently."""
        return not self.sudden and self.start is None and self.end is None and self.pace in _GENTLE

    @property
    def still(self) -> bool:
        """Whether the camera does not move at all; a lens that refocuses does not move it."""
        return self.sway_rad == 0.0 and (
            self.amplitude == 0.0 or family(self.movement) in (Family.STATIC, Family.RACK_FOCUS)
        )

    def stances(self, t: Array, *, duration_s: float) -> Stances:
        """How far the movement has gone at the clock's times t, 0..1, of a clip of duration_s."""
        shape = _SHAPES.get(_STAND_INS.get(self.movement, self.movement))
        return no_stances(len(t)) if shape is None else shape(self, self.progress(t, duration_s=duration_s))

    def refocus(self, t: Array, *, duration_s: float) -> Array:
        """The disparity in focus at the times t, 0 far to 1 near, of a leg that changes focus.

        One end of the way is what the movement is about, the other lies beyond it or before it, where there is room.
        """
        focus = self.about.focus
        far, near = (focus - self.amplitude, focus) if focus >= _MIDDLE else (focus, focus + self.amplitude)
        progress = self.progress(t, duration_s=duration_s)
        if self.movement is Movement.RACK_FOCUS_NEAR_TO_FAR:
            progress = 1.0 - progress
        return far + (near - far) * progress

    def sway(self, t: Array) -> Array:
        """Strength of the sway at the times t, in radians."""
        strength = self.sway_rad + (self.amplitude if self.movement is Movement.HANDHELD else 0.0)
        present = np.ones(len(t))
        if self.start is not None or self.end is not None:
            start, end = self._span()
            fade = _FADE * (end - start)
            # From 0 to the full strength as a ramp's speed goes, by a way that is twice continuously differentiable.
            for near in (t - start, end - t):
                present = present * 2.0 * ramp_way(np.clip(near / fade, 0.0, 1.0))
        return strength * present

    def progress(self, t: Array, *, duration_s: float) -> Array:
        """The share of the way that is made at the times t."""
        start, end = self._span()
        if not self.sudden:
            return paced((t - start) / (end - start), self.pace)
        if self.start is None and self.end is None:
            share = min(_MOST_BURST, _BURST_S / duration_s)
            if self.pace is Easing.LOOP:
                # There in the first third, back in the second.
                return self._burst((t - 1 / 3) / share + 0.5) - self._burst((t - 2 / 3) / share + 0.5)
            start, end = 0.5 - share / 2, 0.5 + share / 2
        return self._burst((t - start) / (end - start))

    def _burst(self, t: Array) -> Array:
        if self.pace in (Easing.SMOOTH, Easing.LOOP):
            return burst(t, peak=_PEAKS[family(self.movement)])
        return paced(t, self.pace)

    def _span(self) -> tuple[float, float]:
        return (0.0 if self.start is None else self.start, 1.0 if self.end is None else self.end)


_GENTLE: Final = frozenset({Easing.LINEAR, Easing.SMOOTH, Easing.IN, Easing.OUT, Easing.LOOP})

Shape = Callable[[Leg, Array], Stances]


def _way(leg: Leg, progress: Array) -> Array:
    return leg.amplitude * (progress - 0.5)


def _shape(name: str, sign: int) -> Shape:
    """A movement that goes half its way before the still and half behind it."""
    return lambda leg, e: no_stances(len(e), **{name: sign * _way(leg, e)})


def _craned(sign: int) -> Shape:
    return lambda leg, e: no_stances(len(e), over=sign * angle_over(_way(leg, e)))


def _grown(leg: Leg, progress: Array) -> Array:
    grown: Array = np.log1p(leg.amplitude * progress)
    return grown


def _followed(leg: Leg, progress: Array) -> Array:
    """Growth by a way that is given in widths at the subject's distance, which is the unit of tracking."""
    followed: Array = -np.log1p(-leg.amplitude * progress)
    return followed


def _vertigo(leg: Leg, progress: Array) -> Stances:
    grown = _grown(leg, progress)
    return no_stances(len(progress), closer=grown, longer=-grown)


_SHAPES: Final[Mapping[Movement, Shape]] = MappingProxyType(
    {
        Movement.PAN_LEFT: _shape("pan", -1),
        Movement.PAN_RIGHT: _shape("pan", 1),
        Movement.TILT_UP: _shape("tilt", 1),
        Movement.TILT_DOWN: _shape("tilt", -1),
        Movement.ROLL_CLOCKWISE: _shape("roll", 1),
        Movement.ROLL_COUNTERCLOCKWISE: _shape("roll", -1),
        Movement.ZOOM_IN: lambda leg, e: no_stances(len(e), longer=_grown(leg, e)),
        Movement.ZOOM_OUT: lambda leg, e: no_stances(len(e), longer=_grown(leg, 1.0 - e)),
        Movement.DOLLY_IN: lambda leg, e: no_stances(len(e), closer=_grown(leg, e)),
        Movement.DOLLY_OUT: lambda leg, e: no_stances(len(e), closer=_grown(leg, 1.0 - e)),
        Movement.TRUCK_LEFT: _shape("right", -1),
        Movement.TRUCK_RIGHT: _shape("right", 1),
        Movement.PEDESTAL_UP: _shape("down", -1),
        Movement.PEDESTAL_DOWN: _shape("down", 1),
        Movement.CRANE_UP: _craned(1),
        Movement.CRANE_DOWN: _craned(-1),
        Movement.ARC_CLOCKWISE: _shape("around", 1),
        Movement.ARC_COUNTERCLOCKWISE: _shape("around", -1),
        Movement.DOLLY_ZOOM_IN: _vertigo,
        Movement.DOLLY_ZOOM_OUT: lambda leg, e: _vertigo(leg, 1.0 - e),
        Movement.TRACKING_LEAD: lambda leg, e: no_stances(len(e), closer=_followed(leg, 1.0 - e)),
        Movement.TRACKING_TAIL: lambda leg, e: no_stances(len(e), closer=_followed(leg, e)),
    }
)

_STAND_INS: Final[Mapping[Movement, Movement]] = MappingProxyType(
    {
        Movement.TRACKING_LEFT: Movement.TRUCK_LEFT,
        Movement.TRACKING_RIGHT: Movement.TRUCK_RIGHT,
        Movement.TRACKING_ARC_CLOCKWISE: Movement.ARC_CLOCKWISE,
        Movement.TRACKING_ARC_COUNTERCLOCKWISE: Movement.ARC_COUNTERCLOCKWISE,
        # From above, forward is up in the frame: the ground passes downwards below the camera.
        Movement.TRACKING_AERIAL: Movement.PEDESTAL_UP,
        Movement.WHIP_PAN_LEFT: Movement.PAN_LEFT,
        Movement.WHIP_PAN_RIGHT: Movement.PAN_RIGHT,
        Movement.CRASH_ZOOM_IN: Movement.ZOOM_IN,
        Movement.CRASH_ZOOM_OUT: Movement.ZOOM_OUT,
    }
)
"""The camera's own path where the movement's name says something about a travelling subject or about pace."""
