"""Stills with known answers, drawn by code or taken from `media`, and ways to have them analysed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from analyzer.adapters.haar_faces import HaarFaces
from analyzer.adapters.trained_eye import TrainedEye
from analyzer.core.analysis import MapKind, SceneAnalysis
from analyzer.core.arrays import Pixels
from analyzer.core.picture import Options
from analyzer.core.pipeline import Analyzer

MEDIA = Path(__file__).parent / "media"
ALL_MAPS = frozenset(MapKind)


class Quiet:
    """A watch that nobody looks at; it can be told to cancel before a named stage."""

    def __init__(self, *, cancel_at: str = "") -> None:
        self.seen: list[str] = []
        self._cancel_at = cancel_at
        self._cancelled = False

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.seen.append(name)
        yield
        self._cancelled = self._cancelled or name == self._cancel_at

    def progress(self, fraction: float) -> None:
        pass

    def cancelled(self) -> bool:
        return self._cancelled


def png(pixels: Pixels) -> bytes:
    """The pixels as a lossless file."""
    return cv2.imencode(".png", pixels)[1].tobytes()


@cache
def photograph(name: str) -> Pixels:
    return cv2.imread(str(MEDIA / f"{name}.jpg"))


@cache
def detectors() -> HaarFaces:
    return HaarFaces()


@cache
def eye() -> TrainedEye:
    return TrainedEye()


def analysed(content: bytes | Pixels, *, working_px: int = 512) -> SceneAnalysis:
    """The analysis with all maps."""
    options = Options(working_px=working_px, maps=ALL_MAPS)
    analyzer = Analyzer(detectors(), eye())
    file = content if isinstance(content, bytes) else png(content)
    return analyzer.measure(analyzer.decode(file, options, Quiet()), options, Quiet())


def noise(seed: int, *, height: int = 300, width: int = 400) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def flat(level: int = 128, *, height: int = 300, width: int = 400) -> Pixels:
    return np.full((height, width, 3), level, np.uint8)


def gradient(*, across: bool) -> Pixels:
    ramp = np.linspace(0, 255, 400 if across else 300).astype(np.uint8)
    plane = np.tile(ramp[None], (300, 1)) if across else np.tile(ramp[:, None], (1, 400))
    return np.repeat(plane[..., None], 3, axis=2)


def seaside(*, horizon: float = 0.45, seed: int = 0, width: int = 480, height: int = 320) -> Pixels:
    """A blue sky that pales downwards, a meadow with texture, a red house left of the middle."""
    rng = np.random.default_rng(seed)
    line = round(horizon * height)
    scene = np.zeros((height, width, 3), np.float32)
    fade = np.linspace(0, 1, line)[:, None]
    scene[:line] = np.array([200, 130, 60]) * (1 - fade[..., None]) + np.array([235, 215, 190]) * fade[..., None]
    grass = np.array([40, 120, 70], np.float32)
    scene[line:] = grass + rng.normal(0, 22, (height - line, width, 1))
    left, top = round(0.2 * width), round((horizon - 0.12) * height)
    cv2.rectangle(scene, (left, top), (left + width // 8, line + height // 6), (40, 40, 190), -1)
    cv2.rectangle(scene, (left + 12, top + 15), (left + 26, top + 32), (230, 230, 230), -1)
    return np.clip(scene, 0, 255).astype(np.uint8)


def corridor(*, x: float = 0.5, y: float = 0.5, width: int = 480, height: int = 320) -> Pixels:
    """Walls, floor and ceiling whose lines run to one point."""
    scene = np.full((height, width, 3), 150, np.uint8)
    point = np.array([x * width, y * height])
    for share in np.linspace(0, 1, 9):
        for end in ((0, share * height), (width, share * height), (share * width, 0), (share * width, height)):
            near = point + (np.array(end) - point) * 0.12
            tone = 60 if round(share * 8) % 2 else 220
            cv2.line(scene, tuple(near.astype(int).tolist()), tuple(np.array(end).astype(int).tolist()), (tone,) * 3, 2)
    return cv2.GaussianBlur(scene, (0, 0), 0.7)


def ball(*, x: float = 0.35, y: float = 0.5, radius: float = 0.15, sharp: bool = True, seed: int = 1) -> Pixels:
    """An orange textured disc before a soft green ground."""
    height, width = 320, 480
    rng = np.random.default_rng(seed)
    ground = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 14)
    scene = np.array([60, 110, 50], np.float32) + (ground / ground.std() * 26)[..., None]
    mark = np.zeros((height, width), np.float32)
    cv2.circle(mark, (round(x * width), round(y * height)), round(radius * height), 1.0, -1)
    fine = rng.normal(0, 30, (height, width, 1))
    disc = np.array([30, 120, 230], np.float32) + fine
    scene = scene * (1 - mark[..., None]) + disc * mark[..., None]
    if not sharp:
        scene = cv2.GaussianBlur(scene, (0, 0), 5)
    return np.clip(scene, 0, 255).astype(np.uint8)
