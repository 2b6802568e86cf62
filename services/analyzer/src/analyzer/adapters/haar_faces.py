"""The two frontal-face cascades that OpenCV brings along."""

import threading
from pathlib import Path
from typing import Any, Final

import cv2

from analyzer.core.arrays import Mask
from analyzer.core.ports import FaceFind

_CASCADES: Final = ("haarcascade_frontalface_default.xml", "haarcascade_frontalface_alt2.xml")
_SHIPPED: Final = Path(cv2.__file__).parent / "data"
_STEP: Final = 1.2
_NEIGHBOURS: Final = 4


class CascadesMissing(RuntimeError):
    """This build of OpenCV has no cascades, or not their files, or they are damaged; `path` is what was looked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"the face cascade {path} cannot be loaded; OpenCV 4 has it, OpenCV 5 has not")
        self.path = path


class HaarFaces:
    """Viola-Jones detectors (2001): the default cascade, then alt2, which is asked only where the first found some.

    A classifier is not safe to share, so each thread loads its own.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """folder: where the cascades' files are; OpenCV's own when None. Raises CascadesMissing."""
        self._paths = [(folder or _SHIPPED) / name for name in _CASCADES]
        self._local = threading.local()
        self._classifiers()

    def find(self, grey: Mask, *, least_px: int) -> list[list[FaceFind]]:
        """For each of the two, the faces it finds; see the port."""
        results: list[list[FaceFind]] = []
        for classifier in self._classifiers():
            if results and not results[0]:
                # Only faces that both find count.
                results.append([])
                continue
            boxes, _, weights = classifier.detectMultiScale3(
                grey, _STEP, _NEIGHBOURS, minSize=(least_px, least_px), outputRejectLevels=True
            )
            finds = zip(boxes, weights, strict=True) if len(boxes) else ()
            results.append(
                [FaceFind(int(box[0]), int(box[1]), int(box[2]), int(box[3]), float(weight)) for box, weight in finds]
            )
        return results

    def _classifiers(self) -> list[Any]:
        loaded: list[Any] | None = getattr(self._local, "classifiers", None)
        if loaded is None:
            loaded = [_load(path) for path in self._paths]
            self._local.classifiers = loaded
        return loaded


def _load(path: Path) -> Any:
    if not path.is_file() or not hasattr(cv2, "CascadeClassifier"):
        raise CascadesMissing(path)
    try:
        return cv2.CascadeClassifier(str(path))
    except (cv2.error, SystemError) as error:
        # OpenCV's binding raises SystemError around its own error.
        raise CascadesMissing(path) from error
