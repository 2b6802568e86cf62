"""Medians and percentiles of planes, by partial sorting alone: numpy's own spend most of their time on other cases."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.integer[Any] | np.floating[Any]]


def quantiles(values: Values, *percents: float) -> tuple[float, ...]:
    """The values below which these percents of all lie, linear between neighbours as numpy's default is.

    values: any shape, not empty, without NaN. Raises IndexError when it is empty.
    """
    flat = values.ravel()
    last = flat.size - 1
    places = [percent / 100.0 * last for percent in percents]
    lower = [int(place) for place in places]
    upper = [min(at + 1, last) for at in lower]
    ordered = np.partition(flat, sorted({*lower, *upper}))
    return tuple(
        float(ordered[low]) + (float(ordered[high]) - float(ordered[low])) * (place - low)
        for place, low, high in zip(places, lower, upper, strict=True)
    )


def quantile(values: Values, percent: float) -> float:
    """The value below which this percent of all lie; see `quantiles`."""
    return quantiles(values, percent)[0]


def median(values: Values) -> float:
    """The middle value, or the mean of the two in the middle; see `quantiles`."""
    return quantiles(values, 50.0)[0]
