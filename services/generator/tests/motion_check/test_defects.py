"""Cut, freeze, black border, loop, shake and things that move on their own."""

import cv2
import numpy as np
import pytest

from film.geometry import Box
from film.movement import Movement
from generator.core.motion_check import Asked, Known, Outcome, check
from generator.core.motion_check.defects import defects

from .scene import HEIGHT, RATE, WIDTH, Clips, Picture, Pose, clip, shoot, texture

KNOWN = Known(focal=1.05)
PAN = Asked(movement=Movement.PAN_LEFT)


@pytest.fixture
def pan(clips: Clips) -> list[Picture]:
    return clips.get("ground", Movement.PAN_LEFT, 0.12)


def test_a_cut_is_seen_and_halves_the_score(pan: list[Picture], clips: Clips) -> None:
    whole = check(pan, fps=RATE, asked=PAN, known=KNOWN)
    spliced = [*pan[:20], *clips.get("corridor", Movement.STATIC)[:5]]
    verdict = check(spliced, fps=RATE, asked=PAN, known=KNOWN)
    assert verdict.has_cut
    assert not whole.has_cut
    assert verdict.measured is Movement.PAN_LEFT
    assert whole.score.value is not None
    assert verdict.score.value is not None
    assert verdict.score.value < 0.6 * whole.score.value
    assert verdict.confidence.probability < 0.6


def test_a_freeze_in_the_middle_is_seen(pan: list[Picture]) -> None:
    frozen = [*pan[:12], *[pan[12]] * 12, *pan[13:]]
    assert check(frozen, fps=RATE, known=KNOWN).has_freeze


def test_an_eased_pause_and_a_still_clip_are_no_freeze(pan: list[Picture], clips: Clips) -> None:
    paused = [*[pan[0]] * 6, *pan, *[pan[-1]] * 6]
    assert not check(paused, fps=RATE, known=KNOWN).has_freeze
    assert not check(clips.get("ground", Movement.STATIC), fps=RATE, known=KNOWN).has_freeze


@pytest.mark.parametrize("side", ["top", "left", "right"])
def test_a_black_border_is_seen_on_each_side(side: str, pan: list[Picture]) -> None:
    where = {"top": np.s_[:8], "left": np.s_[:, :8], "right": np.s_[:, -3:]}[side]
    framed = [frame.copy() for frame in pan]
    for frame in framed:
        frame[where] = 16
    verdict = check(framed, fps=RATE, known=KNOWN)
    assert verdict.has_black_border
    assert verdict.measured is Movement.PAN_LEFT


def test_a_night_sky_is_no_border(pan: list[Picture]) -> None:
    fade = np.clip((np.arange(HEIGHT) - 60) / 90, 0, 1)[:, None]
    night = [(16 + fade * (frame.astype(float) - 16)).astype(np.uint8) for frame in pan]
    assert not check(night, fps=RATE, known=KNOWN).has_black_border


def test_an_all_black_clip_is_framed_by_nothing() -> None:
    black = [np.full((HEIGHT, WIDTH), 16, np.uint8)] * 6
    assert not check(black, fps=RATE).has_black_border


def test_there_and_back_loops_and_keeps_its_first_direction(pan: list[Picture]) -> None:
    assert not check(pan, fps=RATE, known=KNOWN).loops
    verdict = check([*pan, *pan[::-1]], fps=RATE, asked=PAN, known=KNOWN)
    assert verdict.loops
    assert verdict.outcome is Outcome.AS_ASKED
    assert verdict.amplitude.value == pytest.approx(0.12, rel=0.05)


def test_two_frames_never_loop() -> None:
    grey = np.full((HEIGHT, WIDTH), 90, np.uint8)
    assert not defects([grey, grey], fps=RATE, moves=False).loops


