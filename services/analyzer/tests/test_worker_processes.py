"""The service with processes for workers: the same answers as with threads, and what ends one ends nothing else."""

import asyncio
import hashlib
import json
import os
import pickle
import signal
import sys
import time
from functools import cached_property

import cv2
import grpc
import psutil
import pytest
from opentelemetry.sdk.trace import SpanProcessor

from analyzer import bootstrap, settings
from analyzer.core.errors import Cancelled, DigestMismatch, NotFetched
from analyzer.core.stages import STAGES
from analyzer.rpc.errors import ERRORS
from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc
from animatize.type.v1 import image_pb2, stage_pb2
from chassis.crew.crossing import Failure
from chassis.errors import info, violations
from chassis.settings import SettingsError
from chassis.telemetry import Telemetry
from chassis.testing.servers import until
from film.stills import (
    Damaged,
    NotAnImage,
    StillError,
    TooLarge,
    TooManyBytes,
    TooManyPixels,
    Truncated,
    UnsupportedStill,
)

from .stills import ball, flat, noise, photograph, png, seaside

JPEG = cv2.imencode(".jpg", photograph("flower"))[1].tobytes()
STILLS = {"photograph": JPEG, "drawing": png(seaside()), "flat": png(flat()), "noise": png(noise(1))}
MAPS = [analysis_pb2.MAP_KIND_DEPTH, analysis_pb2.MAP_KIND_SALIENCY, analysis_pb2.MAP_KIND_REGIONS]

CROSSING = [
    NotAnImage(found="text"),
    UnsupportedStill(found="a BMP file"),
    TooManyBytes(size=2, limit=1),
    TooManyPixels(width_px=2, height_px=3, kind="a PNG file", accepted="less"),
    Damaged(kind="a PNG file", what="no end"),
    Truncated(kind="a PNG file", size=7),
    StillError(found="one", accepted="other"),
    DigestMismatch(announced="a", found="b"),
    NotFetched(field="image.uri"),
    Cancelled(),
]


def told(processes, **fields):
    return settings.Settings(port=0, drain_pause_s=0, grace_s=1, workers=2, worker_processes=processes, **fields)


def asking(content, **fields):
    return analyzer_pb2.AnalyzeImageRequest(
        image=image_pb2.Image(content=content), options=analyzer_pb2.AnalysisOptions(**fields)
    )


def fresh(content, **fields):
    """A request that no cache answers."""
    return asking(content, cache_policy=analyzer_pb2.CACHE_POLICY_BYPASS, **fields)


def timeless(analysis):
    """The packed analysis without the times in it."""
    copy = analysis_pb2.SceneAnalysis()
    copy.CopyFrom(analysis)
    for part in (copy, *(variant.analysis for variant in copy.stability.variants)):
        for stage in part.stages:
            stage.ClearField("duration")
    return copy.SerializeToString(deterministic=True)


class House:
    """The service as a process of its own."""

    def __init__(self, folder, **fields):
        self.log = folder / "log"
        variables = {"port": 0, "drain_pause_s": 0, "grace_s": 2, **fields}
        with self.log.open("wb") as sink:
            self.process = psutil.Popen(
                [sys.executable, "-m", "analyzer"],
                # The last digits of sums depend on how many threads share them; a worker process has one.
                env={f"ANIMATIZE_ANALYZER_{name.upper()}": str(value) for name, value in variables.items()}
                | {"OPENBLAS_NUM_THREADS": "1"},
                cwd=folder,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )

    @cached_property
    def address(self):
        """Where it serves; waits until it does."""
        while not (started := self.lines("server.started")):
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        return started[0]["address"]

    def lines(self, event):
        told = [json.loads(line) for line in self.log.read_text().split("\n")[:-1] if line.startswith("{")]
        return [line for line in told if line.get("event.name") == event]

    def workers(self):
        return self.process.children()

    def end(self):
        workers = self.workers() if self.process.is_running() else []
        self.process.kill()
        self.process.wait()
        psutil.wait_procs(workers, 30)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"), worker_processes=2)
    yield house
    house.end()


