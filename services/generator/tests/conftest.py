"""Stills built to be seen through: texture everywhere, near below and far above, and the parts that tests share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from film.geometry import Point
from film.movement import Movement
from film.stills import Limits
from generator.adapters.clip_reader import AvClipReader
from generator.adapters.encoder import AvEncoder
from generator.core.generation import Generator
from generator.core.order import CameraMove, DisparityMap, Easing, Order, Output, Plan, Scene
from generator.core.profile import Profile, make_profile
from generator.core.render.scenery import Scenery, prepare
from generator.core.render.shot import Shot, plan_shot
from generator.core.render.side_by_side import ALONE, Hands

WIDTH, HEIGHT = 960, 640


@dataclass
class Onlooker:
    """A watch that remembers what it saw, and wants nothing more after a number of reports."""

    stages: list[str] = field(default_factory=list)
    fractions: list[float] = field(default_factory=list)
    patience: int | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.stages.append(name)
        yield

    def progress(self, fraction: float) -> None:
        self.fractions.append(fraction)

    def cancelled(self) -> bool:
        return self.patience is not None and len(self.fractions) >= self.patience


def never() -> bool:
    return False


def texture(width: int, height: int, *, seed: int = 7) -> np.ndarray:
    """(height, width, 3) uint8 BGR with detail at several scales."""
    source = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for cell, weight in ((4, 0.3), (12, 0.4), (40, 0.5)):
        noise = source.random((height // cell + 2, width // cell + 2, 3), np.float32)
        total += weight * cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    total -= total.min()
    return np.clip(total / total.max() * 255, 0, 255).astype(np.uint8)


def jpeg(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def slope_map(width: int = 96, height: int = 64) -> DisparityMap:
    """Far at the top, near at the bottom."""
    cells = np.tile(np.linspace(0, 255, height).round().astype(np.uint8)[:, None], (1, width))
    return DisparityMap(png=cv2.imencode(".png", cells)[1].tobytes(), width=width, height=height, bits=8)


@pytest.fixture(scope="session")
def photo() -> bytes:
    return jpeg(texture(WIDTH, HEIGHT))


@pytest.fixture(scope="session")
def sloped() -> Scene:
    return Scene(disparity=slope_map(), quality=1.0)


@pytest.fixture
def onlooker() -> Onlooker:
    return Onlooker()


class Studio:
    """Makes orders and shots of small clips."""

    def __init__(self, photo: bytes, scene: Scene) -> None:
        self.photo = photo
        self.scene = scene
        self.onlooker = Onlooker
        self.never = never
        self.texture = texture
        self.jpeg = jpeg
        self.generator = Generator(encoder=AvEncoder(), reader=AvClipReader(), limits=Limits())

    def output(self, **changes: object) -> Output:
        return Output(**{"duration_s": 0.5, "fps": 24, "short_side_px": 240, **changes})

    def order(self, movement: Movement, *, scene: Scene | None = None, **changes: object) -> Order:
        output = changes.pop("output", None) or self.output()
        plan = changes.pop("plan", None) or Plan(camera=CameraMove(movement=movement))
        still = changes.pop("still", self.photo)
        return Order(still=still, plan=plan, scene=scene or self.scene, output=output, **changes)

    def profile(self, *, size: tuple[int, int] = (WIDTH, HEIGHT), easing: Easing = Easing.SMOOTH, **output) -> Profile:
        return make_profile(self.output(**output), easing, still_px=size)

    def scenery(
        self, move: CameraMove, profile: Profile, *, scene: Scene | None = None, hands: Hands = ALONE
    ) -> Scenery:
        return prepare(
            self.photo,
            still_px=(WIDTH, HEIGHT),
            scene=self.scene if scene is None else scene,
            plan=Plan(camera=move),
            profile=profile,
            limits=Limits(),
            hands=hands,
        )

    def shot(
        self,
        movement: Movement,
        *,
        scene: Scene | None = None,
        anchor: Point | None = None,
        easing: Easing = Easing.SMOOTH,
        sway_rad: float = 0.0,
        amplitude: float | None = None,
        seed: int = 1,
        hands: Hands = ALONE,
        **output: object,
    ) -> Shot:
        from generator.core.render.amplitude import UNIT, family

        unit = None if amplitude is None else UNIT[family(movement)]
        move = CameraMove(
            movement=movement,
            anchor=anchor,
            easing=easing,
            sway_rad=sway_rad,
            amplitude=amplitude or 0.0,
            unit=unit,
        )
        profile = self.profile(easing=easing, **output)
        scenery = self.scenery(move, profile, scene=scene, hands=hands)
        return plan_shot(scenery, plan=Plan(camera=move), profile=profile, seed=seed, hands=hands)


@pytest.fixture(scope="session")
def studio(photo: bytes, sloped: Scene) -> Studio:
    return Studio(photo, sloped)
