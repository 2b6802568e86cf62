"""The exact form of a clip."""

import pytest

from generator.core.errors import NotBuilt, UnsupportedSize, WrongOrder
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


@pytest.mark.parametrize("form", [form for form in ClipFormat if form is not ClipFormat.MP4_H264])
def test_other_formats_say_that_they_are_not_built_yet(form):
    with pytest.raises(NotBuilt, match=r"leave output\.format out"):
        size(Output(format=form))


@pytest.mark.parametrize("wrong", [(64, 642), (642, 64), (64, 4096)])
def test_strips_that_could_not_be_measured_are_refused(wrong):
    with pytest.raises(UnsupportedSize, match=f"{wrong[0]} x {wrong[1]}") as refused:
        size(Output(size_px=wrong))

    assert refused.value.field == "output.size"


def test_the_thinnest_strip_is_made():
    assert size(Output(size_px=(64, 640))) == (64, 640)
