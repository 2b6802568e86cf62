"""The service through a real server and a real channel."""

import asyncio
import hashlib
import io

import cv2
import grpc
import numpy as np
import pytest
from google.rpc import error_details_pb2
from PIL import Image as Pillow

from analyzer import __main__ as door
from analyzer import bootstrap, settings
from analyzer.core.pipeline import Analyzer
from analyzer.core.stages import STAGES
from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc
from animatize.type.v1 import image_pb2, measure_pb2, stage_pb2
from chassis.errors import info, violations
from chassis.settings import SettingsError
from chassis.telemetry import Telemetry

from .stills import flat, noise, photograph, png, seaside

JPEG = cv2.imencode(".jpg", photograph("flower"))[1].tobytes()
TRUNCATED = JPEG[: len(JPEG) // 2]
MAPS = [
    analysis_pb2.MAP_KIND_DEPTH,
    analysis_pb2.MAP_KIND_SALIENCY,
    analysis_pb2.MAP_KIND_REGIONS,
    analysis_pb2.MAP_KIND_FOREGROUND,
]


def options(**fields):
    return settings.Settings(port=0, drain_pause_s=0, grace_s=1, workers=2, **fields)


def asking(content, **fields):
    return analyzer_pb2.AnalyzeImageRequest(
        image=image_pb2.Image(content=content), options=analyzer_pb2.AnalysisOptions(**fields)
    )


def one_of_many(name, content):
    return analyzer_pb2.AnalyzeImagesRequest(id=name, image=image_pb2.Image(content=content))


def without_times(analysis):
    copy = analysis_pb2.SceneAnalysis()
    copy.CopyFrom(analysis)
    for stage in copy.stages:
        stage.ClearField("duration")
    return copy.SerializeToString(deterministic=True)


@pytest.fixture
async def stub():
    async with (
        bootstrap.running(options(), telemetry=Telemetry.off()) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        yield analyzer_pb2_grpc.AnalyzerServiceStub(channel)


async def test_a_photograph_gets_its_analysis(stub):
    answer = await stub.AnalyzeImage(asking(JPEG))

    found = answer.analysis
    assert answer.source == stage_pb2.RESULT_SOURCE_MADE
    assert found.image.format == image_pb2.IMAGE_FORMAT_JPEG
    assert (found.image.size.width_px, found.image.size.height_px) == (640, 427)
    assert (found.working_size.width_px, found.working_size.height_px) == (512, 342)
    assert found.image.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert len(found.pixel_digest) == 64
    assert found.subjects
    assert [stage.stage for stage in found.stages] == list(STAGES)
    assert not found.maps.HasField("depth")


async def test_maps_come_when_they_are_asked_for(stub):
    maps = (await stub.AnalyzeImage(asking(JPEG, maps=MAPS))).analysis.maps

    depth = cv2.imdecode(np.frombuffer(maps.depth.data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert depth.dtype == np.uint16
    assert depth.shape == (maps.depth.height, maps.depth.width) == (342, 512)
    for small in (maps.saliency, maps.regions, maps.foreground):
        assert small.encoding == measure_pb2.MAP_ENCODING_PNG_GRAY8
        shape = cv2.imdecode(np.frombuffer(small.data, np.uint8), cv2.IMREAD_UNCHANGED).shape
        assert shape == (small.height, small.width)


async def test_the_second_time_it_comes_from_memory(stub):
    first, second = await stub.AnalyzeImage(asking(JPEG)), await stub.AnalyzeImage(asking(JPEG))

    assert second.source == stage_pb2.RESULT_SOURCE_MEMORY_CACHE
    assert second.analysis == first.analysis
    stats = await stub.GetCacheStats(analyzer_pb2.GetCacheStatsRequest())
    assert (stats.misses, stats.memory_hits, stats.entries) == (1, 1, 1)
    assert stats.size_bytes > 1000
    assert stats.HasField("since")


async def test_the_same_pixels_in_another_file_come_from_memory_with_that_files_facts(stub):
    loose = cv2.imencode(".png", seaside(), (cv2.IMWRITE_PNG_COMPRESSION, 1))[1].tobytes()
    first, second = await stub.AnalyzeImage(asking(png(seaside()))), await stub.AnalyzeImage(asking(loose))

    assert second.source == stage_pb2.RESULT_SOURCE_MEMORY_CACHE
    assert second.analysis.pixel_digest == first.analysis.pixel_digest
    assert second.analysis.image.sha256 == hashlib.sha256(loose).hexdigest()


async def test_other_options_are_another_analysis(stub):
    await stub.AnalyzeImage(asking(JPEG))

    with_maps = await stub.AnalyzeImage(asking(JPEG, maps=MAPS[:1]))
    larger = await stub.AnalyzeImage(asking(JPEG, working_size_px=1024))

    assert with_maps.source == stage_pb2.RESULT_SOURCE_MADE
    assert larger.analysis.working_size.width_px == 640


async def test_bypassing_the_cache_makes_the_same_again_and_keeps_nothing(stub):
    bypass = analyzer_pb2.CACHE_POLICY_BYPASS
    first = await stub.AnalyzeImage(asking(JPEG, cache_policy=bypass))
    second = await stub.AnalyzeImage(asking(JPEG, cache_policy=bypass))

    assert second.source == stage_pb2.RESULT_SOURCE_MADE
    assert without_times(first.analysis) == without_times(second.analysis)
    assert (await stub.GetCacheStats(analyzer_pb2.GetCacheStatsRequest())).entries == 0


async def test_the_same_still_at_the_same_time_is_measured_once(stub):
    found = await asyncio.gather(*(stub.AnalyzeImage(asking(JPEG)) for _ in range(4)))

    sources = sorted(answer.source for answer in found)
    assert sources.count(stage_pb2.RESULT_SOURCE_MADE) == 1
    assert (await stub.GetCacheStats(analyzer_pb2.GetCacheStatsRequest())).misses == 1


@pytest.mark.usefixtures("patient_redis")
async def test_a_second_process_finds_it_in_redis(redis_server):
    sources = []
    for _ in range(2):
        async with (
            bootstrap.running(options(redis_url=redis_server.url), telemetry=Telemetry.off()) as server,
            grpc.aio.insecure_channel(server.address) as channel,
        ):
            stub = analyzer_pb2_grpc.AnalyzerServiceStub(channel)
            sources.append((await stub.AnalyzeImage(asking(JPEG))).source)

    assert sources == [stage_pb2.RESULT_SOURCE_MADE, stage_pb2.RESULT_SOURCE_SHARED_CACHE]


async def test_a_hung_redis_does_not_keep_the_answer(redis_server):
    async with (
        bootstrap.running(options(redis_url=redis_server.url), telemetry=Telemetry.off()) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        redis_server.pause()
        stub = analyzer_pb2_grpc.AnalyzerServiceStub(channel)

        answer = await stub.AnalyzeImage(asking(JPEG), timeout=50)

        assert answer.source == stage_pb2.RESULT_SOURCE_MADE
        assert (await stub.GetCacheStats(analyzer_pb2.GetCacheStatsRequest())).shared_errors > 0
        redis_server.resume()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"this is no picture", "image"),
        (TRUNCATED, "whole"),
        (b"BM" + bytes(200), "BMP"),
        (JPEG[:20], "whole"),
    ],
)
async def test_what_is_no_still_is_refused_by_field(stub, content, word):
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.AnalyzeImage(asking(content))

    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violations(refused.value)[0].field == "image.content"
    assert {"found", "accepted", "field"} <= set(info(refused.value).metadata)
    assert word in refused.value.details()


async def test_an_empty_still_is_refused_by_field(stub):
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.AnalyzeImage(asking(b""))

    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violations(refused.value)[0].field == "image.content"


@pytest.mark.parametrize("policy", [analyzer_pb2.CACHE_POLICY_UNSPECIFIED, analyzer_pb2.CACHE_POLICY_BYPASS])
async def test_a_digest_that_does_not_match_is_refused(stub, policy):
    image = image_pb2.Image(content=JPEG, sha256="0" * 64)
    options = analyzer_pb2.AnalysisOptions(cache_policy=policy)

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.AnalyzeImage(analyzer_pb2.AnalyzeImageRequest(image=image, options=options))

    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violations(refused.value)[0].field == "image.sha256"


@pytest.mark.parametrize("policy", [analyzer_pb2.CACHE_POLICY_UNSPECIFIED, analyzer_pb2.CACHE_POLICY_BYPASS])
@pytest.mark.parametrize("announced", [hashlib.sha256(JPEG).hexdigest(), ""])
async def test_an_analysis_names_its_file_by_the_digest_of_its_bytes(stub, policy, announced):
    image = image_pb2.Image(content=JPEG, sha256=announced)
    options = analyzer_pb2.AnalysisOptions(cache_policy=policy)

    answer = await stub.AnalyzeImage(analyzer_pb2.AnalyzeImageRequest(image=image, options=options))

    assert answer.analysis.image.sha256 == hashlib.sha256(JPEG).hexdigest()


async def test_a_digest_that_matches_is_accepted(stub):
    image = image_pb2.Image(content=JPEG, sha256=hashlib.sha256(JPEG).hexdigest())

    assert (await stub.AnalyzeImage(analyzer_pb2.AnalyzeImageRequest(image=image))).analysis.subjects


@pytest.mark.parametrize("image", [image_pb2.Image(uri="https://example.org/a.jpg"), image_pb2.Image(handle="a")])
async def test_a_still_by_address_or_name_is_not_fetched(stub, image):
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.AnalyzeImage(analyzer_pb2.AnalyzeImageRequest(image=image))

    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert "image.content" in refused.value.details()


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "I;16", "CMYK", "GIF", "turned"])
async def test_unusual_stills_are_measured(stub, mode):
    picture = Pillow.fromarray(photograph("flower")[:, :, ::-1]).resize((200, 134))
    file = io.BytesIO()
    exif = Pillow.Exif()
    if mode == "CMYK":
        picture.convert("CMYK").save(file, "JPEG")
    elif mode == "GIF":
        frames = [picture, picture.transpose(Pillow.Transpose.FLIP_LEFT_RIGHT)]
        frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    elif mode == "turned":
        exif[0x0112] = 6
        picture.save(file, "JPEG", exif=exif)
    elif mode == "I;16":
        wide = np.asarray(picture.convert("L")).astype(np.uint16) * 257
        Pillow.fromarray(wide).save(file, "PNG")
    else:
        picture.convert(mode).save(file, "PNG")

    found = (await stub.AnalyzeImage(asking(file.getvalue()))).analysis

    assert found.information.value > 0.3
    if mode == "turned":
        assert (found.image.size.width_px, found.image.size.height_px) == (134, 200)
    assert found.image.frames == (2 if mode == "GIF" else 1)


