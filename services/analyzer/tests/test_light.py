"""What the light says: built scenes whose light is known."""

import cv2
import numpy as np
import pytest

from analyzer.core.analysis import Subject, absent, measured
from analyzer.core.daytime import golden_hour_of, night_of
from analyzer.core.focus import measure_bokeh, sharpness_of
from analyzer.core.frame import frame_of
from analyzer.core.illuminant import colour_temperature, parted_light
from analyzer.core.regions import Materials
from analyzer.core.shading import backlight_of, fill_of, hardness_of, rim_of
from analyzer.core.sources import light_sources, practicals_of
from film.geometry import Box

from .stills import analysed, ball, corridor, flat, gradient, photograph, seaside

HEIGHT, WIDTH = 320, 480


def greys(seed=0):
    """Grey patches of many lightnesses."""
    patches = np.random.default_rng(seed).uniform(30, 200, (8, 12))
    plane = cv2.resize(patches, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    return np.repeat(plane[..., None], 3, axis=2)


def tinted(pixels, red, blue):
    """The scene under another light: gains of the red and blue channel."""
    return np.clip(pixels * np.array([blue, 1.0, red]), 0, 255).astype(np.uint8)


def lamps(*, warm=True, ground=12, places=((100, 90), (240, 70), (380, 110))):
    """White-hot lamps with a glow on a dark ground."""
    scene = np.full((HEIGHT, WIDTH, 3), float(ground))
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    tone = np.array([60.0, 140.0, 220.0]) if warm else np.array([210.0, 190.0, 170.0])
    for left, top in places:
        distance = np.hypot(x - left, y - top)[..., None]
        scene += tone * np.exp(-distance / 18.0)
        scene[distance[..., 0] < 6] = 255
    return np.clip(scene, 0, 255).astype(np.uint8)


def nothing_known(pixels):
    """Materials of a frame of which nothing is known."""
    width, height = frame_of(pixels).grid
    blank = np.zeros((height, width), np.float32)
    return Materials((), np.zeros((height, width), np.uint8), blank, 0.0, {})


def kelvin(pixels):
    return colour_temperature(frame_of(np.ascontiguousarray(pixels)))


def test_grey_under_nearly_white_light_has_the_temperature_of_daylight():
    # The white of sRGB is that of 6500 K; a trace of warmth, since what has no colour at all is black and white.
    assert kelvin(tinted(greys(), 1.04, 0.96)).value == pytest.approx(6000, abs=600)


def test_a_warmer_light_has_a_lower_temperature():
    figures = [kelvin(tinted(greys(), red, 1 / red)).value for red in (0.85, 1.1, 1.25)]

    assert figures[0] > figures[1] > figures[2]
    assert figures[0] > 7000
    assert figures[2] < 5000


def test_the_temperature_does_not_depend_on_the_exposure():
    scene = tinted(greys(), 1.2, 0.8)

    assert kelvin((scene * 0.6).astype(np.uint8)).value == pytest.approx(kelvin(scene).value, rel=0.05)


def test_green_and_purple_light_is_not_trusted():
    honest = kelvin(tinted(greys(), 1.15, 0.85))
    purple = kelvin(np.clip(greys() * np.array([1.2, 0.6, 1.2]), 0, 255).astype(np.uint8))

    assert purple.quality < 0.5 * honest.quality


def test_a_frame_that_is_black_and_clipped_has_no_temperature():
    scene = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    scene[:160] = (40, 180, 255)

    assert kelvin(scene).absent_because


@pytest.mark.parametrize("side", [-1, 1])
def test_two_lights_of_different_colour_are_told_apart_with_their_sides(side):
    warm, cool = tinted(greys(1), 1.2, 0.75), tinted(greys(1), 0.85, 1.2)
    scene = warm.copy()
    half = slice(0, WIDTH // 2) if side > 0 else slice(WIDTH // 2, WIDTH)
    scene[:, half] = cool[:, half]

    parted = parted_light(frame_of(scene), nothing_known(scene))

    assert parted.contrast.value > 0.4
    assert parted.contrast.quality > 0.3
    assert np.sign(parted.warm_side.value) == side
    assert abs(parted.warm_side.value) > 0.5


def test_one_light_has_no_warm_side():
    scene = tinted(greys(1), 1.15, 0.85)

    parted = parted_light(frame_of(scene), nothing_known(scene))

    assert parted.contrast.value < 0.1
    assert parted.warm_side.absent_because


def test_black_and_white_has_no_colour_of_light():
    scene = greys().astype(np.uint8)

    assert parted_light(frame_of(scene), nothing_known(scene)).contrast.absent_because
    assert analysed(scene).light.colour_temperature_kelvin.absent_because


def test_strong_colours_alone_tell_nothing_of_the_light():
    scene = np.full((HEIGHT, WIDTH, 3), (30, 200, 30), np.uint8)

    assert parted_light(frame_of(scene), nothing_known(scene)).contrast.absent_because


def test_lamps_in_the_dark_are_sources_and_the_largest_is_the_strongest():
    scene = lamps()
    cv2.circle(scene, (380, 110), 12, (255, 255, 255), -1)

    sources = light_sources(frame_of(scene))

    assert sources.count == 3
    assert sources.strongest.x == pytest.approx(380 / WIDTH, abs=0.02)
    assert sources.strongest.y == pytest.approx(110 / HEIGHT, abs=0.02)


def test_white_paint_in_a_light_room_is_no_strong_source():
    scene = np.full((HEIGHT, WIDTH, 3), 190, np.uint8)
    cv2.circle(scene, (200, 100), 10, (255, 255, 255), -1)

    sources = light_sources(frame_of(scene))

    assert sources.strongest is None
    assert sources.quality < 0.2


def test_a_window_is_too_large_and_a_line_too_long_for_a_lamp():
    scene = np.full((HEIGHT, WIDTH, 3), 20, np.uint8)
    cv2.rectangle(scene, (100, 50), (300, 200), (255, 255, 255), -1)
    cv2.line(scene, (0, 280), (470, 280), (255, 255, 255), 2)

    assert light_sources(frame_of(scene)).count == 0


def test_an_orange_lamp_at_night_is_a_source():
    scene = np.full((HEIGHT, WIDTH, 3), 10, np.uint8)
    cv2.circle(scene, (120, 80), 7, (40, 150, 255), -1)

    assert light_sources(frame_of(scene)).count == 1


def test_warm_lamps_in_the_dark_are_practicals():
    def practicals(scene):
        frame = frame_of(scene)
        return practicals_of(frame, light_sources(frame))

    assert practicals(lamps()).value > 0.6
    assert practicals(lamps(warm=False)).value < 0.3
    assert practicals(lamps(ground=150)).value < 0.2
    assert practicals(flat(10)).value == 0


def test_lights_on_dark_ground_are_night_and_a_meadow_is_not():
    def night(scene):
        frame = frame_of(scene)
        return night_of(frame, light_sources(frame)).value

    assert night(lamps()) > 0.6
    assert night(lamps()) > night(flat(12)) > night(seaside())
    assert night(photograph("china")) < 0.1


def test_a_dark_wood_by_day_is_not_night():
    rng = np.random.default_rng(0)
    wood = np.clip(np.array([12, 48, 26]) + rng.normal(0, 14, (HEIGHT, WIDTH, 1)), 0, 255).astype(np.uint8)
    grey = cv2.cvtColor(cv2.cvtColor(wood, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)

    def night(scene):
        frame = frame_of(scene)
        return night_of(frame, light_sources(frame)).value

    assert night(wood) < 0.5 * night(grey)


def dusk(*, warm=True):
    """A sky that glows towards the horizon over dark hills."""
    glow = np.array([90, 160, 250] if warm else [250, 200, 150], np.float32)
    zenith = np.array([120, 80, 60], np.float32)
    shade = np.linspace(0, 1, HEIGHT)[:, None, None]
    scene = np.broadcast_to(zenith * (1 - shade) + glow * shade, (HEIGHT, WIDTH, 3)).copy()
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    scene[y > 210 + 15 * np.sin(x / 60)] = (15, 18, 20)
    return scene.astype(np.uint8)


def test_a_warm_glow_over_dark_hills_is_the_golden_hour():
    def golden(scene):
        frame = frame_of(scene)
        return golden_hour_of(frame, light_sources(frame), None, 1.0).value

    assert golden(dusk()) > 0.6
    assert golden(dusk(warm=False)) < 0.1
    assert golden(seaside()) < 0.1


def test_a_glow_indoors_counts_for_less():
    frame = frame_of(dusk())
    sources = light_sources(frame)

    inside, outside = (golden_hour_of(frame, sources, None, outdoors) for outdoors in (0.0, 1.0))

    assert inside.value < 0.5 * outside.value
    assert inside.quality < outside.quality


def disc(pixels, *, radius=0.25):
    """The disc in the middle of a picture as its subject: the subject and its mark on the grid."""
    width, height = frame_of(pixels).grid
    marks = np.zeros((height, width), np.uint8)
    cv2.circle(marks, (width // 2, height // 2), round(radius * height), 1, -1)
    none = absent("Not asked.")
    subject = Subject(
        box=Box(0.3, 0.25, 0.4, 0.5),
        centre=Box(0.3, 0.25, 0.4, 0.5).centre,
        prominence=0.5,
        compactness=measured(1.0, 1.0),
        heading=none,
        lead_room=none,
        nearness=none,
        asymmetry=none,
    )
    return (subject,), marks


def figure(*, behind, inside, rim=None):
    scene = np.full((HEIGHT, WIDTH, 3), behind, np.uint8)
    cv2.circle(scene, (WIDTH // 2, HEIGHT // 2), round(0.25 * HEIGHT), (inside,) * 3, -1)
    if rim is not None:
        cv2.circle(scene, (WIDTH // 2, HEIGHT // 2), round(0.25 * HEIGHT), (rim,) * 3, 5)
    return scene


def test_a_dark_figure_before_a_light_ground_is_lit_from_behind_at_any_exposure():
    scene = figure(behind=230, inside=50)

    def backlight(pixels):
        subjects, marks = disc(pixels)
        return backlight_of(frame_of(pixels), subjects, marks)

    assert backlight(scene).value > 0.8
    assert backlight(figure(behind=120, inside=190)).value == 0
    assert backlight((scene * 0.6).astype(np.uint8)).value == pytest.approx(backlight(scene).value, abs=0.15)


def test_a_bright_outline_is_a_rim():
    def rim(pixels):
        subjects, marks = disc(pixels)
        return rim_of(frame_of(pixels), subjects, marks).value

    assert rim(figure(behind=30, inside=60, rim=230)) > 0.7
    assert rim(figure(behind=30, inside=60)) == 0
    assert rim(figure(behind=200, inside=60)) == 0


def test_without_a_subject_or_room_around_it_there_is_no_rim_and_no_backlight():
    scene = flat()
    whole = np.ones(frame_of(scene).grid[::-1], np.uint8)
    subjects, _ = disc(scene)

    for measure in (rim_of, backlight_of):
        assert "no subject" in measure(frame_of(scene), (), whole).absent_because
        assert "fills" in measure(frame_of(scene), subjects, whole).absent_because
    _, small = disc(scene, radius=0.02)
    assert "small" in rim_of(frame_of(scene), subjects, small).absent_because


def test_lifted_shadows_are_filled_at_any_exposure():
    def fill(dark, light):
        return fill_of(
            cv2.calcHist([frame_of(figure(behind=dark, inside=light)).level8], [0], None, [256], [0, 256])[:, 0]
        )

    assert fill(90, 160).value > 0.6 > 0.2 > fill(4, 220).value
    assert fill(45, 80).value == pytest.approx(fill(90, 160).value, abs=0.15)
    assert fill(3, 4).quality < 0.1


def shadows(sigma):
    """Bars of shadow on a wall of one colour; the penumbra is as wide as sigma says."""
    light = np.ones((HEIGHT, WIDTH), np.float32)
    for left in range(40, WIDTH, 90):
        light[:, left : left + 45] = 0.25
    light = cv2.GaussianBlur(light, (0, 0), sigma)
    linear = np.array([0.35, 0.45, 0.55]) * light[..., None]
    return np.clip(255 * linear ** (1 / 2.2), 0, 255).astype(np.uint8)


def test_a_small_source_draws_hard_shadows_and_a_large_one_soft_ones():
    hard, soft = (hardness_of(frame_of(shadows(sigma)), 1.0) for sigma in (0.6, 5.0))

    assert hard.value > 0.7
    assert soft.value is None or soft.value < 0.2


def test_edges_of_paint_are_no_shadows():
    scene = np.full((HEIGHT, WIDTH, 3), (200, 60, 30), np.uint8)
    scene[:, ::60] = 0
    for left in range(40, WIDTH, 90):
        scene[:, left : left + 45] = (30, 60, 200)

    found = hardness_of(frame_of(scene), 1.0)

    assert found.value is None or found.quality < 0.15
    assert hardness_of(frame_of(gradient(across=True)), 1.0).absent_because


def spots(*, blurred=True):
    """Round spots of light behind a sharp textured thing; sharp pebbles when not blurred."""
    rng = np.random.default_rng(5)
    scene = np.full((HEIGHT, WIDTH, 3), 30, np.float32)
    for x in range(40, WIDTH, 70):
        for y in (50, 120):
            cv2.circle(scene, (x, y), 13, (150, 190, 220), -1)
    scene = cv2.GaussianBlur(scene, (0, 0), 3.0 if blurred else 0.4)
    near = rng.normal(110, 55, (110, 300, 1))
    scene[200:310, 90:390] = near
    if not blurred:
        scene += rng.normal(0, 30, (HEIGHT, WIDTH, 1))
    return np.clip(scene, 0, 255).astype(np.uint8)


def test_spots_of_light_out_of_focus_are_bokeh():
    def bokeh(scene):
        frame = frame_of(scene)
        return measure_bokeh(frame, sharpness_of(frame)).value

    assert bokeh(spots()) > 0.5
    assert bokeh(spots(blurred=False)) < 0.1
    assert bokeh(seaside()) == 0


def test_sharpness_parts_crisp_from_softer_stills():
    photo = photograph("china")
    steps = [analysed(cv2.GaussianBlur(photo, (0, 0), sigma)).focus.sharpness for sigma in (0.3, 1.0, 2.0)]

    assert steps[0].value > steps[1].value > steps[2].value
    assert steps[0].value < 1.0
    assert analysed((photo * 0.6).astype(np.uint8)).focus.sharpness.value == pytest.approx(
        analysed(photo).focus.sharpness.value, abs=0.1
    )


@pytest.mark.parametrize("still", [seaside(), ball(), corridor(), photograph("flower"), lamps(), dusk(), flat(0)])
def test_every_figure_of_light_is_measured_or_says_why_not(still):
    light = analysed(still).light

    for name in type(light).__dataclass_fields__:
        figure = getattr(light, name)
        if name != "strongest_source":
            assert (figure.value is None) == bool(figure.absent_because), name
            assert figure.absent_because != "Not measured.", name


def test_clipped_lights_and_shadows_are_shares_of_the_frame():
    scene = figure(behind=120, inside=255)
    scene[:32] = 0

    light = analysed(scene).light

    assert light.clipped_lights.value == pytest.approx(np.pi * 0.25**2 * HEIGHT / WIDTH, rel=0.05)
    assert light.clipped_shadows.value == pytest.approx(0.1, abs=0.005)
