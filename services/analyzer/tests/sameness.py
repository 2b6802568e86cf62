"""Comparing analyses to the last bit."""

import dataclasses
import math
from typing import Any

import numpy as np

OF_THE_FILE = ("pixel_digest", "image", "stages", "duration_s")


def assert_same(one: Any, other: Any, path: str = "analysis") -> None:
    """Fails at the first figure that differs, negative zeros included; facts of the file are left out."""
    if dataclasses.is_dataclass(one) and not isinstance(one, type):
        assert type(one) is type(other), path
        for field in dataclasses.fields(one):
            if field.name not in OF_THE_FILE:
                assert_same(getattr(one, field.name), getattr(other, field.name), f"{path}.{field.name}")
    elif isinstance(one, tuple):
        assert len(one) == len(other), path
        for at, (left, right) in enumerate(zip(one, other, strict=True)):
            assert_same(left, right, f"{path}[{at}]")
    elif isinstance(one, np.ndarray):
        assert np.array_equal(one, other), path
    else:
        assert repr(one) == repr(other), f"{path}: {one!r} and {other!r}"


def numbers(value: Any) -> list[float]:
    """Every float in a value, arrays included."""
    if isinstance(value, float):
        return [value]
    if isinstance(value, np.ndarray):
        return [float(value.min()), float(value.max()), float(value.sum())]
    if isinstance(value, tuple):
        return [number for one in value for number in numbers(one)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [number for field in dataclasses.fields(value) for number in numbers(getattr(value, field.name))]
    return []


def all_finite(value: Any) -> bool:
    return all(math.isfinite(number) for number in numbers(value))
