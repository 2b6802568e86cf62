"""Where the camera of each movement is at each moment, written from the movements' definitions alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from evaluation.moving.world import View
from film.movement import Family, Movement, family

RANGES: Final[Mapping[Family, tuple[float, float]]] = {
    Family.PAN: (0.04, 0.13),
    Family.TILT: (0.03, 0.10),
    Family.ROLL: (0.03, 0.12),
    Family.ZOOM: (0.08, 0.30),
    Family.DOLLY: (0.08, 0.30),
    Family.TRUCK: (0.03, 0.09),
    Family.PEDESTAL: (0.025, 0.07),
    Family.CRANE: (0.05, 0.14),
    Family.ARC: (0.08, 0.24),
    Family.DOLLY_ZOOM: (0.15, 0.40),
    Family.HANDHELD: (0.005, 0.015),
    Family.WHIP_PAN: (0.14, 0.24),
    Family.CRASH_ZOOM: (0.30, 0.60),
    Family.RACK_FOCUS: (0.6, 1.0),
}
"""Least and greatest amplitude of each family, in its unit, from the renderer's slow to fast."""

SUDDEN: Final = frozenset({Family.WHIP_PAN, Family.CRASH_ZOOM})
BURST_S: Final = 0.35
SHOWN: Final = tuple(m for m in Movement if family(m) is not Family.TRACKING)
"""Every movement whose camera alone tells it; tracking differs from the camera's own path by its subject only."""

_MINUS: Final = frozenset(
    {
        Movement.PAN_LEFT,
        Movement.TILT_DOWN,
        Movement.ROLL_COUNTERCLOCKWISE,
        Movement.TRUCK_LEFT,
        Movement.PEDESTAL_UP,
        Movement.WHIP_PAN_LEFT,
        Movement.CRANE_UP,
        Movement.ARC_COUNTERCLOCKWISE,
    }
)
_OUT: Final = frozenset({Movement.ZOOM_OUT, Movement.DOLLY_OUT, Movement.DOLLY_ZOOM_OUT, Movement.CRASH_ZOOM_OUT})


def progress(t: float, easing: str) -> float:
    """How far along a movement is at time t, both 0 to 1."""
    if easing == "linear":
        return t
    if easing == "sine":
        return 0.5 - 0.5 * math.cos(math.pi * t)
    return t * t * (3 - 2 * t)


def view_at(movement: Movement, amplitude: float, share: float, *, distance: float, focal: float) -> View:
    """The camera when a share 0 to 1 of the movement is done. distance: of the subject, in frame widths."""
    kind = family(movement)
    sign = -1.0 if movement in _MINUS else 1.0
    half = sign * amplitude * (share - 0.5)
    run = 1.0 - share if movement in _OUT else share
    grown = 1.0 + amplitude * run
    nearer = distance * (1.0 - 1.0 / grown)
    match kind:
        case Family.PAN | Family.WHIP_PAN:
            return View(pan=half, focal=focal)
        case Family.TILT:
            return View(tilt=half, focal=focal)
        case Family.ROLL:
            return View(roll=half, focal=focal)
        case Family.ZOOM | Family.CRASH_ZOOM:
            return View(focal=focal * grown)
        case Family.TRUCK:
            return View(x=half * distance, focal=focal)
        case Family.PEDESTAL:
            return View(y=half * distance, focal=focal)
        case Family.DOLLY:
            return View(z=nearer, focal=focal)
        case Family.DOLLY_ZOOM:
            return View(z=nearer, focal=focal / grown)
        case Family.ARC:
            # Clockwise from above: to its own left, with the eye kept on the subject by a turn to the right.
            return View(x=-distance * math.sin(half), z=distance * (1 - math.cos(half)), pan=half, focal=focal)
        case Family.CRANE:
            # Down is positive in y; going up it looks down.
            return View(y=distance * math.sin(half), z=distance * (1 - math.cos(half)), tilt=half, focal=focal)
        case _:
            return View(focal=focal)


def hand(count: int, rate: float, strength: float, *, distance: float, focal: float, seed: int) -> list[View]:
    """A hand's sway, which ends where it began: noise with a third of a second's memory, no sum of sines as ours."""
    source = np.random.default_rng(seed)
    slow, quick = 0.3 * rate, 0.1 * rate
    reach = round(4 * slow)
    white = source.standard_normal((5, count + 2 * reach))
    ticks = np.arange(-reach, reach + 1)
    kernel = np.exp(-0.5 * (ticks / slow) ** 2) + 0.5 * np.exp(-0.5 * (ticks / quick) ** 2)
    paths = np.stack([np.convolve(row, kernel, mode="valid") for row in white])
    way = np.linspace(0.0, 1.0, count)
    paths = paths - paths[:, :1] - (paths[:, -1:] - paths[:, :1]) * way
    paths = paths - paths.mean(axis=1, keepdims=True)
    paths *= strength / np.sqrt((paths**2).mean(axis=1, keepdims=True) + 1e-12)
    return [
        View(
            pan=float(p), tilt=float(q), roll=0.4 * float(r), x=0.35 * distance * float(x),
            y=0.35 * distance * float(y),
            focal=focal,
        )
        for p, q, r, x, y in paths.T
    ]  # fmt: skip
