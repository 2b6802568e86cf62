"""Depth on a real photograph whose distances were measured: scikit-image's stereo motorcycle, when it was fetched."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import numpy as np

from evaluation.seeing.figure import Better, Figure
from evaluation.seeing.map_scores import DepthScore, depth_score
from evaluation.seeing.product import Product

FILES: Final = {
    "motorcycle_left.png": "db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179",
    "motorcycle_disp.npz": "2e49c8cebff3fa20359a0cc6880c82e1c03bbb106da81a177218281bc2f113d7",
}
"""Names in a folder of photographs, and SHA-256."""


def motorcycle(folder: Path) -> DepthScore | None:
    """How well depth is told on it; None where the folder does not hold both files as they were published."""
    for name, digest in FILES.items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return None
    with np.load(folder / "motorcycle_disp.npz") as archive:
        disparity = np.asarray(archive[archive.files[0]], np.float32)
    disparity = np.where(np.isfinite(disparity), disparity, np.nan).astype(np.float32)
    seen = Product().see((folder / "motorcycle_left.png").read_bytes(), maps=True)
    return depth_score(seen.analysis.maps.depth, disparity)


def figures(score: DepthScore) -> list[Figure]:
    """The figures of one picture, so without an interval."""
    return [
        _figure("depth: pairs in order, motorcycle", score.ordinal, Better.HIGHER, 0.8),
        _figure("depth: pairs in order by height alone, motorcycle", score.ordinal_of_height, Better.NEITHER, None),
        _figure("depth: rank correlation, motorcycle", score.rank, Better.HIGHER, 0.7),
        _figure("depth: rank correlation of height alone, motorcycle", score.rank_of_height, Better.NEITHER, None),
    ]


def _figure(name: str, value: float, better: Better, target: float | None) -> Figure:
    return Figure(name, round(value, 4), None, None, 1, better, target)
