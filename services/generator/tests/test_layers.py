"""Near things apart from what is behind them: where that is earned, what is made up, and that blocks leave no trace."""

import hashlib
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from film.geometry import Box
from film.movement import Movement
from generator.core.order import DisparityMap, Scene
from generator.core.render.environment import Environment
from generator.core.render.fill import Hole, push_pull
from generator.core.render.frames import Frames
from generator.core.render.layers import cut_out, single
from generator.core.render.layers_alive import Alive
from generator.core.render.layers_evidence import Sides
from generator.core.render.relief import flat
from generator.core.render.side_by_side import ALONE, Hands
from generator.core.render.warp import CELL_PX, Warp, new_planes

WIDTH, HEIGHT = 960, 640
THING = (slice(200, 480), slice(380, 620))
"""Rows and columns of something that stands before the rest."""

MOVES = [Movement.TRUCK_RIGHT, Movement.ARC_CLOCKWISE, Movement.DOLLY_IN, Movement.DOLLY_ZOOM_IN, Movement.PEDESTAL_UP]


def packed(cells: np.ndarray) -> DisparityMap:
    whole = np.rint(cells * 65535).astype(np.uint16)
    png = cv2.imencode(".png", whole)[1].tobytes()
    return DisparityMap(png=png, width=whole.shape[1], height=whole.shape[0], bits=16)


def depth(*steps: tuple[tuple[slice, slice], float], blur: float = 2.0) -> np.ndarray:
    cells = np.full((HEIGHT, WIDTH), 0.15, np.float32)
    for place, level in steps:
        cells[place] = level
    return cv2.GaussianBlur(cv2.resize(cells, (480, 320), interpolation=cv2.INTER_AREA), (0, 0), blur)


class Stage:
    """A green wall with a red thing before it, and the shots of it."""

    def __init__(self, studio) -> None:
        self.studio = studio
        pixels = studio.texture(WIDTH, HEIGHT) // 3
        self.wall = pixels + np.array([20, 120, 20], np.uint8)
        self.still = self.wall.copy()
        self.still[THING] = pixels[THING] + np.array([20, 20, 160], np.uint8)

    def shot(self, movement, *, pixels=None, cells=None, quality=0.6, **more):
        scene = Scene(
            disparity=packed(depth((THING, 0.85)) if cells is None else cells),
            quality=quality,
            subject=Box(0.4, 0.35, 0.2, 0.35),
        )
        still = self.still if pixels is None else pixels
        photo, self.studio.photo = self.studio.photo, cv2.imencode(".png", still)[1].tobytes()
        try:
            return self.studio.shot(movement, scene=scene, **more)
        finally:
            self.studio.photo = photo


@pytest.fixture
def stage(studio) -> Stage:
    return Stage(studio)


