"""Measuring labelled photographs for the fit of the scene model."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.adapters.haar_faces import HaarFaces
from analyzer.core.arrays import Pixels
from analyzer.core.faces import find_faces
from analyzer.core.focus import sharpness_of
from analyzer.core.frame import frame_of
from analyzer.core.handedness import canonical
from analyzer.core.information import measure_information
from analyzer.core.saliency import saliency_of
from analyzer.core.scene_features import Sight, features_of
from analyzer.core.segments import find_segments
from analyzer.core.surfaces import FIGURES, dictionary_from, surfaces_of
from film.stills import Limits, decode

_WORKING_PX: Final = 512
_SURFACES: Final = 8
_PER_STILL: Final = 80
_ROUNDS: Final = 40
_SEED: Final = 7


def write_rows(labels: Path, folders: Sequence[Path], to: Path) -> None:
    """Writes one line with the dictionary of surfaces and the features' names, then one for each photograph."""
    detectors = HaarFaces()
    sights: list[tuple[dict[str, Any], Sight]] = []
    generator, samples = np.random.default_rng(_SEED), []
    for row, pixels in _stills(labels, folders):
        sight = _sight(pixels, detectors)
        values = surfaces_of(sight.frame, sight.segments, sight.sharpness).values
        samples.append(values[generator.integers(0, len(values), _PER_STILL)])
        sights.append((row, sight))
    surfaces = _dictionary(np.concatenate(samples).astype(np.float64))
    dictionary = dictionary_from(surfaces)
    names: tuple[str, ...] = ()
    lines = []
    for row, sight in sights:
        names, found = features_of(sight, dictionary)
        lines.append({**row, "values": [round(float(value), 4) for value in found]})
    head = {"features": names, "surfaces": surfaces}
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in (head, *lines))
    to.write_bytes(gzip.compress(text.encode(), mtime=0))


def _stills(labels: Path, folders: Sequence[Path]) -> Iterator[tuple[dict[str, Any], Pixels]]:
    """The labelled photographs, then stills in which there is nothing to see."""
    for line in labels.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        path = next((folder / f"{row['id']}.jpg" for folder in folders if (folder / f"{row['id']}.jpg").exists()), None)
        if path is not None and row["scenes"]:
            pixels, _ = canonical(decode(path.read_bytes(), fit_px=_WORKING_PX, limits=Limits()).pixels)
            yield {name: row[name] for name in ("id", "scenes", "outdoor", "time")}, pixels
    generator = np.random.default_rng(_SEED)
    size = (_WORKING_PX * 2 // 3, _WORKING_PX, 3)
    for at in range(3):
        nothing: dict[str, Any] = {"scenes": ["abstract"], "outdoor": None, "time": None}
        grey = np.full(size, 40 + 80 * at, np.uint8)
        noise = generator.integers(0, 256, size, dtype=np.uint8)
        fall = np.linspace(30, 120 + 60 * at, size[0])[:, None, None]
        gradient = np.broadcast_to(fall * np.array([1.0, 0.8 - 0.2 * at, 0.6]), size).astype(np.uint8)
        for name, pixels in (("flat", grey), ("noise", noise), ("gradient", gradient)):
            yield {"id": f"{name}-{at}", **nothing}, np.ascontiguousarray(pixels)


def _sight(pixels: Pixels, detectors: HaarFaces) -> Sight:
    frame = frame_of(pixels)
    segments, sharpness = find_segments(frame), sharpness_of(frame)
    return Sight(
        frame=frame,
        segments=segments,
        sharpness=sharpness,
        saliency=saliency_of(frame, sharpness),
        faces=find_faces(frame, detectors)[0],
        information=measure_information(frame, segments).or_else(0.0),
    )


def _dictionary(samples: NDArray[np.float64]) -> dict[str, list[Any]]:
    """A mixture of Gaussians with independent figures, by expectation and maximisation from random cells."""
    centre, spread = samples.mean(axis=0), samples.std(axis=0) + 1e-6
    values = (samples - centre) / spread
    generator = np.random.default_rng(_SEED)
    mean = values[generator.choice(len(values), _SURFACES, replace=False)]
    share, variance = np.full(_SURFACES, 1 / _SURFACES), np.ones((_SURFACES, len(FIGURES)))
    for _ in range(_ROUNDS):
        likely = values @ (mean / variance).T - 0.5 * values**2 @ (1 / variance).T
        likely += np.log(share) - 0.5 * np.log(variance).sum(axis=1) - 0.5 * (mean**2 / variance).sum(axis=1)
        member = np.exp(likely - likely.max(axis=1, keepdims=True))
        member /= member.sum(axis=1, keepdims=True)
        mass = member.sum(axis=0) + 1e-9
        mean = member.T @ values / mass[:, None]
        variance = np.maximum(member.T @ values**2 / mass[:, None] - mean**2, 0.02)
        share = mass / mass.sum()
    order = np.argsort(-share)
    tables = {
        "centre": centre,
        "spread": spread,
        "share": share[order],
        "mean": mean[order],
        "deviation": np.sqrt(variance[order]),
    }
    return {name: np.round(table, 4).tolist() for name, table in tables.items()}
