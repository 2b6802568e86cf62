from __future__ import annotations

from dataclasses import replace

import pytest

from evaluation.scenes import Truth
from evaluation.seeing import camera_figures, content_figures, motion_figures, space_figures, stability_figures
from evaluation.seeing.evaluate import figures
from evaluation.seeing.figure import Figure
from evaluation.seeing.map_scores import DepthScore
from evaluation.seeing.rows import rows
from evaluation.tests.views import ABSTAINED, LABEL, VERDICT, candidate, photograph, scene


def value(found: list[Figure], name: str) -> float | None:
    return next(figure for figure in found if figure.name == name).value


def test_every_figure_has_its_own_name_and_is_there_without_any_picture() -> None:
    names = [figure.name for figure in figures([], [])]

    assert len(names) == len(set(names)) > 40


def test_the_horizon_is_ranked_by_its_quality() -> None:
    there, absent = replace(LABEL, horizon=0.4), LABEL
    sure, unsure = replace(VERDICT, horizon=0.43, horizon_quality=0.9), VERDICT
    views = [photograph("a", there, sure), photograph("b", absent, unsure), photograph("c", absent, unsure)]
    found = space_figures.horizon_figures([], views)

    assert value(found, "horizon: AUC, photographs") == 1.0
    assert value(found, "horizon: median error of height, photographs") == pytest.approx(0.03)


def test_an_argued_horizon_is_left_out() -> None:
    wrong = replace(VERDICT, horizon=0.4, horizon_quality=0.9)
    scenes = [
        scene("plain/0", Truth(horizon=0.4, has_horizon=True), wrong),
        scene("room/0", Truth(has_horizon=False)),
        scene("night/0", Truth(has_horizon=None), wrong),
    ]
    found = space_figures.horizon_figures(scenes, [])

    assert next(one for one in found if one.name == "horizon: AUC, scenes").n == 2


def test_a_vanishing_point_counts_when_it_is_sure_enough() -> None:
    truth = Truth(vanishing_point=(0.5, 0.5), has_vanishing_point=True)
    near = replace(VERDICT, vanishing_point=(0.5, 0.6), vanishing_quality=0.9)
    found = space_figures.vanishing_figures(
        [scene("road/0", truth, near), scene("road/1", truth), scene("disc/0", Truth(), near)], []
    )

    assert value(found, "vanishing point: found where there is one, scenes") == 0.5
    assert value(found, "vanishing point: found where there is none, scenes") == 1.0
    assert value(found, "vanishing point: median error, scenes") == pytest.approx(0.1)


def test_depth_stands_beside_mere_height() -> None:
    scores = [DepthScore(0.9, 0.8, 0.7, 0.6), DepthScore(0.7, 0.6, 0.7, 0.6)]
    scenes = [scene(f"blocks/{index}", Truth(), depth=score) for index, score in enumerate(scores)]

    assert value(space_figures.depth_figures(scenes), "depth: gain in order over height alone, scenes") == 0.1
    ((family, *means, n),) = space_figures.depth_by_family(scenes)
    assert (family, n) == ("blocks", 2)
    assert means == pytest.approx([0.8, 0.7, 0.7, 0.6])


def test_materials_are_found_claimed_and_missed() -> None:
    views = [
        photograph("a"),
        photograph("b", replace(LABEL, water=0.4), replace(VERDICT, regions={"snow": 0.3})),
    ]
    found = {row[0]: row[1:] for row in content_figures.presence(views)}

    assert found["sky"] == (1, 2, 0, 0)
    assert found["water"] == (0, 1, 0, 1)
    assert found["snow"] == (0, 0, 1, 2)


def test_a_scene_is_right_when_it_is_acceptable() -> None:
    views = [
        photograph("a"),
        photograph("b", verdict=replace(VERDICT, scene="waterside")),
        photograph("c", verdict=replace(VERDICT, scene="city")),
        photograph("d", verdict=ABSTAINED),
    ]
    found = content_figures.place_figures([], views)

    assert value(found, "scene: right where it answers, photographs") == pytest.approx(2 / 3, abs=1e-4)
    assert value(found, "scene: answers, photographs") == 0.75
    counts = content_figures.confusion(views)
    assert counts["landscape", "landscape"] == counts["waterside", "waterside"] == 1
    assert counts["landscape", "city"] == counts["landscape", ""] == 1


def test_a_face_where_nobody_is_counts_as_false() -> None:
    views = [
        photograph("a", verdict=replace(VERDICT, faces=1)),
        photograph("b"),
        photograph("c", replace(LABEL, faces=2, person=True), replace(VERDICT, faces=1)),
        photograph("d", replace(LABEL, person=True), replace(VERDICT, faces=1)),
    ]
    found = content_figures.face_figures([], views)

    assert value(found, "faces: false ones on photographs without people") == 0.5
    assert value(found, "faces: one found where there are some, photographs") == 1.0


