import io
import struct
import zlib
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from film.stills import (
    Damaged,
    Limits,
    NotAnImage,
    Still,
    StillError,
    TooLarge,
    TooManyBytes,
    TooManyPixels,
    Truncated,
    UnsupportedStill,
    decode,
    read_header,
)

Encode = Callable[..., bytes]

KINDS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")


def refusal(content: bytes, *, limits: Limits | None = None, in_header: bool = True) -> StillError:
    """The error that decoding raises; the header raises the same when it can know."""
    with pytest.raises(StillError) as caught:
        decode(content, fit_px=64, limits=limits)
    if in_header:
        with pytest.raises(type(caught.value)) as known:
            read_header(content, limits=limits or Limits())
        assert str(known.value) == str(caught.value)
    assert caught.value.field == "image.content"
    assert caught.value.found
    assert caught.value.accepted
    return caught.value


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, data: bytes = b"", *, depth: int = 8, colour: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def small_webp_header(width: int, height: int) -> bytes:
    body = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + body


def test_nothing_is_no_image() -> None:
    error = refusal(b"")

    assert isinstance(error, NotAnImage)
    assert error.found == "0 bytes"
    assert "JPEG, PNG, WebP, AVIF or GIF" in error.accepted


@pytest.mark.parametrize("content", [b"hello, world", b"\0" * 4096, b"\xff", b"RIFF\0\0\0\0WAVE", b"GIF"])
def test_what_begins_like_no_image_is_none(content: bytes) -> None:
    assert isinstance(refusal(content), NotAnImage)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"BM" + bytes(60), "BMP"),
        (b"II*\0" + bytes(60), "TIFF"),
        (b"MM\0*" + bytes(60), "TIFF"),
        (b"\0\0\0\x18ftypheic" + bytes(60), "HEIC"),
        (b"\0\0\0\x18ftypisom" + bytes(60), "MP4"),
        (b"\xff\x0a" + bytes(60), "JPEG XL"),
        (b"%PDF-1.7", "PDF"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"8BPS\0\1" + bytes(60), "Photoshop"),
    ],
)
def test_a_foreign_kind_is_refused_by_its_name(content: bytes, name: str) -> None:
    error = refusal(content)

    assert isinstance(error, UnsupportedStill)
    assert name in error.found


def test_a_tiff_by_any_name_is_refused(picture: Image.Image, encode: Encode) -> None:
    assert "TIFF" in refusal(encode(picture, "TIFF")).found
    assert "BMP" in refusal(encode(picture, "BMP")).found


def test_forty_megabytes_are_refused_by_length_alone() -> None:
    error = refusal(b"\xff\xd8\xff" + bytes(40_000_000))

    assert isinstance(error, TooManyBytes)
    assert (error.size, error.limit) == (40_000_003, 20 << 20)
    assert "40,000,003 bytes" in error.found


def test_a_png_bomb_is_refused_from_its_header() -> None:
    """50,000 x 50,000 pixels in 2.4 kB."""
    error = refusal(png(50_000, 50_000, zlib.compress(bytes(1_000_000))))

    assert isinstance(error, TooManyPixels)
    assert (error.width_px, error.height_px) == (50_000, 50_000)
    assert "50,000 x 50,000" in error.found
    assert "at most 50,000,000 pixels" in error.accepted


