"""How much a still tells at all: nothing for a flat picture, a gradient, noise or a pattern.

Photographs of scenes have in common what made pictures of no scene lack, each in its own way: contrast, edges in
several places, detail that falls with its fineness neither faster nor slower than about as the square of frequency
(Field 1987), few strong details among many weak ones at every scale (Ruderman 1994), areas that differ from each other,
and nothing that repeats itself all over. Each sign is 0..1 and the least one counts, since each of the made pictures
fails one of them. Thresholds lie between what noise of every colour, patterns and smooth fields give (built, under many
seeds) and what nineteen of twenty photographs give.
"""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.core.analysis import Measure, measured
from analyzer.core.arrays import Places, Plane
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame
from analyzer.core.quantiles import quantiles
from analyzer.core.segments import Segments

_PLACES: Final = 16
_BLOCKS: Final = (8, 6)
_AREAS: Final = (6, 4)
_REPEAT_PX: Final = 64
_LONG: Final = 0.15
_PEAK: Final = 0.5
_AWAY: Final = 3
"""Cells from the middle at which a peak may be one: nearer ones are the middle's own."""
_MOST_PEAKS: Final = 12
_BANDS: Final = np.geomspace(0.02, 0.45, 9)
"""Frequencies, in cycles per cell, between which the fall of detail is measured."""
_FLAT: Final = 4.0


def measure_information(frame: Frame, segments: Segments) -> Measure:
    """The least of the signs, 0..1; see the module.

    Long straight lines stand for the signs of a photograph's detail, since a drawing has no detail; noise has no long
    lines, and a pattern's repeat themselves. Windows in a front do so too, but the sky above and the ground below them
    have other detail: a pattern has the same everywhere. What passes all signs has at least 0.6, and the more the
    richer it is.
    """
    lightness = frame.light
    low, high = quantiles(lightness, 1, 99)
    spread = high - low
    if spread < _FLAT:
        return measured(0.0, 1.0)
    first = cv2.GaussianBlur(lightness, (0, 0), 1.0)
    detail = np.asarray(first - cv2.GaussianBlur(lightness, (0, 0), 2.0), np.float32)
    density, places = _spread_of_edges(frame)
    uneven = ramp(_unrest(detail), 0.42, 0.62)
    signs = (
        ramp(spread, _FLAT, 25.0),
        _edges(density, places),
        max(min(_fall(lightness), _organised(frame, detail, uneven)), _drawn(frame, segments)),
        max(ramp(_repeats(lightness), 0.85, 0.65), uneven),
    )
    return measured(min(signs) * (0.6 + 0.4 * _wealth(density, places)), 1.0)


def _edges(density: float, places: float) -> float:
    """Edges, and in several places: a drawing of two flats has them in one place only."""
    return float(np.sqrt(ramp(density, 0.001, 0.012) * ramp(places, 0.02, 0.15)))


def _wealth(density: float, places: float) -> float:
    """How rich in edges the still is, 1 for half of all photographs: with more of them there is more to be told."""
    return float(np.sqrt(ramp(density, 0.0, 0.06) * ramp(places, 0.0, 0.7)))


def _spread_of_edges(frame: Frame) -> tuple[float, float]:
    """Share of the pixels that are edges, and share of the frame's 256 parts that have some."""
    near = cv2.resize(frame.edges, (_PLACES, _PLACES), interpolation=cv2.INTER_AREA)
    return len(frame.edge_places) / frame.edges.size, float(np.count_nonzero(near)) / near.size


def _drawn(frame: Frame, segments: Segments) -> float:
    long = segments.length[segments.length >= _LONG * frame.diagonal]
    return ramp(float(long.sum()) / frame.diagonal, 1.0, 4.0)


def _fall(lightness: Plane) -> float:
    """Whether the power of detail falls with frequency as in scenes, by the slope on a double logarithmic scale.

    Scenes have some -2 to -3; noise has 0, smooth fields have -5 and less.
    """
    window, band, counts = _bands_of(lightness.shape[0], lightness.shape[1])
    power = np.abs(np.fft.rfft2((lightness - lightness.mean()) * window)) ** 2
    sums = np.bincount(band, weights=power.ravel(), minlength=len(_BANDS) + 1)[1:-1]
    known = counts > 0
    if int(known.sum()) < 4:
        return 1.0
    middle = np.log(np.sqrt(_BANDS[1:] * _BANDS[:-1]))[known]
    level = np.log(sums[known] / counts[known] + 1e-3)
    off = middle - middle.mean()
    slope = float((off * level).sum() / (off * off).sum())
    return ramp(slope, -4.4, -3.4) * ramp(slope, -0.5, -1.2)


