"""Finds what the camera did from tracks: still, swaying, or the likeliest of the named movements."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.movement import Family, Movement, family
from generator.core.motion_check.camera_model import Array, Fit
from generator.core.motion_check.focus import rack_focus_between
from generator.core.motion_check.hypotheses import Explanation, Ranking, explain, parallax_px
from generator.core.motion_check.paths import SWAYS, extents, picture_path, sways
from generator.core.motion_check.scoring import amplitude
from generator.core.motion_check.sights import in_subject, key_frames, sights
from generator.core.motion_check.tracks import Tracks, follow
from generator.core.motion_check.verdict import Known

LEAST_TRACKS: Final = 20
"""Fewest tracks, seen in most key frames, that a movement is told from."""

MOST_TRACKS: Final = 180
"""Tracks that the camera is fitted to; more cost time in proportion and change no verdict."""

LEAST_SEEN: Final = 0.25
"""Share of the tracks that a key frame must still show."""

LEAST_SPAN: Final = 0.5
"""Share of the clip that the tracks must span."""

STILL_PX: Final = 0.9
"""A camera rests when half of the tracks stay within this many pixels at 480 px width."""

STILL_NATS: Final = 0.45
"""A camera that rests by its median moves after all when a movement explains the rest better by this cost."""

STILL_DOUBT: Final = 0.12
"""How softly it does, in nats: what moves a little may be the camera or something in the picture."""

INLIER_PX: Final = 1.0
"""A track follows the camera when its error stays within this."""

LOCAL_PX: Final = 2.0
"""A track moves on its own when its error exceeds this."""

CLEAR_PX: Final = 0.3
"""Median error at which a finding has lost two thirds of its clearness."""

WORST_PX: Final = 2.5
"""Median error beyond which no camera explains the clip."""

MIXED_PX: Final = 1.2
"""Median error beyond which one name is not enough if all axes together do twice as well."""

LEAST_SHARE: Final = 0.35
"""Probability below which the likeliest movement is not named."""

WHIP_RAD_S: Final = 0.35
"""Turning speed from which a pan is a whip pan, in radians per second at its fastest."""

CRASH_PER_S: Final = 0.45
"""Growth of the ln of the picture's scale per second from which a zoom is a crash zoom, at its fastest."""

HANDS: Final = 0.5
"""Growth, turn or parallax of the picture, as a share of its swing, that hands alone do not reach."""

_FAST: Final = {
    Movement.PAN_LEFT: Movement.WHIP_PAN_LEFT,
    Movement.PAN_RIGHT: Movement.WHIP_PAN_RIGHT,
    Movement.ZOOM_IN: Movement.CRASH_ZOOM_IN,
    Movement.ZOOM_OUT: Movement.CRASH_ZOOM_OUT,
}

_GAUGE_BOUND: Final = {Family.ARC: 0.6, Family.CRANE: 0.6, Family.DOLLY_ZOOM: 0.3}
"""Quality of amplitudes that hang on depths nobody measured; all others are 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What the movement was found to be, before it is held against what was asked.

    `shares` are probabilities, likeliest first, empty exactly when `unknown` says why. `quality` is the amplitude's.
    `clearness`, 0 to 1, tells which of two findings on one clip explains its tracks better.
    Shares of tracks are None where no camera was fitted.
    """

    shares: Mapping[Movement, float]
    amplitude: float | None = None
    quality: float = 0.0
    confidence: float = 0.0
    clearness: float = 0.0
    inliers: float | None = None
    local: float | None = None
    unknown: str = ""


def find(
    pictures: Sequence[NDArray[np.uint8]],
    tracks: Tracks,
    path: Array,
    *,
    fps: float,
    cuts: tuple[int, ...],
    known: Known,
    checkpoint: Callable[[], None],
) -> Finding:
    """What the camera did between the cuts around the middle frame.

    `path` is the picture path of the tracks, `fps` the rate of the samples, `checkpoint` is called often and may raise.
    """
    count = len(tracks.places)
    if count < LEAST_TRACKS:
        return _unknown(f"The picture has too little texture: {count} points could be followed, {LEAST_TRACKS} needed.")
    low, high = _span(tracks, cuts)
    frames = len(pictures)
    if high - low < LEAST_SPAN * (frames - 1):
        return _unknown(f"The points were lost: they span {high - low + 1} of {frames} samples.")
    keys = key_frames(low, high, tracks.anchor)
    usable = np.flatnonzero(tracks.seen[:, keys].sum(axis=1) >= min(3, len(keys)))
    if len(usable) < LEAST_TRACKS:
        return _unknown(f"The points were lost: {len(usable)} could be followed throughout, {LEAST_TRACKS} needed.")
    far = extents(tracks)[usable]
    if float(np.percentile(far, 80)) < 2 * STILL_PX:
        racked = rack_focus_between(pictures[low : high + 1], known)
        if racked:
            return Finding(shares=racked, confidence=max(racked.values()) * _enough(len(usable)))
    if len(usable) > MOST_TRACKS:
        usable = usable[np.linspace(0, len(usable) - 1, MOST_TRACKS).round().astype(int)]
    view = sights(tracks, usable, keys, known)
    ranking = explain(view, checkpoint=checkpoint)
    span_path = path[low : high + 1]
    shares, fitted = _shares(ranking, span_path, far, tracks, fps=fps, focal_px=view.focal_px)
    measured = max(shares, key=lambda movement: shares[movement])
    complaint = _complaint(measured, shares[measured], fitted, ranking.free)
    errors = fitted.errors_px * (480.0 / tracks.width_px)
    inliers, local = float((errors <= INLIER_PX).mean()), float((errors > LOCAL_PX).mean())
    if complaint:
        return Finding(shares={}, inliers=inliers, local=local, unknown=complaint)
    confidence = shares[measured] * _enough(len(usable)) * math.sqrt(inliers)
    if measured is Movement.HANDHELD:
        swing = np.abs(span_path[:, :2] - span_path[:, :2].mean(axis=0)).max(axis=0)
        value: float | None = float(swing.mean()) / view.focal_px
    else:
        value = amplitude(measured, fitted, subject=in_subject(tracks, usable, known))
    whole = (high - low) / (frames - 1)
    quality = confidence * _GAUGE_BOUND.get(family(measured), 1.0) * whole
    return Finding(
        shares=shares,
        amplitude=value,
        quality=0.0 if value is None else quality,
        confidence=confidence * (0.5 if cuts else 1.0),
        clearness=_enough(len(usable)) * inliers * math.exp(-float(np.median(errors)) / CLEAR_PX),
        inliers=inliers,
        local=local,
    )


