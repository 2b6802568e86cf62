"""When frames are shown and whether they show anything new: freezes, doubled frames, cuts, dissolves, black, loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.clips.frames import Luma, Small
from evaluation.clips.mixtures import THUMB, evened, like, mixture, overlap
from evaluation.clips.motion import flow, grey, laid
from generator.core.motion_check.defects import CUT_LEVELS, CUT_TIMES, SUDDEN_S

Series = NDArray[np.float64]

FREEZE_S: Final = 0.3
"""Shortest freeze, in seconds: what stops for less is a doubled frame."""

REPEATED: Final = 0.12
"""A frame repeats the one before when it changes by less than this share of what is usual around it."""

VISIBLE_LEVELS: Final = 0.8
"""Mean change between small frames, in grey levels, below which a repeated frame is not seen and a codec may leave it
out."""

ABRUPT: Final = 0.4
"""Share of the usual change that stands beside a freeze: easing comes to rest by and by."""

BLACK: Final = 0.1 * 255
BLACK_SHARE: Final = 0.98
"""A frame is black when this share of it is no brighter than a tenth, as broadcasters' detectors have it."""

IRREGULAR: Final = 0.1
"""Share of a frame's usual time by which a step may differ."""

_FULL_STEP: Final = 0.7
_AROUND_S: Final = 0.75
_USUAL: Final = 85.0
_BLEND_S: Final = (0.25, 0.5, 0.75)
_BLEND_LIKE: Final = 0.95
_BETTER: Final = 0.04
_UNLIKE: Final = 0.8


@dataclass(frozen=True)
class Run:
    """Frames from first up to and without `after`."""

    first: int
    after: int

    @property
    def count(self) -> int:
        """How many frames."""
        return self.after - self.first


@dataclass(frozen=True)
class Timing:
    """What was found. Indices are of frames.

    doubled: repeats of the frame before, freezes left out. new_fps: rate at which there is something new, None where
    nothing moves enough to tell. seam: how much larger the step from the last frame to the first is than usual ones.
    """

    freezes: tuple[Run, ...]
    doubled: tuple[int, ...]
    new_fps: float | None
    cuts: tuple[int, ...]
    dissolves: tuple[Run, ...]
    black: tuple[int, ...]
    seam: float | None
    longest_s: float
    shortest_s: float
    irregular: int


