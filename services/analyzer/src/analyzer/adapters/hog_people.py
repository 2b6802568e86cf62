"""The detector of standing people that OpenCV brings along."""

import threading
from typing import Any, Final

import cv2
import numpy as np

from analyzer.core.arrays import Mask
from analyzer.core.ports import PersonSight

_LONGEST_PX: Final = 320
"""At 192 pixels it is no better than chance on photographs (AUC 0.51), at 256 hardly (0.54), at 320 a little (0.61)."""
_WINDOW_PX: Final = (64, 128)
_MARGIN: Final = 0.125
"""What the window keeps free around a person, as a share of its sides: 16 of 128 pixels above and below."""
_STRIDE: Final = 8
_PADDING: Final = 16
_STEP: Final = 1.1


class PeopleMissing(RuntimeError):
    """This build of OpenCV has no detector of people."""

    def __init__(self) -> None:
        super().__init__("this build of OpenCV has no HOG detector of people; OpenCV 4 has it, OpenCV 5 has not")


class HogPeople:
    """Dalal and Triggs's detector (2005). A descriptor is not safe to share, so each thread makes its own."""

    def __init__(self) -> None:
        """Raises PeopleMissing."""
        if not hasattr(cv2, "HOGDescriptor"):
            raise PeopleMissing
        self._local = threading.local()

    def find(self, grey: Mask) -> list[PersonSight]:
        """What it takes for standing people; see the port."""
        height, width = grey.shape
        scale = _LONGEST_PX / max(height, width)
        size = (max(_WINDOW_PX[0], round(width * scale)), max(_WINDOW_PX[1], round(height * scale)))
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        boxes, weights = self._descriptor().detectMultiScale(
            small, winStride=(_STRIDE, _STRIDE), padding=(_PADDING, _PADDING), scale=_STEP
        )
        across, down = width / size[0], height / size[1]
        return [
            _sight([float(one) for one in box], float(weight), across, down)
            for box, weight in zip(boxes, np.ravel(weights), strict=True)
        ]

    def _descriptor(self) -> Any:
        made = getattr(self._local, "descriptor", None)
        if made is None:
            made = cv2.HOGDescriptor()
            made.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector(), np.float32))
            self._local.descriptor = made
        return made


def _sight(box: list[float], weight: float, across: float, down: float) -> PersonSight:
    left, top, wide, high = box
    return PersonSight(
        (left + _MARGIN * wide) * across,
        (top + _MARGIN * high) * down,
        (1 - 2 * _MARGIN) * wide * across,
        (1 - 2 * _MARGIN) * high * down,
        weight,
    )
