"""The whole motion check: frames in, verdict out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.movement import Movement, family
from generator.core.motion_check.calibration import CALIBRATION_ID, coarse_confidence, confidence
from generator.core.motion_check.calibration_data import LEAST_COARSE
from generator.core.motion_check.defects import Defects, defects
from generator.core.motion_check.finding import LEAST_TRACKS, LOCAL_PX, Finding, find_across
from generator.core.motion_check.naming import STILL_PX
from generator.core.motion_check.paths import extents, steadiness
from generator.core.motion_check.scoring import LOOKS_ALIKE, UNITS, outcome, score
from generator.core.motion_check.segments import Part, joined, joined_path, parts
from generator.core.motion_check.similarity import METHOD as SIMPLE_METHOD
from generator.core.motion_check.similarity import find_simply
from generator.core.motion_check.trace import Trace
from generator.core.motion_check.tracks import normalised
from generator.core.motion_check.verdict import (
    METHOD,
    Alternative,
    Asked,
    Confidence,
    Examination,
    Known,
    Measured,
    Moment,
    Outcome,
    Segment,
    Verdict,
)

LEAST_FRAMES: Final = 3
"""Fewest samples that show a movement: one before and one after the middle."""

_TOO_FEW: Final = (
    "The clip is too short: {found} of its frames are far enough apart to be looked at, {least} are needed."
)
_TURNED: Final = "Nothing moves, and yet the picture turns into another one."

_CUT_DOUBT: Final = 0.5
"""What is left of the probability of a label in a clip with a cut."""


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
    return examine(frames, fps=fps, asked=asked, known=known, cancelled=cancelled).verdict


def examine(
    frames: Iterable[NDArray[np.uint8]],
    *,
    fps: float,
    asked: Asked | None = None,
    known: Known | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Examination:
    """The same with what was seen on the way; see `check`."""

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
        few = Finding(shares={}, unknown=_TOO_FEW.format(least=LEAST_FRAMES, found=len(pictures)))
        verdict = _verdict(few, Defects(), asked, steady=None)
        return Examination(verdict=verdict, trace=Trace(pictures=tuple(pictures), fps=fps))
    # Whether anything moves is asked of the tracks, which need no freeze to be known; cuts part them.
    flaws = defects(pictures, fps=fps, moves=True)
    found = parts(
        pictures, even, flaws.cuts, fps=fps, known=known, sudden=flaws.burst is not None, checkpoint=checkpoint
    )
    moves = any(len(part.tracks.places) and float(np.percentile(extents(part.tracks), 75)) > STILL_PX for part in found)
    flaws = replace(flaws, has_freeze=flaws.has_freeze and moves)
    finding = joined(found, len(pictures))
    if flaws.burst is not None:
        across = find_across(pictures, even, flaws.burst, fps=fps, known=known, checkpoint=checkpoint)
        before, after = flaws.burst
        low, high = found[0].told
        finding = _of_both(finding, across, followed=low <= before and high >= after)
    path = joined_path(found, len(pictures))
    main = max(found, key=lambda part: part.told[1] - part.told[0])
    method = METHOD
    if not finding.shares and not flaws.cuts:
        simple = find_simply(main.tracks, main.path)
        if simple is not None:
            finding, method = simple, SIMPLE_METHOD
    # A sudden movement smears, and no parabola follows it.
    steady = steadiness(main.tracks) if len(main.tracks.places) >= LEAST_TRACKS and flaws.burst is None else None
    verdict = replace(
        _verdict(_unless_turned(finding, flaws), flaws, asked, steady=steady),
        method=method,
        path=_moments(path, fps, pictures[0].shape[1]) if any(len(part.tracks.places) for part in found) else (),
        segments=_segments(found, fps),
    )
    return Examination(verdict=verdict, trace=_trace(pictures, fps, path, main, finding))


def _of_both(through: Finding, across: Finding, *, followed: bool) -> Finding:
    """Of what a sudden movement's smeared samples say and what those around it say, the one that tells.

    `followed`: the tracks came through it, so that both tell of the whole; then the clearer one stands.
    """
    telling = [one for one in (through, across) if one.shares and not one.unknown] or [through, across]
    if next(iter(through.shares), None) is Movement.HANDHELD:
        # What goes on beside the sudden movement sways by itself.
        return across
    if across in telling and across.shares and not followed:
        return across
    return max(telling, key=lambda one: one.clearness)


def _unless_turned(finding: Finding, flaws: Defects) -> Finding:
    """The finding, but that a camera at rest is no answer where the picture dissolves into another."""
    rests = next(iter(finding.shares), None) is Movement.STATIC
    return replace(finding, unknown=_TURNED) if rests and flaws.turns_into_another else finding


def _verdict(finding: Finding, flaws: Defects, asked: Asked | None, *, steady: float | None) -> Verdict:
    sure = 0.0
    if finding.signs is not None and finding.shares and not finding.unknown:
        sure = confidence(finding.signs) * (_CUT_DOUBT if flaws.cuts else 1.0)
        if coarse_confidence(finding.signs) < LEAST_COARSE:
            finding = replace(finding, unknown="What points at this movement was wrong too often to rely on.")
    if finding.unknown:
        finding, sure = replace(finding, shares={}, amplitude=None, quality=0.0), 0.0
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
        amplitude=_figure(finding.amplitude, sure * finding.quality, why_no_amplitude),
        unit=unit,
        score=_figure(scored, sure, why_no_score),
        steadiness=_figure(steady, 1.0, "The movement is too sudden, or too few points could be followed."),
        confidence=Confidence(probability=sure, calibration_id=CALIBRATION_ID),
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


def _moments(path: NDArray[np.float64], fps: float, width_px: int) -> tuple[Moment, ...]:
    start = path[0]
    return tuple(
        Moment(
            time_s=index / fps,
            shift_x=float(row[0] - start[0]) / width_px,
            shift_y=float(row[1] - start[1]) / width_px,
            turn_rad=float(row[2] - start[2]),
            scale=float(np.exp(np.clip(row[3] - start[3], -5, 5))),
        )
        for index, row in enumerate(path)
    )


def _segments(found: Sequence[Part], fps: float) -> tuple[Segment, ...]:
    """One segment for each part, where there are several."""
    if len(found) < 2:
        return ()
    rows = []
    for part in found:
        finding = part.finding
        low, high = part.told
        named = None if finding.unknown or not finding.shares else next(iter(finding.shares))
        sure = confidence(finding.signs) if named and finding.signs else 0.0
        rows.append(
            Segment(
                start_s=low / fps,
                end_s=high / fps,
                measured=named,
                probability=sure,
                amplitude=finding.amplitude if named else None,
                unit=UNITS.get(family(named)) if named else None,
                unknown_because=finding.unknown,
            )
        )
    return tuple(rows)


def _trace(
    pictures: Sequence[NDArray[np.uint8]], fps: float, path: NDArray[np.float64], main: Part, finding: Finding
) -> Trace:
    """What is drawn: the longest part's tracks over the whole clip."""
    tracks = main.tracks
    follows = np.zeros(len(tracks.places), np.bool_)
    alone = np.zeros(len(tracks.places), np.bool_)
    told = main.finding
    follows[told.used[told.errors_px <= LOCAL_PX]] = True
    alone[told.used[told.errors_px > LOCAL_PX]] = True
    return Trace(
        pictures=tuple(pictures),
        fps=fps,
        first=main.first,
        tracks=tracks,
        path=path,
        with_camera=follows,
        by_itself=alone,
        signs=finding.signs,
        likeliest=None if finding.unknown else next(iter(finding.shares), None),
    )
