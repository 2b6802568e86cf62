"""The encoder, against the promise of its port."""

import io
import threading
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial

import av
import numpy as np
import pytest

from generator.adapters.encoder import AvEncoder
from generator.core.errors import EncodingFailed
from generator.core.motion_check import Cancelled
from generator.core.order import ClipFormat, Preset
from generator.core.ports import EncodeSettings
from generator.core.render.side_by_side import Hands, Spare

SMALL = EncodeSettings(width_px=160, height_px=96, fps=24, preset=Preset.FAST)


def frames(count: int, settings: EncodeSettings = SMALL):
    base = np.random.default_rng(1).integers(16, 235, (settings.height_px * 3 // 2, settings.width_px), np.uint8)
    buffer = np.empty_like(base)
    for index in range(count):
        buffer[:] = np.roll(base, index, axis=1)
        yield buffer


def encoded(count: int = 24, settings: EncodeSettings = SMALL, *, cancelled=lambda: False) -> bytes:
    parts: list[bytes] = []
    AvEncoder().encode(frames(count, settings), settings, write=parts.append, cancelled=cancelled)
    return b"".join(parts)


def compressing() -> bool:
    return any(thread.name == "clip-encoder" for thread in threading.enumerate())


@pytest.mark.parametrize("preset", list(Preset))
def test_a_clip_is_h264_in_mp4_with_its_colours_declared(preset):
    settings = EncodeSettings(width_px=160, height_px=96, fps=25, preset=preset)

    with av.open(io.BytesIO(encoded(30, settings))) as clip:
        stream = clip.streams.video[0]
        decoded = list(clip.decode(stream))

        assert (stream.codec_context.name, stream.average_rate, len(decoded)) == ("h264", 25, 30)
        assert (stream.width, stream.height, stream.codec_context.pix_fmt) == (160, 96, "yuv420p")
        assert (decoded[0].color_range, decoded[0].colorspace) == (1, 1)
        assert clip.duration == 1_200_000


@pytest.mark.parametrize(("preset", "threads"), [(Preset.FAST, 1), (Preset.QUALITY, 2)])
def test_fast_compression_leaves_a_core_to_the_thread_that_makes_frames(preset, threads):
    # x264 writes its settings into the file.
    assert f" threads={threads} ".encode() in encoded(1, replace(SMALL, width_px=640, height_px=480, preset=preset))


def test_the_same_frames_give_the_same_bytes():
    assert encoded() == encoded()


@pytest.mark.parametrize("preset", list(Preset))
def test_the_bytes_do_not_depend_on_how_busy_the_machine_is(preset):
    settings = EncodeSettings(width_px=352, height_px=240, fps=24, preset=preset)
    done = threading.Event()

    def hog():
        while not done.is_set():
            sum(range(1000))

    hogs = [threading.Thread(target=hog) for _ in range(2)]
    for thread in hogs:
        thread.start()
    try:
        files = {encoded(12, settings) for _ in range(4)}
    finally:
        done.set()
        for thread in hogs:
            thread.join()

    assert len(files) == 1


def test_bytes_leave_while_frames_still_come():
    """The first fragment is out long before the last frame is in."""
    parts: list[bytes] = []
    seen_after: list[int] = []

    def watched():
        for index, frame in enumerate(frames(120)):
            yield frame
            if index % 20 == 0:
                time.sleep(0.05)
            seen_after.append(sum(map(len, parts)))

    AvEncoder().encode(watched(), SMALL, write=parts.append, cancelled=lambda: False)

    assert seen_after[60] > 2000
    assert parts[0][4:8] == b"ftyp"


def test_a_cancel_ends_the_call_and_its_thread():
    gone = threading.Event()

    def endless():
        for index, frame in enumerate(frames(10**6)):
            if index == 10:
                gone.set()
            yield frame

    with pytest.raises(Cancelled):
        AvEncoder().encode(endless(), SMALL, write=lambda _: None, cancelled=gone.is_set)

    assert not compressing()


def test_an_error_in_the_frames_passes_and_ends_the_thread():
    def broken():
        yield from frames(3)
        raise ArithmeticError("a frame failed")

    with pytest.raises(ArithmeticError, match="a frame failed"):
        AvEncoder().encode(broken(), SMALL, write=lambda _: None, cancelled=lambda: False)

    assert not compressing()


def test_a_refusing_writer_is_an_encoding_failure_with_its_cause():
    def refuse(_: bytes) -> None:
        raise OSError("full")

    with pytest.raises(EncodingFailed) as failed:
        AvEncoder().encode(frames(200), SMALL, write=refuse, cancelled=lambda: False)

    assert failed.value.__cause__ is not None
    assert not compressing()


def test_a_thread_that_waits_for_frames_helps_to_make_them():
    spare, makers = Spare(), set()

    def made():
        for frame in frames(12):
            helped = threading.Event()
            # The thread may be busy with the frame before: then nobody helps with this one.
            makers.update(Hands(spare).together(partial(helped.wait, 0.2), partial(helper, helped)))
            yield frame

    def helper(helped):
        helped.set()
        return threading.current_thread().name

    parts: list[bytes] = []
    AvEncoder().encode(made(), SMALL, write=parts.append, cancelled=lambda: False, spare=spare)

    assert "clip-encoder" in makers
    assert b"".join(parts) == encoded(12)


@pytest.mark.parametrize("given", [3, 10**6])
def test_an_encoder_that_has_ended_helps_no_more(given):
    spare, gone = Spare(), threading.Event()

    def leaving():
        for index, frame in enumerate(frames(given)):
            if index == 10:
                gone.set()
            yield frame

    with suppress(Cancelled):
        AvEncoder().encode(leaving(), SMALL, write=lambda _: None, cancelled=gone.is_set, spare=spare)

    assert set(Hands(spare).together(*[threading.get_ident] * 2)) == {threading.get_ident()}


def test_what_is_hard_to_compress_is_not_given_up():
    """The same fineness for every picture: what moves and has much detail only takes more bytes."""
    settings = replace(SMALL, width_px=320, height_px=192)
    given = np.stack([frame[:192].astype(np.float32) for frame in frames(24, settings)])

    with av.open(io.BytesIO(encoded(24, settings))) as clip:
        shown = np.stack([frame.to_ndarray()[:192] for frame in clip.decode(video=0)])

    # Noise on the move, of a spread of 63 levels.
    assert np.sqrt(np.mean((shown - given) ** 2)) < 3


def test_sides_that_the_codec_cannot_take_are_an_encoding_failure():
    odd = EncodeSettings(width_px=161, height_px=96, fps=24, preset=Preset.FAST)

    with pytest.raises((EncodingFailed, ValueError)):
        encoded(4, odd)


@pytest.mark.parametrize("width", [256, 160])
@pytest.mark.parametrize("form", [ClipFormat.MP4_H264, ClipFormat.WEBM_VP9, ClipFormat.FRAMES])
def test_frames_are_the_encoders_own_whatever_their_width(width, form):
    """The caller's buffer is overwritten with each next frame; what was given before must not change."""
    settings = EncodeSettings(width_px=width, height_px=96, fps=24, preset=Preset.FAST, format=form)
    kept = [frame.copy() for frame in frames(12, settings)]
    parts: list[bytes] = []
    AvEncoder().encode(iter(kept), settings, write=parts.append, cancelled=lambda: False)

    assert encoded(12, settings) == b"".join(parts)