def test_the_first_movement_is_counted_judged_and_compared_with_chance() -> None:
    wrong = replace(VERDICT, first="tracking_left", camera=(candidate("tracking_left", "tracking", 0.6),))
    views = [photograph("a"), photograph("b"), photograph("c", verdict=wrong), photograph("d", verdict=ABSTAINED)]
    found = camera_figures.camera_figures([], views)

    assert value(found, "camera: largest share of one first movement, photographs") == 0.5
    assert value(found, "camera: first movement suits, photographs") == pytest.approx(2 / 3, abs=1e-4)
    assert value(found, "camera: first movement is of the label's best family, photographs") == pytest.approx(
        2 / 3, abs=1e-4
    )
    assert value(found, "camera: that by chance, photographs") == pytest.approx(2 / 3, abs=1e-4)
    assert value(found, "camera: first movement is wrong, photographs") == pytest.approx(1 / 3, abs=1e-4)
    assert camera_figures.first_movements(views)[camera_figures.ABSTAINED] == 1


def test_nothing_must_give_no_movement() -> None:
    nothing = Truth(tells_nothing=True)
    scenes = [scene("noise/0", nothing, ABSTAINED), scene("noise/1", nothing), scene("smooth/0", nothing, ABSTAINED)]
    found = camera_figures.abstention_figures(scenes, [photograph("a", replace(LABEL, kind="abstract"), ABSTAINED)])

    assert value(found, "abstains: noise, scenes") == 0.5
    assert value(found, "abstains: smooth, scenes") == 1.0
    assert value(found, "abstains: abstract photographs") == 1.0


def test_asking_for_more_answers_less() -> None:
    sure = replace(VERDICT, camera=(candidate("static", "static", 0.95),), first="static")
    curve = camera_figures.abstention_curve([photograph("a"), photograph("b", verdict=sure)])

    assert curve == [(0.8, 1.0, 1.0), (0.95, 0.5, 1.0)]


def test_a_rule_has_a_record() -> None:
    records = camera_figures.rule_records([photograph("a"), photograph("b", replace(LABEL, camera=("tilt",)))])
    first = next(record for record in records if record.rule == "rule_001")

    assert (first.fired, first.suits, first.chance) == (2, 1, 0.5)
    assert first.p_value == pytest.approx(0.75)


def test_a_set_holds_what_suits() -> None:
    views = [photograph("a"), photograph("b", replace(LABEL, camera=("static", "dolly")))]
    found = camera_figures.confidence_figures(views)

    assert value(found, "prediction set: holds a family that suits") == 1.0
    assert value(found, "prediction set: holds the label's best family") == 0.5
    assert value(found, "prediction set: mean size") == 2.0


def test_motions_and_actions_are_held_against_the_label() -> None:
    people = replace(LABEL, person=True, moves=("person", "cloud", "foliage"))
    found = motion_figures.motion_figures([scene("sea/0", Truth())], [photograph("a"), photograph("b", people)])

    assert value(found, "motion: right where told, photographs") == 0.25
    assert value(found, "motion: told where it could be, photographs") == 0.5
    assert value(found, "motion: somebody acts where nobody is, photographs") == 1.0
    assert next(one for one in found if one.name.endswith("nobody is, photographs")).n == 1


def test_changes_that_change_the_answer_are_counted() -> None:
    views = [photograph("a"), photograph("b", darker=True)]
    found = stability_figures.change_figures(views)

    assert value(found, "darker: same first movement") == 0.5
    assert value(found, "mirrored and saved again: same first movement") == 1.0


def test_a_mirror_violation_is_counted() -> None:
    views = [photograph("a"), replace(photograph("b"), mirror_faults=("light",))]

    assert value(stability_figures.mirror_figures([], views), "mirror: pictures with a violation, photographs") == 0.5


def test_rows_are_what_may_be_fitted_on() -> None:
    truth = Truth(right=frozenset({"pan"}), wrong=frozenset({"zoom"}))
    views = [
        photograph("a"),
        replace(photograph("b"), split="check"),
        photograph("c", replace(LABEL, kind="drawing")),
        photograph("d", verdict=ABSTAINED),
    ]
    found = list(rows([scene("plain/0", truth)], views))

    assert [(row.family, row.right, row.group, row.source) for row in found] == [
        ("pan", True, "a", "photograph"),
        ("dolly", False, "a", "photograph"),
        ("zoom", False, "d", "photograph"),
        ("pan", True, "plain/0", "scene"),
    ]
