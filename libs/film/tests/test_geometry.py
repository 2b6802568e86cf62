import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.geometry import Box, NotFinite, OutOfFrame, Point, Segment

shares = st.floats(0, 1)
places = st.floats(-15, 16)
points = st.builds(Point, places, places)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, right = sorted((draw(shares), draw(shares)))
    top, bottom = sorted((draw(shares), draw(shares)))
    return Box(left, top, right - left, bottom - top)


def through_float32(value: float) -> float:
    return float(struct.unpack("f", struct.pack("f", value))[0])


@given(points)
def test_mirroring_a_point_twice_is_exact(point: Point) -> None:
    assert point.mirrored().mirrored() == point


@given(points)
def test_a_mirrored_point_is_one_that_could_be_given(point: Point) -> None:
    mirror = point.mirrored()

    assert repr(Point(mirror.x, mirror.y)) == repr(mirror) == repr(Point(1 - point.x, point.y))


@given(boxes())
def test_mirroring_a_box_twice_is_exact(box: Box) -> None:
    mirror = box.mirrored()

    assert mirror.mirrored() == box
    assert (mirror.width, mirror.top, mirror.height) == (box.width, box.top, box.height)
    assert mirror.left == 1 - box.right
    assert mirror.centre == box.centre.mirrored()


@given(points, points)
def test_mirroring_a_segment_twice_is_exact(one: Point, other: Point) -> None:
    segment = Segment(one, other)

    assert segment.mirrored().mirrored() == segment
    assert segment.mirrored().length(aspect=1.5) == segment.length(aspect=1.5)


@given(points, points)
def test_a_mirrored_line_leans_the_other_way(one: Point, other: Point) -> None:
    segment = Segment(one, other)
    upright = segment.start.x == segment.end.x

    expected = segment.angle_deg(aspect=1.5) if upright else -segment.angle_deg(aspect=1.5)

    assert segment.mirrored().angle_deg(aspect=1.5) == expected


@given(points)
def test_a_coordinate_survives_single_precision(point: Point) -> None:
    assert Point(through_float32(point.x), through_float32(point.y)) == point


def test_a_line_falling_to_the_right_has_a_positive_angle() -> None:
    assert Segment(Point(0, 0), Point(0.5, 0.5)).angle_deg(aspect=1) == 45
    assert Segment(Point(0.5, 0), Point(0, 0.5)).angle_deg(aspect=1) == -45
    assert Segment(Point(0.5, 1), Point(0.5, 0)).angle_deg(aspect=1) == 90


def test_a_segment_has_no_direction() -> None:
    assert Segment(Point(0.75, 0), Point(0.25, 1)) == Segment(Point(0.25, 1), Point(0.75, 0))


def test_length_counts_heights() -> None:
    assert Segment(Point(0, 0.5), Point(1, 0.5)).length(aspect=1.5) == 1.5


def test_a_rectangle_in_pixels_is_clipped_to_the_frame() -> None:
    box = Box.from_pixels(-10, 25, 60, 100, of=(200, 100))

    assert box == Box(0, 0.25, 0.25, 0.75)
    assert Box.from_pixels(300, 0, 10, 10, of=(200, 100)).area == 0


def test_a_box_knows_its_edges() -> None:
    box = Box(0.25, 0.5, 0.5, 0.25)

    assert (box.right, box.bottom, box.area, box.centre) == (0.75, 0.75, 0.125, Point(0.5, 0.625))
    assert box.contains(Point(0.75, 0.5))
    assert not box.contains(Point(0.76, 0.5))


def test_overlap_is_one_for_the_same_box_and_zero_apart() -> None:
    box = Box(0, 0, 0.5, 0.5)

    assert box.overlap(box) == 1
    assert box.overlap(Box(0.5, 0.5, 0.5, 0.5)) == 0
    assert box.overlap(Box(0.25, 0, 0.5, 0.5)) == pytest.approx(1 / 3)
    assert Box(0, 0, 0, 0).overlap(Box(0, 0, 0, 0)) == 0


def test_a_vanishing_point_may_lie_outside_the_frame() -> None:
    assert Point(0.5, 1).in_frame
    assert not Point(-3, 0.5).in_frame


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_coordinate_is_without_a_number(value: float) -> None:
    with pytest.raises(NotFinite):
        Point(value, 0)
    with pytest.raises(NotFinite):
        Box(0, 0, value, 0)


@pytest.mark.parametrize("edges", [(-0.1, 0, 0.5, 0.5), (0.6, 0, 0.5, 0.5), (0.5, 0, -0.2, 0.5), (0, 0.5, 0.5, 0.6)])
def test_a_box_lies_inside_the_frame(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(OutOfFrame, match="between 0 and 1"):
        Box(*edges)


def test_a_point_is_not_endlessly_far() -> None:
    with pytest.raises(OutOfFrame) as caught:
        Point(17, 0)

    assert (caught.value.value, caught.value.least, caught.value.most) == (17, -15, 16)


def test_zero_has_no_sign() -> None:
    assert math.copysign(1, Point(-0.0, 0).x) == 1
