"""What is to be said: the shot and the facts of the still, free of any wording."""

from dataclasses import dataclass, field

from film.movement import Movement


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the frame. x and y: shares of width and height, 0 to 1. name: what was measured there, or ""."""

    x: float
    y: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What a subject does. heading: -1 left, 1 right, 0 in place."""

    name: str
    heading: float = 0.0


@dataclass(frozen=True, slots=True)
class Motion:
    """How a material moves. region: the material, or "". centre: of the area it fills; None when not known."""

    name: str
    region: str = ""
    centre: Place | None = None


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour of the palette, 0 to 255 each, and its share of the still, 0 to 1."""

    red: int
    green: int
    blue: int
    share: float


@dataclass(frozen=True, slots=True)
class Brief:
    """One shot to be said.

    speed: "slow", "regular" or "fast". sway: whether hand-like sway lies over the movement. duration_s: 0 for unknown.
    looks: phrases, strongest first. scene: kind of scene, "" when not known. subject: kind of the main subject, ""
    when not known. materials: what the still is made of, largest first. colours: the palette, most common first.
    user: the caller's own words, as given.
    """

    movement: Movement
    speed: str = "regular"
    sway: bool = False
    anchor: Place | None = None
    duration_s: float = 0.0
    action: Action | None = None
    motions: tuple[Motion, ...] = ()
    looks: tuple[str, ...] = ()
    scene: str = ""
    subject: str = ""
    subject_place: Place | None = None
    materials: tuple[str, ...] = ()
    colours: tuple[Colour, ...] = field(default=())
    user: str = ""
