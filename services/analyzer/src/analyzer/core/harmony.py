"""How the hues of a still stand to each other, by the harmonic templates of Cohen-Or and others (2006)."""

from functools import cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analyzer.core.analysis import ColourScheme, Measure, absent, measured
from analyzer.core.arrays import Plane
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame

Sectors: TypeAlias = tuple[tuple[float, float], ...]
"""Arcs of the wheel, from and to in degrees."""
Spectrum: TypeAlias = NDArray[np.complex128]

_BINS: Final = 72
_FAINT: Final = 4.0
"""Chroma below which a colour has no hue that an eye would name."""
_NEUTRAL: Final = 5.0
_MOST_CHROMA: Final = 60.0
"""Chroma beyond which more of it draws no more attention."""

_I, _V = (-9.0, 9.0), (-46.8, 46.8)
_TEMPLATES: Final = ((_I,), (_V,), (_I, (171.0, 189.0)), (_I, (50.4, 129.6)))
"""Sectors of the wheel in degrees, each template turned to where it fits best; i, V, I and L of the eight.

T, X and Y take up to half the wheel and fit nearly every photograph, so that they tell nothing.
"""

_WIDE: Final = 22.5
_SCHEMES: Final = (
    (ColourScheme.MONOCHROME, ((-_WIDE, _WIDE),), 0.0),
    (ColourScheme.ANALOGOUS, ((-50.0, 50.0),), 0.0),
    (ColourScheme.COMPLEMENTARY, ((-30.0, 30.0), (150.0, 210.0)), 0.1),
    (ColourScheme.TRIAD, ((-25.0, 25.0), (95.0, 145.0), (215.0, 265.0)), 0.1),
)
"""A scheme's sectors, and the least share that each of them holds; the first that holds enough of the hues counts."""
_ENOUGH: Final = 0.88


def measure_harmony(frame: Frame) -> tuple[Measure, ColourScheme]:
    """How far the hues fit a harmonic template beyond what evenly spread ones do, 0..1, and the simplest scheme.

    Hues count by chroma. Without any colour the scheme is neutral and harmony absent.
    """
    hues, mean = _hues(frame.cells)
    if mean < _NEUTRAL:
        return absent("The still has hardly any colour."), ColourScheme.NEUTRAL
    spectrum = np.fft.rfft(hues)
    fits = [float(np.sum(_turned(spectrum, sectors), axis=0).max()) for sectors in _TEMPLATES]
    chance = [sum(last - first for first, last in sectors) / 360.0 for sectors in _TEMPLATES]
    value = max((fit - even) / (1.0 - even) for fit, even in zip(fits, chance, strict=True))
    return measured(max(0.0, value), 0.6 * ramp(mean, _NEUTRAL, 15.0)), _scheme(spectrum)


def _hues(cells: Plane) -> tuple[Plane, float]:
    """Shares of chroma by hue, (72,), sums to 1 where there is any, and the mean chroma."""
    # Every other cell will do: hues fill areas.
    a, b = cells[::2, ::2, 1].ravel(), cells[::2, ::2, 2].ravel()
    chroma = np.sqrt(a * a + b * b)
    weight = np.clip(chroma - _FAINT, 0.0, _MOST_CHROMA)
    bins = (np.degrees(np.arctan2(b, a)) % 360.0 * (_BINS / 360.0)).astype(np.intp) % _BINS
    shares = np.bincount(bins, weights=weight, minlength=_BINS)
    return shares / max(1e-9, float(shares.sum())), float(chroma.mean())


def _turned(spectrum: Spectrum, sectors: Sectors) -> Plane:
    """The share inside each sector for each of the 72 turns of the wheel, (n, 72). spectrum: (37,) of the hues."""
    # Correlation around the wheel.
    return np.asarray(np.fft.irfft(spectrum * _spectra(sectors), _BINS))


@cache
def _spectra(sectors: Sectors) -> Spectrum:
    """(n, 37) the conjugate spectrum of each sector."""
    inside = np.zeros((len(sectors), _BINS))
    for row, sector in zip(inside, sectors, strict=True):
        first, last = (round(bound * _BINS / 360.0) for bound in sector)
        row[np.arange(first, max(first + 1, last + 1)) % _BINS] = 1.0
    return np.asarray(np.conj(np.fft.rfft(inside)))


def _scheme(spectrum: Spectrum) -> ColourScheme:
    for scheme, sectors, least in _SCHEMES:
        parts = _turned(spectrum, sectors)
        whole = np.where(parts.min(axis=0) >= least, parts.sum(axis=0), 0.0)
        if float(whole.max()) >= _ENOUGH:
            return scheme
    return ColourScheme.UNSPECIFIED
