"""Rain, snow and dust between the camera and the scene: many small bodies, the nearer the larger and the quicker.

Each body lives for a stretch of its way, fades in and out, and begins anew elsewhere; its whole life repeats with the
clip where the clip loops. What is quick leaves a streak as long as the shutter is open.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.order import EnvironmentMotion
from generator.core.profile import Profile
from generator.core.render.environment.clock import Clock
from generator.core.render.environment.contract import Plane, YuvPlanes
from generator.core.render.environment.natural import Figures

_SHUTTER: Final = 0.5
"""Share of a frame's time during which it is exposed: a film camera's 180 degree shutter."""
_SHIFT: Final = 4
"""Bits after the point of a drawn coordinate."""
_LIVES: Final = 64
"""Different lives of a body in a clip that does not loop; none is so long that it has more."""
_LEVELS: Final = 5
"""Steps of opacity that are drawn; a step is below what the eye tells on so small a body."""
_SOFT_PX: Final = 3
"""Bodies from this width on are near the camera and out of focus."""
_WHITE: Final = 235
_GREY: Final = 128

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kind:
    """What falls or floats.

    count: bodies in a square frame at full intensity. size: least and largest width in frame widths. pace: speed of
    the farthest and nearest over the mean. fade: share of a life for fading in, and again for fading out. swing:
    sideways swing in frame widths. opacity: of the far and the near ones. stretch: how far one life goes, in frame
    heights.
    """

    count: int
    size: tuple[float, float]
    pace: tuple[float, float]
    fade: float
    swing: float
    opacity: tuple[float, float]
    stretch: float


_KINDS: Final = {
    EnvironmentMotion.RAIN: Kind(900, (0.0006, 0.0022), (0.88, 1.14), 0.04, 0.0, (0.26, 0.20), 1.2),
    EnvironmentMotion.SNOW: Kind(750, (0.0012, 0.0085), (0.75, 1.45), 0.12, 0.008, (0.80, 0.55), 1.0),
    EnvironmentMotion.DUST: Kind(170, (0.0010, 0.0060), (0.70, 1.50), 0.30, 0.012, (0.40, 0.16), 0.5),
}


class Weather:
    """Bodies over frames of one size; an Overlay. Holds buffers: one thread at a time."""

    def __init__(
        self, motion: EnvironmentMotion, figures: Figures, profile: Profile, clock: Clock, source: np.random.Generator
    ) -> None:
        kind = _KINDS[motion]
        self._kind, self._clock = kind, clock
        self._width, self._height = profile.width_px, profile.height_px
        side = float(min(profile.width_px, profile.height_px))
        stretch = kind.stretch * self._height
        area = self._width * self._height / (side * side)
        density = 0.35 + 0.65 * figures.strength
        way = figures.speed * self._width * clock.span_s
        count = round(kind.count * density * area * (1.0 + min(stretch, way) / self._height))
        depth = np.sort(source.random(count))
        pace = kind.pace[0] + (kind.pace[1] - kind.pace[0]) * depth
        pace *= source.uniform(0.96, 1.04, count) / pace.mean()
        self._way = way * pace
        lives = np.maximum(
            1.0 if clock.loop else 0.0, np.rint(self._way / stretch) if clock.loop else self._way / stretch
        )
        self._lives = np.maximum(lives, 1e-3)
        self._stretch = self._way / self._lives
        self._begin = source.random(count)
        self._right, self._down = figures.right, figures.down
        if motion is EnvironmentMotion.DUST:
            # Air turns: each mote has its own way about the common one.
            turned = np.arctan2(figures.down, figures.right) + source.normal(0.0, 0.7, count)
            self._right, self._down = np.cos(turned), np.sin(turned)
        self._from_x, self._from_y = source.random((2, _LIVES, count))
        self._swing = kind.swing * self._width * source.uniform(0.4, 1.0, count)
        rate = figures.frequency_hz or 0.4
        turns = np.array([clock.turns(rate * factor) for factor in source.uniform(0.6, 1.5, count)])
        self._turns, self._phase = turns, source.random(count)
        size = kind.size[0] + (kind.size[1] - kind.size[0]) * depth**4
        self._thick = np.maximum(1, np.rint(size * self._width)).astype(np.int32)
        self._blurred = self._thick >= _SOFT_PX
        opacity = kind.opacity[0] + (kind.opacity[1] - kind.opacity[0]) * depth
        self._opacity = opacity * source.uniform(0.6, 1.0, count) * (0.7 + 0.3 * figures.strength)
        self._exposure = _SHUTTER / profile.fps / clock.span_s
        self._veil = np.empty((self._height, self._width), np.uint8)
        self._soft = np.empty((self._height // 2, self._width // 2), np.uint8)
        self._blur = max(0.8, 0.0017 * self._width / 2)

    def over(self, t: float, planes: YuvPlanes) -> None:
        """Draws the bodies as they are at t, in place."""
        moment = self._clock.moment(t)
        heads, shown = self._places(moment)
        tails = heads - np.stack([self._right * self._way, self._down * self._way], -1) * self._exposure
        self._veil[:] = 0
        self._soft[:] = 0
        sharp = ~self._blurred
        self._draw(self._veil, heads[sharp], tails[sharp], shown[sharp], self._thick[sharp])
        near = self._blurred
        self._draw(self._soft, heads[near] / 2, tails[near] / 2, shown[near], np.maximum(1, self._thick[near] // 2))
        if near.any():
            cv2.GaussianBlur(self._soft, (0, 0), self._blur, dst=self._soft)
            wide = cv2.resize(self._soft, (self._width, self._height), interpolation=cv2.INTER_LINEAR)
            cv2.max(self._veil, wide, dst=self._veil)
        _mix(planes.y, self._veil, _WHITE)
        size = (self._width // 2, self._height // 2)
        half = np.asarray(cv2.resize(self._veil, size, interpolation=cv2.INTER_AREA), np.uint8)
        _mix(planes.u, half, _GREY)
        _mix(planes.v, half, _GREY)

    def _places(self, moment: float) -> tuple[Array, Array]:
        """Where each body is, (n, 2) in pixels, and how far it shows, (n,) 0..1."""
        lived = self._lives * moment + self._begin
        life = np.floor(lived)
        share = lived - life
        # In a loop the last life is the first one again.
        index = np.mod(life, np.minimum(self._lives, _LIVES) if self._clock.loop else _LIVES).astype(int)
        bodies = np.arange(len(share))
        reach_x, reach_y = self._stretch * self._right, self._stretch * self._down
        x = _start(self._from_x[index, bodies], reach_x, self._width) + reach_x * share
        y = _start(self._from_y[index, bodies], reach_y, self._height) + reach_y * share
        x += self._swing * np.sin(2 * np.pi * (np.mod(self._turns * moment, 1.0) + self._phase))
        fade = self._kind.fade
        shown = np.clip(np.minimum(share, 1.0 - share) / fade, 0.0, 1.0) * self._opacity
        return np.stack([x, y], -1), shown

    @staticmethod
    def _draw(onto: Plane, heads: Array, tails: Array, shown: Array, thick: NDArray[np.int32]) -> None:
        # All bodies of one width and opacity are drawn by one call.
        level = np.ceil(shown * 2 * _LEVELS).astype(np.int32)
        seen = np.flatnonzero(level)
        kind = thick[seen] * (2 * _LEVELS + 1) + level[seen]
        seen = seen[np.argsort(kind, kind="stable")]
        lines = np.rint(np.stack([heads[seen], tails[seen]], 1) * (1 << _SHIFT)).astype(np.int32)
        kind.sort()
        ends = [*(np.flatnonzero(np.diff(kind)) + 1).tolist(), len(kind)]
        for first, last in pairwise([0, *ends]):
            if first < last:
                width, step = divmod(int(kind[first]), 2 * _LEVELS + 1)
                colour = round(255 * (step - 0.5) / (2 * _LEVELS))
                cv2.polylines(onto, list(lines[first:last]), False, colour, width, cv2.LINE_AA, _SHIFT)


def _start(place: Array, reach: Array, length: int) -> Array:
    """Where a life begins, so that all of the frame is filled alike: up to one stretch outside it."""
    return np.where(reach >= 0, place * (length + reach) - reach, place * (length - reach))


def _mix(plane: Plane, veil: Plane, towards: int) -> None:
    """Moves a plane towards a value by the veil's share, in place."""
    rest = cv2.multiply(plane, cv2.bitwise_not(veil), scale=1 / 255)
    front = cv2.convertScaleAbs(veil, alpha=towards / 255)
    cv2.add(rest, front, dst=plane)
