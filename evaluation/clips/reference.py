"""What a frame should show: the still, or the first frame in its place, seen from where the frame sees it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.clips.registration import Matrix

Picture = NDArray[np.uint8]

MOST_FINER: Final = 2.0
"""A still keeps at most this many pixels for one of the frame: what is finer no frame can show."""


class Reference:
    """A picture with the matrix that leads from the first frame's pixels to its own; both from corners."""

    def __init__(self, picture: Picture, matrix: Matrix) -> None:
        scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
        if scale > MOST_FINER:
            size = tuple(max(1, round(side * MOST_FINER / scale)) for side in picture.shape[1::-1])
            by = np.array([[size[0] / picture.shape[1]], [size[1] / picture.shape[0]]])
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
            matrix = matrix * by
        self.picture = picture
        self.matrix = matrix

    @property
    def scale(self) -> float:
        """How many of its pixels one pixel of the first frame is wide."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))

    def seen(self, places: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """The picture at (h, w, 2) places of the first frame, and where there is one.

        It is averaged to the scale at which it is seen before it is sampled, so that it holds no finer detail than a
        frame of that scale could.
        """
        picture, matrix = self.picture, self.matrix
        across = np.median(np.abs(np.diff(places[::8, :, 0], axis=1)))
        down = np.median(np.abs(np.diff(places[:, ::8, 1], axis=0)))
        scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2])) * max(float(across * down), 1e-4)))
        if scale > 1.05:
            size = (max(8, round(picture.shape[1] / scale)), max(8, round(picture.shape[0] / scale)))
            by = np.array([[size[0] / picture.shape[1]], [size[1] / picture.shape[0]]])
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
            matrix = matrix * by
        at = np.asarray(cv2.transform(places, matrix), np.float32) - np.float32(0.5)
        x, y = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
        found = cv2.remap(picture, x, y, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
        there = (x >= -0.5) & (y >= -0.5) & (x <= picture.shape[1] - 0.5) & (y <= picture.shape[0] - 0.5)
        return found.astype(np.float32), there


def own_places(width_px: int, height_px: int, *, sampled: tuple[int, int] | None = None) -> NDArray[np.float32]:
    """(h, w, 2): the middles of a frame's pixels, or of the pixels of a smaller copy, in its own coordinates."""
    width, height = sampled or (width_px, height_px)
    x = (np.arange(width, dtype=np.float32) + 0.5) * (width_px / width)
    y = (np.arange(height, dtype=np.float32) + 0.5) * (height_px / height)
    return np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)
