"""How a still is taken apart: outlines that earn it, snapped to the edges of the picture, holes filled behind them."""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from generator.core.render.canvas import Canvas
from generator.core.render.fill import Hole, push_pull
from generator.core.render.layers import Layers, Near, cut_out, single
from generator.core.render.layers_outline import SURE, Outline, find_outlines
from generator.core.render.layers_snap import snapped
from generator.core.render.raster import (
    Map,
    Plane,
    as_map,
    as_plane,
    narrower,
    over_half,
    sized,
    sized_map,
    soft,
    wider,
)
from generator.core.render.relief import Surface, gentle, trusted
from generator.core.render.side_by_side import ALONE, Hands

MOST: Final = 2
"""Layers before the ground."""

_SEARCH_PX: Final = 352
"""Width at which outlines are looked for: a canvas of 1408 px, four to one."""

_LEAST_PARALLAX_PX: Final = 2.0
"""Where near and far part by less on the canvas, nobody sees that they are one surface."""

_SURE: Final = 0.15
"""Trust in an outline from which what is behind is made up there."""

_RIM_WIDTHS: Final = 1 / 500
"""The hole is wider than the thing by this, in frame widths, because a thing's colour bleeds over its outline."""

_LEAST_RIM_PX: Final = 2

_BAND_PX: Final = 4.0
"""What is textured is wider than what can be uncovered by this."""

_CORE_WIDTHS: Final = 1 / 50
"""Depth maps are soft: within this of an outline, in frame widths, depth is carried on from farther in."""

_ALPHA_SIGMA_PX: Final = 1.0
"""Softness of an outline: that of a lens."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Part:
    """An outline on the canvas. mask: (H, W) uint8, 0 or 255. trust, presence: over the surface's cells."""

    mask: Plane
    trust: Map
    presence: Map
    level: float


def build_layers(canvas: Canvas, surface: Surface, disparity: Map, *, travel: float, hands: Hands = ALONE) -> Layers:
    """The layers of a still for a camera that travels so far, one where nothing earns a second.

    surface: all of the still as one; its cells are those of all layers. disparity: (H/2, W/2) float32 over the canvas,
    0 far to 1 near. travel: the camera's largest distance from the still's own place, in frame widths at inverse depth
    1. hands: who works on it.
    """
    whole = gentle(surface, travel, canvas_px=_size(canvas), scale=canvas.scale)
    ends = np.array([disparity.min(), disparity.max()], np.float32)
    spread = float(np.ptp(trusted(ends, subject_w=surface.subject_w, strength=surface.strength)))
    if travel * spread * canvas.scale < _LEAST_PARALLAX_PX:
        return single(canvas, whole)
    coarse = sized_map(disparity, _search_size(canvas))
    colours = _colours(canvas, coarse.shape, hands)
    outlines = find_outlines(coarse, colours, quality=surface.trust, most=MOST, hands=hands)
    if not outlines:
        return single(canvas, whole)
    parts = _nested([_part(canvas, disparity, outline, surface, hands) for outline in outlines])
    if not parts:
        return single(canvas, whole)
    w = trusted(disparity, subject_w=surface.subject_w, strength=surface.strength)
    cells = sized_map(w, (surface.w.shape[1], surface.w.shape[0]))
    inside = [over_half(part.mask, (cells.shape[1], cells.shape[0])) for part in parts]
    depths = _depths(parts, inside, cells, whole, canvas, travel)
    gaps = [_gap(within, *depths[index : index + 2]) for index, within in enumerate(inside)]
    return _filled(canvas, parts, depths, [travel * gap * canvas.scale + _BAND_PX for gap in gaps], hands)


def _search_size(canvas: Canvas) -> tuple[int, int]:
    """(width, height) of the map on which outlines are looked for."""
    width, height = _size(canvas)
    factor = min(1.0, _SEARCH_PX / canvas.scale * 1.1)
    return max(8, round(width * factor)), max(8, round(height * factor))


def _size(canvas: Canvas) -> tuple[int, int]:
    height, width = canvas.y.shape
    return width, height


def _colours(canvas: Canvas, shape: tuple[int, ...], hands: Hands) -> Plane:
    size = (shape[1], shape[0])
    y, (u, v) = hands.together(
        lambda: sized(canvas.y, size), lambda: [sized(plane, size) for plane in (canvas.u, canvas.v)]
    )
    return as_plane(cv2.merge([y, u, v]))


def _part(canvas: Canvas, disparity: Map, outline: Outline, surface: Surface, hands: Hands) -> _Part:
    size = (surface.w.shape[1], surface.w.shape[0])
    return _Part(
        mask=snapped(canvas, disparity, outline.near, tips=surface.trust < SURE[1], hands=hands),
        trust=sized_map(outline.trust, size),
        presence=sized_map(outline.presence, size),
        level=outline.level,
    )


def _nested(parts: list[_Part]) -> list[_Part]:
    """The farthest part first, each holding the next ones."""
    parts = sorted(parts, key=lambda part: part.level)
    for index in range(len(parts) - 1, 0, -1):
        cv2.bitwise_or(parts[index - 1].mask, parts[index].mask, dst=parts[index - 1].mask)
    return [part for part in parts if part.mask.any() and not part.mask.all()]


