"""Path, parts and picture of a verdict survive the wire."""

from dataclasses import replace

from film.movement import Movement
from generator.core.motion_check import Moment, Segment, Unit, check
from generator.rpc.verdicts import verdict, verdict_message

from .scene import RATE, Clips


def test_path_parts_and_picture_come_back_as_they_were(clips: Clips) -> None:
    told = Segment(
        start_s=0.0,
        end_s=1.5,
        measured=Movement.PAN_LEFT,
        probability=0.9,
        amplitude=0.1,
        unit=Unit.RADIAN,
        unknown_because="",
    )
    dark = replace(told, measured=None, amplitude=None, unit=None, unknown_because="too dark")
    whole = replace(
        check(clips.get("ground", Movement.STATIC), fps=RATE),
        path=(Moment(time_s=0.0, shift_x=0.1, shift_y=-0.1, turn_rad=0.02, scale=1.1),),
        segments=(told, dark),
        filmstrip_png=b"\x89PNG",
    )
    assert verdict(verdict_message(whole)) == whole
