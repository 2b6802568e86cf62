"""What a ranking of movements is called, with probabilities: rests, hands and sudden movements are told apart here."""

import math
from dataclasses import replace
from typing import Final

import numpy as np

from film.movement import Family, Movement, family
from generator.core.motion_check.camera_model import PAN, ROLL, TILT, Array, Fit
from generator.core.motion_check.hypotheses import Explanation, Ranking
from generator.core.motion_check.paths import SWAYS, WAVERS, sways
from generator.core.motion_check.tracks import Tracks

STILL_PX: Final = 0.9
"""A camera rests when half of the tracks stay within this many pixels at 480 px width."""

STILL_NATS: Final = 0.45
"""A camera that rests by its median moves after all when a movement explains the rest better by this cost."""

PLAINLY_NATS: Final = 0.15
"""And by this cost where it explains what most tracks do, not only the rest."""

PLAINLY: Final = 2.0
"""It does where it leaves most tracks this many times less than rest does."""

FIRM_NATS: Final = 0.05
"""And by this cost where things move just as a travelling camera shows the depths that are known: nothing else does."""

STILL_DOUBT: Final = 0.12
"""How softly it does, in nats: what moves a little may be the camera or something in the picture."""

MIXED_PX: Final = 1.2
"""Median error beyond which one name is not enough if all axes together do twice as well."""

WHIP_RAD_S: Final = 0.35
"""Turning speed from which a pan is a whip pan, in radians per second at its fastest."""

CRASH_PER_S: Final = 0.45
"""Growth of the ln of the picture's scale per second from which a zoom is a crash zoom, at its fastest."""

_FAST: Final = {
    Movement.PAN_LEFT: Movement.WHIP_PAN_LEFT,
    Movement.PAN_RIGHT: Movement.WHIP_PAN_RIGHT,
    Movement.ZOOM_IN: Movement.CRASH_ZOOM_IN,
    Movement.ZOOM_OUT: Movement.CRASH_ZOOM_OUT,
}


def probabilities(
    ranking: Ranking,
    path: Array,
    course: Array,
    far: Array,
    tracks: Tracks,
    *,
    fps: float,
    focal_px: float,
    sudden: bool,
) -> tuple[dict[Movement, float], Explanation]:
    """Probabilities, likeliest first, and the explanation whose fit they rest on."""
    best = ranking.explanations[0]
    by_name = {one.movement: one for one in ranking.explanations}
    still = by_name[Movement.STATIC]
    if float(np.median(far)) < STILL_PX:
        rest, left = (float(np.median(one.fit.errors_px)) for one in (still, best))
        needed = FIRM_NATS if best.firm else PLAINLY_NATS if rest > PLAINLY * left else STILL_NATS
        share = 1.0 / (1.0 + math.exp((still.cost - best.cost - needed) / STILL_DOUBT))
        moving = {one.movement: one.probability for one in ranking.explanations if one is not still}
        whole = sum(moving.values())
        both = {Movement.STATIC: share} | {name: (1.0 - share) * part / whole for name, part in moving.items()}
        ranked = dict(sorted(both.items(), key=lambda item: -item[1]))
        return ranked, still if next(iter(ranked)) is Movement.STATIC else best
    first, turns = sways(course, width_px=tracks.width_px)
    wavers = turns >= SWAYS and (first >= WAVERS or (first > 0 and not sudden))
    # Short clips show a hand turn once or twice; then it is what no steadier camera explains.
    torn = mixed(best.fit, ranking.free)
    if wavers or (first > 0 and turns >= WAVERS and not sudden and (torn or _swayed(best))):
        share = turns / (turns + 1.0)
        return {Movement.HANDHELD: share, best.movement: 1.0 - share}, replace(best, fit=ranking.free, axes=())
    shares: dict[Movement, float] = {}
    speed = np.abs(np.diff(path, axis=0)).max(axis=0) * fps
    for one in ranking.explanations:
        name = one.movement
        fast = speed[0] / focal_px > WHIP_RAD_S if family(name) is Family.PAN else speed[3] > CRASH_PER_S
        name = _FAST.get(name, name) if fast or sudden else name
        shares[name] = max(shares.get(name, 0.0), one.probability)
    return shares, best


def _swayed(one: Explanation) -> bool:
    """Whether a movement explains the tracks only with a hand's small turns laid over it."""
    return {TILT, PAN, ROLL} <= set(one.axes)


def mixed(fitted: Fit, free: Fit) -> bool:
    """Whether every axis free explains the tracks far better than the one movement does."""
    error = float(np.median(fitted.errors_px))
    return error > MIXED_PX and float(np.median(free.errors_px)) < 0.5 * error
