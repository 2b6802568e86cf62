"""The camera's candidates: for each family its best movement, ranked, with what speaks for and against."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from film.movement import Family, Movement, family, mirrored
from predictor.core.calibration import Confidence
from predictor.core.evidence import Evidence, distinct, part, total
from predictor.core.intent import Intent
from predictor.core.making import MAX_SWAY_RAD, UNITS, amplitude, in_frame, speed
from predictor.core.prediction import Move
from predictor.core.reading import Fired, Reading
from predictor.core.rule import Kind
from predictor.core.scale import Scale

_ORDER: Final[Mapping[Movement, int]] = {movement: index for index, movement in enumerate(Movement)}
_FAMILY_ORDER: Final[Mapping[Family, int]] = {name: index for index, name in enumerate(Family)}

# A locked-off camera does not sway, and a hand cannot be seen in what is over in a blink.
_UNSWAYED: Final = frozenset({Family.STATIC, Family.WHIP_PAN, Family.CRASH_ZOOM})

# Where a rule proposes a movement and does not say how strong: the middle of the table.
_MEDIUM: Final = 0.5


@dataclass(frozen=True)
class Weighed:
    """A movement with all that was said about it. lead: the proposing rule that says most.

    log_odds: the sum of the evidence and the prior. recommended: whether its confidence reaches the floor.
    """

    movement: Movement
    log_odds: float
    confidence: Confidence
    recommended: bool
    evidence: tuple[Evidence, ...]
    counter: tuple[Evidence, ...]
    lead: Fired
    proposers: tuple[Fired, ...]
    refused_because: str

    @property
    def family(self) -> Family:
        """The movement's family."""
        return family(self.movement)

    @property
    def probability(self) -> float:
        """How likely it is, 0 to 1."""
        return self.confidence.probability

    @property
    def priority(self) -> int:
        """The highest priority among the rules that propose it."""
        return max(item.compiled.rule.priority for item in self.proposers)


def weighed(reading: Reading, scale: Scale) -> Sequence[Weighed]:
    """Every movement that a rule proposes and a fact supports, with its log-odds; refused ones are marked."""
    proposals, weights = _by_movement(reading.nearly(Kind.PROPOSE)), _by_movement(reading.nearly(Kind.WEIGH))
    found = []
    for movement, proposers in proposals.items():
        against = reading.doubts.get(movement, ())
        kept = distinct([*_said(proposers, weights.get(movement, ())), *against])
        if not any(item.log_odds > 0 for item in kept):
            # Nothing moves without a reason.
            continue
        kind = family(movement)
        log_odds = total(scale.policy.priors[kind], kept)
        confidence = scale.confidence(kind, log_odds)
        found.append(
            Weighed(
                movement=movement,
                log_odds=log_odds,
                confidence=confidence,
                recommended=confidence.probability >= scale.floor,
                evidence=tuple(item for item in kept if item.log_odds > 0),
                counter=tuple(item for item in kept if item.log_odds < 0),
                lead=max(proposers, key=_strength),
                proposers=tuple(item for item in proposers if item.outcome.fired) or (max(proposers, key=_strength),),
                refused_because=reading.refused.get(movement, ""),
            )
        )
    return found


def _by_movement(rules: Iterable[Fired]) -> dict[Movement, list[Fired]]:
    found: dict[Movement, list[Fired]] = {}
    for fired in rules:
        for movement in fired.movements:
            found.setdefault(movement, []).append(fired)
    return found


def _said(proposers: Sequence[Fired], weights: Sequence[Fired]) -> Iterator[Evidence]:
    """All that rules say of a movement, each one's evidence as far as it holds.

    Some rule must propose the movement: what speaks against the surest of them speaks against the movement. Beside it
    the others count by how much less sure they are.
    """
    surest = max(proposers, key=lambda fired: fired.outcome.chance)
    for fired in proposers:
        yield from (part(item, fired.outcome.chance / surest.outcome.chance) for item in fired.outcome.evidence)
    for fired in weights:
        yield from (part(item, fired.outcome.chance) for item in fired.outcome.evidence)
    yield from surest.outcome.doubts