def _depths(
    parts: list[_Part], inside: list[Plane], cells: Map, whole: Surface, canvas: Canvas, travel: float
) -> list[Map]:
    """The inverse depth of the ground and of each part, over the surface's cells. inside: 1 in each part, over them."""
    reach = max(1, round(_CORE_WIDTHS * canvas.scale * cells.shape[1] / canvas.y.shape[1]))
    inside = [np.ones(cells.shape, np.uint8), *inside]
    depths = []
    for index, within in enumerate(inside):
        own = within
        if index < len(parts):
            own = own & (np.uint8(1) - inside[index + 1])
        carried = soft(push_pull(cells, as_map(_core(own, reach))), 1.0)
        trust = _trust(parts[max(0, index - 1) : index + 1])
        depth = whole.w + trust * (carried - whole.w)
        shaped = replace(whole, w=depth)
        depths.append(gentle(shaped, travel, canvas_px=_size(canvas), scale=canvas.scale).w)
    return depths


def _trust(parts: list[_Part]) -> Map:
    """How far the depth of the layer between these outlines is its own: as each outline says near it."""
    weights = np.stack([part.presence for part in parts])
    values = np.stack([part.trust for part in parts])
    return as_map((values * weights).sum(axis=0) / weights.sum(axis=0))


def _core(own: Plane, reach: int) -> Plane:
    """The inner part of an area; where it is too thin for one, all of it."""
    core = narrower(own, reach)
    return core | (own & (np.uint8(1) - wider(core, 2 * reach)))


def _filled(canvas: Canvas, parts: list[_Part], depths: list[Map], uncovered_px: list[float], hands: Hands) -> Layers:
    """The layers' planes: each without what stands before it, the ground whole.

    uncovered_px: how far behind each part's outline a camera can see.
    """
    ground, made, near, share = canvas, None, [], 0.0
    for index, part in enumerate(parts):
        behind, hole, band = _behind(canvas, part, uncovered_px[index], hands)
        share += band
        if index == 0:
            ground, made = behind, hole
        else:
            near.append(cut_out(behind, _alpha(parts[index - 1].mask), depths[index], made=hole))
    near.append(cut_out(canvas, _alpha(parts[-1].mask), depths[-1]))
    found: tuple[Near, ...] = tuple(one for one in near if one is not None)
    return Layers(ground=ground, w=depths[0], near=found, made=made, hole=share)


def _gap(inside: Plane, behind: Map, before: Map) -> float:
    """How far apart two layers are beside the outline that parts them, in inverse depth."""
    rim = wider(inside, 1) != narrower(inside, 1)
    return float(np.abs(before - behind)[rim].max(initial=0.0))


def _behind(canvas: Canvas, part: _Part, uncovered_px: float, hands: Hands) -> tuple[Canvas, Plane, float]:
    """The canvas without a part, where it was made up, and the share of it that was made up with texture."""
    rim = max(_LEAST_RIM_PX, round(_RIM_WIDTHS * canvas.scale))
    reach = int(np.ceil(uncovered_px)) + rim
    # Nothing farther from the part is made up, nor does it say what is.
    area = _box(part.mask, rim + reach)
    mask = part.mask[area]
    inner = wider(mask, rim)
    sure = cv2.resize(as_plane(part.trust > _SURE), _size(canvas), interpolation=cv2.INTER_NEAREST)[area]
    # Where an outline is not trusted nothing parts, so the thing itself stays there; deep inside it nobody looks, and
    # what stayed there would tinge what is made up around it.
    inner[(sure == 0) & (wider(~mask, reach) != 0)] = 0
    hole, band = np.zeros_like(part.mask), np.zeros_like(part.mask)
    hole[area] = inner
    band[area] = inner & wider(~inner, reach)
    half = (canvas.u.shape[1], canvas.u.shape[0])
    # A chroma sample that touches the hole is part of it.
    (y,), (u, v) = hands.together(
        lambda: _without(hole, band, canvas.y),
        lambda: _without(_halved(hole, half), _halved(band, half), canvas.u, canvas.v),
    )
    return replace(canvas, y=y, u=u, v=v), hole, float(np.count_nonzero(band) / band.size)


def _without(hole: Plane, band: Plane, *planes: Plane) -> list[Plane]:
    """Planes of one size, their hole filled."""
    whole = Hole(hole, band)
    return [whole.filled(plane) for plane in planes]


def _box(mask: Plane, margin: int) -> tuple[slice, slice]:
    """The rows and columns that hold a mask and what lies within a margin of it."""
    left, top, width, height = cv2.boundingRect(mask)
    return (
        slice(max(0, top - margin), min(mask.shape[0], top + height + margin)),
        slice(max(0, left - margin), min(mask.shape[1], left + width + margin)),
    )


def _halved(mask: Plane, size: tuple[int, int]) -> Plane:
    return as_plane(sized(mask, size) > np.uint8(0))


def _alpha(mask: Plane) -> Plane:
    # Not widened any more: a snapped mask holds the line between the two sides already.
    return as_plane(cv2.GaussianBlur(mask, (0, 0), _ALPHA_SIGMA_PX, borderType=cv2.BORDER_REPLICATE))
