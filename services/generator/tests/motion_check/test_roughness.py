"""What trembles by itself does not outvote the camera; what the camera shakes does not count as trembling."""

import cv2
import numpy as np

from film.movement import Movement
from generator.core.motion_check import Known, check
from generator.core.motion_check.roughness import rough, roughness
from generator.core.motion_check.tracks import Tracks

from .scene import HEIGHT, RATE, WIDTH, Clips, Picture


def tracks_of(places: np.ndarray) -> Tracks:
    """Tracks seen throughout, from (points, frames, 2) pixels from the centre."""
    count, frames = places.shape[:2]
    return Tracks(
        places=places,
        seen=np.ones((count, frames), np.bool_),
        anchor=frames // 2,
        width_px=WIDTH,
        height_px=HEIGHT,
        trust=np.broadcast_to(np.eye(2), (count, 2, 2)),
    )


def panned(frames: int = 25) -> np.ndarray:
    """Sixty points that go evenly aside, the nearer ones faster, with a tracker's noise."""
    rng = np.random.default_rng(1)
    start = rng.uniform((-200, -110), (200, 110), (60, 2))
    way = np.linspace(-20, 20, frames)[None, :] * (1 + 0.3 * rng.random((60, 1)))
    places = np.repeat(start[:, None], frames, axis=1)
    places[:, :, 0] += way
    return places + rng.normal(0, 0.03, places.shape)


def test_tracks_with_a_rhythm_of_their_own_are_rough() -> None:
    places = panned()
    beat = 1.5 * np.sin(2 * np.pi * (1.1 * np.arange(25) / RATE)[None, :] + np.arange(20)[:, None])
    places[:20, :, 0] += beat
    found = rough(roughness(tracks_of(places), np.arange(60), fps=RATE))
    assert found[:20].all()
    assert not found[20:].any()


def test_a_camera_that_shakes_makes_no_track_rough() -> None:
    places = panned()
    places += np.random.default_rng(2).normal(0, 2.0, (1, 25, 2))
    assert not rough(roughness(tracks_of(places), np.arange(60), fps=RATE)).any()


def test_too_few_samples_or_tracks_tell_nothing() -> None:
    assert not np.isfinite(roughness(tracks_of(panned(4)), np.arange(60), fps=RATE)).any()
    assert not rough(roughness(tracks_of(panned(4)), np.arange(60), fps=RATE)).any()
    assert not rough(roughness(tracks_of(panned()), np.arange(8), fps=RATE)).any()


def with_water(clips: Clips) -> list[Picture]:
    """A small pan to the left whose lower half is water: it drifts aside faster than the pan, in waves."""
    frames = [frame.copy() for frame in clips.get("ground", Movement.PAN_LEFT, 0.04)]
    x, y = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
    for index, frame in enumerate(frames):
        seconds = index / RATE
        wave = 2.5 * np.sin(2 * np.pi * (y / 22 - 1.1 * seconds))
        water = cv2.remap(frame, x - 14 * seconds + wave, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        frame[HEIGHT // 2 - 10 :] = water[HEIGHT // 2 - 10 :]
    return frames


def test_water_nobody_told_of_does_not_hide_the_camera(clips: Clips) -> None:
    verdict = check(with_water(clips), fps=RATE, known=Known(focal=1.05))
    assert verdict.measured is Movement.PAN_LEFT, verdict
    assert verdict.local_motion_share.value > 0.3
