"""A rule as it stands in its pack, before anything is compiled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from film.movement import Family, Movement


class Kind(StrEnum):
    """What a rule does."""

    PROPOSE = "propose"
    """Proposes a movement of the camera, of a subject or of the environment."""
    WEIGH = "weigh"
    """Speaks for or against movements that others propose."""
    SHAPE = "shape"
    """Changes how a movement is made: how far, how fast, how it eases."""
    LOOK = "look"
    """Says something about the look only."""
    CONSTRAIN = "constrain"
    """Refuses its movements unless its requirements hold, and what it excludes when they do."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """An expression that gives 0 to 1, and its weight in log-odds, above 0."""

    expression: str
    weight: float


@dataclass(frozen=True, slots=True)
class Parameters:
    """How a movement is made. Expressions are "" and names None where the rule has no opinion.

    intensity: expression, 0 (subtle) to 1 (strong): the place in the amplitude table.
    intensity_shift: expression, added to the intensity that a proposing rule gives.
    sway_rad: expression, hand-like sway in radians.
    anchor: one of `vocabulary.PLACES`; easing and speed: names of the contract's enums in lower case.
    """

    intensity: str = ""
    intensity_shift: str = ""
    sway_rad: str = ""
    anchor: str | None = None
    easing: str | None = None
    speed: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """For which wishes of the caller a rule speaks at all; one match suffices. Empty: always."""

    moods: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.moods or self.genres or self.purposes)


@dataclass(frozen=True, slots=True)
class Example:
    """A still, as far as a rule reads it, on which the rule must speak or stay silent; checked without a server.

    An example of a lateral rule is read as the rule is written, for its right side.

    readings: by metric name, value and quality. mood, genre, purpose: what the caller asks for; "" for nothing.
    """

    readings: Mapping[str, tuple[float, float]]
    mood: str = ""
    genre: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Examples:
    """Where a rule must speak (fires) and where it must not (silent)."""

    fires: tuple[Example, ...] = ()
    silent: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    movements: of the camera, that it proposes, weighs, shapes or refuses. A lateral rule is written for movements to
        the right (and clockwise roll, counter-clockwise arc); the mirrored ones follow by reading it in the mirror.
    motion and region, or actions: what a rule about the environment or a subject proposes or refuses.
    requires: conditions that must all hold; a constraint refuses its movements unless they do.
    excludes: movements that are out while this rule holds.
    priority: decides between equal candidates; higher wins.
    phrases: by the part of a prompt that they serve: camera, subject, environment, or "look", a hint for the rest.
    examples: where it must fire and where not; they prove the rule and change nothing that it says.
    reason: a template; `{metric.name}` is the measured value, `{ahead}` the side a lateral rule was read for.
    disabled_because: empty when the rule is in force.
    """

    id: str
    name: str
    kind: Kind
    pack: str
    reason: str
    citation: str
    aliases: tuple[str, ...] = ()
    movements: tuple[Movement, ...] = ()
    motion: str = ""
    region: str = ""
    actions: tuple[str, ...] = ()
    lateral: bool = False
    requires: tuple[str, ...] = ()
    evidence: tuple[Weighted, ...] = ()
    contra: tuple[Weighted, ...] = ()
    excludes: tuple[Movement, ...] = ()
    priority: int = 0
    parameters: Parameters = field(default_factory=Parameters)
    wish: Wish = field(default_factory=Wish)
    phrases: Mapping[str, str] = field(default_factory=dict)
    disabled_because: str = ""
    examples: Examples = field(default_factory=Examples)


@dataclass(frozen=True, slots=True)
class Policy:
    """What is common to all rules.

    priors: log-odds of each family before any evidence. environment_prior and subject_prior: the same for the scene.
    information_floor: the still's information below which nothing is predicted.
    probability_floor: probability below which a movement is not recommended.
    least_quality: quality below which a figure counts as not measured in a requirement.
    """

    priors: Mapping[Family, float]
    environment_prior: float
    subject_prior: float
    information_floor: float
    probability_floor: float
    least_quality: float
