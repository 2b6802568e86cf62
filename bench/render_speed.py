"""How fast a clip is made beside what only decoding and encoding take.

All in this process, by the generator's own core and adapters with the service's settings. The floor encodes the very
frames of the clip, made beforehand, with the same encoder.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import av
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
from generator.core.render.known import known_of
from generator.core.render.shot import Shot
from generator.core.render.side_by_side import Hands, Spare
from generator.core.verification import asked_of, judge, read

_BENCH: Final = "render"
_SECONDS: Final = 4.0
_FPS: Final = 24
_MOST_BYTES: Final = 20 << 20
_LIMITS: Final = Limits()

_THING: Final = "coffee.jpg"
_MAP_PX: Final = (512, 384)

_HANDS: Final = Hands(ThreadPoolExecutor(1))
"""Who helps: more than this no piece of work on a still asks for."""

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


@dataclass(frozen=True)
class _Case:
    """One clip to make. layers: how many the still falls into; lines: of the clip."""

    layers: int
    lines: int

    @property
    def name(self) -> str:
        """In the table's words."""
        return f"{self.lines}p, {'one layer' if self.layers == 1 else 'two layers'}"


_CASES: Final = (_Case(1, 720), _Case(2, 720), _Case(1, 1080), _Case(2, 1080))


def measure(setting: Setting) -> list[Row]:
    """The rows: photographs of 12 megapixels, 4 s at 24 frames a second. Raises ValueError for other layers."""
    # As the service does.
    cv2.setNumThreads(1)
    rows = []
    for case in _CASES:
        order = _order(case)
        shot = _shot(order)
        if shot.layers.count != case.layers:
            raise ValueError(f"{case.name} was made of {shot.layers.count}")
        rows += _whole(setting, case, order, shot)
        if case.lines == 720:
            rows.append(_warp(setting, case, shot))
        if case == _CASES[0]:
            rows += _check(setting, order, shot)
    return rows


def _whole(setting: Setting, case: _Case, order: Order, shot: Shot) -> list[Row]:
    """From the still's file to the clip, without the motion check and with it."""
    generator = Generator(encoder=AvEncoder(), reader=AvClipReader(), limits=_LIMITS, hands=_HANDS)
    settings = _settings(shot)
    frames = [frame.copy() for frame in Frames(shot).all(cancelled=_never)]
    repeats = setting.choose(5, 2)
    floors, rendered, whole = [], [], []
    for index in range(repeats):
        setting.say(f"render: {case.name}, round {index + 1} of {repeats}")
        encoded = _timed(lambda: _encode(iter(frames), settings))
        rendered.append(_timed(lambda: _made(order, settings)))
        decoded = _timed(lambda: decode(order.still, fit_px=settings.width_px, limits=_LIMITS))
        whole.append(_timed(lambda: _generate(generator, order)))
        floors.append(encoded + decoded)
    return [
        *_rows(f"{case.name}: still to clip", rendered, floors),
        *_rows(f"{case.name}: still to checked clip", whole, floors),
    ]


def _rows(what: str, took: list[_Took], floors: list[_Took]) -> list[Row]:
    floor = "decode and encode alone"
    return [
        paired(_BENCH, what, "wall s per clip", [it.wall for it in took], floor, [it.wall for it in floors]),
        paired(_BENCH, what, "CPU s per clip", [it.cpu for it in took], floor, [it.cpu for it in floors]),
    ]


