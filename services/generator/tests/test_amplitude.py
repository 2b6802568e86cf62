"""How far movements go."""

import pytest

from film.movement import Family, Movement, family
from generator.core.errors import WrongOrder
from generator.core.motion_check import Unit
from generator.core.order import CameraMove, Speed
from generator.core.render.amplitude import UNIT, asked_amplitude, cap

MOVING = [movement for movement in Movement if movement is not Movement.STATIC]


@pytest.mark.parametrize("movement", MOVING)
def test_every_moving_camera_has_a_unit_and_goes_farther_when_it_is_faster(movement):
    slow, regular, fast = (asked_amplitude(CameraMove(movement=movement, speed=speed)) for speed in Speed)

    assert 0 < slow < regular < fast <= cap(CameraMove(movement=movement))


def test_only_the_static_family_has_no_unit():
    assert {kind for kind in Family if kind not in UNIT} == {Family.STATIC}
    assert asked_amplitude(CameraMove(movement=Movement.STATIC)) == 0
    assert cap(CameraMove(movement=Movement.STATIC)) == 0


def test_an_amplitude_in_its_own_unit_is_taken_as_it_is():
    move = CameraMove(movement=Movement.PAN_LEFT, amplitude=0.031, unit=Unit.RADIAN)

    assert asked_amplitude(move) == 0.031


def test_an_amplitude_in_a_foreign_unit_is_refused_and_the_right_one_named():
    move = CameraMove(movement=Movement.PAN_LEFT, amplitude=0.1, unit=Unit.GROWTH)

    with pytest.raises(WrongOrder, match="growth for pan_left; accepted is radian") as refused:
        asked_amplitude(move)

    assert refused.value.field == "plan.camera.amplitude_unit"
    assert family(move.movement) is Family.PAN
