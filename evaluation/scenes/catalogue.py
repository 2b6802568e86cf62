"""All builders by name, and every scene by builder and seed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from evaluation.scenes import facades, figures, ground, land, lights, nothing, perspective, planes
from evaluation.scenes.paint import Rng
from evaluation.scenes.truth import Scene

BUILDERS: Final[Mapping[str, Callable[[Rng], Scene]]] = {
    "plain": land.plain,
    "sea": land.sea,
    "golden": land.golden,
    "mountains": land.mountains,
    "night": land.night,
    "road": perspective.road,
    "corridor": perspective.corridor,
    "room": perspective.room,
    "long_wall": perspective.long_wall,
    "facade_exact": facades.exact,
    "facade_near": facades.near,
    "facade_uneven": facades.uneven,
    "blocks": ground.blocks,
    "table": ground.table,
    "two_layers": planes.two,
    "three_layers": planes.three,
    "arch": planes.arch,
    "shallow": planes.shallow,
    "disc": figures.disc,
    "box": figures.box,
    "emptiness": figures.emptiness,
    "winding": figures.winding,
    "silhouette": lights.silhouette,
    "side_lit": lights.side_lit,
    "noise": nothing.noise,
    "smooth": nothing.smooth,
    "pattern": nothing.pattern,
    "surface": nothing.surface,
    "page": nothing.page,
    "dragged": nothing.dragged,
}
"""A builder draws one scene; all chance in it comes from the generator it is given."""


def names(seeds: int) -> list[str]:
    """The names of all scenes with seeds 0 to `seeds` - 1, as `build` takes them."""
    return [f"{family}/{seed}" for family in BUILDERS for seed in range(seeds)]


def build(name: str) -> Scene:
    """The scene of a name, the same every time. Raises KeyError for an unknown builder, ValueError for a bad seed."""
    family, seed = name.split("/")
    rng = np.random.default_rng((zlib.crc32(family.encode()), int(seed)))
    return replace(BUILDERS[family](rng), name=name)


def scenes(seeds: int) -> Iterator[Scene]:
    """Every builder's scenes, seed by seed."""
    return (build(name) for name in names(seeds))
