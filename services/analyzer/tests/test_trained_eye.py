"""The trained eye tells what a photograph shows, and where."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.adapters.trained_eye import TrainedEye
from analyzer.core.analysis import RegionKind, SubjectKind

from .stills import corridor, eye, photograph, seaside

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_a_portrait_has_a_person_and_a_face_and_a_street_has_neither():
    portrait, street = (eye().look(photograph(name)).signs for name in ("astronaut", "china"))

    assert min(portrait.person, portrait.face) > 0.6
    assert max(street.animal, street.face) < 0.1


def test_a_person_is_seen_where_she_is():
    there = eye().look(photograph("astronaut")).things[SubjectKind.PERSON]
    head, corner = there[2:4, 4:7].mean(), there[:3, 10:].mean()

    assert head > 0.6
    assert corner < 0.2


def test_the_sky_is_above_and_the_pavilion_left_of_the_middle():
    seen = eye().look(photograph("china")).surfaces
    sky, built = seen[RegionKind.SKY], seen[RegionKind.MAN_MADE]

    assert sky[:3].mean() > 0.6 > 0.1 > sky[-4:].mean()
    assert built[3:8, 2:6].mean() > 0.4 > 0.1 > built[3:8, 8:].mean()


def test_a_sea_has_a_horizon_sooner_than_a_corridor():
    assert eye().look(seaside()).signs.horizon > 4 * eye().look(corridor()).signs.horizon


@pytest.mark.parametrize("name", ["astronaut", "china", "flower"])
def test_a_mirrored_photograph_has_nearly_the_same_chances(name):
    one, other = (eye().look(pixels).chances for pixels in (photograph(name), photograph(name)[:, ::-1]))

    assert other.outdoor == pytest.approx(one.outdoor, abs=0.1)
    for kind, chance in one.kinds.items():
        assert other.kinds[kind] == pytest.approx(chance, abs=0.1), kind


def test_two_eyes_see_exactly_the_same():
    one, other = (each.look(photograph("flower")) for each in (eye(), TrainedEye()))

    assert (one.chances.kinds, one.chances.times) == (other.chances.kinds, other.chances.times)
    assert (one.chances.right, one.chances.outdoor) == (other.chances.right, other.chances.outdoor)
    assert one.signs == other.signs
    assert all(np.array_equal(plane, other.surfaces[kind]) for kind, plane in one.surfaces.items())


@FEW
@given(height=st.integers(1, 120), width=st.integers(1, 300), seed=st.integers(0, 99))
def test_chances_are_chances_whatever_the_still_shows(height, width, seed):
    found = eye().look(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))

    assert sum(found.chances.kinds.values()) == pytest.approx(1, abs=2e-3)
    assert sum(found.chances.times.values()) == pytest.approx(1, abs=2e-3)
    planes = [*found.surfaces.values(), *found.things.values()]
    assert all(plane.shape == planes[0].shape and plane.min() >= 0 and plane.max() <= 1 for plane in planes)
    assert 0 <= found.chances.right <= 1
