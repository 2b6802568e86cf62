"""Shot scale by the size of a face or a person, camera angle by the horizon and upright lines."""

from typing import Final

from analyzer.core.analysis import (
    Face,
    Horizon,
    HorizonKind,
    Lines,
    PersonFind,
    Shot,
    ShotAngle,
    ShotScale,
    VanishingPoint,
)
from analyzer.core.evidence import either, ramp
from analyzer.core.segments import Segments
from analyzer.core.tilt import measure_tilt, upright_direction

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
_WHOLE_PERSON: Final = 0.45
"""Least height of a whole standing person as a share of the frame in a long shot; smaller ones stand in the place."""
_LEAST: Final = 0.2


def tell_shot(
    *,
    faces: tuple[Face, ...],
    horizon: Horizon | None,
    lines: Lines,
    segments: Segments,
    size: tuple[int, int],
    people: tuple[PersonFind, ...] = (),
    vanishing: VanishingPoint | None = None,
) -> Shot:
    """Scale, angle and tilt, each only where something supports it. size: width and height in pixels.

    A camera that looks straight down is not told: a table from above and a wall from the front look alike.
    """
    scale, scale_quality = _scale(faces, people)
    upright = upright_direction(segments, size)
    angle, angle_quality = _angle(horizon, lines, vanishing, trust=0.0 if upright is None else upright[1])
    return Shot(
        scale=scale,
        scale_quality=round(scale_quality, 6),
        angle=angle,
        angle_quality=round(angle_quality, 6),
        tilt_deg=measure_tilt(horizon, segments, size),
    )


def _scale(faces: tuple[Face, ...], people: tuple[PersonFind, ...]) -> tuple[ShotScale, float]:
    """By the largest face, or else by a standing person, who is whole or not found at all."""
    if faces:
        height = faces[0].box.height
        return next(kind for least, kind in _SCALES if height >= least), _AGREEMENT * faces[0].quality
    if people:
        whole = people[0].box.height >= _WHOLE_PERSON
        return ShotScale.LONG if whole else ShotScale.EXTREME_LONG, _AGREEMENT * people[0].quality
    return ShotScale.UNSPECIFIED, 0.0


def _angle(
    horizon: Horizon | None, lines: Lines, vanishing: VanishingPoint | None, *, trust: float
) -> tuple[ShotAngle, float]:
    """A low horizon and uprights that meet above mean a camera that looks up; the reverse, one that looks down.

    Lines that run into the depth meet at the height of the eye, so their vanishing point stands in for a horizon that
    is hidden. A skyline lies above the true horizon and says half as much. trust: how far upright lines follow a
    common rule, 0..1; blades of grass converge somewhere too.
    """
    meet = lines.upright_convergence
    sure = meet.quality * ramp(trust, 0.1, 0.5)
    up = sure * ramp(meet.or_else(0.0), 0.15, 0.6)
    down = sure * ramp(-meet.or_else(0.0), 0.15, 0.6)
    level = 0.6 * sure * ramp(abs(meet.or_else(1.0)), 0.15, 0.05)
    for height, trust in _eye_lines(horizon, vanishing):
        up = either(up, trust * ramp(height, 0.66, 0.85))
        down = either(down, trust * ramp(height, 0.34, 0.15))
        level = either(level, trust * ramp(abs(height - 0.5), 0.2, 0.08))
    signs = {ShotAngle.LOW: up, ShotAngle.HIGH: down, ShotAngle.EYE_LEVEL: level}
    best = max(signs, key=lambda kind: signs[kind])
    # What speaks for the opposite speaks against it.
    against = max(value for kind, value in signs.items() if kind is not best)
    told = signs[best] * (1.0 - 0.7 * against)
    return (best, told) if told >= _LEAST else (ShotAngle.UNSPECIFIED, 0.0)


def _eye_lines(horizon: Horizon | None, vanishing: VanishingPoint | None) -> list[tuple[float, float]]:
    """Heights at which the eye stands, as shares of the frame's height from the top, with trust 0..1."""
    found = []
    if horizon is not None:
        found.append((horizon.y, horizon.quality * (0.5 if horizon.kind is HorizonKind.SKYLINE else 1.0)))
    if vanishing is not None and 0.0 <= vanishing.point.y <= 1.0:
        found.append((vanishing.point.y, 0.7 * vanishing.quality * ramp(vanishing.uncertainty, 0.1, 0.03)))
    return found
