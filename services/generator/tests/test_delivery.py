"""Formats, posters and bars from a still to the finished answer."""

import hashlib
import io

import av
import cv2
import numpy as np
import pytest

from film.movement import Movement
from film.stills import Limits
from generator.adapters.clip_reader import AvClipReader
from generator.adapters.encoder import AvEncoder
from generator.core.forms import FORMS, CodecPolicy, CodecRefused
from generator.core.generation import Generator
from generator.core.models import estimates
from generator.core.motion_check import Outcome
from generator.core.order import Aspect, ClipFormat
from generator.core.picture import to_bgr

ROOM = 1 << 26


def make(studio, *, movement=Movement.TRUCK_RIGHT, generator=None, **output):
    order = studio.order(movement, output=studio.output(**output))
    maker = generator or studio.generator
    return maker.generate(order, watch=studio.onlooker(), write=lambda _: None, most_bytes=ROOM)


def first(content: bytes) -> np.ndarray:
    with av.open(io.BytesIO(content)) as clip:
        return to_bgr(next(clip.decode(video=0)).to_ndarray(format="yuv420p"))


@pytest.mark.parametrize("form", list(ClipFormat))
def test_every_format_is_made_named_and_measured(studio, form):
    made = make(studio, format=form, duration_s=1.0)

    artifact = made.artifact
    assert artifact.name == f"{artifact.sha256[:16]}.{FORMS[form].suffix}"
    assert artifact.mime_type == FORMS[form].mime_type
    assert (artifact.facts.width_px, artifact.facts.height_px, artifact.facts.frames) == (360, 240, 24)
    assert made.verdict.outcome in (Outcome.AS_ASKED, Outcome.EQUIVALENT)
    assert b"movement=truck_right" in artifact.content


def test_every_format_shows_the_same_sway(studio):
    assert len({make(studio, movement=Movement.HANDHELD, format=form).seed for form in (None, *ClipFormat)}) == 1


def test_a_poster_is_the_first_frame_as_a_jpeg(studio):
    made = make(studio, poster=True, letterbox=Aspect.WIDE)

    poster = made.poster
    assert poster.mime_type == "image/jpeg"
    assert poster.name == f"{hashlib.sha256(poster.content).hexdigest()[:16]}.jpg"
    assert (poster.facts.width_px, poster.facts.height_px, poster.facts.frames) == (426, 240, 1)
    shown = cv2.imdecode(np.frombuffer(poster.content, np.uint8), cv2.IMREAD_COLOR).astype(int)
    difference = np.abs(shown - first(made.artifact.content).astype(int))
    assert shown.shape == (240, 426, 3)
    assert difference.mean() < 4
    assert make(studio).poster is None


def test_bars_are_black_and_the_motion_is_measured_inside_them(studio):
    made = make(studio, aspect=Aspect.CINEMA, letterbox=Aspect.WIDE, duration_s=1.0, short_side_px=360)

    frame = first(made.artifact.content)
    bar = 2 * round((360 - 640 / 2.39) / 4)
    assert frame.shape == (360, 640, 3)
    # A codec rings beside the edge.
    assert frame[: bar - 8].max() <= 4
    assert frame[-bar + 8 :].max() <= 4
    assert frame[bar + 2 : -bar - 2].mean() > 30
    assert made.verdict.outcome in (Outcome.AS_ASKED, Outcome.EQUIVALENT)
    assert not made.verdict.has_black_border


def test_bars_at_the_sides_do_not_hide_the_motion(studio):
    made = make(studio, aspect=Aspect.PORTRAIT, letterbox=Aspect.WIDE, duration_s=1.0, short_side_px=480)

    assert made.verdict.outcome in (Outcome.AS_ASKED, Outcome.EQUIVALENT)
    assert made.verdict.amplitude.value == pytest.approx(made.delivered.amplitude, rel=0.15)


def test_a_permissive_service_makes_av1_and_refuses_h264(studio):
    permissive = Generator(encoder=AvEncoder(), reader=AvClipReader(), limits=Limits(), policy=CodecPolicy.PERMISSIVE)

    assert make(studio, generator=permissive).artifact.facts.codec == "av1"
    with pytest.raises(CodecRefused, match="mp4_av1 or webm_vp9"):
        make(studio, generator=permissive, format=ClipFormat.MP4_H264)
    order = studio.order(Movement.TRUCK_RIGHT, output=studio.output(format=ClipFormat.MP4_H264))
    assert "under the GPL" in permissive.estimates(order)[0].refused_because
    assert estimates(order)[0].refused_because == ""


def test_a_faststart_clip_is_another_file_of_the_same_frames(studio):
    plain, fast = make(studio), make(studio, faststart=True)

    assert plain.artifact.sha256 != fast.artifact.sha256
    assert b"moof" in plain.artifact.content
    assert b"moof" not in fast.artifact.content
    assert np.array_equal(first(plain.artifact.content), first(fast.artifact.content))