def _strength(fired: Fired) -> tuple[float, int]:
    """How much a proposing rule says, as far as it holds."""
    found = fired.outcome
    return found.chance * math.fsum(item.log_odds for item in found.evidence), fired.compiled.rule.priority


def ranked(candidates: Sequence[Weighed]) -> Sequence[Weighed]:
    """The best movement of each family, best first: those that are recommended, then by how much speaks for them.

    What ranks them is this still's evidence, not how often a family is right anywhere: a locked-off camera is seldom
    wrong, and would lead everywhere. Where both sides are supported exactly alike, neither is chosen: to prefer one
    would be to guess.
    """
    by_family: dict[Family, list[Weighed]] = {}
    for candidate in candidates:
        by_family.setdefault(candidate.family, []).append(candidate)
    best = [found for members in by_family.values() if (found := _best(members)) is not None]
    return sorted(
        best, key=lambda item: (not item.recommended, -item.log_odds, -item.priority, _FAMILY_ORDER[item.family])
    )


def undecided(candidates: Sequence[Weighed]) -> Sequence[Family]:
    """The families that are out because both sides are supported exactly alike."""
    kept = {item.family for item in ranked(candidates)}
    return sorted({item.family for item in candidates} - kept, key=_FAMILY_ORDER.__getitem__)


def made(candidate: Weighed, reading: Reading, intent: Intent) -> Move:
    """The movement with its physical parameters."""
    lead = candidate.lead.compiled
    shapes = [item for item in reading.of(Kind.SHAPE) if candidate.movement in item.movements]
    intensity = _intensity(candidate, shapes, intent)
    parameters = lead.rule.parameters
    place = candidate.lead.view.facts.places.get(parameters.anchor or "")
    if place is not None:
        place = in_frame(place.mirrored() if candidate.lead.mirror else place)
    return Move(
        movement=candidate.movement,
        amplitude=amplitude(candidate.family, intensity),
        unit=UNITS[candidate.family],
        easing=_first([parameters.easing, *(item.compiled.rule.parameters.easing for item in shapes)]) or "smooth",
        speed=_first([parameters.speed, *(item.compiled.rule.parameters.speed for item in shapes)])
        or speed(candidate.family, intensity),
        anchor=place,
        sway_rad=0.0 if candidate.family in _UNSWAYED else _sway([candidate.lead, *shapes]),
    )


def _best(members: Sequence[Weighed]) -> Weighed | None:
    # Both sides of a mirror pair stand at the same place in the order, so the order itself never prefers a side.
    order = sorted(members, key=lambda item: (-item.log_odds, -item.priority, _pair(item.movement)))
    for candidate in order:
        twin = mirrored(candidate.movement)
        tied = any(item.movement == twin and item.log_odds == candidate.log_odds for item in members)
        if twin == candidate.movement or not tied:
            return candidate
    return None


def _pair(movement: Movement) -> int:
    return min(_ORDER[movement], _ORDER[mirrored(movement)])


def _intensity(candidate: Weighed, shapes: Sequence[Fired], intent: Intent) -> float:
    if intent.energy is not None:
        return intent.energy
    base = candidate.lead.compiled.intensity
    value = None if base is None else base.value(candidate.lead.view)
    shifts = [_MEDIUM if value is None else value]
    for item in shapes:
        shift = item.compiled.intensity_shift
        shifts.append((shift.value(item.view) if shift is not None else None) or 0.0)
    return min(1.0, max(0.0, sum(shifts)))


def _sway(said: Sequence[Fired]) -> float:
    for item in said:
        sway = item.compiled.sway_rad
        value = None if sway is None else sway.value(item.view)
        if value is not None:
            return round(min(MAX_SWAY_RAD, max(0.0, value)), 4)
    return 0.0


def _first(names: Sequence[str | None]) -> str | None:
    return next((name for name in names if name), None)
