"""How far away the subject is in a fitted world, and what a known depth map adds to a fit."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.motion_check.camera_model import DOLLY, Array, Fit, Sights, fit
from generator.core.motion_check.tracks import Tracks
from generator.core.motion_check.verdict import Known

FINEST_SPREAD_W: Final = 0.02
"""No depth map is trusted to better than this, as a standard deviation of inverse depths of median 0.6."""

LEAST_TRACKS: Final = 3
"""Fewest tracks on the subject that tell its depth where no depth map does."""

ASTRAY_PX: Final = 1.0
"""Median error, in pixels at 480 px width, from which a group of tracks does not follow the camera."""

RULING_SHARE: Final = 0.3
"""Share of the tracks from which the subject may rule what every axis free explains."""

ASTRAY_TIMES: Final = 2.5
"""And how many times the other group's error it is."""

_ROUNDS: Final = 4
_TO_SIGMA: Final = 1.4826
"""From the median absolute deviation to the standard deviation of a normal distribution."""


def in_subject(tracks: Tracks, usable: NDArray[np.intp], known: Known) -> NDArray[np.bool_]:
    """(tracks,) whether each usable track lies on the known subject in the middle frame."""
    if known.subject is None:
        return np.zeros(len(usable), dtype=np.bool_)
    box = known.subject
    place = tracks.places[usable, tracks.anchor] / (tracks.width_px, tracks.height_px) + 0.5
    left, top = place[:, 0] - box.left, place[:, 1] - box.top
    inside: NDArray[np.bool_] = (left >= 0) & (left <= box.width) & (top >= 0) & (top <= box.height)
    return inside


def moves_by_itself(tracks: Tracks, usable: NDArray[np.intp], known: Known) -> NDArray[np.bool_]:
    """(tracks,) whether each usable track lies, in the middle frame, where something is known to move by itself."""
    if known.moving is None:
        return np.zeros(len(usable), dtype=np.bool_)
    rows, columns = known.moving.shape
    place = tracks.places[usable, tracks.anchor] / (tracks.width_px, tracks.height_px) + 0.5
    x = np.clip(place[:, 0] * columns, 0, columns - 1).astype(int)
    y = np.clip(place[:, 1] * rows, 0, rows - 1).astype(int)
    inside: NDArray[np.bool_] = known.moving[y, x]
    return inside


def goes_its_own_way(errors_px: Array, subject: NDArray[np.bool_], *, least: int) -> bool:
    """Whether the subject's tracks and all others follow different cameras, so that it is masked out.

    `errors_px`, at 480 px width, are what every axis free leaves; one of the two groups is explained by it and the
    other is not. At least `least` tracks must remain for the camera.
    """
    if int(subject.sum()) < LEAST_TRACKS or int((~subject).sum()) < least:
        return False
    inside, outside = float(np.median(errors_px[subject])), float(np.median(errors_px[~subject]))
    if float(subject.mean()) > RULING_SHARE:
        # With so many tracks the subject itself may have been taken for the world.
        return max(inside, outside) > max(ASTRAY_PX, ASTRAY_TIMES * min(inside, outside))
    return inside > max(ASTRAY_PX, ASTRAY_TIMES * outside)


def subject_w(fitted: Fit, view: Sights, *, subject: NDArray[np.bool_], known: Known) -> float:
    """The subject's inverse depth in the fitted world.

    With a depth map it is the map's median over the subject (over the frame without one), carried over by the line
    that relates the map to the fitted depths of all tracks, and set right by what the subject's own tracks say; else
    the median of the subject's own tracks, or of all where fewer than three lie on it.
    """
    if known.disparity is None:
        return float(np.median(fitted.w[subject] if int(subject.sum()) >= LEAST_TRACKS else fitted.w))
    cells = known.disparity
    if known.subject is not None:
        rows, columns = cells.shape
        box = known.subject
        top, left = int(box.top * rows), int(box.left * columns)
        bottom, right = round((box.top + box.height) * rows), round((box.left + box.width) * columns)
        cells = cells[top : max(bottom, top + 1), left : max(right, left + 1)]
    if not cells.size:
        return float(np.median(fitted.w))
    at = _from_map(float(np.median(cells))) * view.prior_scale
    offset, slope = _line(view.prior_w, fitted.w)
    here = subject if int(subject.sum()) >= LEAST_TRACKS else np.zeros_like(subject)
    astray = float(np.median((fitted.w - offset - slope * view.prior_w)[here])) if here.any() else 0.0
    low, high = np.percentile(fitted.w, (2, 98))
    return float(np.clip(offset + slope * at + astray, low, high))


def sharpened(fitted: Fit, view: Sights, axes: tuple[int, ...]) -> Fit:
    """The fit once more, with the depth map trusted as far as it agrees with what the tracks say of its shape.

    How strongly near and far differ hardly shows in a dolly zoom or a short arc; a map whose shape proves right to a
    few hundredths tells it. Without a map, or for cameras that do not travel, the fit as it is.
    """
    if not view.measured or not any(axis <= DOLLY for axis in axes):
        return fitted
    offset, slope = _line(view.prior_w, fitted.w)
    rest = fitted.w - (offset + slope * view.prior_w)
    spread = float(np.clip(_TO_SIGMA * np.median(np.abs(rest)), FINEST_SPREAD_W, view.spread_w))
    again = replace(view, spread_w=spread)
    return fit(again, axes, checkpoint=lambda: None, start=fitted.path, start_w=fitted.w)


def _from_map(disparity: float) -> float:
    return 0.25 + 0.75 * disparity


def _line(x: Array, y: Array) -> tuple[float, float]:
    """Offset and slope of y over x, by least squares with Cauchy weights; level where x says nothing."""
    weight = np.ones_like(x)
    offset, slope = float(np.median(y)), 0.0
    for _ in range(_ROUNDS):
        mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
        spread = float((weight * (x - mean_x) ** 2).sum())
        if spread < 1e-6 * len(x):
            return float(np.median(y)), 0.0
        slope = float((weight * (x - mean_x) * (y - mean_y)).sum() / spread)
        offset = float(mean_y - slope * mean_x)
        rest = np.abs(y - offset - slope * x)
        weight = 1.0 / (1.0 + (rest / max(1.5 * float(np.median(rest)), 1e-3)) ** 2)
    return offset, slope
