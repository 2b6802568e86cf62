"""Composition against built scenes whose geometry is known, and against photographs that have none of it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.core.analysis import ColourScheme, Horizon, Measure, ShotAngle
from analyzer.core.borders import near_edge_figure, open_borders
from analyzer.core.composition import measure_composition
from analyzer.core.curves import s_curve
from analyzer.core.focus import Sharpness, sharpness_of
from analyzer.core.frame import frame_of
from analyzer.core.framing import framing_of
from analyzer.core.harmony import measure_harmony
from analyzer.core.segments import find_segments
from analyzer.core.symmetry import measure_symmetry
from analyzer.core.thirds import diagonal_dominance, thirds_lines
from analyzer.core.tilt import measure_tilt
from film.geometry import Box

from .stills import analysed, ball, corridor, flat, noise, photograph, seaside

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HEIGHT, WIDTH = 320, 480
PHOTOGRAPHS = ["astronaut", "china", "flower"]


def canvas(level=150, *, seed=0, rough=5):
    grain = np.random.default_rng(seed).normal(0, rough, (HEIGHT, WIDTH, 1))
    return np.clip(level + grain * np.ones(3), 0, 255).astype(np.uint8)


def path(bend, *, width=34, seed=0):
    """A bright path up the middle that swings out by `bend` of the width, once to each side."""
    scene = canvas(90, seed=seed)
    share = np.linspace(0, 1, 200)
    x = WIDTH * (0.5 + bend * np.sin(2 * np.pi * share))
    y = HEIGHT * (1.02 - 0.95 * share)
    points = np.stack([x, y], axis=1).round().astype(np.int32)
    cv2.polylines(scene, [points], False, (215, 220, 225), width, cv2.LINE_AA)
    return scene


def turned(pixels):
    return np.ascontiguousarray(pixels[:, ::-1])


def mirrored_half(pixels):
    return np.hstack([pixels, turned(pixels)])


# --- thirds and diagonals


@pytest.mark.parametrize(("x", "y"), [(1 / 3, 1 / 3), (2 / 3, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 2 / 3)])
def test_a_subject_on_a_crossing_of_the_thirds_is_found_there(x, y):
    on_it, centred = (analysed(ball(x=a, y=b, radius=0.13)).composition for a, b in ((x, y), (0.5, 0.5)))

    assert on_it.thirds.value > 0.85
    assert (on_it.thirds_point.x, on_it.thirds_point.y) == (pytest.approx(x), pytest.approx(y))
    assert centred.thirds.value < 0.3
    assert on_it.balance.value < centred.balance.value


def with_line(y):
    scene = canvas(170)
    scene[round(y * HEIGHT) :] = canvas(70, seed=2)[round(y * HEIGHT) :]
    frame = frame_of(scene)
    return thirds_lines(frame, find_segments(frame), Horizon(y=y, tilt_deg=0.0, quality=0.9))


def test_a_horizon_on_a_third_lies_on_a_line_and_one_in_the_middle_does_not():
    assert with_line(1 / 3).value > 0.85
    assert with_line(2 / 3).value > 0.85
    assert with_line(0.5).value == 0
    assert with_line(0.1).value == 0


def test_without_long_lines_nothing_lies_on_the_thirds():
    frame = frame_of(ball())

    assert thirds_lines(frame, find_segments(frame), None).value is None


def diagonal(pixels):
    frame = frame_of(pixels)
    return diagonal_dominance(frame, np.zeros(frame.grid[::-1], np.float32), find_segments(frame)).value


def test_lines_on_one_diagonal_dominate_and_a_cross_or_level_lines_do_not():
    rising, cross, level = canvas(), canvas(), canvas()
    for offset in (-14, 0, 14):
        for scene in (rising, cross):
            cv2.line(scene, (0, HEIGHT + offset), (WIDTH, offset), (20, 20, 20), 3, cv2.LINE_AA)
        cv2.line(cross, (0, offset), (WIDTH, HEIGHT + offset), (20, 20, 20), 3, cv2.LINE_AA)
        cv2.line(level, (0, 160 + offset), (WIDTH, 160 + offset), (20, 20, 20), 3)

    assert diagonal(rising) > 0.7
    assert diagonal(turned(rising)) == pytest.approx(diagonal(rising), abs=0.1)
    assert diagonal(cross) < 0.45
    assert diagonal(level) == 0


def test_mass_drawn_out_along_a_diagonal_counts():
    frame = frame_of(canvas(120))
    along, upright = (np.zeros(frame.grid[::-1], np.float32) for _ in range(2))
    cv2.line(along, (28, 66), (98, 20), 1.0, 8)
    cv2.line(upright, (64, 10), (64, 75), 1.0, 8)

    assert diagonal_dominance(frame, along, find_segments(frame)).value > 0.4
    assert diagonal_dominance(frame, upright, find_segments(frame)).value == 0


# --- symmetry


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_plain_photographs_are_not_symmetric_and_their_mirrored_halves_are(name):
    photo = photograph(name)

    # A round flower in the middle has some.
    assert measure_symmetry(frame_of(photo)).value < 0.5
    assert measure_symmetry(frame_of(mirrored_half(photo))).value > 0.95


def test_a_picture_under_its_mirror_image_is_not_symmetric_about_the_upright_axis():
    photo = photograph("china")
    assert measure_symmetry(frame_of(np.vstack([photo, photo[::-1]]))).value < 0.35


def test_a_pattern_that_repeats_is_less_symmetric_than_one_axis():
    rows, columns = np.indices((HEIGHT, WIDTH)) // 40
    board = np.repeat((((rows + columns) % 2) * 200 + 20).astype(np.uint8)[..., None], 3, axis=2)

    assert measure_symmetry(frame_of(board)).value < 0.5
    assert measure_symmetry(frame_of(flat())).value is None


@FEW
@given(seed=st.integers(0, 50), gamma=st.floats(0.75, 1.3))
def test_brightness_hardly_changes_symmetry(seed, gamma):
    scene = mirrored_half(cv2.resize(seaside(seed=seed), (240, 320)))
    other = cv2.LUT(scene, np.round(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8))

    assert measure_symmetry(frame_of(other)).value == pytest.approx(measure_symmetry(frame_of(scene)).value, abs=0.05)


# --- curves


def test_a_winding_path_is_an_s_curve():
    assert s_curve(frame_of(path(0.16))).value > 0.6
    assert s_curve(frame_of(turned(path(0.16)))).value > 0.6


def bow():
    scene = canvas(90)
    cv2.ellipse(scene, (480, 330), (300, 290), 0, 180, 275, (215, 220, 225), 30, cv2.LINE_AA)
    return scene


def polygon():
    scene = canvas(90)
    cv2.fillPoly(scene, [np.array([[60, 320], [240, 60], [420, 320]])], (215, 220, 225), cv2.LINE_AA)
    return scene


@pytest.mark.parametrize(
    "scene",
    [path(0.0), bow(), polygon(), corridor(), seaside(), ball(), noise(3), *map(photograph, PHOTOGRAPHS)],
    ids=["straight", "bow", "triangle", "corridor", "seaside", "ball", "noise", *PHOTOGRAPHS],
)
def test_what_does_not_bend_both_ways_is_no_s_curve(scene):
    assert s_curve(frame_of(scene)).or_else(0.0) < 0.25


def test_the_outline_of_a_person_is_no_s_curve():
    assert s_curve(frame_of(path(0.16)), (Box(0.2, 0.0, 0.6, 1.0),)).value == 0


def test_without_contours_there_is_no_curve_to_tell_of():
    assert "contour" in s_curve(frame_of(flat())).absent_because


# --- frames, sides, borders


def archway():
    scene = canvas(28, rough=3)
    cv2.rectangle(scene, (150, 130), (330, 320), (190, 200, 180), -1)
    cv2.ellipse(scene, (240, 130), (90, 90), 0, 180, 360, (200, 205, 190), -1, cv2.LINE_AA)
    cv2.circle(scene, (230, 220), 26, (80, 90, 60), -1)
    return scene


def framing(pixels, marks=None):
    frame = frame_of(pixels)
    return framing_of(frame, np.zeros(frame.grid[::-1], np.uint8) if marks is None else marks, None)


def test_an_archway_frames_what_is_beyond():
    found, opening = framing(archway())

    assert found.value > 0.4
    assert opening.x == pytest.approx(0.5, abs=0.03)
    assert framing(seaside())[0].value < 0.15
    assert framing(corridor())[1] is None


def test_a_light_thing_on_dark_ground_frames_nothing():
    scene = canvas(30, rough=3)
    cv2.circle(scene, (240, 160), 90, (190, 205, 210), -1, cv2.LINE_AA)
    marks = cv2.resize((scene[..., 0] > 100).astype(np.uint8), (128, 85), interpolation=cv2.INTER_NEAREST)

    assert framing(scene, marks)[0].value < 0.3 * framing(scene)[0].value


def over_the_shoulder(*, left=True, top=60):
    scene = np.clip(photograph("china")[:320, :480].astype(int) + 30, 0, 255).astype(np.uint8)
    cv2.ellipse(scene, (60, top + 40), (48, 44), 0, 0, 360, (22, 20, 24), -1, cv2.LINE_AA)
    cv2.rectangle(scene, (0, top + 30), (130, 320), (24, 22, 26), -1)
    return scene if left else turned(scene)


def figure(pixels):
    frame = frame_of(pixels)
    return near_edge_figure(frame, sharpness_of(frame), None)


def test_a_dark_figure_cut_by_a_side_is_found_on_its_side():
    (left, left_side), (right, right_side) = figure(over_the_shoulder()), figure(over_the_shoulder(left=False))

    assert left.value > 0.4
    assert left_side.value == -1
    assert right.value > 0.4
    assert right_side.value == 1


def test_a_figure_out_of_focus_is_found_too():
    frame = frame_of(canvas(150, rough=20))
    soft = np.ones(frame.grid[::-1], np.float32)
    soft[15:, :32] = 0.05
    frame = replace(frame, texture=frame.texture * np.where(soft < 0.5, 0.2, 1.0).astype(np.float32))

    found, side = near_edge_figure(frame, Sharpness(soft, shallowness=0.9, known=0.7), None)
    deep, _ = near_edge_figure(frame, Sharpness(soft, shallowness=0.0, known=0.7), None)

    assert found.value > 0.4
    assert side.value == -1
    assert deep.value == 0


def test_a_depth_map_speaks_for_a_near_figure():
    frame = frame_of(over_the_shoulder())
    near = np.zeros(frame.grid[::-1], np.float32)
    near[:, :36] = 1.0

    figures = [near_edge_figure(frame, sharpness_of(frame), depth)[0].value for depth in (near, 1 - near)]

    assert figures[0] > figures[1]


@pytest.mark.parametrize(
    "scene", [seaside(), corridor(), ball(), noise(2), flat(), *map(photograph, PHOTOGRAPHS)],
    ids=["seaside", "corridor", "ball", "noise", "flat", *PHOTOGRAPHS],
)  # fmt: skip
def test_where_nobody_stands_at_a_side_there_is_no_figure(scene):
    found, side = figure(scene)

    assert found.value < 0.25
    assert side.value is None or found.value >= 0.05


def test_content_goes_on_where_a_border_cuts_it():
    scene = canvas(140, rough=1)
    for y in range(20, 300, 24):
        cv2.line(scene, (300, y), (WIDTH, y), (30, 30, 30), 6)
    left, right, top, bottom = open_borders(frame_of(scene))

    assert right.value > 0.9
    assert left.value < 0.1
    assert max(top.weight, bottom.weight) < 0.1


def test_a_line_beside_a_border_is_not_cut():
    scene = canvas(140, rough=1)
    cv2.line(scene, (6, 0), (6, HEIGHT), (20, 20, 20), 5)
    cv2.circle(scene, (240, 160), 80, (30, 30, 30), 12)

    assert open_borders(frame_of(scene))[0].value < 0.2
    assert open_borders(frame_of(flat()))[0].value is None


# --- colour


def coloured(*hues, chroma=120):
    """Fields of equal size with the hues given in degrees of OpenCV's colour circle times two."""
    scene = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    edges = np.linspace(0, WIDTH, len(hues) + 1).astype(int)
    for hue, first, last in zip(hues, edges, edges[1:], strict=False):
        scene[:, first:last] = (hue / 2, chroma, 190)
    return cv2.cvtColor(scene, cv2.COLOR_HSV2BGR)


