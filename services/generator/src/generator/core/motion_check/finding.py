"""Finds what the camera did from tracks: still, swaying, or the likeliest of the named movements."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.movement import Family, Movement, family
from generator.core.motion_check.calibration import Signs
from generator.core.motion_check.camera_model import Array, Fit
from generator.core.motion_check.focus import rack_focus_between
from generator.core.motion_check.hypotheses import Explanation, explain
from generator.core.motion_check.leap import follow_across
from generator.core.motion_check.naming import mixed, probabilities
from generator.core.motion_check.paths import courses, extents, picture_path
from generator.core.motion_check.roughness import ALONE_TIMES, rough, roughness
from generator.core.motion_check.scoring import amplitude
from generator.core.motion_check.sights import key_frames, sights
from generator.core.motion_check.subject import goes_its_own_way, in_subject, moves_by_itself, sharpened, subject_w
from generator.core.motion_check.tracks import Tracks
from generator.core.motion_check.verdict import Known

LEAST_TRACKS: Final = 20
"""Fewest tracks, seen in most key frames, that a movement is told from."""

MOST_TRACKS: Final = 130
"""Tracks that the camera is fitted to; more cost time in proportion and change no verdict."""

LEAST_SEEN: Final = 0.25
"""Share of the tracks that a key frame must still show."""

INLIER_PX: Final = 1.0
"""A track follows the camera when its error stays within this."""

LOCAL_PX: Final = 2.0
"""A track moves on its own when its error exceeds this."""

CLEAR_PX: Final = 0.3
"""Median error at which a finding has lost two thirds of its clearness."""

WORST_PX: Final = 2.5
"""Median error beyond which no camera explains the clip."""

LEAST_SHARE: Final = 0.35
"""Probability below which the likeliest movement is not named."""

_GAUGE_BOUND: Final = {Family.ARC: 0.6, Family.CRANE: 0.6, Family.DOLLY_ZOOM: 0.3}
"""Quality of amplitudes that hang on depths nobody measured; all others are 1."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Finding:
    """What the movement was found to be, before it is held against what was asked.

    `shares` are probabilities, likeliest first, empty exactly when `unknown` says why. `quality` is the amplitude's.
    `clearness`, 0 to 1, tells which of two findings on one clip explains its tracks better. `span` are the first and
    the last sample that it speaks of. `signs` are what the calibration of its probability reads.
    Shares of tracks are None where no camera was fitted; then `used` and `errors_px` are empty too: the tracks that the
    camera was fitted to, and how far each misses it.
    """

    shares: Mapping[Movement, float]
    amplitude: float | None = None
    quality: float = 0.0
    clearness: float = 0.0
    span: tuple[int, int] = (0, 0)
    inliers: float | None = None
    local: float | None = None
    unknown: str = ""
    signs: Signs | None = None
    used: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    errors_px: Array = field(default_factory=lambda: np.zeros(0))


