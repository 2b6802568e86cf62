"""What kind of scene it is, whether outdoors, and at what time of day: the eye's chances, or no answer."""

from typing import Final

from analyzer.core.analysis import Confidence, Scene, SceneKind, SceneScore, TimeOfDay, measured
from analyzer.core.evidence import ramp
from analyzer.core.glance import Chances

_TELLS: Final = 0.12
"""Information below which a still counts as abstract the more, the less it tells, whatever its colours suggest."""
_LEAST_TIME: Final = 0.5
"""Chance below which no time of day is named."""
_LEAST_OUTDOOR: Final = 0.5
"""Chance of the open air below which only night is named: a room tells no time of day."""


def weighed(found: Chances, information: float) -> Chances:
    """The eye's chances as far as the still tells anything; what tells nothing is abstract."""
    told = ramp(information, 0.0, _TELLS)
    if told >= 1.0:
        return found
    kinds = {kind: told * chance for kind, chance in found.kinds.items()}
    kinds[SceneKind.ABSTRACT] += 1.0 - told
    times = {time: told * chance for time, chance in found.times.items()}
    times[TimeOfDay.UNSPECIFIED] += 1.0 - told
    abstract = max(kinds, key=lambda kind: kinds[kind]) is SceneKind.ABSTRACT
    right = max(told * found.right, kinds[SceneKind.ABSTRACT] if abstract else 0.0)
    return Chances(kinds=kinds, right=right, outdoor=found.outdoor * told, times=times)


def tell_scene(chances: Chances, *, information: float, least_right: float, calibration_id: str) -> Scene:
    """The scene. `scores` sum to 1; the likeliest kind is named only if its chance of being right is `least_right`.

    The confidence is the calibrated chance that people accept the likeliest kind, also where it is not named.
    """
    scores = sorted(
        (SceneScore(kind=kind, probability=round(chance, 6)) for kind, chance in chances.kinds.items()),
        key=lambda one: (-one.probability, one.kind),
    )
    time = max(chances.times, key=lambda one: (chances.times[one], one))
    seen = time is TimeOfDay.NIGHT or chances.outdoor >= _LEAST_OUTDOOR
    told = seen and time is not TimeOfDay.UNSPECIFIED and chances.times[time] >= _LEAST_TIME
    return Scene(
        kind=scores[0].kind if chances.right >= least_right else SceneKind.UNSPECIFIED,
        confidence=Confidence(round(chances.right, 6), calibration_id=calibration_id),
        scores=tuple(scores),
        outdoor=measured(chances.outdoor, abs(2 * chances.outdoor - 1) * ramp(information, 0.0, _TELLS)),
        time_of_day=time if told else TimeOfDay.UNSPECIFIED,
        time_of_day_quality=round(chances.times[time], 6) if told else 0.0,
    )
