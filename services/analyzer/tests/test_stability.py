"""Verdicts are measured again on slightly changed stills, and what stays is told."""

from dataclasses import replace

import cv2
import grpc
import numpy as np
import pytest

from analyzer import bootstrap
from analyzer.core.analysis import Face, MapKind, SceneKind, SceneMaps, StabilityChange, VanishingPoint, absent
from analyzer.core.changes import changed, cut
from analyzer.core.errors import Cancelled
from analyzer.core.mirror import mirrored
from analyzer.core.picture import Options
from analyzer.core.pipeline import Analyzer
from analyzer.core.stages import ON_REQUEST, STAGES
from analyzer.core.verdicts import agreement, overlap
from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc
from animatize.type.v1 import image_pb2, stage_pb2
from chassis.telemetry import Telemetry
from film.geometry import Box, Point

from .sameness import assert_same
from .stills import Quiet, analysed, detectors, eye, flat, noise, photograph, png, seaside
from .test_service import options as settings_of

CHANGES = list(StabilityChange)


def measured(pixels, **fields):
    options = Options(measure_stability=True, **fields)
    analyzer = Analyzer(detectors(), eye())
    return analyzer.measure(analyzer.decode(png(pixels), options, Quiet()), options, Quiet())


def turned(pixels):
    return np.ascontiguousarray(pixels[:, ::-1])


def shares(stability):
    return [
        measure.value
        for measure in (
            stability.under_crop,
            stability.under_gamma,
            stability.under_compression,
            stability.under_flip,
        )
    ]


