"""The still made ready: the frame in it, its colours, its depth."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.geometry import Box, Point
from film.movement import Movement
from film.stills import Damaged, Limits, NotAnImage, TooManyPixels
from generator.core.disparity import read_disparity
from generator.core.errors import WrongOrder
from generator.core.keyframes import to_png
from generator.core.order import Aspect, CameraMove, DisparityMap, Plan, Scene
from generator.core.render.canvas import frame_window, make_canvas, pixels_needed
from generator.core.render.frames import Frames
from generator.core.render.known import known_of
from generator.core.render.relief import (
    FAR_W,
    LEAST_PARALLAX,
    LEAST_TRUST,
    NEAR_W,
    STEEPEST,
    flat,
    gentle,
    lifted,
    make_surface,
)
from generator.core.render.scenery import disparity_over, prepare


@given(
    width=st.integers(10, 9000),
    height=st.integers(10, 9000),
    aspect=st.floats(0.41, 2.4),
    x=st.floats(-1, 2),
    y=st.floats(-1, 2),
)
def test_the_frame_lies_in_the_still_and_uses_a_whole_side(width, height, aspect, x, y):
    window = frame_window((width, height), aspect, about=Point(x, y))

    assert window.width / window.height == pytest.approx(aspect)
    assert window.left >= 0
    assert window.top >= 0
    assert window.left + window.width <= width + 1e-6
    assert window.top + window.height <= height + 1e-6
    assert window.width == pytest.approx(width) or window.height == pytest.approx(height)


def test_a_cut_is_made_around_the_subject():
    left = frame_window((1600, 900), 1.0, about=Point(0.1, 0.5))
    right = frame_window((1600, 900), 1.0, about=Point(0.75, 0.5))

    assert left.left == 0
    assert right.left == pytest.approx(700)


def test_the_canvas_is_finer_than_the_clip_but_never_finer_than_the_still():
    window = frame_window((4000, 3000), 4 / 3, about=Point(0.5, 0.5))

    assert pixels_needed(window, 960, growth=1.0) == pytest.approx(1056)
    assert pixels_needed(window, 960, growth=10.0) == 4000
    assert pixels_needed(window, 5000, growth=1.0) == 5000


@pytest.mark.parametrize(
    ("bgr", "yuv"),
    [
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((0, 0, 255), (63, 102, 240)),
        ((255, 0, 0), (32, 240, 118)),
        ((0, 255, 0), (173, 42, 26)),
    ],
)
def test_colours_become_bt709_in_limited_range(bgr, yuv):
    pixels = np.full((32, 48, 3), bgr, np.uint8)
    window = frame_window((48, 32), 1.5, about=Point(0.5, 0.5))

    canvas = make_canvas(pixels, (48, 32), window, scale=48)

    assert (canvas.y[3, 3], canvas.u[3, 3], canvas.v[3, 3]) == pytest.approx(yuv, abs=1)


def test_a_frame_as_png_has_the_stills_colours(studio):
    shot = studio.shot(Movement.STATIC)
    canvas = cv2.imdecode(np.frombuffer(to_png(Frames(shot).only(0)), np.uint8), cv2.IMREAD_COLOR)
    still = cv2.imdecode(np.frombuffer(studio.photo, np.uint8), cv2.IMREAD_COLOR)
    still = cv2.resize(still, (canvas.shape[1], canvas.shape[0]), interpolation=cv2.INTER_AREA)

    difference = canvas.astype(int) - still

    assert np.abs(difference.mean(axis=(0, 1))).max() < 1.5
    assert np.abs(difference).mean() < 8


@pytest.mark.parametrize("size", [(3, 2), (1, 1), (17, 5), (700, 11)])
def test_tiny_and_narrow_stills_fill_a_frame(studio, size):
    photo = cv2.imencode(".png", studio.texture(*size))[1].tobytes()
    profile = studio.profile(size=size)

    scenery = prepare(
        photo,
        still_px=size,
        scene=Scene(),
        plan=Plan(camera=CameraMove(movement=Movement.PAN_LEFT)),
        profile=profile,
        limits=Limits(),
    )

    left, top, right, bottom = scenery.canvas.bounds()
    assert right - left > 0.95
    assert (bottom - top) * profile.width_px / profile.height_px > 0.9


@pytest.mark.parametrize("aspect", list(Aspect))
def test_the_frame_lies_within_the_canvas_for_every_shape(studio, aspect):
    profile = studio.profile(aspect=aspect)
    scenery = studio.scenery(CameraMove(movement=Movement.PAN_LEFT, anchor=Point(0.9, 0.1)), profile)
    left, top, right, bottom = scenery.canvas.bounds()
    pixel = 1 / profile.width_px

    assert left <= -0.5 + pixel
    assert right >= 0.5 - pixel
    assert top <= -0.5 / profile.aspect + pixel
    assert bottom >= 0.5 / profile.aspect - pixel


def test_depth_becomes_inverse_depth_between_near_and_far(studio):
    scenery = studio.scenery(CameraMove(movement=Movement.TRUCK_LEFT), studio.profile())

    least, most = scenery.surface.w.min(), scenery.surface.w.max()
    assert (least, most) == (pytest.approx(FAR_W, abs=0.05), pytest.approx(NEAR_W, abs=0.05))
    assert scenery.place(None).w == pytest.approx((FAR_W + NEAR_W) / 2, abs=0.02)
    assert (np.diff(scenery.surface.w[:, 5]) > 0).mean() > 0.9


def test_a_doubtful_map_gives_less_relief_and_keeps_the_subject(studio):
    doubtful = Scene(disparity=studio.scene.disparity, quality=0.4, subject=Box(0.4, 0.8, 0.2, 0.2))
    certain = Scene(disparity=studio.scene.disparity, quality=1.0, subject=Box(0.4, 0.8, 0.2, 0.2))
    move, profile = CameraMove(movement=Movement.TRUCK_LEFT), studio.profile()

    weak, strong = (studio.scenery(move, profile, scene=scene).surface for scene in (doubtful, certain))

    assert np.ptp(weak.w) == pytest.approx(0.4 * np.ptp(strong.w), rel=0.05)
    assert weak.subject_w == strong.subject_w == pytest.approx(0.92, abs=0.03)


def test_a_still_without_depth_is_flat(studio):
    scenery = studio.scenery(CameraMove(movement=Movement.TRUCK_LEFT), studio.profile(), scene=Scene())

    assert scenery.surface.strength == 0.0
    assert np.ptp(scenery.surface.w) == 0.0
    shot = studio.shot(Movement.TRUCK_LEFT, scene=Scene())
    assert "no depth map" in shot.reduced_because
    assert (disparity_over(scenery, np.zeros((2, 2), np.float32), np.zeros((2, 2), np.float32)) == 0.5).all()


def test_a_cliff_is_widened_until_it_neither_folds_nor_smears():
    cliff = np.zeros((64, 96), np.float32)
    cliff[:, 48:] = 1.0
    surface = make_surface(
        cliff,
        quality=1.0,
        subject=Box(0.4, 0.4, 0.2, 0.2),
        share=(0.0, 0.0, 1.0, 1.0),
        canvas_px=(960, 640),
        scale=960,
    )

    found = gentle(surface, 0.3, canvas_px=(960, 640), scale=960)
    slope = np.abs(np.diff(found.w, axis=1)).max() * found.w.shape[1]

    assert 0.3 * slope == pytest.approx(STEEPEST, rel=0.01)
    # What is near keeps its place, what is far from the cliff its depth.
    assert (found.w >= surface.w - 1e-6).all()
    assert found.w[:, 64:] == pytest.approx(surface.w[:, 64:])
    assert found.w[:, 0] == pytest.approx(surface.w[:, 0])
    assert np.ptp(gentle(flat(), 5.0, canvas_px=(960, 640), scale=960).w) == 0.0


def shallow_and_doubted(disparity, span=0.3):
    """A scene whose map tells of little depth and is hardly trusted."""
    low, high = round(65535 * (0.5 - span / 2)), round(65535 * (0.5 + span / 2))
    cells = np.tile(np.linspace(low, high, disparity.height).round().astype(np.uint16)[:, None], (1, disparity.width))
    png = cv2.imencode(".png", cells)[1].tobytes()
    return Scene(disparity=DisparityMap(png=png, width=disparity.width, height=disparity.height, bits=16), quality=0.2)


@pytest.mark.parametrize("movement", [Movement.TRUCK_LEFT, Movement.DOLLY_IN, Movement.DOLLY_ZOOM_IN])
def test_a_camera_that_travels_shows_depth_also_in_a_doubted_shallow_map(studio, movement):
    shot = studio.shot(movement, scene=shallow_and_doubted(studio.scene.disparity))
    surface = shot.scenery.surface
    poses = shot.path.at(shot.times())
    travel = (np.hypot(poses.x, poses.y) + 0.25 * np.abs(poses.z)).max()

    assert surface.trust == LEAST_TRUST < surface.strength <= 1.0
    parted = travel * np.ptp(np.percentile(surface.w, (10, 90)))
    assert parted == pytest.approx(LEAST_PARALLAX, rel=0.02) or surface.strength == pytest.approx(1.0)
    # It is what is rendered.
    assert np.ptp(shot.layers.w) == pytest.approx(np.ptp(surface.w), rel=0.01)


def test_no_more_relief_is_made_than_the_map_tells():
    barely = np.linspace(0.5, 0.51, 64, dtype=np.float32)[:, None].repeat(96, 1)
    surface = make_surface(
        barely,
        quality=0.3,
        subject=Box(0.4, 0.4, 0.2, 0.2),
        share=(0.0, 0.0, 1.0, 1.0),
        canvas_px=(960, 640),
        scale=960,
    )
    found = lifted(surface, 0.1)

    assert found.strength == pytest.approx(1.0)
    assert np.ptp(found.w) == pytest.approx(np.ptp(surface.w) / 0.3, rel=0.01)
    assert lifted(surface, 1e6) is surface
    assert lifted(flat(), 0.1).strength == 0.0


def test_turns_and_a_hand_leave_a_doubted_map_as_flat_as_it_is(studio):
    scene = shallow_and_doubted(studio.scene.disparity)

    for movement in (Movement.PAN_LEFT, Movement.ZOOM_IN, Movement.HANDHELD):
        assert studio.shot(movement, scene=scene).scenery.surface.strength == LEAST_TRUST


def test_the_motion_check_is_told_that_a_still_without_depth_is_flat(studio):
    known = known_of(studio.shot(Movement.CRANE_UP, scene=Scene()))

    assert known.disparity is not None
    assert np.ptp(known.disparity) == pytest.approx(0.0, abs=1e-5)


def test_the_motion_check_is_told_by_what_a_lens_is_focused(studio):
    scene = Scene(disparity=studio.scene.disparity, quality=0.3, subject=Box(0.4, 0.8, 0.2, 0.2))
    known = known_of(studio.shot(Movement.RACK_FOCUS_NEAR_TO_FAR, scene=scene))

    # The map itself, which no want of trust has flattened.
    assert np.ptp(known.disparity) > 0.7


def test_16_bit_maps_are_read(studio):
    cells = np.linspace(0, 65535, 12).round().astype(np.uint16).reshape(3, 4)
    packed = DisparityMap(png=cv2.imencode(".png", cells)[1].tobytes(), width=4, height=3, bits=16)

    found = read_disparity(packed)

    assert found.dtype == np.float32
    assert (found.min(), found.max()) == (0.0, 1.0)


def _png(array) -> bytes:
    return cv2.imencode(".png", array)[1].tobytes()


@pytest.mark.parametrize(
    ("png", "found"),
    [
        (b"nothing of the kind", "no PNG file"),
        (_png(np.zeros((3, 4, 3), np.uint8)), "not grey"),
        (_png(np.zeros((3, 5), np.uint8)), "5 x 3 with 8 bits, stated as 4 x 3"),
        (_png(np.zeros((3, 4), np.uint16)), "16 bits, stated as"),
        (_png(np.random.default_rng(0).integers(0, 255, (3, 4), np.uint8))[:40], "damaged"),
    ],
)
def test_maps_that_are_not_what_they_say_are_refused(png, found):
    with pytest.raises(WrongOrder, match=found) as refused:
        read_disparity(DisparityMap(png=png, width=4, height=3, bits=8))

    assert refused.value.field == "analysis.maps.depth"


@pytest.mark.parametrize(
    ("still", "error"),
    [(b"no image", NotAnImage), (_png(np.zeros((40, 40, 3), np.uint8)), TooManyPixels)],
)
def test_stills_that_are_refused_raise_films_errors(studio, still, error):
    with pytest.raises(error):
        prepare(
            still,
            still_px=(40, 40),
            scene=Scene(),
            plan=Plan(camera=CameraMove(movement=Movement.STATIC)),
            profile=studio.profile(size=(40, 40)),
            limits=Limits(max_pixels=1000),
        )
    assert issubclass(Damaged, Exception)


def test_the_motion_check_is_told_what_the_middle_frame_shows(studio):
    scene = Scene(disparity=studio.scene.disparity, quality=1.0, subject=Box(0.4, 0.4, 0.2, 0.2))
    known = known_of(studio.shot(Movement.ZOOM_IN, amplitude=1.0, scene=scene))

    # Half way the lens is 1.5 times as long, and so is everything in the picture.
    assert known.focal == pytest.approx(1.55, abs=0.1)
    assert known.subject.width == pytest.approx(0.31, abs=0.05)
    assert known.subject.centre.x == pytest.approx(0.5, abs=0.03)
    assert known.disparity[0].mean() < known.disparity[-1].mean()


def test_the_motion_check_is_told_depths_as_the_camera_has_them_half_way(studio):
    scene = Scene(disparity=studio.scene.disparity, quality=1.0, subject=Box(0.4, 0.4, 0.2, 0.2))
    shot = studio.shot(Movement.DOLLY_IN, amplitude=0.4, scene=scene)
    grown = known_of(shot)
    still = known_of(studio.shot(Movement.STATIC, scene=scene))

    # Half way a push that makes the subject grow by 0.4 has made its inverse depth 1.2 times what it was.
    middle = tuple(size // 2 for size in still.disparity.shape)
    before, after = (FAR_W + (NEAR_W - FAR_W) * found.disparity[middle] for found in (still, grown))
    assert after / before == pytest.approx(1 + shot.amplitude / 2, rel=0.05)


def test_a_subject_that_leaves_the_frame_is_not_known(studio):
    scene = Scene(disparity=studio.scene.disparity, quality=1.0, subject=Box(0.0, 0.0, 0.05, 0.05))

    assert known_of(studio.shot(Movement.ZOOM_IN, amplitude=2.0, scene=scene, anchor=Point(1, 1))).subject is None


def test_a_rack_focus_needs_a_depth_map(studio):
    with pytest.raises(WrongOrder, match="no depth map for the focus that moves"):
        studio.shot(Movement.RACK_FOCUS_NEAR_TO_FAR, scene=Scene())


@pytest.mark.parametrize(
    ("movement", "first_sharp"), [(Movement.RACK_FOCUS_NEAR_TO_FAR, "near"), (Movement.RACK_FOCUS_FAR_TO_NEAR, "far")]
)
def test_a_rack_focus_passes_the_sharpness_on(studio, movement, first_sharp):
    """Near to far: the foreground is sharp first, the background last."""
    shot = studio.shot(movement, amplitude=1.0)
    frames = Frames(shot)
    height = shot.profile.height_px

    def detail(frame, rows):
        return float(np.abs(np.diff(frame[rows].astype(int), axis=1)).mean())

    near, far = np.s_[height * 4 // 5 : height], np.s_[: height // 5]
    first, last = frames.only(0), frames.only(shot.profile.frames - 1)
    sharp, soft = (near, far) if first_sharp == "near" else (far, near)
    assert detail(first, sharp) > 1.3 * detail(last, sharp)
    assert detail(last, soft) > 1.3 * detail(first, soft)