class TimingMeter:
    """Takes frames one after another and keeps thumbnails of them."""

    def __init__(self) -> None:
        self._before: Small | None = None
        self._thumbs: list[Luma] = []
        self.changes: list[float] = []
        self.dark: list[bool] = []
        self.linked: list[bool] = []
        self.residuals: list[float] = []
        self._ways: list[tuple[float, float]] = []

    def add(self, small: Small, *, linked: bool, residual: float, black: bool, way: tuple[float, float]) -> None:
        """The next frame.

        linked: flow leads from the frame before to it; residual: what flow does not explain. way: where the picture was
        in the frame before, as a shift in shares of the long side.
        """
        luma = small[..., 0]
        self.changes.append(0.0 if self._before is None else float(np.abs(luma - self._before[..., 0]).mean()))
        self.dark.append(black)
        self.linked.append(linked)
        self.residuals.append(residual)
        long_side, (rows, columns) = max(luma.shape), luma.shape
        self._ways.append((way[0] * long_side / columns * THUMB[0], way[1] * long_side / rows * THUMB[1]))
        thumb = cv2.resize(luma, THUMB, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
        self._thumbs.append(grey(thumb))
        self._before = small

    def found(self, times_s: Sequence[float], *, fps: float, tick_s: float) -> Timing:
        """All that was seen. times_s: when frames are shown; tick_s: the container's finest step."""
        changes = np.array(self.changes, np.float64)
        repeated, usual = _repeated(changes, fps, np.array(self.dark))
        freezes, doubled = _runs(repeated, changes, usual, fps)
        count = len(changes)
        moving = count > 2 and float(np.percentile(changes[1:], _USUAL)) >= VISIBLE_LEVELS
        idle = len(doubled) + sum(run.count for run in freezes)
        steps = np.diff(np.array(times_s, np.float64))
        middle = float(np.median(steps)) if len(steps) else 0.0
        odd = np.abs(steps - middle) > IRREGULAR * middle + 1.01 * tick_s
        cuts = self._cuts()
        return Timing(
            freezes=freezes,
            doubled=doubled,
            new_fps=fps * (count - idle) / count if moving else None,
            cuts=cuts,
            dissolves=self._dissolves(fps, cuts),
            black=tuple(int(k) for k in np.flatnonzero(self.dark)),
            seam=self._seam(changes),
            longest_s=float(steps.max()) if len(steps) else 0.0,
            shortest_s=float(steps.min()) if len(steps) else 0.0,
            irregular=int(odd.sum()),
        )

    def _cuts(self) -> tuple[int, ...]:
        found = []
        left = self.residuals
        for k in range(1, len(left)):
            near = [left[j] for j in range(max(1, k - 3), min(len(left), k + 4)) if j != k and not self._dark(j)]
            if self.linked[k] or self._dark(k) or not near:
                continue
            if left[k] > max(CUT_LEVELS / 2, CUT_TIMES * max(0.5, float(np.median(near)))):
                found.append(k)
        return tuple(found)

    def _dark(self, index: int) -> bool:
        return self.dark[index] or self.dark[max(0, index - 1)]

    def _dissolves(self, fps: float, cuts: Sequence[int]) -> tuple[Run, ...]:
        """Where a frame is a mixture of one before and one after that have nothing in common."""
        found: list[Run] = []
        thumbs = [evened(thumb) for thumb in self._thumbs]
        for reach in {max(2, round(one * fps)) for one in _BLEND_S}:
            for middle in range(reach, len(thumbs) - reach):
                first, last = middle - reach, middle + reach
                if any(self.dark[first : last + 1]) or any(first < cut <= last for cut in cuts):
                    continue
                # The camera goes on while one picture gives way to the other: both are laid where they are by then.
                laid_over = overlap(
                    thumbs[middle],
                    (thumbs[first], self._gone(first, -reach)),
                    (thumbs[last], self._gone(last, reach)),
                )
                if laid_over is None or like(laid_over[1], laid_over[2]) > _UNLIKE:
                    continue
                mixed = mixture(*laid_over)
                # A camera that comes nearer makes ends unlike too; then the frame is one of them moved.
                if mixed >= _BLEND_LIKE and mixed > _BETTER + max(
                    self._moved(middle, first), self._moved(middle, last)
                ):
                    found.append(Run(first, last))
        return _joined(found)

    def _gone(self, frame: int, steps: int) -> tuple[float, float]:
        """How far the picture goes in so many steps as fast as around a frame, in pixels of a thumbnail."""
        near = self._ways[max(1, frame - 2) : frame + 1] if steps < 0 else self._ways[frame + 1 : frame + 4]
        x, y = np.median(near or [(0.0, 0.0)], axis=0)
        return float(x) * steps, float(y) * steps

    def _moved(self, frame: int, other: int) -> float:
        """How like a frame is to another that flow has laid over it."""
        one, two = self._thumbs[frame], self._thumbs[other]
        over = laid(two.astype(np.float32), flow(one, two))
        return like(evened(one), evened(np.clip(over, 0, 255).astype(np.uint8)))

    def _seam(self, changes: Series) -> float | None:
        if len(changes) < 3 or float(np.median(changes[1:])) < VISIBLE_LEVELS / 4:
            return None
        thumbs = [thumb.astype(np.float32) for thumb in self._thumbs]
        steps = [float(np.abs(b - a).mean()) for a, b in pairwise(thumbs)]
        return float(np.abs(thumbs[-1] - thumbs[0]).mean()) / max(float(np.median(steps)), 0.05)


def is_black(small: Small) -> bool:
    """Whether nearly all of a small frame is black."""
    return float((small[..., 0] <= BLACK).mean()) >= BLACK_SHARE


def _repeated(changes: Series, fps: float, dark: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Series]:
    """Which frames repeat the one before though something moves around them, and what change is usual there."""
    reach = max(3, round(_AROUND_S * fps))
    usual = np.zeros_like(changes)
    for k in range(1, len(changes)):
        usual[k] = np.percentile(changes[max(1, k - reach) : k + reach + 1], _USUAL)
    still = (changes <= REPEATED * usual) & (usual >= VISIBLE_LEVELS) & ~dark
    still[0] = False
    return still, usual


def _runs(
    repeated: NDArray[np.bool_], changes: Series, usual: Series, fps: float
) -> tuple[tuple[Run, ...], tuple[int, ...]]:
    freezes, doubled = [], []
    for first, after in _stretches(repeated):
        beside = [changes[k] / usual[k] for k in (first - 1, after) if 1 <= k < len(changes) and usual[k] > 0]
        if max(beside, default=0.0) < ABRUPT:
            continue
        if after - first < FREEZE_S * fps:
            # Between two full steps: where a movement sets off, codecs leave steps out that nobody sees.
            if min(beside) >= (ABRUPT if len(beside) == 2 else _FULL_STEP):
                doubled += list(range(first, after))
        elif not _is_hold(changes, Run(first, after), REPEATED * float(usual[first:after].max()), fps):
            freezes.append(Run(first, after))
    return tuple(freezes), tuple(doubled)


def _is_hold(changes: Series, run: Run, still: float, fps: float) -> bool:
    """Whether the picture rests before or after one sudden movement, as it does with a whip pan or a crash zoom."""
    first, after = run.first, run.after
    while first > 1 and changes[first - 1] <= still:
        first -= 1
    while after < len(changes) and changes[after] <= still:
        after += 1
    if first > 1 and after < len(changes):
        return False
    moving = changes > still
    moving[first:after] = False
    return int(moving.sum()) < SUDDEN_S * fps


def _stretches(flags: NDArray[np.bool_]) -> list[list[int]]:
    """First index and the one after the last of each stretch of true ones."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    found: list[list[int]] = edges.reshape(-1, 2).tolist()
    return found


def _joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Runs that overlap as one."""
    found: list[Run] = []
    for run in sorted(runs, key=lambda one: one.first):
        if found and run.first <= found[-1].after:
            found[-1] = Run(found[-1].first, max(found[-1].after, run.after))
        else:
            found.append(run)
    return tuple(found)
