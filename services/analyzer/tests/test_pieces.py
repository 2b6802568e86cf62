"""The small parts: figures, steps, detectors, streams."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

import numpy as np
import pytest

from analyzer.adapters.haar_faces import CascadesMissing, HaarFaces
from analyzer.core.analysis import Light, Measure, absent, blank, measured
from analyzer.core.analysis.measure import NotAFigure
from analyzer.core.errors import Cancelled
from analyzer.core.evidence import either, ramp, share_of
from analyzer.core.picture import Options
from analyzer.core.pipeline import Analyzer
from analyzer.core.stages import STAGES, Stages
from analyzer.rpc.stream import answers
from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2
from animatize.type.v1 import image_pb2, stage_pb2

from .sameness import assert_same
from .stills import Quiet, analysed, detectors, eye, noise, photograph, png, seaside


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_no_figure(value):
    with pytest.raises(NotAFigure):
        measured(value, 1.0)
    with pytest.raises(NotAFigure):
        Measure(value, 1.0)
    with pytest.raises(NotAFigure):
        Measure(0.0, value)


def test_figures_are_rounded_and_have_no_negative_zero():
    assert repr(measured(-1e-9, 2.0)) == repr(Measure(0.0, 1.0))
    assert measured(1 / 3, 0.5).value == 0.333333


def test_an_absent_figure_weighs_nothing():
    assert absent("because").weight == 0
    assert absent("because").or_else(0.4) == 0.4
    assert measured(0.5, 0.5).weight == 0.25


def test_a_blank_value_says_why_everywhere():
    light = blank(Light, "It is dark.")

    places = {"strongest_source"}
    assert {getattr(light, name).absent_because for name in set(Light.__dataclass_fields__) - places} == {"It is dark."}
    assert light.strongest_source is None


def test_evidence_adds_up():
    assert ramp(5, 0, 10) == 0.5
    assert ramp(5, 10, 0) == 0.5
    assert either(0.5, 0.5) == 0.75


@pytest.mark.parametrize("shape", [(7,), (3, 11), (97, 130)])
def test_a_share_of_places_is_their_mean_to_the_last_bit(shape):
    places = np.random.default_rng(3).random(shape) < 1 / 3

    assert share_of(places) == float(places.mean())
    assert share_of(places[..., ::2]) == float(places[..., ::2].mean())


def test_core_names_a_file_only_by_the_digest_that_it_is_given():
    analyzer, content = Analyzer(detectors(), eye()), png(photograph("flower"))

    pictures = [analyzer.decode(content, Options(), Quiet()), analyzer.decode(content, Options(), Quiet(), sha256="ab")]

    assert [one.facts.sha256 for one in pictures] == ["", "ab"]
    assert pictures[0].digest == pictures[1].digest


def test_steps_side_by_side_see_the_callers_context(quiet):
    spoken: ContextVar[str] = ContextVar("spoken", default="")
    spoken.set("hello")
    with ThreadPoolExecutor(2) as pool:
        stages = Stages(quiet, pool)

        heard = stages.together(("lines", spoken.get), ("focus", spoken.get), ("faces", spoken.get))

    assert heard == ["hello"] * 3
    assert [report.stage for report in stages.reports()] == ["lines", "focus", "faces"]
    assert sorted(quiet.seen) == ["faces", "focus", "lines"]


def test_a_busy_pool_holds_nobody_up(quiet):
    hold = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold.wait)
        done = Stages(quiet, pool).together(("lines", lambda: 1), ("focus", lambda: 2), ("faces", lambda: 3))
        hold.set()

    assert done == [1, 2, 3]


def test_a_step_that_fails_ends_the_analysis_after_its_neighbours(quiet):
    ended = []

    def fail():
        raise ValueError("first")

    with ThreadPoolExecutor(2) as pool, pytest.raises(ValueError, match="first"):
        Stages(quiet, pool).together(("lines", fail), ("focus", lambda: ended.append(1)))

    assert ended == [1]


@pytest.mark.parametrize("stage", ["decode", "lines", "regions", "depth", "composition"])
def test_nothing_begins_after_a_cancel(stage):
    watch = Quiet(cancel_at=stage)
    analyzer = Analyzer(detectors(), eye())

    with pytest.raises(Cancelled):
        analyzer.measure(analyzer.decode(png(seaside()), Options(), watch), Options(), watch)

    assert watch.seen[-1] == stage


def test_threads_change_no_figure():
    photo = png(photograph("astronaut"))
    with ThreadPoolExecutor(3) as pool:
        analyzer = Analyzer(detectors(), eye(), pool=pool)
        found = analyzer.measure(analyzer.decode(photo, Options(), Quiet()), Options(), Quiet())

    alone = Analyzer(detectors(), eye())
    assert_same(found, alone.measure(alone.decode(photo, Options(), Quiet()), Options(), Quiet()))
    assert [report.stage for report in found.stages] == list(STAGES)


def test_missing_cascades_are_named(tmp_path):
    with pytest.raises(CascadesMissing) as missing:
        HaarFaces(tmp_path)
    assert missing.value.path.parent == tmp_path

    for name in ("haarcascade_frontalface_default.xml", "haarcascade_frontalface_alt2.xml"):
        (tmp_path / name).write_text("<opencv_storage></opencv_storage>")
    with pytest.raises(CascadesMissing):
        HaarFaces(tmp_path)


def many(*names):
    async def requests():
        for name in names:
            yield analyzer_pb2.AnalyzeImagesRequest(id=name, image=image_pb2.Image(content=name.encode()))

    return requests()


async def test_a_stream_answers_what_is_ready_first():
    gates = {name: asyncio.Event() for name in ("slow", "quick")}

    async def find(image, _asked):
        await gates[image.content.decode()].wait()
        gates["slow"].set()
        return analysis_pb2.SceneAnalysis(), stage_pb2.RESULT_SOURCE_MADE

    gates["quick"].set()

    assert [answer.id async for answer in answers(many("slow", "quick"), find, running=2)] == ["quick", "slow"]


async def test_a_stream_reads_no_further_than_it_works():
    read = []

    async def requests():
        for at in range(10):
            read.append(at)
            yield analyzer_pb2.AnalyzeImagesRequest(id=str(at))

    async def find(_image, _asked):
        return analysis_pb2.SceneAnalysis(), stage_pb2.RESULT_SOURCE_MADE

    stream = answers(requests(), find, running=2)
    await anext(stream)
    for _ in range(20):
        await asyncio.sleep(0)

    # One was answered, two may be worked on, and one may wait to be taken.
    assert len(read) <= 4
    await stream.aclose()


async def test_leaving_a_stream_cancels_what_runs():
    began, ended = asyncio.Event(), asyncio.Event()

    async def find(image, _asked):
        if image.content == b"first":
            return analysis_pb2.SceneAnalysis(), stage_pb2.RESULT_SOURCE_MADE
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    stream = answers(many("second", "first"), find, running=2)
    await anext(stream)
    await began.wait()
    await stream.aclose()

    assert ended.is_set()


def test_the_seed_of_chance_changes_nothing():
    assert_same(analysed(noise(1)), analysed(noise(1)))