@pytest.fixture
async def stub():
    async with (
        bootstrap.running(settings_of(), telemetry=Telemetry.off()) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        yield analyzer_pb2_grpc.AnalyzerServiceStub(channel)


def asking(content, *, stability):
    return analyzer_pb2.AnalyzeImageRequest(
        image=image_pb2.Image(content=content),
        options=analyzer_pb2.AnalysisOptions(
            measure_stability=stability, maps=[analysis_pb2.MAP_KIND_SALIENCY] if stability else []
        ),
    )


async def test_a_photographs_verdicts_mostly_stay(stub):
    found = (await stub.AnalyzeImage(asking(png(photograph("china")), stability=True))).analysis

    for field in ("under_crop", "under_gamma", "under_compression", "under_flip"):
        assert getattr(found.stability, field).value >= 0.6, field
        assert getattr(found.stability, field).quality > 0.3, field
    assert [one.change for one in found.stability.variants] == list(range(1, 6))
    assert found.stages[-1].stage == "stability"
    assert found.maps.HasField("saliency")
    assert not found.maps.HasField("depth")
    for variant in found.stability.variants:
        assert variant.analysis.subjects
        assert not variant.analysis.maps.HasField("depth")
        assert not variant.analysis.HasField("stability")


async def test_without_asking_stability_is_not_measured_and_kept_apart(stub):
    plain = await stub.AnalyzeImage(asking(png(seaside()), stability=False))
    with_it = await stub.AnalyzeImage(asking(png(seaside()), stability=True))
    again = await stub.AnalyzeImage(asking(png(seaside()), stability=True))

    assert not plain.analysis.HasField("stability")
    assert with_it.source == stage_pb2.RESULT_SOURCE_MADE
    assert again.source == stage_pb2.RESULT_SOURCE_MEMORY_CACHE
    assert again.analysis.stability == with_it.analysis.stability
    for part in ("light", "subjects", "composition", "scene", "depth"):
        assert getattr(plain.analysis, part) == getattr(with_it.analysis, part), part


def test_measuring_stability_changes_no_other_figure():
    alone, with_it = analysed(seaside()), measured(seaside(), maps=frozenset(MapKind))

    assert_same(replace(with_it, stability=None), alone)
    before = [report.stage for report in alone.stages]
    assert [report.stage for report in with_it.stages] == [*before, *ON_REQUEST]


@pytest.mark.parametrize("still", [seaside(), photograph("flower")], ids=["drawn", "photographed"])
def test_a_mirrored_still_has_the_mirrored_stability(still):
    one, other = measured(still), measured(turned(still))

    assert_same(mirrored(one), other)
    assert one.stability.variants[0].analysis.subjects


def test_a_symmetric_still_has_symmetric_variants():
    found = measured(np.hstack([seaside(width=200), turned(seaside(width=200))]))

    assert_same(mirrored(found), found)


@pytest.mark.parametrize("still", [noise(1), flat(), flat(height=20, width=20)], ids=["noise", "flat", "tiny"])
def test_what_tells_nothing_has_no_stability(still):
    found = measured(still)

    assert shares(found.stability) == [None] * 4
    assert "no verdict" in found.stability.under_crop.absent_because
    assert "no verdict" in found.stages[-1].abstained_because
    assert len(found.stability.variants) == len(CHANGES)


@pytest.mark.parametrize("stages_seen", [len(STAGES) + 3, 2 * len(STAGES)])
def test_nothing_is_measured_again_once_nobody_wants_it(stages_seen):
    class Impatient(Quiet):
        def cancelled(self):
            return len(self.seen) >= stages_seen

    watch, options = Impatient(), Options(measure_stability=True)
    analyzer = Analyzer(detectors(), eye())
    picture = analyzer.decode(png(seaside()), options, watch)

    with pytest.raises(Cancelled):
        analyzer.measure(picture, options, watch)

    assert len(watch.seen) == stages_seen


def test_changes_are_what_they_say():
    photo = photograph("china")
    height, width = photo.shape[:2]

    crop = changed(photo, StabilityChange.CROP)
    darker, lighter = (changed(photo, one) for one in (StabilityChange.DARKER, StabilityChange.LIGHTER))
    flip = changed(photo, StabilityChange.FLIP)

    assert crop.shape[:2] == (height - 2 * cut(height), width - 2 * cut(width))
    assert crop.shape[1] / width == pytest.approx(0.95, abs=0.005)
    assert darker.mean() < photo.mean() - 5
    assert lighter.mean() > photo.mean() + 5
    assert np.abs(turned(flip).astype(int) - photo).mean() < 6
    assert not np.array_equal(changed(photo, StabilityChange.COMPRESSION), photo)


def test_each_change_of_a_mirrored_still_but_the_files_is_the_mirrored_change():
    for change in (StabilityChange.CROP, StabilityChange.DARKER, StabilityChange.LIGHTER):
        assert np.array_equal(changed(turned(seaside()), change), turned(changed(seaside(), change)))


def test_other_stills_agree_less_than_the_same_still():
    one, other, third = analysed(seaside()), analysed(photograph("astronaut")), analysed(photograph("flower"))

    assert agreement(one, one)[0] == 1.0
    assert agreement(one, other)[0] < 0.4
    assert agreement(one, third)[0] < 0.5
    assert agreement(analysed(noise(1)), analysed(noise(1)))[1] <= 1


def test_one_lost_verdict_costs_its_share():
    one = analysed(seaside())
    _, count = agreement(one, one)

    lost = replace(one, scene=replace(one.scene, kind=SceneKind.NIGHT))
    blind = replace(one, horizon=None)

    assert agreement(one, lost)[0] == pytest.approx(1 - 1 / count)
    assert agreement(one, blind)[0] == pytest.approx(1 - 1 / count)
    assert agreement(one, replace(one, subjects=()))[0] == pytest.approx(1 - 1 / count)


def test_places_of_a_cropped_still_are_compared_where_they_are():
    scene = cv2.resize(seaside(), (960, 640))
    part = scene[:, 96:864]

    whole, inner = analysed(scene), analysed(part)
    inside = Box(0.1, 0.0, 0.8, 1.0)

    assert agreement(whole, inner, inside=inside)[0] > agreement(whole, inner)[0]
    assert overlap(Box(0, 0, 0.5, 0.5), Box(0.25, 0, 0.5, 0.5)) == pytest.approx(1 / 3)
    assert overlap(Box(0, 0, 0.2, 0.2), Box(0.5, 0.5, 0.2, 0.2)) == 0


def with_point(one, x, *, quality=0.8):
    point = VanishingPoint(point=Point(x, 0.5), uncertainty=0.01, quality=quality, support=0.5)
    return replace(one, vanishing_point=point)


def test_a_vanishing_point_stays_where_it_is_or_is_lost():
    one = analysed(seaside())
    _, count = agreement(with_point(one, 0.5), with_point(one, 0.5))

    assert agreement(with_point(one, 0.5), with_point(one, 0.54))[0] == 1.0
    assert agreement(with_point(one, 0.5), with_point(one, 0.8))[0] == pytest.approx(1 - 1 / count)
    assert agreement(with_point(one, 0.5), replace(one, vanishing_point=None))[0] == pytest.approx(1 - 1 / count)
    # One that is hardly trusted is no verdict.
    assert agreement(with_point(one, 0.5, quality=0.1), replace(one, vanishing_point=None))[0] == 1.0


def test_what_a_crop_cuts_off_is_not_asked_for():
    one = analysed(seaside())
    far = replace(one, faces=(Face(box=Box(0.96, 0.4, 0.04, 0.1), quality=0.9, gaze=absent("Not told.")),))
    inside = Box(0.1, 0.1, 0.8, 0.8)

    with_face, without = agreement(far, one, inside=inside), agreement(one, one, inside=inside)

    assert with_face == without
    assert agreement(far, one)[1] == agreement(one, one)[1] + 1
    assert agreement(far, one)[0] < 1.0


def test_a_depth_map_in_another_order_is_another_verdict():
    ramp = np.tile(np.linspace(0, 1, 64, dtype=np.float32)[:, None], (1, 64))
    one = replace(analysed(seaside()), maps=SceneMaps(depth=ramp))

    same = agreement(one, replace(one, maps=SceneMaps(depth=ramp**2)))
    turned_round = agreement(one, replace(one, maps=SceneMaps(depth=1 - ramp)))
    level = agreement(one, replace(one, maps=SceneMaps(depth=np.zeros_like(ramp))))

    assert same[0] == 1.0
    assert turned_round[0] == level[0] == pytest.approx(1 - 1 / same[1])
