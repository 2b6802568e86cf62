"""Reading clips of every accepted kind, and refusing the rest by name."""

import dataclasses
import io
import struct
import zipfile
import zlib

import av
import cv2
import numpy as np
import pytest

from generator.adapters.clip_reader import AvClipReader, bounds, frames, video
from generator.adapters.clip_reader import webp as webp_reader
from generator.adapters.clip_reader.samples import Wish
from generator.adapters.encoder import AvEncoder
from generator.core.errors import ClipError
from generator.core.motion_check import Cancelled
from generator.core.order import ClipFormat, Preset
from generator.core.ports import EncodeSettings


def every(count: int, _fps: float) -> range:
    return range(count)


def pictures(count: int = 24, width: int = 160, height: int = 120) -> list[np.ndarray]:
    base = np.random.default_rng(3).integers(0, 255, (height, width, 3), np.uint8)
    base = cv2.GaussianBlur(base, (0, 0), 3)
    return [np.roll(base, 2 * index, axis=1) for index in range(count)]


def written(form: str, codec: str, pixels: str, *, count: int = 24, width: int = 160, height: int = 120) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        stream = container.add_stream(codec, rate=12)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        for picture in pictures(count, width, height):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format=pixels)))
        container.mux(stream.encode(None))
    return file.getvalue()


def webp(count: int = 24, width: int = 160, height: int = 120) -> bytes:
    animation = cv2.Animation()
    animation.frames = pictures(count, width, height)
    animation.durations = [83] * count
    made, data = cv2.imencodeanimation(".webp", animation)
    assert made
    return data.tobytes()


def archive(
    count: int = 24,
    width: int = 160,
    height: int = 120,
    *,
    kind: str = ".png",
    comment: bytes = b"frames_per_second=12",
) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.comment = comment
        for index, picture in enumerate(pictures(count, width, height)):
            packed.writestr(f"{index:03}{kind}", cv2.imencode(kind, picture)[1].tobytes())
    return file.getvalue()


CLIPS = {
    "mp4": lambda: written("mp4", "libx264", "yuv420p"),
    "webm": lambda: written("webm", "libvpx-vp9", "yuv420p"),
    "gif": lambda: written("gif", "gif", "rgb8"),
    "webp": webp,
    "avif": lambda: written("avif", "libsvtav1", "yuv420p"),
    "zip": lambda: archive(),
}


def read(content: bytes, *, sampling=every, width_px: int = 80, cancelled=lambda: False):
    return AvClipReader().read(content, width_px=width_px, sampling=sampling, cancelled=cancelled)


@pytest.mark.parametrize("kind", CLIPS)
def test_every_kind_gives_its_facts_and_its_frames(kind):
    clip = read(CLIPS[kind]())

    assert (clip.container, clip.width_px, clip.height_px, clip.frames) == (kind, 160, 120, 24)
    assert clip.fps == pytest.approx(12, rel=0.05)
    assert clip.samples_per_s == pytest.approx(12, rel=0.05)
    assert clip.duration_s == pytest.approx(2.0, rel=0.05)
    assert {sample.shape for sample in clip.samples} == {(60, 80)}
    grey = cv2.cvtColor(pictures()[5], cv2.COLOR_BGR2GRAY)
    difference = cv2.resize(grey, (80, 60), interpolation=cv2.INTER_AREA).astype(float) - clip.samples[5]
    # Limited range and palettes change levels, not the picture.
    assert np.corrcoef(grey[::2, ::2].ravel(), clip.samples[5].ravel())[0, 1] > 0.8
    assert np.abs(difference - difference.mean()).mean() < 12


def test_a_webp_is_read_in_batches_without_losing_a_frame(monkeypatch):
    content = webp()
    whole = read(content)

    monkeypatch.setattr(webp_reader, "BATCH_BYTES", 5 * 4 * 160 * 120)

    parts = read(content)
    assert (parts.frames, parts.fps) == (whole.frames, whole.fps)
    assert all(np.array_equal(one, other) for one, other in zip(parts.samples, whole.samples, strict=True))


