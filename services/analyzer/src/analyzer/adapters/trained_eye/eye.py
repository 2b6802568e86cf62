"""A network of 3.4 million weights with heads for scenes, signs, materials and things, run by onnxruntime.

The file is written by `python -m evaluation.eye fit`, which tells where the network comes from and how the heads were
fitted. Its licence is Apache-2.0, as that of the network's weights.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from analyzer.core.analysis import RegionKind, SceneKind, SubjectKind, TimeOfDay
from analyzer.core.arrays import Pixels, Plane
from analyzer.core.glance import Chances, Glance, Signs

SIDE_PX: Final = 224
"""Side of the network's square input; the whole frame is pressed into it, as in the fit."""
_MIDDLE: Final = 127.0
_SPREAD: Final = 128.0
"""Grey levels that become 0 and 1."""
_REGIONS: Final = {"built": RegionKind.MAN_MADE}


class TrainedEye:
    """See the port `Eye`. One loaded network serves the whole process."""

    def __init__(self) -> None:
        self._session = _session()
        told = self._session.get_modelmeta().custom_metadata_map
        self._kinds = [SceneKind(name) for name in json.loads(told["kinds"])]
        self._times = [TimeOfDay(name) for name in json.loads(told["times"])]
        self._signs: list[str] = json.loads(told["signs"])
        self._surfaces = [_REGIONS.get(name) or RegionKind(name) for name in json.loads(told["surfaces"])]
        self._things = [SubjectKind(name) for name in json.loads(told["things"])]
        self._least_right = float(told["least_right"])
        self._calibration_id = told["calibration_id"]

    def look(self, pixels: Pixels) -> Glance:
        """See the port."""
        names = ["kinds", "right", "outdoor", "times", "signs", "cells"]
        found: list[Any] = self._session.run(names, {"image": tensor_of(pixels)})
        kinds, right, outdoor, times, signs, cells = (_plain(one[0]) for one in found)
        planes: list[Plane] = [plane.astype(np.float32) for plane in cells]
        return Glance(
            chances=Chances(
                kinds=dict(zip(self._kinds, kinds.tolist(), strict=True)),
                right=float(right[0]),
                outdoor=float(outdoor[0]),
                times=dict(zip(self._times, times.tolist(), strict=True)),
            ),
            least_right=self._least_right,
            signs=Signs(**dict(zip(self._signs, signs.tolist(), strict=True))),
            surfaces=dict(zip(self._surfaces, planes, strict=False)),
            things=dict(zip(self._things, planes[len(self._surfaces) :], strict=True)),
            calibration_id=self._calibration_id,
        )


def tensor_of(pixels: Pixels) -> NDArray[np.float32]:
    """(1, 3, SIDE_PX, SIDE_PX) float32, red, green, blue. pixels: (H, W, 3) uint8 BGR."""
    small = cv2.resize(pixels, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    tensor = np.empty((1, 3, SIDE_PX, SIDE_PX), np.float32)
    # Each channel by itself takes a sixth of what cv2.dnn.blobFromImage takes, and gives the same values.
    for plane, channel in zip(tensor[0], reversed(cv2.split(small)), strict=True):
        np.subtract(channel, np.float32(_MIDDLE), out=plane)
    tensor *= np.float32(1 / _SPREAD)
    return tensor


def _plain(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """To four decimals: processors differ in the last digits, and nothing may hang on those."""
    rounded = np.round(np.asarray(values, np.float64), 4)
    return np.asarray(rounded, np.float64)


@cache
def _session() -> Any:
    options = onnxruntime.SessionOptions()
    # One thread for each call: the workers are the parallelism, and sums are then always made in the same order.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    content = files("analyzer.adapters.trained_eye").joinpath("eye.onnx").read_bytes()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
