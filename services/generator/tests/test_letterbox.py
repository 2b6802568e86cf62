"""Black bars around a picture."""

import numpy as np
import pytest

from generator.core.letterbox import bars, framed, inside
from generator.core.picture import planes, to_bgr


@pytest.mark.parametrize(("frame", "ratio"), [((1280, 720), 2.39), ((720, 1280), 16 / 9), ((1280, 720), 9 / 16)])
def test_bars_are_black_and_the_picture_stands_amid_them_unchanged(frame, ratio):
    place = bars(frame, ratio)
    picture = np.random.default_rng(2).integers(16, 236, (place.height_px * 3 // 2, place.width_px), np.uint8)

    (whole,) = (each.copy() for each in framed(iter([picture]), place))

    assert whole.shape == (frame[1] * 3 // 2, frame[0])
    assert place.width_px / place.height_px == pytest.approx(ratio, rel=0.01)
    across = slice(place.left_px, place.left_px + place.width_px)
    down = slice(place.top_px, place.top_px + place.height_px)
    assert np.array_equal(whole[: frame[1]][down, across], picture[: place.height_px])
    for step, plane, source in zip((2, 2), planes(whole)[1:], planes(picture)[1:], strict=True):
        part = plane[down.start // step : down.stop // step, across.start // step : across.stop // step]
        assert np.array_equal(part, source)
    black = np.ones((frame[1], frame[0]), bool)
    # Chroma is interpolated over a pixel on either side of the edge.
    black[max(0, down.start - 1) : down.stop + 1, max(0, across.start - 1) : across.stop + 1] = False
    assert black.sum() > 10_000
    assert np.all(to_bgr(whole)[black] == 0)


def test_bars_stay_black_over_all_frames_of_one_buffer():
    place = bars((64, 128), 1.0)
    pictures = (np.full((place.height_px * 3 // 2, place.width_px), level, np.uint8) for level in (50, 200))

    edges = [(whole[0, 0], whole[place.top_px, 0], whole[127, 63]) for whole in framed(pictures, place)]

    assert edges == [(16, 50, 16), (16, 200, 16)]


def test_without_bars_the_picture_is_the_frame_itself():
    place = bars((64, 128), None)
    picture = np.zeros((192, 64), np.uint8)

    assert place.none
    assert next(framed(iter([picture]), place)) is picture


def test_of_a_scaled_frame_the_picture_is_cut_without_its_edges():
    place = bars((1280, 720), 2.39)
    sample = np.zeros((270, 480), np.uint8)
    scale = 270 / 720
    sample[int(np.ceil(place.top_px * scale)) : int((place.top_px + place.height_px) * scale)] = 9

    cut = inside(sample, place)

    assert np.all(cut == 9)
    assert cut.shape == (200, 480)
