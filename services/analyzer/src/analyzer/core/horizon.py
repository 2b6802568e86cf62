"""The horizon: the near-level line on which sky ends, and how sure it is one."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Horizon
from analyzer.core.arrays import Plane
from analyzer.core.evidence import ramp, share_of
from analyzer.core.frame import Frame
from analyzer.core.horizon_lines import COLUMNS, ROWS, Candidate, Panorama, candidates_in, panorama_of
from analyzer.core.quantiles import median
from analyzer.core.segments import Segments

_LEAST_QUALITY: Final = 0.03
_TRUSTED: Final = 0.25
_NEAR: Final = 10
"""Rows above and below a line that count as next to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What speaks for a line being the horizon; each 0..1.

    covered: share of the columns that change colour on the line. lined: share of the width that straight segments on
    it cover. clear: share of the columns in which nothing above is as strong a change as the line. calm: how little
    texture is above. rougher: how much more there is below. sky: likeness to sky of all above. mirror: the same below,
    as water has. apart: how far the colours next to the line differ. level: 1 without tilt. built: upright lines, of
    which open country has none. warm: share of what is above that is warm and not light, as walls and wood are. blue:
    share of it that is blue. paler: how much lighter it gets downwards, as a sky does.
    """

    covered: float
    lined: float
    clear: float
    calm: float
    rougher: float
    sky: float
    mirror: float
    apart: float
    level: float
    built: float
    warm: float
    blue: float
    paler: float


_WEIGHTS: Final = Signs(
    covered=2.4,
    lined=1.9,
    clear=1.9,
    calm=0.8,
    rougher=0.75,
    sky=0.5,
    mirror=0.5,
    apart=0.5,
    level=1.6,
    built=-1.4,
    warm=-0.3,
    blue=1.2,
    paler=0.5,
)
_PRIOR: Final = -9.0
"""Log-odds of each sign and of a line without any. The sides were fixed by reason, the sizes by logistic regression on
302 photographs labelled by eye, 31 of them with a horizon, and 175 built scenes, and rounded; cross-validated area
under the curve on the photographs .93."""
_LINE: Final = 0.8
_EYE: Final = 0.77
_BOTH: Final = 1.0
"""How the log-odds of the line and of the eye add up, and where they start: by logistic regression on 976 photographs,
81 of them with a horizon, and rounded; cross-validated area under the curve .96, line alone .94, eye alone .95."""
_LEAST_CHANCE: Final = 0.047
"""The eye's doubt counts no further: it has seen few drawings, whose horizons the line shows well."""


def find_horizon(frame: Frame, segments: Segments, seen: float) -> Horizon | None:
    """The horizon, its kind not yet told, or None when no line could be one. seen: chance 0..1 that there is one.

    Quality is the probability that the line is an honest horizon: a line with a low one is a guess, to be weighed.

    Candidates are straight lines within 15 degrees of level along which most columns change colour (skylines of trees
    and mountains are not straight). For each, the signs of open sky above and of ground or water below add up to
    log-odds, and so does what the trained eye says of the whole still; the quality is the best one's probability.
    """
    panorama = panorama_of(frame)
    told = [(_log_odds(signs_of(frame, segments, panorama, one)), one) for one in candidates_in(panorama)]
    if not told:
        return None
    odds, best = max(told, key=lambda one: one[0])
    chance = min(max(seen, _LEAST_CHANCE), 0.999)
    both = _LINE * odds + _EYE * math.log(chance / (1.0 - chance)) + _BOTH
    quality = 1.0 / (1.0 + math.exp(-both))
    if quality < _LEAST_QUALITY:
        return None
    y, tilt = _fitted(frame, panorama, best)
    return Horizon(y=round(_refined(frame, y, tilt), 6), tilt_deg=round(tilt, 4) + 0.0, quality=round(quality, 6))


def trusted(horizon: Horizon | None) -> Horizon | None:
    """The horizon when it may decide what lies above and below it, None when it is a mere guess."""
    return horizon if horizon is not None and horizon.quality >= _TRUSTED else None


