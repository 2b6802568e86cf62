"""Where the camera is, where it looks and how long its lens is; and what a pixel of its picture shows of the still.

Lengths are in widths of the uncovered frame, origin in the frame's centre, x right, y down, z forward; the still's own
camera stands at the origin and its focal length is 1 (it sees 53 degrees). A place (u, v) of the still at inverse depth
w lies at ((u, v) / 1, 1) / w in space. Signs are those of `film.freedom`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Poses:
    """A camera at n moments; every field has shape (n,)."""

    x: Array
    """Place along x, positive to the right."""
    y: Array
    """Place along y, positive down."""
    z: Array
    """Place along z, positive forward."""
    tilt: Array
    """Turn about x in radians, positive up."""
    pan: Array
    """Turn about y in radians, positive to the right."""
    roll: Array
    """Turn about z in radians, positive clockwise seen from behind."""
    focal: Array
    """Focal length, in focal lengths of the still."""
    shift_x: Array
    """Lens shift: what part of the picture lies in the middle, applied after the focal length."""
    shift_y: Array

    def rotation(self) -> Array:
        """(n, 3, 3): turns a ray of the camera into a ray of the still's camera; pan after tilt after roll."""
        zero, one = np.zeros_like(self.x), np.ones_like(self.x)
        cos, sin = np.cos(self.tilt), np.sin(self.tilt)
        about_x = _matrix((one, zero, zero), (zero, cos, -sin), (zero, sin, cos))
        cos, sin = np.cos(self.pan), np.sin(self.pan)
        about_y = _matrix((cos, zero, sin), (zero, one, zero), (-sin, zero, cos))
        cos, sin = np.cos(self.roll), np.sin(self.roll)
        about_z = _matrix((cos, -sin, zero), (sin, cos, zero), (zero, zero, one))
        return about_y @ about_x @ about_z


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sight:
    """One moment of a camera, ready for many rays.

    lens: (3, 3) float32, from a place (u, v, 1) of the picture to the still's ray behind it, up to its length. x, y, z:
    of the camera.
    """

    lens: NDArray[np.float32]
    x: np.float32
    y: np.float32
    z: np.float32


def sights(poses: Poses, *, cover: float) -> list[Sight]:
    """All moments of the poses. cover: as for `rays`, of which the lens is the one matrix."""
    focal = poses.focal * cover
    zero, one = np.zeros_like(focal), np.ones_like(focal)
    lens = _matrix((1 / focal, zero, poses.shift_x), (zero, 1 / focal, poses.shift_y), (zero, zero, one))
    turned = (poses.rotation() @ lens).astype(np.float32)
    places = np.stack([poses.x, poses.y, poses.z], axis=-1).astype(np.float32)
    return [Sight(lens=matrix, x=x, y=y, z=z) for matrix, (x, y, z) in zip(turned, places, strict=True)]


def still_poses(count: int) -> Poses:
    """A camera that stays with the still for `count` moments."""
    zero = np.zeros(count)
    return Poses(
        x=zero,
        y=zero,
        z=zero,
        tilt=zero,
        pan=zero,
        roll=zero,
        focal=np.ones(count),
        shift_x=zero,
        shift_y=zero,
    )


def rays(poses: Poses, u: Array, v: Array, *, cover: float) -> tuple[Array, Array]:
    """The still's rays (a, b, 1) behind places (u, v) of the picture; shapes (n, *u.shape).

    cover: the zoom, 1 or more, that keeps the still's border out of the picture.
    """
    shape = (-1,) + (1,) * u.ndim
    focal = poses.focal.reshape(shape) * cover
    x = u / focal + poses.shift_x.reshape(shape)
    y = v / focal + poses.shift_y.reshape(shape)
    turn = poses.rotation().reshape(-1, 3, 3, *(1,) * u.ndim)
    depth = turn[:, 2, 0] * x + turn[:, 2, 1] * y + turn[:, 2, 2]
    a = (turn[:, 0, 0] * x + turn[:, 0, 1] * y + turn[:, 0, 2]) / depth
    b = (turn[:, 1, 0] * x + turn[:, 1, 1] * y + turn[:, 1, 2]) / depth
    return a, b


def behind(poses: Poses, a: Array, b: Array, w: NDArray[np.floating[Any]] | float) -> tuple[Array, Array]:
    """The still's places (u, v) that the rays hit on surfaces of inverse depth w; affine in w."""
    shape = (-1,) + (1,) * (a.ndim - 1)
    x, y, z = poses.x.reshape(shape), poses.y.reshape(shape), poses.z.reshape(shape)
    return a + w * (x - z * a), b + w * (y - z * b)


def _matrix(*rows: tuple[Array, Array, Array]) -> Array:
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
