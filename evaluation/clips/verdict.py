"""What is wrong with a clip, by name, with its figure; and what cannot be judged, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evaluation.clips import limits
from evaluation.clips.judge import Measured
from evaluation.clips.limits import Limit
from evaluation.clips.timing import Run


@dataclass(frozen=True)
class Defect:
    """A defect. told: its figure in words; where: frames or parts, "" for all; reason: why it is one from there on."""

    name: str
    value: float
    limit: float
    told: str
    where: str
    reason: str


@dataclass(frozen=True)
class Unjudged:
    """What cannot be judged, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Verdict:
    """The verdict on a clip. notes: what is remarkable and no defect."""

    defects: tuple[Defect, ...]
    unjudged: tuple[Unjudged, ...]
    notes: tuple[str, ...]


def verdict(found: Measured) -> Verdict:
    """The verdict on what was measured."""
    parts = (_beginning, _course, _light, _detail, _time, _file)
    return Verdict(tuple(one for part in parts for one in part(found)), tuple(_unjudged(found)), tuple(_notes(found)))


def _named(limit: Limit, value: float, where: str = "") -> Defect:
    return Defect(limit.name, value, limit.value, limit.form.format(value), where, limit.reason)


def _over(limit: Limit, value: float | None, where: str = "") -> Iterator[Defect]:
    if value is not None and value >= limit.value:
        yield _named(limit, value, where)


def _beginning(found: Measured) -> Iterator[Defect]:
    if found.no_place is not None and found.no_place.other:
        yield _named(limits.OTHER_PICTURE, found.no_place.likeness, "frame 0")
    if found.first is None:
        return
    yield from _over(limits.CHANGED, found.first.changed, "frame 0")
    if found.facts.transfer not in ("PQ", "HLG"):
        hint = f"frame 0; they fit as {found.first.other_matrix}" if found.first.other_matrix else "frame 0"
        yield from _over(limits.COLOUR, found.first.colour, hint)


def _course(found: Measured) -> Iterator[Defect]:
    told = [one for one in found.samples if one.kept is not None]
    if told:
        worst = min(told, key=lambda one: one.kept or 0.0)
        yield from _over(limits.LOST, 1 - (worst.kept or 0.0), f"frame {worst.index}")
    coloured = [one for one in found.samples if one.colour is not None]
    if coloured:
        far = max(coloured, key=lambda one: one.colour or 0.0)
        yield from _over(limits.COLOUR_DRIFT, far.colour, f"frame {far.index}")


def _light(found: Measured) -> Iterator[Defect]:
    yield from _over(limits.FLICKER, found.flicker.amplitude)
    yield from _over(limits.COLOUR_FLICKER, found.flicker.colour_amplitude)
    yield from _over(limits.LOCAL_FLICKER, found.flicker.local_amplitude)


def blurs(found: Measured) -> list[tuple[int, float]]:
    """Number of each frame whose detail was told, and its blur in pixels."""
    return [(one.index, one.detail.blur_px) for one in found.samples if one.detail is not None]


