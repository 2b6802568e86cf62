"""The camera's path over a clip: one movement, or several and a path by keyframes at once."""

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.movement import Family, Movement, family
from generator.core.camera import Easing, Keyframe, Pace
from generator.core.render.flow import Flow
from generator.core.render.leg import Leg
from generator.core.render.pace import paced
from generator.core.render.pose import Poses
from generator.core.render.stance import About, Stances, poses_of, stance_of
from generator.core.render.sway import sway

Array = NDArray[np.float64]

__all__ = ["About", "Path"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """A movement over a clip, and what is made at the same time.

    amplitude: in the movement's unit. about: what it is about. sway_rad: hand-like sway laid over it. start, end: its
    span, shares of the clip; None where not stated. pace: drawn by hand, in place of the easing. together: more
    movements. keyframes: a path on top, about the first movement's place, none or two at least. share: of the
    keyframes' ways that is made. clock: the pace of all of that; None is even. there_and_back: played forwards in the
    clip's first half and backwards in its second.
    """

    movement: Movement
    amplitude: float
    about: About
    easing: Easing
    sway_rad: float
    duration_s: float
    seed: int
    start: float | None = None
    end: float | None = None
    pace: Pace | None = None
    together: tuple[Leg, ...] = ()
    keyframes: tuple[Keyframe, ...] = ()
    share: float = 1.0
    clock: Pace | None = None
    there_and_back: bool = False

    def at(self, t: Array) -> Poses:
        """The camera at the times t, 0..1 of the clip."""
        clock = self._clock(t)
        groups: dict[About, Stances] = {}
        for leg in self.legs():
            made = leg.stances(clock, duration_s=self.duration_s)
            groups[leg.about] = groups[leg.about] + made if leg.about in groups else made
        if self.keyframes:
            groups[self.about] = groups[self.about] + self._keyed(t)
        return self._swayed(poses_of(list(groups.items())), t)

    def focus(self, t: Array) -> Array | None:
        """The disparity in focus at the times t, 0 far to 1 near; None where all of the picture is in focus."""
        given = [key.pose.focus for key in self.keyframes]
        first = next((focus for focus in given if focus is not None), None)
        racks = [leg for leg in self.legs() if family(leg.movement) is Family.RACK_FOCUS]
        if first is None and not racks:
            return None
        focus = np.full(len(t), 0.5)
        if first is not None:
            kept = []
            for value in given:
                first = first if value is None else value
                kept.append((first,))
            focus = self._through(tuple(kept)).at(self._key_clock(t))[:, 0]
        for leg in racks:
            focus = focus + leg.refocus(self._clock(t), duration_s=self.duration_s) - 0.5
        limited: Array = np.clip(focus, 0.0, 1.0)
        return limited

    def scaled(self, share: float) -> "Path":
        """The same path with all its ways, the sway's too, shortened to the share 0..1. Focus and times stay."""
        own = self.legs()[0].scaled(share)
        return replace(
            self,
            amplitude=own.amplitude,
            sway_rad=own.sway_rad,
            together=tuple(leg.scaled(share) for leg in self.together),
            share=self.share * share,
        )

    def legs(self) -> tuple[Leg, ...]:
        """All movements, the one that the path is named after first."""
        own = Leg(
            movement=self.movement,
            amplitude=self.amplitude,
            about=self.about,
            pace=self.easing if self.pace is None else self.pace,
            start=self.start,
            end=self.end,
            sway_rad=self.sway_rad,
        )
        return (own, *self.together)

    @property
    def still(self) -> bool:
        """Whether the camera does not move at all; its lens may refocus."""
        unmoved = all(stance_of(key.pose, share=self.share) == _AT_REST for key in self.keyframes)
        return unmoved and all(leg.still for leg in self.legs())

    @property
    def sudden(self) -> bool:
        """Whether something happens so quickly that a few moments of the clip do not tell the whole path."""
        plain = self.clock is None and not self.keyframes and not self.there_and_back
        return not (plain and all(leg.even for leg in self.legs()))

    @property
    def follows(self) -> bool:
        """Whether the subject goes along with the camera, so that its travel passes the subject by."""
        return any(leg.movement in _FOLLOWING for leg in self.legs())

    def _clock(self, t: Array) -> Array:
        t = 1.0 - np.abs(1.0 - 2.0 * t) if self.there_and_back else t
        return t if self.clock is None else paced(t, self.clock)

    def _key_clock(self, t: Array) -> Array:
        if not self._closed:
            return self._clock(t)
        return t if self.clock is None else paced(t, self.clock)

    @property
    def _closed(self) -> bool:
        """Whether the keyframes end where they began, so that a loop goes round instead of back."""
        if not self.keyframes:
            return False
        first, last = self.keyframes[0].pose, self.keyframes[-1].pose
        return self.there_and_back and replace(first, focus=None) == replace(last, focus=None)

    def _keyed(self, t: Array) -> Stances:
        rows = self._through(tuple(stance_of(key.pose, share=self.share) for key in self.keyframes)).at(
            self._key_clock(t)
        )
        return Stances(**{field.name: rows[:, index] for index, field in enumerate(fields(Stances))})

    def _through(self, places: tuple[tuple[float, ...], ...]) -> Flow:
        return Flow(
            times=tuple(key.time for key in self.keyframes),
            places=places,
            paces=tuple(key.pace for key in self.keyframes),
            closed=self._closed,
        )

    def _swayed(self, poses: Poses, t: Array) -> Poses:
        strength = np.zeros(len(t))
        for leg in self.legs():
            strength = strength + leg.sway(self._clock(t))
        if not strength.any():
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


_FOLLOWING: Final = frozenset(
    {
        Movement.TRACKING_LEFT,
        Movement.TRACKING_RIGHT,
        Movement.TRACKING_LEAD,
        Movement.TRACKING_TAIL,
        Movement.TRACKING_AERIAL,
    }
)
"""Tracking by travel alone; an arc keeps its subject in place by itself."""

_AT_REST: Final = (0.0,) * len(fields(Stances))
