"""A figure that only just meets a threshold might as well miss it, and small moves of figures move verdicts little."""

from __future__ import annotations

import math

import pytest

from predictor.core.evidence import outcome
from predictor.core.expression import View
from predictor.core.facts import Facts, Reading
from predictor.core.intent import Intent
from predictor.core.margin import margin
from predictor.core.predictor import Predictor
from predictor.core.rulebook import Rulebook
from predictor.core.steadiness import deviation, steadiness
from predictor.core.vocabulary import VOCABULARY
from predictor.rpc import analysis

from . import scenes

NOISY = "subject.prominence"


class Unwatched:
    """Follows nothing."""

    def stage(self, name: str):
        from contextlib import nullcontext

        return nullcontext(name)

    def cancelled(self) -> bool:
        return False

    def progress(self, fraction: float) -> None: ...


def chance(text: str, value: float) -> float:
    found = margin(text)
    assert found is not None
    return found.chance({NOISY: Reading(value, 1.0)})


def test_a_requirement_met_by_a_hair_holds_with_an_even_chance():
    assert chance(f"{NOISY} >= 0.35", 0.35) == pytest.approx(0.5)
    assert chance(f"{NOISY} <= 0.35", 0.35) == pytest.approx(0.5)


def test_its_chance_grows_with_the_distance_on_the_right_side_only():
    more = [chance(f"{NOISY} >= 0.35", value) for value in (0.0, 0.2, 0.35, 0.5, 1.0)]
    less = [chance(f"{NOISY} <= 0.35", value) for value in (0.0, 0.2, 0.35, 0.5, 1.0)]

    assert more == sorted(more)
    assert less == sorted(less, reverse=True)


def test_the_noise_of_a_sum_is_that_of_its_figures_together():
    found = margin("region.water + region.cloud >= 0.15")

    assert found is not None
    assert found.deviation == pytest.approx(math.hypot(deviation(["region.water"]), deviation(["region.cloud"])))
    assert found.chance({"region.water": Reading(0.1, 1.0), "region.cloud": Reading(0.05, 1.0)}) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "text", ["face.count >= 2.0", "actor.person >= 0.3 || actor.animal >= 0.3", "light.key * 2.0 > 0.1"]
)
def test_counts_and_other_conditions_hold_or_do_not(text):
    assert margin(text) is None


def test_a_figure_tells_less_the_more_of_it_is_noise():
    assert steadiness(["scene.portrait"]) > 0.95 > steadiness([NOISY]) > 0
    assert steadiness(["scene.portrait", NOISY]) == steadiness([NOISY])
    assert steadiness([]) == 1.0


def test_both_sides_of_a_mirror_are_as_steady():
    for metric in VOCABULARY.values():
        assert deviation([metric.name]) == deviation([metric.twin])
        assert steadiness([metric.name]) == steadiness([metric.twin])


def test_a_near_miss_is_no_firing_but_has_a_chance_and_says_its_doubt(book: Rulebook):
    rule = book.find("rule_028")
    facts = {"composition.framing": Reading(0.44, 0.9), "depth.range": Reading(0.5, 0.9)}

    found = outcome(rule, View(Facts(facts), Intent()), mirror=False, least_quality=book.policy.least_quality)

    assert not found.fired
    assert "composition.framing" in found.failed
    assert found.log_odds == 0
    assert 0 < found.chance < 0.5
    assert [item.metric for item in found.doubts] == ["composition.framing"]
    assert found.doubts[0].log_odds == pytest.approx(math.log(found.chance))


def test_a_hair_across_a_threshold_moves_a_verdict_by_a_hair(book: Rulebook):
    predictor = Predictor(book)
    facts = analysis.facts(scenes.gate())

    def told(framing: float) -> float:
        seen = facts.joined("composition.framing", Reading(framing, 0.9))
        found = predictor.predict(seen, Intent(), max_candidates=20, watch=Unwatched())
        every = found.camera or [found.abstention.nearest]
        return max(item.log_odds for item in every if item.move.movement == "dolly_in")

    below, above = told(0.4499), told(0.4501)

    assert above - below == pytest.approx(0, abs=0.01)
    assert told(0.45) < told(0.6)


def test_what_surely_lacks_depth_is_refused_and_what_nearly_has_it_is_doubted(book: Rulebook):
    predictor = Predictor(book)
    facts = analysis.facts(scenes.corridor())

    def push(quality: float):
        seen = facts.joined("depth.quality", Reading(quality, 1.0))
        found = predictor.predict(seen, Intent(), max_candidates=20, watch=Unwatched())
        return [item for item in found.camera if item.move.movement == "dolly_in"]

    assert push(0.1) == []
    doubts = [item for item in push(0.19)[0].counter if item.metric == "depth.quality"]
    assert doubts
    assert doubts[0].rule_id == "constraint_depth"
    assert push(0.19)[0].log_odds < push(0.5)[0].log_odds
