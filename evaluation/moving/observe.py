"""Shows clips to the motion check and keeps what it said beside what is true."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2

from evaluation.moving.clips import make
from evaluation.moving.recipes import Maker, Recipe, Told, Trouble
from film.movement import Movement
from generator.adapters.clip_reader import AvClipReader
from generator.core.motion_check import WIDTH_PX, examine, sampling


@dataclass(frozen=True, kw_only=True)
class Row:
    """One clip and the verdict on it. Times are of the CPU, in seconds."""

    recipe: Recipe
    measured: str
    likeliest: str
    alternatives: dict[str, float]
    truth: float
    amplitude: float | None
    confidence: float
    unknown_because: str
    method: str
    flags: tuple[str, ...]
    seconds: float
    decode_s: float
    check_s: float
    signs: dict[str, float] = field(default_factory=dict)


def observe(recipes: Sequence[Recipe], *, jobs: int, say: Callable[[str], None] | None = None) -> list[Row]:
    """The verdict on each recipe's clip, in order. jobs: processes."""
    rows = []
    for done, row in enumerate(_rows(recipes, jobs), 1):
        rows.append(row)
        if say is not None and done % 50 == 0:
            say(f"{done} of {len(recipes)} clips measured")
    return rows


def _rows(recipes: Sequence[Recipe], jobs: int) -> Iterator[Row]:
    if jobs <= 1:
        yield from map(row_of, recipes)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(row_of, recipes, chunksize=4)


@lru_cache(maxsize=1)
def _reader() -> AvClipReader:
    cv2.setNumThreads(1)
    return AvClipReader()


def row_of(recipe: Recipe) -> Row:
    """The verdict on one recipe's clip."""
    reader = _reader()
    made = make(recipe)
    began = time.process_time()
    clip = reader.read(made.content, width_px=WIDTH_PX, sampling=sampling, cancelled=lambda: False)
    read = time.process_time()
    examination = examine(clip.samples, fps=clip.samples_per_s, known=made.known)
    done = time.process_time()
    verdict, signs = examination.verdict, examination.trace.signs
    flags = {
        "cut": verdict.has_cut,
        "freeze": verdict.has_freeze,
        "border": verdict.has_black_border,
        "loop": verdict.loops,
    }
    return Row(
        recipe=recipe,
        measured=str(verdict.measured or ""),
        likeliest=str(examination.trace.likeliest or ""),
        alternatives={str(one.movement): one.probability for one in verdict.alternatives},
        truth=made.amplitude,
        amplitude=verdict.amplitude.value,
        confidence=verdict.confidence.probability,
        unknown_because=verdict.unknown_because,
        method=verdict.method,
        flags=tuple(name for name, on in flags.items() if on),
        seconds=clip.duration_s,
        decode_s=read - began,
        check_s=done - read,
        signs={} if signs is None else asdict(signs),
    )


def write(path: Path, rows: Sequence[Row]) -> None:
    """One line of JSON for each clip."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(asdict(row), sort_keys=True) + "\n")


def read(path: Path) -> list[Row]:
    """The rows again."""
    return [_row(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _row(plain: dict[str, Any]) -> Row:
    named = plain["recipe"]
    kinds = {
        "movement": Movement(named["movement"]),
        "maker": Maker(named["maker"]),
        "trouble": Trouble(named["trouble"]),
        "told": Told(named["told"]),
    }
    recipe = Recipe(**{**named, **kinds})
    return Row(**{**plain, "recipe": recipe, "flags": tuple(plain["flags"])})
