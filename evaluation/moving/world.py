"""A renderer of its own for known movements, which shares no formula and no sampling with the product's.

The product walks backwards from each pixel of the clip to the still, on a grid, and samples linearly. Here the world is
a set of surfaces, each moved by the matrix [R | t] of the camera: planes by the homography that they induce
(`cv2.warpPerspective`, Lanczos), reliefs by pushing the still's own points forward through the matrix and inverting the
displacement that results (`cv2.remap`, cubic). Pictures are made one and a half times as large and averaged down.

Signs are those of `film.movement`; lengths are in frame widths, origin in the frame's centre, x right, y down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]
Matrix = NDArray[np.float64]

ROOM: Final = 1.4
"""Width of the painted world in frame widths: what the camera may see beyond the middle frame."""

FINER: Final = 1.5
"""How much larger pictures are made than they are shown."""

_ROUNDS: Final = 12
_GRID: Final = 4


@dataclass(frozen=True)
class View:
    """A camera at one moment: place, right-handed turns about its axes in radians, focal length in frame widths."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    tilt: float = 0.0
    pan: float = 0.0
    roll: float = 0.0
    focal: float = 1.0
    blur: float = 0.0

    def world_to_camera(self) -> tuple[Matrix, Matrix]:
        """R (3, 3) and t (3,) with which a point of the world X is R X + t for the camera."""
        turn = np.eye(3)
        for axis, angle in ((1, self.pan), (0, self.tilt), (2, self.roll)):
            vector = np.zeros(3)
            vector[axis] = angle
            turn = turn @ cv2.Rodrigues(vector)[0]
        back = np.asarray(turn.T, np.float64)
        return back, -back @ np.array([self.x, self.y, self.z])

    def lens(self, width_px: float, height_px: float) -> Matrix:
        """(3, 3) from the camera's directions to pixels."""
        f = self.focal * width_px
        return np.array([[f, 0, (width_px - 1) / 2], [0, f, (height_px - 1) / 2], [0, 0, 1.0]])


@dataclass(frozen=True, eq=False)
class Surface:
    """One painted surface: picture (rows, columns) over ROOM frame widths, distance of each place in widths.

    depth: one number for a plane that faces the camera, or a field of the picture's shape. alpha: where it covers,
    None for everywhere. first_focal: the focal length of the camera that took the picture.
    """

    picture: Picture
    depth: float | Field
    alpha: Field | None = None


