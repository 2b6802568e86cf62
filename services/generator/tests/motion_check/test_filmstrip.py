"""The verdict as a picture: always a PNG of one width, the same for the same clip, with the tracks in it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from film.geometry import Box
from film.movement import Movement
from generator.core.motion_check import Asked, Known, Unit, examine
from generator.core.motion_check.filmstrip import draw_filmstrip
from generator.core.motion_check.filmstrip.lettering import width_of, wrapped
from generator.core.motion_check.filmstrip.page import WIDTH_PX
from generator.core.motion_check.filmstrip.sheet import BLUE, ORANGE
from generator.core.motion_check.filmstrip.words import headline, subline

from .scene import HEIGHT, RATE, WIDTH, Clips, texture


def opened(png: bytes) -> np.ndarray:
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return pixels


def painted(pixels: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((np.abs(pixels.astype(int) - colour).max(axis=2) < 12).sum())


def test_a_filmstrip_shows_frames_tracks_and_words(clips: Clips) -> None:
    asked = Asked(movement=Movement.PAN_RIGHT, amplitude=0.12, unit=Unit.RADIAN)
    seen = examine(clips.get("ground", Movement.PAN_LEFT, 0.12), fps=RATE, asked=asked, known=Known(focal=1.05))
    pixels = opened(draw_filmstrip(seen))
    assert pixels.shape[1] == WIDTH_PX
    assert painted(pixels, BLUE) > 1500
    assert headline(seen.verdict) == "Pan left"
    assert "asked was pan right" in subline(seen.verdict)
    assert "not what was asked" in subline(seen.verdict)
    assert draw_filmstrip(seen) == draw_filmstrip(seen)


def test_what_moves_by_itself_is_crossed_in_orange(clips: Clips) -> None:
    frames = [frame.copy() for frame in clips.get("ground", Movement.STATIC)]
    patch = texture(21, width=200, height=110)
    plain = examine(frames, fps=RATE)
    for k, frame in enumerate(frames):
        frame[90:200, 60 + 5 * k : 260 + 5 * k] = patch
    moved = examine(frames, fps=RATE)
    assert painted(opened(draw_filmstrip(moved)), ORANGE) > painted(opened(draw_filmstrip(plain)), ORANGE) + 300


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_tiny_clips_have_a_picture_too(count: int) -> None:
    frames = [np.zeros((HEIGHT, WIDTH), np.uint8)] * count
    seen = examine(frames, fps=RATE, known=Known(subject=Box(0.1, 0.1, 0.2, 0.2)))
    assert opened(draw_filmstrip(seen)).shape[1] == WIDTH_PX
    assert headline(seen.verdict) == "Unknown movement"


@pytest.mark.parametrize("shape", [(960, 96), (48, 480), (16, 16)])
def test_slender_and_small_frames_fit(shape: tuple[int, int]) -> None:
    frames = [texture(3, width=shape[1], height=shape[0])] * 5
    pixels = opened(draw_filmstrip(examine(frames, fps=RATE)))
    assert pixels.shape[0] < 1100


def test_long_reasons_are_broken_between_words(clips: Clips) -> None:
    seen = examine(clips.get("ground", Movement.STATIC), fps=RATE)
    long = replace(seen, verdict=replace(seen.verdict, measured=None, unknown_because="word " * 60))
    assert opened(draw_filmstrip(long)).shape[0] > opened(draw_filmstrip(seen)).shape[0]
    lines = wrapped("word " * 60, 24, 400)
    assert all(width_of(line, 24) <= 400 for line in lines)
    assert width_of("", 20) == 0
