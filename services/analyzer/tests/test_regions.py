"""Areas are told by colour, texture and place, and what the scene as a whole is likely to hold."""

import cv2
import numpy as np
import pytest

from analyzer.core.analysis import RegionKind, SceneKind, TimeOfDay
from analyzer.core.frame import frame_of
from analyzer.core.glance import Chances
from analyzer.core.horizon import find_horizon, trusted
from analyzer.core.regions import find_regions
from analyzer.core.segments import find_segments

from .stills import analysed, corridor, eye, photograph

SIZE = (320, 480)


def chances(kind, *, outdoor=0.95, share=0.9):
    kinds = {one: (1 - share) / 10 for one in SceneKind if one is not SceneKind.UNSPECIFIED} | {kind: share}
    return Chances(kinds=kinds, right=0.9, outdoor=outdoor, times=dict.fromkeys(TimeOfDay, 0.2))


def regions_of(pixels, likely=None):
    frame = frame_of(pixels)
    segments = find_segments(frame)
    horizon = trusted(find_horizon(frame, segments, eye().look(pixels).signs.horizon))
    return find_regions(frame, segments, horizon, person=0.0, chances=likely)


def share(materials, kind):
    return sum(region.share for region in materials.regions if region.kind is kind)


def textured(pixels, amount, seed):
    rough = np.random.default_rng(seed).normal(0, amount, (SIZE[0] // 4, SIZE[1] // 4))
    rough = cv2.resize(rough, SIZE[::-1], interpolation=cv2.INTER_CUBIC)[..., None]
    return np.clip(pixels + rough, 0, 255).astype(np.uint8)


def field(*, clouds=False, ground=(60, 140, 90)):
    """Blue sky, with clouds if asked for, above rough ground; BGR."""
    still = np.zeros((*SIZE, 3))
    fall = np.linspace(0, 1, 150)[:, None, None]
    still[:150] = np.array([220, 150, 70]) * (1 - fall) + np.array([235, 200, 150]) * fall
    if clouds:
        puffs = cv2.GaussianBlur(np.random.default_rng(5).normal(0, 1, SIZE), (0, 0), 14)
        puffs = np.clip(puffs / puffs.std() * 1.4, 0, 1)[:150, :, None]
        still[:150] = still[:150] * (1 - puffs) + 238 * puffs
    still[150:] = ground
    still[150:] = textured(still, 22, 2)[150:]
    return textured(still, 0.6, 3)


def sea():
    """A pale sky over blue water with level ripples."""
    still = np.zeros((*SIZE, 3))
    still[:130] = (235, 215, 195)
    still[130:] = (150, 110, 60)
    still[130:] += ripples(190)
    return np.clip(still, 0, 255).astype(np.uint8)


def stream():
    """Dark woods and grey-blue water in front of them, with level ripples: neither sky nor horizon; BGR."""
    still = np.zeros((*SIZE, 3))
    wood = np.random.default_rng(6).normal(0, 26, (SIZE[0] // 3, SIZE[1] // 3))
    still += np.array([40, 70, 55]) + cv2.resize(wood, SIZE[::-1], interpolation=cv2.INTER_CUBIC)[..., None]
    bank = 150 + np.round(18 * np.sin(np.arange(SIZE[1]) / 21)).astype(int)
    water = np.arange(SIZE[0])[:, None] > bank[None]
    still[water] = (np.array([150, 132, 120]) + ripples(SIZE[0]))[water]
    return np.clip(still, 0, 255).astype(np.uint8)


def ripples(rows):
    """(rows, width, 1) change of brightness that runs level."""
    change = np.random.default_rng(4).normal(0, 7, (rows, 5))
    return cv2.resize(change, (SIZE[1], rows), interpolation=cv2.INTER_CUBIC)[..., None]


def flames(*, lit=False):
    """Fire in the dark, or the same colours by day."""
    still = np.full((*SIZE, 3), 150.0 if lit else 8.0)
    rng = np.random.default_rng(8)
    for at in range(40):
        x, top = int(rng.integers(150, 330)), int(rng.integers(90, 190))
        cv2.ellipse(still, (x, 230), (9, 230 - top), float(rng.integers(-12, 12)), 0, 360, (20, 110, 250), -1)
        cv2.ellipse(still, (x, 240), (4, (230 - top) // 2), 0, 0, 360, (170 + at % 3, 245, 255), -1)
    return cv2.GaussianBlur(np.clip(still, 0, 255).astype(np.uint8), (0, 0), 1.5)


def test_a_field_is_sky_over_vegetation():
    found = regions_of(field(), chances(SceneKind.LANDSCAPE))

    assert share(found, RegionKind.SKY) == pytest.approx(150 / 320, abs=0.08)
    assert share(found, RegionKind.VEGETATION) == pytest.approx(170 / 320, abs=0.1)
    assert found.outdoors > 0.8


def test_clouds_are_told_from_a_clear_sky():
    clear, cloudy = (regions_of(field(clouds=clouds), chances(SceneKind.LANDSCAPE)) for clouds in (False, True))

    assert share(clear, RegionKind.CLOUD) == 0
    assert share(cloudy, RegionKind.CLOUD) > 0.05
    assert cloudy.share(RegionKind.SKY) > share(cloudy, RegionKind.SKY)


def test_an_even_white_sky_is_not_called_cloud():
    still = field()
    still[:150] = textured(np.full((*SIZE, 3), 232.0), 0.6, 9)[:150]

    assert share(regions_of(still, chances(SceneKind.LANDSCAPE)), RegionKind.CLOUD) == 0


def test_water_below_a_horizon_is_found():
    found = regions_of(sea(), chances(SceneKind.WATERSIDE))

    assert share(found, RegionKind.WATER) > 0.25
    assert share(found, RegionKind.SKY) + share(found, RegionKind.CLOUD) > 0.3


def test_water_without_a_horizon_needs_a_shore():
    shore, street = (regions_of(stream(), chances(kind)) for kind in (SceneKind.WATERSIDE, SceneKind.CITY))

    assert share(shore, RegionKind.WATER) > 0.25
    assert share(street, RegionKind.WATER) == 0


def test_what_is_likely_a_drawing_has_less_sky():
    scene, page = (regions_of(field(), chances(kind)) for kind in (SceneKind.LANDSCAPE, SceneKind.ABSTRACT))

    assert page.sky.mean() < 0.5 * scene.sky.mean()


def test_indoors_blue_above_is_no_sky():
    room = regions_of(field(ground=(90, 90, 90)), chances(SceneKind.INTERIOR, outdoor=0.03))

    assert share(room, RegionKind.SKY) + share(room, RegionKind.CLOUD) == 0
    assert room.outdoors < 0.4


def test_snow_lies_in_the_wild_and_not_on_a_wall():
    still = field(ground=(225, 220, 218))
    wild, room = (
        regions_of(still, chances(kind, outdoor=outdoor))
        for kind, outdoor in ((SceneKind.LANDSCAPE, 0.95), (SceneKind.INTERIOR, 0.05))
    )

    assert share(wild, RegionKind.SNOW) > 0.2
    assert share(room, RegionKind.SNOW) == 0


def test_fire_is_claimed_in_the_dark_only():
    dark, light = (regions_of(flames(lit=lit), chances(SceneKind.NIGHT)) for lit in (False, True))

    assert share(dark, RegionKind.FIRE) > 0.02
    assert share(light, RegionKind.FIRE) == 0


@pytest.mark.parametrize("name", ["astronaut", "china", "flower"])
def test_photographs_without_fire_and_smoke_have_none(name):
    found = analysed(photograph(name))

    assert {RegionKind.FIRE, RegionKind.SMOKE}.isdisjoint(region.kind for region in found.regions)


def test_a_street_has_sky_over_buildings():
    found = {region.kind for region in analysed(photograph("china")).regions}

    assert {RegionKind.SKY, RegionKind.MAN_MADE} <= found


def test_a_corridor_is_built_and_has_no_sky():
    found = regions_of(corridor(), chances(SceneKind.INTERIOR, outdoor=0.05))

    assert share(found, RegionKind.SKY) == 0
    assert share(found, RegionKind.WATER) == 0


def test_without_the_model_the_open_air_is_told_from_the_still_alone():
    assert regions_of(field()).outdoors > 0.5
    assert regions_of(corridor()).outdoors < 0.4


def test_labels_point_at_regions():
    found = regions_of(field(clouds=True), chances(SceneKind.LANDSCAPE))

    for at, region in enumerate(found.regions, 1):
        assert float((found.labels == at).mean()) == pytest.approx(region.share, abs=1e-5)
