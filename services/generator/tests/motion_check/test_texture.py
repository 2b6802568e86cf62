"""Pictures of few corners are measured by their edges, each as far as it tells."""

import cv2
import numpy as np
import pytest

from film.movement import Movement
from generator.core.motion_check import Known, Outcome, check
from generator.core.motion_check.texture import corners, points, trust
from generator.core.motion_check.tracks import follow, normalised

from .scene import RATE, Layer, Picture, clip, flat

EDGE = np.full((120, 200), 60, np.uint8)
EDGE[:, 100:] = 180


def cups() -> Picture:
    """Smooth round shapes on a plain ground: edges everywhere and hardly a corner."""
    rng = np.random.default_rng(8)
    picture = np.full((660, 1000), 40, np.float32)
    for row in range(3):
        for column in range(5):
            middle = (100 + 200 * column + int(rng.integers(-30, 30)), 110 + 220 * row + int(rng.integers(-30, 30)))
            cv2.ellipse(picture, middle, (80, 62), float(rng.uniform(0, 180)), 0, 360, 200, -1, cv2.LINE_AA)
            cv2.ellipse(picture, middle, (66, 50), float(rng.uniform(0, 180)), 0, 360, 150, -1, cv2.LINE_AA)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 2.0), 0, 255).astype(np.uint8)


def test_a_place_on_an_edge_is_trusted_across_it_only() -> None:
    frame = normalised(EDGE)
    across, along = trust(frame, np.array([[100.0, 60.0]], np.float32))[0].diagonal()
    assert across > 0.9
    assert along < 0.1


def test_a_corner_is_trusted_in_every_direction() -> None:
    frame = EDGE.copy()
    frame[:60] = 60
    found = trust(normalised(frame), np.array([[100.0, 60.0]], np.float32))[0]
    assert np.linalg.eigvalsh(found).min() > 0.8


def test_edges_help_out_only_where_corners_are_few() -> None:
    few = normalised(clip((Layer(cups(), flat(0.6)),), Movement.STATIC, 0.0, seconds=0.2)[0])
    assert len(points(few)) > 2 * len(corners(few))
    many = np.random.default_rng(3).integers(0, 255, (27, 48)).astype(np.uint8).repeat(10, 0).repeat(10, 1)
    assert len(points(normalised(many))) == len(corners(normalised(many)))


def test_a_flat_frame_has_nothing_to_hold_on_to() -> None:
    tracks = follow([np.full((120, 200), 128, np.uint8)] * 3, checkpoint=lambda: None)
    assert tracks.places.shape == (0, 3, 2)
    assert tracks.trust.shape == (0, 2, 2)


@pytest.mark.parametrize(
    ("movement", "amplitude"),
    [(Movement.PAN_RIGHT, 0.08), (Movement.ZOOM_IN, 0.2), (Movement.ROLL_CLOCKWISE, 0.08)],
)
def test_round_shapes_without_corners_tell_the_movement(movement: Movement, amplitude: float) -> None:
    frames = clip((Layer(cups(), flat(0.6)),), movement, amplitude)
    verdict = check(frames, fps=RATE, known=Known(focal=1.05))
    assert verdict.outcome is Outcome.MEASURED, verdict.unknown_because
    assert verdict.measured is movement
    assert verdict.amplitude.value == pytest.approx(amplitude, rel=0.06)
