"""The scene model names what it is likely to be right about, and is silent about the rest."""

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.core import scene_weights
from analyzer.core.analysis import SceneKind, TimeOfDay
from analyzer.core.focus import sharpness_of
from analyzer.core.frame import frame_of
from analyzer.core.information import measure_information
from analyzer.core.saliency import saliency_of
from analyzer.core.scene import look_around, tell_scene
from analyzer.core.scene_features import Sight, features_of
from analyzer.core.scene_model import Chances, chances_of, feature_names
from analyzer.core.segments import find_segments
from analyzer.core.surfaces import FIGURES, Dictionary, fisher_names, fisher_of, surfaces_of

from .stills import analysed, ball, corridor, flat, gradient, noise, photograph, seaside

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STILLS = {"seaside": seaside(), "corridor": corridor(), "ball": ball(), "china": photograph("china")}


def sight_of(pixels):
    scale = min(1.0, 512 / max(pixels.shape[:2]))
    frame = frame_of(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    segments, sharpness = find_segments(frame), sharpness_of(frame)
    return Sight(
        frame=frame,
        segments=segments,
        sharpness=sharpness,
        saliency=saliency_of(frame, sharpness),
        faces=(),
        information=measure_information(frame, segments).or_else(0.0),
    )


def chances(*, right=0.9, outdoor=0.9, day=0.9, **kinds):
    """Chances with the kinds given, the rest evenly over the others."""
    known = {SceneKind(name): value for name, value in kinds.items()}
    rest = [SceneKind(name) for name in scene_weights.SCENES if SceneKind(name) not in known]
    known.update({kind: (1 - sum(kinds.values())) / len(rest) for kind in rest})
    times = dict.fromkeys(TimeOfDay, 0.0) | {TimeOfDay.DAY: day, TimeOfDay.UNSPECIFIED: 1 - day}
    return Chances(kinds=known, right=right, outdoor=outdoor, times=times)


def one_kind_of_surface():
    count = len(FIGURES)
    return Dictionary(
        centre=np.zeros(count, np.float32),
        spread=np.ones(count, np.float32),
        share=np.ones(1, np.float32),
        mean=np.zeros((1, count), np.float32),
        deviation=np.ones((1, count), np.float32),
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [("astronaut", SceneKind.PORTRAIT), ("china", SceneKind.CITY), ("flower", SceneKind.CLOSE_UP)],
)
def test_photographs_are_named_for_what_they_show(name, kind):
    found = analysed(photograph(name)).scene

    assert found.kind is kind
    assert found.scores[0].kind is kind
    assert found.confidence.probability >= scene_weights.LEAST
    assert found.confidence.calibration_id == scene_weights.CALIBRATION_ID


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
    unsure = tell_scene(chances(right=scene_weights.LEAST - 0.01, city=0.3), information=1.0)
    sure = tell_scene(chances(right=scene_weights.LEAST + 0.01, city=0.3), information=1.0)

    assert unsure.kind is SceneKind.UNSPECIFIED
    assert unsure.scores[0].kind is SceneKind.CITY
    assert unsure.confidence.probability == pytest.approx(scene_weights.LEAST - 0.01, abs=1e-6)
    assert sure.kind is SceneKind.CITY


def test_a_room_tells_no_daytime():
    assert tell_scene(chances(outdoor=0.2), information=1.0).time_of_day is TimeOfDay.UNSPECIFIED
    assert tell_scene(chances(outdoor=0.9), information=1.0).time_of_day is TimeOfDay.DAY
    assert tell_scene(chances(outdoor=0.9, day=0.4), information=1.0).time_of_day is TimeOfDay.UNSPECIFIED


def test_outdoors_is_trusted_as_far_as_it_is_far_from_even():
    even, sure = (tell_scene(chances(outdoor=value), information=1.0).outdoor for value in (0.5, 1.0))

    assert even.quality == 0
    assert sure.quality == 1
    assert tell_scene(chances(outdoor=1.0), information=0.0).outdoor.quality == 0


def test_little_information_moves_the_chances_towards_abstract():
    sight = sight_of(photograph("china"))
    clear = look_around(sight)
    faint = look_around(
        Sight(
            frame=sight.frame,
            segments=sight.segments,
            sharpness=sight.sharpness,
            saliency=sight.saliency,
            faces=(),
            information=0.03,
        )
    )

    assert max(clear.kinds, key=lambda kind: clear.kinds[kind]) is SceneKind.CITY
    assert max(faint.kinds, key=lambda kind: faint.kinds[kind]) is SceneKind.ABSTRACT
    assert sum(faint.kinds.values()) == pytest.approx(1)
    assert sum(faint.times.values()) == pytest.approx(1)
    assert faint.outdoor < clear.outdoor


def test_the_model_weighs_exactly_the_figures_that_are_measured():
    names, values = features_of(sight_of(STILLS["corridor"]), one_kind_of_surface())
    plain = len(names) - len(fisher_names(1))

    assert names[:plain] == feature_names()[:plain]
    assert feature_names()[plain:] == fisher_names((len(feature_names()) - plain) // (1 + 2 * len(FIGURES)))
    assert np.isfinite(values).all()


@pytest.mark.parametrize("name", STILLS)
def test_a_mirrored_still_has_nearly_the_same_chances(name):
    one, other = (
        chances_of(sight_of(pixels)) for pixels in (STILLS[name], np.ascontiguousarray(STILLS[name][:, ::-1]))
    )

    # The line detector itself is not exactly the same for both sides.
    assert other.outdoor == pytest.approx(one.outdoor, abs=0.1)
    for kind, chance in one.kinds.items():
        assert other.kinds[kind] == pytest.approx(chance, abs=0.15), kind


def test_figures_of_surfaces_are_the_same_for_the_mirrored_still():
    pixels = photograph("flower")
    one, other = (
        surfaces_of(sight.frame, sight.segments, sight.sharpness)
        for sight in (sight_of(pixels), sight_of(np.ascontiguousarray(pixels[:, ::-1])))
    )

    for name in ("lightness", "texture", "energy_1", "upright_1", "slanted_1", "height", "side"):
        assert other.plane(name).mean() == pytest.approx(one.plane(name).mean(), abs=0.03), name


def test_surfaces_like_those_of_the_dictionary_depart_from_it_little():
    surfaces = surfaces_of(*(lambda s: (s.frame, s.segments, s.sharpness))(sight_of(photograph("china"))))
    usual = Dictionary(
        centre=surfaces.values.mean(axis=0),
        spread=surfaces.values.std(axis=0) + np.float32(1e-3),
        share=np.ones(1, np.float32),
        mean=np.zeros((1, len(FIGURES)), np.float32),
        deviation=np.ones((1, len(FIGURES)), np.float32),
    )
    shifted = Dictionary(
        centre=usual.centre - usual.spread,
        spread=usual.spread,
        share=usual.share,
        mean=usual.mean,
        deviation=usual.deviation,
    )
    names = fisher_names(1)
    first, second = fisher_of(surfaces, usual), fisher_of(surfaces, shifted)
    means = [at for at, name in enumerate(names) if name.startswith("mean.")]

    assert np.linalg.norm(second) == pytest.approx(1)
    assert second[means].min() > 0.05
    assert np.abs(first[means]).max() < np.abs(second[means]).min() + 0.3


@FEW
@given(
    height=st.integers(32, 120),
    width=st.integers(32, 200),
    seed=st.integers(0, 99),
    soft=st.integers(1, 25),
)
def test_chances_are_chances_whatever_the_still_shows(height, width, seed, soft):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    found = look_around(sight_of(cv2.blur(pixels, (soft, soft))))

    assert sum(found.kinds.values()) == pytest.approx(1)
    assert sum(found.times.values()) == pytest.approx(1)
    assert all(0 <= chance <= 1 for chance in (*found.kinds.values(), *found.times.values()))
    assert 0 <= found.outdoor <= 1
    assert 0 <= found.right <= 1
