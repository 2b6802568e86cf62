"""What a cinematographer would say of stills whose answer is known."""

import cv2
import numpy as np
import pytest

from analyzer.core.analysis import DepthCue, RegionKind, SceneKind, ShotScale, SubjectKind, TimeOfDay

from .stills import analysed, ball, corridor, flat, photograph, seaside


def share(found, kind):
    return sum(region.share for region in found.regions if region.kind is kind)


@pytest.mark.parametrize("height", [0.3, 0.45, 0.6])
def test_the_horizon_is_where_the_meadow_meets_the_sky(height):
    found = analysed(seaside(horizon=height))

    assert found.horizon is not None
    assert found.horizon.y == pytest.approx(height, abs=0.02)
    assert found.horizon.tilt_deg == pytest.approx(0, abs=1)


def test_a_tilted_camera_tilts_the_horizon():
    level = seaside(width=700, height=500)
    turn = cv2.getRotationMatrix2D((350, 250), -5, 1.0)
    tilted = cv2.warpAffine(level, turn, (700, 500), borderMode=cv2.BORDER_REPLICATE)[60:440, 60:640]

    found = analysed(tilted)

    assert found.horizon is not None
    assert found.horizon.tilt_deg == pytest.approx(5, abs=1.5)
    assert found.shot.tilt_deg.value == pytest.approx(5, abs=1.5)


def test_above_the_horizon_is_sky_and_below_it_are_plants():
    found = analysed(seaside())

    assert share(found, RegionKind.SKY) > 0.3
    assert share(found, RegionKind.VEGETATION) > 0.3
    sky = next(region for region in found.regions if region.kind is RegionKind.SKY)
    assert sky.centre.y < 0.35
    assert found.scene.outdoor.value > 0.6
    assert found.scene.kind is SceneKind.LANDSCAPE


@pytest.mark.parametrize("place", [(0.5, 0.5), (0.3, 0.45), (0.65, 0.6)])
def test_the_lines_of_a_corridor_meet_at_its_end(place):
    found = analysed(corridor(x=place[0], y=place[1]))

    assert found.vanishing_point is not None
    assert found.vanishing_point.point.x == pytest.approx(place[0], abs=0.02)
    assert found.vanishing_point.point.y == pytest.approx(place[1], abs=0.02)
    assert found.lines.leading_share.value > 0.4
    assert DepthCue.PERSPECTIVE in found.depth.cues


@pytest.mark.parametrize("x", [0.3, 0.5, 0.7])
def test_a_ball_on_soft_ground_is_the_subject(x):
    found = analysed(ball(x=x))

    assert found.subjects[0].centre.x == pytest.approx(x, abs=0.03)
    assert found.subjects[0].box.width == pytest.approx(0.2, abs=0.05)
    assert found.subjects[0].compactness.value > 0.6
    assert np.sign(found.subjects[0].lead_room.value) == np.sign(0.5 - x) or x == 0.5
    assert found.subjects[0].nearness.value > 0.5


def test_a_sharp_ball_on_soft_ground_shows_a_shallow_focus():
    crisp, soft = analysed(ball()), analysed(ball(sharp=False))

    assert crisp.focus.shallowness.value > 0.5
    assert DepthCue.DEFOCUS in crisp.depth.cues
    assert crisp.focus.near_sharp.value > 0
    assert (soft.focus.sharpness.value or 0) < 0.4 < crisp.focus.sharpness.value
    assert DepthCue.DEFOCUS not in soft.depth.cues


