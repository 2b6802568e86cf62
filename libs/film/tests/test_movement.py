import pytest

from film.freedom import FREEDOM, Freedom, freedom
from film.movement import Family, Movement, family, mirrored, opposite

WIRE_ORDER = [
    "static",
    "pan_left",
    "pan_right",
    "tilt_up",
    "tilt_down",
    "roll_clockwise",
    "roll_counterclockwise",
    "zoom_in",
    "zoom_out",
    "dolly_in",
    "dolly_out",
    "truck_left",
    "truck_right",
    "pedestal_up",
    "pedestal_down",
    "crane_up",
    "crane_down",
    "arc_clockwise",
    "arc_counterclockwise",
    "dolly_zoom_in",
    "dolly_zoom_out",
    "handheld",
    "tracking_left",
    "tracking_right",
    "tracking_lead",
    "tracking_tail",
    "tracking_arc_clockwise",
    "tracking_arc_counterclockwise",
    "tracking_aerial",
    "rack_focus_near_to_far",
    "rack_focus_far_to_near",
    "whip_pan_left",
    "whip_pan_right",
    "crash_zoom_in",
    "crash_zoom_out",
]

every_movement = pytest.mark.parametrize("movement", Movement)


def flow(move: Freedom, *, x: float, y: float, depth: float, target: float = 2.0) -> tuple[float, float]:
    """Where a point at (x, y) right of and below the middle, that far away, goes in the picture of a pinhole camera.

    The classic instantaneous equations (Longuet-Higgins and Prazdny 1980) in the axes of film.freedom, focal length 1,
    a small step on every axis. A movement that travels and turns keeps what is `target` away in the middle.
    """
    step = 0.01
    a, b, c = step * move.truck, step * move.pedestal, step * move.dolly
    turn = step / target if move.travels else step
    wx, wy, wz = turn * move.tilt, turn * move.pan, step * move.roll
    # A dolly zoom changes the focal length by as much as keeps the target's size.
    focal = move.zoom * (step / target if move.dolly else step)
    u = (-a + x * c) / depth + (x * y * wx - (1 + x * x) * wy + y * wz) + focal * x
    v = (-b + y * c) / depth + ((1 + y * y) * wx - x * y * wy - x * wz) + focal * y
    return u, v


def test_the_vocabulary_equals_the_wire_in_names_and_order() -> None:
    assert [movement.value for movement in Movement] == WIRE_ORDER


@every_movement
def test_a_mirror_shown_in_a_mirror_is_the_movement(movement: Movement) -> None:
    assert mirrored(mirrored(movement)) is movement


@every_movement
def test_playing_backwards_twice_is_the_movement(movement: Movement) -> None:
    assert opposite(opposite(movement)) is movement


@every_movement
def test_mirroring_and_reversing_agree_with_the_axes(movement: Movement) -> None:
    assert freedom(mirrored(movement)) == freedom(movement).mirrored()
    assert freedom(opposite(movement)) == freedom(movement).reversed()


@every_movement
def test_a_mirror_and_a_reversal_keep_the_family(movement: Movement) -> None:
    assert family(mirrored(movement)) is family(movement)
    assert family(opposite(movement)) is family(movement)


def test_families_are_told_by_their_longest_name() -> None:
    assert family(Movement.DOLLY_ZOOM_IN) is Family.DOLLY_ZOOM
    assert family(Movement.DOLLY_IN) is Family.DOLLY
    assert family(Movement.TRACKING_ARC_CLOCKWISE) is Family.TRACKING
    assert {family(movement) for movement in Movement} == set(Family)


def test_only_directions_across_the_frame_change_in_a_mirror() -> None:
    changed = {movement for movement in Movement if mirrored(movement) is not movement}

    assert {family(movement) for movement in changed} == {
        Family.PAN,
        Family.ROLL,
        Family.TRUCK,
        Family.ARC,
        Family.TRACKING,
        Family.WHIP_PAN,
    }


