"""The kind of scene is named where it is likely to be right, and left open elsewhere."""

import pytest

from analyzer.core.analysis import SceneKind, TimeOfDay
from analyzer.core.glance import Chances
from analyzer.core.scene import tell_scene, weighed

from .stills import analysed, corridor, eye, flat, gradient, noise, photograph

LEAST = 0.6


def chances(*, right=0.9, outdoor=0.9, day=0.9, **kinds):
    """Chances with the kinds given, the rest evenly over the others."""
    known = {SceneKind(name): value for name, value in kinds.items()}
    rest = [kind for kind in SceneKind if kind is not SceneKind.UNSPECIFIED and kind not in known]
    known.update({kind: (1 - sum(kinds.values())) / len(rest) for kind in rest})
    times = dict.fromkeys(TimeOfDay, 0.0) | {TimeOfDay.DAY: day, TimeOfDay.UNSPECIFIED: 1 - day}
    return Chances(kinds=known, right=right, outdoor=outdoor, times=times)


def told(found, *, information=1.0):
    return tell_scene(found, information=information, least_right=LEAST, calibration_id="test-1")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("astronaut", SceneKind.PORTRAIT), ("china", SceneKind.WATERSIDE), ("flower", SceneKind.CLOSE_UP)],
)
def test_photographs_are_named_for_what_they_show(name, kind):
    found = analysed(photograph(name)).scene

    assert found.kind is kind
    assert found.scores[0].kind is kind
    assert found.confidence.probability > 0.5
    assert found.confidence.calibration_id


@pytest.mark.parametrize("still", [flat(), flat(3), noise(3), gradient(across=True), gradient(across=False)])
def test_what_tells_nothing_is_abstract_without_place_or_time(still):
    found = analysed(still).scene

    assert found.kind is SceneKind.ABSTRACT
    assert found.time_of_day is TimeOfDay.UNSPECIFIED
    assert found.outdoor.quality == pytest.approx(0, abs=0.05)


def test_the_open_air_is_told_from_a_room():
    street, room = analysed(photograph("china")).scene.outdoor, analysed(corridor()).scene.outdoor

    assert street.value > 0.8
    assert street.quality > 0.6
    assert room.value < street.value


def test_a_bright_street_is_seen_by_day():
    found = analysed(photograph("china")).scene

    assert found.time_of_day is TimeOfDay.DAY
    assert found.time_of_day_quality >= 0.5


def test_the_scores_sum_to_one_and_fall():
    scores = analysed(photograph("flower")).scene.scores

    assert sum(one.probability for one in scores) == pytest.approx(1, abs=1e-5)
    assert [one.probability for one in scores] == sorted((one.probability for one in scores), reverse=True)
    assert {one.kind for one in scores} == set(SceneKind) - {SceneKind.UNSPECIFIED}


def test_an_unlikely_answer_is_not_given():
    unsure = told(chances(right=LEAST - 0.01, city=0.3))
    sure = told(chances(right=LEAST + 0.01, city=0.3))

    assert unsure.kind is SceneKind.UNSPECIFIED
    assert unsure.scores[0].kind is SceneKind.CITY
    assert unsure.confidence.probability == pytest.approx(LEAST - 0.01, abs=1e-6)
    assert sure.kind is SceneKind.CITY


def test_a_room_tells_no_daytime():
    assert told(chances(outdoor=0.2)).time_of_day is TimeOfDay.UNSPECIFIED
    assert told(chances(outdoor=0.9)).time_of_day is TimeOfDay.DAY
    assert told(chances(outdoor=0.9, day=0.4)).time_of_day is TimeOfDay.UNSPECIFIED


def test_outdoors_is_trusted_as_far_as_it_is_far_from_even():
    even, sure = (told(chances(outdoor=value)).outdoor for value in (0.5, 1.0))

    assert even.quality == 0
    assert sure.quality == 1
    assert told(chances(outdoor=1.0), information=0.0).outdoor.quality == 0


def test_little_information_moves_the_chances_towards_abstract():
    seen = eye().look(photograph("china")).chances
    clear, faint = weighed(seen, 1.0), weighed(seen, 0.03)

    assert max(clear.kinds, key=lambda kind: clear.kinds[kind]) is SceneKind.WATERSIDE
    assert max(faint.kinds, key=lambda kind: faint.kinds[kind]) is SceneKind.ABSTRACT
    assert sum(faint.kinds.values()) == pytest.approx(1, abs=1e-3)
    assert sum(faint.times.values()) == pytest.approx(1, abs=1e-3)
    assert faint.outdoor < clear.outdoor
