"""Every movement that one camera can show is told, in its direction and its size."""

from dataclasses import replace

import numpy as np
import pytest

from film.movement import Family, Movement, family, mirrored, opposite
from generator.core.motion_check import Asked, Known, Outcome, Unit, check
from generator.core.motion_check.scoring import UNITS

from .scene import HEIGHT, RATE, SUDDEN, Clips, Layer, Pose, clip, hill, pose_at, shoot, subject_w, texture

AMPLITUDES = {
    Family.STATIC: (0.0, 0.0),
    Family.PAN: (0.04, 0.12),
    Family.TILT: (0.03, 0.09),
    Family.ROLL: (0.03, 0.10),
    Family.ZOOM: (0.08, 0.28),
    Family.DOLLY: (0.08, 0.28),
    Family.TRUCK: (0.03, 0.09),
    Family.PEDESTAL: (0.025, 0.07),
    Family.CRANE: (0.03, 0.08),
    Family.ARC: (0.08, 0.24),
    Family.DOLLY_ZOOM: (0.15, 0.40),
    Family.WHIP_PAN: (0.20, 0.30),
    Family.CRASH_ZOOM: (0.30, 0.50),
}
SHOWN = [movement for movement in Movement if family(movement) in AMPLITUDES]

# The prior on depths bounds what a dolly zoom's ratio can be known to.
TOLERANCE = {Family.DOLLY_ZOOM: 0.35, Family.CRANE: 0.2, Family.WHIP_PAN: 0.1}


@pytest.mark.parametrize("size", [0, 1], ids=["small", "large"])
@pytest.mark.parametrize("movement", SHOWN)
def test_a_movement_in_relief_is_told_with_its_amplitude(movement: Movement, size: int, clips: Clips) -> None:
    kind = family(movement)
    amplitude = AMPLITUDES[kind][size]
    name = "two layers" if size else "ground"
    asked = Asked(movement=movement, amplitude=amplitude or None, unit=UNITS.get(kind))
    verdict = check(clips.get(name, movement, amplitude), fps=RATE, asked=asked, known=clips.known(name))
    assert (verdict.outcome, verdict.measured) == (Outcome.AS_ASKED, movement), verdict
    assert (verdict.has_cut, verdict.has_freeze, verdict.has_black_border) == (False, False, False)
    assert verdict.inlier_share.value is not None
    assert verdict.inlier_share.value > 0.6
    assert verdict.score.value is not None
    assert verdict.confidence.probability > 0.4
    assert verdict.confidence.calibration_id
    if movement not in SUDDEN:
        assert verdict.steadiness.value is not None
        assert verdict.steadiness.value > 0.85
    if amplitude:
        assert verdict.amplitude.value == pytest.approx(amplitude, rel=TOLERANCE.get(kind, 0.1))
        assert verdict.score.value > 0.4
    else:
        assert verdict.amplitude.value is None
        assert verdict.unit is None
        assert verdict.score.value > 0.9


@pytest.mark.parametrize(
    ("movement", "amplitude"),
    [
        (Movement.PAN_LEFT, 0.04),
        (Movement.TRUCK_RIGHT, 0.03),
        (Movement.ARC_CLOCKWISE, 0.08),
        (Movement.ROLL_CLOCKWISE, 0.03),
    ],
)
def test_a_mirrored_clip_shows_the_mirrored_movement(movement: Movement, amplitude: float, clips: Clips) -> None:
    frames = [np.ascontiguousarray(frame[:, ::-1]) for frame in clips.get("ground", movement, amplitude)]
    known = clips.known("ground")
    assert known.disparity is not None
    verdict = check(frames, fps=RATE, known=Known(focal=known.focal, disparity=known.disparity[:, ::-1].copy()))
    assert verdict.measured is mirrored(movement)
    assert verdict.outcome is Outcome.MEASURED


@pytest.mark.parametrize(
    ("movement", "amplitude"), [(Movement.TILT_UP, 0.03), (Movement.DOLLY_IN, 0.08), (Movement.DOLLY_ZOOM_IN, 0.15)]
)
def test_a_clip_played_backwards_shows_the_opposite_movement(
    movement: Movement, amplitude: float, clips: Clips
) -> None:
    frames = clips.get("ground", movement, amplitude)[::-1]
    assert check(frames, fps=RATE, known=clips.known("ground")).measured is opposite(movement)


