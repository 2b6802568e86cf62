"""Areas by material: sky from the top border down, the rest by the strongest evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.core.analysis import Horizon, HorizonKind, Region, RegionKind
from analyzer.core.arrays import Labels, Places, Plane
from analyzer.core.components import components, labelled
from analyzer.core.evidence import ramp, share_of
from analyzer.core.fire import fire_and_smoke
from analyzer.core.frame import Frame
from analyzer.core.glance import Chances
from analyzer.core.materials import Cells, cells_of, cloudy_places, evidence_by_kind, setting_of, sky_evidence
from analyzer.core.quantiles import quantiles
from analyzer.core.segments import Segments
from analyzer.core.sharpened import sharpened
from film.geometry import Box, Point

_LEAST_SHARE: Final = 0.02
_LEAST_EVIDENCE: Final = 0.35
_MOST: Final = 16
_MUCH_DARKER: Final = 14.0
"""Fall of L from the top of the sky downwards that sky does not show: it is darkest at the zenith."""
_CLEAR_PERCENT: Final = 25
_LIGHTER: Final = 5.0
"""How much lighter than the top of the sky, in L, a cloud is."""
_CLOUDS: Final = 0.5
"""Evidence for the open air from which on pale rough sky is called cloud."""
_MODEL: Final = 0.8
"""How far the trained eye is believed about the open air; the rest is told from the areas found."""
_EYE: Final = 0.8
"""How much the eye's chance of a material counts beside the evidence of colour, texture and place."""
_CLOUDY: Final = 0.4
"""Chance of cloud from which on sky is called cloud."""
_LEAST_WIDTH: Final = 0.2
"""Share of the width along which sky must lie at the top border."""


@dataclass(frozen=True, slots=True, eq=False)
class Materials:
    """What the frame is made of.

    regions: largest first. labels: (h, w) uint8 on the grid, index into regions plus 1. sky: (h, w) float32 0..1.
    outdoors: evidence 0..1 for the open air. shares: share of the frame by kind, cloud counted with the sky.
    """

    regions: tuple[Region, ...]
    labels: Labels
    sky: Plane
    outdoors: float
    shares: Mapping[RegionKind, float]

    def share(self, kind: RegionKind) -> float:
        """Share of the frame that regions of this kind cover, counted as far as they are trusted."""
        return self.shares.get(kind, 0.0)


def find_regions(
    frame: Frame,
    segments: Segments,
    horizon: Horizon | None,
    *,
    person: float,
    chances: Chances | None = None,
    surfaces: Mapping[RegionKind, Plane] | None = None,
    given: Mapping[RegionKind, Plane] | None = None,
) -> Materials:
    """Regions with their evidence. person: share of the frame that a face with its body takes, 0 for none.

    A portrait's plain background is no sky unless other signs of the open air say so. chances: what the eye
    thinks of the still as a whole; without it the open air is told from horizon, blue and green alone. surfaces: the
    trained eye's chances, (G, G) float32 0..1; they count for more than the colours of a place. given: a trained
    model's probabilities, (h, w) float32 0..1 of any size; they take the place of the evidence for what they know.
    """
    cells = cells_of(frame, segments, horizon)
    line_quality = 0.0 if horizon is None else horizon.quality
    setting = setting_of(cells, horizon, person=person, chances=chances)
    outdoors = setting.outdoors
    portrait = np.float32(1.0 - 0.7 * ramp(person, 0.05, 0.2))
    lined = frame.lined > 25.0
    # The second look knows from the first that there is sky, and so takes clouds and haze for it too.
    for _ in range(2):
        sky = _from_top(sky_evidence(cells, outdoors=outdoors, horizon_quality=line_quality), cells, lined) * portrait
        sky_share = share_of(sky > _LEAST_EVIDENCE)
        before, outdoors = outdoors, max(outdoors, ramp(sky_share, 0.0, 0.25) * float(sky.max()))
        if outdoors == before:
            break
    setting = replace(setting, outdoors=outdoors)
    sky = sky * np.float32(setting.real * setting.open)
    burning = fire_and_smoke(cells, setting)
    # Flames have straight rims and warm colours enough for other kinds; what burns is claimed by little and for sure.
    left = np.float32(1.0) - burning[RegionKind.FIRE]
    others = evidence_by_kind(cells, setting, sky=sky, horizon_quality=line_quality)
    kinds = {
        **{kind: evidence * left for kind, evidence in others.items()},
        **burning,
        RegionKind.SKY: sky * left,
        RegionKind.CLOUD: np.zeros_like(sky),
    }
    if surfaces is None:
        cloudy = cloudy_places(cells, sky)
    else:
        drawn = sharpened(surfaces, frame)
        kinds = _with_surfaces(kinds, drawn, left)
        sky = kinds[RegionKind.SKY]
        cloudy = cloudy_places(cells, sky) & (drawn[RegionKind.CLOUD] > _CLOUDY)
    if given is not None:
        kinds = _with_given(kinds, given, frame.grid)
        sky = kinds[RegionKind.SKY]
    regions, labels = _parted(kinds, cloudy & (setting.outdoors > _CLOUDS))
    shares: dict[RegionKind, float] = {}
    for region in regions:
        # Cloud is part of the sky for whoever asks for it here.
        kind = RegionKind.SKY if region.kind is RegionKind.CLOUD else region.kind
        shares[kind] = shares.get(kind, 0.0) + region.share * min(1.0, 1.5 * region.quality)
    seen = _outdoors(outdoors, shares)
    known = seen if chances is None else (1 - _MODEL) * seen + _MODEL * chances.outdoor
    return Materials(regions, labels, sky, known, shares)


