"""What is asked of the camera, as plain values: movements, their pace, and places on a path drawn by hand."""

from dataclasses import dataclass
from enum import StrEnum, unique

from film.geometry import Point
from film.movement import Movement
from generator.core.motion_check import Unit


@unique
class Easing(StrEnum):
    """How progress runs over time; the wire's Easing in lower case."""

    LINEAR = "linear"
    SMOOTH = "smooth"
    IN = "in"
    OUT = "out"
    LOOP = "loop"
    SINE_IN = "sine_in"
    SINE_OUT = "sine_out"
    SINE_IN_OUT = "sine_in_out"
    QUAD_IN = "quad_in"
    QUAD_OUT = "quad_out"
    QUAD_IN_OUT = "quad_in_out"
    CUBIC_IN = "cubic_in"
    CUBIC_OUT = "cubic_out"
    CUBIC_IN_OUT = "cubic_in_out"
    QUART_IN = "quart_in"
    QUART_OUT = "quart_out"
    QUART_IN_OUT = "quart_in_out"
    QUINT_IN = "quint_in"
    QUINT_OUT = "quint_out"
    QUINT_IN_OUT = "quint_in_out"
    EXPO_IN = "expo_in"
    EXPO_OUT = "expo_out"
    EXPO_IN_OUT = "expo_in_out"
    CIRC_IN = "circ_in"
    CIRC_OUT = "circ_out"
    CIRC_IN_OUT = "circ_in_out"
    BACK_IN = "back_in"
    BACK_OUT = "back_out"
    BACK_IN_OUT = "back_in_out"
    HOLD = "hold"


@unique
class Speed(StrEnum):
    """How fast a movement feels; the wire's Speed in lower case."""

    SLOW = "slow"
    REGULAR = "regular"
    FAST = "fast"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bezier:
    """The curve from (0, 0) to (1, 1) with two handles, x for time (0..1) and y for progress, as in CSS."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Ramp:
    """Speeds at moments, (time 0..1, speed at least 0), later and later; only the ratios of the speeds count."""

    points: tuple[tuple[float, float], ...]


Pace = Easing | Bezier | Ramp
"""How progress runs over time, by name or drawn by hand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraMove:
    """A camera movement with its physical parameters.

    amplitude: at least 0, in `unit`; without a unit the renderer's own amplitude for the movement and speed is used.
    anchor: the place that the movement is about; None is the frame's centre. sway_rad: hand-like sway laid over it.
    start, end: when it is made, shares of the clip; None is the clip's own, or the middle for what is over in a moment.
    pace: drawn by hand, in place of the easing.
    """

    movement: Movement
    amplitude: float = 0.0
    unit: Unit | None = None
    easing: Easing = Easing.SMOOTH
    speed: Speed = Speed.REGULAR
    anchor: Point | None = None
    sway_rad: float = 0.0
    start: float | None = None
    end: float | None = None
    pace: Bezier | Ramp | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraPose:
    """Where the camera is, beside where the still was taken.

    Every number says how far the movement of its name has gone, in its own unit: truck, pedestal and crane in frame
    widths at the subject's distance, turns in radians, dolly and zoom as growth (0.25 is a quarter larger, -0.2 a fifth
    smaller). focus: the disparity in focus, 0 far to 1 near; None as at the keyframe before.
    """

    truck_right: float = 0.0
    pedestal_up: float = 0.0
    dolly_in: float = 0.0
    pan_right: float = 0.0
    tilt_up: float = 0.0
    roll_clockwise: float = 0.0
    arc_clockwise: float = 0.0
    crane_up: float = 0.0
    zoom_in: float = 0.0
    focus: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyframe:
    """Where the camera is at a time, 0..1 of the clip, and the pace from there to the next; None flows through."""

    time: float
    pose: CameraPose = CameraPose()
    pace: Pace | None = None
