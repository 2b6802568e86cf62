"""How fast a clip is made beside what only decoding and encoding take.

All in this process, by the generator's own core and adapters with the service's settings. The floor encodes the very
frames of the clip, made beforehand, with the same encoder.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import cv2
import media
import numpy as np
from numpy.typing import NDArray
from setting import Setting
from table import Row, paired

from film.movement import Movement
from film.stills import Limits, decode
from generator.adapters.clip_reader import AvClipReader
from generator.adapters.encoder import AvEncoder
from generator.core.generation import Generator, Steps, plan
from generator.core.motion_check import Unit
from generator.core.order import Aspect, CameraMove, DisparityMap, Order, Output, Plan, Scene
from generator.core.ports import EncodeSettings
from generator.core.render.frames import Frames

_BENCH: Final = "render"
_SECONDS: Final = 4.0
_MOST_BYTES: Final = 20 << 20
_LIMITS: Final = Limits()

Frame = NDArray[np.uint8]


class _Onlooker:
    """A watch that only watches."""

    @contextmanager
    def stage(self, _name: str) -> Iterator[None]:
        """The block."""
        yield

    def progress(self, _fraction: float) -> None:
        """Nothing."""

    def cancelled(self) -> bool:
        """Never."""
        return False


@dataclass(frozen=True)
class _Took:
    """Wall time and the CPU time of all threads, in seconds."""

    wall: float
    cpu: float

    def __add__(self, other: _Took) -> _Took:
        return _Took(self.wall + other.wall, self.cpu + other.cpu)


def measure(setting: Setting) -> list[Row]:
    """The rows: a push with relief over a photograph of 12 megapixels, 4 s of 1280 x 720 at 24 frames a second."""
    # As the service does.
    cv2.setNumThreads(1)
    order = _order()
    generator = Generator(encoder=AvEncoder(), reader=AvClipReader(), limits=_LIMITS)
    frames, settings = _made(order)
    repeats = setting.choose(7, 2)
    encoded, decoded, rendered, whole = [], [], [], []
    for index in range(repeats):
        setting.say(f"render: round {index + 1} of {repeats}")
        encoded.append(_timed(lambda: _encode(iter(frames), settings)))
        rendered.append(_timed(lambda: _render(order)))
        decoded.append(_timed(lambda: decode(order.still, fit_px=settings.width_px, limits=_LIMITS)))
        whole.append(_timed(lambda: _generate(generator, order)))
    both = [one + other for one, other in zip(decoded, encoded, strict=True)]
    return [
        *_rows("decode, plan, render, encode", rendered, "encode alone", encoded),
        *_rows("all of that and the motion check", whole, "decode and encode alone", both),
    ]


def _rows(what: str, took: list[_Took], floor: str, floors: list[_Took]) -> list[Row]:
    walls, floor_walls = [one.wall for one in took], [one.wall for one in floors]
    cpus, floor_cpus = [one.cpu for one in took], [one.cpu for one in floors]
    times, floor_times = [_SECONDS / wall for wall in walls], [_SECONDS / wall for wall in floor_walls]
    return [
        paired(_BENCH, what, "x real time", times, floor, floor_times),
        paired(_BENCH, what, "wall s per clip", walls, floor, floor_walls),
        paired(_BENCH, what, "CPU s per clip", cpus, floor, floor_cpus),
    ]


def _order() -> Order:
    png = media.depth_map()
    size = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    if size is None:
        raise ValueError("the depth map cannot be read")
    height, width = size.shape
    move = CameraMove(movement=Movement.DOLLY_IN, amplitude=0.15, unit=Unit.GROWTH)
    return Order(
        still=media.large_photograph(),
        plan=Plan(camera=move),
        scene=Scene(disparity=DisparityMap(png=png, width=width, height=height, bits=16), quality=0.6),
        output=Output(duration_s=_SECONDS, fps=24, short_side_px=720, aspect=Aspect.WIDE),
    )


def _made(order: Order) -> tuple[list[Frame], EncodeSettings]:
    """The clip's frames, and how they are encoded."""
    shot = plan(order, seed=1, steps=Steps(_Onlooker()), limits=_LIMITS)
    profile = shot.profile
    settings = EncodeSettings(
        width_px=profile.width_px, height_px=profile.height_px, fps=profile.fps, preset=profile.preset
    )
    return [frame.copy() for frame in Frames(shot).all(cancelled=_never)], settings


def _render(order: Order) -> None:
    shot = plan(order, seed=1, steps=Steps(_Onlooker()), limits=_LIMITS)
    profile = shot.profile
    settings = EncodeSettings(
        width_px=profile.width_px, height_px=profile.height_px, fps=profile.fps, preset=profile.preset
    )
    _encode(Frames(shot).all(cancelled=_never), settings)


def _encode(frames: Iterator[Frame], settings: EncodeSettings) -> None:
    AvEncoder().encode(frames, settings, write=_nowhere, cancelled=_never)


def _generate(generator: Generator, order: Order) -> None:
    generator.generate(order, watch=_Onlooker(), write=_nowhere, most_bytes=_MOST_BYTES)


def _timed(work: Callable[[], object]) -> _Took:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return _Took(time.perf_counter() - wall, time.process_time() - cpu)


def _nowhere(_data: bytes) -> None:
    """Takes a clip's bytes."""


def _never() -> bool:
    return False
