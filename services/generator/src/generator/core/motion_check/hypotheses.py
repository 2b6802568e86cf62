"""Names a fitted path: every movement is a hypothesis about the axes, and the cheapest explanation wins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from film.freedom import freedom
from film.movement import Family, Movement, family, opposite
from generator.core.motion_check.camera_model import (
    DOLLY,
    FINEST_PX,
    MEDIAN_W,
    PAN,
    PEDESTAL,
    ROLL,
    SHIFT_X,
    SHIFT_Y,
    SPREAD_W,
    TILT,
    TRUCK,
    ZOOM,
    Fit,
    Sights,
    cost,
    fit,
)
from generator.core.motion_check.prices import ANCHOR_COST, EXCESS_COST, FIRM, MISSHAPEN, OCCAM, SWAY_COST, USUAL
from generator.core.motion_check.shapes import AXES, LEAD, in_shape, travelled

ANCHORED: Final[Mapping[Family, tuple[int, ...]]] = MappingProxyType(
    {
        Family.ZOOM: (ZOOM, SHIFT_X, SHIFT_Y),
        Family.DOLLY: (TRUCK, PEDESTAL, DOLLY),
        Family.DOLLY_ZOOM: (TRUCK, PEDESTAL, DOLLY, ZOOM, SHIFT_X, SHIFT_Y),
    }
)
"""The same for families that may go towards any place of the frame instead of its centre."""

EASY_PX: Final = 0.2
"""Median error at which a camera that only turns or zooms leaves nothing for a freer one to explain."""

NEAR_NATS: Final = 1.5
"""How much more, in nats per seen place, an explanation may cost for its reversed twin to be tried."""

SWAYED_PX: Final = 0.5
"""Median error that every unswayed family must leave before a hand's sway is laid over them."""

EVERY_AXIS: Final = (TRUCK, PEDESTAL, DOLLY, TILT, PAN, ROLL, ZOOM)

ENDLESS_W: Final = 0.1
"""Inverse depth, a sixth of the median one, below which a thing hardly grows however the camera comes nearer."""

FAR_PERCENTILE: Final = 5
"""Share of the tracks, in percent, that lie beyond it in a world with an endlessly far part."""

TEMPERATURE: Final = 0.05
"""Difference of cost, in nats per seen place, that makes a movement e times likelier. Set by eye, not calibrated."""

REVERSED_TEMPERATURE: Final = 0.3
"""The same for a movement and its opposite at reversed depths, where nobody measured the depths."""

FLAT_PX: Final = 1.2
"""Parallax, in pixels at 480 px width, below which a travelling camera cannot be told from a turning one."""

LOOKALIKE: Final[Mapping[Family, Family]] = MappingProxyType(
    {
        Family.TRUCK: Family.PAN,
        Family.PEDESTAL: Family.TILT,
        Family.DOLLY: Family.ZOOM,
    }
)
"""Travels and the depth-free family that shows the same picture where all is equally far."""

_REVERSIBLE: Final = frozenset({Family.ARC, Family.CRANE, Family.DOLLY_ZOOM})
_TWIN_SHARE: Final = 0.4

