"""The network with its heads as one ONNX file that gives chances."""

import json
from typing import Final

import numpy as np
from onnx import TensorProto, checker, helper

from analyzer.adapters.trained_eye import SIDE_PX
from evaluation.eye.backbone import MIDDLE, Graph, add_backbone
from evaluation.eye.heads import Heads
from evaluation.eye.labels import KINDS, SIGNS, SURFACES, THINGS, TIMES
from evaluation.eye.measuring import GRID
from evaluation.eye.places import CLIP as PLACES_CLIP
from evaluation.eye.places import COMPONENTS, Places, height_planes
from evaluation.eye.regression import CLIP

CALIBRATION_ID: Final = "eye-1"
_LEAST: Final = 1e-6


def model_bytes(weights: dict[str, np.ndarray], heads: Heads, places: Places) -> bytes:
    """The file; the same input gives the same bytes."""
    graph = Graph()
    middle, last = add_backbone(graph, weights, "image")
    _whole(graph, last, heads)
    _cells(graph, middle, last, places)
    side = SIDE_PX
    shapes = {
        "kinds": [1, len(KINDS)],
        "right": [1, 1],
        "outdoor": [1, 1],
        "times": [1, len(TIMES)],
        "signs": [1, len(SIGNS)],
        "cells": [1, len(SURFACES) + len(THINGS), GRID, GRID],
    }
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "eye",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, side, side])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()],
            graph.tensors,
        ),
        producer_name="animatize",
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    helper.set_model_props(
        model,
        {
            "licence": "Apache-2.0: EfficientNet-Lite0 by Google, converted, with heads of its own",
            "calibration_id": CALIBRATION_ID,
            "least_right": f"{heads.least_right:.4f}",
            "kinds": json.dumps(KINDS),
            "times": json.dumps(TIMES),
            "signs": json.dumps(SIGNS),
            "surfaces": json.dumps(SURFACES),
            "things": json.dumps(THINGS),
        },
    )
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _whole(graph: Graph, last: str, heads: Heads) -> None:
    mean = graph.add("Sqrt", [graph.add("Flatten", [graph.add("GlobalAveragePool", [last])])])
    scores = graph.add(
        "Gemm",
        [
            _standard(graph, mean, heads.mean, heads.spread, CLIP),
            graph.constant(heads.weights, half=True),
            graph.constant(heads.bias.astype(np.float32)),
        ],
    )
    sizes = (len(KINDS), 1, len(TIMES), len(SIGNS))
    parts = [f"scores_{at}" for at in range(len(sizes))]
    graph.nodes.append(helper.make_node("Split", [scores, graph.constant(np.array(sizes, np.int64))], parts, axis=1))
    graph.add("Softmax", [parts[0]], out="kinds", axis=1)
    graph.add("Sigmoid", [parts[1]], out="outdoor")
    graph.add("Softmax", [parts[2]], out="times", axis=1)
    graph.add("Sigmoid", [parts[3]], out="signs")
    least, most = graph.constant(np.array(_LEAST, np.float32)), graph.constant(np.array(1 - _LEAST, np.float32))
    top = graph.add("Clip", [graph.add("ReduceMax", ["kinds"], axes=[1], keepdims=1), least, most])
    one = graph.constant(np.array(1, np.float32))
    odds = graph.add("Log", [graph.add("Div", [top, graph.add("Sub", [one, top])])])
    slope, bias = (graph.constant(np.array(value, np.float32)) for value in heads.right)
    graph.add("Sigmoid", [graph.add("Add", [graph.add("Mul", [odds, slope]), bias])], out="right")


def _cells(graph: Graph, middle: str, last: str, places: Places) -> None:
    axes = places.axes.T[:, :, None, None]
    parts = graph.add(
        "Conv",
        [
            graph.add("Sqrt", [last]),
            graph.constant(np.ascontiguousarray(axes), half=True),
            graph.constant((-places.mean @ places.axes).astype(np.float32)),
        ],
        kernel_shape=[1, 1],
    )
    size = graph.constant(np.array([1, COMPONENTS, GRID, GRID], np.int64))
    wide = graph.add("Resize", [parts, "", "", size], mode="linear", coordinate_transformation_mode="half_pixel")
    height = graph.constant(height_planes()[None].astype(np.float32))
    values = graph.add("Concat", [middle, wide, height], axis=1)
    shape = (1, MIDDLE + COMPONENTS + 2, 1, 1)
    standard = _standard(graph, values, places.centre.reshape(shape), places.spread.reshape(shape), PLACES_CLIP)
    scores = graph.add(
        "Conv",
        [
            standard,
            graph.constant(np.ascontiguousarray(places.weights.T[:, :, None, None])),
            graph.constant(places.bias),
        ],
        kernel_shape=[1, 1],
    )
    graph.add("Sigmoid", [scores], out="cells")


def _standard(graph: Graph, values: str, mean: np.ndarray, spread: np.ndarray, clip: float) -> str:
    centred = graph.add("Sub", [values, graph.constant(np.asarray(mean, np.float32))])
    scaled = graph.add("Div", [centred, graph.constant(np.asarray(spread, np.float32))])
    least, most = (graph.constant(np.array(side, np.float32)) for side in (-clip, clip))
    return graph.add("Clip", [scaled, least, most])
