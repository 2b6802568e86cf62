"""Long clips are measured in parts, and the parts are joined to one verdict or told one by one."""

import numpy as np
import pytest

from film.movement import Movement
from generator.core.motion_check import Known, Outcome, check, sampling
from generator.core.motion_check.segments import joined_path, parts
from generator.core.motion_check.tracks import normalised

from .scene import HEIGHT, RATE, WIDTH, Clips, Picture, texture

WORLD = np.hstack([texture(seed, width=650, height=HEIGHT) for seed in (17, 18, 19, 20)])


def far_pan(*, reach: int = 2000, count: int = 60) -> list[Picture]:
    """A way along a wide world: nothing that is seen at first is seen at last."""
    return [WORLD[:, x : x + WIDTH] for x in np.linspace(0, reach, count).round().astype(int)]


def test_a_pan_beyond_everything_seen_at_first_is_one_pan_with_all_its_way() -> None:
    verdict = check(far_pan(), fps=RATE, known=Known(focal=1.0))
    assert verdict.measured in (Movement.PAN_RIGHT, Movement.TRUCK_RIGHT), verdict.unknown_because
    assert len(verdict.segments) > 1
    assert verdict.path[-1].shift_x == pytest.approx(-2000 / WIDTH, rel=0.1)
    assert all(one.measured is verdict.measured for one in verdict.segments if one.measured is not None)


def test_one_movement_after_another_has_no_single_name_but_parts(clips: Clips) -> None:
    frames = [*clips.get("ground", Movement.PAN_LEFT, 0.12), *clips.get("corridor", Movement.ROLL_CLOCKWISE, 0.1)]
    verdict = check(frames, fps=RATE, known=Known(focal=1.05))
    assert verdict.has_cut
    assert verdict.outcome is Outcome.UNKNOWN
    assert "one after another: pan left, then roll clockwise" in verdict.unknown_because
    assert [one.measured for one in verdict.segments] == [Movement.PAN_LEFT, Movement.ROLL_CLOCKWISE]
    assert verdict.segments[0].amplitude == pytest.approx(0.12, rel=0.1)
    assert verdict.segments[0].end_s < verdict.segments[1].start_s


def test_a_clip_in_one_piece_has_no_segments_and_a_moment_for_each_sample(clips: Clips) -> None:
    frames = clips.get("ground", Movement.PAN_LEFT, 0.12)
    verdict = check(frames, fps=RATE, known=Known(focal=1.05))
    assert verdict.segments == ()
    assert len(verdict.path) == len(frames)
    assert (verdict.path[0].shift_x, verdict.path[0].scale) == (0.0, 1.0)
    assert verdict.path[-1].shift_x == pytest.approx(1.05 * np.tan(0.12), rel=0.1)


def test_the_path_goes_on_over_the_seams() -> None:
    frames = far_pan()
    found = parts(
        frames, [normalised(one) for one in frames], (), fps=RATE, known=Known(), sudden=False, checkpoint=lambda: None
    )
    path = joined_path(found, len(frames))
    steps = np.diff(path[:, 0])
    assert steps.min() > -50
    assert steps.max() < -20


def test_long_clips_are_sampled_more_densely_than_two_a_second() -> None:
    picked = sampling(30 * 24, 24)
    assert len(picked) / 30 > 3.3
