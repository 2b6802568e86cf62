"""What draws the eye: unlike the border, unlike the mean, unexpected, sharp where the rest is not."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from analyzer.core.arrays import Plane
from analyzer.core.focus import Sharpness
from analyzer.core.frame import Frame, averaged
from analyzer.core.palette import clusters, squares_from
from analyzer.core.quantiles import quantiles

_RESIDUAL_PX: Final = 64
_BORDER: Final = 0.08
_BORDER_COLOURS: Final = 4
_BORDER_ROUNDS: Final = 6
_EVERY: Final = 2
"""Of so many cells of the border one is looked at: neighbours are alike."""
_COMMON: Final = 0.1
"""Share of the border from which a colour counts as one of its own."""


def saliency_of(frame: Frame, sharpness: Sharpness) -> Plane:
    """(h, w) float32 on the frame's grid, 0..1, its strongest place 1; all 0 when nothing stands out.

    The mean of three maps, each scaled to 0..1: distance in Lab from the colours of the border (boundary prior),
    distance from the mean colour (Achanta et al. 2009), spectral residual (Hou and Zhang 2007); multiplied by sharpness
    as far as the still has a shallow focus, and by a mild preference for the middle (photographers place subjects
    there: Jahanian et al. 2015), which is the same left and right.
    """
    planes = np.ascontiguousarray(frame.smooth.transpose(2, 0, 1))
    border = _scaled(_from_border(frame.smooth, planes))
    mean = _scaled(np.sqrt(squares_from(planes, planes.mean(axis=(1, 2)))))
    residual = _scaled(_residual(frame))
    mixed = np.float32(0.45) * border + np.float32(0.3) * mean + np.float32(0.25) * residual
    shallow = np.float32(sharpness.shallowness)
    focus = 1 - shallow + shallow * (np.float32(0.15) + np.float32(0.85) * sharpness.share)
    mixed = np.asarray(mixed * focus * _middle(mixed.shape), np.float32)
    return _scaled(np.asarray(cv2.GaussianBlur(mixed, (0, 0), 1.2), np.float32))


def _from_border(cells: Plane, planes: Plane) -> Plane:
    """Distance of each cell from the nearest of the border's main colours, its rare ones aside."""
    height, width = cells.shape[:2]
    rim = max(1, round(_BORDER * min(height, width)))
    mask = np.ones((height, width), bool)
    mask[rim : height - rim, rim : width - rim] = False
    centres, shares = clusters(cells[mask][::_EVERY], _BORDER_COLOURS, rounds=_BORDER_ROUNDS)
    # At least one of them holds a quarter of the border.
    squares = [squares_from(planes, centre) for centre in centres[shares >= _COMMON]]
    return np.asarray(np.sqrt(np.minimum.reduce(squares)), np.float32)


def _residual(frame: Frame) -> Plane:
    height, width = frame.grey.shape
    scale = _RESIDUAL_PX / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = averaged(frame.grey_for(_RESIDUAL_PX), size).astype(np.float32)
    spectrum = np.fft.rfft2(small)
    strength = np.abs(spectrum)
    power = np.log(strength + 1.0).astype(np.float32)
    # Each frequency keeps its phase and gets the residual's strength. The other half is its mirror image.
    gain = np.exp(power - cv2.blur(power, (3, 3))) / np.maximum(strength, 1e-6)
    back = np.fft.irfft2(spectrum * gain, s=small.shape).astype(np.float32)
    smooth = cv2.GaussianBlur(back * back, (0, 0), 2.5)
    return np.asarray(cv2.resize(smooth, frame.grid, interpolation=cv2.INTER_LINEAR), np.float32)


@lru_cache(maxsize=16)
def _middle(shape: tuple[int, ...]) -> Plane:
    """(h, w) float32, how much a place counts for lying where it does."""
    height, width = shape[:2]
    y = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.5
    x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    # exp(-(x^2 + y^2)) is the product of both.
    falls = np.exp(-(y * y) / np.float32(0.18))[:, None] * np.exp(-(x * x) / np.float32(0.18))[None]
    weight: Plane = np.float32(0.55) + np.float32(0.45) * falls
    return weight


def _scaled(values: Plane) -> Plane:
    """0..1 between the second and the 99.5th percentile; all 0 for values that hardly differ."""
    low, high = quantiles(values, 2, 99.5)
    if high - low < 1e-4:
        return np.zeros_like(values, dtype=np.float32)
    scaled: Plane = np.clip((values - np.float32(low)) * np.float32(1 / (high - low)), 0.0, 1.0, dtype=np.float32)
    return scaled