def shoot(
    surfaces: Sequence[Surface], view: View, *, width_px: int, height_px: int, flow: tuple[Field, Field] | None = None
) -> Picture:
    """One frame, (height, width) uint8. flow: how far places of the first surface have moved by themselves, pixels."""
    big = (round(width_px * FINER), round(height_px * FINER))
    frame: NDArray[Any] | None = None
    for surface in surfaces:
        picture = surface.picture
        if flow is not None and frame is None:
            x, y = _raster(picture.shape)
            flowed = cv2.remap(picture, x + flow[0], y + flow[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
            picture = flowed.astype(np.uint8, copy=False)
        if isinstance(surface.depth, float):
            seen, covered = _plane(surface, picture, view, big)
        else:
            seen, covered = _relief(surface, picture, view, big)
        frame = seen if frame is None or covered is None else frame + covered * (seen.astype(np.float32) - frame)
    if frame is None:
        message = "a world has at least one surface"
        raise ValueError(message)
    if view.blur > 0:
        frame = cv2.GaussianBlur(frame, (0, 0), view.blur * FINER)
    small = cv2.resize(frame, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return np.clip(np.rint(small), 0, 255).astype(np.uint8)


def _from_picture(shape: tuple[int, ...]) -> Matrix:
    """(3, 3) from pixels of a painted picture to directions of the first camera, whose focal length is 1 width."""
    rows, columns = shape
    step = ROOM / columns
    return np.array([[step, 0, -(columns - 1) / 2 * step], [0, step, -(rows - 1) / 2 * step], [0, 0, 1.0]])


def _plane(surface: Surface, picture: Picture, view: View, size: tuple[int, int]) -> tuple[NDArray[Any], Field | None]:
    turn, shift = view.world_to_camera()
    induced = turn + np.outer(shift, [0, 0, 1.0]) / float(surface.depth)
    whole = view.lens(*size) @ induced @ _from_picture(picture.shape)
    seen = cv2.warpPerspective(picture, whole, size, flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT)
    if surface.alpha is None:
        return np.asarray(seen), None
    covered = cv2.warpPerspective(surface.alpha, whole, size, flags=cv2.INTER_LINEAR)
    return np.asarray(seen), covered.astype(np.float32, copy=False)


def _relief(surface: Surface, picture: Picture, view: View, size: tuple[int, int]) -> tuple[NDArray[Any], Field | None]:
    """Points of the surface pushed forward; the displacement is inverted on a coarse grid of the clip."""
    depth = np.asarray(surface.depth)
    turn, shift = view.world_to_camera()
    rows, columns = picture.shape
    coarse = cv2.resize(depth, (columns // _GRID, rows // _GRID), interpolation=cv2.INTER_AREA).astype(np.float64)
    x, y = (field.astype(np.float64) for field in _raster(coarse.shape))
    x, y = (x + 0.5) * columns / coarse.shape[1] - 0.5, (y + 0.5) * rows / coarse.shape[0] - 0.5
    inward = _from_picture(picture.shape)
    direction = np.stack([x * inward[0, 0] + inward[0, 2], y * inward[1, 1] + inward[1, 2], np.ones_like(x)], axis=2)
    cameraward = (direction * coarse[:, :, None]) @ turn.T + shift
    landed = (cameraward / cameraward[:, :, 2:]) @ view.lens(*size).T
    # The same camera at rest is the map that is undone exactly; only what the movement adds is found step by step.
    rest = direction @ View().lens(*size).T
    moved_x = (landed[:, :, 0] - rest[:, :, 0]).astype(np.float32)
    moved_y = (landed[:, :, 1] - rest[:, :, 1]).astype(np.float32)
    back = np.linalg.inv(View().lens(*size) @ inward)
    u, v = _raster((-(-size[1] // _GRID), -(-size[0] // _GRID)))
    u, v = u * _GRID + (_GRID - 1) / 2, v * _GRID + (_GRID - 1) / 2
    from_u, from_v = u.copy(), v.copy()
    for _ in range(_ROUNDS):
        at_x = ((from_u * back[0, 0] + back[0, 2] + 0.5) * coarse.shape[1] / columns - 0.5).astype(np.float32)
        at_y = ((from_v * back[1, 1] + back[1, 2] + 0.5) * coarse.shape[0] / rows - 0.5).astype(np.float32)
        from_u = u - cv2.remap(moved_x, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        from_v = v - cv2.remap(moved_y, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    wide = (u.shape[1] * _GRID, u.shape[0] * _GRID)
    inner = np.s_[: size[1], : size[0]]
    full_x = cv2.resize(from_u * back[0, 0] + back[0, 2], wide, interpolation=cv2.INTER_LINEAR)[inner]
    full_y = cv2.resize(from_v * back[1, 1] + back[1, 2], wide, interpolation=cv2.INTER_LINEAR)[inner]
    map_x, map_y = full_x.astype(np.float32), full_y.astype(np.float32)
    seen = cv2.remap(picture, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    if surface.alpha is None:
        return np.asarray(seen), None
    return np.asarray(seen), cv2.remap(surface.alpha, map_x, map_y, cv2.INTER_LINEAR).astype(np.float32, copy=False)


def _raster(shape: tuple[int, ...]) -> tuple[Field, Field]:
    x, y = np.meshgrid(np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32))
    return x, y


def smeared(views: Sequence[View], surfaces: Sequence[Surface], *, width_px: int, height_px: int) -> Picture:
    """One frame whose shutter was open over several moments."""
    frames = [shoot(surfaces, view, width_px=width_px, height_px=height_px) for view in views]
    mean: Picture = np.rint(np.mean(frames, axis=0)).astype(np.uint8)
    return mean