def find_across(
    pictures: Sequence[NDArray[np.uint8]],
    even: Sequence[NDArray[np.uint8]],
    burst: tuple[int, int],
    *,
    fps: float,
    known: Known,
    checkpoint: Callable[[], None],
) -> Finding:
    """What a sudden movement did, told from the samples around it alone.

    What lies between is smeared. `even` are the normalised pictures, `burst` the indices before and after.
    """
    before, after = burst
    tracks = follow([even[before], even[after]], checkpoint=checkpoint)
    return find(
        [pictures[before], pictures[after]],
        tracks,
        picture_path(tracks),
        # The whole way in one step; at its fastest it goes about half as fast again as on average.
        fps=1.5 * fps / (after - before),
        cuts=(),
        known=Known(focal=known.focal),
        checkpoint=checkpoint,
    )


def _unknown(reason: str) -> Finding:
    return Finding(shares={}, unknown=reason)


def _enough(count: int) -> float:
    """How far a number of tracks can be relied on: a half at 20, nearly all from 100 on."""
    return 1.0 - math.exp(-count / 29.0)


def _span(tracks: Tracks, cuts: tuple[int, ...]) -> tuple[int, int]:
    """First and last sample around the anchor that still show a quarter of the tracks, between the nearest cuts."""
    enough = tracks.seen.sum(axis=0) >= max(LEAST_SEEN * len(tracks.seen), LEAST_TRACKS)
    low = high = tracks.anchor
    while low > 0 and enough[low - 1] and low not in cuts:
        low -= 1
    while high + 1 < len(enough) and enough[high + 1] and high + 1 not in cuts:
        high += 1
    return low, high


def _shares(
    ranking: Ranking, path: Array, far: Array, tracks: Tracks, *, fps: float, focal_px: float
) -> tuple[dict[Movement, float], Fit]:
    """Probabilities, likeliest first, and the fit of the likeliest."""
    best = ranking.explanations[0]
    by_name = {one.movement: one for one in ranking.explanations}
    still = by_name[Movement.STATIC]
    if float(np.median(far)) < STILL_PX:
        share = 1.0 / (1.0 + math.exp((still.cost - best.cost - STILL_NATS) / STILL_DOUBT))
        both = {Movement.STATIC: share} | ({} if best is still else {best.movement: 1.0 - share})
        return both, still.fit if share >= 0.5 else best.fit
    turns = sways(path, width_px=tracks.width_px)
    if turns >= SWAYS and not _travels(best, path, tracks, focal_px):
        share = turns / (turns + 1.0)
        return {Movement.HANDHELD: share, best.movement: 1.0 - share}, ranking.free
    shares: dict[Movement, float] = {}
    speed = np.abs(np.diff(path, axis=0)).max(axis=0) * fps
    for one in ranking.explanations:
        name = one.movement
        fast = speed[0] / focal_px > WHIP_RAD_S if family(name) is Family.PAN else speed[3] > CRASH_PER_S
        name = _FAST.get(name, name) if fast else name
        shares[name] = max(shares.get(name, 0.0), one.probability)
    return shares, best.fit


def _travels(best: Explanation, path: Array, tracks: Tracks, focal_px: float) -> bool:
    """Whether a swaying picture also grows, turns or parts by depth more than hands make it do."""
    swing = float(np.ptp(path[:, :2], axis=0).max())
    grown, turned = float(abs(path[-1, 3] - path[0, 3])), float(abs(path[-1, 2] - path[0, 2]))
    parted = parallax_px(best.fit, focal_px) if family(best.movement) in _GAUGE_BOUND else 0.0
    return max(grown * tracks.width_px / 4, turned * tracks.width_px / 4, parted) > HANDS * swing


def _complaint(measured: Movement, share: float, fitted: Fit, free: Fit) -> str:
    """Why the measured movement must not be named, or nothing."""
    error = float(np.median(fitted.errors_px))
    free_error = min(error, float(np.median(free.errors_px)))
    if free_error > WORST_PX:
        return f"No path of a camera explains the clip: points miss it by {free_error:.1f} px."
    if measured not in (Movement.HANDHELD, Movement.STATIC) and error > MIXED_PX and free_error < 0.5 * error:
        return "The camera moves in several ways at once, and no single name fits."
    if share < LEAST_SHARE:
        return "Several movements explain the clip equally well."
    return ""
