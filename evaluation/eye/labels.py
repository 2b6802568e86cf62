"""What people said of photographs, as targets of the fit."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.core.analysis import SceneKind, TimeOfDay

Array = NDArray[np.float64]

LABELS: Final = Path(__file__).with_name("labels.jsonl.gz")
KINDS: Final = tuple(kind.value for kind in SceneKind if kind is not SceneKind.UNSPECIFIED)
TIMES: Final = tuple(time.value for time in TimeOfDay)
"""The first stands for none."""
SIGNS: Final = (
    "horizon",
    "vanishing",
    "person",
    "animal",
    "vehicle",
    "face",
    "shallow",
    "drawing",
    "document",
    "abstract",
)
"""What is in a still or not."""
SURFACES: Final = ("sky", "cloud", "vegetation", "water", "snow", "sand", "built")
"""Materials, labelled by the share of the frame that they take."""
THINGS: Final = ("person", "animal", "vehicle")
"""Things, labelled by whether they are there."""
_SHARES: Final = {1: (1.0,), 2: (0.7, 0.3), 3: (0.6, 0.25, 0.15)}
"""How a photograph counts for its acceptable kinds, best first."""

Label = dict[str, Any]


def read_labels(path: Path = LABELS) -> list[Label]:
    """One label for each photograph; a field that nobody labelled is missing."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@dataclass(frozen=True)
class Targets:
    """scenes, times: (n, kinds) shares that sum to 1, or 0 where nobody labelled. right: (n, kinds) 1 where acceptable.

    outdoors: (n, 2) indoors, outdoors. signs: by name (n, 2) absent, present; zeros where nobody labelled.
    """

    scenes: Array
    right: Array
    outdoors: Array
    times: Array
    signs: dict[str, Array]


def targets_of(labels: list[Label]) -> Targets:
    """The targets of labelled pictures."""
    scenes, right = np.zeros((len(labels), len(KINDS))), np.zeros((len(labels), len(KINDS)))
    for at, label in enumerate(labels):
        names = label.get("scenes") or []
        for name, share in zip(names, _SHARES[len(names)] if names else (), strict=True):
            scenes[at, KINDS.index(name)] = share
            right[at, KINDS.index(name)] = 1.0
    return Targets(
        scenes=scenes,
        right=right,
        outdoors=np.array([_pair(label.get("outdoor")) for label in labels]),
        times=np.array(
            [
                [float((label["time"] or TIMES[0]) == time) if "time" in label else 0.0 for time in TIMES]
                for label in labels
            ]
        ),
        signs={name: np.array([_pair(_sign(label, name)) for label in labels]) for name in SIGNS},
    )


def _pair(found: bool | None) -> tuple[float, float]:
    return (0.0, 0.0) if found is None else (float(not found), float(found))


def _sign(label: Label, name: str) -> bool | None:
    if name in ("drawing", "document", "abstract"):
        return None if "kind" not in label else label["kind"] == name
    if name == "shallow":
        return None if "focus" not in label else label["focus"] == "shallow"
    if name == "face":
        return None if "faces" not in label else label["faces"] > 0
    return None if label.get(name) is None else bool(label[name])