def test_a_shaking_pan_is_less_steady_and_scores_less(clips: Clips) -> None:
    shake = np.random.default_rng(4).normal(0, 0.004, (25, 2))
    layers = clips.layers["ground"]
    frames = [
        shoot(layers, Pose(pan=-0.1 * (k / 24 - 0.5) + shake[k, 0], tilt=shake[k, 1], focal=1.05)) for k in range(25)
    ]
    shaken = check(frames, fps=RATE, asked=PAN, known=KNOWN)
    smooth = check(clips.get("ground", Movement.PAN_LEFT, 0.12), fps=RATE, asked=PAN, known=KNOWN)
    assert shaken.measured is Movement.PAN_LEFT
    assert shaken.steadiness.value is not None
    assert smooth.steadiness.value is not None
    assert shaken.score.value is not None
    assert smooth.score.value is not None
    assert shaken.steadiness.value < 0.4 < 0.85 < smooth.steadiness.value
    assert shaken.score.value < 0.5 * smooth.score.value


def test_a_thing_that_moves_on_its_own_is_counted_and_moves_no_camera(clips: Clips) -> None:
    frames = [frame.copy() for frame in clips.get("ground", Movement.STATIC)]
    patch = texture(21, width=200, height=110)
    for k, frame in enumerate(frames):
        frame[90:200, 60 + 5 * k : 260 + 5 * k] = patch
    verdict = check(frames, fps=RATE, known=KNOWN)
    assert verdict.measured is Movement.STATIC
    assert verdict.local_motion_share.value is not None
    assert verdict.inlier_share.value is not None
    assert 0.05 < verdict.local_motion_share.value < 0.4
    assert verdict.inlier_share.value > 0.6


