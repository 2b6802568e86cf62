"""What would change a verdict: which facts carry it, and how much is missing to what did not make it."""

from collections.abc import Callable, Sequence

from predictor.core.calibration import logistic, logit
from predictor.core.camera import Weighed, undecided
from predictor.core.evidence import Evidence
from predictor.core.scale import Scale
from predictor.core.wording import WORDS

_UNSHAKEN = "No single kind of fact decides it."


def of_camera(item: Weighed, ranking: Sequence[Weighed], sound: Sequence[Weighed], scale: Scale) -> str:
    """Which facts, taken away from the strongest on, would let another movement lead or nothing hold.

    ranking: best first; sound: all that could have been chosen, both sides of a pair included.
    """
    first = ranking[0] if ranking else item
    if item is not first:
        ahead = f"now {WORDS[first.movement]} is ahead with {first.probability:.2f}."
        missing = first.log_odds - item.log_odds
        if item.recommended or missing > 0:
            return f"It would lead with {max(0.0, missing):.2f} more log-odds; {ahead}"
        return f"It would be recommended from {scale.floor:.2f} on, and has {item.probability:.2f}; {ahead}"
    told = _without(
        item.evidence,
        item.log_odds,
        chance=lambda raw: scale.confidence(item.family, raw).probability,
        rival=ranking[1] if len(ranking) > 1 and ranking[1].recommended else None,
        floor=scale.floor,
    )
    tied = _tied_above(item, sound)
    return f"{told} {tied}" if tied else told


def of_scene(evidence: Sequence[Evidence], chance: float, floor: float) -> str:
    """The same for what moves by itself. chance: its probability."""
    raw = logit(chance)
    if chance < floor:
        missing = logit(floor) - raw
        return f"It would be recommended with {missing:.2f} more log-odds; now it has {chance:.2f} of {floor:.2f}."
    return _without(evidence, raw, chance=logistic, rival=None, floor=floor)


def _without(
    evidence: Sequence[Evidence],
    raw: float,
    *,
    chance: Callable[[float], float],
    rival: Weighed | None,
    floor: float,
) -> str:
    left = raw
    gone: list[Evidence] = []
    for fact in evidence:
        gone.append(fact)
        left -= fact.log_odds
        if rival is not None and left < rival.log_odds:
            return f"Without this: {_names(gone)}, {WORDS[rival.movement]} ({rival.probability:.2f}) would lead."
        if chance(left) < floor:
            return f"Without this: {_names(gone)}, it would fall to {chance(left):.2f} and not be recommended."
    return _UNSHAKEN


def _tied_above(item: Weighed, sound: Sequence[Weighed]) -> str:
    """Families that say more, but alike for left and right."""
    families = {name: max(other.log_odds for other in sound if other.family is name) for name in undecided(sound)}
    ahead = [name.replace("_", " ") for name, most in families.items() if most > item.log_odds]
    if not ahead:
        return ""
    return f"More speaks for a {' or a '.join(ahead)}, but both sides are supported exactly alike."


def _names(facts: Sequence[Evidence]) -> str:
    return "; ".join(fact.sentence for fact in facts)
