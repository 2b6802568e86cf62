"""The prediction itself: facts and a wish in, ranked movements with their reasons out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from film.movement import Movement, family
from predictor.core import camera, scene, turning
from predictor.core.calibration import Calibration
from predictor.core.camera import Weighed
from predictor.core.combination import shot
from predictor.core.evidence import Outcome, outcome
from predictor.core.expression import View
from predictor.core.facts import Facts
from predictor.core.intent import Intent
from predictor.core.ports import Watch
from predictor.core.prediction import (
    Abstention,
    CameraCandidate,
    EnvironmentCandidate,
    Look,
    Prediction,
    SubjectCandidate,
)
from predictor.core.reading import Reading, read
from predictor.core.rulebook import Compiled, Rulebook
from predictor.core.scale import Scale
from predictor.core.wording import WORDS, justification

STRENGTH: Final = "environment.strength"
"""The one metric that the predictor itself finds: how strongly the scene moves by itself."""

C = TypeVar("C", SubjectCandidate, EnvironmentCandidate)


@dataclass(frozen=True)
class _Scene:
    """What moves by itself, and the hints about the look."""

    subjects: Sequence[SubjectCandidate] = ()
    environment: Sequence[EnvironmentCandidate] = ()
    looks: Sequence[Look] = ()


class Predictor:
    """Predicts movements from facts by a rulebook. Deterministic; safe to share between threads.

    calibration: used when it was fitted on these very rules; `calibration_id` is "" otherwise.
    """

    def __init__(self, book: Rulebook, calibration: Calibration | None = None) -> None:
        self.book = book
        fits = calibration is not None and calibration.rules_version == book.version
        self._calibration = calibration if fits else None
        self.calibration_id = self._calibration.id if self._calibration is not None else ""

    def predict(
        self, facts: Facts, intent: Intent, *, max_candidates: int, watch: Watch, measured_by: str = ""
    ) -> Prediction:
        """Ranked movements and the recommended shot, or an abstention with its reason.

        The mirrored facts with the mirrored intent give exactly the mirrored prediction.

        Args:
            facts: what was measured.
            intent: what the caller asks for.
            max_candidates: how many alternatives of each kind, at least 1.
            watch: follows the work.
            measured_by: version of the pipeline that measured; a calibration for another one is not used. "" is any.
        """
        policy = self.book.policy
        scale = self._scale(measured_by)
        information = facts.readings.get("information")
        if information is not None and information.value < policy.information_floor:
            why = (
                f"the still tells too little: its information is {information.value:.2f}, "
                f"and below {policy.information_floor:.2f} every movement would be a guess"
            )
            return self._abstain(Abstention("no_information", why), _Scene(), max_candidates)
        with watch.stage("scene"):
            reading = read(self.book, facts, intent)
            environment = scene.environment(reading, facts, intent, policy)
            subjects = scene.subjects(reading, facts, intent, policy)
        with watch.stage("camera"):
            # What moves by itself is a fact for the camera: a lively scene carries a locked-off shot.
            strength = scene.strength(environment)
            if strength is not None:
                reading = reading.with_new(self.book, facts.joined(STRENGTH, strength), intent, new=STRENGTH)
            around = _Scene(self._judged(subjects), self._judged(environment), scene.looks(reading))
            proposed = camera.weighed(reading, scale)
            sound = [item for item in proposed if not item.refused_because]
            open_ = [item for item in sound if intent.allows(item.movement)]
            allowed = camera.ranked(open_)
            abstention = self._abstention(proposed, sound, allowed, reading, intent, scale)
            if abstention is not None:
                return self._abstain(abstention, around, max_candidates)
            candidates = [
                self._candidate(item, allowed, open_, reading, intent, scale)
                for item in allowed[: max(1, max_candidates)]
            ]
        chosen, coverage = _prediction_set(allowed, intent, scale)
        return Prediction(
            camera=candidates,
            subject=around.subjects[:max_candidates],
            environment=around.environment[:max_candidates],
            looks=around.looks,
            best=shot(candidates[0], around.subjects, around.environment, floor=policy.probability_floor),
            abstention=None,
            rules_version=self.book.version,
            prediction_set=chosen,
            set_coverage=coverage,
        )

    def explain(self, compiled: Compiled, facts: Facts, intent: Intent) -> Outcome:
        """How one rule fares on a still; a lateral rule on the side where it says more."""
        quality = self.book.policy.least_quality
        found = [outcome(compiled, View(facts, intent), mirror=False, least_quality=quality)]
        if compiled.rule.lateral:
            view = View(facts.mirrored(), intent)
            found.append(outcome(compiled, view, mirror=True, least_quality=quality))
        return max(found, key=lambda item: (item.fired, item.log_odds))

    def _scale(self, measured_by: str) -> Scale:
        known = self._calibration
        other = known is not None and measured_by and known.pipeline_version not in ("", measured_by)
        return Scale(self.book.policy, None if other else known)

    def _judged(self, items: Sequence[C]) -> Sequence[C]:
        floor = self.book.policy.probability_floor
        return [
            replace(item, would_change=item.would_change or turning.of_scene(item.evidence, item.probability, floor))
            for item in items
        ]

    def _abstention(
        self,
        proposed: Sequence[Weighed],
        sound: Sequence[Weighed],
        allowed: Sequence[Weighed],
        reading: Reading,
        intent: Intent,
        scale: Scale,
    ) -> Abstention | None:
        floor = scale.floor
        if allowed and allowed[0].recommended:
            return None
        unasked = camera.ranked(sound)
        if unasked and unasked[0].recommended:
            nearest = self._candidate(unasked[0], unasked, sound, reading, intent, scale)
            why = f"{WORDS[nearest.move.movement]} would hold at {nearest.probability:.2f}, but the caller refuses it"
            return Abstention("refused_by_intent", why, nearest)
        tied = ", ".join(name.replace("_", " ") for name in camera.undecided(sound))
        alike = f"both sides are supported exactly alike ({tied})" if tied else ""
        if unasked:
            nearest = self._candidate(unasked[0], unasked, sound, reading, intent, scale)
            why = (
                f"the evidence is too weak: the best movement, {WORDS[nearest.move.movement]}, "
                f"reaches {nearest.probability:.2f} of the {floor:.2f} it needs"
            )
            return Abstention("weak_evidence", f"{why}; {alike}" if alike else why, nearest)
        if alike:
            return Abstention("weak_evidence", alike)
        return Abstention("no_rule_holds", _nothing_holds(proposed))

    def _abstain(self, abstention: Abstention, around: _Scene, most: int) -> Prediction:
        subjects, environment = around.subjects[:most], around.environment[:most]
        return Prediction([], subjects, environment, around.looks, None, abstention, self.book.version)

    def _candidate(
        self,
        item: Weighed,
        ranking: Sequence[Weighed],
        sound: Sequence[Weighed],
        reading: Reading,
        intent: Intent,
        scale: Scale,
    ) -> CameraCandidate:
        return CameraCandidate(
            move=camera.made(item, reading, intent),
            log_odds=item.log_odds,
            confidence=item.confidence,
            evidence=item.evidence,
            counter=item.counter,
            justification=justification(
                item.lead, item.evidence, item.counter, item.probability, confidence=item.confidence
            ),
            would_change=turning.of_camera(item, ranking, sound, scale),
            rule_ids=tuple(dict.fromkeys(fired.id for fired in item.proposers)),
        )


def _prediction_set(ranking: Sequence[Weighed], intent: Intent, scale: Scale) -> tuple[list[Movement], float | None]:
    """The movements at least as probable as the calibration's threshold, never none; what it covers."""
    known = scale.calibration
    # It was found on photographs without a wish; a wish moves the probabilities, and the promise would not hold.
    if known is None or known.set_threshold is None or intent.steers:
        return [], None
    kept = [item.movement for item in ranking if item is ranking[0] or item.probability >= known.set_threshold]
    return kept, known.coverage


def _nothing_holds(proposed: Sequence[Weighed]) -> str:
    if not proposed:
        return "no rule holds: nothing that was measured calls for a movement"
    nearest = max(proposed, key=lambda item: item.log_odds)
    return f"no rule holds: {family(nearest.movement).replace('_', ' ')} is proposed, but {nearest.refused_because}"
