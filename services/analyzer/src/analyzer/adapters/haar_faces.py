"""The two frontal-face cascades that OpenCV brings along."""

import threading
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from analyzer.core.arrays import Mask
from analyzer.core.ports import FaceFind

_FIRST: Final = "haarcascade_frontalface_alt2.xml"
_SECOND: Final = "haarcascade_frontalface_default.xml"
_SHIPPED: Final = Path(cv2.__file__).parent / "data"
_WINDOW_PX: Final = 20
"""The smaller cascade's window: no smaller face can be found."""
_STEP: Final = 1.2
_FINE_STEP: Final = 1.1
_NEIGHBOURS: Final = 2
_SECOND_PX: Final = 48
"""Width to which a find is brought for the second look: twice that cascade's window."""
_ROOM: Final = 0.35
"""What is looked at around a find, as a share of its width."""


class CascadesMissing(RuntimeError):
    """This build of OpenCV has no cascades, or not their files, or they are damaged; `path` is what was looked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"the face cascade {path} cannot be loaded; OpenCV 4 has it, OpenCV 5 has not")
        self.path = path


class HaarFaces:
    """Viola-Jones detectors (2001): alt2, which errs less, then the default cascade where the first found some.

    A classifier is not safe to share, so each thread loads its own.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """folder: where the cascades' files are; OpenCV's own when None. Raises CascadesMissing."""
        self._paths = [(folder or _SHIPPED) / name for name in (_FIRST, _SECOND)]
        self._local = threading.local()
        self._classifiers()

    def find(self, grey: Mask, *, least_px: float, most_px: float) -> list[list[FaceFind]]:
        """For each of the two, the faces it finds; see the port."""
        first, second = self._classifiers()
        # The smallest face that is asked for is brought to little more than the window.
        scale = min(1.0, 1.1 * _WINDOW_PX / least_px)
        small = _resized(grey, scale) if scale < 1.0 else grey
        finds = [_scaled(one, scale) for one in _seen(first, small, step=_STEP, most_px=most_px * scale)]
        return [finds, [found for one in finds for found in _again(second, grey, one)]]

    def _classifiers(self) -> list[Any]:
        loaded: list[Any] | None = getattr(self._local, "classifiers", None)
        if loaded is None:
            loaded = [_load(path) for path in self._paths]
            self._local.classifiers = loaded
        return loaded


def _seen(classifier: Any, grey: Mask, *, step: float, most_px: float, least_px: int = _WINDOW_PX) -> list[FaceFind]:
    largest = round(most_px) + 1
    if min(grey.shape) < least_px or largest < least_px:
        return []
    boxes, _, weights = classifier.detectMultiScale3(
        grey, step, _NEIGHBOURS, minSize=(least_px, least_px), maxSize=(largest, largest), outputRejectLevels=True
    )
    if not len(boxes):
        return []
    return [
        FaceFind(float(box[0]), float(box[1]), float(box[2]), float(box[3]), float(weight))
        for box, weight in zip(boxes, np.ravel(weights), strict=True)
    ]


def _again(classifier: Any, grey: Mask, find: FaceFind) -> list[FaceFind]:
    """What the second cascade finds at and around a find of the first."""
    room = _ROOM * find.width
    left, top = int(max(0.0, find.left - room)), int(max(0.0, find.top - room))
    part = grey[top : int(find.top + find.height + room), left : int(find.left + find.width + room)]
    scale = _SECOND_PX / find.width
    found = _seen(
        classifier, _resized(part, scale), step=_FINE_STEP, most_px=1.7 * _SECOND_PX, least_px=round(0.6 * _SECOND_PX)
    )
    return [_scaled(one, scale, left=left, top=top) for one in found]


def _scaled(find: FaceFind, scale: float, *, left: float = 0.0, top: float = 0.0) -> FaceFind:
    return FaceFind(
        find.left / scale + left, find.top / scale + top, find.width / scale, find.height / scale, find.weight
    )


def _resized(grey: Mask, scale: float) -> Mask:
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(grey), size, interpolation=how).astype(np.uint8, copy=False)


def _load(path: Path) -> Any:
    if not path.is_file() or not hasattr(cv2, "CascadeClassifier"):
        raise CascadesMissing(path)
    try:
        return cv2.CascadeClassifier(str(path))
    except (cv2.error, SystemError) as error:
        # OpenCV's binding raises SystemError around its own error.
        raise CascadesMissing(path) from error
