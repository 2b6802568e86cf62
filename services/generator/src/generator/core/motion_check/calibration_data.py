"""Weights of the confidence, as `python -m evaluation.moving calibrate` found them; not for hands."""

from collections.abc import Mapping
from typing import Final

CALIBRATION_ID: Final = "motion-c31ada8a"
"""Name of these weights; it changes with every one of them."""

EXACT: Final[Mapping[str, float]] = {
    "constant": 0.2633,
    "odds": -0.1041,
    "class_odds": 0.6938,
    "points": 0.1715,
    "outliers": -0.6583,
    "misfit": -1.1804,
    "excess": -0.4738,
    "motion": 0.2818,
    "unspanned": 0.0343,
    "depth": 0.5273,
    "still": -0.9841,
    "hand": 0.8848,
    "racked": 0.7071,
    "sudden": 0.0004,
    "reversible": 1.0029,
    "reversible_depth": 0.1512,
}
"""Ln of the odds that a label is right, by sign."""

COARSE: Final[Mapping[str, float]] = {
    "constant": 0.6981,
    "odds": -0.1051,
    "class_odds": 0.6312,
    "points": 0.0216,
    "outliers": -0.5132,
    "misfit": -1.29,
    "excess": -0.5322,
    "motion": 0.3756,
    "unspanned": 0.0336,
    "depth": 0.4765,
    "still": -0.9314,
    "hand": 0.7792,
    "racked": 0.7386,
    "sudden": -0.0101,
    "reversible": 0.8614,
    "reversible_depth": 0.1752,
}
"""The same for the label or one that looks the same."""

LEAST_COARSE: Final = 0.6
"""Probability of the second kind below which nothing is named."""
