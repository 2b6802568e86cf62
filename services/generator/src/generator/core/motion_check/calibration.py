"""How often a label is right that comes with such signs: the calibration of the motion check's confidence."""

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from typing import Final

from film.movement import Family, Movement, family, opposite
from generator.core.motion_check.calibration_data import CALIBRATION_ID, COARSE, EXACT

_MOST_LOGIT: Final = 6.0

COARSE_FAMILY: Final[Mapping[Family, str]] = {
    Family.PAN: "across",
    Family.TRUCK: "across",
    Family.WHIP_PAN: "across",
    Family.TILT: "up",
    Family.PEDESTAL: "up",
    Family.ZOOM: "in",
    Family.DOLLY: "in",
    Family.CRASH_ZOOM: "in",
}
"""Families that show the same picture where all is equally far; every other family stands alone."""

_DEPTH_BOUND: Final = frozenset({Family.DOLLY, Family.DOLLY_ZOOM})
"""Families that depths alone tell apart: a dolly zoom looks like a push in a world whose subject is endlessly far."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signs:
    """What speaks for and against a finding; every figure is near 0 for a common clip and grows evenly.

    `odds`: ln of the odds of the likeliest movement against all others, within 6 of 0. `class_odds`: the same of all
    movements that look like it together. `reverse`: the share of its opposite, and of what other depths would make of
    it, in what they have together with it. `points`: ln of the tracks, a hundred being 0. `outliers`: share of the
    tracks that do not follow the camera. `misfit`: ln of the median error over a third of a pixel. `excess`: ln of that
    error over the one that every axis free leaves. `motion`: ln of the median motion over ten pixels. `unspanned`:
    share of the clip that no track reaches. The others are 1 or 0: a depth map was given; what family was found.
    """

    odds: float
    class_odds: float
    reverse: float
    points: float
    outliers: float
    misfit: float
    excess: float
    motion: float
    unspanned: float
    depth: float
    still: float
    hand: float
    racked: float
    sudden: float
    reversible: float
    reversible_depth: float

    @classmethod
    def of(
        cls,
        measured: Movement,
        shares: Mapping[Movement, float],
        *,
        tracks: int,
        used: int,
        inliers: float,
        error_px: float,
        free_px: float,
        moved_px: float,
        span: float,
        measured_depth: bool,
    ) -> "Signs":
        """The signs of a finding, from its figures; lengths in pixels at 480 px width."""
        kind = family(measured)
        alike = sum(share for movement, share in shares.items() if coarse(movement) == coarse(measured))
        back = sum(shares.get(movement, 0.0) for movement in _reverses(measured, measured_depth=measured_depth))
        gauge = float(kind in (Family.ARC, Family.CRANE, Family.DOLLY_ZOOM))
        return cls(
            odds=_logit(shares[measured]),
            class_odds=_logit(alike),
            reverse=back / max(back + shares[measured], 1e-9),
            points=math.log(max(1, min(tracks, used * 2)) / 100.0),
            outliers=1.0 - inliers,
            misfit=math.log((error_px + 0.05) / 0.33),
            excess=math.log((error_px + 0.1) / (free_px + 0.1)),
            motion=math.log((moved_px + 0.5) / 10.0),
            unspanned=1.0 - span,
            depth=float(measured_depth),
            still=float(kind is Family.STATIC),
            hand=float(kind is Family.HANDHELD),
            racked=float(kind is Family.RACK_FOCUS),
            sudden=float(kind in (Family.WHIP_PAN, Family.CRASH_ZOOM)),
            reversible=gauge,
            reversible_depth=gauge * float(measured_depth),
        )


def names() -> tuple[str, ...]:
    """The signs' names, in order."""
    return tuple(one.name for one in fields(Signs))


def coarse(movement: Movement) -> str:
    """What a movement is called where nothing tells depth: pans and trucks to one side are one."""
    kind = family(movement)
    if kind not in COARSE_FAMILY:
        return str(movement)
    return f"{COARSE_FAMILY[kind]} {movement.rsplit('_', 1)[1]}"


def _reverses(measured: Movement, *, measured_depth: bool) -> set[Movement]:
    """What the same picture may show played backwards, or in a world of other depths where nobody measured them."""
    found = {opposite(measured)}
    if not measured_depth and family(measured) in _DEPTH_BOUND:
        found |= {movement for movement in Movement if family(movement) in _DEPTH_BOUND}
    return {movement for movement in found if coarse(movement) != coarse(measured)}


def confidence(signs: Signs) -> float:
    """Probability, 0 to 1, that a label with these signs is right.

    It is no higher than its share of what looks the same: where all is equally far nothing tells a dolly from a zoom,
    and where no depth is known hardly anything tells a dolly zoom from its reverse.
    """
    within = _share(signs.odds) / max(_share(signs.class_odds), 1e-9)
    return min(_probability(signs, EXACT), coarse_confidence(signs) * min(1.0, within))


def coarse_confidence(signs: Signs) -> float:
    """Probability, 0 to 1, that the label or one that looks the same is right."""
    return min(max(_probability(signs, COARSE), _probability(signs, EXACT)), 1.0 - signs.reverse)


def _probability(signs: Signs, weights: Mapping[str, float]) -> float:
    total = weights["constant"]
    for name, value in zip(names(), astuple(signs), strict=True):
        total += weights.get(name, 0.0) * value
    return _share(max(-30.0, min(30.0, total)))


def _share(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-odds))


def _logit(share: float) -> float:
    inside = min(max(share, 1e-9), 1.0 - 1e-9)
    return max(-_MOST_LOGIT, min(_MOST_LOGIT, math.log(inside / (1.0 - inside))))


__all__ = ["CALIBRATION_ID", "Signs", "coarse", "coarse_confidence", "confidence", "names"]
