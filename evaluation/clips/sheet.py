"""A clip on one page: its verdict, the first frame beside the still, frames over time, and the figures below them."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.clips import limits
from evaluation.clips.colour import difference, lab_of
from evaluation.clips.first import Compared
from evaluation.clips.judge import Measured
from evaluation.clips.plots import BEFORE_PX, Line, Panel, axis, draw, series
from evaluation.clips.timing import Run
from evaluation.clips.verdict import Verdict, added_blur
from generator.core.motion_check.filmstrip.lettering import wrapped
from generator.core.motion_check.filmstrip.sheet import BLUE, INK, ORANGE, SOFT, YELLOW, Sheet

Picture = NDArray[np.uint8]

_STEPS: Final = {"freeze", "doubled frames", "cut", "dissolve", "black frames"}

_WIDTH: Final = 1600
_MARGIN: Final = 32
_GAP: Final = 12
_PANEL: Final = 104
_PICTURES: Final = 236
_FULL_DIFFERENCE: Final = 12.0
"""CIEDE2000 at which the picture of differences is brightest."""


def draw_sheet(found: Measured, said: Verdict) -> Picture:
    """The page, (H, W, 3) uint8 BGR."""
    inner = _WIDTH - 2 * _MARGIN
    tiles = _tiles(found, inner - BEFORE_PX)
    panels = _panels(found, said)
    top = 118
    strip = top + _PICTURES + 58
    curves = strip + tiles.shape[0] + _GAP
    height = curves + len(panels) * (_PANEL + 8) + 34
    sheet = Sheet(_WIDTH, height)
    _head(sheet, found, said)
    _beginning(sheet, found, said, top)
    sheet.text("Frames", _MARGIN + 12, strip + 28, size=19, bold=True)
    sheet.text(f"{found.decoded} in {found.facts.duration_s:.2f} s", _MARGIN + 12, strip + 52, size=14, colour=SOFT)
    left = _MARGIN + BEFORE_PX
    sheet.pixels[strip : strip + tiles.shape[0], left : left + tiles.shape[1]] = tiles
    for row, panel in enumerate(panels):
        draw(sheet, panel, curves + row * (_PANEL + 8), (inner, _PANEL), found.decoded, _MARGIN)
    axis(sheet, curves + len(panels) * (_PANEL + 8), _MARGIN, inner, found.facts.duration_s)
    return sheet.pixels


def _head(sheet: Sheet, found: Measured, said: Verdict) -> None:
    facts = found.facts
    sheet.text(facts.name, _MARGIN, 52, size=32, bold=True)
    parts = (
        f"{facts.width_px} x {facts.height_px}",
        f"{facts.actual_fps:.4g} frames a second",
        f"{facts.codec} {facts.profile}",
        f"{facts.bit_rate / 1e6:.2f} Mbit/s",
        f"{facts.bits_per_pixel:.3f} bits a pixel",
        f"camera: {found.camera.movement.replace('_', ' ') or 'not told'}",
    )
    words = "   |   ".join(parts)
    sheet.text(words, _MARGIN, 88, size=18, colour=SOFT)
    count = len(said.defects)
    verdict = "No defect found" if count == 0 else f"{count} defect{'s' * (count > 1)}"
    sheet.text(verdict, _WIDTH - _MARGIN, 52, size=28, colour=ORANGE if count else BLUE, bold=True, right=True)


def _beginning(sheet: Sheet, found: Measured, said: Verdict, top: int) -> None:
    """The still, the first frame, where they differ, and the verdict in words."""
    compared = found.shown.compared
    first = found.shown.first
    pictures = [("First frame", first)]
    if compared is not None:
        pictures = [
            ("The still, as the first frame should show it", compared.expected),
            ("First frame", first),
            ("Difference (CIEDE2000 0 to 12); changed content outlined", _differences(compared, found)),
        ]
    slot = (_WIDTH - 2 * _MARGIN - 3 * _GAP) // 4
    for column, (name, picture) in enumerate(pictures):
        x = _MARGIN + column * (slot + _GAP)
        tile = _fitted(picture, slot, _PICTURES)
        at = top + _PICTURES - tile.shape[0], x + (slot - tile.shape[1]) // 2
        sheet.pixels[at[0] : at[0] + tile.shape[0], at[1] : at[1] + tile.shape[1]] = tile
        for line, words in enumerate(wrapped(name, 15, slot)[:2]):
            sheet.text(words, x, top + _PICTURES + 22 + 18 * line, size=15, colour=SOFT)
    _words(sheet, found, said, _MARGIN + len(pictures) * (slot + _GAP), top)


def _words(sheet: Sheet, found: Measured, said: Verdict, x: int, top: int) -> None:
    width = _WIDTH - _MARGIN - x
    y = top + 16
    rows = [(f"{one.name}: {one.told}" + (f" ({one.where})" if one.where else ""), ORANGE, 18) for one in said.defects]
    if not rows:
        rows = [("Nothing found of what is looked for.", BLUE, 18)]
    if found.first is not None:
        one = found.first
        rows.append(
            (f"First frame: {one.psnr_db:.1f} dB, SSIM {one.ssim:.3f}, colours CIEDE2000 {one.colour:.1f}", INK, 15)
        )
    rows += [(f"Cannot be judged: {one.what}", SOFT, 15) for one in said.unjudged]
    rows += [(one, SOFT, 14) for one in said.notes]
    for words, colour, size in rows:
        for line in wrapped(words, size, width):
            if y > top + _PICTURES + 26:
                return
            sheet.text(line, x, y, size=size, colour=colour)
            y += round(1.35 * size)
        y += 5


def _differences(compared: Compared, found: Measured) -> Picture:
    """Where the first frame differs from the still: dark to bright, with a line around what was changed."""
    now = lab_of((found.shown.first / 255).astype(np.float32))
    then = lab_of((compared.expected / 255).astype(np.float32))
    away = np.clip(difference(now, then) / _FULL_DIFFERENCE * 255, 0, 255).astype(np.uint8)
    drawn = cv2.applyColorMap(cv2.GaussianBlur(away, (0, 0), 1), cv2.COLORMAP_INFERNO)
    changed = cv2.resize(compared.changed.astype(np.uint8), drawn.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    lines, _ = cv2.findContours(changed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    large = [line for line in lines if cv2.contourArea(line) >= 20]
    cv2.drawContours(drawn, large, -1, BLUE, 2, cv2.LINE_AA)
    return drawn.astype(np.uint8, copy=False)


def _tiles(found: Measured, width: int) -> Picture:
    """Frames side by side, each over its own part of the axis of time."""
    shown = found.shown.strip
    slot = (width - 4 * (len(shown) - 1)) // len(shown)
    tiles = [_fitted(picture, slot, 190) for _, picture in shown]
    height = max(tile.shape[0] for tile in tiles)
    row = np.full((height, width, 3), (32, 26, 22), np.uint8)
    for k, tile in enumerate(tiles):
        x = round(k * (width - slot) / max(1, len(tiles) - 1)) + (slot - tile.shape[1]) // 2
        row[: tile.shape[0], x : x + tile.shape[1]] = tile
    return row


def _fitted(picture: Picture, width: int, height: int) -> Picture:
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(picture, size, interpolation=how).astype(np.uint8, copy=False)


def _panels(found: Measured, said: Verdict) -> list[Panel]:
    bad = {one.name for one in said.defects}
    flicker, timing = found.flicker, found.timing
    gone = [Run(cut, cut + 1) for cut in timing.cuts] + list(timing.dissolves)
    black = [Run(one, one + 1) for one in timing.black]
    swing = 100 * flicker.whole
    reach = max(2.0, 1.15 * float(np.abs(swing).max(initial=0.0)))
    local = 100 * np.sqrt(2) * flicker.local
    kept = [(float(one.index), 100 * one.kept) for one in found.samples if one.kept is not None]
    visible = [(float(one.index), 100 * one.visible) for one in found.samples]
    blur = [(float(one.index), one.detail.blur_px) for one in found.samples if one.detail is not None]
    colour = [(float(one.index), one.colour) for one in found.samples if one.colour is not None]
    added = added_blur(found)
    steps = np.array(found.changes)
    return [
        Panel(
            "Light of the whole", "quick changes along the flow, %", [Line(series(swing))], -reach, reach, "{:.1f}",
            bands=[*gone, *black], told=f"{100 * flicker.amplitude:.2f} %", bad="flicker" in bad,
            limits=(-100 * limits.FLICKER.value, 100 * limits.FLICKER.value),
        ),
        Panel(
            "Light of places", "the 3 % that swing most, %", [Line(series(local))], 0,
            max(8.0, 1.15 * float(local.max(initial=0.0))), "{:.0f}", limits=(100 * limits.LOCAL_FLICKER.value,),
            bands=black, told=f"{100 * flicker.local_amplitude:.1f} %", bad="local flicker" in bad,
        ),
        Panel(
            "First frame's content", "in view, and still the same, %",
            [Line(visible, SOFT, name="in view"), Line(kept, YELLOW, marked=True, name="the same")], 0, 130, "{:.0f}",
            ticks=(0, 100), limits=(100 - 100 * limits.LOST.value,),
            told=f"{min(v for _, v in kept):.0f} % at least" if kept else "not told", bad="content dissolves" in bad,
        ),
        Panel(
            "Colour", "drift of the mean, CIEDE2000", [Line(colour, marked=True)], 0,
            max(6.0, 1.15 * max((v for _, v in colour), default=0.0)), "{:.0f}", limits=(limits.COLOUR_DRIFT.value,),
            told=f"{max(v for _, v in colour):.1f}" if colour else "not told", bad="colours drift" in bad,
        ),
        Panel(
            "Blur", "against the still, pixels", [Line(blur, marked=True)], 0,
            max(2.0, 1.15 * max((v for _, v in blur), default=0.0)), "{:.1f}", limits=(limits.SOFT.value,),
            told=f"{added[0]:.1f} px added" if added else "not told", bad=bool(bad & {"soft", "softens"}),
        ),
        Panel(
            "Steps", "change between frames, levels", [Line(series(steps)[1:])], 0,
            max(2.0, 1.1 * float(steps.max(initial=0.0))), "{:.0f}", bands=[*timing.freezes, *gone, *black],
            marks=timing.doubled, told=_steps(found), bad=bool(bad & _STEPS),
        ),
    ]  # fmt: skip


def _steps(found: Measured) -> str:
    timing = found.timing
    if timing.cuts:
        return f"cut at {timing.cuts[0] / found.facts.actual_fps:.2f} s"
    if timing.dissolves:
        return f"dissolve from {timing.dissolves[0].first / found.facts.actual_fps:.2f} s"
    if timing.black:
        return f"{len(timing.black)} black"
    if timing.freezes:
        return f"frozen for {max(run.count + 1 for run in timing.freezes) / found.facts.actual_fps:.2f} s"
    if timing.new_fps is None:
        return "hardly moves"
    return f"{timing.new_fps:.3g} new frames a second"
