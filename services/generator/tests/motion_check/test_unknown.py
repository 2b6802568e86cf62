"""What cannot be told is called unknown with its reason; nothing is guessed and nothing is NaN."""

import cv2
import numpy as np
import pytest

from film.movement import Movement
from generator.core.motion_check import METHOD, Asked, Cancelled, Known, Outcome, check, sampling

from .scene import HEIGHT, RATE, WIDTH, Clips, Picture, Pose, shoot

GREY = np.full((HEIGHT, WIDTH), 128, np.uint8)


def noise(count: int) -> list[Picture]:
    source = np.random.default_rng(1)
    return [source.integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8) for _ in range(count)]


def unrelated(clips: Clips) -> list[Picture]:
    frames = clips.get("ground", Movement.PAN_LEFT, 0.04)
    source = np.random.default_rng(2)
    return [np.roll(frames[0], source.integers(-150, 150, 2), axis=(0, 1)) for _ in range(12)]


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        ([], "too short: 0"),
        ([GREY, GREY], "too short: 2"),
        ([GREY] * 12, "too little texture: 0 points"),
        (noise(12), "lost"),
    ],
    ids=["nothing", "two frames", "grey", "noise"],
)
def test_what_shows_no_movement_is_unknown_with_its_reason(frames: list[Picture], reason: str) -> None:
    verdict = check(frames, fps=RATE, asked=Asked(movement=Movement.PAN_LEFT, amplitude=0.1))
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.measured is None
    assert verdict.alternatives == ()
    assert verdict.score.value is None
    assert verdict.amplitude.value is None
    assert verdict.confidence.probability == 0.0
    assert reason in verdict.unknown_because
    assert verdict.score.absent_because == verdict.unknown_because
    assert verdict.method == METHOD


def test_a_clip_that_jumps_about_is_unknown(clips: Clips) -> None:
    verdict = check(unrelated(clips), fps=RATE)
    assert verdict.outcome is Outcome.UNKNOWN, verdict
    assert verdict.unknown_because


def test_a_warping_picture_is_no_camera(clips: Clips) -> None:
    still = clips.get("ground", Movement.STATIC)[0].astype(np.float32)
    x, y = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
    frames = []
    for k in range(13):
        way = 14 * (k / 12 - 0.5)
        map_x = x + way * np.sin(y / 17).astype(np.float32)
        map_y = y + way * np.sin(x / 23).astype(np.float32)
        frames.append(cv2.remap(still, map_x.astype(np.float32), map_y.astype(np.float32), 1).astype(np.uint8))
    verdict = check(frames, fps=RATE)
    assert verdict.outcome is Outcome.UNKNOWN or verdict.confidence.probability < 0.4


def test_a_cancelled_check_stops(clips: Clips) -> None:
    calls = 0

    def cancelled() -> bool:
        nonlocal calls
        calls += 1
        return calls > 40

    with pytest.raises(Cancelled):
        check(clips.get("ground", Movement.PAN_LEFT, 0.04), fps=RATE, cancelled=cancelled)
    assert calls == 41


def test_frames_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="one size"):
        check([GREY, GREY[:100]], fps=RATE)


@pytest.mark.parametrize("fps", [0.0, -1.0, float("nan")])
def test_a_rate_that_is_none_is_refused(fps: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        check([GREY], fps=fps)


@pytest.mark.parametrize(
    ("count", "fps"), [(1, 24), (2, 24), (3, 24), (96, 24), (97, 24), (240, 60), (1000, 30), (9, 6), (100, 25)]
)
def test_samples_hold_both_ends_and_are_even(count: int, fps: float) -> None:
    picked = sampling(count, fps)
    assert picked[0] == 0
    assert picked[-1] == count - 1
    assert len(picked) <= 120
    steps = np.diff(picked)
    assert (steps > 0).all()
    assert len(set(steps[:-1].tolist())) <= 1
    if count > 20:
        assert fps / steps[0] <= 18


@pytest.mark.parametrize(("count", "fps"), [(0, 24), (5, 0), (5, float("nan"))])
def test_no_frames_or_no_rate_give_no_samples(count: int, fps: float) -> None:
    with pytest.raises(ValueError, match="frames and a rate"):
        sampling(count, fps)


def test_several_movements_at_once_get_no_single_name(clips: Clips) -> None:
    layers = clips.layers["plane"]
    frames = [
        shoot(layers, Pose(roll=0.24 * way, pan=0.08 * way, tilt=0.05 * way, focal=1.05 * (1 + 0.12 * way)))
        for way in np.linspace(-0.5, 0.5, 13)
    ]
    verdict = check(frames, fps=RATE, known=Known(focal=1.05))
    assert verdict.outcome is Outcome.UNKNOWN
    assert "several ways" in verdict.unknown_because
    assert verdict.inlier_share.value is not None
