"""The exact form of a clip."""

import pytest

from generator.core.errors import UnsupportedSize, WrongOrder
from generator.core.order import Aspect, ClipFormat, Easing, Output
from generator.core.profile import make_profile


def size(output: Output, still_px=(4000, 3000)) -> tuple[int, int]:
    profile = make_profile(output, Easing.SMOOTH, still_px=still_px)
    return profile.width_px, profile.height_px


@pytest.mark.parametrize(
    ("still_px", "expected"),
    [
        ((4000, 3000), (960, 720)),
        ((3000, 4000), (720, 960)),
        ((1000, 1000), (720, 720)),
        ((4352, 2448), (1280, 720)),
        ((6000, 1000), (1728, 720)),
        ((100, 1000), (720, 1728)),
        ((1001, 751), (960, 720)),
    ],
)
def test_a_clip_keeps_the_stills_own_shape_within_bounds(still_px, expected):
    assert size(Output(), still_px) == expected


@pytest.mark.parametrize(
    ("aspect", "expected"),
    [
        (Aspect.WIDE, (1280, 720)),
        (Aspect.TALL, (720, 1280)),
        (Aspect.SQUARE, (720, 720)),
        (Aspect.PORTRAIT, (720, 900)),
        (Aspect.CINEMA, (1720, 720)),
    ],
)
def test_another_shape_is_honoured(aspect, expected):
    assert size(Output(aspect=aspect)) == expected


def test_a_size_in_pixels_wins():
    assert size(Output(size_px=(640, 360), short_side_px=1080, aspect=Aspect.SQUARE)) == (640, 360)


@pytest.mark.parametrize("wrong", [(641, 360), (640, 361), (32, 64), (5000, 500), (4096, 4096)])
def test_sizes_that_cannot_be_encoded_are_refused(wrong):
    with pytest.raises(UnsupportedSize, match=f"{wrong[0]} x {wrong[1]}"):
        size(Output(size_px=wrong))


def test_four_seconds_at_24_frames_are_96_frames():
    profile = make_profile(Output(), Easing.SMOOTH, still_px=(4, 3))

    assert profile.frames == 96
    assert profile.duration_s == 4.0
    assert (profile.times()[0], profile.times()[-1]) == (0.0, 1.0)


def test_a_clip_has_two_frames_at_least():
    assert make_profile(Output(duration_s=0.5, fps=12), Easing.SMOOTH, still_px=(4, 3)).frames == 6


@pytest.mark.parametrize("duration_s", [0.4, 30.1])
def test_lengths_beyond_the_limits_are_refused(duration_s):
    with pytest.raises(UnsupportedSize, match=r"output\.duration"):
        size(Output(duration_s=duration_s))


def test_rates_that_the_contract_does_not_name_are_refused():
    with pytest.raises(WrongOrder, match="found 23; accepted is 12, 24"):
        size(Output(fps=23))


@pytest.mark.parametrize("form", list(ClipFormat))
def test_every_format_is_made_in_every_size(form):
    for short_side_px, expected in (
        (480, (854, 480)),
        (1080, (1920, 1080)),
        (1440, (2560, 1440)),
        (2160, (3840, 2160)),
    ):
        assert size(Output(format=form, aspect=Aspect.WIDE, short_side_px=short_side_px)) == expected


@pytest.mark.parametrize("fps", [24, 25, 30, 60])
def test_the_largest_frame_stays_within_what_decoders_promise(fps):
    profile = make_profile(
        Output(aspect=Aspect.WIDE, short_side_px=2160, fps=fps, format=ClipFormat.MP4_H264),
        Easing.SMOOTH,
        still_px=(4000, 3000),
    )

    # ITU-T H.264, table A-1, level 5.2: macroblocks in a frame, and in a second.
    blocks = -(-profile.width_px // 16) * -(-profile.height_px // 16)
    assert blocks <= 36_864
    assert blocks * fps <= 2_073_600


def test_a_gif_is_not_made_faster_than_browsers_show_it():
    with pytest.raises(WrongOrder, match="found 60; accepted is 12, 24, 25, 30, 50 for gif"):
        size(Output(format=ClipFormat.GIF, fps=60))


@pytest.mark.parametrize(
    ("picture", "frame", "expected", "made"),
    [
        (Aspect.CINEMA, Aspect.WIDE, (1280, 720), (1280, 536)),
        (Aspect.WIDE, Aspect.TALL, (720, 1280), (720, 404)),
        (Aspect.TALL, Aspect.WIDE, (1280, 720), (404, 720)),
        (Aspect.SQUARE, Aspect.WIDE, (1280, 720), (720, 720)),
        (Aspect.OWN, Aspect.WIDE, (1280, 720), (960, 720)),
        (Aspect.WIDE, Aspect.WIDE, (1280, 720), (1280, 720)),
        (Aspect.CINEMA, Aspect.OWN, (960, 720), (960, 400)),
    ],
)
def test_a_picture_is_set_into_a_frame_of_another_shape(picture, frame, expected, made):
    profile = make_profile(Output(aspect=picture, letterbox=frame), Easing.SMOOTH, still_px=(4000, 3000))

    place = profile.bars
    assert (place.frame_width_px, place.frame_height_px) == expected
    assert (profile.width_px, profile.height_px) == (place.width_px, place.height_px) == made
    assert place.none == (expected == made)
    assert place.left_px % 2 == place.top_px % 2 == 0
    assert 2 * place.left_px + place.width_px == expected[0]
    assert 2 * place.top_px + place.height_px == expected[1]


def test_a_picture_too_small_for_its_frame_is_refused():
    with pytest.raises(UnsupportedSize):
        size(Output(aspect=Aspect.CINEMA, letterbox=Aspect.TALL, size_px=(100, 200)))


@pytest.mark.parametrize("wrong", [(64, 642), (642, 64), (64, 4096)])
def test_strips_that_could_not_be_measured_are_refused(wrong):
    with pytest.raises(UnsupportedSize, match=f"{wrong[0]} x {wrong[1]}") as refused:
        size(Output(size_px=wrong))

    assert refused.value.field == "output.size"


def test_the_thinnest_strip_is_made():
    assert size(Output(size_px=(64, 640))) == (64, 640)
