"""What kind of scene it is, from what was measured: evidence for each kind, weighed against the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.core.analysis import (
    Confidence,
    Face,
    Horizon,
    Light,
    Lines,
    RegionKind,
    Scene,
    SceneKind,
    SceneScore,
    Subject,
    SubjectKind,
    TimeOfDay,
    measured,
)
from analyzer.core.evidence import either, ramp
from analyzer.core.focus import Sharpness
from analyzer.core.regions import Materials

_SHARPNESS: Final = 4.5
"""How strongly evidence parts the kinds: two kinds whose evidence differs by 0.5 differ 9 to 1."""
_LEAST: Final = 0.22
"""Evidence below which no kind is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What earlier stages found out."""

    information: float
    light: Light
    lines: Lines
    horizon: Horizon | None
    materials: Materials
    subjects: tuple[Subject, ...]
    faces: tuple[Face, ...]
    sharpness: Sharpness
    subject_size: float


def tell_scene(found: Findings) -> Scene:
    """The scene. Probabilities are a softmax of the evidence and sum to 1; the best is named only if it has enough."""
    evidence = _evidence(found)
    powers = {kind: float(np.exp(_SHARPNESS * value)) for kind, value in evidence.items()}
    total = sum(powers.values())
    scores = sorted(
        (SceneScore(kind=kind, probability=round(power / total, 6)) for kind, power in powers.items()),
        key=lambda one: (-one.probability, one.kind),
    )
    best = scores[0].kind
    # Evidence scales the probability: the best of several poor kinds is not a likely one.
    sure = scores[0].probability * ramp(evidence[best], 0.0, 0.5)
    named = evidence[best] >= _LEAST
    outdoor = _outdoor(found)
    time, quality = _time_of_day(found, outdoor)
    return Scene(
        kind=best if named else SceneKind.UNSPECIFIED,
        confidence=Confidence(round(sure if named else 0.0, 6)),
        scores=tuple(scores),
        outdoor=measured(outdoor, found.information * ramp(abs(outdoor - 0.4), 0.0, 0.4)),
        time_of_day=time,
        time_of_day_quality=round(quality, 6),
    )


def _outdoor(found: Findings) -> float:
    """Evidence for the open air less that for a room."""
    face = found.faces[0].box.area if found.faces else 0.0
    night_sky = found.light.night.or_else(0.0) * 0.6
    return float(either(found.materials.outdoors, night_sky) * (1.0 - 0.5 * ramp(face, 0.02, 0.1)))


def _evidence(found: Findings) -> Mapping[SceneKind, float]:
    share = found.materials.share
    outdoor, told = _outdoor(found), ramp(found.information, 0.0, 0.35)
    sky, green, water = share(RegionKind.SKY), share(RegionKind.VEGETATION), share(RegionKind.WATER)
    land = green + share(RegionKind.GROUND) + share(RegionKind.ROCK) + share(RegionKind.SNOW) + share(RegionKind.SAND)
    built = share(RegionKind.MAN_MADE)
    line = 0.0 if found.horizon is None else found.horizon.quality
    night = found.light.night.or_else(0.0)
    shallow = found.sharpness.shallowness
    face = found.faces[0] if found.faces else None
    person = 0.0 if face is None else face.quality * ramp(face.box.height, 0.05, 0.18)
    indoor = 1.0 - outdoor
    straight = ramp(found.lines.level_share.weight + found.lines.upright_share.weight, 0.15, 0.6)
    subject = found.subjects[0] if found.subjects else None
    filled = ramp(found.subject_size, 0.04, 0.2)
    thing = 0.0
    if subject is not None and subject.kind is not SubjectKind.PERSON:
        thing = filled * (0.4 + 0.6 * ramp(subject.prominence, 0.15, 0.5))
    day = 1.0 - night
    # Under white light a wall may as well stand in the street.
    lamps = 0.45 + 0.55 * ramp(found.light.warmth.or_else(0.0), 0.25, 0.6)
    scene = {
        SceneKind.LANDSCAPE: outdoor * max(ramp(sky + land, 0.2, 0.7), 0.8 * line) * (1 - 0.6 * ramp(built, 0.1, 0.4)),
        SceneKind.WATERSIDE: outdoor * ramp(water, 0.03, 0.2) * (0.4 + 0.6 * line),
        SceneKind.FOREST: outdoor * ramp(green, 0.35, 0.7) * ramp(sky, 0.25, 0.03) * (1 - line),
        SceneKind.CITY: outdoor * ramp(built, 0.08, 0.3) * (0.5 + 0.5 * straight) * day,
        SceneKind.INTERIOR: indoor * lamps * max(ramp(built, 0.08, 0.35), 0.5 * straight) * (1 - 0.7 * person),
        SceneKind.PORTRAIT: person,
        SceneKind.CLOSE_UP: shallow * (0.5 + 0.5 * thing) * (1 - 0.7 * line) * (1 - 0.7 * person),
        SceneKind.STILL_LIFE: indoor * thing * (1 - shallow * 0.4) * (1 - person) * (1 - 0.5 * straight),
        SceneKind.NIGHT: night,
        SceneKind.DOCUMENT: _document(found),
    }
    scene = {kind: min(1.0, max(0.0, value)) * told for kind, value in scene.items()}
    scene[SceneKind.ABSTRACT] = 1.0 - told
    return scene


def _document(found: Findings) -> float:
    """White or one colour nearly everywhere, hard fine marks, no depth, no sky."""
    page = ramp(found.light.key.or_else(0.0), 0.6, 0.9) * ramp(found.light.saturation.or_else(1.0), 0.12, 0.04)
    marks = ramp(found.lines.edge_density.or_else(0.0), 0.03, 0.08)
    return page * marks * (1.0 - found.materials.outdoors)


def _time_of_day(found: Findings, outdoor: float) -> tuple[TimeOfDay, float]:
    light = found.light
    night = light.night.or_else(0.0)
    blue_dusk = ramp(light.brightness.or_else(0.5), 0.45, 0.25) * ramp(light.warmth.or_else(0.0), 0.0, -0.4)
    signs = {
        TimeOfDay.NIGHT: night * (1 - 0.5 * blue_dusk * found.materials.share(RegionKind.SKY)),
        TimeOfDay.GOLDEN_HOUR: light.golden_hour.or_else(0.0),
        TimeOfDay.TWILIGHT: blue_dusk * outdoor * ramp(found.materials.share(RegionKind.SKY), 0.05, 0.3),
        TimeOfDay.DAY: outdoor * ramp(light.brightness.or_else(0.0), 0.3, 0.5) * (1 - light.golden_hour.or_else(0.0)),
    }
    best = max(signs, key=lambda kind: signs[kind])
    quality = signs[best] * ramp(found.information, 0.0, 0.4)
    return (best, quality) if quality >= 0.25 else (TimeOfDay.UNSPECIFIED, 0.0)
