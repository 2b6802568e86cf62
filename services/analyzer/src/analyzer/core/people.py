"""Standing people, as a weak detector sees them: evidence, never a verdict."""

from typing import Final

from analyzer.core.analysis import PersonFind
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame
from analyzer.core.ports import PeopleDetector
from film.geometry import Box

_MOST_QUALITY: Final = 0.5
"""Of photographs by hand-given labels, a find of weight 0.3 and more was in 21 % of those with people and in 5 % of
those without: four to one at best, so no find is worth more than one half."""
_LEAST_WEIGHT: Final = 0.0
_SURE_WEIGHT: Final = 1.2
_LARGEST: Final = 0.6
"""The detector's window keeps a margin; a rectangle over more of the frame is a facade."""
_MOST: Final = 16


def find_people(frame: Frame, detector: PeopleDetector) -> tuple[tuple[PersonFind, ...], str]:
    """People, largest first, each with a quality up to 0.5; and why there are none, or ""."""
    found = []
    for sight in detector.find(frame.grey):
        box = Box.from_pixels(sight.left, sight.top, sight.width, sight.height, of=(frame.width, frame.height))
        quality = _MOST_QUALITY * ramp(sight.weight, _LEAST_WEIGHT, _SURE_WEIGHT)
        if quality > 0 and 0 < box.area <= _LARGEST:
            found.append(PersonFind(box=box, quality=round(quality, 6)))
    found.sort(key=lambda one: (-one.box.area, one.box.left, one.box.top))
    return tuple(found[:_MOST]), "" if found else "Nothing has the outline of a standing person."
