"""Fits a moving camera to tracks, with a free inverse depth for every track where the camera travels.

The model is the pinhole camera of the renderer: a point seen at (a, b, 1) in the middle frame with inverse depth w is
seen at time t along q = R^T ((a, b, 1) - w C) and lands at f q_xy / q_z. Axes and signs are those of `film.freedom`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TRUCK, PEDESTAL, DOLLY, TILT, PAN, ROLL, ZOOM, SHIFT_X, SHIFT_Y = range(9)
"""Columns of a path: travel along x, y, z in units of the median depth's inverse, turns in radians, ln of the focal
length, and the picture's own shift in middle focal lengths, which only zooms have whose centre is not the frame's."""

AXES_COUNT: Final = 9

MEDIAN_W: Final = 0.6
"""Gauge of the inverse depths: their median. The picture does not tell a small near world from a large far one."""

SPREAD_W: Final = 0.3
"""Standard deviation of the prior on inverse depths: loose enough for any scene, tight enough to keep unseen ones."""

LEAST_W: Final = 0.02
"""Smallest inverse depth: nothing lies behind infinity."""

FINEST_PX: Final = 0.15
"""Final width of the Cauchy loss, in pixels at 480 px: about the noise of one track."""

COARSEST_PX: Final = 8.0
FARTHEST: Final = 3.0
"""Bound of every coordinate of a path: a step of the solver beyond it is nonsense and would only overflow."""

NEAREST_TIMES: Final = 0.4
"""Width of the loss, in errors of the best quarter of the places, from which narrowing it ends."""

_Shown = tuple[Array, Array, Array]

_SHRINK: Final = 0.45
_DAMPING: Final = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Sights:
    """What is fitted: tracks at a few key frames.

    `rays` (N, 2): direction of each point in the middle frame, (a, b) at unit depth. `seen_at` (N, T, 2): place in each
    key frame in pixels from the centre. `valid` (N, T): 1.0 where seen, else 0.0. `focal_px`: focal length of the
    middle frame in pixels. `prior_w` (N,): expected inverse depth, known to within `spread_w` (standard deviation);
    `measured` where a depth map says it, whose inverse depths were multiplied by `prior_scale`. `trust` (N, 2, 2):
    what each point's errors are multiplied by, so that those along an edge hardly count.
    """

    rays: Array
    seen_at: Array
    valid: Array
    focal_px: float
    prior_w: Array
    trust: Array
    spread_w: float = SPREAD_W
    measured: bool = False
    prior_scale: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted path with what it leaves unexplained.

    `path` (T, 9) by axis; `w` (N,) inverse depths of median 0.6; `squared_px` (N, T) squared distances of the seen
    places to the model; `errors_px` (N,) root mean square of each track; `strain` the prior's cost of the depths per
    seen place, in nats.
    """

    path: Array
    w: Array
    squared_px: Array
    errors_px: Array
    strain: float


def cost(fitted: Fit, sights: Sights, *, scale_px: float) -> float:
    """Mean Cauchy cost of a fit per seen place, in nats, its depths' strain included; costs of one scale compare."""
    loss = 0.5 * float((sights.valid * np.log1p(fitted.squared_px / scale_px**2)).sum())
    return loss / max(float(sights.valid.sum()), 1.0) + fitted.strain


def fit(
    sights: Sights,
    axes: tuple[int, ...],
    *,
    checkpoint: Callable[[], None],
    start: Array | None = None,
    start_w: Array | None = None,
    firm: bool = False,
) -> Fit:
    """The path along the given axes that explains the tracks best; `firm` keeps the depths that were expected.

    Joint Levenberg-Marquardt over the paths of all key frames and the inverse depths, the latter eliminated by Schur
    complement; Cauchy weights whose width shrinks from the median error to 0.15 px, since a narrow loss from the start
    falls into local minima on arcs. `start` and `start_w` replace the start at rest and at the prior.
    """
    frames = sights.seen_at.shape[1]
    path = np.zeros((frames, AXES_COUNT)) if start is None else start.copy()
    w = (sights.prior_w if start_w is None else start_w).copy()
    if not axes:
        return _finished(sights, path, w)
    deep = any(axis <= DOLLY for axis in axes) and not firm
    columns = np.array(axes)
    damping = _DAMPING
    shown = _project(sights, path, w)
    residual = _missed(sights, shown[0])
    scale = float(np.clip(_median(_lengths(residual), sights.valid), FINEST_PX, COARSEST_PX))
    while True:
        for _ in range(3):
            checkpoint()
            before = _objective(residual, sights, w, scale, deep=deep)
            step, step_w = _step(sights, path, w, shown, residual, columns, scale, damping, deep=deep)
            tried, tried_w = path.copy(), w
            tried[:, columns] += step
            np.clip(tried, -FARTHEST, FARTHEST, out=tried)
            if deep:
                tried_w = np.maximum(w + step_w, LEAST_W)
            tried_shown = _project(sights, tried, tried_w)
            tried_residual = _missed(sights, tried_shown[0])
            after = _objective(tried_residual, sights, tried_w, scale, deep=deep)
            if after < before:
                path, w, shown, residual, damping = tried, tried_w, tried_shown, tried_residual, damping * 0.2
                if before - after < 1e-4 * before:
                    break
            else:
                damping = max(damping, _DAMPING) * 8.0
        # Where nothing comes near, a narrower loss only looks for the few that it suits.
        if scale <= FINEST_PX or scale < NEAREST_TIMES * _nearest(_lengths(residual), sights.valid):
            break
        scale = max(scale * _SHRINK, FINEST_PX)
        damping = min(damping, 1.0)
    return _finished(sights, path, w)


