"""Words of a contract and words of a core are the same words, both ways."""

from __future__ import annotations

from enum import StrEnum

import pytest

from chassis.enums import Names, Pairs


class Numbered:
    def items(self) -> list[tuple[str, int]]:
        return [("SKY_UNSPECIFIED", 0), ("SKY_CLEAR", 1), ("SKY_HALF_COVERED", 2)]


class Sky(StrEnum):
    CLEAR = "clear"
    HALF_COVERED = "half_covered"


def test_a_name_is_the_contracts_without_its_prefix() -> None:
    names = Names(Numbered(), "SKY_")

    assert names.names() == ("clear", "half_covered")
    assert [names.name(number) for number in (0, 1, 2, 9)] == ["", "clear", "half_covered", ""]
    assert [names.number(name) for name in ("", "clear", "half_covered")] == [0, 1, 2]


def test_a_name_that_the_contract_lacks_is_an_error() -> None:
    with pytest.raises(KeyError):
        Names(Numbered(), "SKY_").number("stormy")


def test_pairs_go_both_ways() -> None:
    pairs = Pairs.by_name(Sky, Numbered(), "SKY_")

    assert pairs.numbers() == {1, 2}
    assert all(pairs.core(pairs.wire(value)) is pairs.stated(pairs.wire(value)) is value for value in Sky)
    assert pairs.core(0) is None
    with pytest.raises(KeyError):
        pairs.stated(0)


def test_what_is_not_stated_may_have_a_meaning() -> None:
    pairs = Pairs.by_name(Sky, Numbered(), "SKY_", unstated=Sky.CLEAR)

    assert pairs.core(0) is pairs.stated(0) is Sky.CLEAR
    with pytest.raises(KeyError):
        pairs.stated(9)


def test_a_core_that_knows_more_than_the_contract_is_noticed() -> None:
    class Wider(StrEnum):
        STORMY = "stormy"

    with pytest.raises(KeyError):
        Pairs.by_name(Wider, Numbered(), "SKY_")
