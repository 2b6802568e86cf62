"""Weights of the confidence, as `python -m evaluation.moving calibrate` found them; not for hands."""

from collections.abc import Mapping
from typing import Final

CALIBRATION_ID: Final = "motion-4722048e"
"""Name of these weights; it changes with every one of them."""

EXACT: Final[Mapping[str, float]] = {
    "constant": 0.1352,
    "odds": 0.8259,
    "class_odds": -0.0825,
    "reverse": -0.4437,
    "points": 0.8058,
    "outliers": -0.615,
    "misfit": -1.5009,
    "excess": -0.0064,
    "motion": 0.5198,
    "unspanned": 0.0,
    "depth": 0.0725,
    "still": -0.3806,
    "hand": 0.8493,
    "racked": 0.2168,
    "sudden": 0.0985,
    "reversible": -0.0051,
    "reversible_depth": -0.412,
}
"""Ln of the odds that a label is right, by sign."""

COARSE: Final[Mapping[str, float]] = {
    "constant": 0.4029,
    "odds": 0.0079,
    "class_odds": 0.7746,
    "reverse": -0.3944,
    "points": 0.261,
    "outliers": -0.4763,
    "misfit": -1.3432,
    "excess": -0.213,
    "motion": 0.4433,
    "unspanned": 0.0,
    "depth": 0.1503,
    "still": -0.3955,
    "hand": 0.8816,
    "racked": 0.1698,
    "sudden": 0.0904,
    "reversible": 0.0503,
    "reversible_depth": -0.4985,
}
"""The same for the label or one that looks the same."""

LEAST_COARSE: Final = 0.6
"""Probability of the second kind below which nothing is named."""
