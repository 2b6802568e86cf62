"""What the camera is fitted to: tracks at key frames, with what is known of lens and depths."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.motion_check.camera_model import MEDIAN_W, PAN, SPREAD_W, TILT, Sights, fit
from generator.core.motion_check.tracks import Tracks
from generator.core.motion_check.verdict import Known

FOCALS: Final = (1.0, 0.8, 1.25, 1.6, 2.2, 3.0)
"""Focal lengths, in frame widths, that are tried when none is known; the first stands where none can be told."""

NEARER: Final = (0.88, 0.94, 1.06, 1.12)
"""Shares of the best of them that are tried next: a pan bends the picture's edges by a pixel for a lens a tenth off."""

TURNING_PX: Final = 0.4
"""Median error below which a camera that only turns tells its focal length, by how it bends the picture's edges."""

BENT_SHARE: Final = 0.3
"""Most that another lens changes of a turn, as a share of the motion: a lens of one width bends it by a quarter at the
edges."""

KNOWN_SPREAD_W: Final = 0.12
"""How far the inverse depths of a measured disparity are trusted at most, as a standard deviation."""

SPREAD_SHARE: Final = 0.25
"""The same as a share of the map's range: a map that was bent or blurred is off by a part of what it tells."""

RANGE: Final = (2, 98)
"""Percentiles between which the range is taken."""

LEAST_SPREAD_W: Final = 0.03
"""And at least."""


def key_frames(low: int, high: int, anchor: int) -> list[int]:
    """Indices of the four frames that the camera is fitted at: both ends of the span and its quarters."""
    wanted = {low, round(low + (high - low) / 4), round(low + 3 * (high - low) / 4), high}
    # A path needs two ends: the anchor is one where there is nothing before or behind it.
    return sorted(wanted - {anchor} if low < anchor < high else wanted)


def sights(tracks: Tracks, usable: NDArray[np.intp], keys: list[int], known: Known) -> Sights:
    """The usable tracks at the key frames; the focal length is guessed where it is not known."""
    if known.focal is not None:
        return _sights(tracks, usable, keys, known, known.focal)
    plain = _sights(tracks, usable, keys, known, FOCALS[0])
    # The lens bends how a turn goes through the picture, it does not make a turn of another movement.
    axis = min((PAN, TILT), key=lambda axis: _turning_error(plain, axis))
    if _turning_error(plain, axis) > BENT_SHARE * _moved(plain):
        return plain
    tried: dict[float, float] = {}
    for nearer in (False, True):
        focals = [min(tried, key=lambda focal: tried[focal]) * share for share in NEARER] if nearer else FOCALS
        tried |= {focal: _turning_error(_sights(tracks, usable, keys, known, focal), axis) for focal in focals}
        if min(tried.values()) >= 2 * TURNING_PX:
            return plain
    best = min(tried, key=lambda focal: tried[focal])
    return _sights(tracks, usable, keys, known, best) if tried[best] < TURNING_PX else plain


def _turning_error(view: Sights, axis: int) -> float:
    return float(np.median(fit(view, (axis,), checkpoint=lambda: None).errors_px))


def _moved(view: Sights) -> float:
    """Median distance, in pixels, of what is seen from its place in the middle frame."""
    away = view.seen_at - view.focal_px * view.rays[:, None, :]
    return float(np.median(np.hypot(away[:, :, 0], away[:, :, 1])[view.valid > 0]))


def _sights(tracks: Tracks, usable: NDArray[np.intp], keys: list[int], known: Known, focal: float) -> Sights:
    focal_px = focal * tracks.width_px
    middle = tracks.places[usable, tracks.anchor]
    if known.disparity is None:
        # The lower a thing stands in the picture, the nearer it mostly is.
        prior = MEDIAN_W + 0.5 * middle[:, 1] / tracks.width_px
    else:
        rows, columns = known.disparity.shape
        x = np.clip((middle[:, 0] / tracks.width_px + 0.5) * columns, 0, columns - 1).astype(int)
        y = np.clip((middle[:, 1] / tracks.height_px + 0.5) * rows, 0, rows - 1).astype(int)
        prior = 0.25 + 0.75 * known.disparity[y, x].astype(np.float64)
    scale = MEDIAN_W / float(np.median(prior))
    told = float(np.ptp(np.percentile(prior, RANGE))) * scale
    measured_w = float(np.clip(SPREAD_SHARE * told, LEAST_SPREAD_W, KNOWN_SPREAD_W))
    return Sights(
        rays=middle / focal_px,
        seen_at=tracks.places[usable][:, keys],
        valid=tracks.seen[usable][:, keys].astype(np.float64),
        focal_px=focal_px,
        prior_w=np.maximum(prior * scale, 0.05),
        spread_w=SPREAD_W if known.disparity is None else measured_w,
        measured=known.disparity is not None,
        prior_scale=scale,
        trust=tracks.trust[usable],
    )
