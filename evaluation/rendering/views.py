"""The renderer's views of built scenes beside the true ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.rendering.truth import BACKGROUNDS, SIZE, Built, View, build
from film.geometry import Box
from film.movement import Movement
from film.stills import Limits
from generator.core.motion_check import Unit
from generator.core.order import CameraMove, DisparityMap, Easing, Output, Plan, Scene
from generator.core.profile import make_profile
from generator.core.render.frames import Frames
from generator.core.render.scenery import prepare
from generator.core.render.shot import Shot, plan_shot

MOVES: Final = (
    (Movement.ARC_CLOCKWISE, Unit.RADIAN, 0.12),
    (Movement.TRUCK_RIGHT, Unit.FRAME_WIDTH, 0.07),
    (Movement.DOLLY_IN, Unit.GROWTH, 0.25),
    (Movement.PEDESTAL_UP, Unit.FRAME_WIDTH, 0.06),
    (Movement.DOLLY_ZOOM_IN, Unit.GROWTH, 0.35),
)
"""What the camera does: enough to uncover some percent of the frame."""

_NEAR_PX: Final = 24
"""Within this of the outline counts as near the object."""

Luma = NDArray[np.float32]


@dataclass(frozen=True)
class Score:
    """How close one view is to the truth. Decibels; None where there is nothing to compare."""

    background: str
    movement: str
    degraded: bool
    layers: int
    uncovered: float
    whole: float
    near: float | None
    hole: float | None
    ssim: float
    ssim_near: float | None


@dataclass(frozen=True, eq=False)
class Compared:
    """A score with the pictures behind it: luma (H, W) float32 0..255."""

    score: Score
    ours: Luma
    true: Luma


def compare(*, degraded: bool) -> Iterator[Compared]:
    """Every background under every move, seen at the end of the move."""
    for index in range(len(BACKGROUNDS)):
        yield from compare_scene(index, degraded=degraded)


def compare_scene(index: int, *, degraded: bool) -> Iterator[Compared]:
    """One background under every move."""
    built = build(index)
    content = cv2.imencode(".png", built.still(), [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()
    scene = scene_of(built, degraded=degraded)
    for movement, unit, amplitude in MOVES:
        shot = shot_of(content, scene, CameraMove(movement=movement, amplitude=amplitude, unit=unit))
        yield _compared(BACKGROUNDS[index], built, shot, degraded=degraded)


def scene_of(built: Built, *, degraded: bool) -> Scene:
    """What an analysis of the still would say, if it saw this depth."""
    cells = np.rint(built.disparity(degraded=degraded) * 65535).astype(np.uint16)
    png = cv2.imencode(".png", cells, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()
    packed = DisparityMap(png=png, width=cells.shape[1], height=cells.shape[0], bits=16)
    return Scene(disparity=packed, quality=1.0, subject=Box(0.4, 0.4, 0.2, 0.2))


def shot_of(content: bytes, scene: Scene, move: CameraMove) -> Shot:
    """The shot of a still in its own size, slow enough for no shutter to smear it."""
    plan = Plan(camera=move)
    profile = make_profile(Output(size_px=SIZE, duration_s=10.0, fps=12), Easing.LINEAR, still_px=SIZE)
    scenery = prepare(content, still_px=SIZE, scene=scene, plan=plan, profile=profile, limits=Limits())
    return plan_shot(scenery, plan=plan, profile=profile, seed=1)


def _compared(name: str, built: Built, shot: Shot, *, degraded: bool) -> Compared:
    last = shot.profile.frames - 1
    pose = shot.path.at(shot.times()[last:])
    view = built.seen(pose, shot.cover.zoom)
    ours = np.asarray((Frames(shot).only(last)[: SIZE[1]].astype(np.float32) - 16) * (255 / 219), np.float32)
    true = _luma(view)
    outline = _outline(view)
    close = cv2.dilate(outline, np.ones((2 * _NEAR_PX + 1, 2 * _NEAR_PX + 1), np.uint8)) > 0
    quality = ssim(ours, true)
    everywhere = np.ones(true.shape, bool)
    score = Score(
        background=name,
        movement=str(shot.path.movement),
        degraded=degraded,
        layers=shot.layers.count,
        uncovered=float(view.hidden.mean()),
        whole=psnr(ours, true, everywhere) or 0.0,
        near=psnr(ours, true, close),
        hole=psnr(ours, true, view.hidden),
        ssim=float(quality.mean()),
        ssim_near=float(quality[close].mean()) if close.any() else None,
    )
    return Compared(score, ours, true)


def psnr(ours: Luma, true: Luma, where: NDArray[np.bool_]) -> float | None:
    """Peak signal to noise ratio in decibels over a part of the picture; None when that is empty."""
    if not where.any():
        return None
    error = float(((ours - true)[where] ** 2).mean())
    return float(10 * np.log10(255**2 / max(error, 1e-6)))


def ssim(ours: Luma, true: Luma) -> Luma:
    """Structural similarity at each pixel (Wang et al. 2004: Gaussian window, sigma 1.5)."""

    def mean(plane: Luma) -> Luma:
        return cv2.GaussianBlur(plane, (11, 11), 1.5).astype(np.float32)

    one, two = mean(ours), mean(true)
    own, other = mean(ours * ours) - one * one, mean(true * true) - two * two
    both = mean(ours * true) - one * two
    c1, c2 = np.float32((0.01 * 255) ** 2), np.float32((0.03 * 255) ** 2)
    found = ((2 * one * two + c1) * (2 * both + c2)) / ((one * one + two * two + c1) * (own + other + c2))
    return np.asarray(found, np.float32)


def _luma(view: View) -> Luma:
    return (view.colours @ np.array([0.0722, 0.7152, 0.2126], np.float32)).astype(np.float32)


def _outline(view: View) -> NDArray[np.uint8]:
    inside = (view.near > 0.5).astype(np.uint8)
    return cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(np.uint8)
