"""Where things move: only where their material was seen, in their box, off the subject."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from film.geometry import Box
from generator.core.errors import WrongOrder
from generator.core.order import EnvironmentMotion, EnvironmentMove, Material, RegionMap
from generator.core.render.environment import make_environment
from generator.core.render.environment.contract import CanvasPlanes

MATERIAL_OF = {
    EnvironmentMotion.WATER: "water",
    EnvironmentMotion.CLOUD: "cloud",
    EnvironmentMotion.FOLIAGE: "vegetation",
    EnvironmentMotion.SMOKE: "smoke",
    EnvironmentMotion.FIRE: "fire",
    EnvironmentMotion.CLOTH: "cloth",
    EnvironmentMotion.HAIR: "hair",
    EnvironmentMotion.LIGHT: "man_made",
}
EDGE_PX = 24
"""How far a soft edge may reach: two cells of the map and the neighbourhood that refines them."""


def moved(place, made, moments=(0.2, 0.45, 0.8), canvas=None):
    still = (canvas or place.canvas).y.astype(int)
    return np.max([np.abs(place.painted(made, t, canvas).y.astype(int) - still) for t in moments], axis=0)


@pytest.mark.parametrize("motion", MATERIAL_OF)
def test_only_the_material_moves(place, motion):
    name = MATERIAL_OF[motion]
    made = place.make(motion, place.map(**{name: (0.5, 0.8)}), region=Material(name), intensity=1.0)

    change = moved(place, made)

    assert made.made == (motion,)
    assert made.left_out == ()
    assert change[: round(0.5 * 396) - EDGE_PX].max() == 0
    assert change[round(0.8 * 396) + EDGE_PX :].max() == 0
    assert (change[230:290, 100:600] > 1).mean() > 0.2


def test_chroma_moves_with_luma(place):
    made = place.make(EnvironmentMotion.CLOUD, place.map(cloud=(0.0, 0.5)), speed_per_s=0.1)

    change = np.abs(place.painted(made, 0.4).u.astype(int) - place.canvas.u)

    assert change[20:80].mean() > 1
    assert change[99 + EDGE_PX // 2 :].max() == 0


def test_the_box_holds_the_motion(place):
    made = place.make(
        EnvironmentMotion.WATER, place.map(water=(0.4, 1.0)), box=Box(0.25, 0.5, 0.5, 0.5), speed_per_s=0.05
    )

    change = moved(place, made)

    assert change[:, : 704 // 4].max() == 0
    assert change[:, 704 * 3 // 4 + 1 :].max() == 0
    assert change[:198].max() == 0
    assert change[330:390, 250:450].mean() > 1


def test_the_subject_is_left_alone(place):
    subject = Box(0.4, 0.4, 0.2, 0.6)
    cells = np.ones((72, 128), np.uint8)
    cells[: round(0.4 * 72)] = 0
    # The map knows most of the subject, not all of it.
    cells[round(0.4 * 72) : 66, 54:74] = 0
    seen = RegionMap(png=cv2.imencode(".png", cells)[1].tobytes(), width=128, height=72, kinds=(Material.WATER,))

    with_it, without = (
        moved(place, place.make(EnvironmentMotion.WATER, seen, subject=box, speed_per_s=0.05))
        for box in (subject, None)
    )

    assert with_it[380:396, 330:374].max() < without[380:396, 330:374].max()
    assert with_it[240:340, 320:384].max() == 0
    assert with_it[300:390, 30:220].mean() > 1


def test_a_subject_that_is_the_material_moves(place):
    made = place.make(
        EnvironmentMotion.WATER, place.map(water=(0.3, 1.0)), subject=Box(0.3, 0.4, 0.4, 0.5), speed_per_s=0.05
    )

    assert moved(place, made)[250:340, 260:440].mean() > 1


def test_a_painted_canvas_depends_on_the_moment_alone(place):
    made = place.make(EnvironmentMotion.FOLIAGE, place.map(vegetation=(0.3, 0.9)))
    used = CanvasPlanes.copy_of(place.canvas)
    for t in (0.7, 0.1, 0.3):
        made.restless.paint(t, used)

    fresh = place.painted(made, 0.3)

    assert all(np.array_equal(getattr(used, name), getattr(fresh, name)) for name in "yuv")


def test_neighbours_do_not_erase_each_other(place):
    both = place.map(sky=(0.0, 0.5), water=(0.5, 1.0))
    moves = [
        EnvironmentMove(motion=EnvironmentMotion.WATER, speed_per_s=0.05),
        EnvironmentMove(motion=EnvironmentMotion.CLOUD, region=Material.SKY, speed_per_s=0.05),
    ]
    made = make_environment(moves, canvas=place.canvas, regions=both, subject=None, profile=place.profile(), seed=1)

    change = moved(place, made)

    assert made.made == (EnvironmentMotion.WATER, EnvironmentMotion.CLOUD)
    assert change[20:150].mean() > 1
    assert change[260:390].mean() > 1


def test_a_rock_in_calm_water_stays(place):
    """Too small for the map, but unlike everything around it."""
    y = cv2.GaussianBlur(place.canvas.y, (0, 0), 6) // 4 + 110
    y[300:330, 300:350] = 20
    canvas = replace(place.canvas, y=y, u=np.full_like(place.canvas.u, 128), v=np.full_like(place.canvas.v, 128))

    made = place.make(
        EnvironmentMotion.WATER, place.map(water=(0.4, 1.0)), canvas=canvas, speed_per_s=0.08, intensity=1.0
    )
    change = moved(place, made, canvas=canvas)

    assert change[301:329, 301:349].max() <= 1
    assert made.restless.patches[0].mask.any()


def test_a_beam_among_leaves_stays(place):
    y = place.canvas.y.copy()
    y[100:390, 340:352] = 255
    canvas = replace(place.canvas, y=y)

    made = place.make(EnvironmentMotion.FOLIAGE, place.map(vegetation=(0.2, 1.0)), canvas=canvas, intensity=1.0)
    change = moved(place, made, canvas=canvas)

    assert change[120:370, 336:356].max() == 0
    assert change[150:250, 100:250].mean() > 1


def test_wires_before_the_sky_stay_and_clouds_do_not(place):
    y = np.full_like(place.canvas.y, 170)
    y[40:90, 200:320] = cv2.GaussianBlur(grain_like(50, 120), (0, 0), 2)
    y[120:123, :] = 20
    canvas = replace(place.canvas, y=y)

    made = place.make(EnvironmentMotion.CLOUD, place.map(sky=(0.0, 0.6)), canvas=canvas, speed_per_s=0.1)
    change = moved(place, made, canvas=canvas)

    assert change[119:124].max() == 0
    assert change[45:85, 210:310].mean() > 2


def grain_like(height, width):
    return np.random.default_rng(4).integers(180, 235, (height, width)).astype(np.uint8)


@pytest.mark.parametrize(
    ("motion", "move", "seen", "reason"),
    [
        (EnvironmentMotion.WATER, {}, None, "holds no map of regions"),
        (EnvironmentMotion.WATER, {}, {"sky": (0.0, 0.5)}, "saw no water"),
        (EnvironmentMotion.CLOUD, {"region": Material.CLOUD}, {"sky": (0.0, 0.5)}, "saw no cloud in"),
        (EnvironmentMotion.WATER, {"region": Material.ROCK}, {"rock": (0.0, 0.5)}, "rock does not move so"),
        (EnvironmentMotion.LIGHT, {"region": Material.SNOW}, {"rock": (0.0, 0.5)}, "saw no snow"),
        (EnvironmentMotion.FIRE, {"box": Box(0.0, 0.8, 1.0, 0.2)}, {"fire": (0.0, 0.4)}, "too little fire"),
        (EnvironmentMotion.FIRE, {"box": Box(0.0, 0.0, 0.0, 0.0)}, {"fire": (0.5, 0.8)}, "too little fire"),
    ],
)
def test_what_was_not_seen_is_left_out_with_the_reason(place, motion, move, seen, reason):
    made = place.make(motion, None if seen is None else place.map(**seen), **move)

    assert (made.restless, made.overlay, made.made) == (None, None, ())
    assert len(made.left_out) == 1
    assert made.left_out[0].startswith(f"{motion}: ")
    assert reason in made.left_out[0]


def test_an_all_but_covered_material_is_left_out(place):
    cells = np.zeros((72, 128), np.uint8)
    cells[30:40, 60:68] = 1
    seen = RegionMap(png=cv2.imencode(".png", cells)[1].tobytes(), width=128, height=72, kinds=(Material.FIRE,))
    cells[:] = 0
    nothing = replace(seen, png=cv2.imencode(".png", cells)[1].tobytes())

    hidden = place.make(EnvironmentMotion.FIRE, seen, subject=Box(0.2, 0.1, 0.6, 0.8))
    empty = place.make(EnvironmentMotion.FIRE, nothing)

    assert "off the subject" in hidden.left_out[0]
    assert "saw no fire" in empty.left_out[0]


def test_nothing_asked_is_nothing_made(place):
    made = make_environment([], canvas=place.canvas, regions=None, subject=None, profile=place.profile(), seed=1)

    assert made == (None, None, (), ())


def png(cells):
    return cv2.imencode(".png", cells)[1].tobytes()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "no PNG file"),
        (b"GIF89a" + bytes(40), "no PNG file"),
        (png(np.zeros((72, 128, 3), np.uint8)), "not grey"),
        (png(np.zeros((72, 128), np.uint16)), "not grey with 8 bits"),
        (png(np.zeros((71, 128), np.uint8)), "128 x 71, stated as 128 x 72"),
        (png(np.zeros((72, 128), np.uint8))[:40], "damaged"),
    ],
)
def test_a_map_that_is_none_is_refused_by_its_field(place, content, found):
    broken = RegionMap(png=content, width=128, height=72, kinds=(Material.WATER,))

    with pytest.raises(WrongOrder, match=found) as refused:
        place.make(EnvironmentMotion.WATER, broken)

    assert refused.value.field == "analysis.maps.regions"


@pytest.mark.parametrize("motion", MATERIAL_OF)
def test_the_thinnest_strip_and_the_smallest_canvas_are_borne(place, motion):
    """Nothing is promised of them but that nothing breaks and the rest stays still."""
    name = MATERIAL_OF[motion]
    small = replace(
        place.canvas,
        y=place.canvas.y[:64, :70].copy(),
        u=place.canvas.u[:32, :35].copy(),
        v=place.canvas.v[:32, :35].copy(),
        scale=64.0,
        centre_x=35.0,
        centre_y=32.0,
    )

    for bands in ((0.49, 0.51), (0.0, 1.0)):
        made = place.make(
            motion, place.map(**{name: bands}), canvas=small, region=Material(name), box=Box(0.0, 0.48, 1.0, 0.5)
        )

        if made.restless is not None:
            assert moved(place, made, canvas=small)[:26].max() == 0
