"""The names that rules may speak of: every metric with its meaning, its range and what a mirror does to it.

A rule can use nothing that is not in this table, and a metric can be read in one way only. What a left-right mirror
does stands beside each metric, so that predictions mirror by construction: `even` metrics do not change, `odd` ones
change sign, and the metrics of the two sides change places.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from predictor.core.labels import EVEN_SHARES, EVEN_SIGNED, FREE, ODD, SIDE

REGIONS: Final = (
    "sky",
    "vegetation",
    "water",
    "ground",
    "man_made",
    "snow",
    "sand",
    "rock",
    "cloud",
    "smoke",
    "fire",
    "cloth",
    "hair",
)
"""Materials of regions, in the contract's order."""

SCENES: Final = (
    "landscape",
    "waterside",
    "forest",
    "city",
    "interior",
    "portrait",
    "close_up",
    "still_life",
    "night",
    "document",
    "abstract",
)
"""Kinds of scenes, in the contract's order."""

SUBJECTS: Final = ("person", "animal", "vehicle", "object", "building", "plant")
"""Kinds of subjects, in the contract's order."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One named figure.

    label: the figure in words; an odd metric's label holds `{side}`.
    low, high: the range of the value; readings outside are moved to its nearest end.
    twin: the metric that a mirror turns this one into; its own name when it stays the same metric.
    odd: whether a mirror changes the value's sign.
    """

    name: str
    label: str
    low: float
    high: float
    twin: str
    odd: bool = False

    def mirrored(self, value: float) -> float:
        """The value that the mirrored still has in `twin`. Exact; never a negative zero."""
        return 0.0 - value if self.odd else value

    def clamped(self, value: float) -> float:
        """The value moved into the metric's range."""
        return min(self.high, max(self.low, value))

    def sentence(self, value: float) -> str:
        """The measured fact in plain words, the value with two digits."""
        if not self.odd:
            return f"{self.label} is {value:.2f}"
        if value == 0:
            return f"{self.label.replace(SIDE, 'neither side')} (0.00)"
        return f"{self.label.replace(SIDE, side(value))} ({abs(value):.2f})"


def side(value: float) -> str:
    """The side that a signed figure names: "left" below 0, "right" otherwise."""
    return "left" if value < 0 else "right"


def _table() -> Iterator[Metric]:
    for name, label in EVEN_SHARES.items():
        yield Metric(name, label, 0.0, 1.0, name)
    for name, label in EVEN_SIGNED.items():
        yield Metric(name, label, -1.0, 1.0, name)
    for name, (label, reach) in ODD.items():
        yield Metric(name, label, -reach, reach, name, odd=True)
    for name, (label, low, high) in FREE.items():
        yield Metric(name, label, low, high, name)
    for kind in REGIONS:
        yield Metric(
            f"region.{kind}", f"the share of {kind.replace('_', '-')} in the frame", 0.0, 1.0, f"region.{kind}"
        )
    for kind in SCENES:
        label = f"the share of evidence for a scene of kind {kind.replace('_', ' ')}"
        yield Metric(f"scene.{kind}", label, 0.0, 1.0, f"scene.{kind}")
    for kind in SUBJECTS:
        label = f"the evidence that the main subject is of kind {kind}"
        yield Metric(f"subject.{kind}", label, 0.0, 1.0, f"subject.{kind}")
    left, right = "composition.open_left", "composition.open_right"
    yield Metric(left, "content that goes on beyond the left border", 0.0, 1.0, right)
    yield Metric(right, "content that goes on beyond the right border", 0.0, 1.0, left)


VOCABULARY: Final[Mapping[str, Metric]] = MappingProxyType({metric.name: metric for metric in _table()})
"""Every metric by name."""

PLACES: Final = (
    "vanishing_point",
    "thirds_point",
    "salient_centre",
    "opening",
    "subject",
    "second_subject",
    "face",
    "horizon",
    "light_source",
)
"""The measured places that a movement can be about."""