def _warp(setting: Setting, case: _Case, shot: Shot) -> Row:
    """The frames alone, in one thread, beside three planes sampled through maps that are there already."""
    ground = shot.layers.ground
    width, height = shot.profile.width_px, shot.profile.height_px
    maps = [
        _maps(plane, width // step, height // step) for plane, step in ((ground.y, 1), (ground.u, 2), (ground.v, 2))
    ]
    frames = Frames(shot)
    list(frames.all(cancelled=_never))
    spent, floors = [], []
    for _ in range(setting.choose(5, 2)):
        spent.append(_thread_ms(lambda: sum(1 for _ in frames.all(cancelled=_never))) / shot.profile.frames)
        floors.append(min(_thread_ms(lambda: _sampled(maps)) for _ in range(10)))
    return paired(_BENCH, f"{case.name}: a frame", "CPU ms", spent, "its planes sampled once", floors)


def _check(setting: Setting, order: Order, shot: Shot) -> list[Row]:
    """The motion check of the clip, and what reading is of it, beside decoding every frame."""
    parts: list[bytes] = []
    AvEncoder().encode(Frames(shot).all(cancelled=_never), _settings(shot), write=parts.append, cancelled=_never)
    content = b"".join(parts)
    asked, known = asked_of(order.plan.camera, shot.asked), known_of(shot)
    reader = AvClipReader()

    def checked() -> None:
        judge(read(content, reader=reader, cancelled=_never), asked=asked, known=known, cancelled=_never)

    works = (checked, lambda: read(content, reader=reader, cancelled=_never), lambda: _decoded(content))
    took = [[_timed(work).cpu * 1e3 / _SECONDS for work in works] for _ in range(setting.choose(7, 2))]
    whole, reading, floor = zip(*took, strict=True)
    unit, name = "CPU ms per s of clip", "every frame decoded"
    return [
        paired(_BENCH, "720p: motion check", unit, whole, name, floor),
        paired(_BENCH, "720p: of which reading", unit, reading, name, floor),
    ]


def _order(case: _Case) -> Order:
    still, png = (media.large_photograph(), media.depth_map()) if case.layers == 1 else _thing_before_mountains()
    size = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    if size is None:
        raise ValueError("the depth map cannot be read")
    height, width = size.shape
    # A push shows how fine the canvas must be, an arc what is behind.
    move = CameraMove(movement=Movement.DOLLY_IN, amplitude=0.15, unit=Unit.GROWTH)
    if case.layers > 1:
        move = CameraMove(movement=Movement.ARC_CLOCKWISE)
    return Order(
        still=still,
        plan=Plan(camera=move),
        scene=Scene(disparity=DisparityMap(png=png, width=width, height=height, bits=16), quality=0.6),
        output=Output(duration_s=_SECONDS, fps=_FPS, short_side_px=case.lines, aspect=Aspect.WIDE),
    )


def _thing_before_mountains() -> tuple[bytes, bytes]:
    """The photograph with a round thing before it, and its depth map: the outline of both is the thing's own."""
    far = cv2.imdecode(np.frombuffer(media.large_photograph(), np.uint8), cv2.IMREAD_COLOR)
    near = cv2.imdecode(np.frombuffer(media.photograph(_THING), np.uint8), cv2.IMREAD_COLOR)
    if far is None or near is None:
        raise ValueError("a photograph cannot be read")
    height, width = far.shape[:2]
    inside = cv2.GaussianBlur(_thing(width, height), (0, 0), 2.0)[..., None]
    near = cv2.resize(near, (width, height), interpolation=cv2.INTER_CUBIC)
    both = np.rint(far + (near.astype(np.float32) - far) * inside).astype(np.uint8)
    level = np.linspace(0.1, 0.45, _MAP_PX[1], dtype=np.float32)[:, None]
    disparity = level + (np.float32(0.9) - level) * _thing(*_MAP_PX)
    files = [
        cv2.imencode(".jpg", both, [cv2.IMWRITE_JPEG_QUALITY, 85]),
        cv2.imencode(".png", np.rint(disparity * 65535).astype(np.uint16)),
    ]
    if not all(done for done, _ in files):
        raise ValueError("OpenCV wrote no file")
    return files[0][1].tobytes(), files[1][1].tobytes()


def _thing(width: int, height: int) -> NDArray[np.float32]:
    """(height, width) float32, 1 within an upright ellipse right of the middle."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = ((x + 0.5) / width - 0.58) ** 2 / 0.15**2 + ((y + 0.5) / height - 0.55) ** 2 / 0.28**2
    inside: NDArray[np.float32] = (distance < 1).astype(np.float32)
    return inside


def _shot(order: Order) -> Shot:
    return plan(order, seed=1, steps=Steps(_Onlooker()), limits=_LIMITS, hands=_HANDS)


def _settings(shot: Shot) -> EncodeSettings:
    profile = shot.profile
    return EncodeSettings(
        width_px=profile.width_px, height_px=profile.height_px, fps=profile.fps, preset=profile.preset
    )


def _maps(plane: Frame, width: int, height: int) -> tuple[Frame, NDArray[np.float32], NDArray[np.float32], Frame]:
    """A plane, the places of it that a frame of this size shows without a movement, and room for them."""
    scale_x, scale_y = plane.shape[1] / width, plane.shape[0] / height
    x, y = np.meshgrid(np.arange(width, dtype=np.float32) * scale_x, np.arange(height, dtype=np.float32) * scale_y)
    return plane, x.astype(np.float32), y.astype(np.float32), np.empty((height, width), np.uint8)


def _sampled(maps: list[tuple[Frame, NDArray[np.float32], NDArray[np.float32], Frame]]) -> None:
    for plane, x, y, into in maps:
        cv2.remap(plane, x, y, cv2.INTER_LINEAR, dst=into)


def _encode(frames: Iterator[Frame], settings: EncodeSettings) -> None:
    AvEncoder().encode(frames, settings, write=_nowhere, cancelled=_never)


def _made(order: Order, settings: EncodeSettings) -> None:
    """The still's file made into a clip's, as the generator does."""
    spare = Spare()
    frames = Frames(_shot(order), hands=Hands(spare)).all(cancelled=_never)
    AvEncoder().encode(frames, settings, write=_nowhere, cancelled=_never, spare=spare)


def _generate(generator: Generator, order: Order) -> None:
    generator.generate(order, watch=_Onlooker(), write=_nowhere, most_bytes=_MOST_BYTES)


def _decoded(content: bytes) -> int:
    with av.open(io.BytesIO(content), mode="r") as clip:
        return len([None for _ in clip.decode(video=0)])


def _timed(work: Callable[[], object]) -> _Took:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return _Took(time.perf_counter() - wall, time.process_time() - cpu)


def _thread_ms(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1e3


def _nowhere(_data: bytes) -> None:
    """Takes a clip's bytes."""


def _never() -> bool:
    return False
