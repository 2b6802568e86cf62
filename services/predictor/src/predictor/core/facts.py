"""What was measured in a still, as rules read it: named readings, named places, areas and who can act."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from film.geometry import Box, Point
from predictor.core.vocabulary import VOCABULARY


@dataclass(frozen=True, slots=True)
class Reading:
    """One measured figure: its value in the metric's range and its quality, above 0 and at most 1."""

    value: float
    quality: float


@dataclass(frozen=True, slots=True)
class Area:
    """The largest area of one material. kind: one of `vocabulary.REGIONS`; share of the frame and quality: 0 to 1."""

    kind: str
    share: float
    quality: float
    box: Box | None = None

    def mirrored(self) -> "Area":
        """The same area in the still mirrored left to right."""
        return Area(self.kind, self.share, self.quality, None if self.box is None else self.box.mirrored())


@dataclass(frozen=True, slots=True)
class Facts:
    """All that rules may know of one still.

    readings: by metric name; a metric that could not be measured is not in it.
    places: by the names in `vocabulary.PLACES`.
    areas: by material; the largest of each.
    actor: index, in the analysis's subjects, of the one who can act; None when nobody can.
    """

    readings: Mapping[str, Reading] = field(default_factory=dict)
    places: Mapping[str, Point] = field(default_factory=dict)
    areas: Mapping[str, Area] = field(default_factory=dict)
    actor: int | None = None

    def mirrored(self) -> "Facts":
        """The facts of the same still mirrored left to right. Exact: twice gives equal facts."""
        readings = {}
        for name, reading in self.readings.items():
            metric = VOCABULARY[name]
            # Most figures are the same in the mirror.
            readings[metric.twin] = Reading(metric.mirrored(reading.value), reading.quality) if metric.odd else reading
        return Facts(
            readings=readings,
            places={name: place.mirrored() for name, place in self.places.items()},
            areas={kind: area.mirrored() for kind, area in self.areas.items()},
            actor=self.actor,
        )

    def joined(self, name: str, reading: Reading) -> "Facts":
        """These facts and one more reading, which replaces one of the same name."""
        return Facts({**self.readings, name: reading}, self.places, self.areas, self.actor)


def reading(name: str, value: float, quality: float) -> Reading | None:
    """The reading of a named metric, its value moved into range; None when its quality says that it tells nothing.

    Raises KeyError for a name that is not in the vocabulary.
    """
    metric = VOCABULARY[name]
    # A negative zero would differ from zero on the wire.
    return None if quality <= 0 else Reading(metric.clamped(value) + 0.0, min(1.0, quality))