def test_only_the_sampled_frames_are_kept():
    clip = read(CLIPS["mp4"](), sampling=lambda count, _: (0, 12, count - 1))

    assert len(clip.samples) == 3
    assert clip.samples_per_s == pytest.approx(12 * 2 / 23)


def test_small_clips_are_enlarged_for_measuring():
    assert read(CLIPS["mp4"](), width_px=320).samples[0].shape == (240, 320)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "another kind"),
        (b"concat:a|b", "another kind"),
        (b"", "another kind"),
        (b"\0\0\0\x18ftypmp42" + bytes(64), "damaged"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(8), "WebP"),
    ],
)
def test_what_is_no_clip_is_refused_by_name(content, found):
    with pytest.raises(ClipError, match=found) as refused:
        read(content)

    assert refused.value.field == "content"


@pytest.mark.parametrize("kind", CLIPS)
def test_a_clip_cut_short_is_refused_or_read_as_far_as_it_goes(kind):
    content = CLIPS[kind]()

    try:
        clip = read(content[: len(content) // 2])
    except ClipError:
        return
    assert 0 < len(clip.samples) <= 24


def test_a_file_with_sound_only_is_refused():
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

    with pytest.raises(ClipError, match="without a picture"):
        read(file.getvalue())


@pytest.mark.parametrize("kind", CLIPS)
def test_clips_beyond_the_limits_are_refused_before_they_are_decoded(kind, monkeypatch):
    content = CLIPS[kind]()

    monkeypatch.setattr(bounds, "MOST_FRAMES", 10)
    with pytest.raises(ClipError, match="frames"):
        read(content)

    monkeypatch.undo()
    monkeypatch.setattr(bounds, "MOST_SIDE_PX", 100)
    with pytest.raises(ClipError, match="160"):
        read(content)


@pytest.mark.parametrize("kind", CLIPS)
def test_reading_stops_when_nobody_wants_it(kind):
    with pytest.raises(Cancelled):
        read(CLIPS[kind](), cancelled=lambda: True)


def test_decoding_stops_when_nobody_wants_it():
    looks = []

    def later() -> bool:
        looks.append(1)
        return len(looks) > 30

    with pytest.raises(Cancelled):
        read(CLIPS["mp4"](), cancelled=later)


def shaped(kind: str, width: int, height: int) -> bytes:
    if kind == "webp":
        return webp(3, width, height)
    if kind == "zip":
        return archive(3, width, height)
    form, codec, pixels = {
        "mp4": ("mp4", "libx264", "yuv420p"),
        "webm": ("webm", "libvpx-vp9", "yuv420p"),
        "gif": ("gif", "gif", "rgb8"),
        "avif": ("avif", "libsvtav1", "yuv420p"),
    }[kind]
    return written(form, codec, pixels, count=3, width=width, height=height)


@pytest.mark.parametrize("kind", CLIPS)
@pytest.mark.parametrize(
    ("size", "sample"),
    [
        # Height, then width.
        ((100, 1000), (1920, 192)),
        ((100, 400), (1920, 480)),
        ((400, 100), (120, 480)),
    ],
)
def test_a_tall_clip_is_scaled_by_its_height(kind, size, sample):
    clip = read(shaped(kind, *size), width_px=480)

    assert {one.shape for one in clip.samples} == {sample}


@pytest.mark.parametrize("kind", CLIPS)
@pytest.mark.parametrize("size", [(64, 642), (642, 64), (14, 64)])
def test_a_clip_too_thin_to_measure_is_refused_by_its_size(kind, size):
    content = shaped(kind, *size)

    with pytest.raises(ClipError, match=f"{size[0]} x {size[1]}"):
        read(content, width_px=480)


def test_a_strip_one_pixel_wide_is_refused():
    with pytest.raises(ClipError, match="1 x 4,096"):
        read(shaped("gif", 1, 4096), width_px=480)


def test_of_a_webp_only_the_sampled_frames_are_scaled(monkeypatch):
    scaled = []
    small = Wish.small
    monkeypatch.setattr(Wish, "small", lambda wish, luma: scaled.append(1) or small(wish, luma))

    clip = read(webp(), sampling=lambda count, _: (0, 12, count - 1))

    assert len(scaled) == len(clip.samples) == 3
    assert clip.frames == 24


def test_a_webp_keeps_the_time_of_every_frame():
    animation = cv2.Animation()
    animation.frames = pictures(3)
    animation.durations = [100, 300, 200]
    content = cv2.imencodeanimation(".webp", animation)[1].tobytes()

    clip = read(content)

    assert (clip.frames, clip.duration_s) == (3, pytest.approx(0.6))


def test_a_codec_that_nobody_knows_is_refused():
    content = CLIPS["mp4"]().replace(b"avc1", b"zzzz")

    with pytest.raises(ClipError, match="unknown codec"):
        read(content)


@pytest.mark.parametrize(("code", "told"), [(cv2.Error.StsNoMem, MemoryError), (cv2.Error.StsBadArg, ClipError)])
def test_a_machine_without_memory_does_not_blame_the_clip(code, told):
    def failing(_count: int, _fps: float) -> range:
        error = cv2.error("failed")
        error.code = code
        raise error

    with pytest.raises(told):
        read(CLIPS["mp4"](), sampling=failing)


def packed(*files: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archived:
        for name, content in files:
            archived.writestr(name, content)
    return file.getvalue()


def png(width: int = 160, height: int = 120) -> bytes:
    return cv2.imencode(".png", np.zeros((height, width, 3), np.uint8))[1].tobytes()


def claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims another size."""
    content = bytearray(png())
    content[16:24] = struct.pack(">II", width, height)
    content[29:33] = struct.pack(">I", zlib.crc32(bytes(content[12:29])))
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (lambda: packed(), "another kind"),
        (lambda: packed(("a/", b""), ("b/", b"")), "without frames"),
        (lambda: packed(("a.txt", b"words")), "an archive with"),
        (lambda: packed(("a.gif", CLIPS["gif"]())), "a frame in GIF"),
        (lambda: packed(("a.png", png()), ("b.png", png(80, 60))), "different sizes"),
        (lambda: packed(("a.png", claiming(60_000, 60_000))), "an archive with"),
        (lambda: packed(("a.png", png(8, 8))), "8 x 8"),
        (lambda: packed(("a.png", png()[:-40])), "damaged|an archive with|cannot be decoded"),
        (lambda: packed(("a.png", png()), how=zipfile.ZIP_BZIP2), "foreign archive"),
        (lambda: archive()[:-30], "damaged"),
        (lambda: archive()[:200], "damaged"),
        (lambda: b"PK\x03\x04" + bytes(64), "damaged"),
    ],
)
def test_an_archive_that_holds_no_clip_is_refused_by_what_it_holds(content, found):
    with pytest.raises(ClipError, match=found):
        read(content())


def test_a_bomb_is_not_unpacked():
    """A thousand to one: 200 MB of noughts in 200 KB."""
    bomb = packed(("a.png", png() + bytes(200 << 20)))
    assert len(bomb) < 1 << 20

    with pytest.raises(ClipError, match="a frame of more than"):
        read(bomb)


def test_an_archive_that_lies_of_its_sizes_is_damaged():
    content = bytearray(archive(3))
    at = content.rindex(b"PK\x01\x02")
    # The unpacked size in the directory.
    content[at + 24 : at + 28] = struct.pack("<I", 10)

    with pytest.raises(ClipError):
        read(bytes(content))


def test_an_encrypted_archive_is_refused():
    content = bytearray(archive(3))
    at = content.index(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 1)

    with pytest.raises(ClipError, match="encrypted"):
        read(bytes(content))


@pytest.mark.parametrize(
    ("comment", "fps"), [(b"", 24), (b"frames_per_second=30; made", 30), (b"frames_per_second=0", 24), (b"x" * 900, 24)]
)
def test_an_archive_says_its_rate_in_its_comment(comment, fps):
    assert read(archive(6, comment=comment)).fps == fps


def test_frames_may_be_jpegs():
    assert read(archive(6, kind=".jpg")).frames == 6


def test_only_the_sampled_frames_of_an_archive_are_unpacked(monkeypatch):
    unpacked = []
    size = frames._size
    monkeypatch.setattr(frames, "_size", lambda picture: unpacked.append(1) or size(picture))

    clip = read(archive(), sampling=lambda count, _: (0, 12, count - 1))

    assert len(unpacked) == len(clip.samples) == 3


@pytest.mark.parametrize("kind", CLIPS)
def test_damage_anywhere_is_read_or_refused_and_never_more(kind):
    content = CLIPS[kind]()
    random = np.random.default_rng(5)
    for _ in range(12):
        broken = bytearray(content)
        for at in random.integers(0, len(broken), 8):
            broken[at] = random.integers(0, 256)
        try:
            clip = read(bytes(broken))
        except ClipError:
            continue
        assert 0 < len(clip.samples) <= bounds.MOST_FRAMES


def test_a_gif_that_claims_a_huge_screen_is_refused():
    content = bytearray(CLIPS["gif"]())
    content[6:10] = struct.pack("<HH", 65_535, 65_535)

    with pytest.raises(ClipError):
        read(bytes(content))


def test_a_gif_that_repeats_for_ever_is_read_once():
    content = CLIPS["gif"]()
    assert b"NETSCAPE2.0" in content

    assert read(content).frames == 24


def steady_h264(count: int = 25) -> bytes:
    """Every fourth frame is predicted from the one before, and of the three between only the middle one is used."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        options = {"preset": "superfast", "x264-params": "bframes=3:b-adapt=0:scenecut=0"}
        stream = container.add_stream("libx264", rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for picture in pictures(count):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def test_samples_are_the_same_whether_frames_between_were_decoded_or_not():
    content = steady_h264()

    whole, part = read(content), read(content, sampling=lambda count, _: range(0, count, 4))

    assert (part.frames, part.fps, part.duration_s) == (whole.frames, whole.fps, whole.duration_s)
    assert len(part.samples) == 7
    assert all(np.array_equal(one, other) for one, other in zip(part.samples, whole.samples[::4], strict=True))


def test_frames_that_nobody_wants_are_not_decoded(monkeypatch):
    decoded = []
    own = video._decoded

    def counted(*given):
        for index, frame in own(*given):
            decoded.append(index)
            yield index, frame

    monkeypatch.setattr(video, "_decoded", counted)
    read(steady_h264(), sampling=lambda count, _: range(0, count, 4))

    assert {*range(0, 25, 4)} <= {*decoded}
    assert len(decoded) <= 13


def test_a_clip_whose_times_do_not_tell_the_order_is_decoded_whole(monkeypatch):
    content = steady_h264()
    whole = read(content)
    own = video._contents
    monkeypatch.setattr(video, "_contents", lambda *given: dataclasses.replace(own(*given), places=None))

    blind = read(content, sampling=lambda count, _: range(0, count, 4))

    assert len(blind.samples) == 7
    assert all(np.array_equal(one, other) for one, other in zip(blind.samples, whole.samples[::4], strict=True))


def test_a_wanted_frame_that_is_missing_has_the_clip_decoded_whole(monkeypatch):
    content = steady_h264()
    own, tries = video._decoded, []

    def losing(container, stream, wish, wanted, places):
        tries.append(places is not None)
        for index, frame in own(container, stream, wish, wanted, places):
            if index != 8 or places is None:
                yield index, frame

    monkeypatch.setattr(video, "_decoded", losing)
    clip = read(content, sampling=lambda count, _: range(0, count, 4))

    assert tries == [True, False]
    assert len(clip.samples) == 7


def test_opening_a_clip_decodes_none_of_its_pictures(monkeypatch):
    content = steady_h264()
    opened = []
    own = av.open

    def watched(*given, **more):
        container = own(*given, **more)
        # Only a picture that was decoded tells how its pixels lie.
        opened.append(container.streams.video[0].codec_context.pix_fmt)
        return container

    monkeypatch.setattr(av, "open", watched)
    read(content)

    assert opened == [None, None]


def test_a_clip_whose_container_lies_of_its_size_is_read_by_its_pictures():
    content = bytearray(steady_h264())
    entry = content.index(b"avc1", content.index(b"stsd"))
    # Of a visual sample entry: after the kind come 24 bytes, then width and height.
    at = entry + 4 + 24
    assert struct.unpack(">HH", content[at : at + 4]) == (160, 120)
    content[at : at + 4] = struct.pack(">HH", 128, 96)

    clip = read(bytes(content))

    assert (clip.width_px, clip.height_px, len(clip.samples)) == (160, 120, 25)


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (960, 540), (854, 480), (700, 500), (333, 191)])
def test_a_sample_shows_what_the_area_of_its_pixels_shows(size):
    luma = cv2.cvtColor(pictures(1, *size)[0], cv2.COLOR_BGR2GRAY)
    wish = Wish(width_px=240, sampling=every, cancelled=lambda: False)

    small = wish.small(luma)

    exact = cv2.resize(luma, small.shape[::-1], interpolation=cv2.INTER_AREA)
    assert small.shape == (round(size[1] * 240 / size[0]), 240)
    assert np.abs(small.astype(int) - exact).mean() < 1.5
    assert abs(small.mean() - exact.mean()) < 0.5


def test_a_colour_gif_is_read_as_bright_as_its_colours():
    (picture,) = pictures(1)
    file = io.BytesIO()
    with av.open(file, "w", format="gif") as container:
        stream = container.add_stream("gif", rate=12)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "rgb8"
        shown = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="rgb8")
        for _ in range(3):
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))

    clip = read(file.getvalue(), width_px=160)

    luma = cv2.cvtColor(shown.to_ndarray(format="bgr24"), cv2.COLOR_BGR2GRAY)
    assert np.abs(clip.samples[0].astype(int) - luma).max() <= 2