def rotation(path: Array) -> Array:
    """(T, 3, 3) rotations R = Ry(pan) Rx(tilt) Rz(roll), camera to world, of a (T, 9) path."""
    cx, sx = np.cos(path[:, TILT]), np.sin(path[:, TILT])
    cy, sy = np.cos(path[:, PAN]), np.sin(path[:, PAN])
    cz, sz = np.cos(path[:, ROLL]), np.sin(path[:, ROLL])
    rows = [
        [cy * cz + sy * sx * sz, sy * sx * cz - cy * sz, sy * cx],
        [cx * sz, cx * cz, -sx],
        [cy * sx * sz - sy * cz, sy * sz + cy * sx * cz, cy * cx],
    ]
    return np.moveaxis(np.array(rows), 2, 0)


def _project(sights: Sights, path: Array, w: Array) -> _Shown:
    """Places (N, T, 2) in pixels, camera-frame points q (N, T, 3) and rotations (T, 3, 3)."""
    turn = rotation(path)
    points = np.concatenate([sights.rays, np.ones((len(w), 1))], axis=1)
    away = points[:, None, :] - w[:, None, None] * path[None, :, :3]
    q = np.matmul(away.transpose(1, 0, 2), turn).transpose(1, 0, 2)
    depth = np.maximum(q[:, :, 2:], 0.05)
    focal = sights.focal_px * np.exp(path[:, ZOOM])
    places = focal[None, :, None] * q[:, :, :2] / depth + sights.focal_px * path[None, :, SHIFT_X:]
    return places, q, turn


def _step(
    sights: Sights,
    path: Array,
    w: Array,
    shown: _Shown,
    residual: Array,
    columns: NDArray[np.int_],
    scale: float,
    damping: float,
    *,
    deep: bool,
) -> tuple[Array, Array]:
    """One damped Gauss-Newton step: (T, k) for the path and (N,) for the inverse depths."""
    places, q, turn = shown
    frames, k = len(path), len(columns)
    depth = np.maximum(q[:, :, 2], 0.05)
    focal = sights.focal_px * np.exp(path[:, ZOOM])
    gain = focal[None, :] / depth
    weights = sights.valid / (scale * scale + (residual * residual).sum(axis=2))
    lens = places - sights.focal_px * path[None, :, SHIFT_X:]
    # Rows of d(place)/dq are gain * (1, 0, -x/z) and gain * (0, 1, -y/z).
    slope = -lens / depth[:, :, None]

    def seen(moved: Array) -> Array:
        return _trusted(sights, gain[:, :, None] * moved[:, :, :2] + slope * moved[:, :, 2:])

    jacobian = np.empty((frames, len(w), 2, k))
    for row, axis in enumerate(columns):
        if axis <= DOLLY:
            column = seen(-w[:, None, None] * turn[None, :, axis, :])
        elif axis == ZOOM:
            column = _trusted(sights, lens)
        elif axis >= SHIFT_X:
            column = np.broadcast_to(sights.focal_px * sights.trust[:, None, axis - SHIFT_X], places.shape)
        else:
            column = seen(_turned(path, q, int(axis)))
        jacobian[..., row] = column.transpose(1, 0, 2)
    flat = jacobian.reshape(frames, len(w) * 2, k)
    weighted = (jacobian * weights.T[:, :, None, None]).reshape(frames, len(w) * 2, k).transpose(0, 2, 1)
    normal = weighted @ flat
    gradient = (weighted @ residual.transpose(1, 0, 2).reshape(frames, -1, 1))[:, :, 0]
    system = np.zeros((frames, k, frames, k))
    for t in range(frames):
        system[t, :, t, :] = normal[t]
    matrix = system.reshape(frames * k, frames * k)
    diagonal = np.einsum("ii->i", matrix)
    diagonal += damping * diagonal + 1e-6 * (1.0 + diagonal.max())
    right = gradient.reshape(-1)
    if not deep:
        return -np.linalg.solve(matrix, right).reshape(frames, k), np.zeros_like(w)
    by_w = seen(np.broadcast_to(-np.matmul(path[:, None, :3], turn).transpose(1, 0, 2), q.shape))
    own = (weights * (by_w * by_w).sum(axis=2)).sum(axis=1) * (1.0 + damping) + 1.0 / sights.spread_w**2
    pull = (weights * (by_w * residual).sum(axis=2)).sum(axis=1) + (w - sights.prior_w) / sights.spread_w**2
    tied = weighted.reshape(frames, k, len(w), 2) * by_w.transpose(1, 0, 2)[:, None]
    cross = tied.sum(axis=3).transpose(2, 0, 1).reshape(len(w), frames * k)
    matrix = matrix - cross.T @ (cross / own[:, None])
    right = right - cross.T @ (pull / own)
    moved = -np.linalg.solve(matrix, right)
    return moved.reshape(frames, k), -(pull + cross @ moved) / own


