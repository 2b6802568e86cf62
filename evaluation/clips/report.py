"""The report: a table for the terminal, and Markdown, JSON and a sheet for each clip in one folder."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from evaluation.clips.figures import Judged
from evaluation.clips.judge import Measured
from evaluation.clips.sheet import draw_sheet
from evaluation.clips.verdict import added_blur
from evaluation.seeing.figure import Better, Figure

_HEAD: Final = """# What is wrong with clips

Still: {still}. {clips} judged, {flawed} with a defect. Each defect has a figure and the limit from which on it is
named; there is no score. What cannot be judged is said to be so.
"""

_COLUMNS: Final = (
    "Clip",
    "Size",
    "Codec",
    "Mbit/s",
    "First frame",
    "Changed",
    "Colour",
    "Flicker",
    "Local",
    "Kept",
    "Blur",
)


def table(judged: Sequence[Judged]) -> str:
    """All clips in columns, with their defects below each; plain text."""
    rows = [list(_COLUMNS), *(_row(one.measured) for one in judged)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(_COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(rows[0], widths, strict=True)).rstrip()]
    for one, row in zip(judged, rows[1:], strict=True):
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        lines += [f"    {defect.name}: {defect.told}{_where(defect.where)}" for defect in one.verdict.defects]
        lines += [f"    cannot be judged: {left.what}. {left.why}" for left in one.verdict.unjudged]
        if not one.verdict.defects:
            lines.append("    no defect found")
    return "\n".join(lines) + "\n"


def write(folder: Path, still: str, judged: Sequence[Judged], refused: Sequence[str] = ()) -> Path:
    """Writes everything and gives the path of the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    sheets = []
    for at, one in enumerate(judged):
        sheets.append(f"{at + 1:02d}-{_plain(one.measured.facts.name)}.png")
        pixels = draw_sheet(one.measured, one.verdict)
        (folder / sheets[-1]).write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    plain = {"still": still, "clips": [as_json(one) for one in judged], "refused": list(refused)}
    (folder / "clips.json").write_text(json.dumps(plain, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    path = folder / "report.md"
    flawed = sum(bool(one.verdict.defects) for one in judged)
    parts = [_HEAD.format(still=still, clips=_count(len(judged)), flawed=flawed)]
    parts += [f"* Refused: {sentence}" for sentence in refused]
    parts += [_section(one, sheet) for one, sheet in zip(judged, sheets, strict=True)]
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def figures_table(found: Sequence[Figure]) -> str:
    """Figures as Markdown, each beside the limit that it must stay below."""
    lines = ["| Figure | Value | Limit | n |", "|---|---|---|---|"]
    for figure in found:
        limit = "" if figure.target is None else f"{figure.target:g}"
        value = "-" if figure.value is None else f"{figure.value:g}"
        arrow = "" if figure.better is Better.NEITHER else " ↓"
        lines.append(f"| {figure.name}{arrow} | {value} | {limit} | {figure.n} |")
    return "\n".join(lines) + "\n"


def as_json(one: Judged) -> dict[str, Any]:
    """A clip's measures and verdict as plain values."""
    found = one.measured
    flicker = found.flicker
    return {
        "facts": {name: value for name, value in asdict(found.facts).items() if name != "times_s"},
        "defects": [asdict(defect) for defect in one.verdict.defects],
        "cannot_be_judged": [asdict(left) for left in one.verdict.unjudged],
        "notes": list(one.verdict.notes),
        "first_frame": None if found.first is None else asdict(found.first),
        "course": [asdict(sample) for sample in found.samples],
        "blur_added_px": None if (added := added_blur(found)) is None else added[0],
        "flicker": {
            "amplitude": flicker.amplitude,
            "colour_amplitude": flicker.colour_amplitude,
            "local_amplitude": flicker.local_amplitude,
        },
        "timing": asdict(found.timing),
        "coding": [asdict(grain) for grain in found.grains],
        "camera": asdict(found.camera),
        "curves": {
            "gain": _rounded(flicker.gain),
            "quick_gain": _rounded(flicker.whole),
            "local": _rounded(flicker.local),
            "compared_share": _rounded(flicker.seen),
            "change": _rounded(found.changes),
            "speed": _rounded(found.speeds),
        },
        "decoded_frames": found.decoded,
        "cpu_s": round(one.cpu_s, 2),
    }


def _rounded(values: Sequence[float] | np.ndarray[Any, Any]) -> list[float]:
    return [round(float(value), 5) for value in values]


def _row(found: Measured) -> list[str]:
    facts, first = found.facts, found.first
    kept = [one.kept for one in found.samples if one.kept is not None]
    blurs = [one.detail.blur_px for one in found.samples if one.detail is not None]
    return [
        facts.name,
        f"{facts.width_px}x{facts.height_px}",
        facts.codec,
        f"{facts.bit_rate / 1e6:.2f}",
        f"{first.psnr_db:.1f} dB" if first else "-",
        f"{first.changed:.1%}" if first else "-",
        f"{first.colour:.1f}" if first else "-",
        f"{found.flicker.amplitude:.2%}",
        f"{found.flicker.local_amplitude:.1%}",
        f"{min(kept):.0%}" if kept else "-",
        f"{blurs[0]:.1f} to {blurs[-1]:.1f} px" if blurs else "-",
    ]


def _section(one: Judged, sheet: str) -> str:
    found, said = one.measured, one.verdict
    lines = [f"## {found.facts.name}\n", f"![{found.facts.name}]({sheet})\n"]
    if said.defects:
        lines += ["| Defect | Figure | Where | Limit | Why there |", "|---|---|---|---|---|"]
        lines += [f"| {d.name} | {d.told} | {d.where} | {d.limit:g} | {d.reason} |" for d in said.defects]
    else:
        lines.append("No defect found.")
    lines.append("")
    lines += [f"* Cannot be judged: {left.what}. {left.why}" for left in said.unjudged]
    lines += [f"* {note[:1].upper()}{note[1:]}." for note in said.notes]
    lines += ["", "| Measure | Value |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in (*_measures(found), *_facts(found))]
    return "\n".join(lines) + "\n"


def _measures(found: Measured) -> list[tuple[str, str]]:
    first, timing, flicker = found.first, found.timing, found.flicker
    rows = []
    if first is not None:
        light, red, yellow = first.shift
        rows = [
            ("first frame, luma", f"{first.psnr_db:.1f} dB ({first.evened_db:.1f} after gain), SSIM {first.ssim:.4f}"),
            ("first frame, colours", f"CIEDE2000 {first.colour:.2f}; L* {light:+.2f}, a* {red:+.2f}, b* {yellow:+.2f}"),
            ("first frame, changed", f"{first.changed:.2%} of the picture; bent by {first.bent:.2%} of the long side"),
            ("share of the still", f"{first.shown:.1%}, turned by {round(first.turn_deg, 2) + 0.0:.2f}°"),
            ("pixels of the still for one", f"{first.scale[0]:.3f} across, {first.scale[1]:.3f} down"),
        ]
    bands = [one.bands for one in found.grains if one.bands is not None]
    jitter = found.camera.jitter_px
    swings = f"{flicker.amplitude:.2%} of the whole, {flicker.local_amplitude:.1%} of places"
    return [
        *rows,
        ("flicker", f"{swings}, {flicker.colour_amplitude:.2f} levels of chroma"),
        ("new frames", f"{timing.new_fps:.2f} a second" if timing.new_fps else "too little moves to tell"),
        ("steps of time", f"{1000 * timing.shortest_s:.1f} to {1000 * timing.longest_s:.1f} ms"),
        ("camera", found.camera.movement.replace("_", " ") or f"not told. {found.camera.unknown_because}"),
        ("jitter", "not told" if jitter is None else f"{jitter:.2f} px"),
        ("seam from end to beginning", "not told" if timing.seam is None else f"{timing.seam:.1f} usual steps"),
        ("bands", "no smooth light" if not bands else f"{np.median(bands):.0%} of smooth light has no gradient"),
    ]


def _facts(found: Measured) -> list[tuple[str, str]]:
    facts = found.facts
    declared = "not declared" if facts.declared_fps is None else f"{facts.declared_fps:.3f} declared"
    many = f"{len(facts.keyframes)}, at most {facts.keyframe_s or 0:.2f} s apart"
    order = ["index first" if facts.index_first else "index at the end", *(["fragmented"] if facts.fragmented else [])]
    colours = (
        ("range", facts.colour_range),
        ("matrix", facts.matrix),
        ("primaries", facts.primaries),
        ("transfer", facts.transfer),
    )
    frames = f"{found.decoded} frames decoded of {max(facts.packets, facts.declared_frames)}"
    rate = f"{facts.bit_rate / 1e6:.3f} Mbit/s, {facts.bits_per_pixel:.4f} bits a pixel"
    return [
        ("container", ", ".join([facts.container, *order])),
        ("codec", f"{facts.codec} {facts.profile}, {facts.pixel_format}"),
        ("colours declared", ", ".join(f"{name} {value or 'not declared'}" for name, value in colours)),
        ("frames a second", f"{declared}, {facts.actual_fps:.3f} actual"),
        ("length", f"{facts.duration_s:.3f} s, {frames}"),
        ("size", f"{facts.size_bytes:,} bytes, {rate}"),
        ("keyframes", "one" if facts.keyframe_s is None else many),
        ("sound", facts.audio or "none"),
    ]


def _where(words: str) -> str:
    return f" ({words})" if words else ""


def _count(count: int) -> str:
    return "1 clip" if count == 1 else f"{count} clips"


def _plain(name: str) -> str:
    """A file's name that stands in a link as it is."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)