def test_a_thing_before_a_wall_gets_a_layer_of_its_own(stage):
    layers = stage.shot(Movement.TRUCK_RIGHT, short_side_px=480).layers

    assert layers.count == 2
    near = layers.near[0]
    per = layers.ground.y.shape[1] / WIDTH
    left, top, width, height = cv2.boundingRect((near.alpha > 127).astype(np.uint8))
    found = ((near.left + left) / per, (near.top + top) / per, width / per, height / per)
    assert found == pytest.approx((380, 200, 240, 280), abs=4)
    assert near.alpha.max() == 255
    middle = tuple(side // 2 for side in near.w.shape)
    assert near.w[middle] > layers.w[middle] + 0.2
    assert 0 < layers.hole < 0.2


def test_behind_the_thing_there_is_only_wall(stage):
    """Red is gone from the ground: V, the red difference, is nowhere above the middle."""
    layers = stage.shot(Movement.TRUCK_RIGHT).layers

    assert int(layers.ground.v.max()) < 128
    assert int(stage.shot(Movement.STATIC).scenery.canvas.v.max()) > 150


def test_what_the_ground_shows_beside_the_hole_is_the_still_itself(stage):
    shot = stage.shot(Movement.TRUCK_RIGHT)
    canvas, ground = shot.scenery.canvas, shot.layers.ground

    beside = shot.layers.made == 0

    assert np.array_equal(canvas.y[beside], ground.y[beside])
    assert 0.05 < 1 - beside.mean() < 0.3


def test_a_line_where_nothing_ends_gets_no_layer(stage):
    """The map claims a thing; the picture shows the same wall on both sides."""
    assert stage.shot(Movement.TRUCK_RIGHT, pixels=stage.wall).layers.count == 1


def test_measured_depth_is_believed_even_there(stage):
    assert stage.shot(Movement.TRUCK_RIGHT, pixels=stage.wall, quality=1.0).layers.count == 2


def test_a_slope_gets_no_layer(studio):
    assert studio.shot(Movement.ARC_CLOCKWISE).layers.count == 1


@pytest.mark.parametrize("movement", [Movement.STATIC, Movement.PAN_LEFT, Movement.ZOOM_IN, Movement.ROLL_CLOCKWISE])
def test_a_camera_that_does_not_travel_needs_one_layer(stage, movement):
    assert stage.shot(movement).layers.count == 1


def test_letters_and_specks_are_no_things(stage):
    specks = [((slice(y, y + 20), slice(x, x + 20)), 0.85) for y in (100, 300, 500) for x in (150, 450, 750)]
    pixels = stage.wall.copy()
    for place, _ in specks:
        pixels[place] = 250

    assert stage.shot(Movement.TRUCK_RIGHT, pixels=pixels, cells=depth(*specks)).layers.count == 1


def test_threads_that_help_change_nothing(stage):
    alone = stage.shot(Movement.TRUCK_RIGHT, short_side_px=480)
    with ThreadPoolExecutor(3) as pool:
        helped = stage.shot(Movement.TRUCK_RIGHT, short_side_px=480, hands=Hands(pool))

    assert alone.layers.count == helped.layers.count == 2
    for index in range(alone.profile.frames):
        assert np.array_equal(Frames(alone).only(index), Frames(helped).only(index))


@pytest.mark.parametrize("movement", [Movement.TRUCK_RIGHT, Movement.WHIP_PAN_RIGHT])
def test_frames_are_the_same_whoever_draws_their_strips(stage, movement):
    shot = stage.shot(movement, short_side_px=480)
    drawn = []
    with ThreadPoolExecutor(1) as pool:
        for hands in (ALONE, Hands(pool)):
            frames = Frames(shot, hands=hands).all(cancelled=lambda: False)
            drawn.append([hashlib.sha256(frame).hexdigest() for frame in frames])

    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) > len(drawn[0]) // 2


def test_the_sides_of_an_outline_are_the_same_whether_all_cells_are_asked_for_or_some(studio):
    sides = Sides(studio.texture(90, 60))
    near = np.zeros((60, 90), np.uint8)
    near[20:40, 30:70] = 1
    at = np.flatnonzero(cv2.Laplacian(near, cv2.CV_8U))

    assert np.array_equal(sides.difference(near, at), sides.difference(near).ravel()[at])


