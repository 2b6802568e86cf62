"""Judges one clip: a single pass over its frames, with a few of them in full size at most at any time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.clips.colour import bgr_of, luma_of, matrix_of
from evaluation.clips.course import SAMPLES, Course, Sample
from evaluation.clips.first import Compared, First, compare
from evaluation.clips.flicker import Flicker, FlickerMeter
from evaluation.clips.frames import Frame, frames
from evaluation.clips.grain import Grain, grain
from evaluation.clips.motion import Step, step
from evaluation.clips.reference import Reference
from evaluation.clips.registration import NoPlace, Place, empty_bars, place_in, within
from evaluation.clips.source import BadInput, Facts, read_facts
from evaluation.clips.timing import Run, Timing, TimingMeter, is_black
from film.stills import Limits, StillError, decode
from generator.core.motion_check import WIDTH_PX, Verdict, examine, sampling

STILL_PX: Final = 4096
"""Long side up to which a still is decoded: what no frame is larger than."""

_LINKED: Final = 0.25
_BESIDE_PX: Final = 12
_STRIP: Final = 8
_TALLEST: Final = 4

Picture = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Still:
    """A still: its name and its pixels, (H, W, 3) uint8 BGR."""

    name: str
    pixels: Picture


@dataclass(frozen=True)
class Camera:
    """What the motion check says, in its own words. steadiness: 0 to 1, None where it cannot be told."""

    movement: str
    unknown_because: str
    steadiness: float | None
    loops: bool
    jitter_px: float | None


@dataclass(frozen=True, eq=False)
class Shown:
    """What is drawn of a clip: frames with their numbers, and the comparison of the first one."""

    strip: tuple[tuple[int, Picture], ...]
    compared: Compared | None
    first: Picture


@dataclass(frozen=True, eq=False)
class Measured:
    """All that was measured of a clip. first: None where `no_place` says why. decoded: how many frames could be."""

    facts: Facts
    still: str
    first: First | None
    no_place: NoPlace | None
    flicker: Flicker
    samples: tuple[Sample, ...]
    timing: Timing
    changes: tuple[float, ...]
    speeds: tuple[float, ...]
    grains: tuple[Grain, ...]
    bars: tuple[tuple[int, int, int, int], ...]
    camera: Camera
    decoded: int
    corrupt: int
    shown: Shown


def open_still(path: Path) -> Still:
    """The still. Raises BadInput."""
    try:
        content = path.read_bytes()
        return Still(path.stem, decode(content, fit_px=STILL_PX, limits=Limits()).pixels)
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror or error}") from error
    except StillError as error:
        raise BadInput(f"{path.name} is no still that can be used: found {error.found}") from error


def measure(path: Path, still: Still, *, camera: bool = True) -> Measured:
    """All figures of a clip. camera: whether to ask the motion check what it did. Raises BadInput."""
    facts = read_facts(path)
    matrix = matrix_of(facts.matrix, facts.height_px)
    run = _Run(facts, still, matrix, camera=camera)
    for frame in frames(path, facts, matrix):
        run.add(frame)
    return run.end()


class _Run:
    """The state of a pass: meters, and the last frame that is not black."""

    def __init__(self, facts: Facts, still: Still, matrix: str, *, camera: bool) -> None:
        self._facts, self._still, self._matrix, self._asked = facts, still, matrix, camera
        count, fps = facts.packets, facts.actual_fps
        self._timing = TimingMeter()
        self._flicker = FlickerMeter(fps)
        self._course: Course | None = None
        self._place: Place | NoPlace = NoPlace("The clip has no frame that is not black.", other=False)
        self._compared: Compared | None = None
        self._before: Frame | None = None
        self._head: Picture = np.zeros((9, 16, 3), np.uint8)
        self._checked = frozenset(sampling(count, fps))
        self._sampled: list[Picture] = []
        self._every = max(1, round((count - 1) / (SAMPLES - 1)))
        self._tiles = frozenset(round(k) for k in np.linspace(0, count - 1, _STRIP))
        self._strip: list[tuple[int, Picture]] = []
        self._speeds: list[float] = []
        self._ways: list[tuple[float, float]] = []
        self._grains: list[Grain] = []
        self._bars: list[tuple[int, int, int, int]] = []
        self._corrupt = 0
        self._night = _is_dark(still.pixels)
        self._black: Frame | None = None

    def add(self, frame: Frame) -> None:
        """The next frame."""
        self._corrupt += not frame.whole
        if frame.index in self._checked:
            self._sampled.append(_for_check(frame.luma))
        if frame.index in self._tiles:
            self._strip.append((frame.index, _coloured(frame, self._matrix)))
        black = not self._night and is_black(frame.small)
        moved = None if black or self._before is None else step(self._before.small, frame.small)
        linked = moved is not None and float(moved.seen.mean()) >= _LINKED
        way = _way(moved) if moved else (0.0, 0.0)
        self._timing.add(frame.small, linked=linked, residual=moved.residual if moved else 0.0, black=black, way=way)
        self._speeds.append(moved.speed if moved else 0.0)
        self._ways.append(way)
        if black:
            # As if it were not there: what comes after it is compared with what was before.
            self._flicker.skip()
            self._black = frame
            return
        if self._course is None:
            self._begin(frame)
        elif moved is not None:
            self._flicker.add(frame.small, moved)
            self._course.add(frame, moved)
        if frame.index % self._every == 0:
            self._grains.append(grain(frame.luma))
            self._bars.append(empty_bars(frame.luma))
        self._before = frame

    def _begin(self, frame: Frame) -> None:
        self._flicker.first(frame.small)
        rows, columns = frame.small.shape[:2]
        by = columns / frame.luma.shape[1]
        # Beside a bar that stands still flow is dragged along by it.
        left, top, right, bottom = (bar + round(_BESIDE_PX / by) if bar else 0 for bar in empty_bars(frame.luma))
        self._flicker.within(within((left, top, right, bottom), (rows, columns), by=by))
        self._head = _coloured(frame, self._matrix)
        self._place = place_in(frame.luma, luma_of(self._still.pixels, self._matrix))
        if isinstance(self._place, Place):
            self._compared = compare(frame, self._still.pixels, self._place, self._matrix)
            reference = Reference(luma_of(self._still.pixels, self._matrix), self._place.matrix)
        else:
            reference = Reference(frame.luma, np.array([[1.0, 0, 0], [0, 1.0, 0]]))
        facts = self._facts
        self._course = Course(frame, reference, count=facts.packets, fps=facts.actual_fps, matrix=self._matrix)

    def end(self) -> Measured:
        """All that was measured. Raises BadInput when no frame could be decoded."""
        facts, count = self._facts, len(self._timing.changes)
        if self._course is None and self._black is not None:
            # Black from end to end: that is what there is to judge.
            self._begin(self._black)
        if self._course is None:
            raise BadInput(f"{facts.name} holds no frame that can be decoded")
        timing = self._timing.found(facts.times_s[:count], fps=facts.actual_fps, tick_s=facts.tick_s)
        return Measured(
            facts=facts,
            still=self._still.name,
            first=self._compared.first if self._compared else None,
            no_place=self._place if isinstance(self._place, NoPlace) else None,
            flicker=self._flicker.found(spoiled_by(timing)),
            samples=tuple(self._course.end()),
            timing=timing,
            changes=tuple(self._timing.changes),
            speeds=tuple(self._speeds),
            grains=tuple(self._grains),
            bars=tuple(self._bars),
            camera=self._camera(timing),
            decoded=count,
            corrupt=self._corrupt,
            shown=Shown(tuple(self._strip), self._compared, self._head),
        )

    def _camera(self, timing: Timing) -> Camera:
        facts = self._facts
        rate = facts.actual_fps * max(1, len(self._sampled) - 1) / max(1, facts.packets - 1)
        spoiled = timing.cuts or timing.dissolves or timing.doubled or timing.black or timing.freezes
        jitter = None if spoiled else _jitter(self._ways, max(facts.width_px, facts.height_px))
        if not self._asked:
            return Camera("", "It was not asked for.", None, loops=False, jitter_px=jitter)
        verdict: Verdict = examine(self._sampled, fps=rate).verdict
        return Camera(
            movement=str(verdict.measured or ""),
            unknown_because=verdict.unknown_because,
            steadiness=verdict.steadiness.value,
            loops=verdict.loops,
            jitter_px=jitter,
        )


def spoiled_by(timing: Timing) -> tuple[Run, ...]:
    """Where light changes because one picture gives way to another."""
    return (*timing.dissolves, *(Run(cut - 1, cut + 1) for cut in timing.cuts))


def _for_check(luma: Picture) -> Picture:
    """As the motion check's own reader scales it."""
    height, width = luma.shape
    scale = min(WIDTH_PX / width, _TALLEST * WIDTH_PX / height)
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    how = cv2.INTER_AREA if scale <= 1 else cv2.INTER_LINEAR
    return cv2.resize(luma, size, interpolation=how).astype(np.uint8, copy=False)


