"""Makes a recipe's clip: its file, and what is known of it beforehand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame

from evaluation.moving.depths import nearness, worsened
from evaluation.moving.moves import BURST_S, SUDDEN, hand, progress, view_at
from evaluation.moving.photographs import painted
from evaluation.moving.recipes import Maker, Recipe, Told, Trouble
from evaluation.moving.troubles import SUBJECT, Flow, Foreign, blob
from evaluation.moving.world import ROOM, Field, Picture, Surface, View, shoot
from film.geometry import Box
from film.movement import Family, Movement, family
from generator.core.motion_check import Known

NOISE_LEVELS: Final = 6.0
"""Sensor noise, in grey levels (standard deviation)."""

MOST_APPROACH: Final = 0.4
"""Share of its distance that the nearest thing comes closer."""

MOST_SHIFT: Final = 0.2
"""How far the nearest thing goes through the frame, in widths."""

_NEAR_W: Final = 0.9
_SMEAR: Final = 8


@dataclass(frozen=True, eq=False)
class Made:
    """A clip's file, what is known of it, and the amplitude that it truly has, in the movement's unit."""

    content: bytes
    known: Known
    amplitude: float


def make(recipe: Recipe) -> Made:
    """The recipe's clip."""
    if recipe.maker is Maker.OWN:
        # Imported late: who renders with the independent renderer alone needs no product.
        from evaluation.moving.own import make_own

        return make_own(recipe)
    world = _World(recipe)
    content = encoded(world.frames(), recipe)
    return Made(content, world.known(), world.amplitude())


class _World:
    """The painted surfaces of a recipe, and the camera in it."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._source = np.random.default_rng(recipe.seed)
        self._picture = painted(Path(recipe.photograph), recipe.width_px, recipe.height_px)
        height, width = self._picture.shape
        self._w = nearness(recipe.shape, (width, height), np.random.default_rng(recipe.seed + 1))
        self._surfaces = [Surface(self._picture, (1 / self._w).astype(np.float32))]
        if recipe.trouble is Trouble.LAYERS:
            far = np.minimum(self._w, 0.5).astype(np.float32)
            self._alpha = blob((height, width), np.random.default_rng(recipe.seed + 2))
            front = np.ascontiguousarray(self._picture[::-1, ::-1])
            self._surfaces = [
                Surface(self._picture, (1 / far).astype(np.float32)),
                Surface(front, 1 / _NEAR_W, self._alpha),
            ]
            self._w = np.where(self._alpha > 0.5, np.float32(_NEAR_W), far)
        self._subject_w = self._w_at_subject()
        self._amplitude = recipe.amplitude * self._bearable()
        self._count = round(recipe.seconds * recipe.rate)
        self._focal = recipe.focal

    def frames(self) -> Iterator[Picture]:
        """Every frame of the clip, (H, W) uint8 luma in full range."""
        recipe = self._recipe
        noise = np.random.default_rng(recipe.seed + 3)
        foreign = Foreign(recipe) if recipe.trouble is Trouble.FOREIGN else None
        flow = Flow(recipe, self._picture.shape) if recipe.trouble is Trouble.FLOW else None
        for index, views in enumerate(self._views()):
            t = index / max(1, self._count - 1)
            moved = None if flow is None else flow.at(t * recipe.seconds)
            if family(recipe.movement) is Family.RACK_FOCUS:
                frame = self._racked(t, moved)
            else:
                frame = _mean([self._shot(view, moved) for view in views])
            if foreign is not None:
                frame = foreign.over(frame, t * recipe.seconds)
            if recipe.trouble is Trouble.NOISE:
                frame = np.clip(np.rint(frame + noise.normal(0, NOISE_LEVELS, frame.shape)), 0, 255).astype(np.uint8)
            yield frame

    def known(self) -> Known:
        """What the check is told."""
        recipe = self._recipe
        if recipe.told is Told.NOTHING:
            return Known()
        middle = list(self._views())[self._count // 2][0]
        across = [replace(one, picture=np.rint(self._w * 200).astype(np.uint8)) for one in self._surfaces[:1]]
        seen = shoot(across, middle, width_px=recipe.width_px, height_px=recipe.height_px)
        w = (seen / np.float32(200)).astype(np.float32)
        disparity = worsened(np.clip((w - 0.25) / 0.75, 0, 1), np.random.default_rng(recipe.seed + 4))
        if recipe.told is Told.ALL:
            # Inverse distances from where the middle frame's camera stands, as a renderer knows them.
            from_middle = w / np.maximum(1.0 - middle.z * w, 0.2)
            small = cv2.resize((from_middle - 0.25) / 0.75, (96, 54), interpolation=cv2.INTER_AREA)
            return Known(focal=middle.focal, subject=_subject_box(recipe), disparity=small.astype(np.float32))
        if recipe.trouble is Trouble.FOREIGN:
            return Known(subject=Foreign(recipe).box(recipe.seconds / 2), disparity=disparity)
        return Known(subject=_subject_box(recipe), disparity=disparity)

    def amplitude(self) -> float:
        """The true amplitude; a hand's is the mean of its largest turns."""
        recipe = self._recipe
        if family(recipe.movement) is not Family.HANDHELD:
            return self._amplitude
        turns = np.array([[views[0].pan, views[0].tilt] for views in self._views()])
        return float(np.abs(turns - turns.mean(axis=0)).max(axis=0).mean())

    def _shot(self, view: View, flow: tuple[Field, Field] | None) -> Picture:
        return shoot(self._surfaces, view, width_px=self._recipe.width_px, height_px=self._recipe.height_px, flow=flow)

    def _views(self) -> Iterator[list[View]]:
        recipe = self._recipe
        distance = 1 / self._subject_w
        if recipe.movement is Movement.HANDHELD:
            for view in hand(
                self._count, recipe.rate, self._amplitude / 2, distance=distance, focal=self._focal, seed=recipe.seed
            ):
                yield [view]
            return
        sudden = family(recipe.movement) in SUDDEN
        for index in range(self._count):
            moments = [index / max(1, self._count - 1)]
            if sudden:
                opened = 0.5 / max(1, self._count - 1)
                moments = list(moments[0] + opened * np.linspace(0, 1, _SMEAR))
                moments = [min(1.0, max(0.0, (t - 0.5) * recipe.seconds / BURST_S + 0.5)) for t in moments]
                if moments[0] == moments[-1]:
                    moments = moments[:1]
            yield [
                view_at(
                    recipe.movement,
                    self._amplitude,
                    progress(t, recipe.easing),
                    distance=distance,
                    focal=self._focal,
                )
                for t in moments
            ]

    def _racked(self, t: float, flow: tuple[Field, Field] | None) -> Picture:
        """A rack focus: each depth is blurred by its distance from the plane of focus."""
        recipe = self._recipe
        sharp = self._shot(View(focal=self._focal), flow).astype(np.float32)
        w = shoot(
            [Surface(np.rint(self._w * 200).astype(np.uint8), 1.6)],
            View(focal=self._focal), width_px=recipe.width_px, height_px=recipe.height_px,
        ).astype(np.float32) / 200  # fmt: skip
        disparity = np.clip((w - 0.25) / 0.75, 0, 1)
        way = self._amplitude * (progress(t, recipe.easing) - 0.5)
        focus = 0.5 - way if recipe.movement is Movement.RACK_FOCUS_NEAR_TO_FAR else 0.5 + way
        radius = np.abs(disparity - focus) * 7.0 * recipe.width_px / 1280
        levels = [sharp, *(cv2.GaussianBlur(sharp, (0, 0), s) for s in (0.8, 1.6, 3.2))]
        place = np.interp(radius, (0.0, 0.8, 1.6, 3.2), (0, 1, 2, 3)).astype(np.float32)
        total = np.zeros_like(sharp)
        for k, level in enumerate(levels):
            total += np.clip(1 - np.abs(place - k), 0, 1) * level
        return np.clip(np.rint(total), 0, 255).astype(np.uint8)

    def _bearable(self) -> float:
        """The share of the amplitude at which the nearest things neither fill the frame nor cross it."""
        near = float(np.percentile(self._w, 97)) / self._subject_w
        amplitude = self._recipe.amplitude
        match family(self._recipe.movement):
            case Family.DOLLY | Family.DOLLY_ZOOM:
                # Nearer than half its distance nothing may come.
                most = MOST_APPROACH / max(near - MOST_APPROACH, 1e-6)
                return min(1.0, most / amplitude)
            case Family.TRUCK | Family.PEDESTAL | Family.ARC | Family.CRANE:
                return min(1.0, MOST_SHIFT / (amplitude * near))
            case _:
                return 1.0

    def _w_at_subject(self) -> float:
        height, width = self._w.shape
        box = _subject_box(self._recipe)
        x = [round(((side - 0.5) / ROOM + 0.5) * width) for side in (box.left, box.left + box.width)]
        y = [round(((side - 0.5) / ROOM + 0.5) * height) for side in (box.top, box.top + box.height)]
        return float(np.median(self._w[y[0] : y[1], x[0] : x[1]]))