def test_a_thing_before_a_thing_makes_three_layers(stage):
    behind = (slice(120, 560), slice(150, 800))
    pixels = stage.wall.copy()
    pixels[behind] = pixels[behind] // 2 + np.array([120, 0, 0], np.uint8)
    pixels[THING] = stage.still[THING]

    layers = stage.shot(
        Movement.TRUCK_RIGHT, pixels=pixels, cells=depth((behind, 0.5), (THING, 0.95)), quality=1.0
    ).layers

    assert layers.count == 3
    farther, nearer = layers.near
    assert farther.alpha.size > 2 * nearer.alpha.size
    middle = tuple(side // 2 for side in layers.w.shape)
    assert layers.w[middle] < farther.w[middle] < nearer.w[middle]
    # Behind the thing the farther one goes on, without red.
    assert int((farther.v[farther.alpha_half == 255]).max()) < 140


def test_what_the_map_lost_of_a_thing_is_taken_along(stage):
    """A spire stands out against an even wall; the map ends below it."""
    pixels = np.full((HEIGHT, WIDTH, 3), (90, 160, 90), np.uint8)
    pixels[THING] = stage.still[THING]
    pixels[176:200, 490:510] = (40, 40, 180)

    shot = stage.shot(Movement.TRUCK_RIGHT, pixels=pixels)
    near, per = shot.layers.near[0], shot.scenery.canvas.y.shape[1] / WIDTH

    assert near.alpha[round(186 * per) - near.top, round(500 * per) - near.left] == 255
    assert int(shot.layers.ground.v.max()) < 128


@pytest.mark.parametrize("movement", MOVES)
def test_no_layer_looks_beyond_the_still(stage, movement):
    shot = stage.shot(movement)
    frames = Frames(shot)
    height, width = shot.scenery.canvas.y.shape
    columns, rows = (int((side - 4.5) // CELL_PX) + 1 for side in (shot.profile.width_px, shot.profile.height_px))

    assert shot.layers.count == 2
    for index in range(shot.profile.frames):
        for x, y in frames.places(index):
            inner = np.s_[1 : 1 + rows, 1 : 1 + columns]
            assert -0.5 <= x[inner].min() <= x[inner].max() <= width - 0.5
            assert -0.5 <= y[inner].min() <= y[inner].max() <= height - 0.5


@pytest.mark.parametrize("movement", MOVES)
def test_blocks_leave_no_trace(stage, movement):
    """Drawing only what is seen, block by block, gives what drawing every layer everywhere gives."""
    shot = stage.shot(movement, short_side_px=480)
    profile, layers = shot.profile, shot.layers
    warp = Warp(layers, width_px=profile.width_px, height_px=profile.height_px, cover=shot.cover.zoom)
    pose = shot.path.at(np.array([0.0]))
    planes = new_planes(profile.width_px, profile.height_px)
    warp.render(pose, planes)

    whole = None
    for index, (x, y) in enumerate(warp.places(pose)):
        size = (x.shape[1] * CELL_PX, x.shape[0] * CELL_PX)
        inner = np.s_[CELL_PX : CELL_PX + profile.height_px, CELL_PX : CELL_PX + profile.width_px]
        at_x, at_y = (cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)[inner] for part in (x, y))
        if index == 0:
            whole = cv2.remap(layers.ground.y, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            continue
        near = layers.near[index - 1]
        at = (at_x - near.left, at_y - near.top)
        above = cv2.remap(near.y, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.remap(near.alpha, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        whole = cv2.add(cv2.multiply(whole, 255 - alpha, scale=1 / 255), above)

    difference = np.abs(planes.y.astype(int) - whole)
    assert difference.max() <= 2
    assert difference.mean() < 0.01


def test_near_and_far_part_as_far_as_their_depths_say(stage):
    """Truck to the right by a twentieth: the subject goes left by that much, the wall by less."""
    shot = stage.shot(Movement.TRUCK_RIGHT, quality=1.0, short_side_px=480)
    first, last = (Frames(shot).only(index) for index in (0, shot.profile.frames - 1))
    height, width = shot.profile.height_px, shot.profile.width_px
    band = np.s_[height // 2 - 20 : height // 2 + 20]

    def red(frame):
        v = frame.reshape(-1)[width * height * 5 // 4 :].reshape(height // 2, width // 2)
        columns = np.flatnonzero(v[height // 4 - 5 : height // 4 + 5].mean(axis=0) > 140)
        return (columns[0] + columns[-1]) / width

    assert red(last) - red(first) == pytest.approx(-shot.amplitude * shot.cover.zoom, abs=0.006)
    assert not np.array_equal(first[band], last[band])


def test_a_frame_needs_no_map_of_its_whole(stage):
    shot = stage.shot(Movement.ARC_CLOCKWISE, short_side_px=720)
    frames = Frames(shot)
    frames.only(0)
    tracemalloc.start()
    try:
        frames.only(1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 2 * 4 * shot.profile.width_px * shot.profile.height_px


def test_push_pull_keeps_what_is_known_and_carries_it_on():
    values = np.zeros((40, 60), np.float32)
    values[:, :20], values[:, 40:] = 10.0, 50.0
    weight = np.zeros((40, 60), np.float32)
    weight[:, :20] = weight[:, 40:] = 1.0

    found = push_pull(values, weight)

    assert np.array_equal(found[weight == 1], values[weight == 1])
    assert (np.diff(found[20]) >= -1.5).all()
    assert 10 < found[20, 25] < found[20, 35] < 50
    assert (push_pull(values, np.zeros_like(weight)) == 0).all()


def test_a_hole_is_filled_with_what_is_around_it_and_nothing_else_changes(studio):
    plane = studio.texture(200, 160)[..., 0] // 4 + 100
    hole = np.zeros(plane.shape, np.uint8)
    hole[60:110, 80:130] = 255
    marked = plane.copy()
    marked[hole > 0] = 255

    found = Hole(hole, hole).filled(marked)

    assert np.array_equal(found[hole == 0], marked[hole == 0])
    assert found[hole > 0].max() < 190
    # Texture goes on inside: the fill is not a blur.
    assert found[62:80, 85:125].std() > 0.3 * plane.std()
    assert np.array_equal(Hole(np.zeros_like(hole), hole).filled(marked), marked)


def test_nothing_under_an_empty_alpha_is_a_layer(studio):
    canvas = studio.shot(Movement.STATIC).scenery.canvas

    assert cut_out(canvas, np.zeros(canvas.y.shape, np.uint8), flat().w) is None
    assert single(canvas, flat()).count == 1


def test_layers_follow_what_is_painted_on_the_canvas(stage):
    shot = stage.shot(Movement.TRUCK_RIGHT)
    alive = Alive(shot.scenery.canvas, shot.layers)
    made = shot.layers.made != 0
    alive.canvas.y[:] = 77

    alive.follow([alive.everything()])

    assert (alive.layers.ground.y[~made] == 77).all()
    assert np.array_equal(alive.layers.ground.y[made], shot.layers.ground.y[made])
    near = alive.layers.near[0]
    assert (near.y[near.alpha == 255] == 77).all()
    assert (near.y[near.alpha == 0] == 0).all()
    # The shot's own layers are as they were.
    assert (shot.layers.near[0].y != near.y).any()


def test_an_untouched_canvas_leaves_the_layers_as_they_are(stage):
    shot = stage.shot(Movement.TRUCK_RIGHT)
    alive = Alive(shot.scenery.canvas, shot.layers)

    alive.follow([(slice(0, 100), slice(0, 200)), alive.everything()])

    for name in ("y", "u", "v"):
        assert np.array_equal(getattr(alive.layers.ground, name), getattr(shot.layers.ground, name))
        assert np.array_equal(getattr(alive.layers.near[0], name), getattr(shot.layers.near[0], name))


class Blinking:
    """Paints a patch dark in the second half of the clip."""

    def __init__(self, canvas) -> None:
        self._canvas = canvas
        self.patches = [SimpleNamespace(rows=slice(20, 60), columns=slice(40, 100))]

    def paint(self, t, into):
        place = (self.patches[0].rows, self.patches[0].columns)
        into.y[place] = 16 if t > 0.5 else self._canvas.y[place]


class Stripe:
    """Draws a white line over every frame."""

    def over(self, t, planes):
        planes.y[int(t * 10)] = 235


def test_the_environment_moves_behind_the_camera_and_over_it(stage):
    for movement in (Movement.STATIC, Movement.TRUCK_RIGHT):
        shot = stage.shot(movement)
        plain = [frame.copy() for frame in Frames(shot).all(cancelled=lambda: False)]
        around = Environment(restless=Blinking(shot.scenery.canvas), overlay=Stripe(), made=(), left_out=())
        frames = Frames(replace(shot, environment=around))

        alive = [frame.copy() for frame in frames.all(cancelled=lambda: False)]

        rest = np.s_[12 : shot.profile.height_px]
        assert np.array_equal(alive[1][rest], plain[1][rest]), movement
        assert alive[-1][rest].astype(int).sum() < plain[-1][rest].astype(int).sum() - 10000, movement
        assert (alive[0][0] == 235).all()
        assert (alive[-1][int(shot.times()[-1] * 10)] == 235).all()
