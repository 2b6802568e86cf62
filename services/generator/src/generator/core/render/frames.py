"""The frames of a shot, one after another, in one buffer."""

from collections.abc import Callable, Iterator
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.movement import Family, Movement, family
from generator.core.motion_check import Cancelled
from generator.core.render.easing import ease
from generator.core.render.focus import FocusStack
from generator.core.render.path import Path
from generator.core.render.scenery import disparity_over
from generator.core.render.shot import Shot
from generator.core.render.warp import Planes, Warp, new_planes

_SHUTTER: Final = 0.5
"""Share of a frame's time during which it is exposed: a film camera's 180 degree shutter."""

_SMEAR_PX: Final = 6.0
"""Moments of one exposure lie at most this far apart on the picture, so that a smear shows no copies."""

_MOST_MOMENTS: Final = 12


class Frames:
    """Renders a shot. Holds buffers for one frame and for strips of maps: one thread at a time."""

    def __init__(self, shot: Shot) -> None:
        self._shot = shot
        profile = shot.profile
        self._warp = Warp(
            shot.scenery.canvas,
            shot.scenery.surface,
            width_px=profile.width_px,
            height_px=profile.height_px,
            cover=shot.cover.zoom,
        )
        self._planes = new_planes(profile.width_px, profile.height_px)
        self._times = shot.times()

    def all(self, *, cancelled: Callable[[], bool]) -> Iterator[NDArray[np.uint8]]:
        """Every frame in order, (H * 3 / 2, W) uint8 planar YUV 4:2:0; the array is overwritten by the next one.

        Raises Cancelled before the next frame once `cancelled` is true.
        """
        render = self._focused() if family(self._shot.path.movement) is Family.RACK_FOCUS else self._moved()
        for _ in range(self._shot.profile.frames):
            if cancelled():
                raise Cancelled
            yield next(render).whole

    def only(self, index: int) -> NDArray[np.uint8]:
        """The frame at index alone; a new array."""
        if family(self._shot.path.movement) is Family.RACK_FOCUS:
            stack = self._stack()
            stack.render(self._focus_at(self._times)[index], self._planes)
        else:
            self._warp.render(self._shot.path.at(self._times[index : index + 1]), self._planes)
        return self._planes.whole.copy()

    def places(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Canvas pixels x and y that a coarse grid over the frame at index shows, with a margin of one cell."""
        return self._warp.places(self._shot.path.at(self._times[index : index + 1]))

    def _moved(self) -> Iterator[Planes]:
        path = self._shot.path
        if path.still:
            self._warp.render(path.at(self._times[:1]), self._planes)
            while True:
                yield self._planes
        if path.sudden:
            yield from self._smeared(path)
            return
        poses = path.at(self._times)
        for index in range(len(self._times)):
            self._warp.render(poses.moment(index), self._planes)
            yield self._planes

    def _smeared(self, path: Path) -> Iterator[Planes]:
        """Frames of a sudden movement: the mean of as many moments of the exposure as the smear needs."""
        width = self._shot.profile.width_px
        step = self._times[1] - self._times[0]
        extra = new_planes(width, self._shot.profile.height_px)
        for time in self._times:
            open_close = np.clip(np.array([time, time + _SHUTTER * step]), 0.0, 1.0)
            grids = [self._warp.places(path.at(open_close[k : k + 1])) for k in (0, 1)]
            moved = max(float(np.abs(grids[1][axis] - grids[0][axis]).max()) for axis in (0, 1))
            count = min(_MOST_MOMENTS, 1 + int(moved / _SMEAR_PX))
            moments = path.at(np.linspace(open_close[0], open_close[1], count) if count > 1 else open_close[:1])
            self._warp.render(moments.moment(0), self._planes)
            for index in range(1, count):
                self._warp.render(moments.moment(index), extra)
                # A running mean in place: after the k-th moment each of the k counts alike.
                part = 1.0 / (index + 1)
                cv2.addWeighted(extra.whole, part, self._planes.whole, 1.0 - part, 0.0, dst=self._planes.whole)
            yield self._planes

    def _focused(self) -> Iterator[Planes]:
        stack = self._stack()
        for focus in self._focus_at(self._times):
            stack.render(float(focus), self._planes)
            yield self._planes

    def _stack(self) -> FocusStack:
        profile, scenery = self._shot.profile, self._shot.scenery
        pose = self._shot.path.at(self._times[:1])
        sharp = new_planes(profile.width_px, profile.height_px)
        self._warp.render(pose, sharp)
        x = (np.arange(profile.width_px) + 0.5 - profile.width_px / 2) / profile.width_px
        y = (np.arange(profile.height_px) + 0.5 - profile.height_px / 2) / profile.width_px
        zoom = scenery.canvas.scale / self._shot.cover.zoom
        at_x, at_y = np.meshgrid(
            (x * zoom + scenery.canvas.centre_x - 0.5).astype(np.float32),
            (y * zoom + scenery.canvas.centre_y - 0.5).astype(np.float32),
        )
        return FocusStack(sharp, disparity_over(scenery, at_x, at_y))

    def _focus_at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        path = self._shot.path
        way = path.amplitude * (ease(times, path.easing) - 0.5)
        to_far = path.movement is Movement.RACK_FOCUS_NEAR_TO_FAR
        return 0.5 - way if to_far else 0.5 + way
