import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from film.stills import Header, Limits, byte_digest, decode, pixel_digest, read_header
from film.stills.resize import fit

Pixels = NDArray[np.uint8]
Encode = Callable[..., bytes]

LOSSLESS: dict[str, dict[str, Any]] = {"PNG": {}, "WEBP": {"lossless": True, "exact": True}}
LOSSY: dict[str, dict[str, Any]] = {"JPEG": {"quality": 95, "subsampling": 0}, "AVIF": {"quality": 95}}
every_format = pytest.mark.parametrize("kind", [*LOSSLESS, *LOSSY])


def bgr(rgb: Pixels) -> Pixels:
    return np.ascontiguousarray(rgb[..., ::-1])


def far(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Mean distance of two pictures in grey steps."""
    assert one.shape == other.shape
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


@pytest.mark.parametrize("kind", LOSSLESS)
def test_a_lossless_file_gives_its_pixels_back(kind: str, picture: Image.Image, rgb: Pixels, encode: Encode) -> None:
    still = decode(encode(picture, kind, **LOSSLESS[kind]), fit_px=None)

    assert np.array_equal(still.pixels, bgr(rgb))
    assert still.scale == 1
    assert not still.pixels.flags.writeable
    assert still.pixels.flags.c_contiguous


@pytest.mark.parametrize("kind", LOSSY)
def test_a_lossy_file_gives_its_pixels_about_back(kind: str, picture: Image.Image, rgb: Pixels, encode: Encode) -> None:
    assert far(decode(encode(picture, kind, **LOSSY[kind]), fit_px=None).pixels, bgr(rgb)) < 2


@every_format
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_once(kind: str, orientation: int, picture: Image.Image, encode: Encode) -> None:
    """As every viewer shows it: the corner that belongs top left is there."""
    content = encode(picture, kind, orientation=orientation, **(LOSSLESS | LOSSY)[kind])

    header = read_header(content, limits=Limits())
    still = decode(content, fit_px=None)

    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB"))
    assert header.orientation == orientation
    assert (header.height_px, header.width_px) == still.pixels.shape[:2] == upright.shape[:2]
    assert header == still.header
    assert far(still.pixels, bgr(upright)) < 2
    assert far(still.pixels, bgr(np.ascontiguousarray(upright[::-1, ::-1]))) > 20


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 3}, {"optimize": True}])
def test_every_way_of_writing_a_jpeg_is_read(options: dict[str, Any], picture: Image.Image, encode: Encode) -> None:
    content = encode(picture, "JPEG", **options)

    plain = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert plain is not None
    assert np.array_equal(decode(content, fit_px=None).pixels, plain)


@pytest.mark.parametrize("fit_px", [500, 250, 130, 63, 17, 1])
def test_a_jpeg_is_brought_to_the_size_asked_for(fit_px: int, encode: Encode) -> None:
    y, x = np.mgrid[0:600, 0:1000]
    picture = Image.fromarray(np.dstack([x / 4, y / 3, (x + y) / 8]).astype(np.uint8))

    still = decode(encode(picture, "JPEG", quality=95), fit_px=fit_px)

    exact = cv2.resize(bgr(np.asarray(picture)), still.pixels.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert max(still.pixels.shape) == max(fit_px, 3)
    assert still.scale == fit_px / 1000
    assert far(still.pixels, exact) < 1.5


def test_a_small_still_is_not_enlarged(picture: Image.Image, encode: Encode) -> None:
    still = decode(encode(picture, "JPEG"), fit_px=4000)

    assert still.pixels.shape == (90, 160, 3)
    assert still.scale == 1


def test_a_thin_still_keeps_a_row(encode: Encode) -> None:
    assert decode(encode(Image.new("RGB", (4000, 2)), "PNG"), fit_px=100).pixels.shape == (1, 100, 3)


@pytest.mark.parametrize(("size", "fit_px"), [((750, 1000), 811), ((600, 400), 366), ((150, 200), 26), ((75, 100), 61)])
def test_halves_are_averaged_as_the_whole_would_be(size: tuple[int, int], fit_px: int) -> None:
    height, width = size
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    # Not the mirror image that would be averaged instead.
    pixels[0, 0], pixels[0, -1] = 0, 255
    small = (round(width * fit_px / max(size)), round(height * fit_px / max(size)))

    def both(first: Callable[[], object], second: Callable[[], object]) -> None:
        with ThreadPoolExecutor(2) as pool:
            pool.submit(second)
            first()

    halved = fit(pixels.copy(), fit_px, both=both)

    assert np.array_equal(halved, cv2.resize(pixels, small, interpolation=cv2.INTER_AREA))


@given(arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 70), st.just(3))), st.integers(1, 50))
@settings(max_examples=60, deadline=None)
def test_a_mirrored_still_gives_mirrored_pixels(rgb: Pixels, fit_px: int) -> None:
    def png(pixels: Pixels) -> bytes:
        return cv2.imencode(".png", pixels)[1].tobytes()

    one = decode(png(rgb), fit_px=fit_px).pixels
    other = decode(png(np.ascontiguousarray(rgb[:, ::-1])), fit_px=fit_px).pixels

    assert np.array_equal(one, other[:, ::-1])


def test_transparent_parts_lie_over_mid_grey(rgb: Pixels, encode: Encode) -> None:
    alpha = np.zeros(rgb.shape[:2], np.uint8)
    alpha[:, 80:] = 255
    alpha[:, 40:80] = 127
    image = Image.fromarray(np.dstack([rgb, alpha]))

    for kind, options in LOSSLESS.items():
        pixels = decode(encode(image, kind, **options), fit_px=None).pixels
        assert (pixels[:, :40] == 128).all()
        assert np.array_equal(pixels[:, 80:], bgr(rgb)[:, 80:])
        assert far(pixels[:, 40:80], (bgr(rgb)[:, 40:80].astype(int) + 128) // 2) < 1
    assert far(decode(encode(image, "AVIF", quality=95), fit_px=None).pixels[:, :38], np.full((90, 38, 3), 128)) < 2


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "I;16"])
def test_every_kind_of_png_becomes_plain(mode: str, picture: Image.Image, encode: Encode) -> None:
    grey = picture.convert("L")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        image = picture.convert(mode)

    still = decode(encode(image, "PNG"), fit_px=None)

    expected = grey.convert("RGB") if mode == "I;16" else image.convert("RGB")
    assert np.array_equal(still.pixels, bgr(np.asarray(expected)))
    assert still.header.bit_depth == {"1": 1, "I;16": 16}.get(mode, 8)
    assert still.header.mode == ("palette" if mode == "P" else "grey")
    assert still.header.alpha == (mode == "LA")


@pytest.mark.parametrize("channels", [3, 4])
def test_sixteen_bits_become_eight(channels: int, rgb: Pixels) -> None:
    wide = bgr(rgb).astype(np.uint16) * 257
    if channels == 4:
        wide = np.dstack([wide, np.full(wide.shape[:2], 65535, np.uint16)])

    still = decode(cv2.imencode(".png", wide)[1].tobytes(), fit_px=None)

    assert still.header.bit_depth == 16
    assert np.array_equal(still.pixels, bgr(rgb))


@pytest.mark.parametrize("mode", ["L", "P", "RGB", "I;16"])
def test_a_transparent_value_lies_over_mid_grey(mode: str, encode: Encode) -> None:
    image: Image.Image
    key: Any
    if mode == "I;16":
        image, key = Image.fromarray(np.array([[51 * 256, 204 * 256]], np.uint16)), 51 * 256
    else:
        image = Image.fromarray(np.array([[[51] * 3, [204] * 3]], np.uint8)).convert(mode)
        key = (51, 51, 51) if mode == "RGB" else image.getpixel((0, 0))

    still = decode(encode(image, "PNG", transparency=key), fit_px=None)

    assert still.header.alpha
    assert still.pixels[0, :, 0].tolist() == [128, 204]


@pytest.mark.parametrize("depth", [10, 12])
def test_a_deep_avif_becomes_eight_bits(depth: int, rgb: Pixels) -> None:
    wide = bgr(rgb).astype(np.uint16) << (depth - 8)
    done, content = cv2.imencode(".avif", wide, [cv2.IMWRITE_AVIF_DEPTH, depth, cv2.IMWRITE_AVIF_QUALITY, 95])
    assert done

    still = decode(content.tobytes(), fit_px=None)

    assert still.header.bit_depth == depth
    assert far(still.pixels, bgr(rgb)) < 3


def without_adobe_marker(content: bytes) -> bytes:
    at = content.index(b"\xff\xee")
    return content[:at] + content[at + 2 + int.from_bytes(content[at + 2 : at + 4]) :]


@pytest.mark.parametrize("adobe", [True, False])
def test_cmyk_is_read_with_and_without_adobes_inversion(adobe: bool, picture: Image.Image, encode: Encode) -> None:
    """An ink is an ink: the picture comes out positive either way."""
    ink = picture.convert("CMYK")
    if adobe:
        content = encode(ink, "JPEG", quality=98, subsampling=0)
    else:
        # Pillow writes every ink turned over, as Adobe does; turned over before, it is written plain.
        content = without_adobe_marker(encode(turned_over(ink), "JPEG", quality=98, subsampling=0))

    still = decode(content, fit_px=None)

    assert still.header.mode == "cmyk"
    assert far(still.pixels, bgr(np.asarray(picture))) < 3
    assert decode(content, fit_px=40).pixels.shape == (22, 40, 3)


def turned_over(image: Image.Image) -> Image.Image:
    return Image.merge("CMYK", [band.point(lambda value: 255 - value) for band in image.split()])


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_the_first_frame_stands_for_an_animation(kind: str, picture: Image.Image, encode: Encode) -> None:
    others = [Image.new("RGB", picture.size, colour) for colour in ("red", "lime")]

    still = decode(encode(picture, kind, save_all=True, append_images=others), fit_px=None)

    assert still.header.frames == 3
    assert far(still.pixels, bgr(np.asarray(picture))) < 12


def test_a_gif_with_a_bare_canvas_shows_mid_grey(encode: Encode) -> None:
    image = Image.new("P", (4, 2), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.putpixel((0, 0), 0)

    still = decode(encode(image, "GIF", transparency=0), fit_px=None)

    assert still.header.alpha
    assert still.pixels[0, 0].tolist() == [128, 128, 128]
    assert still.pixels[1, 1].tolist() == [0, 0, 255]


def test_a_picture_behind_a_jpeg_does_not_matter(picture: Image.Image, encode: Encode) -> None:
    content = encode(picture, "JPEG")

    assert pixel_digest(decode(content + b"\0" * 999 + content, fit_px=None)) == pixel_digest(
        decode(content, fit_px=None)
    )


def test_long_texts_in_a_png_do_not_matter(picture: Image.Image, encode: Encode) -> None:
    """A compressed text of 8 MB is a bomb to some readers; it is none of the picture."""
    info = PngInfo()
    info.add_text("bomb", "0" * 8_000_000, zip=True)

    still = decode(encode(picture, "PNG", pnginfo=info), fit_px=None)

    assert np.array_equal(still.pixels, bgr(np.asarray(picture)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_the_header_agrees_with_another_reader(kind: str, picture: Image.Image, encode: Encode) -> None:
    content = encode(picture, kind)

    header = read_header(content, limits=Limits())

    with Image.open(io.BytesIO(content)) as image:
        assert (header.format.upper(), header.width_px, header.height_px) == (image.format, *image.size)
    assert isinstance(header, Header)
    assert header.decode_bytes > 0


def test_the_same_bytes_give_the_same_pixels_and_names(picture: Image.Image, encode: Encode) -> None:
    content = encode(picture, "JPEG")

    one, other = decode(content, fit_px=64), decode(content, fit_px=64)

    assert pixel_digest(one) == pixel_digest(other)
    assert byte_digest(content) == byte_digest(bytes(bytearray(content)))


def test_a_picture_is_named_by_its_pixels_and_not_by_its_file(picture: Image.Image, encode: Encode) -> None:
    png, webp = encode(picture, "PNG"), encode(picture, "WEBP", lossless=True, exact=True)

    assert pixel_digest(decode(png, fit_px=None)) == pixel_digest(decode(webp, fit_px=None))
    assert byte_digest(png) != byte_digest(webp)
    assert pixel_digest(decode(png, fit_px=None)) != pixel_digest(decode(png, fit_px=80))


def test_shape_is_part_of_the_name(encode: Encode) -> None:
    one, other = (encode(Image.new("RGB", size), "PNG") for size in ((2, 3), (3, 2)))

    assert pixel_digest(decode(one, fit_px=None)) != pixel_digest(decode(other, fit_px=None))


def test_a_size_is_positive(picture: Image.Image, encode: Encode) -> None:
    with pytest.raises(ValueError, match="fit_px"):
        decode(encode(picture, "PNG"), fit_px=0)
