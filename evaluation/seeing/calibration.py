"""From the rows of a run to the predictor's calibration, and what it is worth on photographs it has not seen."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.core.version import PIPELINE_VERSION
from evaluation.seeing import fit_calibration, statistics
from evaluation.seeing.figure import Better, Figure, figure
from evaluation.seeing.fit_calibration import Fitted, Judgement
from evaluation.seeing.product import Product
from evaluation.seeing.rows import Row
from predictor.adapters import calibration_files


def fitted(rows: Sequence[Row], *, rules_version: str) -> Fitted:
    """The calibration of the rows of photographs; scenes are left out, because nobody sends such pictures.

    Raises fit_calibration.TooFew.
    """
    judgements = [
        Judgement(row.family, row.log_odds, row.right, row.group) for row in rows if row.source == "photograph"
    ]
    return fit_calibration.fit(judgements, rules_version=rules_version, pipeline_version=PIPELINE_VERSION)


def calibrate(rows: Sequence[Row]) -> str:
    """Fits, writes the file that ships with the predictor, and gives what the fit says of itself as text."""
    found = fitted(rows, rules_version=Product().rules_version)
    fit_calibration.write(found, calibration_files.SHIPPED)
    lines = [f"{calibration_files.SHIPPED.name}: {found.content['id']}, from {found.content['groups']} photographs"]
    return "\n".join([*lines, *(f"  {name}: {value:.4f}" for name, value in found.report.items())]) + "\n"


def unseen_figures(rows: Sequence[Row]) -> list[Figure]:
    """How well calibrated probabilities are on photographs that the calibration has not seen (cross-validation).

    Probabilities of the calibration that ships are told of the very photographs it was fitted on, which flatters it.
    """
    real = [row for row in rows if row.source == "photograph"]
    told: list[float] = []
    truth: list[bool] = []
    try:
        told = [float(value) for value in fitted(real, rules_version="").out_of_fold]
        truth = [row.right for row in real]
    except fit_calibration.TooFew:
        pass
    return [
        figure(
            "confidence: calibration error (ECE), calibrated on others",
            statistics.calibration_error(told, truth),
            Better.LOWER,
        ),
        figure("confidence: Brier score, calibrated on others", statistics.brier(told, truth), Better.LOWER),
    ]
