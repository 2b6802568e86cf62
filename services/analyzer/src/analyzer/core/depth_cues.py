"""The cues that depth is told from, each behind its own gate; planes on the grid of cells, disparity 0..1, 1 nearest.

A cue returns the map with its own part mixed in and the evidence it adds, or the map as it was. Signs that depend on
the scene (haze, defocus) count only where the scene shows which sign holds.
"""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import DepthCue, Horizon, RegionKind, Subject, VanishingPoint
from analyzer.core.arrays import Mask, Plane
from analyzer.core.evidence import either, ramp
from analyzer.core.focus import Sharpness
from analyzer.core.frame import Frame
from analyzer.core.patches import joined, patches_of
from analyzer.core.quantiles import median, quantile
from analyzer.core.regions import Materials
from analyzer.core.segments import Segments
from analyzer.core.standing import at_foot, before_the_top
from analyzer.core.vanishing import points_at

_DEFOCUS_GATE: Final = 0.35
_HAZE_GATE: Final = 0.3
_PERSPECTIVE_GATE: Final = 0.2
_DRAWN: Final = 0.5
_EYE: Final = 0.45
"""Height of eye level in the frame when neither a horizon nor a vanishing point tells it."""
_SHADING: Final = 4.0
"""Difference in Lab below which neighbouring patches surely are one thing."""
_CROSSED: Final = 0.3
"""Share of the edges crossed since the top of the frame in the map, against that of the feet."""
_NEAR_LEVEL_DEG: Final = 7.0
_ANY_SKY: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Clues:
    """What earlier stages found out and depth is told from. haze: what `haze_of` gives."""

    information: float
    horizon: Horizon | None
    vanishing: VanishingPoint | None
    materials: Materials
    sharpness: Sharpness
    subjects: tuple[Subject, ...]
    marks: Mask
    haze: tuple[float, Plane] | None
    segments: Segments | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the cues so far say.

    plane: (h, w) disparity. sure: 0..1, how far the order in it can be trusted. walls, ceiling: 0..1, how far planes
    that run into the depth enclose the view.
    """

    plane: Plane
    cues: tuple[DepthCue, ...]
    sure: float
    walls: float = 0.0
    ceiling: float = 0.0

    def mixed(self, plane: Plane, share: Plane | float, cue: DepthCue, adds: float) -> "Told":
        """With a share of another map, and its evidence joined."""
        mixed = np.asarray(self.plane * (1.0 - share) + plane * share)
        return replace(self, plane=mixed, cues=(*self.cues, cue), sure=either(self.sure, adds))


def from_the_ground(frame: Frame, clues: Clues) -> Told:
    """Height in the frame or below the horizon, for things that of their foot; and what shows before the far top."""
    width, height = frame.grid
    y = np.repeat(((np.arange(height) + 0.5) / height)[:, None], width, axis=1)
    known = 0.0 if clues.horizon is None else ramp(clues.horizon.quality, 0.1, 0.5)
    eye = _EYE
    ground = y
    if clues.horizon is not None and known > 0:
        x = (np.arange(width) + 0.5) / width - 0.5
        slope = float(np.tan(np.radians(clues.horizon.tilt_deg))) * frame.width / frame.height
        line = np.clip(clues.horizon.y + slope * x, 0.02, 0.9)[None]
        ground = known * np.clip((y - line) / (1.0 - line), 0.0, 1.0) + (1.0 - known) * y
        eye = known * clues.horizon.y + (1.0 - known) * eye
    elif clues.vanishing is not None and 0.1 <= clues.vanishing.point.y <= 0.8:
        share = ramp(clues.vanishing.quality, _PERSPECTIVE_GATE, 0.6)
        eye = share * clues.vanishing.point.y + (1.0 - share) * eye
    patches = joined(patches_of(frame), _SHADING)
    plane = (1.0 - _CROSSED) * at_foot(patches, ground, eye=eye) + _CROSSED * before_the_top(patches)
    cues = (DepthCue.GROUND_PLANE, DepthCue.VERTICAL_POSITION) if known > 0 else (DepthCue.VERTICAL_POSITION,)
    quality = 0.0 if clues.horizon is None else clues.horizon.quality
    return Told(plane, cues, 0.4 + 0.4 * quality)


def with_perspective(frame: Frame, clues: Clues, told: Told) -> Told:
    """Walls, facades and a ceiling that run towards a vanishing point: the nearer to it, the further away.

    On each such plane disparity grows in proportion to the distance from the point, across for walls and upwards for a
    ceiling. A side counts as far as lines on it run to the point, so a road in the open adds none.
    """
    point = clues.vanishing
    if point is None or clues.segments is None or point.quality < _PERSPECTIVE_GATE or not point.point.in_frame:
        return told
    width, height = frame.grid
    place = (point.point.x * frame.width, point.point.y * frame.height)
    aimed = points_at(clues.segments, place) & (clues.segments.steep > _NEAR_LEVEL_DEG)
    running = clues.segments.where(aimed)
    across = _to_border(running.middle[:, 0] / frame.width, point.point.x)
    down = _to_border(running.middle[:, 1] / frame.height, point.point.y)
    share = running.length / frame.diagonal
    beside = np.abs(across) > np.abs(down)
    left, right, above = (
        ramp(float(share[side].sum()), 0.08, 0.4)
        for side in (beside & (across < 0), beside & (across > 0), ~beside & (down < 0))
    )
    if clues.materials.share(RegionKind.SKY) < _ANY_SKY:
        # Between two walls and under no sky there is a ceiling.
        above = max(above, min(left, right))
    x = _to_border((np.arange(width) + 0.5) / width, point.point.x)[None]
    y = _to_border((np.arange(height) + 0.5) / height, point.point.y)[:, None]
    tunnel = np.maximum(np.maximum(-left * x, right * x), np.maximum(-above * y, y))
    trust = ramp(point.quality, _PERSPECTIVE_GATE, 0.6)
    walls = max(left, right, above) * trust
    if walls <= 0:
        return told
    mixed = told.mixed(np.clip(tunnel, 0.0, 1.0), 0.9 * walls, DepthCue.PERSPECTIVE, 0.5 * walls)
    return replace(mixed, walls=walls, ceiling=above * trust)


def with_sky(clues: Clues, told: Told) -> Told:
    """Sky is the furthest; a ceiling that looks like it is none."""
    sky = np.clip(clues.materials.sky * 1.5, 0.0, 1.0) * (1.0 - told.ceiling)
    return replace(told, plane=np.asarray(told.plane * (1.0 - sky)))


def _to_border(place: Plane, origin: float) -> Plane:
    """Signed distance from the origin, 1 at the border of the frame on either side."""
    way = place - origin
    found: Plane = np.clip(np.where(way < 0, way / max(origin, 0.1), way / max(1.0 - origin, 0.1)), -1.0, 1.0)
    return found


def with_haze(clues: Clues, told: Told) -> Told:
    """Haze lightens the darkest channel with distance (He, Sun and Tang 2009); only outdoors, off the sky."""
    haze = clues.haze
    if haze is None or haze[0] < _HAZE_GATE:
        return told
    strength, dark = haze
    near = 1.0 - np.clip(dark / max(quantile(dark, 95), 0.05), 0.0, 1.0)
    return told.mixed(near, 0.3 * strength, DepthCue.HAZE, 0.15 * strength)


def haze_of(frame: Frame, materials: Materials) -> tuple[float, Plane] | None:
    """Evidence for haze 0..1 and the dark channel by cell, (h, w) float32 0..1; None indoors or when unknown.

    Haze lifts the dark channel of what is far, thus of the land next to the sky, above that of the foreground.
    """
    if materials.outdoors < 0.5 or materials.share(RegionKind.SKY) < 0.05:
        return None
    dark = frame.dark
    land = materials.sky < 0.3
    height = land.shape[0]
    first = np.where(land.any(axis=0), land.argmax(axis=0), height)
    rows = np.arange(height)[:, None]
    far = land & (rows >= first + 2) & (rows < first + 2 + max(3, height // 8))
    near = land & (rows >= first + max(6, height // 3))
    if np.count_nonzero(far) < 20 or np.count_nonzero(near) < 20:
        return None
    lifted = median(dark[far]) - median(dark[near])
    return ramp(lifted, 0.05, 0.4) * ramp(float(frame.texture[far].mean()), 14.0, 5.0), dark


def with_focus(clues: Clues, told: Told) -> Told:
    """With a shallow focus the sharp part is the subject, and the subject is near."""
    shallow = clues.sharpness.shallowness
    if shallow < _DEFOCUS_GATE:
        return told
    return told.mixed(clues.sharpness.share, 0.65 * shallow, DepthCue.DEFOCUS, 0.4 * shallow)


def with_subjects(frame: Frame, clues: Clues, told: Told) -> Told:
    """A subject stands where its lowest part touches the ground: all of it is drawn half way to that disparity.

    It counts as far as its outline lies on edges of the still; light on a hillside is salient too and stands nowhere.
    Only half way, since what draws the eye may as well be far: the end of a corridor, a picture on a wall.
    """
    # What stands out between walls that run into the depth is mostly their end.
    drawn = _DRAWN * (1.0 - told.walls)
    base = told.plane
    lifted, best = base.copy(), 0.0
    edged = (frame.lined > 12.0).astype(np.uint8)
    lined = cv2.dilate(edged, np.ones((3, 3), np.uint8))
    for at, subject in enumerate(clues.subjects, 1):
        member = (clues.marks == at).astype(np.uint8)
        outline = cv2.morphologyEx(member, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
        if subject.box.area > 0.9 or np.count_nonzero(outline) < 8:
            continue
        strength = drawn * min(1.0, 3.0 * subject.prominence) * ramp(float(lined[outline].mean()), 0.4, 0.75)
        inside = member > 0
        foot = quantile(base[inside], 85)
        lifted[inside] = np.maximum(lifted[inside], base[inside] * (1 - strength) + foot * strength)
        best = max(best, strength)
    if best < 0.05:
        return told
    return told.mixed(lifted, 1.0, DepthCue.SALIENT_FOREGROUND, 0.3 * best)
