"""Measuring what the camera of a clip did."""

from collections.abc import Callable
from dataclasses import replace

from film.movement import Family, family
from generator.core.disparity import read_disparity
from generator.core.motion_check import WIDTH_PX, Asked, Known, Verdict, examine, sampling
from generator.core.motion_check.filmstrip import draw_filmstrip
from generator.core.order import CameraMove, Scene
from generator.core.ports import Clip, ClipReader, Watch
from generator.core.render.amplitude import UNIT, asked_amplitude
from generator.core.result import ClipFacts, Verification


def verify(
    content: bytes,
    *,
    move: CameraMove | None,
    scene: Scene,
    reader: ClipReader,
    watch: Watch,
    filmstrip: bool = False,
) -> Verification:
    """The verdict on a clip's file, compared with the move when one is given.

    scene: what is known of the still that the clip was made from, at its default for nothing. filmstrip: the verdict
    comes with its picture.
    Raises ClipError for what cannot be read, WrongOrder for a depth map that cannot and for an amplitude in a unit that
    is not the movement's own, Cancelled when the watch says so.
    """
    asked = None if move is None else asked_of(move, _own_amplitude(move))
    known = Known(subject=scene.subject, disparity=None if scene.disparity is None else read_disparity(scene.disparity))
    with watch.stage("read"):
        clip = read(content, reader=reader, cancelled=watch.cancelled)
    with watch.stage("motion_check"):
        verdict = judge(clip, asked=asked, known=known, cancelled=watch.cancelled, filmstrip=filmstrip)
    return Verification(verdict=verdict, facts=facts_of(clip))


def read(content: bytes, *, reader: ClipReader, cancelled: Callable[[], bool]) -> Clip:
    """The clip as the motion check wants it."""
    return reader.read(content, width_px=WIDTH_PX, sampling=sampling, cancelled=cancelled)


def judge(
    clip: Clip, *, asked: Asked | None, known: Known, cancelled: Callable[[], bool], filmstrip: bool = False
) -> Verdict:
    """The verdict on a clip that was read; with its picture when a filmstrip is wanted."""
    seen = examine(clip.samples, fps=clip.samples_per_s, asked=asked, known=known, cancelled=cancelled)
    if not filmstrip:
        return seen.verdict
    return replace(seen.verdict, filmstrip_png=draw_filmstrip(seen))


def asked_of(move: CameraMove, amplitude: float | None) -> Asked:
    """The move in the motion check's words; a static camera has no amplitude."""
    if family(move.movement) is Family.STATIC:
        return Asked(movement=move.movement, sway_rad=move.sway_rad)
    unit = UNIT[family(move.movement)]
    return Asked(movement=move.movement, amplitude=amplitude, unit=unit, sway_rad=move.sway_rad)


def _own_amplitude(move: CameraMove) -> float | None:
    """The amplitude that the move states; None where it states none and any is right."""
    return None if move.unit is None else asked_amplitude(move, field="asked.amplitude_unit")


def facts_of(clip: Clip) -> ClipFacts:
    """The facts of a clip that was read."""
    return ClipFacts(
        width_px=clip.width_px,
        height_px=clip.height_px,
        fps=clip.fps,
        frames=clip.frames,
        duration_s=clip.duration_s,
        container=clip.container,
        codec=clip.codec,
    )