@pytest.fixture(scope="module")
def house_of_threads(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("threads"), workers=2)
    yield house
    house.end()


@pytest.fixture
async def stub(house):
    async with grpc.aio.insecure_channel(house.address) as channel:
        yield analyzer_pb2_grpc.AnalyzerServiceStub(channel)


async def answers(stub):
    """What a service answers to calls of every kind, without times."""
    found = {
        name: timeless((await stub.AnalyzeImage(asking(still, maps=MAPS))).analysis) for name, still in STILLS.items()
    }
    found["stability"] = timeless((await stub.AnalyzeImage(asking(png(ball()), measure_stability=True))).analysis)
    explained = await stub.ExplainImage(analyzer_pb2.ExplainImageRequest(image=image_pb2.Image(content=JPEG)))
    found["drawing of it"], found["explained"] = explained.png, timeless(explained.analysis)
    many = [
        analyzer_pb2.AnalyzeImagesRequest(id=name, image=image_pb2.Image(content=still))
        for name, still in {**STILLS, "broken": JPEG[:3000]}.items()
    ]
    async for answer in stub.AnalyzeImages(iter(many)):
        one = timeless(answer.analysis) if answer.HasField("analysis") else (answer.error.code, answer.error.message)
        found[f"{answer.id} of many"] = one
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.AnalyzeImage(asking(JPEG[:3000]))
    found["refused"] = (refused.value.code(), refused.value.details(), info(refused.value).reason)
    found["refused"] += tuple(violations(refused.value))
    return found


async def test_processes_answer_as_threads_do(house_of_threads, stub):
    async with grpc.aio.insecure_channel(house_of_threads.address) as channel:
        by_threads, by_processes = await asyncio.gather(
            answers(analyzer_pb2_grpc.AnalyzerServiceStub(channel)), answers(stub)
        )

    assert [name for name in by_threads if by_threads[name] != by_processes[name]] == []
    assert len(by_processes) == 2 * len(STILLS) + 5


