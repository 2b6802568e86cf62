"""Every format of a clip: what is in the file, when its bytes come, that they are always the same, and a cancel."""

import hashlib
import io
import itertools
import threading
import time
import zipfile
from dataclasses import replace

import av
import cv2
import numpy as np
import pytest

from generator.adapters.clip_reader import AvClipReader
from generator.adapters.encoder import AvEncoder
from generator.core.errors import ClipTooLarge
from generator.core.motion_check import Cancelled
from generator.core.order import ClipFormat, Preset
from generator.core.picture import planes, to_bgr
from generator.core.ports import EncodeSettings
from generator.core.provenance import Provenance

WIDTH, HEIGHT = 192, 128
FACTS = {
    ClipFormat.MP4_H264: ("mp4", "h264"),
    ClipFormat.MP4_AV1: ("mp4", "av1"),
    ClipFormat.WEBM_VP9: ("webm", "vp9"),
    ClipFormat.WEBP: ("webp", "webp"),
    ClipFormat.AVIF: ("avif", "av1"),
    ClipFormat.GIF: ("gif", "gif"),
    ClipFormat.FRAMES: ("zip", "png"),
}
VIDEO = (ClipFormat.MP4_H264, ClipFormat.MP4_AV1, ClipFormat.WEBM_VP9)
AT_THE_END = (ClipFormat.WEBP, ClipFormat.AVIF)
SAID = Provenance(movement="truck_right", amplitude=0.05, unit="width", seed=7, version="9")


def settings(form: ClipFormat, **changes) -> EncodeSettings:
    values = {"width_px": WIDTH, "height_px": HEIGHT, "fps": 24, "preset": Preset.FAST, "format": form}
    return EncodeSettings(**{**values, **changes})


