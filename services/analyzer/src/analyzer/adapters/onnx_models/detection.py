"""Boxes around things by a trained detector, in the three forms in which detectors are published.

* One tensor (1, N, 6): left, top, right, bottom, score, class; overlaps removed already (YOLO v10 and on, exports with
  the removal built in).
* One tensor (1, 4 + C, N): centre, size and C scores for each of N places (YOLO v8, v9, v11).
* Three tensors named boxes, scores and labels or classes (torchvision, RT-DETR).

All coordinates are pixels of the input.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.adapters.onnx_models.errors import ModelUnusable
from analyzer.adapters.onnx_models.names import COCO, subject_kind
from analyzer.adapters.onnx_models.session import Placed, Session
from analyzer.core.arrays import Pixels
from analyzer.core.models import Detection, ModelFailed, ModelFile
from film.geometry import Box

_LEAST_SCORE: Final = 0.35
_OVERLAP: Final = 0.5
_MOST: Final = 64
_FIELDS: Final = 6
_SIDES: Final = 4
_LEAST_SIDE: Final = 1e-3

_Found = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
"""Corners (N, 4), scores (N,) and classes (N,)."""


class OnnxDetection:
    """A detector. Raises ModelUnusable when nothing says what its classes are called."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names = session.names() or COCO
        if not any(subject_kind(name) for name in self._names):
            raise ModelUnusable(session.shown, 'its metadata "names" holds no class that could be a subject')

    @property
    def file(self) -> ModelFile:
        """Which model it is."""
        return self._session.file

    def find(self, pixels: Pixels) -> Sequence[Detection]:
        """See the port."""
        outputs, placed = self._session.letterboxed(pixels)
        corners, scores, classes = self._read(outputs)
        if not (np.isfinite(corners).all() and np.isfinite(scores).all()):
            raise ModelFailed("The detector's answer holds figures that are not finite.")
        found = []
        for at in np.argsort(-scores, kind="stable"):
            number = int(classes[at])
            kind = subject_kind(self._names[number]) if 0 <= number < len(self._names) else None
            box = _box(corners[at], placed, pixels.shape)
            if kind is not None and box is not None and float(scores[at]) >= _LEAST_SCORE:
                found.append(Detection(kind, box, round(min(1.0, float(scores[at])), 6)))
        return found[:_MOST]

    def _read(self, outputs: Mapping[str, NDArray[Any]]) -> _Found:
        if len(outputs) == 1:
            table = np.squeeze(next(iter(outputs.values())), axis=0).astype(np.float32)
            if table.ndim == 2 and table.shape[1] == _FIELDS:
                return table[:, :4], table[:, 4], table[:, 5]
            if table.ndim == 2 and table.shape[0] == _SIDES + len(self._names):
                return _without_overlaps(table)
        named = {name.lower(): value for name, value in outputs.items()}
        boxes, scores = named.get("boxes"), named.get("scores")
        labels = named.get("labels", named.get("classes"))
        if boxes is None or scores is None or labels is None:
            raise ModelFailed("The detector's answer has none of the known forms.")
        return boxes.reshape(-1, 4).astype(np.float32), scores.reshape(-1).astype(np.float32), labels.reshape(-1)


def _without_overlaps(table: NDArray[Any]) -> _Found:
    scores, classes = table[_SIDES:].max(axis=0), table[_SIDES:].argmax(axis=0)
    sure = scores >= _LEAST_SCORE
    middle, size = table[:2, sure].T, table[2:4, sure].T
    corners = np.concatenate([middle - size / 2, middle + size / 2], axis=1)
    scores, classes = scores[sure], classes[sure]
    rectangles = np.concatenate([corners[:, :2], size], axis=1).tolist()
    # Things of different kinds may overlap: a rider and the horse.
    kept = cv2.dnn.NMSBoxesBatched(rectangles, scores.tolist(), classes.tolist(), _LEAST_SCORE, _OVERLAP)
    order = np.asarray(kept, np.intp).reshape(-1)
    return corners[order], scores[order], classes[order]


def _box(corners: NDArray[Any], placed: Placed, shape: tuple[int, ...]) -> Box | None:
    """The rectangle as shares of the still, cut at its borders; None when nothing is left."""
    height, width = shape[:2]
    x0, x1 = ((float(value) - placed.left) / placed.factor_x / width for value in corners[[0, 2]])
    y0, y1 = ((float(value) - placed.top) / placed.factor_y / height for value in corners[[1, 3]])
    left, top, right, bottom = max(0.0, x0), max(0.0, y0), min(1.0, x1), min(1.0, y1)
    if right - left < _LEAST_SIDE or bottom - top < _LEAST_SIDE:
        return None
    return Box(left, top, right - left, bottom - top)