def _coloured(frame: Frame, matrix: str) -> Picture:
    return np.rint(bgr_of(frame.small, matrix) * 255).astype(np.uint8)


def _way(moved: Step) -> tuple[float, float]:
    """The picture's mean shift in shares of the long side, of what both frames show."""
    if not moved.seen.any():
        return 0.0, 0.0
    x, y = np.median(moved.back[moved.seen], axis=0) / max(moved.back.shape[:2])
    return float(x), float(y)


def _jitter(ways: list[tuple[float, float]], side_px: int) -> float | None:
    """How much the picture shakes from frame to frame, in pixels; None for a clip too short to tell.

    Third differences leave smooth movement out, and their median the moments at which a quick one sets off or stops.
    """
    if len(ways) < 8:
        return None
    # The shifts are first differences of the place; independent noise of size 1 has third ones of size 20 ** 0.5.
    third = np.diff(np.array(ways[1:], np.float64), n=2, axis=0) * side_px
    # The median of the length of two normal parts is 1.1774 times the size of one.
    return float(np.sqrt(2) * np.median(np.hypot(*third.T)) / 1.1774 / np.sqrt(20))


def _is_dark(pixels: Picture) -> bool:
    small = cv2.resize(pixels, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    return is_black(small.mean(axis=2, keepdims=True))
