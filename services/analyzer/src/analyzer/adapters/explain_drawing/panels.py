"""The maps as small pictures: depth, saliency, the near layer, materials."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.adapters.explain_drawing import look
from analyzer.adapters.explain_drawing.canvas import Canvas, Rect
from analyzer.adapters.explain_drawing.lettering import shortened, width_of, wrapped
from analyzer.core.analysis import SceneAnalysis
from analyzer.core.arrays import Pixels, Plane

_SMALL: Final = 11.0
_KEY: Final = 104.0
_DIM: Final = 0.22
"""Brightness of what lies outside the near layer."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A small picture. picture: (h, w, 3) uint8 RGB of any size, None with the reason; key: colours of its two ends."""

    title: str
    picture: Pixels | None
    missing: str
    low: str = ""
    high: str = ""
    ramp: Callable[[Plane], Pixels] | None = None


def panels_of(still: Pixels, analysis: SceneAnalysis) -> Iterator[Panel]:
    """The four panels. still: (H, W, 3) uint8 RGB at about a panel's size."""
    maps = analysis.maps
    reason = analysis.depth.range.absent_because or "No depth was told."
    yield Panel(
        f"Depth, trust {analysis.depth.quality:.2f}" if maps.depth is not None else "Depth",
        None if maps.depth is None else _depth_colours(maps.depth),
        reason,
        low="far",
        high="near",
        ramp=_depth_colours,
    )
    # Where the still tells nothing, the map is chance, and its brightest place as well.
    weighed = maps.saliency is not None and maps.saliency_quality > 0
    yield Panel(
        "Draws the eye",
        _glow(still, maps.saliency) if maps.saliency is not None and weighed else None,
        "Nothing stands out from the rest.",
        low="little",
        high="much",
        ramp=_heat,
    )
    near = None if maps.foreground is None or not maps.foreground.any() else maps.foreground.astype(np.float32)
    share = analysis.depth.near_share.value
    yield Panel(
        "Near layer" if near is None or share is None else f"Near layer, {share * 100:.0f} %",
        None if near is None else _lit(still, near),
        reason if maps.depth is None else "No near layer has an outline that can be trusted.",
    )
    yield Panel("Materials", _materials(still, analysis), "No area shows what it is made of.")


def draw_panel(canvas: Canvas, panel: Panel, slot: Rect, *, unit: float, aspect: float) -> None:
    """Draws a panel into its slot, its title above it. aspect: width over height of the still."""
    size = _SMALL * unit
    title = shortened(panel.title, size, slot.width, bold=True)
    canvas.text((slot.left, slot.top - 7 * unit), title, look.TEXT, size, bold=True)
    if panel.picture is None:
        canvas.fill(slot, look.CARD)
        lines = wrapped(panel.missing, size, slot.width - 16 * unit)
        for at, line in enumerate(lines):
            y = slot.top + slot.height / 2 + (at - (len(lines) - 1) / 2) * 15 * unit + size / 3
            canvas.text((slot.left + slot.width / 2, y), line, look.QUIET, size, align="middle")
        return
    wide = min(slot.width, slot.height * aspect)
    high = wide / aspect
    place = Rect(slot.left + (slot.width - wide) / 2, slot.top + (slot.height - high) / 2, max(1, wide), max(1, high))
    if place.width < slot.width - 1 or place.height < slot.height - 1:
        canvas.fill(slot, look.CARD)
    canvas.part(place).show(panel.picture)
    if width_of(title, size, bold=True) + _KEY * unit < slot.width:
        _draw_key(canvas, panel, slot, unit)


def _draw_key(canvas: Canvas, panel: Panel, slot: Rect, unit: float) -> None:
    """The colours' meaning, right of the title: from the low end to the high one."""
    if panel.ramp is None:
        return
    size, right, base = 10 * unit, slot.right, slot.top - 7 * unit
    canvas.text((right, base), panel.high, look.QUIET, size, align="right")
    bar = Rect(right - 66 * unit, base - 7 * unit, 36 * unit, 7 * unit)
    steps = np.linspace(0, 1, max(2, round(bar.width)), dtype=np.float32)[None]
    canvas.part(Rect(round(bar.left), round(bar.top), round(bar.width), max(1, round(bar.height)))).show(
        panel.ramp(steps)
    )
    canvas.text((bar.left - 4 * unit, base), panel.low, look.QUIET, size, align="right")


def _depth_colours(values: Plane) -> Pixels:
    """Near is yellow, far is dark blue: evenly stepped, and told apart by the colour-blind (Nunez and others 2018)."""
    return _mapped(values, cv2.COLORMAP_CIVIDIS)


def _heat(values: Plane) -> Pixels:
    return _mapped(values, cv2.COLORMAP_INFERNO)


def _mapped(values: Plane, colours: int) -> Pixels:
    steps = np.round(np.clip(values, 0.0, 1.0) * 255).astype(np.uint8)
    return np.ascontiguousarray(cv2.applyColorMap(steps, colours)[..., ::-1]).astype(np.uint8, copy=False)


def _glow(still: Pixels, saliency: Plane) -> Pixels:
    """The still in grey below the colours of saliency, stretched to its own range."""
    span = float(saliency.max()) - float(saliency.min())
    values = (saliency - saliency.min()) / np.float32(span if span > 1e-6 else 1.0)
    colours = _heat(_resized(values, still)).astype(np.float32)
    grey = cv2.cvtColor(still, cv2.COLOR_RGB2GRAY)[..., None].astype(np.float32)
    return np.clip(0.28 * grey + 0.78 * colours, 0, 255).astype(np.uint8)


def _lit(still: Pixels, near: Plane) -> Pixels:
    """The still, dark outside the near layer, with its outline."""
    cover = np.clip(_resized(near, still), 0.0, 1.0)[..., None]
    shown = still * (_DIM + (1 - _DIM) * cover)
    picture = np.ascontiguousarray(np.round(shown).astype(np.uint8))
    outlines, _ = cv2.findContours((cover[..., 0] > 0.5).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, outlines, -1, look.ACCENT, max(1, round(max(still.shape) / 300)), cv2.LINE_AA)
    return picture


def _materials(still: Pixels, analysis: SceneAnalysis) -> Pixels | None:
    labels = analysis.maps.regions
    if labels is None or not analysis.regions:
        return None
    grey = cv2.cvtColor(cv2.cvtColor(still, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(np.float32) * 0.35
    for at, region in enumerate(analysis.regions, 1):
        cover = np.clip(_resized((labels == at).astype(np.float32), still), 0.0, 1.0)[..., None] * np.float32(0.8)
        grey = grey * (1 - cover) + np.array(look.REGIONS[region.kind], np.float32) * cover
    return np.round(grey).astype(np.uint8)


def _resized(values: Plane, still: Pixels) -> Plane:
    height, width = still.shape[:2]
    return np.asarray(cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
