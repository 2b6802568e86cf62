"""What the environment offers to whoever makes frames: a still that moves in itself, and a layer over the frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from generator.core.order import EnvironmentMotion

Plane = NDArray[np.uint8]
Map = NDArray[np.float32]


class YuvPlanes(Protocol):
    """Planar YUV 4:2:0, BT.709 limited range: y (H, W), u and v (H/2, W/2), uint8, H and W even."""

    @property
    def y(self) -> Plane:
        """Luma."""
        ...

    @property
    def u(self) -> Plane:
        """Blue difference."""
        ...

    @property
    def v(self) -> Plane:
        """Red difference."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CanvasPlanes:
    """A canvas's planes to be painted into; see YuvPlanes."""

    y: Plane
    u: Plane
    v: Plane

    @classmethod
    def copy_of(cls, canvas: YuvPlanes) -> "CanvasPlanes":
        """New planes with the canvas's content."""
        return cls(y=canvas.y.copy(), u=canvas.u.copy(), v=canvas.v.copy())


class Spot(Protocol):
    """A rectangle of the canvas in which a material moves: rows and columns, on even pixels.

    mask: (h, w) uint8, how far the material shows.
    """

    rows: slice
    columns: slice
    mask: Plane


class Restless(Protocol):
    """A still that moves in itself. Holds buffers: one thread at a time."""

    @property
    def patches(self) -> Sequence[Spot]:
        """Where it moves."""
        ...

    def paint(self, t: float, into: YuvPlanes) -> None:
        """Writes the moment t, 0..1 of the clip, into copies of the canvas's planes.

        Only the bounding boxes of what moves are written, each time from the still itself, so `into` may hold any
        other moment before. In a loop t = 1 gives the bytes of t = 0.
        """
        ...


class Overlay(Protocol):
    """What lies between the camera and the scene: weather, and the light's own flicker. One thread at a time."""

    def over(self, t: float, planes: YuvPlanes) -> None:
        """Draws the moment t, 0..1 of the clip, over a finished frame, in place. In a loop t = 1 is t = 0."""
        ...


class Environment(NamedTuple):
    """What was made of the motions that were asked for.

    made: the motions that are in the clip. left_out: a sentence for each that is not, with the reason.
    """

    restless: Restless | None
    overlay: Overlay | None
    made: tuple[EnvironmentMotion, ...]
    left_out: tuple[str, ...]


NOTHING_MOVES: Final = Environment(restless=None, overlay=None, made=(), left_out=())
"""A still that keeps still."""
