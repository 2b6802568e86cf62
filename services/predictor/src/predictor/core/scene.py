"""What moves by itself: materials of the environment, and subjects that can act."""

from collections.abc import Sequence
from typing import Final

from predictor.core.evidence import Evidence, distinct, probability, total
from predictor.core.facts import Facts, Reading
from predictor.core.intent import Intent
from predictor.core.motion import ACTIONS, of_material
from predictor.core.prediction import EnvironmentCandidate, Look, SubjectCandidate
from predictor.core.reading import Fired
from predictor.core.reading import Reading as RulesReading
from predictor.core.rule import Kind, Policy
from predictor.core.wording import justification

_MEDIUM: Final = 0.5
# A hint below this is not seen, and a prompt has no room for what is not seen.
_LEAST_LOOK: Final = 0.25
# Which figure tells where an action goes; others stay in place.
_HEADINGS: Final = {"walk": "actor.heading", "travel": "actor.heading", "turn_head": "face.gaze"}


def environment(reading: RulesReading, facts: Facts, intent: Intent, policy: Policy) -> Sequence[EnvironmentCandidate]:
    """What the materials of the still could do, most likely first."""
    groups: dict[tuple[str, str], list[Fired]] = {}
    for fired in reading.of(Kind.PROPOSE):
        rule = fired.compiled.rule
        # Whatever a pack says, matter that was not found does not move.
        found_there = not rule.region or rule.region in facts.areas
        if rule.motion and found_there and rule.motion not in reading.refused_motions:
            groups.setdefault((rule.motion, rule.region), []).append(fired)
    found = []
    for (motion, region), proposers in groups.items():
        log_odds, evidence, counter = _sum(proposers, policy.environment_prior)
        intensity, physics = _intensity(proposers[0], intent), of_material(motion, region)
        area = facts.areas.get(region)
        found.append(
            EnvironmentCandidate(
                motion=motion,
                region=region,
                box=None if area is None else area.box,
                # One still does not tell where the wind comes from.
                heading=0.0,
                intensity=intensity,
                probability=probability(log_odds),
                evidence=evidence,
                counter=counter,
                justification=justification(proposers[0], evidence, counter, probability(log_odds)),
                rule_ids=tuple(item.id for item in proposers),
                motion_class=physics.motion_class,
                direction_deg=physics.direction_deg,
                speed_per_s=physics.speed(intensity),
                frequency_hz=physics.frequency(intensity),
            )
        )
    return sorted(found, key=lambda item: -item.probability)


def subjects(reading: RulesReading, facts: Facts, intent: Intent, policy: Policy) -> Sequence[SubjectCandidate]:
    """What subjects could do, most likely first; nothing when nobody in the still can act."""
    groups: dict[str, list[Fired]] = {}
    for fired in reading.of(Kind.PROPOSE):
        for action in fired.compiled.rule.actions:
            if action not in reading.refused_actions:
                groups.setdefault(action, []).append(fired)
    if facts.actor is None:
        return []
    found = []
    for action, proposers in groups.items():
        log_odds, evidence, counter = _sum(proposers, policy.subject_prior)
        heading = facts.readings.get(_HEADINGS.get(action, ""))
        intensity, physics = _intensity(proposers[0], intent), ACTIONS[action]
        found.append(
            SubjectCandidate(
                action=action,
                subject_index=facts.actor,
                heading=0.0 if heading is None else heading.value,
                intensity=intensity,
                probability=probability(log_odds),
                evidence=evidence,
                counter=counter,
                justification=justification(proposers[0], evidence, counter, probability(log_odds)),
                rule_ids=tuple(item.id for item in proposers),
                motion_class=physics.motion_class,
                speed_per_s=physics.speed(intensity),
            )
        )
    return sorted(found, key=lambda item: -item.probability)


def strength(candidates: Sequence[EnvironmentCandidate]) -> Reading | None:
    """How strongly the environment itself moves the picture: the best motion's probability, or None without any."""
    if not candidates:
        return None
    # The qualities of the figures are in the probability already.
    return Reading(candidates[0].probability, 1.0)


def looks(reading: RulesReading) -> Sequence[Look]:
    """Hints about the look, strongest first."""
    found: dict[str, Look] = {}
    for fired in reading.fired:
        phrase = fired.compiled.rule.phrases.get("look", "")
        if not phrase:
            continue
        shown = max((item.shown for item in fired.outcome.evidence if item.log_odds > 0), default=0.0)
        look = Look(fired.id, phrase, shown)
        if look.strength >= _LEAST_LOOK and look.strength > getattr(found.get(fired.id), "strength", 0.0):
            found[fired.id] = look
    return sorted(found.values(), key=lambda item: -item.strength)


def _sum(proposers: Sequence[Fired], prior: float) -> tuple[float, tuple[Evidence, ...], tuple[Evidence, ...]]:
    kept = distinct(item for fired in proposers for item in fired.outcome.evidence)
    log_odds = total(prior, kept)
    return log_odds, tuple(i for i in kept if i.log_odds > 0), tuple(i for i in kept if i.log_odds < 0)


def _intensity(lead: Fired, intent: Intent) -> float:
    if intent.energy is not None:
        return intent.energy
    expression = lead.compiled.intensity
    value = None if expression is None else expression.value(lead.view)
    return _MEDIUM if value is None else round(min(1.0, max(0.0, value)), 4)