@lru_cache(maxsize=16)
def _bands_of(height: int, width: int) -> tuple[Plane, NDArray[np.intp], NDArray[np.intp]]:
    """For a grid of this size: the window, the band of each frequency, and how many fall into each band."""
    window = np.hanning(height)[:, None] * np.hanning(width)[None]
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    band = np.digitize(radius.ravel(), _BANDS)
    return window.astype(np.float32), band, np.bincount(band, minlength=len(_BANDS) + 1)[1:-1]


def _organised(frame: Frame, detail: Plane, uneven: float) -> float:
    """Whether detail is rare, gathered in places (`uneven`, 0..1), and parted by areas.

    Noise fails the first two and a texture the last two; a photograph may fail one: a wall of leaves has the same
    detail everywhere.
    """
    signs = (
        ramp(_tails(detail), 3.2, 3.8),
        uneven,
        ramp(_areas(frame.cells), 0.05, 0.16),
    )
    return ramp(sum(signs) / len(signs), 0.4, 0.7)


def _tails(detail: Plane) -> float:
    """Kurtosis of the detail: 3 for every Gaussian field, whatever its colour; scenes have 4 to 20."""
    squares = (detail - detail.mean()) ** 2
    mean = float(squares.mean())
    return float((squares * squares).mean()) / (mean * mean) if mean > 1e-6 else 0.0


def _unrest(detail: Plane) -> float:
    """How much the strength of detail differs between blocks, as a deviation of its logarithm: 0.1 to 0.4 for noise."""
    power = cv2.resize(detail * detail, _BLOCKS, interpolation=cv2.INTER_AREA)
    return float(np.log(power + np.float32(0.05)).std())


def _areas(cells: Plane) -> float:
    """Share of the variance of colour that lies between areas of the frame: textures are the same everywhere."""
    total = _variance(cells)
    between = np.asarray(cv2.resize(cells, _AREAS, interpolation=cv2.INTER_AREA), np.float32)
    return _variance(between) / total if total > 0 else 0.0


def _variance(cells: Plane) -> float:
    """Variance of colour over an image, summed over its channels."""
    return float((cv2.meanStdDev(cells)[1] ** 2).sum())


def _repeats(lightness: Plane) -> float:
    """The highest peak of the autocorrelation away from the middle: 1 for a pattern that repeats itself exactly.

    Shifts of up to half the frame are looked at; each is scaled by how much of the frame overlaps itself.
    """
    height, width = lightness.shape
    scale = min(1.0, _REPEAT_PX / max(height, width))
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    small = cv2.resize(lightness, size, interpolation=cv2.INTER_AREA)
    small = small - cv2.GaussianBlur(small, (0, 0), 6.0)
    power = float((small * small).mean())
    if power < 0.25:
        return 0.0
    high, wide = small.shape
    padded = (2 * high, 2 * wide)
    spectrum = np.abs(np.fft.rfft2(small, padded)) ** 2
    found = np.fft.irfft2(spectrum, padded)
    places, overlap, away = _shifts_of(high, wide)
    peaks = (found.ravel()[places] / overlap / power).astype(np.float32)
    top = (peaks >= cv2.dilate(peaks, np.ones((3, 3), np.uint8))) & away
    rows, columns = np.nonzero(top & (peaks > _PEAK))
    strongest = np.argsort(-peaks[rows, columns], kind="stable")[:_MOST_PEAKS]
    best = 0.0
    steps = np.linspace(0.0, 1.0, 17)
    for row, column in zip(rows[strongest], columns[strongest], strict=True):
        # On the way to a repetition the likeness is lost; a scene of level layers stays like itself all the way.
        way = peaks[np.round(steps * row).astype(int), wide // 2 + np.round(steps * (column - wide // 2)).astype(int)]
        best = max(best, float(peaks[row, column]) * ramp(float(peaks[row, column] - way.min()), 0.45, 0.8))
    return best


@lru_cache(maxsize=16)
def _shifts_of(high: int, wide: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Places]:
    """For a picture of this size: each shift's place in the flattened autocorrelation, overlap, whether it leads away.

    Half of the shifts, since the other half is the same: down by 0..h/2, across by -w/2..w/2.
    """
    across = np.arange(-(wide // 2), wide // 2 + 1)[None]
    down = np.arange(high // 2 + 1)[:, None]
    overlap = (high - down) * (wide - np.abs(across))
    return down * (2 * wide) + across % (2 * wide), overlap, np.hypot(down, across) >= _AWAY
