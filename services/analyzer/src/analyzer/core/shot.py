"""Shot scale by the size of a face, camera angle by the horizon and upright lines."""

from typing import Final

import numpy as np

from analyzer.core.analysis import Face, Horizon, Lines, Measure, Shot, ShotAngle, ShotScale, absent, measured
from analyzer.core.evidence import either, ramp
from analyzer.core.segments import Segments

_SCALES: Final = (
    (0.5, ShotScale.EXTREME_CLOSE_UP),
    (0.25, ShotScale.CLOSE_UP),
    (0.13, ShotScale.MEDIUM_CLOSE_UP),
    (0.07, ShotScale.MEDIUM),
    (0.04, ShotScale.MEDIUM_LONG),
    (0.02, ShotScale.LONG),
    (0.0, ShotScale.EXTREME_LONG),
)
"""Least height of a face as a share of the frame: a rule of thumb. People agree on scales with a kappa of 0.64 only
(CineScale, Data in Brief 2021), so quality stays below that."""
_AGREEMENT: Final = 0.64


def tell_shot(*, faces: tuple[Face, ...], horizon: Horizon | None, lines: Lines, segments: Segments) -> Shot:
    """Scale, angle and tilt, each only where something supports it."""
    scale, scale_quality = ShotScale.UNSPECIFIED, 0.0
    if faces:
        height = faces[0].box.height
        scale = next(kind for least, kind in _SCALES if height >= least)
        scale_quality = _AGREEMENT * faces[0].quality
    angle, angle_quality = _angle(horizon, lines)
    return Shot(
        scale=scale,
        scale_quality=round(scale_quality, 6),
        angle=angle,
        angle_quality=round(angle_quality, 6),
        tilt_deg=_tilt(horizon, segments),
    )


def _angle(horizon: Horizon | None, lines: Lines) -> tuple[ShotAngle, float]:
    """A low horizon and uprights that meet above mean a camera that looks up; the reverse, one that looks down."""
    meet = lines.upright_convergence
    up = meet.quality * ramp(meet.or_else(0.0), 0.15, 0.6)
    down = meet.quality * ramp(-meet.or_else(0.0), 0.15, 0.6)
    level = 0.5 * meet.quality * ramp(abs(meet.or_else(1.0)), 0.15, 0.05)
    if horizon is not None:
        up = either(up, horizon.quality * ramp(horizon.y, 0.66, 0.85))
        down = either(down, horizon.quality * ramp(horizon.y, 0.34, 0.15))
        level = either(level, horizon.quality * ramp(abs(horizon.y - 0.5), 0.2, 0.08))
    signs = {ShotAngle.LOW: up, ShotAngle.HIGH: down, ShotAngle.EYE_LEVEL: level}
    best = max(signs, key=lambda kind: signs[kind])
    return (best, signs[best]) if signs[best] >= 0.15 else (ShotAngle.UNSPECIFIED, 0.0)


def _tilt(horizon: Horizon | None, segments: Segments) -> Measure:
    """From the horizon, or else from what most upright and level lines agree on."""
    if horizon is not None and horizon.quality >= 0.4:
        return measured(horizon.tilt_deg, horizon.quality)
    off = np.where(np.abs(segments.angle) <= 45, segments.angle, segments.angle - np.sign(segments.angle) * 90)
    near = np.abs(off) <= 12
    mass = float(segments.length[near].sum())
    if np.count_nonzero(near) < 8 or mass < 0.4 * float(segments.length.sum()):
        return absent("Nothing in the still shows what is level.")
    order = np.argsort(off[near], kind="stable")
    below = np.cumsum(segments.length[near][order]) / mass
    middle = float(off[near][order][int(np.searchsorted(below, 0.5))])
    spread = float((np.abs(off[near] - middle) * segments.length[near]).sum()) / mass
    return measured(middle, 0.6 * ramp(spread, 5.0, 1.0))