def _with_surfaces(
    kinds: Mapping[RegionKind, Plane], seen: Mapping[RegionKind, Plane], left: Plane
) -> dict[RegionKind, Plane]:
    """The evidence with what the eye sees of the materials it knows.

    Evidence for others counts as far as the eye leaves a place open. left: (h, w) 0..1, what fire does not take.
    """
    known = {kind: plane for kind, plane in seen.items() if kind is not RegionKind.CLOUD}
    free = np.float32(1) - np.maximum.reduce(list(known.values()))
    return {
        kind: (np.float32(_EYE) * known[kind] * left + np.float32(1 - _EYE) * evidence)
        if kind in known
        else evidence
        if kind in (RegionKind.FIRE, RegionKind.SMOKE)
        else evidence * free
        for kind, evidence in kinds.items()
    }


def _with_given(
    kinds: Mapping[RegionKind, Plane], given: Mapping[RegionKind, Plane], grid: tuple[int, int]
) -> dict[RegionKind, Plane]:
    """The model's materials; the evidence for others counts as far as the model leaves a place open."""
    sized = {
        kind: np.asarray(cv2.resize(plane, grid, interpolation=cv2.INTER_AREA), np.float32)
        for kind, plane in given.items()
    }
    left = np.clip(np.float32(1) - np.sum(list(sized.values()), axis=0, dtype=np.float32), 0.0, 1.0)
    return {kind: sized.get(kind, evidence * left) for kind, evidence in kinds.items()} | sized


def with_kind(horizon: Horizon | None, materials: Materials) -> Horizon | None:
    """The horizon with what lies below it told by the regions there."""
    if horizon is None:
        return None
    height = materials.labels.shape[0]
    row = int(np.clip(round(horizon.y * height), 1, height - 2))
    below = materials.labels[row + 1 : row + 6]
    found = {
        kind: sum(share_of(below == at) for at, one in enumerate(materials.regions, 1) if one.kind is kind)
        for kind in (RegionKind.WATER, RegionKind.VEGETATION, RegionKind.GROUND, RegionKind.SAND, RegionKind.SNOW)
    }
    skyline = sum(
        share_of(below == at)
        for at, one in enumerate(materials.regions, 1)
        if one.kind in (RegionKind.MAN_MADE, RegionKind.ROCK)
    )
    water = found.pop(RegionKind.WATER)
    land = sum(found.values())
    kind = HorizonKind.UNSPECIFIED
    if max(water, land, skyline) >= 0.3:
        kind = (
            HorizonKind.WATER
            if water >= max(land, skyline)
            else HorizonKind.LAND
            if land >= skyline
            else HorizonKind.SKYLINE
        )
    return replace(horizon, kind=kind)


