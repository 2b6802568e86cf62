"""Puts the picture of a verdict together."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.motion_check.filmstrip.charts import Curve, draw_curve, draw_facts, draw_shares
from generator.core.motion_check.filmstrip.lettering import wrapped
from generator.core.motion_check.filmstrip.sheet import BLUE, INK, ORANGE, PANEL, SOFT, Sheet, cross, dot
from generator.core.motion_check.filmstrip.strip import draw_frame, shown_frames
from generator.core.motion_check.filmstrip.words import facts, headline, parts, plain, subline
from generator.core.motion_check.trace import Trace
from generator.core.motion_check.verdict import Examination, Verdict

WIDTH_PX: Final = 1920
MARGIN_PX: Final = 36
GAP_PX: Final = 12
MOST_FRAME_HEIGHT_PX: Final = 520
"""Tall clips are shown no higher than this."""

_CHARTS_PX: Final = 214
_HEAD_PX: Final = 128
_REASON_PX: Final = 26


def draw_filmstrip(seen: Examination) -> bytes:
    """The PNG file of a verdict: 1920 pixels wide, legible from the back of a room, and to the colour-blind.

    The same examination gives the same bytes.
    """
    trace, verdict = seen.trace, seen.verdict
    size = _frame_size(trace)
    reasons = wrapped(verdict.unknown_because, 24, WIDTH_PX - 2 * MARGIN_PX)
    head = _HEAD_PX + round(1.4 * _REASON_PX) * len(reasons)
    charts_at = head + size[1] + 76
    sheet = Sheet(WIDTH_PX, charts_at + _CHARTS_PX + MARGIN_PX + 30)
    sheet.text(headline(verdict), MARGIN_PX, 64, size=46, bold=True)
    sheet.text(subline(verdict), MARGIN_PX, 106, size=25, colour=SOFT)
    for row, line in enumerate(reasons):
        sheet.text(line, MARGIN_PX, _HEAD_PX + 12 + row * round(1.4 * _REASON_PX), size=24)
    _legend(sheet, trace)
    _frames(sheet, trace, head, size)
    _charts(sheet, verdict, charts_at)
    method = f"{verdict.method}   calibration {verdict.confidence.calibration_id or 'none'}"
    sheet.text(method, WIDTH_PX - MARGIN_PX, sheet.pixels.shape[0] - 18, size=15, colour=SOFT, right=True)
    made, png = cv2.imencode(".png", sheet.pixels, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    return png.tobytes() if made else b""


def _frame_size(trace: Trace) -> tuple[int, int]:
    count = max(1, len(shown_frames(len(trace.pictures)))) if trace.pictures else 5
    width = (WIDTH_PX - 2 * MARGIN_PX - 4 * GAP_PX) // max(count, 5)
    if not trace.pictures:
        return width, width // 2
    rows, columns = trace.pictures[0].shape
    scale = min(width / columns, MOST_FRAME_HEIGHT_PX / rows)
    return max(8, round(columns * scale)), max(8, round(rows * scale))


def _frames(sheet: Sheet, trace: Trace, top: int, size: tuple[int, int]) -> None:
    if not trace.pictures:
        sheet.box(MARGIN_PX, top, WIDTH_PX - 2 * MARGIN_PX, size[1], PANEL)
        sheet.centred("no frames", WIDTH_PX / 2, top + size[1] / 2, size=26, colour=SOFT)
        return
    indices = shown_frames(len(trace.pictures))
    # Narrow frames stand evenly over the width.
    step = (WIDTH_PX - 2 * MARGIN_PX - size[0]) / max(1, len(indices) - 1)
    step = min(step, (WIDTH_PX - 2 * MARGIN_PX - size[0]) / 4)
    for place, index in enumerate(indices):
        x = round(MARGIN_PX + place * step)
        draw_frame(sheet, trace, index, x, top, size)
        sheet.centred(f"{index / trace.fps:.2f} s", x + size[0] / 2, top + size[1] + 30, size=19, colour=SOFT)


def _legend(sheet: Sheet, trace: Trace) -> None:
    if trace.tracks is None or not len(trace.tracks.places):
        return
    right = WIDTH_PX - MARGIN_PX
    width = sheet.text("moves by itself", right, 64, size=20, colour=INK, right=True)
    cross(sheet.pixels, right - width - 16, 57, 5, ORANGE)
    right -= width + 54
    width = sheet.text("follows the camera", right, 64, size=20, colour=INK, right=True)
    dot(sheet.pixels, right - width - 16, 57, 5, BLUE)


def _charts(sheet: Sheet, verdict: Verdict, top: int) -> None:
    path = np.array([[at.shift_x, at.shift_y, at.turn_rad, at.scale] for at in verdict.path]).reshape(-1, 4)
    curves = _curves(path)
    width = 238
    sheet.text("How the picture moves, from first frame to last", MARGIN_PX, top - 12, size=19, colour=SOFT)
    for place, curve in enumerate(curves):
        draw_curve(sheet, curve, MARGIN_PX + place * (width + GAP_PX), top, (width, _CHARTS_PX))
    left = MARGIN_PX + 4 * (width + GAP_PX)
    rest = WIDTH_PX - MARGIN_PX - left - GAP_PX
    title = "How probable" if verdict.alternatives else "Parts of the clip and how probable"
    bars = [(plain(one.movement), one.probability) for one in verdict.alternatives] or parts(verdict)
    draw_shares(sheet, title if bars else "Nothing is probable", bars[:5], left, top, (rest * 0.56, _CHARTS_PX))
    draw_facts(sheet, facts(verdict), left + rest * 0.56 + GAP_PX, top, (rest * 0.44, _CHARTS_PX))


def _curves(path: NDArray[np.float64]) -> tuple[Curve, ...]:
    """Shift, turn and size over time; each axis reaches at least what can be seen."""
    return (
        Curve(name="Right", values=100 * path[:, 0], form="{:+.1f} % of width", reach=1.0),
        Curve(name="Down", values=100 * path[:, 1], form="{:+.1f} % of width", reach=1.0),
        Curve(name="Turn", values=57.29578 * path[:, 2], form="{:+.1f} deg", reach=1.0),
        Curve(name="Size", values=100 * (path[:, 3] - 1.0), form="{:+.1f} %", reach=2.0),
    )
