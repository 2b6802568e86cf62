"""Small real ONNX models, made where a test needs one."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def saved(path: Path, nodes, outputs, *, size=64, names=None, free=False, constants=(), kind=TensorProto.FLOAT):
    """The model's digest. outputs: (name, element type) pairs. names: classes for its metadata."""
    shape = [1, 3, "height", "width"] if free else [1, 3, size, size]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("picture", kind, shape)],
        [helper.make_tensor_value_info(name, element, None) for name, element in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    if names is not None:
        helper.set_model_props(model, {"names": names})
    onnx.save(model, str(path))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def depth(path: Path, *, free=False, flat=False):
    """Light is near; or everything is equally near when flat."""
    mean = helper.make_node("ReduceMean", ["picture"], ["grey"], axes=[1], keepdims=0)
    last = helper.make_node("Mul", ["grey", "factor"], ["depth"])
    factor = [("factor", np.float32(0 if flat else 1))]
    return saved(path, [mean, last], [("depth", TensorProto.FLOAT)], free=free, constants=factor)


def detector(path: Path, rows, *, form="rows", names=None, size=64):
    """Always finds the same. rows: (left, top, right, bottom, score, class) in pixels of the input."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    if form == "rows":
        return _constant(path, {"found": table[None]}, names, size)
    if form == "named":
        found = {"boxes": table[:, :4], "scores": table[:, 4], "labels": table[:, 5].astype(np.int64)}
        return _constant(path, found, names, size)
    classes = 80 if names is None else names.count(",") + 1
    raw = np.zeros((4 + classes, len(table)), np.float32)
    raw[:2] = (table[:, :2] + table[:, 2:4]).T / 2
    raw[2:4] = (table[:, 2:4] - table[:, :2]).T
    raw[4 + table[:, 5].astype(int), np.arange(len(table))] = table[:, 4]
    return _constant(path, {"found": raw[None]}, names, size)


def segmenter(path: Path, *, names='["sky", "tree", "lamp"]', numbers=False):
    """Scores: blue for the first class, green for the second, nothing for the third."""
    weights = np.zeros((3, 3, 1, 1), np.float32)
    weights[0, 2], weights[1, 1] = 20.0, 20.0
    nodes = [helper.make_node("Conv", ["picture", "weights"], ["scores"])]
    outputs = [("scores", TensorProto.FLOAT)]
    if numbers:
        nodes.append(helper.make_node("ArgMax", ["scores"], ["numbers"], axis=1, keepdims=0))
        outputs = [("numbers", TensorProto.INT64)]
    return saved(path, nodes, outputs, names=names, constants=[("weights", weights)])


def _constant(path, found, names, size):
    nodes, outputs = [], []
    for name, value in found.items():
        nodes.append(helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value)))
        outputs.append((name, TensorProto.INT64 if value.dtype == np.int64 else TensorProto.FLOAT))
    return saved(path, nodes, outputs, names=names, size=size)