def _from_top(evidence: Plane, cells: Cells, lined: Places) -> Plane:
    """The evidence where it hangs together with the top border, not across edges; 0 elsewhere.

    Sky that lies against the border in one narrow place is more likely a curtain or a window. By day sky does not turn
    much darker downwards: what does is a far mountain.
    """
    open_cells = (evidence > 0.3) & ~lined
    top = cells.lightness[: max(2, len(evidence) // 8)]
    # The darker part of the top is the clear sky where clouds lie beside it.
    clear, middle = quantiles(top, _CLEAR_PERCENT, 50)
    dark = cells.lightness < clear - _MUCH_DARKER
    likely = (open_cells & ~dark).astype(np.uint8)
    likely = cv2.morphologyEx(likely, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8, copy=False)
    count, labels = labelled(likely, connectivity=4)
    wide = np.bincount(labels[:2].ravel(), minlength=count) >= 2 * _LEAST_WIDTH * labels.shape[1]
    wide[0] = False
    hanging = wide[labels].view(np.uint8)
    hanging = np.maximum(hanging, _clouds(evidence, cells.lightness > middle + _LIGHTER, hanging))
    # Edges inside, of clouds and birds, are sky again, and so are holes such as the sun.
    closed = cv2.morphologyEx(hanging, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    filled = np.where(hanging > 0, evidence, np.where(closed > 0, np.float32(0.5), np.float32(0.0)))
    return np.asarray(filled, np.float32)


def _clouds(evidence: Plane, lighter: Places, hanging: Labels) -> Labels:
    """What is lighter than the sky that was found, has a sky's colour and touches it: clouds, whose rims are edges."""
    candidates = ((evidence > 0.3) & lighter).astype(np.uint8)
    count, labels = labelled(candidates, connectivity=8)
    touched = np.bincount(labels[cv2.dilate(hanging, np.ones((5, 5), np.uint8)) > 0], minlength=count) > 0
    touched[0] = False
    return np.asarray(touched[labels].view(np.uint8), np.uint8)


def _parted(kinds: Mapping[RegionKind, Plane], cloudy: Places) -> tuple[tuple[Region, ...], Labels]:
    """Every cell to its strongest kind, connected areas of at least 2 % of the frame; cloudy sky is cloud."""
    # Blurring never raises evidence: what is weak everywhere stays out. Cloud is cut from the sky.
    names = [name for name, plane in kinds.items() if float(plane.max()) >= _LEAST_EVIDENCE]
    names = [*names, RegionKind.CLOUD] if RegionKind.CLOUD not in names else names
    strongest, strength = _strongest([np.asarray(cv2.GaussianBlur(kinds[name], (0, 0), 1.5)) for name in names])
    strongest[strength < _LEAST_EVIDENCE] = -1
    if RegionKind.SKY in names:
        strongest[(strongest == names.index(RegionKind.SKY)) & cloudy] = names.index(RegionKind.CLOUD)
    found: list[tuple[Region, Plane]] = []
    for index, name in enumerate(names):
        place = strongest == index
        # Opening only takes away.
        if np.count_nonzero(place) < _LEAST_SHARE * place.size:
            continue
        mask = cv2.morphologyEx(place.view(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        count, labels, stats, centres = components(mask, connectivity=8)
        for at in range(1, count):
            share = float(stats[at, cv2.CC_STAT_AREA]) / mask.size
            if share >= _LEAST_SHARE:
                member = labels == at
                found.append(
                    (
                        _region(
                            name,
                            share,
                            stats[at],
                            centres[at],
                            float(strength[member].mean()),
                            (mask.shape[0], mask.shape[1]),
                        ),
                        member,
                    )
                )
    found.sort(key=lambda one: (-one[0].share, one[0].kind, one[0].box.left, one[0].box.top))
    labels_out = np.zeros(strongest.shape, np.uint8)
    for at, (_, member) in enumerate(found[:_MOST], 1):
        labels_out[member] = at
    return tuple(region for region, _ in found[:_MOST]), labels_out


def _strongest(planes: Sequence[Plane]) -> tuple[NDArray[np.int8], Plane]:
    """By place the first plane with the largest value, and that value; in a third of the time of argmax over all."""
    most = planes[0]
    which = np.zeros(most.shape, np.int8)
    for at, plane in enumerate(planes[1:], 1):
        np.copyto(which, np.int8(at), where=plane > most)
        most = np.maximum(most, plane)
    return which, most


def _region(
    name: RegionKind, share: float, stats: Plane, centre: Plane, strength: float, shape: tuple[int, int]
) -> Region:
    height, width = shape
    left, top, wide, high = (float(stats[index]) for index in range(4))
    return Region(
        kind=name,
        share=round(share, 6),
        box=Box.from_pixels(left, top, wide, high, of=(width, height)),
        centre=Point((float(centre[0]) + 0.5) / width, (float(centre[1]) + 0.5) / height),
        quality=round(min(1.0, strength), 6),
    )


def _outdoors(first: float, shares: Mapping[RegionKind, float]) -> float:
    nature = sum(shares.get(kind, 0.0) for kind in (RegionKind.SKY, RegionKind.VEGETATION, RegionKind.WATER))
    built = shares.get(RegionKind.MAN_MADE, 0.0)
    return float(
        min(1.0, max(0.0, 0.5 * first + 0.9 * ramp(nature, 0.03, 0.4) * 0.5 + 0.1 * first)) * (1.0 - 0.3 * built)
    )
