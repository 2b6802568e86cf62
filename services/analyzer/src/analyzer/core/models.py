"""Trained models as the analysis sees them: what each may be asked, and what is done when one fails.

Models are optional. A model that fails is told in the answer, and the built-in cues are used as if it were not there:
a still is never refused because of a model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

import cv2
import numpy as np

from analyzer.core.analysis import ModelTask, ModelUse, RegionKind, SubjectKind
from analyzer.core.arrays import Mask, Pixels, Plane
from analyzer.core.depth import GivenDepth
from analyzer.core.evidence import ramp
from film.geometry import Box

T = TypeVar("T")

_LEAST_SPREAD: Final = 1e-6
_STEP_PX: Final = 5
_STEP: Final = 0.12
"""A change of disparity over five pixels from which it is a step and not a slope."""
_LEAST_TRUST: Final = 0.5
_MOST_TRUST: Final = 0.95
"""The range of trust in a model's depth: with no step on an edge beyond chance, and with nearly all."""


class ModelFailed(Exception):
    """A model gave nothing that can be used. because: one plain sentence."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True)
class ModelFile:
    """Which model it is: its name as configured and the SHA-256 of its file."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Detection:
    """A thing that a detector found: its kind, the rectangle around it and the detector's score, 0..1."""

    kind: SubjectKind
    box: Box
    score: float


class DepthModel(Protocol):
    """Tells depth for every place. Safe to use from several threads."""

    @property
    def file(self) -> ModelFile:
        """Which model it is."""

    def disparity(self, pixels: Pixels) -> Plane:
        """Disparity of any scale, larger is nearer; (h, w) float32 of any size. Raises ModelFailed."""


class DetectionModel(Protocol):
    """Finds things. Safe to use from several threads."""

    @property
    def file(self) -> ModelFile:
        """Which model it is."""

    def find(self, pixels: Pixels) -> Sequence[Detection]:
        """What it finds, surest first. pixels: (H, W, 3) uint8 BGR. Raises ModelFailed."""


class SegmentationModel(Protocol):
    """Tells materials. Safe to use from several threads."""

    @property
    def file(self) -> ModelFile:
        """Which model it is."""

    def materials(self, pixels: Pixels) -> Mapping[RegionKind, Plane]:
        """Probability 0..1 of each material it knows, (h, w) float32, all of one size. Raises ModelFailed."""


@dataclass(frozen=True, slots=True)
class Models:
    """The models that are there; None for what the built-in methods tell."""

    depth: DepthModel | None = None
    detection: DetectionModel | None = None
    segmentation: SegmentationModel | None = None

    @property
    def identity(self) -> str:
        """What a cached analysis depends on: "" without models, else the digests of their files."""
        files = [model.file.sha256 for model in (self.depth, self.detection, self.segmentation) if model is not None]
        return "+".join(files)


@dataclass(frozen=True, slots=True, eq=False)
class Consulted:
    """What the models said of one still, and which took part.

    disparity: (H, W) float32 0..1, 1 nearest, at the still's size; None without a usable answer.
    detections and materials: likewise None, which is not the same as having found nothing.
    """

    disparity: Plane | None = None
    detections: tuple[Detection, ...] | None = None
    materials: Mapping[RegionKind, Plane] | None = None
    uses: tuple[ModelUse, ...] = ()


def consult(models: Models, pixels: Pixels) -> Consulted:
    """Asks every model that is there. pixels: (H, W, 3) uint8 BGR."""
    uses: list[ModelUse] = []
    disparity = detections = materials = None
    if models.depth is not None:
        depth = models.depth
        disparity = _asked(ModelTask.DEPTH, depth.file, uses, lambda: _spread(depth.disparity(pixels)))
    if models.detection is not None:
        detector = models.detection
        detections = _asked(ModelTask.DETECTION, detector.file, uses, lambda: tuple(detector.find(pixels)))
    if models.segmentation is not None:
        segmenter = models.segmentation
        materials = _asked(ModelTask.SEGMENTATION, segmenter.file, uses, lambda: segmenter.materials(pixels))
    return Consulted(disparity, detections, materials, tuple(uses))


def given_depth(consulted: Consulted, edges: Mask) -> GivenDepth | None:
    """The depth model's answer with how far it can be trusted; None without one. edges: (H, W) uint8, 255 on an edge.

    Where depth steps, a still nearly always has an edge: a model whose steps lie beside the edges saw something else.
    """
    plane = consulted.disparity
    if plane is None:
        return None
    span = np.ones((_STEP_PX, _STEP_PX), np.uint8)
    steps = (cv2.dilate(plane, span) - cv2.erode(plane, span)) > _STEP
    near_edges = cv2.dilate(edges, np.ones((2 * _STEP_PX + 1, 2 * _STEP_PX + 1), np.uint8)) > 0
    kept = float(near_edges[steps].mean()) if bool(steps.any()) else 0.5
    chance = float(near_edges.mean())
    agreed = ramp(kept - chance, 0.0, max(0.05, 0.6 * (1.0 - chance)))
    depth = next(use for use in consulted.uses if use.task is ModelTask.DEPTH)
    return GivenDepth(plane=plane, quality=_LEAST_TRUST + (_MOST_TRUST - _LEAST_TRUST) * agreed, model=depth.name)


def _asked(task: ModelTask, file: ModelFile, uses: list[ModelUse], ask: Callable[[], T]) -> T | None:
    try:
        answer = ask()
    except ModelFailed as error:
        uses.append(ModelUse(task=task, name=file.name, sha256=file.sha256, unused_because=error.because))
        return None
    uses.append(ModelUse(task=task, name=file.name, sha256=file.sha256))
    return answer


def _spread(disparity: Plane) -> Plane:
    """0..1 between the second and the 98th percentile. Raises ModelFailed for a plane that tells nothing."""
    if disparity.ndim != 2 or not disparity.size or not bool(np.isfinite(disparity).all()):
        raise ModelFailed("The depth model's answer is not a plane of finite numbers.")
    low, high = np.percentile(disparity, (2, 98))
    if float(high - low) <= _LEAST_SPREAD * max(1.0, abs(float(high))):
        raise ModelFailed("The depth model sees the same depth everywhere.")
    spread: Plane = np.clip((disparity - low) / (high - low), 0.0, 1.0).astype(np.float32)
    return spread
