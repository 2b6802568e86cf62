"""What draws the eye: unlike the border, unlike the mean, unexpected, sharp where the rest is not."""

from typing import Final

import cv2
import numpy as np

from analyzer.core.arrays import Plane
from analyzer.core.focus import Sharpness
from analyzer.core.frame import Frame

_RESIDUAL_PX: Final = 64
_BORDER: Final = 0.08
_BORDER_COLOURS: Final = 4


def saliency_of(frame: Frame, sharpness: Sharpness) -> Plane:
    """(h, w) float32 on the frame's grid, 0..1, its strongest place 1; all 0 when nothing stands out.

    The mean of three maps, each scaled to 0..1: distance in Lab from the colours of the border (boundary prior),
    distance from the mean colour (Achanta et al. 2009), spectral residual (Hou and Zhang 2007); multiplied by sharpness
    as far as the still has a shallow focus, and by a mild preference for the middle (photographers place subjects
    there: Jahanian et al. 2015), which is the same left and right.
    """
    cells = np.asarray(cv2.GaussianBlur(frame.cells, (0, 0), 1.0), np.float32)
    border = _scaled(_from_border(cells))
    mean = _scaled(np.linalg.norm(cells - cells.mean(axis=(0, 1)), axis=2).astype(np.float32))
    residual = _scaled(_residual(frame))
    mixed = 0.45 * border + 0.3 * mean + 0.25 * residual
    shallow = sharpness.shallowness
    mixed = mixed * (1.0 - shallow + shallow * (0.15 + 0.85 * sharpness.share)) * _middle(mixed.shape)
    return _scaled(cv2.GaussianBlur(mixed.astype(np.float32), (0, 0), 1.2).astype(np.float32))


def _from_border(cells: Plane) -> Plane:
    """Distance of each cell from the nearest of the border's main colours, its rare ones aside."""
    height, width = cells.shape[:2]
    rim = max(1, round(_BORDER * min(height, width)))
    mask = np.ones((height, width), bool)
    mask[rim : height - rim, rim : width - rim] = False
    samples = cells[mask]
    order = np.argsort(samples[:, 0], kind="stable")
    picks = order[(np.arange(_BORDER_COLOURS) * 2 + 1) * len(order) // (2 * _BORDER_COLOURS)]
    centres = samples[picks].copy()
    nearest = np.zeros(len(samples), np.intp)
    for _ in range(6):
        nearest = ((samples[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        for index in range(_BORDER_COLOURS):
            members = samples[nearest == index]
            if len(members):
                centres[index] = members.mean(axis=0)
    shares = np.bincount(nearest, minlength=_BORDER_COLOURS) / len(samples)
    kept = centres[shares >= 0.1]
    distance: Plane = np.linalg.norm(cells[:, :, None] - kept[None, None], axis=3).min(axis=2).astype(np.float32)
    return distance


def _residual(frame: Frame) -> Plane:
    height, width = frame.grey.shape
    scale = _RESIDUAL_PX / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(frame.grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    spectrum = np.fft.fft2(small)
    strength = np.log(np.abs(spectrum) + 1.0).astype(np.float32)
    rest = strength - cv2.blur(strength, (3, 3))
    back = np.abs(np.fft.ifft2(np.exp(rest + 1j * np.angle(spectrum)))) ** 2
    smooth = cv2.GaussianBlur(back.astype(np.float32), (0, 0), 2.5)
    return np.asarray(cv2.resize(smooth, frame.grid, interpolation=cv2.INTER_LINEAR), np.float32)


def _middle(shape: tuple[int, ...]) -> Plane:
    height, width = shape[:2]
    y = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.5
    x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    weight: Plane = (0.55 + 0.45 * np.exp(-(x[None] ** 2 + y[:, None] ** 2) / 0.18)).astype(np.float32)
    return weight


def _scaled(values: Plane) -> Plane:
    """0..1 between the second and the 99.5th percentile; all 0 for values that hardly differ."""
    low, high = np.percentile(values, (2, 99.5))
    if high - low < 1e-4:
        return np.zeros_like(values, dtype=np.float32)
    scaled: Plane = np.clip((values - low) / (high - low), 0.0, 1.0).astype(np.float32)
    return scaled
