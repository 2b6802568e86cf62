"""Clips of the product's own renderer, with what it knows of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from analyzer.rpc.messages import analysis_message
from evaluation.moving.clips import Made
from evaluation.moving.recipes import Recipe
from evaluation.seeing.product import Product, Quiet
from film.movement import family
from film.stills import Limits
from generator.adapters.encoder import AvEncoder
from generator.core.generation import Steps, plan
from generator.core.order import CameraMove, Easing, Order, Output, Plan, Preset, Scene
from generator.core.ports import EncodeSettings
from generator.core.render.amplitude import UNIT
from generator.core.render.frames import Frames
from generator.core.render.known import known_of
from generator.core.seeding import seed_of
from generator.rpc import orders


def make_own(recipe: Recipe) -> Made:
    """The product's clip for a recipe: the analyzer's depth, the product's own path, easing and encoder."""
    order = _order(recipe)
    watch = Quiet()
    shot = plan(order, seed=seed_of(order), steps=Steps(watch), limits=Limits())
    content = bytearray()
    settings = EncodeSettings(
        width_px=shot.profile.width_px, height_px=shot.profile.height_px, fps=shot.profile.fps, preset=Preset.FAST
    )
    frames = Frames(shot).all(cancelled=watch.cancelled)
    AvEncoder().encode(frames, settings, write=content.extend, cancelled=watch.cancelled)
    return Made(bytes(content), known_of(shot), shot.amplitude)


def _order(recipe: Recipe) -> Order:
    unit = UNIT.get(family(recipe.movement))
    move = CameraMove(
        movement=recipe.movement,
        amplitude=recipe.amplitude if unit else 0.0,
        unit=unit,
        easing=Easing.LINEAR if recipe.easing == "linear" else Easing.SMOOTH,
    )
    still = Path(recipe.photograph).read_bytes()
    return Order(
        still=still,
        plan=Plan(camera=move),
        scene=_scene(recipe.photograph),
        output=Output(duration_s=recipe.seconds, fps=24, size_px=(recipe.width_px, recipe.height_px)),
        seed=1 + recipe.seed % (1 << 31),
    )


@lru_cache(maxsize=64)
def _scene(photograph: str) -> Scene:
    """What the analyzer sees in a photograph."""
    analysis = _product().see(Path(photograph).read_bytes(), maps=True).analysis
    return orders.scene(analysis_message(analysis))


@lru_cache(maxsize=1)
def _product() -> Product:
    return Product()