async def test_many_stills_come_back_with_their_ids(stub):
    stills = {f"still {at}": png(seaside(seed=at)) for at in range(5)}

    answers = {answer.id: answer async for answer in stub.AnalyzeImages(one_of_many(*item) for item in stills.items())}

    assert set(answers) == set(stills)
    assert all(answer.analysis.HasField("horizon") for answer in answers.values())


async def test_a_bad_still_is_answered_with_its_own_error_and_ends_nothing(stub):
    stills = [("good", JPEG), ("bad", TRUNCATED), ("place", b""), ("also good", png(flat()))]
    requests = [one_of_many(*still) for still in stills]
    requests[2].image.uri = "https://example.org/a.jpg"

    answers = {answer.id: answer async for answer in stub.AnalyzeImages(iter(requests))}

    assert answers["good"].WhichOneof("outcome") == "analysis"
    assert answers["also good"].WhichOneof("outcome") == "analysis"
    assert answers["place"].error.code == grpc.StatusCode.UNIMPLEMENTED.value[0]
    error = answers["bad"].error
    reason, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    assert error.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert error.details[0].Unpack(reason)
    assert error.details[1].Unpack(bad)
    assert reason.reason == "STILL_REFUSED"
    assert bad.field_violations[0].field == "image.content"


async def test_a_fault_of_ours_in_a_stream_leaks_nothing(monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("a secret")

    monkeypatch.setattr(Analyzer, "measure", fail)
    async with (
        bootstrap.running(options(), telemetry=Telemetry.off()) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        stub = analyzer_pb2_grpc.AnalyzerServiceStub(channel)
        (answer,) = [one async for one in stub.AnalyzeImages(iter([one_of_many("a", JPEG)]))]

    assert answer.error.code == grpc.StatusCode.INTERNAL.value[0]
    assert "secret" not in answer.error.message
    assert "a secret" in caplog.text


async def test_a_call_that_is_left_stops_its_work(monkeypatch):
    began, ended = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def measure(self, picture, asked, watch):
        loop.call_soon_threadsafe(began.set)
        while not watch.cancelled():
            pass
        loop.call_soon_threadsafe(ended.set)

    monkeypatch.setattr(Analyzer, "measure", measure)
    async with (
        bootstrap.running(options(), telemetry=Telemetry.off()) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        call = analyzer_pb2_grpc.AnalyzerServiceStub(channel).AnalyzeImage(asking(JPEG))
        await began.wait()
        call.cancel()

        await asyncio.wait_for(ended.wait(), 30)


async def test_a_telemetry_of_its_own_is_closed_with_the_server():
    async with bootstrap.running(options(log_level="ERROR", stage_workers=0)) as server:
        assert server.address


async def test_every_stage_is_a_span_of_a_fixed_name(otlp):
    telemetry = Telemetry.start(service="animatize-analyzer", settings=options(otlp_endpoint=otlp.endpoint))
    async with (
        bootstrap.running(options(), telemetry=telemetry) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        await analyzer_pb2_grpc.AnalyzerServiceStub(channel).AnalyzeImage(asking(JPEG))
    await telemetry.shutdown()

    names = [span.name for span in otlp.spans() if span.kind == "INTERNAL"]
    assert sorted(names) == sorted(f"analyze {stage}" for stage in STAGES)
    assert len({span.trace_id for span in otlp.spans()}) == 1


def test_wrong_settings_end_the_process_with_a_sentence(monkeypatch, capsys):
    monkeypatch.setenv("ANIMATIZE_ANALYZER_WORKRES", "3")

    assert door.main() == 2
    assert "WORKERS" in capsys.readouterr().err
    with pytest.raises(SettingsError):
        settings.read()


async def test_noise_is_told_as_noise(stub):
    found = (await stub.AnalyzeImage(asking(png(noise(3))))).analysis

    assert found.information.value == 0
    assert found.depth.quality == 0