def find(
    pictures: Sequence[NDArray[np.uint8]],
    tracks: Tracks,
    *,
    fps: float,
    known: Known,
    checkpoint: Callable[[], None],
    sudden: bool = False,
) -> Finding:
    """What the camera did around the middle of some samples, as far as the tracks reach.

    `fps` is the rate of the samples, `checkpoint` is called often and may raise.
    `sudden`: only turns and zooms come into question.
    """
    count = len(tracks.places)
    low, high = _span(tracks)
    if count < LEAST_TRACKS:
        reason = f"The picture has too little texture: {count} points could be followed, {LEAST_TRACKS} needed."
        return Finding(shares={}, unknown=reason, span=(low, high))
    if high - low < min(2, len(pictures) - 1):
        reason = f"The points were lost: they span {high - low + 1} of {len(pictures)} samples."
        return Finding(shares={}, unknown=reason, span=(low, high))
    keys = key_frames(low, high, tracks.anchor)
    shown = tracks.seen[:, keys].sum(axis=1)
    usable = np.flatnonzero(shown >= min(3, len(keys)))
    if len(usable) < LEAST_TRACKS:
        # Where the picture passes by, points that leave on one side are no longer there on the other.
        usable = np.flatnonzero(shown >= min(2, len(keys)))
    if len(usable) < LEAST_TRACKS:
        reason = f"The points were lost: {len(usable)} could be followed throughout, {LEAST_TRACKS} needed."
        return Finding(shares={}, unknown=reason, span=(low, high))
    masked, usable = _parted(usable, moves_by_itself(tracks, usable, known))
    if not sudden:
        uneven = roughness(tracks, usable, fps=fps)
        alone = usable[rough(uneven, times=ALONE_TIMES)]
        trembling, usable = _parted(usable, rough(uneven))
        masked = np.concatenate([masked, np.intersect1d(alone, trembling)])
    path = picture_path(tracks, usable)
    far = extents(tracks)[usable]
    if len(usable) > MOST_TRACKS:
        usable = usable[np.linspace(0, len(usable) - 1, MOST_TRACKS).round().astype(int)]
    partial = known.moving is not None
    view = sights(tracks, usable, keys, known)
    ranking = explain(view, checkpoint=checkpoint, sudden=sudden, partial=partial)
    on_subject = in_subject(tracks, usable, known)
    if goes_its_own_way(ranking.free.errors_px * tracks.to_480, on_subject, least=LEAST_TRACKS):
        masked, usable = np.concatenate([masked, usable[on_subject]]), usable[~on_subject]
        view = sights(tracks, usable, keys, known)
        ranking = explain(view, checkpoint=checkpoint, sudden=sudden, partial=partial)
    steady = usable[ranking.free.errors_px <= max(LOCAL_PX, 2.0 * float(np.median(ranking.free.errors_px)))]
    course = courses(tracks, steady, low, high)
    shares, leading = probabilities(
        ranking, path[low : high + 1], course, far, tracks, fps=fps, focal_px=view.focal_px, sudden=sudden
    )
    fitted = leading.fit
    measured = max(shares, key=lambda movement: shares[movement])
    errors = fitted.errors_px * tracks.to_480
    # What was masked out moves by itself.
    everyone = len(errors) + len(masked)
    inliers = float((errors <= INLIER_PX).sum()) / everyone
    local = float((errors > LOCAL_PX).sum() + len(masked)) / everyone
    value: float | None = None
    if measured is Movement.STATIC:
        shares = rack_focus_between(pictures[low : high + 1], known) or shares
        measured = next(iter(shares))
    elif measured is Movement.HANDHELD:
        swing = np.abs(path[low : high + 1, :2] - path[low : high + 1, :2].mean(axis=0)).max(axis=0)
        value = float(swing.mean()) / view.focal_px
    else:
        sharp = sharpened(fitted, view, leading.axes)
        w = subject_w(sharp, view, subject=in_subject(tracks, usable, known), known=known)
        guessed = view.focal_px / tracks.width_px if known.focal is None else None
        value = amplitude(measured, sharp, w=w, guessed=guessed)
    signs = Signs.of(
        measured,
        shares,
        tracks=count,
        used=len(usable),
        inliers=float((errors <= INLIER_PX).mean()),
        error_px=float(np.median(errors)),
        free_px=float(np.median(ranking.free.errors_px)) * tracks.to_480,
        moved_px=float(np.median(far)),
        span=(high - low) / max(1, len(pictures) - 1),
        measured_depth=view.measured,
    )
    return Finding(
        shares=shares,
        amplitude=value,
        quality=0.0 if value is None else math.sqrt(inliers) * _GAUGE_BOUND.get(family(measured), 1.0),
        clearness=_enough(len(usable)) * inliers * math.exp(-float(np.median(errors)) / CLEAR_PX),
        span=(low, high),
        inliers=inliers,
        local=local,
        unknown=_complaint(measured, shares[measured], leading, ranking.free),
        signs=signs,
        used=np.concatenate([usable, masked]),
        errors_px=np.concatenate([errors, np.full(len(masked), np.inf)]),
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
    tracks = follow_across(even[before], even[after], checkpoint=checkpoint)
    return find(
        [pictures[before], pictures[after]],
        tracks,
        # The whole way in one step; at its fastest it goes about half as fast again as on average.
        fps=1.5 * fps / (after - before),
        known=Known(focal=known.focal),
        checkpoint=checkpoint,
        sudden=True,
    )


def _parted(usable: NDArray[np.intp], alive: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """What moves by itself and what is left for the camera; all is left where that would be too little."""
    if int((~alive).sum()) < LEAST_TRACKS:
        return usable[:0], usable
    return usable[alive], usable[~alive]


def _enough(count: int) -> float:
    """How far a number of tracks can be relied on: a half at 20, nearly all from 100 on."""
    return 1.0 - math.exp(-count / 29.0)


def _span(tracks: Tracks) -> tuple[int, int]:
    """First and last sample around the anchor that still show a quarter of the tracks."""
    enough = tracks.seen.sum(axis=0) >= max(LEAST_SEEN * len(tracks.seen), LEAST_TRACKS)
    low = high = tracks.anchor
    while low > 0 and enough[low - 1]:
        low -= 1
    while high + 1 < len(enough) and enough[high + 1]:
        high += 1
    return low, high


def _complaint(measured: Movement, share: float, leading: Explanation, free: Fit) -> str:
    """Why the measured movement must not be named, or nothing."""
    free_error = float(min(np.median(leading.fit.errors_px), np.median(free.errors_px)))
    if free_error > WORST_PX:
        return f"No path of a camera explains the clip: points miss it by {free_error:.1f} px."
    several = not leading.in_shape or mixed(leading.fit, free)
    if several and family(measured) not in (Family.HANDHELD, Family.STATIC, Family.RACK_FOCUS):
        return "The camera moves in several ways at once, and no single name fits."
    if share < LEAST_SHARE:
        return "Several movements explain the clip equally well."
    return ""