def test_the_ground_comes_nearer_downwards():
    found = analysed(seaside())
    depth = found.maps.depth
    rows = depth[:, -60:].mean(axis=1)

    assert rows[: len(rows) // 3].max() < 0.1
    assert rows[-1] > rows[len(rows) * 2 // 3] > rows[len(rows) // 3]
    assert DepthCue.GROUND_PLANE in found.depth.cues
    layers = (found.depth.near_share, found.depth.middle_share, found.depth.far_share)
    assert sum(layer.value for layer in layers) == pytest.approx(1, abs=1e-5)


def test_a_face_makes_a_portrait():
    found = analysed(photograph("astronaut"))

    (face,) = found.faces
    assert face.box.centre.x == pytest.approx(0.44, abs=0.03)
    assert found.subjects[0].kind is SubjectKind.PERSON
    assert found.scene.kind is SceneKind.PORTRAIT
    assert found.shot.scale is ShotScale.MEDIUM_CLOSE_UP


@pytest.mark.parametrize("name", ["china", "flower"])
def test_a_still_without_people_has_no_face(name):
    assert analysed(photograph(name)).faces == ()


def test_a_face_painted_green_is_no_face():
    photo = photograph("astronaut").copy()
    photo[..., 2] //= 3

    assert analysed(photo).faces == ()


def test_a_pavilion_by_a_lake_is_outdoors_by_day():
    found = analysed(photograph("china"))

    assert share(found, RegionKind.SKY) + share(found, RegionKind.CLOUD) > 0.2
    assert share(found, RegionKind.VEGETATION) > 0.1
    assert found.scene.outdoor.value > 0.6
    assert found.scene.time_of_day is TimeOfDay.DAY
    assert found.subjects[0].box.left < 0.2


def test_a_flower_before_blurred_leaves_is_a_close_up():
    found = analysed(photograph("flower"))

    assert found.subjects[0].centre.x == pytest.approx(0.48, abs=0.04)
    assert found.focus.shallowness.value > 0.3
    assert found.focus.near_sharp.value > 0.3
    assert found.scene.kind is SceneKind.CLOSE_UP
    assert found.maps.foreground is not None


def test_lamps_in_the_dark_make_a_night():
    night = flat(6, height=300, width=400)
    rng = np.random.default_rng(2)
    for _ in range(14):
        place = (int(rng.integers(20, 380)), int(rng.integers(120, 280)))
        cv2.circle(night, place, 3, (200, 240, 255), -1)
    cv2.line(night, (0, 200), (399, 190), (40, 40, 46), 2)

    found = analysed(night)

    assert found.light.night.value > 0.5
    assert found.light.key.value < -0.8
    assert found.light.light_sources.value > 0


def test_brightness_changes_no_place():
    photo = photograph("flower")
    brighter = cv2.LUT(photo, (255 * (np.arange(256) / 255) ** 0.8).astype(np.uint8))

    one, other = analysed(photo), analysed(brighter)

    assert other.light.brightness.value > one.light.brightness.value
    assert other.subjects[0].centre.x == pytest.approx(one.subjects[0].centre.x, abs=0.02)
    assert other.scene.kind is one.scene.kind


def test_warm_and_cool_light_are_told_apart():
    photo = photograph("china").astype(np.float32)
    warm, cool = photo * [0.85, 0.97, 1.05], photo * [1.05, 0.97, 0.85]

    one, other = (analysed(np.clip(tinted, 0, 255).astype(np.uint8)) for tinted in (warm, cool))

    assert one.light.warmth.value > 0.2
    assert other.light.warmth.value < 0
    assert one.light.colour_temperature_kelvin.value < other.light.colour_temperature_kelvin.value


def test_the_palette_is_the_colours_that_were_painted():
    painted = np.zeros((200, 300, 3), np.uint8)
    painted[:, :180], painted[:, 180:] = (40, 40, 200), (200, 120, 40)

    first, second, *_ = analysed(painted).palette

    assert (first.red, first.green, first.blue) == pytest.approx((200, 40, 40), abs=6)
    assert first.share == pytest.approx(0.6, abs=0.03)
    assert (second.red, second.green, second.blue) == pytest.approx((40, 120, 200), abs=6)


def test_a_bright_doorway_in_a_dark_wall_is_a_frame():
    wall = np.full((320, 480, 3), 30, np.uint8)
    wall[80:250, 180:330] = 215
    cv2.circle(wall, (250, 170), 20, (90, 140, 160), -1)

    found = analysed(wall)

    assert found.composition.framing.value > 0.4
    assert found.composition.framing_opening.x == pytest.approx(0.53, abs=0.03)


def test_empty_room_is_found_on_its_side():
    found = analysed(ball(x=0.2, radius=0.12))
    scene = np.full((320, 480, 3), 120, np.uint8)
    rng = np.random.default_rng(1)
    for x, y in rng.integers(0, 300, (90, 2)).tolist():
        cv2.rectangle(scene, (x * 2 // 3, y), (x * 2 // 3 + 25, y + 18), rng.integers(0, 255, 3).tolist(), -1)

    right_empty = analysed(scene)

    assert right_empty.composition.negative_space_side.value > 0.3
    assert found.composition.subject_size.value > 0.01


def test_a_larger_working_size_finds_the_same_scene():
    small, large = analysed(photograph("astronaut")), analysed(photograph("astronaut"), working_px=1024)

    # The still has 512 pixels: it is never enlarged.
    assert (small.width_px, large.width_px) == (512, 512)
    assert small.scene == large.scene
