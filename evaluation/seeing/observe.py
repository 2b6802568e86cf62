"""Shows pictures to the product and keeps what it said beside what is true, in one process or several."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from evaluation.scenes import Truth, build
from evaluation.seeing import photographs
from evaluation.seeing.map_scores import DepthScore, depth_score, region_overlap
from evaluation.seeing.mirror_check import violations
from evaluation.seeing.photographs import Label, Photograph
from evaluation.seeing.product import Product, changed, lossless, opened
from evaluation.seeing.verdict import Verdict, verdict
from film.movement import Movement, mirrored


@dataclass(frozen=True)
class Change:
    """What became of the verdict when the picture was changed slightly. first: as for the unchanged handedness."""

    name: str
    first: str
    family: str
    scene: str
    horizon: float | None


@dataclass(frozen=True)
class SceneView:
    """A built scene, its truth without the maps, and what was seen in it."""

    name: str
    truth: Truth
    verdict: Verdict
    mirror_faults: tuple[str, ...]
    depth: DepthScore | None
    regions: dict[str, float] | None

    @property
    def family(self) -> str:
        """The builder's name."""
        return self.name.split("/")[0]


@dataclass(frozen=True)
class PhotographView:
    """A photograph, its label, and what was seen in it and in its changed copies."""

    id: str
    split: str
    committed: bool
    label: Label
    verdict: Verdict
    mirror_faults: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Task:
    """One picture to show: a scene's name or a photograph with the folder it may lie in."""

    scene: str = ""
    photograph: Photograph | None = None
    folder: Path | None = None


def look(
    tasks: Sequence[Task], *, jobs: int = 1, say: Callable[[str], None] | None = None
) -> tuple[list[SceneView], list[PhotographView]]:
    """What was seen in each picture, in order. jobs: processes. say: hears of progress."""
    scenes: list[SceneView] = []
    pictures: list[PhotographView] = []
    for done, view in enumerate(_views(tasks, jobs), 1):
        if isinstance(view, SceneView):
            scenes.append(view)
        else:
            pictures.append(view)
        if say is not None and done % 50 == 0:
            say(f"{done} of {len(tasks)} pictures seen")
    return scenes, pictures


def _views(tasks: Sequence[Task], jobs: int) -> Iterator[SceneView | PhotographView]:
    if jobs <= 1:
        yield from map(_view, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(_view, tasks, chunksize=4)


def _view(task: Task) -> SceneView | PhotographView:
    if task.photograph is not None:
        return of_photograph(_product(), task.photograph, task.folder)
    return of_scene(_product(), task.scene)


@cache
def _product() -> Product:
    """The product; each process opens it once."""
    return Product()


def of_scene(product: Product, name: str) -> SceneView:
    """What the product sees in a built scene and in its exact mirror image."""
    scene = build(name)
    seen = product.see(lossless(scene.pixels), maps=True)
    other = product.see(lossless(scene.mirrored().pixels))
    truth = scene.truth
    return SceneView(
        name=name,
        truth=replace(truth, depth=None, regions=None, layers=None),
        verdict=verdict(seen),
        mirror_faults=violations(seen, other),
        depth=None if truth.depth is None else depth_score(seen.analysis.maps.depth, truth.depth),
        regions=None if truth.regions is None else region_overlap(seen.analysis, truth.regions),
    )


def of_photograph(product: Product, row: Photograph, folder: Path | None) -> PhotographView:
    """What the product sees in a photograph, in its exact mirror image, and in slightly changed copies."""
    content = photographs.content(row, folder)
    seen = product.see(content)
    pixels = opened(content)
    # Exact mirror images must be decoded alike: both are saved without loss.
    plain, other = product.see(lossless(pixels)), product.see(lossless(pixels[:, ::-1].copy()))
    return PhotographView(
        id=row.id,
        split=row.split,
        committed=row.file is not None,
        label=row.label,
        verdict=verdict(seen),
        mirror_faults=violations(plain, other),
        changes=tuple(_change(product, name, data) for name, data in changed(pixels)),
    )


def _change(product: Product, name: str, data: bytes) -> Change:
    found = verdict(product.see(data))
    first = found.first
    if first and name.startswith("mirrored"):
        first = str(mirrored(Movement(first)))
    return Change(name, first, found.first_family, found.scene, found.horizon)
