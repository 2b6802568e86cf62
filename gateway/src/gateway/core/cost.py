"""What stages cost, and what they cost together. Unknown is never zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Basis(IntEnum):
    """How an amount is known, from the surest to none at all; a sum is known as well as its least sure part."""

    FREE = 0
    SETTLED = 1
    ESTIMATED = 2
    RESERVED = 3
    PRESUMED = 4
    UNKNOWN = 5


@dataclass(frozen=True)
class Cost:
    """What something costs.

    amount_micro_usd: integer micro-USD, at least 0; None when it is not known, and then only.
    price_version: the price list behind it; empty for free work.
    """

    amount_micro_usd: int | None
    basis: Basis
    price_version: str = ""

    def __post_init__(self) -> None:
        if (self.amount_micro_usd is None) != (self.basis is Basis.UNKNOWN):
            raise ValueError(f"an amount of {self.amount_micro_usd} cannot be {self.basis.name}")
        if self.amount_micro_usd is not None and self.amount_micro_usd < 0:
            raise ValueError(f"a cost is at least 0, not {self.amount_micro_usd}")


#: The cost of work that no provider is paid for.
FREE: Final = Cost(0, Basis.FREE)

#: The cost of work whose price nobody knows.
UNKNOWN: Final = Cost(None, Basis.UNKNOWN)


def total(costs: Iterable[Cost]) -> Cost:
    """The sum: unknown as soon as one part is; free when there are no parts or all are free."""
    parts = list(costs)
    versions = ", ".join(sorted({part.price_version for part in parts if part.price_version}))
    known = [part.amount_micro_usd for part in parts if part.amount_micro_usd is not None]
    if len(known) < len(parts):
        return Cost(None, Basis.UNKNOWN, versions)
    return Cost(sum(known), max((part.basis for part in parts), default=Basis.FREE), versions)


def left_of(limit_micro_usd: int | None, spent: Cost) -> int | None:
    """What may still be spent of a limit, at least 0; None stays None. An unknown cost may have taken all of it."""
    if limit_micro_usd is None:
        return None
    if spent.amount_micro_usd is None:
        return 0
    return max(0, limit_micro_usd - spent.amount_micro_usd)


def capped(cost: Cost, limit_micro_usd: int | None) -> Cost:
    """The most that work of this cost can come to when no more than the limit may be spent on it.

    Without a limit only free work is done, so the cost stands as it is told.
    """
    if limit_micro_usd is None:
        return cost
    if cost.amount_micro_usd is None or cost.amount_micro_usd > limit_micro_usd:
        return Cost(limit_micro_usd, Basis.ESTIMATED, cost.price_version)
    return cost
