"""Splits a clip where it is cut or where its tracks have run out, and joins what was found in each part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.movement import Family, Movement, family
from generator.core.motion_check.finding import LEAST_TRACKS, LOCAL_PX, Finding, find
from generator.core.motion_check.paths import picture_path
from generator.core.motion_check.tracks import Tracks, follow
from generator.core.motion_check.verdict import Known

Array = NDArray[np.float64]

LEAST_PART: Final = 6
"""Fewest samples of a part of its own: half a second."""

LEAST_SHARE: Final = 0.2
"""And the least share of the clip; what is shorter says nothing that its neighbour does not."""

MOST_PARTS: Final = 12
"""Most parts of one clip; each costs a tracking of its own."""

LEAST_TOLD: Final = 0.5
"""Share of the clip that findings must speak of."""

RULING_SHARE: Final = 0.6
"""Share of the told time that one movement must fill to name the whole clip."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Part:
    """One part of a clip, samples first to last, with its own middle frame, tracks, path and finding."""

    first: int
    last: int
    tracks: Tracks
    path: Array
    finding: Finding

    @property
    def told(self) -> tuple[int, int]:
        """First and last sample that its finding speaks of."""
        low, high = self.finding.span
        return self.first + low, self.first + high


def parts(
    pictures: Sequence[NDArray[np.uint8]],
    even: Sequence[NDArray[np.uint8]],
    cuts: Sequence[int],
    *,
    fps: float,
    known: Known,
    sudden: bool,
    checkpoint: Callable[[], None],
) -> list[Part]:
    """The parts in order. A part reaches as far from its middle as a quarter of its points can be followed.

    What is known of the clip's middle frame is used in the part that has it as its own; the focal length everywhere.
    A clip of one `sudden` movement stays whole.
    """
    middle = len(pictures) // 2
    waiting = [(low, high - 1) for low, high in pairwise([0, *cuts, len(pictures)])]
    waiting.sort(key=lambda ends: ends[0] - ends[1])
    found: list[Part] = []
    least = max(LEAST_PART, round(LEAST_SHARE * len(pictures)))
    while waiting and len(found) < MOST_PARTS:
        first, last = waiting.pop(0)
        tracks = follow(even[first : last + 1], checkpoint=checkpoint)
        own = known if first + tracks.anchor == middle else Known(focal=known.focal)
        finding = find(pictures[first : last + 1], tracks, fps=fps, known=own, checkpoint=checkpoint, sudden=sudden)
        good = finding.used[finding.errors_px <= LOCAL_PX]
        # The path that is told is the camera's, without what moves by itself.
        alone = LEAST_TRACKS <= len(good) < len(finding.used)
        path = picture_path(tracks, good if alone else None)
        part = Part(first=first, last=last, tracks=tracks, path=path, finding=finding)
        found.append(part)
        low, high = part.told
        # Around a sudden movement all rests; and where nothing can be held on to, halves of it hold no more.
        if sudden or (not finding.shares and high - low < 2):
            continue
        rest = [(first, low), (high, last)]
        waiting += [(start, end) for start, end in rest if end - start + 1 >= least]
    return sorted(found, key=lambda one: one.told)


def joined(found: Sequence[Part], count: int) -> Finding:
    """One finding for the whole clip of `count` samples.

    The same movement in all parts, rests left out, is one movement whose ways add up. Where one movement fills most of
    the time, it names the clip with less probability; where none does, nothing names it.
    """
    told = [part for part in found if part.finding.shares and not part.finding.unknown]
    reached = sum(part.told[1] - part.told[0] + 1 for part in told)
    if told and reached < LEAST_TOLD * count:
        reason = f"The points were lost: what they span is {reached} of {count} samples."
        return replace(told[0].finding, shares={}, amplitude=None, unknown=reason)
    if len(found) == 1:
        return found[0].finding
    if not told:
        return max(found, key=lambda part: part.told[1] - part.told[0]).finding
    times = {id(part): part.told[1] - part.told[0] + 1 for part in told}
    by_name: dict[Movement, list[Part]] = {}
    for part in told:
        by_name.setdefault(next(iter(part.finding.shares)), []).append(part)
    moving = {name: ones for name, ones in by_name.items() if name is not Movement.STATIC} or by_name
    total = sum(times[id(part)] for ones in moving.values() for part in ones)
    name, ruling = max(moving.items(), key=lambda item: sum(times[id(part)] for part in item[1]))
    share = sum(times[id(part)] for part in ruling) / total
    longest = max(ruling, key=lambda part: times[id(part)]).finding
    if share < RULING_SHARE:
        order = ", then ".join(dict.fromkeys(str(next(iter(part.finding.shares))).replace("_", " ") for part in told))
        return replace(
            longest,
            shares={},
            amplitude=None,
            unknown=f"The camera makes several movements one after another: {order}.",
        )
    shares = {movement: value * share for movement, value in longest.shares.items()}
    ways = [part.finding.amplitude for part in ruling]
    whole = None if any(way is None for way in ways) else _added(name, [way for way in ways if way is not None])
    return replace(longest, shares=shares, amplitude=whole, span=(0, count - 1))


def _added(name: Movement, ways: Sequence[float]) -> float:
    """Growths multiply; turns and shifts add up; a hand sways no farther for swaying longer."""
    if family(name) in (Family.ZOOM, Family.DOLLY, Family.CRASH_ZOOM, Family.DOLLY_ZOOM):
        return float(np.prod([1.0 + way for way in ways])) - 1.0
    return max(ways) if family(name) is Family.HANDHELD else sum(ways)


def joined_path(found: Sequence[Part], count: int) -> Array:
    """(count, 4) the picture's path through all parts, each going on where the one before ended.

    A part's path goes on beyond what its finding tells of until the next part's finding begins; over cuts the picture
    is taken to rest.
    """
    ordered = sorted(found, key=lambda one: one.told)
    path = np.zeros((count, 4))
    done = -1
    for place, part in enumerate(ordered):
        later = [other.told[0] for other in ordered[place + 1 :]]
        high = part.told[1]
        start = max(part.first, done if done >= 0 else part.first)
        high = max(high, min([part.last, *later]))
        if high <= done:
            continue
        path[done + 1 : start] = path[max(done, 0)]
        so_far = path[done] if done >= 0 else np.zeros(4)
        own = part.path[start - part.first : high + 1 - part.first]
        path[start : high + 1] = own - own[0] + so_far
        done = high
    path[done + 1 :] = path[max(done, 0)]
    return path
