"""The prediction itself: facts and a wish in, ranked movements with their reasons out."""

from collections.abc import Sequence
from typing import Final

from film.movement import Movement, family
from predictor.core import camera, scene
from predictor.core.camera import Weighed
from predictor.core.evidence import Evidence, Outcome, outcome, probability
from predictor.core.expression import View
from predictor.core.facts import Facts
from predictor.core.intent import Intent
from predictor.core.making import DURATIONS_S
from predictor.core.ports import Watch
from predictor.core.prediction import (
    Abstention,
    CameraCandidate,
    EnvironmentCandidate,
    Look,
    Prediction,
    Shot,
    SubjectCandidate,
)
from predictor.core.reading import Reading, read
from predictor.core.rulebook import Compiled, Rulebook
from predictor.core.wording import WORDS, justification

_MOST_MOTIONS: Final = 3
# What only moves by itself needs time to be seen.
_STATIC_DURATION_S: Final = 5.0


class Predictor:
    """Predicts movements from facts by a rulebook. Deterministic; safe to share between threads."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book

    def predict(self, facts: Facts, intent: Intent, *, max_candidates: int, watch: Watch) -> Prediction:
        """Ranked movements and the recommended shot, or an abstention with its reason.

        The mirrored facts with the mirrored intent give exactly the mirrored prediction.
        """
        policy = self.book.policy
        information = facts.readings.get("information")
        if information is not None and information.value < policy.information_floor:
            why = (
                f"the still tells too little: its information is {information.value:.2f}, "
                f"and below {policy.information_floor:.2f} every movement would be a guess"
            )
            return self._abstain(Abstention("no_information", why), [], [], [])
        with watch.stage("scene"):
            reading = read(self.book, facts, intent)
            environment = scene.environment(reading, facts, intent, policy)
            subjects = scene.subjects(reading, facts, intent, policy)
        with watch.stage("camera"):
            # What moves by itself is a fact for the camera: a lively scene carries a locked-off shot.
            strength = scene.strength(environment)
            if strength is not None:
                reading = read(self.book, facts.joined("environment.strength", strength), intent)
            looks = scene.looks(reading)
            proposed = camera.weighed(reading, policy)
            sound = [item for item in proposed if not item.refused_because]
            allowed = camera.ranked([item for item in sound if intent.allows(item.movement)])
            abstention = self._abstention(proposed, sound, allowed, reading, intent)
            if abstention is not None:
                return self._abstain(abstention, subjects, environment, looks)
            candidates = [self._candidate(item, allowed, reading, intent) for item in allowed[:max_candidates]]
        return Prediction(
            camera=candidates,
            subject=subjects,
            environment=environment,
            looks=looks,
            best=self._shot(candidates[0], subjects, environment),
            abstention=None,
            rules_version=self.book.version,
        )

    def explain(self, compiled: Compiled, facts: Facts, intent: Intent) -> Outcome:
        """How one rule fares on a still; a lateral rule on the side where it says more."""
        quality = self.book.policy.least_quality
        found = [outcome(compiled, View(facts, intent), mirror=False, least_quality=quality)]
        if compiled.rule.lateral:
            view = View(facts.mirrored(), intent)
            found.append(outcome(compiled, view, mirror=True, least_quality=quality))
        return max(found, key=lambda item: (item.fired, item.log_odds))

    def _abstention(
        self,
        proposed: Sequence[Weighed],
        sound: Sequence[Weighed],
        allowed: Sequence[Weighed],
        reading: Reading,
        intent: Intent,
    ) -> Abstention | None:
        floor = self.book.policy.probability_floor
        if allowed and allowed[0].probability >= floor:
            return None
        unasked = camera.ranked(sound)
        if unasked and unasked[0].probability >= floor:
            nearest = self._candidate(unasked[0], unasked, reading, intent)
            why = f"{WORDS[nearest.move.movement]} would hold at {nearest.probability:.2f}, but the caller refuses it"
            return Abstention("refused_by_intent", why, nearest)
        tied = ", ".join(name.replace("_", " ") for name in camera.undecided(sound))
        alike = f"left and right are supported exactly alike ({tied})" if tied else ""
        if unasked:
            nearest = self._candidate(unasked[0], unasked, reading, intent)
            why = (
                f"the evidence is too weak: the best movement, {WORDS[nearest.move.movement]}, "
                f"reaches {nearest.probability:.2f} of the {floor:.2f} it needs"
            )
            return Abstention("weak_evidence", f"{why}; {alike}" if alike else why, nearest)
        if alike:
            return Abstention("weak_evidence", alike)
        return Abstention("no_rule_holds", _nothing_holds(proposed))

    def _abstain(
        self,
        abstention: Abstention,
        subjects: Sequence[SubjectCandidate],
        environment: Sequence[EnvironmentCandidate],
        looks: Sequence[Look],
    ) -> Prediction:
        return Prediction([], subjects, environment, looks, None, abstention, self.book.version)

    def _candidate(
        self, item: Weighed, ranking: Sequence[Weighed], reading: Reading, intent: Intent
    ) -> CameraCandidate:
        return CameraCandidate(
            move=camera.made(item, reading, intent),
            log_odds=item.log_odds,
            probability=item.probability,
            evidence=item.evidence,
            counter=item.counter,
            justification=justification(item.lead, item.evidence, item.counter, item.probability),
            would_change=_would_change(item, ranking, self.book.policy.probability_floor),
            rule_ids=tuple(dict.fromkeys(fired.id for fired in item.proposers)),
        )

    def _shot(
        self,
        best: CameraCandidate,
        subjects: Sequence[SubjectCandidate],
        environment: Sequence[EnvironmentCandidate],
    ) -> Shot:
        floor = self.book.policy.probability_floor
        likely = [item for item in environment if item.probability >= floor]
        still = best.move.movement is Movement.STATIC
        return Shot(
            camera=best,
            subject=next((item for item in subjects if item.probability >= floor), None),
            environment=tuple(likely[:_MOST_MOTIONS]),
            duration_s=_STATIC_DURATION_S if still else DURATIONS_S[best.move.speed],
        )


def _nothing_holds(proposed: Sequence[Weighed]) -> str:
    if not proposed:
        return "no rule holds: nothing that was measured calls for a movement"
    nearest = max(proposed, key=lambda item: item.log_odds)
    return f"no rule holds: {family(nearest.movement).replace('_', ' ')} is proposed, but {nearest.refused_because}"


def _would_change(item: Weighed, ranking: Sequence[Weighed], floor: float) -> str:
    """Which facts, taken away from the strongest on, would let another movement lead or nothing hold."""
    place = next((index for index, other in enumerate(ranking) if other is item), 0)
    if place:
        first = ranking[0]
        return (
            f"It would lead with {first.log_odds - item.log_odds:.2f} more log-odds; "
            f"now {WORDS[first.movement]} is ahead with {first.probability:.2f}."
        )
    rival = ranking[1] if len(ranking) > 1 else None
    left = item.log_odds
    gone: list[Evidence] = []
    for fact in item.evidence:
        gone.append(fact)
        left -= fact.log_odds
        if rival is not None and left < rival.log_odds and rival.probability >= floor:
            return f"Without this: {_names(gone)}, {WORDS[rival.movement]} ({rival.probability:.2f}) would lead."
        if probability(left) < floor:
            return f"Without this: {_names(gone)}, it would fall to {probability(left):.2f} and not be recommended."
    return "No single kind of fact decides it."


def _names(facts: Sequence[Evidence]) -> str:
    return "; ".join(fact.sentence for fact in facts)
