"""Depth by a trained model: MiDaS, Depth Anything, ZoeDepth and what has their form."""

from enum import StrEnum
from typing import Final

import cv2
import numpy as np

from analyzer.adapters.onnx_models.session import Session
from analyzer.core.arrays import Pixels, Plane
from analyzer.core.models import ModelFailed, ModelFile


class Meaning(StrEnum):
    """What the model's figures mean."""

    DISPARITY = "disparity"
    """Larger is nearer, as MiDaS and Depth Anything give it."""
    DISTANCE = "distance"
    """Larger is farther, as metric models give it."""


_PLANE: Final = 2


class OnnxDepth:
    """A model with one output of one plane: (1, h, w), (1, 1, h, w) or (1, h, w, 1)."""

    def __init__(self, session: Session, meaning: Meaning) -> None:
        self._session = session
        self._meaning = meaning

    @property
    def file(self) -> ModelFile:
        """Which model it is."""
        return self._session.file

    def disparity(self, pixels: Pixels) -> Plane:
        """See the port; at the still's size."""
        outputs = self._session.stretched(pixels)
        plane = np.squeeze(next(iter(outputs.values()))).astype(np.float32)
        if plane.ndim != _PLANE:
            raise ModelFailed("The depth model's answer is not one plane.")
        if self._meaning is Meaning.DISTANCE:
            if not bool((plane > 0).any()):
                raise ModelFailed("The depth model tells no distance above zero.")
            least = float(plane[plane > 0].min())
            plane = (np.float32(1) / np.maximum(plane, np.float32(least))).astype(np.float32)
        height, width = pixels.shape[:2]
        sized: Plane = np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        return sized
