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

KNOWN_SPREAD_W: Final = 0.12
"""How far the inverse depths of a measured disparity are trusted, as a standard deviation."""


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
    tried = {focal: _turning_error(_sights(tracks, usable, keys, known, focal)) for focal in FOCALS}
    best = min(tried, key=lambda focal: tried[focal])
    if tried[best] >= 2 * TURNING_PX:
        return plain
    nearer = [best * share for share in NEARER]
    tried |= {focal: _turning_error(_sights(tracks, usable, keys, known, focal)) for focal in nearer}
    best = min(tried, key=lambda focal: tried[focal])
    return _sights(tracks, usable, keys, known, best) if tried[best] < TURNING_PX else plain


def _turning_error(view: Sights) -> float:
    fits = [fit(view, (axis,), checkpoint=lambda: None) for axis in (PAN, TILT)]
    return min(float(np.median(one.errors_px)) for one in fits)


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
    return Sights(
        rays=middle / focal_px,
        seen_at=tracks.places[usable][:, keys],
        valid=tracks.seen[usable][:, keys].astype(np.float64),
        focal_px=focal_px,
        prior_w=np.maximum(prior * scale, 0.05),
        spread_w=SPREAD_W if known.disparity is None else KNOWN_SPREAD_W,
        measured=known.disparity is not None,
        prior_scale=scale,
    )