def test_frames_of_our_own_webp_are_decoded_alone_and_the_same(monkeypatch):
    parts: list[bytes] = []
    settings = EncodeSettings(width_px=160, height_px=120, fps=12, preset=Preset.FAST, format=ClipFormat.WEBP)
    planar = (cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420) for picture in pictures())
    AvEncoder().encode(planar, settings, write=parts.append, cancelled=lambda: False)
    content = b"".join(parts)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the animation was decoded from its first frame on")

    slow = list(cv2.imdecodeanimation(np.frombuffer(content, np.uint8).reshape(1, -1))[1].frames)
    monkeypatch.setattr(cv2, "imdecodeanimation", never)
    clip = read(content, sampling=lambda count, _: range(1, count, 5), width_px=160)

    assert clip.frames == 24
    shown = [cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) for frame in slow[1::5]]
    assert all(np.array_equal(one, other) for one, other in zip(clip.samples, shown, strict=True))


def test_a_damaged_frame_of_a_webp_is_a_damaged_clip():
    parts: list[bytes] = []
    settings = EncodeSettings(width_px=160, height_px=120, fps=12, preset=Preset.FAST, format=ClipFormat.WEBP)
    planar = (cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420) for picture in pictures(6))
    AvEncoder().encode(planar, settings, write=parts.append, cancelled=lambda: False)
    content = bytearray(b"".join(parts))
    # The start code of a key frame, three bytes after the chunk's head.
    at = content.rindex(b"VP8 ") + 8 + 3
    content[at : at + 3] = bytes(3)

    with pytest.raises(ClipError):
        read(bytes(content))


@pytest.mark.parametrize("kind", CLIPS)
def test_the_size_of_frames_is_told_without_decoding(kind):
    assert AvClipReader().frame_px(CLIPS[kind]()) == (160, 120)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"GIF89a", b"RIFF0000WEBP", b"\0\0\0\x18ftypisom"])
def test_a_file_without_a_size_counts_as_the_largest(content):
    assert AvClipReader().frame_px(content) == bounds.LARGEST_PX