def test_a_swaying_camera_is_handheld_and_may_sway_without_losing_score(clips: Clips) -> None:
    asked = Asked(movement=Movement.HANDHELD, unit=Unit.RADIAN)
    frames = clip(clips.layers["hill"], Movement.HANDHELD, 0.01, seconds=4.0)
    verdict = check(frames, fps=RATE, asked=asked, known=clips.known("hill"))
    assert verdict.outcome is Outcome.AS_ASKED
    assert verdict.unit is Unit.RADIAN
    assert verdict.amplitude.value == pytest.approx(0.01, rel=0.8)
    assert verdict.score.value == 1.0


@pytest.mark.parametrize(("movement", "amplitude"), [(Movement.DOLLY_IN, 0.2), (Movement.ROLL_CLOCKWISE, 0.08)])
def test_a_sway_laid_over_a_movement_does_not_hide_it(movement: Movement, amplitude: float, clips: Clips) -> None:
    layers = clips.layers["ground"]
    frames = []
    for t in np.linspace(0, 1, 37):
        hand = pose_at(Movement.HANDHELD, 0.004, float(t))
        pose = pose_at(movement, amplitude, float(t), ws=subject_w(layers), base=1.05)
        frames.append(shoot(layers, replace(pose, pan=hand.pan, tilt=hand.tilt)))
    asked = Asked(movement=movement, amplitude=amplitude, unit=UNITS[family(movement)], sway_rad=0.004)
    verdict = check(frames, fps=RATE, asked=asked, known=clips.known("ground"))
    assert verdict.outcome is Outcome.AS_ASKED, verdict
    assert verdict.score.value is not None
    assert verdict.score.value > 0.6


def test_a_static_camera_that_was_asked_to_sway_is_as_asked(clips: Clips) -> None:
    frames = clip(clips.layers["hill"], Movement.HANDHELD, 0.01, seconds=3.0)
    asked = Asked(movement=Movement.STATIC, sway_rad=0.01)
    verdict = check(frames, fps=RATE, asked=asked, known=clips.known("hill"))
    assert (verdict.outcome, verdict.measured) == (Outcome.AS_ASKED, Movement.HANDHELD)


def test_a_tall_clip_is_measured_like_a_wide_one(clips: Clips) -> None:
    square = [frame[:, 105:375] for frame in clips.get("ground", Movement.PAN_RIGHT, 0.12)]
    verdict = check(square, fps=RATE, known=Known(focal=1.05 * 480 / HEIGHT))
    assert verdict.measured is Movement.PAN_RIGHT
    assert verdict.amplitude.value == pytest.approx(0.12, rel=0.05)


@pytest.mark.parametrize("focal", [0.8, 1.6])
def test_an_unknown_lens_is_told_by_a_pan(focal: float, clips: Clips) -> None:
    frames = clip(clips.layers["ground"], Movement.PAN_RIGHT, 0.12, base=focal)
    verdict = check(frames, fps=RATE)
    assert verdict.measured is Movement.PAN_RIGHT
    assert verdict.amplitude.value == pytest.approx(0.12, rel=0.15)


def test_noise_and_low_contrast_change_no_verdict() -> None:
    dim = (Layer(texture(8, strength=0.25), hill),)
    noise = np.random.default_rng(3)
    frames = [
        np.clip(frame + noise.normal(0, 2.0, frame.shape), 0, 255).astype(np.uint8)
        for frame in clip(dim, Movement.TRUCK_LEFT, 0.06)
    ]
    assert check(frames, fps=RATE, known=Known(focal=1.05)).measured is Movement.TRUCK_LEFT


def test_the_same_frames_give_the_same_verdict(clips: Clips) -> None:
    frames = clips.get("ground", Movement.CRANE_UP, 0.03)
    asked = Asked(movement=Movement.CRANE_UP, amplitude=0.03, unit=Unit.FRAME_WIDTH)
    one, other = (check(iter(frames), fps=RATE, asked=asked) for _ in range(2))
    assert one == other


def test_a_hand_that_turns_back_once_and_trembles_across_is_a_hand(clips: Clips) -> None:
    times = np.linspace(0.0, 1.0, 23)
    pan, tilt = 0.016 * np.sin(1.3 * np.pi * times - 0.3), 0.007 * np.sin(5.2 * np.pi * times)
    layers = clips.layers["ground"]
    frames = [shoot(layers, Pose(pan=p, tilt=q, focal=1.05)) for p, q in zip(pan, tilt, strict=True)]
    assert check(frames, fps=RATE, known=clips.known("ground")).measured is Movement.HANDHELD
