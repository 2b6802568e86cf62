"""What it costs, in CPU time of one thread, beside the cost of one plain `remap` in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import cv2
import numpy as np

from evaluation.rendering.promises import never
from evaluation.rendering.stills import SHOWN, photograph, shot
from evaluation.seeing.product import Quiet
from film.movement import Movement
from film.stills import Limits
from generator.adapters.clip_reader import AvClipReader
from generator.adapters.encoder import AvEncoder
from generator.core.generation import Generator
from generator.core.order import Aspect, CameraMove, Order, Output, Plan
from generator.core.render.frames import Frames
from generator.core.render.scenery import layers_of

_WIDE: Final = {720: (1280, 720), 1080: (1920, 1080)}
_FRAMES: Final = 24
_ROUNDS: Final = 5
_TRAVEL: Final = 0.12
"""Of a regular arc, in frame widths at inverse depth 1."""


@dataclass(frozen=True)
class Cost:
    """Milliseconds of one thread. frames: by layers; prepared: layers of one still, by height of the clip."""

    remap: float
    frames: dict[int, float]
    worst: dict[int, float]
    prepared: dict[int, float]
    realtime: float


def measure() -> Cost:
    """The least of a few rounds of everything, which is what an idle machine would take."""
    cv2.setNumThreads(1)
    by_layers: dict[int, list[float]] = {}
    for name in SHOWN:
        made = shot(photograph(name), Movement.ARC_CLOCKWISE, Output(aspect=Aspect.WIDE))
        frames = Frames(made).all(cancelled=never)
        next(frames)
        spent = [_thread_ms(partial(next, frames)) for _ in range(_FRAMES)]
        by_layers.setdefault(made.layers.count, []).append(float(np.quantile(spent, 0.1)))
    prepared = {height: float(np.median([_prepared(name, height) for name in SHOWN])) for height in _WIDE}
    return Cost(
        remap=remap_ms(),
        frames={count: float(np.median(spent)) for count, spent in sorted(by_layers.items())},
        worst={count: max(spent) for count, spent in sorted(by_layers.items())},
        prepared=prepared,
        realtime=_realtime(),
    )


def remap_ms() -> float:
    """One 1280 x 720 plane of 8 bits through a float map."""
    plane = np.random.default_rng(1).integers(0, 255, (792, 1408), np.uint8)
    x, y = np.meshgrid(np.arange(1280, dtype=np.float32) * 1.09 + 3.3, np.arange(720, dtype=np.float32) * 1.09 + 2.7)
    into = np.empty((720, 1280), np.uint8)
    return min(_thread_ms(lambda: cv2.remap(plane, x, y, cv2.INTER_LINEAR, dst=into)) for _ in range(30))


def _prepared(name: str, height: int) -> float:
    made = shot(photograph(name), Movement.ARC_CLOCKWISE, Output(size_px=_WIDE[height], duration_s=0.5))
    return min(_thread_ms(lambda: layers_of(made.scenery, travel=_TRAVEL)) for _ in range(_ROUNDS))


def _realtime() -> float:
    """Seconds of a 720p clip for each second of wall time, from the still's file to the checked clip."""
    still = photograph("college")
    generator = Generator(encoder=AvEncoder(), reader=AvClipReader(), limits=Limits())
    order = Order(
        still=still.content,
        plan=Plan(camera=CameraMove(movement=Movement.ARC_CLOCKWISE)),
        scene=still.scene,
        output=Output(aspect=Aspect.WIDE),
    )
    took = []
    for _ in range(3):
        began = time.perf_counter()
        generator.generate(order, watch=Quiet(), write=_nowhere, most_bytes=1 << 28)
        took.append(time.perf_counter() - began)
    return Output().duration_s / min(took)


def _nowhere(part: bytes) -> None:
    """The file goes nowhere."""


def _thread_ms(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1e3