@pytest.mark.parametrize("told_by", ["height", "subject", "disparity"])
def test_a_rack_focus_is_told_with_its_direction(told_by: str) -> None:
    still = texture(30, width=WIDTH, height=HEIGHT)
    soft = cv2.GaussianBlur(still, (0, 0), 2.5).astype(np.uint8)
    near = np.zeros((HEIGHT, WIDTH), np.float32)
    near[HEIGHT // 2 :] = 1.0
    frames = []
    for k in range(25):
        way = k / 24
        sharp_near = (1 - way) * still + way * soft
        sharp_far = way * still + (1 - way) * soft
        frames.append((near * sharp_near + (1 - near) * sharp_far).astype(np.uint8))
    known = {
        "height": Known(),
        "subject": Known(subject=Box(left=0.3, top=0.55, width=0.4, height=0.4)),
        "disparity": Known(disparity=near),
    }[told_by]
    verdict = check(frames, fps=RATE, known=known, asked=Asked(movement=Movement.RACK_FOCUS_NEAR_TO_FAR))
    assert verdict.outcome is Outcome.AS_ASKED
    assert verdict.amplitude.value is None
    assert verdict.amplitude.absent_because
    assert verdict.inlier_share.value == 1.0
    assert check(frames[::-1], fps=RATE, known=known).measured is Movement.RACK_FOCUS_FAR_TO_NEAR


@pytest.mark.parametrize("forwards", [True, False])
def test_a_rack_focus_onto_the_only_texture_is_told_by_where_it_lies(forwards: bool) -> None:
    still = np.full((HEIGHT, WIDTH), 120, np.uint8)
    still[:120] = texture(31, width=WIDTH, height=120)
    soft = cv2.GaussianBlur(still, (0, 0), 2.5)
    frames = [((k / 24) * still + (1 - k / 24) * soft).astype(np.uint8) for k in range(25)]
    verdict = check(frames if forwards else frames[::-1], fps=RATE)
    wanted = Movement.RACK_FOCUS_NEAR_TO_FAR if forwards else Movement.RACK_FOCUS_FAR_TO_NEAR
    assert verdict.measured is wanted


@pytest.mark.parametrize("forwards", [True, False])
@pytest.mark.parametrize("ends", [(0.9, 0.45), (0.75, 0.3)], ids=["all come to be sharp", "sharp in turn"])
def test_a_plane_of_focus_that_passes_known_depths_tells_its_direction(
    ends: tuple[float, float], forwards: bool
) -> None:
    still = texture(33, width=WIDTH, height=HEIGHT).astype(np.float32)
    depth = np.linspace(0.42, 0.62, HEIGHT, dtype=np.float32)[:, None].repeat(WIDTH, 1)
    soft = [cv2.GaussianBlur(still, (0, 0), max(0.01, 0.6 * k)) for k in range(9)]
    frames = []
    for way in np.linspace(0, 1, 25):
        away = np.abs(depth - (ends[0] + (ends[1] - ends[0]) * way * way * (3 - 2 * way)))
        level = np.clip(away * 16, 0, 7.99)
        low = level.astype(int)
        stack = np.stack(soft)
        one, next_one = (np.take_along_axis(stack, (low + k)[None], axis=0)[0] for k in (0, 1))
        frames.append((one + (level - low) * (next_one - one)).astype(np.uint8))
    verdict = check(frames if forwards else frames[::-1], fps=RATE, known=Known(disparity=depth))
    wanted = Movement.RACK_FOCUS_NEAR_TO_FAR if forwards else Movement.RACK_FOCUS_FAR_TO_NEAR
    assert verdict.measured is wanted, verdict.alternatives


@pytest.mark.parametrize("forwards", [True, False])
def test_a_rack_focus_is_seen_in_a_pale_picture(forwards: bool) -> None:
    still = texture(34, width=WIDTH, height=HEIGHT, strength=0.12).astype(np.float32)
    soft = cv2.GaussianBlur(still, (0, 0), 2.5)
    near = np.zeros((HEIGHT, WIDTH), np.float32)
    near[HEIGHT // 2 :] = 1.0
    frames = []
    for way in np.linspace(0, 1, 25):
        sharp_near, sharp_far = (1 - way) * still + way * soft, way * still + (1 - way) * soft
        frames.append(np.rint(near * sharp_near + (1 - near) * sharp_far).astype(np.uint8))
    verdict = check(frames if forwards else frames[::-1], fps=RATE, known=Known(disparity=near))
    wanted = Movement.RACK_FOCUS_NEAR_TO_FAR if forwards else Movement.RACK_FOCUS_FAR_TO_NEAR
    assert verdict.measured is wanted, (verdict.alternatives, verdict.unknown_because)


def test_clips_shorter_than_the_smoothness_window_count_as_steady(clips: Clips) -> None:
    frames = clip(clips.layers["plane"], Movement.PAN_LEFT, 0.03, seconds=0.4)
    assert check(frames, fps=RATE, known=KNOWN).steadiness.value == 1.0


def test_a_border_whose_edge_a_codec_has_lightened_is_a_border(pan: list[Picture]) -> None:
    framed = [frame.copy() for frame in pan]
    for frame in framed:
        frame[:8] = 16
        # One in ten of the last two rows is lighter than black, as ringing leaves it.
        frame[6:8, ::10] = 24
    assert check(framed, fps=RATE, known=KNOWN).has_black_border


def test_a_dissolve_into_another_picture_is_no_camera_at_rest(clips: Clips) -> None:
    one, other = clips.get("ground", Movement.STATIC)[0], clips.get("corridor", Movement.STATIC)[0]
    dissolve = [cv2.addWeighted(one, 1.0 - share, other, share, 0.0) for share in np.linspace(0.0, 1.0, 24)]
    darker = [cv2.convertScaleAbs(one, alpha=1.0 - share / 2) for share in np.linspace(0.0, 1.0, 24)]

    verdict = check(dissolve, fps=RATE, asked=Asked(movement=Movement.STATIC))

    assert verdict.measured is None
    assert verdict.unknown_because
    assert check(darker, fps=RATE, asked=Asked(movement=Movement.STATIC)).outcome is Outcome.AS_ASKED


def test_a_slide_seen_through_an_unknown_lens_is_as_long_as_it_looks() -> None:
    wide = texture(5)
    height, width = wide.shape[:2]
    shown = (width - 40, height - 20)
    slide = [
        cv2.getRectSubPix(wide, shown, (shown[0] / 2 + 36 * share, height / 2)) for share in np.linspace(0.0, 1.0, 24)
    ]

    verdict = check(slide, fps=RATE, asked=Asked(movement=Movement.TRUCK_RIGHT))

    assert verdict.outcome in (Outcome.AS_ASKED, Outcome.EQUIVALENT)
    if verdict.measured is Movement.TRUCK_RIGHT:
        assert verdict.amplitude.value == pytest.approx(36 / shown[0], rel=0.1)
