"""The whole drawing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.adapters.explain_drawing import layout, look
from analyzer.adapters.explain_drawing.canvas import Canvas, Rect
from analyzer.adapters.explain_drawing.column import draw_account
from analyzer.adapters.explain_drawing.figures import Account, account_of
from analyzer.adapters.explain_drawing.overlays import Overlay
from analyzer.adapters.explain_drawing.panels import draw_panel, panels_of
from analyzer.adapters.explain_drawing.strip import draw_strip
from analyzer.core.analysis import SceneAnalysis
from analyzer.core.arrays import Pixels
from analyzer.core.errors import Cancelled
from analyzer.core.ports import Watch

_READABLE_PX: Final = 720
"""Smaller drawings are made in this size and then reduced, so that letters become thin rather than spots."""
_NARROWEST: Final = 1 / 12
"""A still narrower than this, either way, is shown as if it were so wide: as a line it would show nothing."""
_COMPRESSION: Final = (cv2.IMWRITE_PNG_COMPRESSION, 4)
"""Level 4 takes half the time of level 6 for a twentieth more bytes on photographs."""


class ExplainDrawing:
    """Draws what was seen. The same pixels and the same analysis give the same bytes; times are not shown."""

    def draw(self, pixels: Pixels, analysis: SceneAnalysis, *, size_px: int, watch: Watch) -> bytes:
        """A PNG file whose longer side is size_px.

        pixels: (H, W, 3) uint8 BGR, the still at about the size in which it is shown. analysis: with its maps; what it
        has no map of is said to be missing. Raises Cancelled when nobody wants the result any more.
        """
        with watch.stage("draw"):
            made = max(size_px, _READABLE_PX)
            still = np.ascontiguousarray(pixels[..., ::-1])
            sheet = _sheet(still, analysis, made)
            for step in _steps(sheet, still, analysis):
                if watch.cancelled():
                    raise Cancelled
                step()
            picture = sheet.canvas.pixels
            if made != size_px:
                share = size_px / made
                small = (max(1, round(picture.shape[1] * share)), max(1, round(picture.shape[0] * share)))
                picture = cv2.resize(picture, small, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
            if watch.cancelled():
                raise Cancelled
            return cv2.imencode(".png", picture[..., ::-1], _COMPRESSION)[1].tobytes()


@dataclass(frozen=True, slots=True)
class _Sheet:
    canvas: Canvas
    plan: layout.Plan
    account: Account
    unit: float
    aspect: float

    def scaled(self, rect: Rect) -> Rect:
        """A rectangle of the plan in pixels."""
        return Rect(*(part * self.unit for part in (rect.left, rect.top, rect.width, rect.height)))


def _sheet(still: Pixels, analysis: SceneAnalysis, size_px: int) -> _Sheet:
    height, width = still.shape[:2]
    aspect = min(1 / _NARROWEST, max(_NARROWEST, width / height))
    account = account_of(analysis)
    plan = layout.plan(aspect, account)
    unit = size_px / max(plan.width, plan.height)
    canvas = Canvas.blank(round(plan.width * unit), round(plan.height * unit), look.GROUND)
    return _Sheet(canvas, plan, account, unit, aspect)


def _steps(sheet: _Sheet, still: Pixels, analysis: SceneAnalysis) -> list[Callable[[], None]]:
    """The parts of the drawing, each some tens of milliseconds at the usual size."""
    place = sheet.scaled(sheet.plan.still)
    surface = sheet.canvas.part(place)

    def panels() -> None:
        wide = max(64, round(sheet.plan.panels[0].width * sheet.unit))
        share = min(1.0, wide / max(still.shape[:2]) * max(1.0, still.shape[0] / still.shape[1]))
        size = (max(1, round(still.shape[1] * share)), max(1, round(still.shape[0] * share)))
        small = cv2.resize(still, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        for panel, slot in zip(panels_of(small, analysis), sheet.plan.panels, strict=True):
            draw_panel(sheet.canvas, panel, sheet.scaled(slot), unit=sheet.unit, aspect=sheet.aspect)

    return [
        lambda: surface.show(still),
        lambda: Overlay(surface, analysis, unit=sheet.unit).draw(),
        panels,
        lambda: draw_strip(sheet.canvas, analysis, sheet.scaled(sheet.plan.below), unit=sheet.unit),
        lambda: draw_account(sheet.canvas, sheet.account, sheet.plan, unit=sheet.unit),
    ]
