"""A calibration is fitted to judgements: it finds what made them, says how sure it is, and keeps its promises."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from evaluation.seeing import pooled_curves
from evaluation.seeing.fit_calibration import FAMILIES, Fitted, Judgement, TooFew, fit, write
from predictor.adapters import calibration_files

TRUE = {"pan": (0.9, -1.2), "zoom": (0.5, 0.8), "dolly": (0.7, -0.3), "tilt": (0.6, -0.8), "truck": (1.1, 0.0)}


def judgements(
    photographs: int, *, seed: int = 1, families: dict[str, tuple[float, float]] | None = None
) -> list[Judgement]:
    """Candidates whose chance of being right is known."""
    chance = np.random.default_rng(seed)
    rows = []
    for photograph in range(photographs):
        for family, (slope, intercept) in (families or TRUE).items():
            log_odds = float(chance.normal(0.3, 1.2))
            right = bool(chance.random() < 1 / (1 + math.exp(-(slope * log_odds + intercept))))
            rows.append(Judgement(family, log_odds, right, f"photograph-{photograph}"))
    return rows


def fitted(rows: list[Judgement], **more: float) -> Fitted:
    return fit(rows, rules_version="rules-x", pipeline_version="7", **more)  # type: ignore[arg-type] # floats by name


def line(found: Fitted, family: str) -> tuple[float, float]:
    row = found.content["families"][family]
    return row["slope"], row["intercept"]


@pytest.fixture(scope="module")
def many() -> Fitted:
    return fitted(judgements(600))


@pytest.mark.parametrize("family", TRUE)
def test_the_curves_that_made_the_judgements_are_found(many: Fitted, family: str) -> None:
    row = many.content["families"][family]
    slope, joint, intercept = row["covariance"]

    for log_odds in (-1.0, 0.3, 1.5):
        truth = TRUE[family][0] * log_odds + TRUE[family][1]
        spread = math.sqrt(log_odds**2 * slope + 2 * log_odds * joint + intercept)
        assert abs(row["slope"] * log_odds + row["intercept"] - truth) < 3.5 * spread


@pytest.mark.parametrize("seed", range(4))
def test_the_search_reaches_the_best_curves_from_wherever_evidence_lies(seed: int) -> None:
    chance = np.random.default_rng(seed)
    log_odds = chance.normal(-2.0, 1.5, 200)
    right = chance.random(200) < 1 / (1 + np.exp(-(0.5 * log_odds + 1.0)))
    rows = [
        Judgement(FAMILIES[at % 8], float(raw), bool(truth), f"photograph-{at}")
        for at, (raw, truth) in enumerate(zip(log_odds, right, strict=True))
    ]
    data = pooled_curves.Judged.of(rows)

    told = pooled_curves.fitted(data, 1.0).probabilities(data)

    # At the optimum of a fit with intercepts, what is told adds up to what is true, but for the pull of the ridge.
    assert abs(float(told.mean()) - float(right.mean())) < 0.02


def test_probabilities_are_better_than_before(many: Fitted) -> None:
    assert many.report["log_loss"] < many.report["log_loss_raw"]
    assert many.report["brier"] < many.report["brier_raw"]


def test_a_family_without_judgements_gets_the_common_curve_and_a_wide_interval(many: Fitted) -> None:
    seen, unseen = many.content["families"]["pan"], many.content["families"]["crane"]

    assert set(many.content["families"]) == set(FAMILIES)
    assert unseen["covariance"][2] > seen["covariance"][2]
    assert unseen == many.content["families"]["roll"]


def test_few_judgements_of_a_family_are_held_near_the_others() -> None:
    rows = judgements(200)
    odd = [Judgement("roll", 0.0, True, f"photograph-{index}") for index in range(3)]

    slope, intercept = line(fitted(rows + odd), "roll")

    assert math.isfinite(slope)
    assert 0 < 1 / (1 + math.exp(-intercept)) < 0.95


def test_more_evidence_is_never_less_sure() -> None:
    found = fitted(judgements(200, families={"pan": (-2.0, 0.0), "zoom": (-2.0, 0.0)}))

    assert all(row["slope"] > 0 for row in found.content["families"].values())


def test_judgements_that_hang_together_widen_the_intervals() -> None:
    rows = judgements(100)
    repeated = [Judgement(row.family, row.log_odds, row.right, row.group) for row in rows for _ in range(4)]

    once, often = fitted(rows), fitted(repeated)

    # Four copies tell no more than one.
    assert often.content["families"]["pan"]["covariance"][2] > 0.5 * once.content["families"]["pan"]["covariance"][2]


def test_the_prediction_set_holds_a_right_movement_as_often_as_promised() -> None:
    found = fitted(judgements(400))
    threshold, floor = found.content["set_threshold"], found.content["floor"]
    fresh: dict[str, list[tuple[float, bool]]] = {}
    for row in judgements(2000, seed=9):
        slope, intercept = line(found, row.family)
        chance = 1 / (1 + math.exp(-(slope * row.log_odds + intercept)))
        fresh.setdefault(row.group, []).append((chance, row.right))
    answered = [items for items in fresh.values() if max(items)[0] >= floor]

    held = sum(any(right and chance >= threshold for chance, right in items) for items in answered) / len(answered)

    assert found.content["coverage"] == 0.9
    assert 0.87 < held < 0.95


def test_a_promise_that_no_set_can_keep_is_made_smaller() -> None:
    found = fitted(judgements(300, families={"pan": (0.5, -2.0)}), floor=0.05)

    assert 0 < found.content["coverage"] < 0.5


def test_where_nothing_is_answered_nothing_is_promised() -> None:
    found = fitted(judgements(30), floor=0.999)

    assert found.content["set_threshold"] is None
    assert found.report["answered"] == 0.0


def test_too_few_photographs_promise_nothing() -> None:
    found = fitted(judgements(6))

    assert found.content["set_threshold"] is None
    assert found.content["coverage"] == 0.0


def test_fewer_photographs_than_folds_are_refused() -> None:
    with pytest.raises(TooFew) as caught:
        fitted(judgements(4))

    assert (caught.value.found, caught.value.needed) == (4, 5)


def test_a_higher_floor_answers_fewer_photographs() -> None:
    low, high = (fitted(judgements(100), floor=floor) for floor in (0.35, 0.75))

    assert low.content["floor"] == 0.35
    assert low.report["answered"] > high.report["answered"]


def test_the_same_judgements_in_any_order_give_the_same_file(tmp_path: Path) -> None:
    rows = judgements(60)
    write(fitted(rows), tmp_path / "one" / "camera.json")
    write(fitted(rows[::-1]), tmp_path / "other.json")

    assert (tmp_path / "one" / "camera.json").read_bytes() == (tmp_path / "other.json").read_bytes()


def test_what_was_fitted_without_a_photograph_stands_at_its_place() -> None:
    rows = judgements(60)
    straight, turned = fitted(rows), fitted(rows[::-1])

    assert straight.out_of_fold.tolist() == turned.out_of_fold[::-1].tolist()


def test_the_predictor_reads_what_is_written(many: Fitted, tmp_path: Path) -> None:
    path = tmp_path / "camera.json"
    write(many, path)

    found = calibration_files.load(path)

    assert found.id == many.content["id"]
    assert (found.rules_version, found.pipeline_version) == ("rules-x", "7")
    assert found.set_threshold == many.content["set_threshold"]