@pytest.mark.parametrize(
    ("movement", "near_right", "far_right"),
    [
        (Movement.PAN_RIGHT, -1, -1),
        (Movement.PAN_LEFT, 1, 1),
        (Movement.TRUCK_RIGHT, -1, -1),
        (Movement.TRUCK_LEFT, 1, 1),
        (Movement.ARC_CLOCKWISE, 1, -1),
        (Movement.ARC_COUNTERCLOCKWISE, -1, 1),
        (Movement.TRACKING_ARC_CLOCKWISE, 1, -1),
        (Movement.WHIP_PAN_LEFT, 1, 1),
    ],
)
def test_content_flows_against_the_camera(movement: Movement, near_right: int, far_right: int) -> None:
    """In the middle of the frame; an arc parts what is near from what is far."""
    near, _ = flow(freedom(movement), x=0, y=0, depth=1)
    far, _ = flow(freedom(movement), x=0, y=0, depth=20)

    assert near * near_right > 0
    assert far * far_right > 0


@pytest.mark.parametrize(
    ("movement", "near_down", "far_down"),
    [
        (Movement.TILT_UP, 1, 1),
        (Movement.TILT_DOWN, -1, -1),
        (Movement.PEDESTAL_UP, 1, 1),
        (Movement.PEDESTAL_DOWN, -1, -1),
        (Movement.CRANE_UP, 1, -1),
        (Movement.CRANE_DOWN, -1, 1),
    ],
)
def test_content_sinks_when_the_camera_rises(movement: Movement, near_down: int, far_down: int) -> None:
    """A crane keeps its target by tilting back, so what lies behind goes the other way."""
    _, near = flow(freedom(movement), x=0, y=0, depth=1)
    _, far = flow(freedom(movement), x=0, y=0, depth=20)

    assert near * near_down > 0
    assert far * far_down > 0


@pytest.mark.parametrize("movement", [Movement.ARC_CLOCKWISE, Movement.CRANE_UP, Movement.DOLLY_ZOOM_IN])
def test_the_target_stays(movement: Movement) -> None:
    x = 0.3 if family(movement) is Family.DOLLY_ZOOM else 0

    assert flow(freedom(movement), x=x, y=0, depth=2) == pytest.approx((0, 0), abs=1e-12)


def test_the_background_recedes_in_a_dolly_zoom_in() -> None:
    right, _ = flow(freedom(Movement.DOLLY_ZOOM_IN), x=0.3, y=0, depth=20)

    assert right < 0


@pytest.mark.parametrize("movement", [Movement.ZOOM_IN, Movement.DOLLY_IN, Movement.CRASH_ZOOM_IN])
def test_the_picture_expands_on_the_way_in(movement: Movement) -> None:
    right, down = flow(freedom(movement), x=0.3, y=0.2, depth=1)

    assert right > 0
    assert down > 0


def test_the_picture_turns_against_a_clockwise_roll() -> None:
    """What is right of the middle goes up."""
    _, down = flow(freedom(Movement.ROLL_CLOCKWISE), x=0.3, y=0, depth=1)

    assert down < 0


def test_only_travel_makes_parallax() -> None:
    assert not freedom(Movement.PAN_LEFT).travels
    assert not freedom(Movement.ZOOM_IN).travels
    assert freedom(Movement.TRUCK_LEFT).travels
    assert freedom(Movement.DOLLY_ZOOM_IN).travels


def test_every_movement_has_its_axes_and_no_two_of_one_family_share_them() -> None:
    assert list(FREEDOM) == list(Movement)
    for kind in Family:
        signs = [FREEDOM[movement] for movement in Movement if family(movement) is kind]
        assert len(set(signs)) == len(signs)


def test_a_sign_is_no_magnitude() -> None:
    with pytest.raises(ValueError, match="every sign"):
        Freedom(pan=2)
