"""The frames of a shot, one after another, in one buffer."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.motion_check import Cancelled
from generator.core.render.focus import FocusStack, shades_of
from generator.core.render.layers_alive import Alive
from generator.core.render.scenery import Scenery, disparity_over
from generator.core.render.shot import Shot
from generator.core.render.shutter import Exposure
from generator.core.render.side_by_side import ALONE, Hands
from generator.core.render.warp import Planes, Warp, new_planes

_STRIP_PX: Final = 64
"""Rows whose places are worked out at a time."""

Map = NDArray[np.float32]
Plane = NDArray[np.uint8]


class Frames:
    """Renders a shot. Holds buffers for one frame and for strips of maps: one thread at a time.

    What moves on the still by itself rests while the lens refocuses. hands: who draws; they change nothing of it.
    """

    def __init__(self, shot: Shot, *, hands: Hands = ALONE) -> None:
        self._shot = shot
        self._hands = hands
        self._times = shot.times()
        self._focus = shot.path.focus(self._times)
        self._restless = shot.environment.restless if self._focus is None else None
        self._overlay = shot.environment.overlay
        refocused = self._focus is not None and not shot.path.still
        self._alive: Alive | None = None
        if self._restless is not None or refocused:
            self._alive = Alive(shot.scenery.canvas, shot.layers)
        layers = shot.layers if self._alive is None else self._alive.layers
        profile = shot.profile
        self._warp = Warp(layers, width_px=profile.width_px, height_px=profile.height_px, cover=shot.cover.zoom)
        # All moments at once: a path costs as much for one as for a hundred.
        self._sights = self._warp.sights(shot.path.at(np.array([t for moments in shot.exposures for t in moments])))
        self._first = np.cumsum([0, *(len(moments) for moments in shot.exposures)]).tolist()
        self._planes = new_planes(profile.width_px, profile.height_px)
        self._exposure: Exposure | None = None
        self._lens: FocusStack | None = None
        self._unmoved: Plane | None = None

    def all(self, *, cancelled: Callable[[], bool]) -> Iterator[Plane]:
        """Every frame in order, (H * 3 / 2, W) uint8 planar YUV 4:2:0; the array is overwritten by the next one.

        Raises Cancelled before the next frame once `cancelled` is true.
        """
        for index in range(self._shot.profile.frames):
            if cancelled():
                raise Cancelled
            yield self._frame(index)

    def only(self, index: int) -> Plane:
        """The frame at index alone, as the clip has it; a new array."""
        return self._frame(index).copy()

    def places(self, index: int) -> list[tuple[Map, Map]]:
        """For each layer the canvas pixels x and y that a coarse grid over the frame at index shows.

        The grid has a margin of one cell.
        """
        return self._warp.places(self._shot.path.at(self._times[index : index + 1]))

    def seen(self, index: int) -> tuple[Map, Map, Map]:
        """Canvas pixels x and y and the inverse depth of what is foremost in that grid."""
        return self._warp.seen(self._shot.path.at(self._times[index : index + 1]))

    def _frame(self, index: int) -> Plane:
        time = float(self._times[index])
        if self._focus is not None:
            self._refocus(float(self._focus[index]))
        elif self._restless is not None and self._alive is not None:
            self._restless.paint(time, self._alive.canvas)
            self._alive.follow((patch.rows, patch.columns) for patch in self._restless.patches)
        if self._focus is None or self._alive is not None:
            self._expose(index)
        if self._overlay is not None:
            self._overlay.over(time, self._planes)
        return self._planes.whole

    def _expose(self, index: int) -> None:
        """Fills the frame with what the camera sees; once for all frames when nothing moves."""
        if not self._shot.path.still or self._alive is not None:
            self._see(index)
        elif self._unmoved is None:
            self._see(index)
            self._unmoved = self._planes.whole.copy()
        elif self._overlay is not None:
            np.copyto(self._planes.whole, self._unmoved)

    def _see(self, index: int) -> None:
        """Fills the frame with the mean of what is seen while its shutter is open."""
        first, last = self._first[index], self._first[index + 1]
        if last - first == 1:
            self._warp.show(self._sights[first], self._planes, hands=self._hands)
            return
        if self._exposure is None:
            self._exposure = Exposure(self._planes.whole.shape)
        for moment in range(first, last):
            self._warp.show(self._sights[moment], self._planes, hands=self._hands)
            self._exposure.add(self._planes.whole)
        self._exposure.take(self._planes.whole)

    def _refocus(self, focus: float) -> None:
        """Sharpens what lies at a disparity: on the canvas when the camera moves, else in the frame."""
        scenery = self._shot.scenery
        if self._alive is not None:
            if self._lens is None:
                self._lens = _canvas_lens(scenery)
            self._lens.render(focus, self._alive.canvas)
            self._alive.follow([self._alive.everything()])
            return
        if self._lens is None:
            self._lens = self._frame_lens()
        self._lens.render(focus, self._planes)

    def _frame_lens(self) -> FocusStack:
        profile, scenery = self._shot.profile, self._shot.scenery
        pose = self._shot.path.at(self._times[:1])
        sharp = new_planes(profile.width_px, profile.height_px)
        self._warp.render(pose, sharp)
        x = (np.arange(profile.width_px) + 0.5 - profile.width_px / 2) / profile.width_px
        y = (np.arange(profile.height_px) + 0.5 - profile.height_px / 2) / profile.width_px
        zoom = scenery.canvas.scale / self._shot.cover.zoom
        return FocusStack(
            sharp,
            _shades(scenery, x * zoom + scenery.canvas.centre_x - 0.5, y * zoom + scenery.canvas.centre_y - 0.5),
        )


def _canvas_lens(scenery: Scenery) -> FocusStack:
    height, width = scenery.canvas.y.shape
    shades = _shades(scenery, np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
    canvas = scenery.canvas
    sharp = Planes(whole=canvas.y, y=canvas.y, u=canvas.u, v=canvas.v)
    return FocusStack(sharp, shades, frame_px=canvas.scale)


def _shades(scenery: Scenery, x: NDArray[np.float64], y: NDArray[np.float64]) -> Plane:
    """The disparity at all pairs of canvas pixels x and y, (len(y), len(x)), as a lens takes it."""
    shades = np.empty((len(y), len(x)), np.uint8)
    # In strips: the places alone would take eight times what they tell.
    for first in range(0, len(y), _STRIP_PX):
        at_x, at_y = np.meshgrid(x.astype(np.float32), y[first : first + _STRIP_PX].astype(np.float32))
        shades[first : first + _STRIP_PX] = shades_of(disparity_over(scenery, at_x, at_y))
    return shades