def picture(width: int = WIDTH, height: int = HEIGHT, *, seed: int = 1) -> np.ndarray:
    """One frame, smooth and coloured, planar YUV."""
    noise = np.random.default_rng(seed).integers(40, 200, (height * 3 // 2, width), np.uint8)
    frame = np.empty_like(noise)
    # Chroma of little strength, so that no colour leaves what screens show.
    for target, source, span in zip(planes(frame), planes(noise), ((60, 190), (110, 146), (110, 146)), strict=True):
        smooth = cv2.GaussianBlur(source.astype(np.float32), (0, 0), 4)
        target[:] = cv2.normalize(smooth, None, *span, cv2.NORM_MINMAX)
    return frame


def frames(count: int, *, width: int = WIDTH, height: int = HEIGHT):
    base = picture(width, height)
    buffer = np.empty_like(base)
    for index in range(count):
        for target, source in zip(planes(buffer), planes(base), strict=True):
            target[:] = np.roll(source, 2 * index * source.shape[1] // width, axis=1)
        yield buffer


def written(how: EncodeSettings, count: int = 24) -> bytes:
    parts: list[bytes] = []
    AvEncoder().encode(
        frames(count, width=how.width_px, height=how.height_px), how, write=parts.append, cancelled=lambda: False
    )
    return b"".join(parts)


def read(content: bytes, width_px: int = WIDTH):
    return AvClipReader().read(
        content, width_px=width_px, sampling=lambda count, _: range(count), cancelled=lambda: False
    )


def compressing() -> bool:
    return any(thread.name == "clip-encoder" for thread in threading.enumerate())


def idle(within_s: float = 30.0) -> bool:
    until = time.monotonic() + within_s
    while compressing() and time.monotonic() < until:
        time.sleep(0.01)
    return not compressing()


def shown(form: ClipFormat, content: bytes) -> np.ndarray:
    """The first frame as a viewer shows it, BGR."""
    if form is ClipFormat.FRAMES:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return cv2.imdecode(np.frombuffer(archive.read("frame-00001.png"), np.uint8), cv2.IMREAD_COLOR)
    if form is ClipFormat.WEBP:
        return cv2.imdecodeanimation(np.frombuffer(content, np.uint8).reshape(1, -1))[1].frames[0][..., :3]
    with av.open(io.BytesIO(content)) as clip:
        frame = next(clip.decode(clip.streams.video[-1]))
        if form is ClipFormat.GIF:
            return frame.to_ndarray(format="bgr24")
        return to_bgr(frame.to_ndarray(format="yuv420p"))


@pytest.mark.parametrize("preset", list(Preset))
@pytest.mark.parametrize("form", list(ClipFormat))
def test_every_format_holds_every_frame_in_its_size_and_time(form, preset):
    clip = read(written(settings(form, preset=preset)))

    assert (clip.container, clip.codec) == FACTS[form]
    assert (clip.width_px, clip.height_px, clip.frames, len(clip.samples)) == (WIDTH, HEIGHT, 24, 24)
    assert clip.fps == pytest.approx(24, rel=0.01)
    assert clip.duration_s == pytest.approx(1.0, rel=0.01)
    for index, frame in enumerate(frames(24)):
        expected = frame[:HEIGHT].astype(float)
        assert np.corrcoef(expected.ravel(), clip.samples[index].ravel())[0, 1] > 0.98, index


@pytest.mark.parametrize("form", list(ClipFormat))
def test_colours_are_shown_as_they_were_made(form):
    expected = to_bgr(picture()).astype(int)

    found = shown(form, written(settings(form, preset=Preset.QUALITY), 2)).astype(int)

    assert found.shape == expected.shape
    # A codec loses detail, a palette colours; a wrong matrix or range would tint the whole picture.
    assert np.abs(found - expected).mean() < 8
    assert np.abs((found - expected).mean(axis=(0, 1))).max() < 2.5


@pytest.mark.parametrize("faststart", [False, True])
@pytest.mark.parametrize("form", VIDEO)
def test_a_video_declares_its_colours(form, faststart):
    with av.open(io.BytesIO(written(settings(form, faststart=faststart)))) as clip:
        context = clip.streams.video[0].codec_context
        frame = next(clip.decode(video=0))

        assert (context.pix_fmt, context.color_range, context.colorspace) == ("yuv420p", 1, 1)
        assert (context.color_primaries, context.color_trc) == (1, 1)
        assert (frame.color_range, frame.colorspace) == (1, 1)


def test_an_avif_declares_its_colours():
    content = written(settings(ClipFormat.AVIF))

    assert content[8:12] == b"avis"
    # Primaries, transfer and matrix of BT.709, limited range: the colour box "nclx".
    assert b"nclx\x00\x01\x00\x01\x00\x01\x00" in content


@pytest.mark.parametrize("fps", [12, 24, 25, 30, 50, 60])
@pytest.mark.parametrize("form", [form for form in ClipFormat if form is not ClipFormat.MP4_AV1])
def test_every_rate_is_kept(form, fps):
    if form is ClipFormat.GIF and fps == 60:
        pytest.skip("a GIF has no such rate")

    clip = read(written(settings(form, fps=fps), fps))

    assert (clip.frames, clip.duration_s) == (fps, pytest.approx(1.0, abs=0.03))


@pytest.mark.parametrize("form", list(ClipFormat))
def test_the_same_frames_give_the_same_bytes(form):
    assert len({written(settings(form, provenance=SAID)) for _ in range(3)}) == 1


@pytest.mark.parametrize("form", list(ClipFormat))
def test_the_bytes_do_not_depend_on_how_busy_the_machine_is(form):
    how = settings(form, width_px=352, height_px=240, preset=Preset.QUALITY)
    alone = written(how, 30)
    done = threading.Event()

    def hog():
        data = bytes(1 << 20)
        while not done.is_set():
            # Takes a core without the interpreter's lock, then lets go.
            hashlib.sha256(data).digest()
            time.sleep(0.0005)

    hogs = [threading.Thread(target=hog) for _ in range(3)]
    for thread in hogs:
        thread.start()
    try:
        busy = {written(how, 30) for _ in range(3)}
    finally:
        done.set()
        for thread in hogs:
            thread.join()

    assert busy == {alone}


@pytest.mark.parametrize("form", [form for form in ClipFormat if form not in AT_THE_END])
def test_bytes_leave_while_frames_still_come(form):
    parts: list[bytes] = []
    out_after: list[int] = []

    def watched():
        for frame in frames(100, width=352, height=240):
            yield frame
            time.sleep(0.002)
            out_after.append(sum(map(len, parts)))

    AvEncoder().encode(
        watched(), settings(form, width_px=352, height_px=240), write=parts.append, cancelled=lambda: False
    )

    assert out_after[80] > 1000
    assert out_after[80] < sum(map(len, parts))


@pytest.mark.parametrize("form", AT_THE_END + VIDEO)
def test_a_file_with_its_index_in_front_comes_when_all_frames_are_in(form):
    parts: list[bytes] = []
    taken = []

    def watched():
        for frame in frames(30):
            taken.append(len(parts))
            yield frame

    AvEncoder().encode(watched(), settings(form, faststart=True), write=parts.append, cancelled=lambda: False)

    assert parts
    assert set(taken) == {0}


@pytest.mark.parametrize("form", [ClipFormat.MP4_H264, ClipFormat.MP4_AV1])
def test_a_faststart_mp4_has_its_index_first_and_no_fragments(form):
    content = written(settings(form, faststart=True))

    assert 0 < content.index(b"moov") < content.index(b"mdat")
    assert b"moof" not in content
    assert b"moof" in written(settings(form))
    with av.open(io.BytesIO(content)) as clip:
        assert (clip.streams.video[0].frames, clip.duration) == (24, 1_000_000)


def test_a_faststart_webm_knows_its_length_and_its_places_first():
    content = written(settings(ClipFormat.WEBM_VP9, faststart=True))

    # The element ids of Cues and of the first Cluster.
    assert content.index(b"\x1c\x53\xbb\x6b") < content.index(b"\x1f\x43\xb6\x75")
    with av.open(io.BytesIO(content)) as clip:
        assert clip.duration == 1_000_000


@pytest.mark.parametrize("form", list(ClipFormat))
def test_a_file_says_where_it_comes_from(form):
    content = written(settings(form, provenance=SAID))

    assert b"Made from a still; no camera moved." in content
    assert b"movement=truck_right; amplitude=0.05 width; seed=7" in content
    assert b"Made from a still" not in written(settings(form))
    assert read(content).frames == 24


@pytest.mark.parametrize("form", [ClipFormat.MP4_H264, ClipFormat.WEBM_VP9])
def test_players_find_title_and_comment(form):
    with av.open(io.BytesIO(written(settings(form, provenance=SAID)))) as clip:
        found = {key.lower(): value for key, value in clip.metadata.items()}

    assert found["title"] == "Truck right, made from a still"
    assert found["comment"] == SAID.comment


def test_a_gif_holds_its_words_as_a_comment_before_its_end():
    content = written(settings(ClipFormat.GIF, provenance=SAID))

    at = content.rindex(b"\x21\xfe")
    assert content[at + 3 :].startswith(b"Made from a still")
    assert content.endswith(b"\x00\x3b")


def test_a_gif_renews_its_palette_when_the_colours_are_others():
    """A red clip that turns blue would have no blue in a palette of its first frame."""

    def turning():
        frame = picture()
        _, u, v = planes(frame)
        for index in range(8):
            u[:], v[:] = (90, 200) if index < 4 else (200, 90)
            yield frame

    parts: list[bytes] = []
    AvEncoder().encode(turning(), settings(ClipFormat.GIF), write=parts.append, cancelled=lambda: False)

    with av.open(io.BytesIO(b"".join(parts))) as clip:
        shades = [frame.to_ndarray(format="bgr24").mean(axis=(0, 1)) for frame in clip.decode(video=0)]
    assert shades[0][2] > shades[0][0] + 60
    assert shades[-1][0] > shades[-1][2] + 60


@pytest.mark.parametrize("form", [ClipFormat.GIF, ClipFormat.WEBP])
def test_pictures_that_move_are_repeated_for_ever(form):
    content = written(settings(form), 3)

    if form is ClipFormat.GIF:
        at = content.index(b"NETSCAPE2.0")
        assert content[at + 13 : at + 15] == b"\0\0"
    else:
        at = content.index(b"ANIM")
        assert content[at + 12 : at + 14] == b"\0\0"


def test_frames_are_numbered_whole_and_dated_alike():
    content = written(settings(ClipFormat.FRAMES, provenance=SAID), 12)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"frame-{number:05}.png" for number in range(1, 13)]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.comment.startswith(b"frames_per_second=24; Made from a still")
        first = cv2.imdecode(np.frombuffer(archive.read("frame-00001.png"), np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(first, to_bgr(next(frames(1))))


@pytest.mark.parametrize("form", list(ClipFormat))
def test_a_cancel_is_heard_within_a_tenth_of_a_second(form):
    """On a machine of its own: time counts as much less as others have of the machine, and the quickest of several
    tries, as they may hold up any one of them.
    """

    def took(count: int) -> float:
        gone = threading.Event()
        began, slowed = [], []

        def endless():
            started, worked = time.perf_counter(), time.process_time()
            for index, frame in enumerate(frames(10**6, width=640, height=360)):
                if index == count:
                    began.append(time.perf_counter())
                    slowed.append(max(1.0, (began[0] - started) / (time.process_time() - worked)))
                    gone.set()
                yield frame

        how = settings(form, width_px=640, height_px=360, preset=Preset.QUALITY)
        with pytest.raises(Cancelled):
            AvEncoder().encode(endless(), how, write=lambda _: None, cancelled=gone.is_set)
        return (time.perf_counter() - began[0]) / slowed[0]

    for count in (2, 40):
        assert any(took(count) < 0.1 for _ in range(20))
    assert idle()


@pytest.mark.parametrize("form", [ClipFormat.MP4_AV1, ClipFormat.AVIF])
def test_a_cancel_while_the_last_frames_are_compressed_is_heard(form):
    given = threading.Event()
    asked = itertools.count()

    def all_at_once():
        yield from frames(24, width=640, height=360)
        given.set()

    def cancelled():
        # Asked once more before the end of the frames is handed over, then while the rest is compressed.
        return given.is_set() and next(asked) > 0

    how = settings(form, width_px=640, height_px=360, preset=Preset.QUALITY)
    with pytest.raises(Cancelled):
        AvEncoder().encode(all_at_once(), how, write=lambda _: None, cancelled=cancelled)
    assert idle()


@pytest.mark.parametrize("form", list(ClipFormat))
def test_nothing_is_written_after_a_cancel(form):
    parts: list[bytes] = []
    gone = threading.Event()

    def some():
        for index, frame in enumerate(frames(200)):
            if index == 40:
                gone.set()
            yield frame

    with pytest.raises(Cancelled):
        AvEncoder().encode(some(), settings(form), write=parts.append, cancelled=gone.is_set)
    held = len(parts)

    assert idle()
    assert len(parts) == held


@pytest.mark.parametrize("faststart", [False, True])
@pytest.mark.parametrize("form", list(ClipFormat))
def test_a_file_that_grows_too_large_is_stopped(form, faststart):
    whole = len(written(settings(form, faststart=faststart), 60))
    parts: list[bytes] = []

    with pytest.raises(ClipTooLarge) as stopped:
        AvEncoder().encode(
            frames(60),
            settings(form, faststart=faststart, most_bytes=whole // 2),
            write=parts.append,
            cancelled=lambda: False,
        )

    assert stopped.value.limit == whole // 2
    assert sum(map(len, parts)) <= whole // 2
    assert idle()


@pytest.mark.parametrize(
    ("size", "level"), [((854, 480), 31), ((1280, 720), 32), ((1920, 1080), 42), ((3840, 2160), 52)]
)
def test_the_level_of_h264_suits_every_size_at_60_frames(size, level):
    how = replace(settings(ClipFormat.MP4_H264), width_px=size[0], height_px=size[1], fps=60)

    content = written(how, 3)

    # Configuration version, profile, compatibility, level: ISO/IEC 14496-15, section 5.3.3.1.
    box = content[content.index(b"avcC") + 4 :]
    assert box[0] == 1
    assert box[3] <= level
