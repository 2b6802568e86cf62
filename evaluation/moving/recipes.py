"""Which clips are made: each is a line of plain values, and the same line always gives the same clip."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from evaluation.moving.depths import SHAPES
from evaluation.moving.moves import RANGES, SHOWN
from film.movement import Family, Movement, family


class Maker(StrEnum):
    """Who renders: the product, or the independent renderer."""

    OWN = "own"
    OTHER = "other"


class Trouble(StrEnum):
    """What makes a clip hard."""

    PLAIN = "plain"
    LAYERS = "two layers"
    NOISE = "sensor noise"
    FLOW = "flowing third"
    CODED = "strong compression"
    FOREIGN = "moving subject"


class Told(StrEnum):
    """What the check is told beforehand: nothing, the still's analysis, or all that our renderer knows of its clip."""

    NOTHING = "nothing"
    ANALYSIS = "analysis"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One clip. amplitude in the movement's unit; crf of the encoder; seed of everything random in it."""

    photograph: str
    movement: Movement
    amplitude: float
    maker: Maker
    trouble: Trouble
    told: Told
    shape: str
    codec: str
    crf: int
    seconds: float
    rate: int
    easing: str
    focal: float
    width_px: int
    height_px: int
    seed: int

    @property
    def name(self) -> str:
        """Short and unique enough to find a clip again."""
        return f"{self.movement}/{Path(self.photograph).stem}/{self.trouble}/{self.maker}/{self.seed % 10000}"


def clean_own(photographs: Sequence[Path], *, each: int, seed: int) -> list[Recipe]:
    """The product's own clips as it makes them, every movement `each` times."""
    return [
        _recipe(photographs, movement, f"own {seed} {k}", Maker.OWN, Trouble.PLAIN, Told.ALL)
        for k in range(each)
        for movement in SHOWN
    ]


def clean_other(photographs: Sequence[Path], *, each: int, seed: int) -> list[Recipe]:
    """The same of the independent renderer, told what our renderer would know."""
    return [
        _recipe(photographs, movement, f"other {seed} {k}", Maker.OTHER, Trouble.PLAIN, Told.ALL)
        for k in range(each)
        for movement in SHOWN
    ]


def hard(photographs: Sequence[Path], *, each: int, seed: int) -> list[Recipe]:
    """Every movement with every trouble, `each` times, by the independent renderer; told little or nothing."""
    found = []
    for k in range(each):
        for m, movement in enumerate(SHOWN):
            for n, trouble in enumerate(Trouble):
                told = Told.ANALYSIS if (k + m + n) % 2 else Told.NOTHING
                found.append(_recipe(photographs, movement, f"hard {seed} {k}", Maker.OTHER, trouble, told))
    return found


_RATES: Final = (12, 15, 24)


def _recipe(
    photographs: Sequence[Path], movement: Movement, salt: str, maker: Maker, trouble: Trouble, told: Told
) -> Recipe:
    digest = hashlib.sha256(f"{salt} {movement} {trouble} {maker}".encode()).digest()
    seed = int.from_bytes(digest[:6], "big")
    source = np.random.default_rng(seed)
    low, high = RANGES.get(family(movement), (0.0, 0.0))
    codecs = ("h264", "h264", "h264", "vp9")
    codec = "h264" if trouble is Trouble.CODED or maker is Maker.OWN else str(source.choice(codecs))
    crf = {"h264": 34 if trouble is Trouble.CODED else int(source.choice((18, 20, 23, 26))), "vp9": 32}[codec]
    tall = bool(source.random() < 0.1)
    size = (360, 640) if tall else (640, 360)
    needs_depth = family(movement) is Family.RACK_FOCUS
    return Recipe(
        photograph=str(photographs[int(source.integers(len(photographs)))]),
        movement=movement,
        amplitude=round(float(source.uniform(low, high)), 4),
        maker=maker,
        trouble=trouble,
        told=Told.ANALYSIS if needs_depth and told is Told.NOTHING else told,
        shape=str(source.choice(SHAPES)),
        codec=codec,
        crf=crf,
        seconds=round(float(source.uniform(1.8, 3.4)), 2),
        rate=int(source.choice(_RATES)),
        easing=str(source.choice(("smooth", "sine", "linear"))),
        focal=1.05 if told is Told.ALL else round(float(source.choice((0.9, 1.0, 1.1, 1.25))), 3),
        width_px=size[0],
        height_px=size[1],
        seed=seed,
    )
