"""A small run over clips of the product's own renderer, held against stored figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from evaluation.clips import own
from evaluation.clips.figures import Judged, figures
from evaluation.clips.judging import judged
from evaluation.rendering.truth import PHOTOGRAPHS
from evaluation.seeing.figure import Better, Figure
from evaluation.seeing.gate import Worse

BASELINE: Final = Path(__file__).with_name("baseline.json")
SHOWN: Final = ("colosseum", "lake", "wheat")
SECONDS: Final = 1.5
SHORT_SIDE_PX: Final = 270

_TOLERANCE: Final = 0.1
"""Share of a figure that it may be worse by, or a twentieth of the defect's limit where that is more: processors round
differently, and so do builds of the codecs. A clip with a defect too many is never let pass."""


def run() -> list[Figure]:
    """The gate's figures."""
    return figures(list(own_clips([str(PHOTOGRAPHS / name) for name in SHOWN], SECONDS, SHORT_SIDE_PX, each=False)))


def own_clips(photographs: Sequence[str], seconds: float, short_side_px: int, *, each: bool = True) -> Iterator[Judged]:
    """Clips of photographs, by their paths without ending, each made, judged and deleted."""
    with TemporaryDirectory() as folder:
        for one in own.wanted(photographs, seconds=seconds, short_side_px=short_side_px, each=each):
            path = own.make(one, Path(folder))
            yield judged(path, Path(f"{one.photograph}.jpg"))
            path.unlink()


def worse(found: Sequence[Figure], baseline: Mapping[str, Any]) -> list[Worse]:
    """The figures that are worse than stored beyond their tolerance, and those that are gone."""
    today = {figure.name: figure for figure in found}
    limits = {figure.name.rpartition(":")[0]: figure.target for figure in found if figure.target}
    fallen = []
    for name, row in baseline["figures"].items():
        value, figure = float(row["value"]), today.get(name)
        if figure is None or figure.value is None:
            fallen.append(Worse(name, value, None, 0.0))
            continue
        tolerance = max(_TOLERANCE * value, 0.05 * (limits.get(name.rpartition(":")[0]) or 0.0))
        tolerance = 0.0 if name.startswith("clips ") else tolerance
        fall = value - figure.value if figure.better is Better.HIGHER else figure.value - value
        if fall > tolerance + 1e-9:
            fallen.append(Worse(name, value, figure.value, tolerance))
    return fallen
