"""One model that is loaded, and pictures in the form that it wants."""

import ast
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from analyzer.adapters.onnx_models.errors import ModelUnusable
from analyzer.core.arrays import Pixels
from analyzer.core.models import ModelFailed, ModelFile

_MEAN: Final = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION: Final = np.array([0.229, 0.224, 0.225], np.float32)
"""Of the ImageNet photographs, red, green, blue: what most published models were trained with."""
_STRIDE: Final = 32
"""Sides of pictures for models of free size are multiples of this; most networks halve five times."""
_GREY: Final = 114
"""What fills the rest of a letterboxed picture, as detectors of the YOLO family were trained with."""


class Scaling(StrEnum):
    """How a model wants its pixels."""

    IMAGENET = "imagenet"
    """0..1, less the mean of ImageNet, over its deviation."""
    UNIT = "unit"
    """0..1."""
    SIGNED = "signed"
    """-1..1."""
    BYTES = "bytes"
    """0..255."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a picture lies in a model's input: factor from its pixels to the input's, and the offset, in pixels."""

    factor_x: float
    factor_y: float
    left: int
    top: int


class Session:
    """A loaded model with one input for one picture. Safe to use from several threads."""

    def __init__(
        self, path: Path, file: ModelFile, *, shown: str, scaling: Scaling, size_px: int, threads: int
    ) -> None:
        """size_px: side for models of free size. Raises ModelUnusable."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            # The runtime's exceptions have no common base but Exception.
            raise ModelUnusable(shown, f"onnxruntime cannot load it ({type(error).__name__})") from error
        self.file: Final = file
        self.shown: Final = shown
        self._scaling = scaling
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4:
            raise ModelUnusable(shown, "it needs exactly one input of four dimensions: batch, channels, height, width")
        self._input: Final = inputs[0].name
        self._bytes: Final = inputs[0].type == "tensor(uint8)"
        self._half: Final = inputs[0].type == "tensor(float16)"
        shape = inputs[0].shape
        if shape[1] != 3 and shape[3] != 3:
            raise ModelUnusable(shown, f"its input has the shape {shape}; three colour channels are needed")
        self._channels_last: Final = shape[1] != 3
        height, width = shape[1:3] if self._channels_last else shape[2:4]
        self._size: Final = (_side(width, size_px), _side(height, size_px))
        self.outputs: Final[tuple[str, ...]] = tuple(one.name for one in self._session.get_outputs())

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the input in pixels."""
        return self._size

    def names(self) -> tuple[str, ...]:
        """The classes that the model's metadata lists under "names", in their order; empty without."""
        text = self._session.get_modelmeta().custom_metadata_map.get("names", "")
        try:
            # Published as JSON, or as Python's own notation.
            found = json.loads(text) if text.startswith("[") else ast.literal_eval(text) if text else ()
        except (ValueError, SyntaxError):
            return ()
        if isinstance(found, dict):
            return tuple(str(found[key]) for key in sorted(found, key=int))
        return tuple(str(name) for name in found)

    def stretched(self, pixels: Pixels) -> dict[str, NDArray[Any]]:
        """The model's outputs by name for the whole picture, stretched to the input. Raises ModelFailed."""
        return self._run(np.asarray(cv2.resize(pixels, self._size, interpolation=cv2.INTER_AREA), np.uint8))

    def letterboxed(self, pixels: Pixels) -> tuple[dict[str, NDArray[Any]], Placed]:
        """The outputs for the picture in its proportions, the rest of the input grey, and where it lies."""
        height, width = pixels.shape[:2]
        factor = min(self._size[0] / width, self._size[1] / height)
        wide, high = max(1, round(width * factor)), max(1, round(height * factor))
        canvas = np.full((self._size[1], self._size[0], 3), _GREY, np.uint8)
        left, top = (self._size[0] - wide) // 2, (self._size[1] - high) // 2
        canvas[top : top + high, left : left + wide] = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_AREA)
        return self._run(canvas), Placed(wide / width, high / height, left, top)

    def _run(self, picture: Pixels) -> dict[str, NDArray[Any]]:
        try:
            found = self._session.run(None, {self._input: self._tensor(picture)})
        except Exception as error:
            raise ModelFailed(f"The model stopped with {type(error).__name__}.") from error
        return dict(zip(self.outputs, (np.asarray(one) for one in found), strict=True))

    def _tensor(self, picture: Pixels) -> NDArray[Any]:
        rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        tensor: NDArray[Any] = rgb if self._bytes else _scaled(rgb, self._scaling)
        if self._half:
            tensor = tensor.astype(np.float16)
        if not self._channels_last:
            tensor = tensor.transpose(2, 0, 1)
        return np.ascontiguousarray(tensor[None])


def _side(stated: object, free: int) -> int:
    return stated if isinstance(stated, int) and stated > 0 else max(_STRIDE, round(free / _STRIDE) * _STRIDE)


def _scaled(rgb: NDArray[Any], scaling: Scaling) -> NDArray[Any]:
    values = rgb.astype(np.float32)
    if scaling is Scaling.BYTES:
        return values
    values /= np.float32(255)
    if scaling is Scaling.IMAGENET:
        values = (values - _MEAN) / _DEVIATION
    elif scaling is Scaling.SIGNED:
        values = values * np.float32(2) - np.float32(1)
    return values
