"""The cheap fallback: the picture's own shift, turn and growth, where no camera could be fitted.

It takes no depth into account and so names turns and zooms only, with the travels that look the same beside them. A
dozen points that agree are enough for it.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.movement import Movement
from generator.core.motion_check.calibration import Signs
from generator.core.motion_check.finding import Finding
from generator.core.motion_check.paths import similarity_errors
from generator.core.motion_check.tracks import Tracks

METHOD: Final = "sparse-tracks-similarity/1"
"""Name and version of the fallback."""

LEAST_POINTS: Final = 8
"""Fewest points, seen from end to end, that a similarity is told from."""

LEAST_INLIERS: Final = 0.7
"""Share of the points that must agree within 1.5 pixels."""

LEAST_LEAD: Final = 2.5
"""How much farther the leading motion must move the picture than the next one."""

STILL_PX: Final = 0.9
"""Motion of a resting picture, in pixels at 480 px width."""

_TWINS: Final = {
    Movement.PAN_LEFT: Movement.TRUCK_LEFT,
    Movement.PAN_RIGHT: Movement.TRUCK_RIGHT,
    Movement.TILT_UP: Movement.PEDESTAL_UP,
    Movement.TILT_DOWN: Movement.PEDESTAL_DOWN,
    Movement.ZOOM_IN: Movement.DOLLY_IN,
    Movement.ZOOM_OUT: Movement.DOLLY_OUT,
}
_OWN_SHARE: Final = 0.5
"""Share of the probability that the turn or zoom keeps; the travel that looks the same has the other half."""


def find_simply(tracks: Tracks, path: NDArray[np.float64]) -> Finding | None:
    """What a similarity of the picture says, or None where even that is not clear."""
    ends = (0, tracks.places.shape[1] - 1)
    through = np.flatnonzero(tracks.seen[:, ends].all(axis=1))
    if len(through) < LEAST_POINTS:
        return None
    to_480 = tracks.to_480
    errors = similarity_errors(tracks, through, ends) * to_480
    inliers = float((errors <= 1.5).mean())
    if inliers < LEAST_INLIERS:
        return None
    shift_x, shift_y, turn, growth = path[-1] - path[0]
    reach = tracks.width_px / 4
    # How far each motion moves a typical place of the picture, and the camera's movement that it shows.
    motions = sorted(
        (
            (abs(shift_x) * to_480, Movement.PAN_LEFT if shift_x > 0 else Movement.PAN_RIGHT),
            (abs(shift_y) * to_480, Movement.TILT_UP if shift_y > 0 else Movement.TILT_DOWN),
            (
                abs(turn) * reach * to_480,
                Movement.ROLL_COUNTERCLOCKWISE if turn > 0 else Movement.ROLL_CLOCKWISE,
            ),
            (abs(growth) * reach * to_480, Movement.ZOOM_IN if growth > 0 else Movement.ZOOM_OUT),
        ),
        reverse=True,
    )
    (most, movement), (next_most, _) = motions[:2]
    moved = np.hypot(*(tracks.places[through, ends[1]] - tracks.places[through, ends[0]]).T) * to_480
    if float(np.median(moved)) < STILL_PX:
        shares = {Movement.STATIC: 1.0}
    elif most < LEAST_LEAD * next_most:
        return None
    else:
        twin = _TWINS.get(movement)
        shares = {movement: 1.0} if twin is None else {movement: _OWN_SHARE, twin: 1.0 - _OWN_SHARE}
    named = next(iter(shares))
    signs = Signs.of(
        named,
        shares,
        tracks=len(through),
        used=len(through),
        inliers=inliers,
        error_px=float(np.median(errors)),
        free_px=float(np.median(errors)),
        moved_px=float(np.median(moved)),
        span=1.0,
        measured_depth=False,
    )
    return Finding(shares=shares, span=ends, inliers=inliers, local=float((errors > 2.0).mean()), signs=signs)
