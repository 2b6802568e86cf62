"""What becomes of the first frame: where its content goes, and how much of it stays, in light, form and detail.

Each frame carries a map that says where every pixel lay in the first frame. It grows step by step along the flow and is
set right against the first frame itself every now and then, so that it does not drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.clips.colour import bgr_of, difference, lab_of
from evaluation.clips.frames import Frame, Small
from evaluation.clips.likeness import CHANGED, STRUCTURE_PX, Detail, detail, structure
from evaluation.clips.motion import Step, flow, grey, grid, inside, laid, looked_up
from evaluation.clips.reference import Reference

SAMPLES: Final = 12
"""Times at which a clip is compared with its beginning, in full size."""

_RIGHT_S: Final = 0.25
_SMOOTH_PX: Final = 2.5
_LEAST_LINK: Final = 0.3
_LEAST_VISIBLE: Final = 0.2
_LEAST_STRUCTURE: Final = 0.02


@dataclass(frozen=True)
class Sample:
    """One moment. Shares of the frame; None where it cannot be told.

    visible: shows what the first frame had too. kept: share of its structure there that is still the same.
    colour: CIEDE2000 between the means of what is visible. detail: against the still at the same scale.
    """

    index: int
    visible: float
    kept: float | None
    colour: float | None
    detail: Detail | None


class Course:
    """Takes the frames with their steps one after another."""

    def __init__(self, first: Frame, reference: Reference, *, count: int, fps: float, matrix: str) -> None:
        self._first = first.small
        self._reference = reference
        self._matrix = matrix
        self._lab = lab_of(bgr_of(first.small, matrix))
        self._every = max(1, round((count - 1) / (SAMPLES - 1))) if count > 1 else 1
        self._right = max(1, round(_RIGHT_S * fps))
        self._grid = grid((first.small.shape[0], first.small.shape[1]))
        self._places = self._grid.copy()
        self._linked = True
        self._last: tuple[Frame, NDArray[np.float32]] | None = None
        self.samples: list[Sample] = []
        self._sample(first, np.zeros_like(self._places))

    def add(self, frame: Frame, step: Step) -> None:
        """The next frame and how it came about."""
        if float(step.seen.mean()) < _LEAST_LINK:
            self._linked = False
        self._places = looked_up(self._places, self._grid + step.back) + _beyond(step.back)
        due = frame.index % self._every == 0
        if due or frame.index % self._right == 0:
            self._set_right(frame.small)
        if due:
            self._sample(frame, step.back)
        self._last = (frame, step.back)

    def end(self) -> list[Sample]:
        """All moments, the last frame among them."""
        if self._last is not None and self.samples[-1].index != self._last[0].index:
            self._set_right(self._last[0].small)
            self._sample(*self._last)
        return self.samples

    def lose(self) -> None:
        """A cut: nothing leads back to the first frame."""
        self._linked = False

    def _set_right(self, small: Small) -> None:
        shift = self._places - self._grid
        if not self._linked or inside(shift).mean() < _LEAST_VISIBLE:
            return
        expected = laid(self._first[..., 0], shift)
        found = flow(grey(small), grey(expected))
        more = cv2.GaussianBlur(found, (0, 0), _SMOOTH_PX).astype(np.float32, copy=False)
        where = inside(shift, margin=4.0) & inside(more, margin=4.0)
        more = np.where(where[..., None], more, 0).astype(np.float32)
        self._places = looked_up(self._places, self._grid + more)

    def _sample(self, frame: Frame, back: NDArray[np.float32]) -> None:
        shift = self._places - self._grid
        visible = inside(shift)
        share = float(visible.mean()) if self._linked else 0.0
        if share < _LEAST_VISIBLE:
            self.samples.append(Sample(frame.index, share, None, None, None))
            return
        expected = laid(self._first[..., 0], shift)
        colour = self._colour(frame.small, shift, visible)
        self.samples.append(
            Sample(frame.index, share, _kept(frame.small[..., 0], expected, visible), colour, self._detail(frame, back))
        )

    def _colour(self, small: Small, shift: NDArray[np.float32], visible: NDArray[np.bool_]) -> float:
        now = lab_of(bgr_of(small, self._matrix))[visible].mean(axis=0)
        then = laid(self._lab, shift)[visible].mean(axis=0)
        return float(difference(now, then))

    def _detail(self, frame: Frame, back: NDArray[np.float32]) -> Detail | None:
        height, width = frame.luma.shape
        rows, columns = back.shape[:2]
        own = self._reference.scale * _growth(self._places)
        # Where the frame has more pixels than the still, only as many are compared: the rest nobody can know.
        size = (max(columns, round(width * min(1.0, own))), max(rows, round(height * min(1.0, own))))
        middles = cv2.resize(self._places + np.float32(0.5), size, interpolation=cv2.INTER_LINEAR)
        places = np.asarray(middles * np.array([width / columns, height / rows], np.float32), np.float32)
        expected, there = self._reference.seen(places)
        inner = (places.min(axis=2) >= 0) & (places <= np.array([width, height])).all(axis=2)
        shift = cv2.resize(back, size, interpolation=cv2.INTER_LINEAR) * np.float32(size[0] / columns)
        luma = frame.luma.astype(np.float32)
        if size != (width, height):
            luma = cv2.resize(luma, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        return detail(luma, expected, there & inner, shift)


def _growth(places: NDArray[np.float32]) -> float:
    """How many pixels of the first frame one pixel of this frame is wide, as a mean over the frame."""
    across = float(np.median(np.diff(places[..., 0], axis=1)))
    down = float(np.median(np.diff(places[..., 1], axis=0)))
    return float(np.sqrt(max(across * down, 1e-4)))


def _beyond(back: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far beyond the frame before a pixel's place lies: the map goes on there in a straight line."""
    height, width = back.shape[:2]
    at = grid((height, width)) + back
    edge = np.array([width - 1, height - 1], np.float32)
    return np.asarray(at - np.clip(at, 0, edge), np.float32)


def _kept(now: NDArray[np.float32], expected: NDArray[np.float32], visible: NDArray[np.bool_]) -> float | None:
    """Share of structured places that are still alike."""
    scale = min(1.0, STRUCTURE_PX / max(now.shape))
    size = (round(now.shape[1] * scale), round(now.shape[0] * scale))
    one, two = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32) for plane in (now, expected))
    alike, structured = structure(one, two)
    where = structured & (cv2.resize(visible.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99)
    if where.mean() < _LEAST_STRUCTURE:
        return None
    return float((alike[where] >= CHANGED).mean())