def signs_of(frame: Frame, segments: Segments, panorama: Panorama, line: Candidate) -> Signs:
    """The signs of one line."""
    look = panorama.straightened(line.tilt_deg)
    row = line.row
    upper, lower = look[: max(1, row - 1)], look[min(ROWS - 1, row + 1) :]
    near_above, near_below = look[max(0, row - _NEAR) : max(1, row)], look[row : row + _NEAR]
    apart = float(np.linalg.norm(near_above[..., :3].mean(axis=(0, 1)) - near_below[..., :3].mean(axis=(0, 1))))
    calm, rough = median(upper[..., 3]), median(lower[..., 3])
    half = len(upper) // 2
    warm = (upper[..., 2] > 8.0) & (upper[..., 0] < 75.0)
    upright = float(segments.length[segments.steep > 75.0].sum()) / frame.height
    return Signs(
        covered=line.covered,
        lined=_lined(frame, segments, line),
        clear=_clear(panorama, line),
        calm=ramp(calm, 6.0, 0.5),
        rougher=ramp(rough - calm, -1.0, 6.0),
        sky=float(upper[..., 4].mean()),
        mirror=float(lower[..., 4].mean()),
        apart=ramp(apart, 0.0, 30.0),
        level=ramp(abs(line.tilt_deg), 15.0, 0.0),
        built=ramp(upright, 0.0, 4.0),
        warm=share_of(warm),
        blue=share_of(upper[..., 2] < -4.0),
        paler=ramp(float(upper[half:, :, 0].mean() - upper[: max(1, half), :, 0].mean()), -8.0, 12.0),
    )


def _log_odds(signs: Signs) -> float:
    weighed = (getattr(_WEIGHTS, name) * getattr(signs, name) for name in Signs.__dataclass_fields__)
    return float(_PRIOR + sum(weighed))


def _clear(panorama: Panorama, line: Candidate) -> float:
    """The share of columns whose strongest change above the line is weaker than the one on it."""
    end = line.row - 3
    if end <= 0:
        return 1.0
    rows = np.arange(end)[:, None] + np.round(panorama.fall(line.tilt_deg))[None].astype(np.intp)
    above = panorama.step.ravel()[np.clip(rows, 0, ROWS) * COLUMNS + np.arange(COLUMNS)]
    bar = np.maximum(0.7 * panorama.steps_at(line.row, line.tilt_deg), 4.0)
    return share_of(above.max(axis=0) <= bar)


def _lined(frame: Frame, segments: Segments, line: Candidate) -> float:
    """The share of the width that segments on the line cover."""
    slope = np.tan(np.radians(line.tilt_deg))
    middle = segments.middle
    off = middle[:, 1] - slope * (middle[:, 0] - frame.width / 2) - line.row / ROWS * frame.height
    on_line = segments.where((np.abs(off) < 0.015 * frame.height) & (np.abs(segments.angle - line.tilt_deg) < 5.0))
    covered = np.zeros(COLUMNS, bool)
    for left, _, right, _ in on_line.ends / frame.width * COLUMNS:
        covered[max(0, int(left)) : math.ceil(right)] = True
    return share_of(covered)


def _fitted(frame: Frame, panorama: Panorama, line: Candidate) -> tuple[float, float]:
    """Height in the middle 0..1 and tilt of the straight line through the columns' strongest changes near the line.

    Weighted least squares, three times over with what lies off the line left out.
    """
    columns = np.arange(COLUMNS)
    at = np.clip(np.round(line.row + panorama.fall(line.tilt_deg)), 2, ROWS - 2).astype(np.intp)
    near = np.stack([panorama.step[at + shift, columns] for shift in range(-2, 3)])
    rows = at + near.argmax(axis=0) - 2.0
    across = (columns + 0.5) / COLUMNS - 0.5
    weight = np.minimum(near.max(axis=0), 10.0) + 1e-3
    for _ in range(3):
        share = weight / weight.sum()
        centre, mean = float((share * across).sum()), float((share * rows).sum())
        spread = float((share * (across - centre) ** 2).sum())
        slope = float((share * (across - centre) * (rows - mean)).sum()) / max(spread, 1e-6)
        rest = np.abs(rows - mean - slope * (across - centre))
        weight = np.where(rest < 1.5, weight, weight * 0.05)
    tilt = math.degrees(math.atan(slope / ROWS * frame.height / frame.width))
    if abs(tilt - line.tilt_deg) > 3.0:
        return line.row / ROWS, line.tilt_deg
    return (mean - slope * centre) / ROWS, tilt


def _refined(frame: Frame, y: float, tilt_deg: float) -> float:
    """The height to a pixel: where the change along y is strongest near the line."""
    slope = np.tan(np.radians(tilt_deg))
    columns = np.arange(0, frame.width, 4)
    rows = np.arange(round((y - 0.015) * frame.height), round((y + 0.015) * frame.height) + 1)
    at = rows[:, None] + np.round(slope * (columns - frame.width / 2))[None].astype(np.intp)
    above, below = (np.clip(at + shift, 0, frame.height - 1) for shift in (-2, 2))
    # Only the rows that are looked at, with those that are blurred into them.
    top = max(0, int(above.min()) - 2)
    lightness = cv2.blur(frame.lightness[top : int(below.max()) + 3], (5, 5))
    upper: Plane = lightness[above - top, columns]
    lower: Plane = lightness[below - top, columns]
    change = np.abs(np.median(upper - lower, axis=1))
    return float(np.clip((rows[int(change.argmax())] + 0.5) / frame.height, 0.0, 1.0))
