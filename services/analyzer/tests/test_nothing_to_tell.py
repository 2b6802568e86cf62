"""Pictures that tell nothing get figures that say so, and never a number that is none."""

import numpy as np
import pytest

from analyzer.core.analysis import SceneKind

from .sameness import all_finite
from .stills import analysed, ball, corridor, flat, gradient, noise, photograph, seaside

EMPTY = {
    "grey": flat(),
    "black": flat(0),
    "white": flat(255),
    "gradient across": gradient(across=True),
    "gradient down": gradient(across=False),
    "noise": noise(1),
    "large noise": noise(2, height=900, width=1300),
    "soft noise on grey": (128 + np.random.default_rng(4).normal(0, 6, (300, 400, 1)) * np.ones(3)).astype(np.uint8),
}
TINY = {
    "one pixel": flat(height=1, width=1),
    "a hair": noise(5, height=12, width=900),
    "a thread": noise(6, height=2000, width=9),
    "just too small": noise(7, height=31, width=64),
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_still_without_content_tells_nothing(name):
    found = analysed(EMPTY[name])

    assert found.information.value == pytest.approx(0, abs=0.02)
    assert found.subjects == ()
    assert found.faces == ()
    assert found.horizon is None
    assert found.vanishing_point is None
    assert found.depth.quality == 0
    assert found.maps.depth is None
    assert found.depth.range.value is None
    assert found.depth.range.absent_because
    assert found.composition.thirds.value is None
    assert found.scene.kind is SceneKind.ABSTRACT
    assert all_finite(found)


@pytest.mark.parametrize("name", TINY)
def test_a_still_of_a_few_pixels_has_colours_only(name):
    found = analysed(TINY[name])

    assert found.palette
    assert found.information.value == 0
    assert found.light.brightness.value is None
    assert "32 pixels" in found.light.brightness.absent_because
    assert all_finite(found)


@pytest.mark.parametrize(
    "still", [seaside(), corridor(), ball(), photograph("astronaut"), photograph("china"), photograph("flower")]
)
def test_a_still_with_content_tells_much(still):
    found = analysed(still)

    assert found.information.value > 0.4
    assert all_finite(found)


def test_every_absent_figure_says_why():
    found = analysed(photograph("china"))

    absent = [
        (part, name)
        for part in ("light", "lines", "focus", "composition", "depth")
        for name in type(getattr(found, part)).__dataclass_fields__
        if getattr(getattr(getattr(found, part), name), "value", 0) is None
        and not getattr(getattr(found, part), name).absent_because
    ]
    assert absent == []


def test_the_smallest_measured_still_is_measured():
    found = analysed(photograph("flower")[100:132, 300:340])

    assert found.light.brightness.value is not None
