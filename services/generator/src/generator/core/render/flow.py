"""A path through places given at times: eased from one to the next, or flowing through them.

A flowing run is a quintic through its places whose speed at each is the harmonic mean of the speeds on both sides
(F. N. Fritsch, J. Butland, A Method for Constructing Local Monotone Piecewise Cubic Interpolants, SIAM J. Sci. Stat.
Comput. 5, 1984) and whose acceleration there is 0: speed and acceleration never jump, and nothing swings past a place.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from generator.core.camera import Pace
from generator.core.render.pace import paced

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """Places at times.

    times: two at least, later and later, within 0..1. places: numbers of each, as many as there are times. paces: from
    each place to the next, None flows; the last one counts for nothing. closed: whether the last place is the first
    again and the path goes round without stopping there, where it flows.
    """

    times: tuple[float, ...]
    places: tuple[tuple[float, ...], ...]
    paces: tuple[Pace | None, ...]
    closed: bool = False

    def at(self, t: Array) -> Array:
        """(n, numbers) at the n times t; before the first place that one, after the last one the last."""
        times, places = np.array(self.times), np.array(self.places)
        speeds = _speeds(times, places, self._flowing())
        part = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2)
        made = np.empty((len(t), places.shape[1]))
        for index in np.unique(part):
            here = part == index
            length = times[index + 1] - times[index]
            s = np.clip((t[here] - times[index]) / length, 0.0, 1.0)
            begin, way = places[index], places[index + 1] - places[index]
            pace = self.paces[index]
            if pace is None:
                made[here] = begin + _quintic(s, way, speeds[index] * length, speeds[index + 1] * length)
            else:
                made[here] = begin + paced(s, pace)[:, None] * way
        return made

    def _flowing(self) -> list[bool]:
        """For each place, whether it is passed without stopping; the ends are where a closed path goes round."""
        passed = [before is None and after is None for before, after in pairwise(self.paces[:-1])]
        whole = self.times[0] == 0.0 and self.times[-1] == 1.0
        round_it = self.closed and whole and self.paces[0] is None and self.paces[-2] is None
        return [round_it, *passed, round_it]


def _speeds(times: Array, places: Array, flowing: list[bool]) -> Array:
    """(places, numbers): the speed at each place; 0 where the path stops or turns back."""
    slopes = np.diff(places, axis=0) / np.diff(times)[:, None]
    speeds = np.zeros_like(places)
    for index, through in enumerate(flowing):
        if through:
            # At a closed path's end the next slope is the first one.
            before, after = slopes[index - 1], slopes[index % len(slopes)]
            onward = before * after > 0.0
            speeds[index] = np.where(onward, 2.0 * before * after / np.where(onward, before + after, 1.0), 0.0)
    return speeds


def _quintic(s: Array, way: Array, begin: Array, end: Array) -> Array:
    """(n, numbers): from 0 to `way` with the speeds `begin` and `end` and no acceleration at either end."""
    s = s[:, None]
    cube = s * s * s
    both: Array = way * cube * (10.0 - 15.0 * s + 6.0 * s * s)
    both = both + begin * (s - cube * (6.0 - 8.0 * s + 3.0 * s * s))
    return both + end * cube * (-4.0 + 7.0 * s - 3.0 * s * s)
