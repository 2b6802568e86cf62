"""The whole motion check: frames in, verdict out."""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.movement import family
from generator.core.motion_check.defects import Defects, defects
from generator.core.motion_check.finding import LEAST_TRACKS, STILL_PX, Finding, find, find_across
from generator.core.motion_check.paths import extents, picture_path, steadiness
from generator.core.motion_check.scoring import LOOKS_ALIKE, UNITS, outcome, score
from generator.core.motion_check.tracks import follow, normalised
from generator.core.motion_check.verdict import Alternative, Asked, Confidence, Known, Measured, Outcome, Verdict

LEAST_FRAMES: Final = 3
"""Fewest samples that show a movement: one before and one after the middle."""


class Cancelled(Exception):
    """The caller no longer wants the verdict."""


def check(
    frames: Iterable[NDArray[np.uint8]],
    *,
    fps: float,
    asked: Asked | None = None,
    known: Known | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Verdict:
    """What the camera did in the clip, and whether that was asked for.

    `frames` are the sampled frames' luma, (H, W) uint8, scaled to 480 px wide, in order; `sampling` says which. `fps`
    is the rate of these samples per second, not the clip's. The same frames always give the same verdict. Raises
    Cancelled soon after `cancelled` turns true, ValueError for frames of different sizes or a rate that is not above 0.
    """

    def checkpoint() -> None:
        if cancelled():
            raise Cancelled

    if not fps > 0:
        message = f"samples come at a rate above 0 per second, found {fps}"
        raise ValueError(message)
    known = known or Known()
    pictures: list[NDArray[np.uint8]] = []
    even: list[NDArray[np.uint8]] = []
    for frame in frames:
        checkpoint()
        if pictures and frame.shape != pictures[0].shape:
            message = f"all frames have one size, found {frame.shape} after {pictures[0].shape}"
            raise ValueError(message)
        pictures.append(frame)
        even.append(normalised(frame))
    if len(pictures) < LEAST_FRAMES:
        few = Finding(shares={}, unknown=f"A movement shows from {LEAST_FRAMES} frames on; found {len(pictures)}.")
        return _verdict(few, Defects(), asked, steady=None)
    tracks = follow(even, checkpoint=checkpoint)
    moves = len(tracks.places) > 0 and float(np.percentile(extents(tracks), 75)) > STILL_PX
    flaws = defects(pictures, fps=fps, moves=moves)
    path = picture_path(tracks)
    finding = find(pictures, tracks, path, fps=fps, cuts=flaws.cuts, known=known, checkpoint=checkpoint)
    if flaws.burst is not None:
        across = find_across(pictures, even, flaws.burst, fps=fps, known=known, checkpoint=checkpoint)
        finding = max(finding, across, key=lambda one: one.clearness)
    # A sudden movement smears, and no parabola follows it.
    steady = steadiness(tracks) if len(tracks.places) >= LEAST_TRACKS and flaws.burst is None else None
    return _verdict(finding, flaws, asked, steady=steady)


def _verdict(finding: Finding, flaws: Defects, asked: Asked | None, *, steady: float | None) -> Verdict:
    ranked = sorted(finding.shares.items(), key=lambda item: -item[1])
    alike = dict(ranked[:1]) | {movement: share for movement, share in ranked if share >= LOOKS_ALIKE}
    measured = next(iter(alike), None)
    unit = UNITS.get(family(measured)) if measured else None
    result = outcome(asked, measured, alike)
    if measured is None:
        why_no_amplitude = why_no_score = finding.unknown
    else:
        why_no_amplitude = "The picture alone does not tell it." if unit else "This movement has no amplitude."
        why_no_score = "Nothing was asked."
    scored = None
    if asked is not None and result is not Outcome.UNKNOWN:
        scored = score(
            result,
            asked,
            value=finding.amplitude,
            unit=unit,
            steadiness=1.0 if steady is None else steady,
            flaws=bool(flaws.cuts) + flaws.has_freeze + flaws.has_black_border,
        )
    return Verdict(
        outcome=result,
        asked=asked.movement if asked else None,
        measured=measured,
        alternatives=tuple(Alternative(movement=m, probability=p) for m, p in alike.items()),
        amplitude=_figure(finding.amplitude, finding.quality, why_no_amplitude),
        unit=unit,
        score=_figure(scored, finding.confidence, why_no_score),
        steadiness=_figure(steady, 1.0, "The movement is too sudden, or too few points could be followed."),
        confidence=Confidence(probability=finding.confidence),
        unknown_because=finding.unknown,
        inlier_share=_figure(finding.inliers, 1.0, "No camera was fitted to the clip."),
        local_motion_share=_figure(finding.local, 1.0, "No camera was fitted to the clip."),
        has_cut=bool(flaws.cuts),
        has_freeze=flaws.has_freeze,
        has_black_border=flaws.has_black_border,
        loops=flaws.loops,
    )


def _figure(value: float | None, quality: float, why: str) -> Measured:
    if value is None:
        return Measured(value=None, quality=0.0, absent_because=why)
    return Measured(value=value, quality=quality)