def test_a_bomb_of_every_other_format_is_refused_from_its_header(picture: Image.Image, encode: Encode) -> None:
    gif = bytearray(encode(picture, "GIF"))
    gif[6:10] = struct.pack("<HH", 60_000, 60_000)
    jpeg = bytearray(encode(picture, "JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)

    for content in (bytes(gif), bytes(jpeg), small_webp_header(16_000, 16_000)):
        assert isinstance(refusal(content), TooManyPixels)


def test_a_bomb_avif_is_refused_from_its_header() -> None:
    done, content = cv2.imencode(".avif", np.zeros((4000, 5000, 3), np.uint8), [cv2.IMWRITE_AVIF_SPEED, 10])
    assert done

    error = refusal(content.tobytes())

    assert isinstance(error, TooManyPixels)
    assert "for an AVIF" in error.accepted


def test_a_narrow_strip_is_refused_by_its_side() -> None:
    error = refusal(png(40_000, 10))

    assert "16,384 on a side" in error.accepted


def test_what_needs_too_much_memory_is_refused_and_says_how_large_it_may_be() -> None:
    """A progressive JPEG is held whole while it is decoded, a baseline one is not."""
    black = np.zeros((5000, 7000, 3), np.uint8)
    progressive, baseline = (
        cv2.imencode(".jpg", black, [cv2.IMWRITE_JPEG_PROGRESSIVE, flag, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111])
        for flag in (1, 0)
    )

    error = refusal(progressive[1].tobytes())

    assert isinstance(error, TooManyPixels)
    assert "for a progressive JPEG" in error.accepted
    assert decode(baseline[1].tobytes(), fit_px=64).pixels.shape == (46, 64, 3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_cut_file_is_refused(kind: str, share: float, picture: Image.Image, encode: Encode) -> None:
    content = encode(picture, kind)

    error = refusal(content[: int(len(content) * share)])

    assert isinstance(error, Truncated)
    assert "ends too early" in error.found


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_in_the_first_bytes_is_refused(kind: str, picture: Image.Image, encode: Encode) -> None:
    content = encode(picture, kind)

    for size in (12, 16, 20, 25, 29):
        assert isinstance(refusal(content[:size]), Damaged)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.97])
def test_a_cut_jpeg_that_was_closed_again_is_refused(share: float, picture: Image.Image, encode: Encode) -> None:
    """Its decoder would fill the rest with grey."""
    content = encode(picture, "JPEG", quality=95)

    error = refusal(content[: int(len(content) * share)] + b"\xff\xd9", in_header=False)

    assert isinstance(error, Damaged)


def test_a_thumbnails_end_does_not_close_a_cut_jpeg(picture: Image.Image, encode: Encode) -> None:
    content = encode(picture, "JPEG")
    thumbnail = b"\xff\xfe" + struct.pack(">H", 2 + 4) + b"\0\xff\xd9\0"

    cut = content[:2] + thumbnail + content[2 : len(content) // 2]

    assert isinstance(refusal(cut), Truncated)


@pytest.mark.parametrize("at", [0.5, 0.8])
def test_a_png_with_a_wrong_byte_is_refused(at: float, picture: Image.Image, encode: Encode) -> None:
    content = bytearray(encode(picture, "PNG"))
    content[int(len(content) * at)] ^= 0x55

    error = refusal(bytes(content), in_header=False)

    assert type(error) is Damaged
    assert error.__cause__ is None or "checksum" not in str(error.__cause__)


def test_a_png_with_too_little_data_is_refused() -> None:
    assert type(refusal(png(100, 100, zlib.compress(bytes(50))), in_header=False)) is Damaged


@pytest.mark.parametrize("size", [(0, 5), (5, 0)])
def test_a_still_without_area_is_refused(size: tuple[int, int]) -> None:
    assert type(refusal(png(*size))) is Damaged


@pytest.mark.parametrize(("depth", "colour"), [(3, 2), (8, 5)])
def test_a_png_header_that_cannot_be_is_refused(depth: int, colour: int) -> None:
    assert type(refusal(png(5, 5, depth=depth, colour=colour))) is Damaged


def test_a_png_of_endless_chunks_is_refused() -> None:
    content = png(5, 5)[:-12] + chunk(b"tEXt", b"") * 100_001

    assert "chunks" in refusal(content).found


def test_a_webp_of_endless_chunks_is_refused() -> None:
    assert "chunks" in refusal(small_webp_header(5, 5) + b"JUNK\0\0\0\0" * 100_001).found


def test_a_webp_without_a_picture_is_refused(picture: Image.Image, encode: Encode) -> None:
    content = bytearray(encode(picture, "WEBP"))
    content[12:16] = b"JUNK"

    assert type(refusal(bytes(content))) is Damaged
    assert type(refusal(small_webp_header(64, 64), in_header=False)) is Damaged


def test_a_twelve_bit_and_a_lossless_jpeg_are_refused_by_name(picture: Image.Image, encode: Encode) -> None:
    content = encode(picture, "JPEG")
    at = content.index(b"\xff\xc0")
    twelve = content[: at + 4] + b"\x0c" + content[at + 5 :]
    lossless = content[: at + 1] + b"\xc3" + content[at + 2 :]

    for changed, word in ((twelve, "12 bits"), (lossless, "process 3")):
        error = refusal(changed)
        assert isinstance(error, UnsupportedStill)
        assert word in error.found


@pytest.mark.parametrize(
    "tail",
    [
        b"\xff\xda\0\x02",
        b"\xff\xc0\0\x03\x08\xff\xda\0\x04\1\1",
        b"\xff\xc0\0\x0b\x08\0\x10\0\x10\1\1\0\0\xff\xda\0\x04\1\1",
        b"\xff\xe0\0\0",
        b"\xff\xd0\0\0",
    ],
    ids=["no frame", "short frame", "no samples", "no length", "no marker"],
)
def test_a_jpeg_that_breaks_its_rules_is_refused(tail: bytes) -> None:
    assert isinstance(refusal(b"\xff\xd8" + tail + bytes(8)), Damaged)


def test_a_jpeg_of_fill_bytes_only_ends_too_early() -> None:
    assert isinstance(refusal(b"\xff\xd8" + b"\xff" * 50), Truncated)


def test_a_gif_without_a_picture_is_refused(picture: Image.Image, encode: Encode) -> None:
    header = encode(picture, "GIF")[:10] + b"\0\0\0"

    assert "no picture" in refusal(header + b";").found
    assert "unknown block" in refusal(header + b"??").found


def test_a_gif_frame_beyond_its_canvas_is_held_against_the_limits(picture: Image.Image, encode: Encode) -> None:
    """The canvas is small, the frame on it is not, and decoders make room for it."""
    content = bytearray(encode(picture, "GIF"))
    at = content.index(b"\x2c\0\0\0\0" + content[6:10])
    content[at + 5 : at + 9] = struct.pack("<HH", 40_000, 40_000)

    error = refusal(bytes(content))

    assert isinstance(error, TooManyPixels)
    assert (error.width_px, error.height_px) == (40_000, 40_000)


def test_a_gif_cut_inside_a_frames_place_ends_too_early(picture: Image.Image, encode: Encode) -> None:
    content = encode(picture, "GIF")
    at = content.index(b"\x2c\0\0\0\0" + content[6:10])

    for cut in (content[:13], content[: at + 4]):
        assert isinstance(refusal(cut), Truncated)


def test_an_avif_that_breaks_its_rules_is_refused(picture: Image.Image, encode: Encode) -> None:
    content = encode(picture, "AVIF")
    begin = content[: int.from_bytes(content[:4])]

    assert "cannot be read" in refusal(begin).found
    assert "no size" in refusal(begin + b"\0\0\0\x02free").found


def test_an_avif_with_a_wide_or_open_last_box_is_whole(picture: Image.Image, encode: Encode) -> None:
    content = encode(picture, "AVIF")
    wide = content + struct.pack(">I", 1) + b"free" + struct.pack(">Q", 20) + bytes(4)
    opened = content + struct.pack(">I", 0) + b"free" + bytes(4)

    for whole in (wide, opened):
        assert read_header(whole, limits=Limits()).width_px == 160


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x09\0\0\0",
        b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\4\0\1\0\0\0\x06\0\0\0",
        b"Exif\0\0XX*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x06\0\0\0",
    ],
    ids=["none", "beyond", "short", "nine", "long type", "no order"],
)
def test_an_orientation_that_cannot_be_is_none(exif: bytes, picture: Image.Image, encode: Encode) -> None:
    assert read_header(encode(picture, "JPEG", exif=exif), limits=Limits()).orientation == 1


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_broken_file_gives_a_picture_or_a_refusal_and_nothing_else(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    out = io.BytesIO()
    Image.linear_gradient("L").resize((40, 30)).convert("RGB").save(out, kind)
    content = bytearray(out.getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    answer: Still | StillError
    try:
        answer = decode(bytes(content), fit_px=16)
    except StillError as error:
        answer = error

    if isinstance(answer, Still):
        assert max(answer.pixels.shape[:2]) <= 16
    else:
        assert answer.field == "image.content"


def test_one_family_holds_every_refusal() -> None:
    for kind in (NotAnImage, UnsupportedStill, TooLarge, TooManyBytes, TooManyPixels, Damaged, Truncated):
        assert issubclass(kind, StillError)


def test_limits_are_positive() -> None:
    with pytest.raises(ValueError, match="max_pixels"):
        Limits(max_pixels=0)
