"""Figures as people read them: shares, lengths, sizes, angles, money."""

from __future__ import annotations

from typing import Any, Final

from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import money_pb2
from animatize_cli import words

_UNIT: Final = prediction_pb2
_DEGREES_PER_RADIAN: Final = 57.29577951308232
_MICRO: Final = 1_000_000


def share(value: float) -> str:
    """0.714 is "71 %"."""
    return f"{value * 100:.0f} %"


def trust(quality: float) -> str:
    """How far a figure can be trusted, 0 to 1."""
    return f"trust {quality:.2f}"


def seconds(value: float) -> str:
    """A length of time with as many digits as anybody cares for."""
    if value < 0.1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s"


def size(count: int) -> str:
    """A file's size."""
    if count < 1000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"


def number(value: float) -> str:
    """A measured value with two digits after the point, as the rules say it."""
    return f"{value:.2f}".removesuffix(".00")


def amplitude(value: float, unit: int) -> str:
    """How far a movement goes, in its unit; "" when it has no amplitude."""
    match unit:
        case _UNIT.AMPLITUDE_UNIT_RADIAN:
            return f"{value * _DEGREES_PER_RADIAN:.1f}°"
        case _UNIT.AMPLITUDE_UNIT_FRAME_WIDTH:
            return f"{value * 100:.1f} % of the width"
        case _UNIT.AMPLITUDE_UNIT_GROWTH:
            return f"{value * 100:.0f} %"
        case _UNIT.AMPLITUDE_UNIT_FOCUS_RANGE:
            return f"{value * 100:.0f} % of the depth"
    return ""


def by(movement: str, value: float, unit: int) -> str:
    """A movement with how far it goes: "pan left by 4.0°"."""
    distance = amplitude(value, unit) if value else ""
    return f"{movement} by {distance}" if distance else movement


def place(point: Any) -> str:
    """A place of the still in words, by thirds."""
    across = _third(point.x, "left", "right")
    down = _third(point.y, "top", "bottom")
    return " ".join(part for part in (down, across) if part) or "centre"


def cost(value: Any, *, model: str = "") -> str:
    """What something cost. Unknown is said, never shown as nothing."""
    if not value.HasField("amount_micro_usd"):
        return "unknown"
    amount = value.amount_micro_usd
    if amount == 0 and value.basis == money_pb2.COST_BASIS_FREE:
        by = ", local renderer" if model.startswith("local/") else ""
        return f"nothing: 0 micro-USD{by}"
    basis = words.said(money_pb2.CostBasis, value.basis)
    return f"${amount / _MICRO:.6f} ({amount:,} micro-USD{f', {basis}' if basis else ''})"


def _third(value: float, low: str, high: str) -> str:
    if value < 1 / 3:
        return low
    return high if value > 2 / 3 else ""
