"""Materials by a trained segmenter: one score per class and place, or the class's number per place."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from analyzer.adapters.onnx_models.errors import ModelUnusable
from analyzer.adapters.onnx_models.names import region_kind
from analyzer.adapters.onnx_models.session import Session
from analyzer.core.analysis import RegionKind
from analyzer.core.arrays import Pixels, Plane
from analyzer.core.models import ModelFailed, ModelFile

_PLANE: Final = 2
_STACK: Final = 3


class OnnxSegmentation:
    """A segmenter whose metadata "names" lists its classes. Raises ModelUnusable when no class is a material."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kinds = tuple(region_kind(name) for name in session.names())
        if not any(self._kinds):
            raise ModelUnusable(
                session.shown, 'its metadata has no "names" with a known material (sky, tree, water, road, …)'
            )

    @property
    def file(self) -> ModelFile:
        """Which model it is."""
        return self._session.file

    def materials(self, pixels: Pixels) -> Mapping[RegionKind, Plane]:
        """See the port; at the model's own size. Classes that are no material count for none."""
        answer = np.squeeze(next(iter(self._session.stretched(pixels).values())), axis=0)
        if answer.ndim == _PLANE or (answer.ndim == _STACK and answer.shape[0] == 1):
            return self._from_numbers(answer.reshape(answer.shape[-2:]))
        if answer.ndim != _STACK or answer.shape[0] != len(self._kinds):
            raise ModelFailed("The segmenter's answer does not fit the classes that its metadata lists.")
        return self._from_scores(answer.astype(np.float32))

    def _from_numbers(self, numbers: Plane) -> Mapping[RegionKind, Plane]:
        return {
            kind: np.isin(numbers, [at for at, one in enumerate(self._kinds) if one is kind]).astype(np.float32)
            for kind in self._known()
        }

    def _from_scores(self, scores: Plane) -> Mapping[RegionKind, Plane]:
        if not bool(np.isfinite(scores).all()):
            raise ModelFailed("The segmenter's answer holds figures that are not finite.")
        if float(scores.min()) < 0 or float(scores.max()) > 1:
            # Scores before the softmax; taking the largest off keeps the powers finite.
            powers = np.exp(scores - scores.max(axis=0, keepdims=True))
            scores = powers / powers.sum(axis=0, keepdims=True)
        return {
            kind: scores[[at for at, one in enumerate(self._kinds) if one is kind]].sum(axis=0).astype(np.float32)
            for kind in self._known()
        }

    def _known(self) -> list[RegionKind]:
        return [kind for kind in RegionKind if kind in self._kinds]