@pytest.mark.parametrize(
    ("hues", "chroma", "scheme"),
    [
        ((30,), 120, ColourScheme.MONOCHROME),
        ((20, 60), 140, ColourScheme.ANALOGOUS),
        ((30, 210), 140, ColourScheme.COMPLEMENTARY),
        ((0, 120, 240), 170, ColourScheme.TRIAD),
        ((100,), 4, ColourScheme.NEUTRAL),
        ((0, 45, 90, 135, 180, 225, 270, 315), 160, ColourScheme.UNSPECIFIED),
    ],
)
def test_colour_schemes_are_told_by_their_hues(hues, chroma, scheme):
    assert measure_harmony(frame_of(coloured(*hues, chroma=chroma)))[1] is scheme


def test_one_hue_is_more_harmonious_than_all_hues():
    one, many = (
        measure_harmony(frame_of(coloured(*hues)))[0] for hues in ((30,), (0, 45, 90, 135, 180, 225, 270, 315))
    )

    assert one.value > 0.95
    assert many.value < 0.4
    assert "colour" in measure_harmony(frame_of(flat()))[0].absent_because


# --- shot


def facade(tilt=0.0, *, keystone=0.0):
    scene = canvas(180)
    for y in range(20, 300, 50):
        for x in range(20, 460, 60):
            cv2.rectangle(scene, (x, y), (x + 34, y + 30), (60, 50, 45), -1)
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), -tilt, 1.0)
    scene = cv2.warpAffine(scene, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    if keystone:
        inset = keystone * WIDTH
        corners = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
        to = np.array([[inset, 0], [WIDTH - inset, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
        scene = cv2.warpPerspective(
            scene, cv2.getPerspectiveTransform(corners, to), (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE
        )
    return scene


@pytest.mark.parametrize("tilt", [-8.0, -3.0, 0.0, 4.0, 9.0])
def test_the_tilt_of_a_facade_is_measured(tilt):
    frame = frame_of(facade(tilt))

    found = measure_tilt(None, find_segments(frame), (frame.width, frame.height))

    assert found.value == pytest.approx(tilt, abs=0.7)
    assert found.quality > 0.4


def test_a_camera_that_looks_up_is_not_tilted():
    frame = frame_of(facade(keystone=0.16))

    found = measure_tilt(None, find_segments(frame), (frame.width, frame.height))

    assert abs(found.value) < 1.0
    assert analysed(facade(keystone=0.16)).shot.angle is ShotAngle.LOW


def test_nothing_straight_nothing_level():
    frame = frame_of(ball())

    # A disc's outline may give a few short lines; they are not trusted.
    assert measure_tilt(None, find_segments(frame), (frame.width, frame.height)).quality < 0.02


def test_lines_of_one_kind_are_trusted_little():
    scene = canvas(150)
    for y in range(30, 300, 30):
        cv2.line(scene, (0, y + 20), (WIDTH, y - 20), (30, 30, 30), 3, cv2.LINE_AA)
    frame = frame_of(scene)

    found = measure_tilt(None, find_segments(frame), (frame.width, frame.height))

    assert found.value == pytest.approx(-4.8, abs=0.5)
    assert found.quality <= 0.4


# --- properties


@FEW
@given(kind=st.sampled_from([ball, seaside, corridor]), gamma=st.sampled_from([0.8, 1.25]), cut=st.floats(0.0, 0.025))
def test_composition_stays_under_gamma_and_crop(kind, gamma, cut):
    scene = kind()
    levels = np.round(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    x, y = round(cut * scene.shape[1]), round(cut * scene.shape[0])
    part = cv2.LUT(scene, levels)[y : scene.shape[0] - y, x : scene.shape[1] - x]

    one, other = analysed(scene), analysed(np.ascontiguousarray(part))

    for name in ("symmetry", "framing", "s_curve", "thirds", "diagonal_dominance", "near_edge_figure"):
        before, after = (getattr(found.composition, name).or_else(0.0) for found in (one, other))
        assert after == pytest.approx(before, abs=0.25), name
    assert one.composition.colour_scheme is other.composition.colour_scheme or kind is corridor


def test_every_figure_of_a_photograph_is_measured_or_says_why():
    found = analysed(photograph("china")).composition

    for name in found.__dataclass_fields__:
        measure = getattr(found, name)
        if isinstance(measure, Measure) and measure.value is None:
            assert measure.absent_because not in ("", "Not measured."), name


def test_where_nothing_is_salient_nothing_is_composed():
    frame = frame_of(seaside())
    none = np.zeros(frame.grid[::-1], np.float32)

    found = measure_composition(
        frame,
        saliency=none,
        subjects=(),
        marks=none.astype(np.uint8),
        segments=find_segments(frame),
        horizon=None,
        sharpness=sharpness_of(frame),
        nearness=None,
    )

    for measure in (found.thirds, found.balance, found.concentration, found.subject_size):
        assert measure.value is None
        assert "stands out" in measure.absent_because
    assert found.salient_centre is None
    assert found.diagonal_dominance.value == 0
