"""Which frames of a clip the motion check looks at."""

from typing import Final

WIDTH_PX: Final = 480
"""Width that frames are scaled to before the check; very tall ones are scaled by their height instead."""

MOST_SLENDER: Final = 10
"""A clip's long side is at most this many times its short side; a thinner strip has no room for tracks."""

RATE_HZ: Final = 12.0
"""Samples per second of clip: dense enough for the tracker, sparse enough to stay cheap."""

MOST: Final = 120
"""Most samples of one clip; clips of more than ten seconds are sampled more thinly."""


def sampling(frame_count: int, fps: float) -> tuple[int, ...]:
    """Indices of the frames to sample, ascending, the first and the last frame always among them.

    About 12 per second and at most 120, with whole steps of one size so that no unevenness looks like a shaking camera;
    only the last step may be shorter. Raises ValueError for a count below 1 or a rate that is not above 0.
    """
    if frame_count < 1 or not fps > 0:
        message = f"a clip has frames and a rate, found {frame_count} frames at {fps} per second"
        raise ValueError(message)
    last = frame_count - 1
    step = max(1, round(fps / RATE_HZ), -(-last // (MOST - 1)))
    inner = list(range(0, last, step))
    # A last step of a fraction would stand out; the sample before it gives way when the last one is close.
    if len(inner) > 1 and last - inner[-1] < step / 2:
        inner.pop()
    return (*inner, last)
