"""Of two mirror images one is measured; the other's analysis is its mirror image, bit by bit."""

import io

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from analyzer.core.handedness import Handedness, canonical
from analyzer.core.mirror import mirrored

from .sameness import assert_same
from .stills import analysed, ball, corridor, noise, photograph, png, seaside

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def turned(pixels):
    return np.ascontiguousarray(pixels[:, ::-1])


@pytest.mark.parametrize("name", ["astronaut", "china", "flower"])
def test_a_mirrored_photograph_gets_the_mirrored_analysis(name):
    photo = photograph(name)

    one, other = analysed(photo), analysed(turned(photo))

    assert_same(mirrored(one), other)
    assert_same(mirrored(mirrored(one)), one)
    assert one.pixel_digest != other.pixel_digest


@FEW
@given(
    kind=st.sampled_from([seaside, corridor, ball]),
    width=st.integers(90, 700),
    height=st.integers(60, 500),
    x=st.integers(0, 40),
    y=st.integers(0, 40),
)
def test_any_part_of_a_built_scene_is_measured_alike_from_both_sides(kind, width, height, x, y):
    whole = cv2.resize(kind(), (720, 540))
    part = whole[y : y + height, x : x + width]

    one, other = analysed(part), analysed(turned(part))

    assert_same(mirrored(one), other)


@FEW
@given(crop=st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(100, 400), st.integers(100, 300)))
def test_any_part_of_a_photograph_is_measured_alike_from_both_sides(crop):
    x, y, width, height = crop
    part = photograph("china")[y : y + height, x : x + width]

    assert_same(mirrored(analysed(part)), analysed(turned(part)))


def test_a_photograph_mirrored_by_its_orientation_tag_gets_the_mirrored_analysis():
    photo = Image.fromarray(photograph("china")[:, :, ::-1])
    plain, tagged = io.BytesIO(), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 2
    photo.save(plain, "JPEG", quality=92)
    photo.save(tagged, "JPEG", quality=92, exif=exif)

    one, other = analysed(plain.getvalue()), analysed(tagged.getvalue())

    assert other.image.exif_orientation == 2
    assert_same(mirrored(one), other)


@pytest.mark.parametrize("side", ["astronaut", "china", "flower"])
def test_a_symmetric_still_is_its_own_mirror_image_in_every_figure(side):
    half = photograph(side)
    symmetric = np.hstack([half, turned(half)])

    found = analysed(symmetric)

    assert_same(mirrored(found), found)
    assert found.composition.symmetry.value > 0.95


@FEW
@given(seed=st.integers(0, 100), size=st.tuples(st.integers(40, 300), st.integers(40, 300)))
def test_a_symmetric_drawing_is_its_own_mirror_image_in_every_figure(seed, size):
    height, width = size
    half = cv2.resize(seaside(seed=seed), (width, height))

    found = analysed(np.hstack([half, turned(half)]))

    assert_same(mirrored(found), found)


def test_one_of_two_mirror_images_is_measured():
    pixels = noise(3, height=20, width=30)

    one, how_one = canonical(pixels)
    other, how_other = canonical(turned(pixels))

    assert np.array_equal(one, other)
    assert {how_one, how_other} == {Handedness.AS_IS, Handedness.MIRRORED}


def test_a_still_that_differs_from_its_mirror_by_rounding_counts_as_symmetric():
    pixels = np.hstack([noise(3, height=20, width=15), turned(noise(3, height=20, width=15))])
    pixels[4, 4] = np.clip(pixels[4, 4].astype(int) + 1, 0, 255)

    even, how = canonical(pixels)

    assert how is Handedness.SYMMETRIC
    assert np.array_equal(even, turned(even))


def test_the_same_picture_in_another_file_gets_the_same_analysis():
    photo = photograph("flower")

    loose = cv2.imencode(".png", photo, (cv2.IMWRITE_PNG_COMPRESSION, 1))[1].tobytes()

    assert loose != png(photo)
    assert_same(analysed(png(photo)), analysed(loose))
