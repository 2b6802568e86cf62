"""Canvases with built materials, the maps that tell of them, and what measures how they move."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from film.geometry import Box
from generator.core.order import Easing, EnvironmentMotion, EnvironmentMove, Material, Output, RegionMap
from generator.core.profile import Profile, make_profile
from generator.core.render.canvas import Canvas
from generator.core.render.environment import CanvasPlanes, Environment, make_environment
from generator.core.render.warp import Planes, new_planes

WIDTH, HEIGHT = 704, 396
CELLS = (128, 72)


def grain(width: int, height: int, *, seed: int) -> np.ndarray:
    """(height, width) uint8 with detail at several scales, 40..215."""
    source = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    for cell, weight in ((3, 0.4), (8, 0.4), (24, 0.4)):
        noise = source.random((height // cell + 2, width // cell + 2), np.float32)
        total += weight * cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    total = (total - total.min()) / (total.max() - total.min())
    return (40 + 175 * total).astype(np.uint8)


def region_map(**rows: tuple[float, float]) -> RegionMap:
    """A map whose materials fill bands of the still, (top, bottom) shares of its height by name."""
    cells = np.zeros(CELLS[::-1], np.uint8)
    for index, (top, bottom) in enumerate(rows.values(), start=1):
        cells[round(top * CELLS[1]) : round(bottom * CELLS[1])] = index
    png = cv2.imencode(".png", cells)[1].tobytes()
    return RegionMap(png=png, width=CELLS[0], height=CELLS[1], kinds=tuple(Material(name) for name in rows))


class Place:
    """A canvas all of one grain, and what is made to move on it."""

    def __init__(self) -> None:
        self.canvas = Canvas(
            y=grain(WIDTH, HEIGHT, seed=1),
            u=(grain(WIDTH // 2, HEIGHT // 2, seed=2) // 4 + 96).astype(np.uint8),
            v=(grain(WIDTH // 2, HEIGHT // 2, seed=3) // 4 + 96).astype(np.uint8),
            scale=640.0,
            centre_x=WIDTH / 2,
            centre_y=HEIGHT / 2,
            share=(0.0, 0.0, 1.0, 1.0),
        )
        self.map = region_map

    def profile(self, *, loop: bool = True, **output: object) -> Profile:
        wanted = Output(**{"duration_s": 4.0, "fps": 24, "size_px": (640, 360), "loop": loop, **output})
        return make_profile(wanted, Easing.SMOOTH, still_px=(WIDTH, HEIGHT))

    def make(
        self,
        motion: EnvironmentMotion,
        regions: RegionMap | None,
        *,
        subject: Box | None = None,
        loop: bool = True,
        seed: int = 5,
        canvas: Canvas | None = None,
        **move: object,
    ) -> Environment:
        return make_environment(
            [EnvironmentMove(motion=motion, **{"intensity": 0.5, **move})],
            canvas=canvas or self.canvas,
            regions=regions,
            subject=subject,
            profile=self.profile(loop=loop),
            seed=seed,
        )

    def painted(self, made: Environment, t: float, canvas: Canvas | None = None) -> CanvasPlanes:
        into = CanvasPlanes.copy_of(canvas or self.canvas)
        made.restless.paint(t, into)
        return into

    def drift(
        self, made: Environment, window: tuple[slice, slice], *, moments: int = 24, frames: int = 3
    ) -> tuple[float, float]:
        """Mean speed to the right and down in a window, in frame widths per second.

        frames: between the moments that are compared, so that the way is some pixels: below one, phase correlation
        leans to whole ones.
        """
        step = frames / 96
        return self._speed(lambda t: self.painted(made, t).y[window], step, moments, self.canvas.scale)

    def fall(self, made: Environment, *, moments: int = 24) -> tuple[float, float]:
        """Mean speed to the right and down of what an overlay draws, in frame widths per second."""
        return self._speed(lambda t: self.drawn(made, t).y[60:300, 160:480], 2 / 96, moments, 640.0)

    @staticmethod
    def drawn(made: Environment, t: float, luma: int = 60) -> Planes:
        planes = new_planes(640, 360)
        planes.y[:], planes.u[:], planes.v[:] = luma, 110, 140
        made.overlay.over(t, planes)
        return planes

    @staticmethod
    def _speed(frame: Callable[[float], np.ndarray], step: float, moments: int, width: float) -> tuple[float, float]:
        ways = []
        for t in np.linspace(0.0, 1.0, moments, endpoint=False):
            one, other = frame(t).astype(np.float32), frame(t + step).astype(np.float32)
            hann = cv2.createHanningWindow(one.shape[::-1], cv2.CV_32F)
            ways.append(cv2.phaseCorrelate(one - one.mean(), other - other.mean(), hann)[0])
        right, down = np.median(ways, axis=0) / (step * 4.0 * width)
        return float(right), float(down)


@pytest.fixture(scope="session")
def place() -> Place:
    return Place()