def over(process):
    """Whether a process has ended."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_a_call_whose_worker_dies_is_told_so_and_the_next_is_served(house, stub):
    # Both have worked, so that what they do next is the call.
    await asyncio.gather(*(stub.AnalyzeImage(fresh(JPEG)) for _ in range(2)))
    before = house.workers()
    call = stub.AnalyzeImage(fresh(JPEG, working_size_px=1024, measure_stability=True))
    at_work = [sum(worker.cpu_times()[:2]) + 0.1 for worker in before]
    await until(lambda: any(sum(one.cpu_times()[:2]) > cpu for one, cpu in zip(before, at_work, strict=True)))

    for worker in before:
        worker.send_signal(signal.SIGSEGV)
    with pytest.raises(grpc.aio.AioRpcError) as lost:
        await call
    await until(lambda: all(over(worker) for worker in before))
    answer = await stub.AnalyzeImage(fresh(JPEG))

    assert (lost.value.code(), info(lost.value).reason) == (grpc.StatusCode.INTERNAL, "WORKER_LOST")
    assert answer.source == stage_pb2.RESULT_SOURCE_MADE
    assert "SIGSEGV" in house.lines("worker.lost")[0]["body"]
    # The other one was missed when it was needed.
    await until(lambda: len(house.workers()) == 2)
    assert not set(before) & set(house.workers())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
async def test_no_worker_outlives_the_service_even_at_work(tmp_path, number):
    house = House(tmp_path, worker_processes=1, grace_s=0)
    async with grpc.aio.insecure_channel(house.address) as channel:
        (worker,) = house.workers()
        stub = analyzer_pb2_grpc.AnalyzerServiceStub(channel)
        call = stub.AnalyzeImage(fresh(JPEG, working_size_px=1024, measure_stability=True))
        began = sum(worker.cpu_times()[:2])
        await until(lambda: sum(worker.cpu_times()[:2]) > began + 0.1)

        # As Ctrl-C does, to all of the group; a kill finds the service alone.
        os.killpg(house.process.pid, number) if number == signal.SIGINT else house.process.send_signal(number)
        code = await asyncio.to_thread(house.process.wait, 40)
        with pytest.raises(grpc.aio.AioRpcError):
            await call

    assert code == (0 if number == signal.SIGINT else -signal.SIGKILL)
    await asyncio.to_thread(worker.wait, 40)
    assert "Traceback" not in house.log.read_text()


class Spans(SpanProcessor):
    """Counts ended spans by their names."""

    def __init__(self):
        self.ended = []

    def on_end(self, span):
        self.ended.append(span)

    def named(self, name):
        return [span for span in self.ended if span.name == name]


async def test_stages_are_spans_of_their_call_and_end_with_it():
    spans = Spans()
    telemetry = Telemetry.start(service="animatize-analyzer", settings=told(1), span_processors=[spans])
    async with (
        bootstrap.running(told(1), telemetry=telemetry) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        stub = analyzer_pb2_grpc.AnalyzerServiceStub(channel)
        await stub.AnalyzeImage(fresh(JPEG))
        whole = list(spans.ended)
        long = fresh(JPEG, working_size_px=1024, measure_stability=True)

        spans.ended.clear()
        left = stub.AnalyzeImage(long)
        await until(lambda: spans.named("analyze decode"))
        await asyncio.sleep(0.05)
        left.cancel()
        # There is one worker: it has ended the old work when it answers the new.
        await stub.AnalyzeImage(fresh(JPEG))
        cancelled = len(spans.named("analyze planes")) - 1

        spans.ended.clear()
        with pytest.raises(grpc.aio.AioRpcError) as late:
            await stub.AnalyzeImage(long, timeout=0.3)
        await stub.AnalyzeImage(fresh(JPEG))
        expired = len(spans.named("analyze planes")) - 1
    await telemetry.shutdown()

    (call,) = [span for span in whole if span.kind.name == "SERVER"]
    stages = [span for span in whole if span.kind.name == "INTERNAL"]
    assert sorted(span.name for span in stages) == sorted(f"analyze {stage}" for stage in STAGES)
    assert {span.parent.span_id for span in stages} == {call.context.span_id}
    # The worker's clock is ours.
    assert all(call.start_time <= span.start_time <= span.end_time <= call.end_time for span in stages)
    assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    # One for the still and one for each of five variants would be six.
    assert cancelled < 6
    assert expired < 6


async def test_a_model_that_a_worker_cannot_use_stops_the_start(tmp_path):
    broken = tmp_path / "depth.onnx"
    broken.write_bytes(b"no model")
    digest = hashlib.sha256(b"no model").hexdigest()
    before = set(psutil.Process().children())

    with pytest.raises(SettingsError, match=r"depth\.onnx"):
        async with bootstrap.built(
            told(1, depth_model=str(broken), depth_model_sha256=digest), telemetry=Telemetry.off()
        ):
            pass

    assert set(psutil.Process().children()) <= before


@pytest.mark.parametrize("error", CROSSING, ids=lambda error: type(error).__name__)
def test_every_error_of_the_table_crosses_whole(error):
    back = pickle.loads(pickle.dumps(Failure.of(error))).error()

    assert type(back) is type(error)
    assert (back.args, vars(back), str(back)) == (error.args, vars(error), str(error))
    assert ERRORS.answer(back) == ERRORS.answer(error)


def test_no_error_of_the_table_is_left_out():
    def family(kind):
        return {kind}.union(*(family(one) for one in kind.__subclasses__()))

    known = set().union(*(family(kind) for kind in ERRORS.classes()))

    assert {type(error) for error in CROSSING} == known - {TooLarge}