def _subject_box(recipe: Recipe) -> Box:
    del recipe
    return Box(left=0.5 + SUBJECT[0] - 0.11, top=0.5 + SUBJECT[1] - 0.14, width=0.22, height=0.28)


def _mean(frames: list[Picture]) -> Picture:
    if len(frames) == 1:
        return frames[0]
    mean: Picture = np.rint(np.mean(frames, axis=0)).astype(np.uint8)
    return mean


_ENCODERS: Final = {
    "h264": ("libx264", "mp4", {"preset": "superfast"}),
    "vp9": ("libvpx-vp9", "webm", {"deadline": "realtime", "cpu-used": "8", "b": "0"}),
}


def encoded(frames: Iterator[Picture], recipe: Recipe) -> bytes:
    """The frames as a file; grey, in limited range."""
    codec, container, options = _ENCODERS[recipe.codec]
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream: Any = file.add_stream(codec, rate=Fraction(recipe.rate), options={**options, "crf": str(recipe.crf)})
        stream.width, stream.height = recipe.width_px, recipe.height_px
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        grey = np.full((recipe.height_px // 2, recipe.width_px), 128, np.uint8)
        for frame in frames:
            picture = np.rint(16 + frame.astype(np.float32) * (219 / 255)).astype(np.uint8)
            file.mux(stream.encode(VideoFrame.from_ndarray(np.concatenate([picture, grey]), format="yuv420p")))
        file.mux(stream.encode(None))
    return out.getvalue()


@lru_cache(maxsize=1)
def reader() -> object:
    """The product's reader of clips."""
    from generator.adapters.clip_reader import AvClipReader

    return AvClipReader()