def _turned(path: Array, q: Array, axis: int) -> Array:
    """Derivative of q by one of the angles of R = Ry(pan) Rx(tilt) Rz(roll): minus the axis, as the camera sees it,
    times q.
    """  # noqa: D205
    seen_axis = np.zeros((len(path), 3))
    cz, sz = np.cos(path[:, ROLL]), np.sin(path[:, ROLL])
    if axis == ROLL:
        seen_axis[:, 2] = 1.0
    elif axis == TILT:
        seen_axis[:, 0], seen_axis[:, 1] = cz, -sz
    else:
        cx, sx = np.cos(path[:, TILT]), np.sin(path[:, TILT])
        seen_axis[:, 0], seen_axis[:, 1], seen_axis[:, 2] = cx * sz, cx * cz, -sx
    x, y, z = seen_axis.T
    turned = np.empty_like(q)
    turned[:, :, 0] = q[:, :, 1] * z - q[:, :, 2] * y
    turned[:, :, 1] = q[:, :, 2] * x - q[:, :, 0] * z
    turned[:, :, 2] = q[:, :, 0] * y - q[:, :, 1] * x
    return turned


def _missed(sights: Sights, places: Array) -> Array:
    """(N, T, 2) by how much places miss what was seen, as far as it can be told."""
    return _trusted(sights, places - sights.seen_at)


def _trusted(sights: Sights, moved: Array) -> Array:
    """(N, T, 2) differences of places times each point's trust."""
    trusted: Array = np.matmul(moved, sights.trust)
    return trusted


def _lengths(residual: Array) -> Array:
    length: Array = np.sqrt((residual * residual).sum(axis=2))
    return length


def _median(values: Array, valid: Array) -> float:
    return float(np.median(values[valid > 0]))


def _nearest(values: Array, valid: Array) -> float:
    """What the best quarter of the places is within."""
    return float(np.quantile(values[valid > 0], 0.25))


def _objective(residual: Array, sights: Sights, w: Array, scale: float, *, deep: bool) -> float:
    squared = (residual * residual).sum(axis=2)
    loss = 0.5 * float((sights.valid * np.log1p(squared / scale**2)).sum())
    if deep:
        loss += 0.5 * float((((w - sights.prior_w) / sights.spread_w) ** 2).sum())
    return loss


def _finished(sights: Sights, path: Array, w: Array) -> Fit:
    residual = _missed(sights, _project(sights, path, w)[0])
    squared = (residual * residual).sum(axis=2) * sights.valid
    count = np.maximum(sights.valid.sum(axis=1), 1.0)
    strain = 0.5 * float((((w - sights.prior_w) / sights.spread_w) ** 2).sum()) / max(float(sights.valid.sum()), 1.0)
    rescale = MEDIAN_W / float(np.median(w))
    path = path.copy()
    path[:, :3] /= rescale
    return Fit(
        path=path, w=w * rescale, squared_px=squared, errors_px=np.sqrt(squared.sum(axis=1) / count), strain=strain
    )
