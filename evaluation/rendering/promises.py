"""What must hold of every clip: nothing from beyond the still, no seam, the same bytes again, no trembling."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.rendering.stills import Still, photograph, shot
from film.movement import Movement
from film.stills import Limits
from generator.core.motion_check import Unit
from generator.core.order import Aspect, CameraMove, Easing, Output, Plan, Speed
from generator.core.profile import make_profile
from generator.core.render.frames import Frames
from generator.core.render.scenery import prepare
from generator.core.render.shot import Shot, plan_shot
from generator.core.render.warp import CELL_PX, Warp, new_planes

_BORDER: Final = (("college", Aspect.WIDE), ("colorado", Aspect.OWN), ("wheat", Aspect.TALL))
_LOOPED: Final = (Movement.ARC_CLOCKWISE, Movement.DOLLY_ZOOM_IN, Movement.HANDHELD, Movement.TRUCK_RIGHT)
_SAME: Final = (Movement.ARC_CLOCKWISE, Movement.HANDHELD, Movement.WHIP_PAN_LEFT, Movement.RACK_FOCUS_NEAR_TO_FAR)
_ZOOM: Final = 0.05
_CORNERS: Final = 300


def never() -> bool:
    """Nobody cancels."""
    return False


def outside() -> dict[str, float]:
    """By movement, how far in canvas pixels any layer of any frame samples beyond the outermost pixel centres."""
    worst: dict[str, float] = {}
    for movement in Movement:
        for name, aspect in _BORDER:
            output = Output(duration_s=1.0, fps=12, short_side_px=360, aspect=aspect)
            found = _outside(shot(photograph(name), movement, output, speed=Speed.FAST))
            worst[movement] = max(worst.get(movement, 0.0), found)
    return worst


def _outside(made: Shot) -> float:
    frames = Frames(made)
    height, width = made.scenery.canvas.y.shape
    first = (CELL_PX - 1) / 2
    # Cells whose centre lies beyond the outermost pixel centres are not shown.
    columns, rows = (int((side - 1 - first) // CELL_PX) + 1 for side in (made.profile.width_px, made.profile.height_px))
    worst = 0.0
    for index in range(made.profile.frames):
        for place in frames.places(index):
            x, y = (grid[1 : 1 + rows, 1 : 1 + columns] for grid in place)
            worst = max(worst, -x.min(), x.max() - (width - 1), -y.min(), y.max() - (height - 1))
    return float(worst)


def seam() -> int:
    """The largest difference, in grey levels, between the first frame of a loop and the one after its last."""
    worst = 0
    for movement in _LOOPED:
        made = shot(photograph("wheat"), movement, Output(duration_s=1.0, fps=24, short_side_px=360, loop=True))
        profile = made.profile
        warp = Warp(made.layers, width_px=profile.width_px, height_px=profile.height_px, cover=made.cover.zoom)
        ends = []
        for time in (0.0, 1.0):
            planes = new_planes(profile.width_px, profile.height_px)
            warp.render(made.path.at(np.array([time])), planes)
            ends.append(planes.whole.astype(int))
        worst = max(worst, int(np.abs(ends[0] - ends[1]).max()))
    return worst


def differing() -> int:
    """How many of the shots give other frames, by SHA-256, when everything is made again from the still's file."""
    return sum(_digest(movement) != _digest(movement) for movement in _SAME)


def _digest(movement: Movement) -> str:
    output = Output(duration_s=0.5, fps=12, short_side_px=360)
    digest = hashlib.sha256()
    for frame in Frames(shot(photograph("college"), movement, output)).all(cancelled=never):
        digest.update(frame.tobytes())
    return digest.hexdigest()


def jitter() -> tuple[float, float]:
    """Trembling of a slow zoom, in pixels rms: of the whole picture, and of its growth along the radius.

    A 5 % zoom over 4 s at 1280 x 720, measured between neighbouring frames with sub-pixel tracks (Lucas-Kanade).
    """
    frames = list(_zoom(photograph("wheat")))
    height, width = frames[0].shape
    shifts, growths = [], []
    before = frames[0]
    for after in frames[1:]:
        start = cv2.goodFeaturesToTrack(before, _CORNERS, 0.01, 12)
        ends, state, _ = cv2.calcOpticalFlowPyrLK(
            before, after, start, start.copy(), winSize=(31, 31), criteria=(3, 60, 1e-4), maxLevel=2
        )
        good = state.ravel() == 1
        here = start.reshape(-1, 2)[good] - np.array([width / 2, height / 2])
        moved = (ends.reshape(-1, 2)[good] - start.reshape(-1, 2)[good]).astype(np.float64)
        scale, shift = _fit(here, moved)
        shifts.append(shift)
        growths.append(scale * width / 4)
        before = after
    # What is smooth over the clip is the movement itself; the rest is trembling.
    return _trembling(np.array(shifts)), _trembling(np.array(growths)[:, None])


def _zoom(still: Still) -> Iterator[NDArray[np.uint8]]:
    profile = make_profile(Output(size_px=(1280, 720), duration_s=4.0, fps=24), Easing.LINEAR, still_px=still.size)
    move = CameraMove(movement=Movement.ZOOM_IN, amplitude=_ZOOM, unit=Unit.GROWTH, easing=Easing.LINEAR)
    plan = Plan(camera=move)
    scenery = prepare(
        still.content, still_px=still.size, scene=still.scene, plan=plan, profile=profile, limits=Limits()
    )
    for frame in Frames(plan_shot(scenery, plan=plan, profile=profile, seed=1)).all(cancelled=never):
        yield frame[: profile.height_px].copy()


def _fit(here: NDArray[np.float64], moved: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Growth and shift of a field of movements, by least squares without the worst tenth."""
    keep = np.ones(len(here), bool)
    scale, shift = 0.0, np.zeros(2)
    for _ in range(3):
        centre, mean = here[keep].mean(axis=0), moved[keep].mean(axis=0)
        scale = float(((here[keep] - centre) * (moved[keep] - mean)).sum() / ((here[keep] - centre) ** 2).sum())
        shift = mean - scale * centre
        away = np.hypot(*(moved - scale * here - shift).T)
        keep = away <= np.quantile(away, 0.9)
    return scale, shift


def _trembling(values: NDArray[np.float64]) -> float:
    times = np.linspace(-1, 1, len(values))
    smooth = np.polynomial.polynomial.polyvander(times, 3)
    rest = values - smooth @ np.linalg.lstsq(smooth, values, rcond=None)[0]
    return float(np.sqrt((rest**2).sum(axis=1).mean()))