def added_blur(found: Measured) -> tuple[float, int] | None:
    """The blur of the clip's last third over the sharpest moment of its first half, in pixels, and the frame.

    None where it cannot be told.
    """
    told = blurs(found)
    middle = found.decoded / 2
    before = [one for one in told if one[0] <= middle]
    after = [one for one in told if one[0] > middle]
    if not before or len(after) < 2:
        return None
    start = min(px for _, px in before)
    # The last third alone: a smear of a sudden movement in the middle passes.
    late = after[len(after) // 3 :]
    at, end = sorted(late, key=lambda one: one[1])[len(late) // 2]
    return float(np.sqrt(max(0.0, end**2 - start**2))), at


def _detail(found: Measured) -> Iterator[Defect]:
    told = blurs(found)
    if found.first is not None and told:
        index, px = told[0]
        yield from _over(limits.SOFT, px, f"frame {index}")
    added = added_blur(found)
    if added is not None:
        yield from _over(limits.SOFTENS, added[0], f"frame {added[1]}")
    if found.grains:
        worst = float(np.median([one.blocks for one in found.grains]))
        grids = {one.grid for one in found.grains if one.blocks >= worst}
        yield from _over(limits.BLOCKS, worst, f"grid of {min(grids)} px")


def _time(found: Measured) -> Iterator[Defect]:
    timing, fps = found.timing, found.facts.actual_fps
    for run in timing.freezes:
        yield _named(limits.FREEZE, (run.count + 1) / fps, _frames(run))
    share = len(timing.doubled) / max(1, found.decoded)
    yield from _over(limits.DOUBLED, share, f"{timing.new_fps:.1f} new frames a second" if timing.new_fps else "")
    yield from _over(limits.BLACK, len(timing.black), _numbers(timing.black))
    yield from _over(limits.CUT, len(timing.cuts), _numbers(timing.cuts))
    yield from _over(limits.DISSOLVE, len(timing.dissolves), ", ".join(_frames(run) for run in timing.dissolves))
    long_side = max(found.facts.width_px, found.facts.height_px)
    if found.camera.jitter_px is not None:
        yield from _over(limits.JITTER, found.camera.jitter_px / long_side)
    span = f"{1000 * timing.shortest_s:.0f} to {1000 * timing.longest_s:.0f} ms"
    yield from _over(limits.IRREGULAR, timing.irregular, span)


def _file(found: Measured) -> Iterator[Defect]:
    facts = found.facts
    promised = max(facts.declared_frames, facts.packets)
    if facts.declared_s:
        promised = max(promised, int((facts.declared_s - 1.5 / facts.actual_fps) * facts.actual_fps))
    yield from _over(limits.CUT_SHORT, promised - found.decoded)
    yield from _over(limits.DAMAGED, found.corrupt)
    width, height = facts.width_px, facts.height_px
    if not found.bars or is_letterbox(found):
        return
    sides = np.array(found.bars) / np.array([width, height, width, height])
    worst = np.unravel_index(int(sides.argmax()), sides.shape)
    yield from _over(limits.BORDER, float(sides[worst]), ("left", "top", "right", "bottom")[int(worst[1])])


def is_letterbox(found: Measured) -> bool:
    """Whether the bars stand still and lie evenly, as they do around a picture of another shape."""
    bars = np.array(found.bars)
    if not len(bars) or not bars.any():
        return False
    middle = np.median(bars, axis=0)
    steady = np.abs(bars - middle).max() <= 2
    return bool(steady and abs(middle[0] - middle[2]) <= 2 and abs(middle[1] - middle[3]) <= 2)


def _unjudged(found: Measured) -> Iterator[Unjudged]:
    if found.no_place is not None:
        yield Unjudged("fidelity to the still", found.no_place.reason)
        yield Unjudged(
            "softness against the still", "The first frame could not be laid over it; it is the measure instead."
        )
    if found.decoded < 3:
        yield Unjudged("all that happens over time", f"The clip has {found.decoded} frame{'s' * (found.decoded > 1)}.")
        return
    if found.timing.new_fps is None:
        yield Unjudged("doubled frames and freezes", "Too little moves for a repeated frame to be seen.")
    if not any(one.detail for one in found.samples):
        yield Unjudged("sharpness", "There is too little fine detail.")
    elif added_blur(found) is None:
        yield Unjudged("softening", "Too little of the first frame's detail stays in view.")
    if found.samples[-1].kept is None:
        told = [one.index for one in found.samples if one.kept is not None]
        last = f"after frame {told[-1]}" if told else "at all"
        yield Unjudged("how long the content lasts", f"Nothing can be followed back to the first frame {last}.")
    if float(np.median(found.flicker.seen[1:])) == 0:
        yield Unjudged("flicker", "Hardly anything can be followed from frame to frame.")
    if found.facts.transfer in ("PQ", "HLG"):
        yield Unjudged("colours", f"The clip is in high dynamic range ({found.facts.transfer}).")


def _notes(found: Measured) -> Iterator[str]:
    facts, first = found.facts, found.first
    if first is not None:
        if is_letterbox(found):
            yield f"letterbox: bars of {first.bars[0]} px at the sides, {first.bars[1]} px above and below"
        if first.shown < 0.97:
            yield f"crop: {first.shown:.0%} of the still is in the first frame"
        if abs(first.scale[0] / first.scale[1] * facts.pixel_shape**-1 - 1) > 0.015:
            yield f"stretched: {first.scale[1] / first.scale[0]:.3f} times as wide as the still"
        if first.bent > 0.006:
            yield f"bent: the worst twentieth lies {first.bent:.1%} of the long side from its place"
    if facts.colour_range == "" or facts.matrix == "":
        yield "colour range or matrix is not declared: players guess"
    if not facts.index_first:
        yield "the index does not come first: a player cannot begin or jump before it has the file"
    if not facts.audio:
        yield "no sound"
    if found.camera.loops and found.timing.seam is not None:
        yield "loops"


def _frames(run: Run) -> str:
    return f"frames {run.first} to {run.after - 1}"


def _numbers(indices: tuple[int, ...]) -> str:
    shown = ", ".join(str(one) for one in indices[:6])
    return f"frame{'s' * (len(indices) > 1)} {shown}{', ...' if len(indices) > 6 else ''}"