_SIGNS: Final[Mapping[int, str]] = MappingProxyType(
    {
        TRUCK: "truck", PEDESTAL: "pedestal", DOLLY: "dolly", TILT: "tilt", PAN: "pan", ROLL: "roll", ZOOM: "zoom",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """A movement with the path that shows it, that path's cost with Occam's share, its probability, and its axes.

    `in_shape`: the axes stand to each other as the name says. `firm`: in the very world that a depth map tells.
    """

    movement: Movement
    fit: Fit
    cost: float
    probability: float = 0.0
    axes: tuple[int, ...] = ()
    in_shape: bool = True
    firm: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """All explanations, likeliest first, and the fit that every axis free reaches."""

    explanations: tuple[Explanation, ...]
    free: Fit


SUDDEN: Final = frozenset({Family.STATIC, Family.PAN, Family.TILT, Family.ROLL, Family.ZOOM})
"""Families of sudden movements: nobody carries a camera through half a world within half a second."""


def explain(sights: Sights, *, checkpoint: Callable[[], None], sudden: bool = False, partial: bool = False) -> Ranking:
    """Every family fitted to the sights, named with its direction and ranked by probability.

    `sudden`: only turns and zooms come into question. `partial`: some of the picture moves by itself, left out as far
    as it is known; what is left of it, or what is missing, may make travelling look like turning.

    Costs are compared at twice the error that the best fit leaves, so that the tracker's own error, which free depths
    absorb a little of, decides nothing.
    """
    plain = [(kind, axes, OCCAM[kind]) for kind, axes in AXES.items() if not sudden or kind in SUDDEN]
    found = _fitted(sights, plain, checkpoint)
    easy = min(float(np.median(one.fit.errors_px)) for one in found if not any(axis <= DOLLY for axis in one.axes))
    if easy > EASY_PX:
        anchored = [(kind, axes, OCCAM[kind] + ANCHOR_COST) for kind, axes in ANCHORED.items()]
        found += _fitted(sights, [trial for trial in anchored if not sudden or trial[0] in SUDDEN], checkpoint)
        found += _reversed(sights, found, checkpoint)
    nearest = min((one.fit for one in found), key=lambda fitted: cost(fitted, sights, scale_px=FINEST_PX))
    free = fit(sights, EVERY_AXIS, checkpoint=checkpoint, start=nearest.path, start_w=nearest.w)
    error = float(np.median(free.errors_px))
    shapely = [float(np.median(one.fit.errors_px)) for one in found if one.in_shape]
    if min(shapely) > max(SWAYED_PX, 2.0 * error) and not sudden:
        found += _fitted(sights, _swaying(), checkpoint)
    scale = max(FINEST_PX, 2.0 * min(error, *shapely))
    if sights.measured and not sudden:
        found += _firm(sights, found, scale, checkpoint)
    best: dict[Movement, Explanation] = {}
    for one in found:
        named = Explanation(
            _name(one.kind, one.fit),
            one.fit,
            one.total(sights, scale),
            axes=one.axes,
            in_shape=one.in_shape,
            firm=one.firm,
        )
        if named.movement not in best or named.cost < best[named.movement].cost:
            best[named.movement] = named
    return Ranking(explanations=_ranked(list(best.values()), sights, partial=partial), free=free)


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    kind: Family
    axes: tuple[int, ...]
    fit: Fit
    price: float
    in_shape: bool
    firm: bool = False

    def total(self, sights: Sights, scale: float) -> float:
        shape = 0.0 if self.in_shape else MISSHAPEN
        return cost(self.fit, sights, scale_px=scale) + self.price + shape + _excess(self.fit) + self._endless(sights)

    def _endless(self, sights: Sights) -> float:
        """Cost of a push or pull that keeps a part of the picture as it is, as only what is endlessly far stays.

        A dolly zoom keeps its subject; where no depth is measured, neither of the two is simpler than the other.
        """
        if self.kind is not Family.DOLLY or sights.measured or np.percentile(self.fit.w, FAR_PERCENTILE) > ENDLESS_W:
            return 0.0
        return OCCAM[Family.DOLLY_ZOOM] - OCCAM[Family.DOLLY]


def _excess(fitted: Fit) -> float:
    """Cost of a path that is farther than anybody goes: such paths are bent to follow what is no camera's doing."""
    away = np.abs(travelled(fitted.path))
    beyond = np.maximum(away[[TRUCK, PEDESTAL, DOLLY, ZOOM]] - USUAL, 0.0)
    return EXCESS_COST * float(beyond.sum())


_Trial = tuple[Family, tuple[int, ...], float]


def _fitted(sights: Sights, trials: list[_Trial], checkpoint: Callable[[], None]) -> list[_Candidate]:
    return [_candidate(kind, axes, price, fit(sights, axes, checkpoint=checkpoint)) for kind, axes, price in trials]


def _candidate(kind: Family, axes: tuple[int, ...], price: float, fitted: Fit) -> _Candidate:
    return _Candidate(kind, axes, fitted, price, in_shape(kind, fitted.path, fitted.w))


def _reversed(sights: Sights, found: list[_Candidate], checkpoint: Callable[[], None]) -> list[_Candidate]:
    """The reversed twins of what comes near the best so far; twins of the others come no nearer."""
    costs = [one.total(sights, FINEST_PX) for one in found]
    return [
        _candidate(one.kind, one.axes, one.price, _reversed_depth(sights, one.axes, one.fit, checkpoint))
        for one, price in zip(found, costs, strict=True)
        if one.kind in _REVERSIBLE and price < min(costs) + NEAR_NATS
    ]


def _firm(sights: Sights, found: list[_Candidate], scale: float, checkpoint: Callable[[], None]) -> list[_Candidate]:
    """The travels once more in the very world that a depth map tells, but for those that it cannot make the best."""
    least = min(one.total(sights, scale) for one in found)
    # Fixed depths explain no more than free ones: so dear is each of them at least.
    bounds = [cost(one.fit, sights, scale_px=scale) + one.price - _saved(one.kind) for one in found]
    firm = []
    for bound, one in sorted(zip(bounds, found, strict=True), key=lambda pair: pair[0]):
        if bound > least:
            break
        if _saved(one.kind) > 0:
            start = one.fit.path if one.in_shape else None
            fitted = fit(sights, one.axes, checkpoint=checkpoint, start=start, firm=True)
            firm.append(replace(_candidate(one.kind, one.axes, one.price - _saved(one.kind), fitted), firm=True))
            least = min(least, firm[-1].total(sights, scale))
    return firm


def _saved(kind: Family) -> float:
    return OCCAM[kind] - FIRM.get(kind, OCCAM[kind])


def _swaying() -> list[_Trial]:
    """Every family once more, with the small turns of a hand laid over it."""
    turns = {TILT, PAN, ROLL}
    return [
        (kind, tuple(sorted({*axes, *turns})), OCCAM[kind] + SWAY_COST)
        for kind, axes in AXES.items()
        if kind is not Family.STATIC
    ]


def _reversed_depth(sights: Sights, axes: tuple[int, ...], fitted: Fit, checkpoint: Callable[[], None]) -> Fit:
    """The same family with near and far exchanged, which shows nearly the same picture when the path is reversed."""
    exchanged = np.maximum(2 * MEDIAN_W - fitted.w, 0.05)
    return fit(sights, axes, checkpoint=checkpoint, start=-fitted.path, start_w=exchanged)


def _name(kind: Family, fitted: Fit) -> Movement:
    if kind is Family.STATIC:
        return Movement.STATIC
    axis = LEAD[kind]
    sign = 1 if travelled(fitted.path)[axis] > 0 else -1
    return next(m for m in Movement if family(m) is kind and getattr(freedom(m), _SIGNS[axis]) == sign)


def _ranked(found: list[Explanation], sights: Sights, *, partial: bool) -> tuple[Explanation, ...]:
    costs = np.array([one.cost for one in found])
    shares = np.exp(-(costs - costs.min()) / TEMPERATURE)
    shares /= shares.sum()
    by_name = {one.movement: k for k, one in enumerate(found)}
    doubt = TEMPERATURE if sights.spread_w < SPREAD_W else REVERSED_TEMPERATURE
    for one, k in by_name.items():
        twin = by_name.get(opposite(one))
        if twin is not None and twin > k:
            both = shares[k] + shares[twin]
            shares[k] = both / (1.0 + np.exp(np.clip((costs[k] - costs[twin]) / doubt, -50, 50)))
            shares[twin] = both - shares[k]
    by_family = {family(one.movement): k for k, one in enumerate(found)}
    for travel, turn in LOOKALIKE.items():
        if travel not in by_family:
            continue
        k, twin = by_family[travel], by_family[turn]
        flat = float(np.exp(-((parallax_px(found[k].fit, sights.focal_px) / FLAT_PX) ** 2)))
        if shares[k] > shares[twin]:
            lent = flat * _TWIN_SHARE * (shares[k] + shares[twin])
            shares[k], shares[twin] = shares[k] + shares[twin] - max(shares[twin], lent), max(shares[twin], lent)
        elif partial:
            lent = max(shares[k], _TWIN_SHARE * (shares[k] + shares[twin]))
            shares[k], shares[twin] = lent, shares[k] + shares[twin] - lent
    ranked = [replace(one, probability=float(share)) for one, share in zip(found, shares, strict=True)]
    return tuple(sorted(ranked, key=lambda one: -one.probability))


def parallax_px(fitted: Fit, focal_px: float) -> float:
    """How far near and far content part along the fitted path, in pixels: the travel times the spread of the depths."""
    low, high = np.percentile(fitted.w, (10, 90))
    travel = travelled(fitted.path)[:3] * np.array([1.0, 1.0, 0.25])
    return float(np.abs(travel).max() * (high - low) * focal_px)
