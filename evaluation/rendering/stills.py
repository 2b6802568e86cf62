"""Stills with their scenes: the repository's photographs as the analyzer sees them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from evaluation.rendering.truth import PHOTOGRAPHS
from evaluation.seeing.product import Product, opened
from film.movement import Movement
from film.stills import Limits
from generator.core.order import CameraMove, DisparityMap, Easing, Output, Plan, Scene, Speed
from generator.core.profile import make_profile
from generator.core.render.scenery import prepare
from generator.core.render.shot import Shot, plan_shot

SHOWN: Final = (
    "bales",
    "bouquet",
    "college",
    "colorado",
    "colosseum",
    "dachshund",
    "dunes",
    "funicular",
    "innsbruck",
    "lake",
    "tarn",
    "wheat",
)
"""Photographs in which something stands before something else."""


@dataclass(frozen=True, eq=False)
class Still:
    """A photograph: its file, its (width, height), and what is known of it."""

    name: str
    content: bytes
    size: tuple[int, int]
    scene: Scene


@cache
def _product() -> Product:
    return Product()


@cache
def photograph(name: str) -> Still:
    """A photograph of the repository, seen by the analyzer as it ships."""
    content = (PHOTOGRAPHS / f"{name}.jpg").read_bytes()
    analysis = _product().see(content, maps=True).analysis
    height, width = opened(content).shape[:2]
    disparity = None
    if analysis.maps.depth is not None:
        cells = np.rint(analysis.maps.depth * 65535).astype(np.uint16)
        png = cv2.imencode(".png", cells)[1].tobytes()
        disparity = DisparityMap(png=png, width=cells.shape[1], height=cells.shape[0], bits=16)
    subject = analysis.subjects[0].box if analysis.subjects else None
    return Still(
        name=name,
        content=content,
        size=(width, height),
        scene=Scene(disparity=disparity, quality=analysis.depth.quality, subject=subject),
    )


def shot(still: Still, movement: Movement, output: Output, *, speed: Speed = Speed.REGULAR, seed: int = 1) -> Shot:
    """The shot of a movement over a still."""
    profile = make_profile(output, Easing.SMOOTH, still_px=still.size)
    plan = Plan(camera=CameraMove(movement=movement, speed=speed))
    scenery = prepare(
        still.content, still_px=still.size, scene=still.scene, plan=plan, profile=profile, limits=Limits()
    )
    return plan_shot(scenery, plan=plan, profile=profile, seed=seed)
