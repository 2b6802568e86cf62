"""The service over a real channel."""

import hashlib
import inspect
import threading
import time
from contextlib import asynccontextmanager

import grpc
import pytest
from google.longrunning import operations_pb2, operations_pb2_grpc

from animatize.generator.v1 import clip_pb2, generation_pb2, generator_pb2, generator_pb2_grpc, verdict_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import measure_pb2, money_pb2, movement_pb2
from chassis.errors import details, info, violations
from chassis.telemetry import Telemetry
from chassis.testing.servers import PATIENCE_S, channel_to, until
from film.stills import StillError
from generator.adapters.encoder import AvEncoder
from generator.bootstrap import running
from generator.core import errors as core_errors
from generator.core.motion_check import Cancelled
from generator.rpc.errors import ERRORS
from generator.rpc.operations import METHODS
from generator.settings import Settings

SERVICE = "animatize.generator.v1.GeneratorService"


@asynccontextmanager
async def calling(**parts):
    changes = {"port": 0, "drain_pause_s": 0.0, "grace_s": 0.0, "workers": 2, **parts.pop("settings", {})}
    telemetry = parts.pop("telemetry", None) or Telemetry.off()
    async with (
        running(Settings(**changes), telemetry=telemetry, **parts) as server,
        channel_to(server, service=SERVICE, default_timeout_s=PATIENCE_S) as channel,
    ):
        yield generator_pb2_grpc.GeneratorServiceStub(channel), channel


@pytest.fixture
def request_of(studio):
    def make(movement=movement_pb2.MOVEMENT_DOLLY_IN, **changes):
        request = generator_pb2.GenerateRequest(
            image={"content": studio.photo}, plan={"camera": {"movement": movement}}
        )
        request.output.short_side_px = 240
        request.output.duration.FromMilliseconds(500)
        packed = studio.scene.disparity
        request.analysis.maps.depth.CopyFrom(
            measure_pb2.Map(
                width=packed.width, height=packed.height, encoding=1, data=packed.png, quality=studio.scene.quality
            )
        )
        for name, value in changes.items():
            setattr(request, name, value)
        return request

    return make


class SlowEncoder(AvEncoder):
    """Takes its time over every frame."""

    def __init__(self, pause_s=0.02):
        super().__init__()
        self.pause_s = pause_s

    def encode(self, frames, settings, *, write, cancelled, spare=None):
        def slow():
            for frame in frames:
                time.sleep(self.pause_s)
                yield frame

        super().encode(slow(), settings, write=write, cancelled=cancelled, spare=spare)


async def events(stub, request) -> list:
    return [event async for event in stub.Generate(request)]


async def refused(stub, request) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await events(stub, request)
    return error.value


def rendering() -> bool:
    return any(thread.name == "clip-encoder" for thread in threading.enumerate())


async def test_a_clip_comes_inline_after_its_progress(request_of):
    async with calling() as (stub, _):
        received = await events(stub, request_of())

    *progress, last = received
    assert {event.WhichOneof("event") for event in progress} == {"progress"}
    fractions = [event.progress.fraction for event in progress]
    assert fractions == sorted(fractions)
    assert progress[0].progress.stage == "decode"
    assert {"render", "motion_check"} <= {event.progress.stage for event in progress}
    assert all(event.progress.frames_total == 12 for event in progress)
    assert all(event.progress.attempts[0].state == generation_pb2.ATTEMPT_STATE_RUNNING for event in progress)
    generation = last.generation
    content = generation.artifact.content
    assert hashlib.sha256(content).hexdigest() == generation.artifact.sha256
    assert len(content) == generation.artifact.size_bytes
    assert (generation.artifact.facts.size.width_px, generation.artifact.facts.frames) == (360, 12)
    assert generation.model == "local/renderer"
    assert generation.delivered.asked.movement == movement_pb2.MOVEMENT_DOLLY_IN
    assert generation.delivered.amplitude == 0.15
    assert generation.verdict.asked == movement_pb2.MOVEMENT_DOLLY_IN
    assert generation.verdict.outcome != verdict_pb2.VERDICT_OUTCOME_UNSPECIFIED
    assert generation.realtime_factor > 0


async def test_a_clip_costs_nothing_and_says_so(request_of):
    async with calling() as (stub, _):
        generation = (await events(stub, request_of()))[-1].generation

    attempt = generation.attempts[0]
    assert attempt.state == generation_pb2.ATTEMPT_STATE_SUCCEEDED
    assert attempt.cost == money_pb2.Cost(amount_micro_usd=0, basis=money_pb2.COST_BASIS_FREE)
    assert attempt.verdict == generation.verdict
    spent = generation.spending
    assert (spent.reserved_micro_usd, spent.posted_micro_usd, spent.presumed_micro_usd) == (0, 0, 0)
    assert not spent.HasField("saved_micro_usd")


async def test_chunks_come_without_gaps_and_make_the_very_same_file(request_of):
    async with calling() as (stub, _):
        received = await events(stub, request_of(delivery=generator_pb2.DELIVERY_CHUNKS))
        inline = (await events(stub, request_of()))[-1].generation.artifact

    content = b""
    for event in received:
        if event.WhichOneof("event") == "chunk":
            assert event.chunk.offset == len(content)
            content += event.chunk.data
    artifact = received[-1].generation.artifact
    assert content == inline.content
    assert (artifact.content, artifact.size_bytes, artifact.sha256) == (b"", len(content), inline.sha256)


async def test_progress_is_told_at_most_ten_times_a_second(request_of):
    async with calling(encoder=SlowEncoder()) as (stub, _):
        began = time.monotonic()
        received = await events(stub, request_of())
        took_s = time.monotonic() - began

    told = [event for event in received if event.WhichOneof("event") == "progress"]
    # The first word of each of four stages is never held back.
    assert 5 <= len(told) <= 4 + 10 * took_s + 1


async def test_leaving_the_stream_stops_the_work(request_of):
    request = request_of()
    request.output.duration.FromSeconds(30)
    async with calling(encoder=SlowEncoder(0.05)) as (stub, _):
        call = stub.Generate(request)
        async for event in call:
            if event.progress.frames_done > 0:
                break

        assert rendering()
        call.cancel()

        # The whole clip would take over half a minute.
        await until(lambda: not rendering(), within_s=15)


async def test_a_deadline_that_passes_stops_the_work(request_of):
    request = request_of()
    request.output.duration.FromSeconds(30)
    async with calling(encoder=SlowEncoder(0.05), settings={"least_call_s": 0.0}) as (stub, _):
        # Longer each time, until a busy machine has come to the frames before the deadline.
        for timeout_s in (1, 3, 9, 20):
            received = []
            with pytest.raises(grpc.aio.AioRpcError) as error:
                [received.append(event) async for event in stub.Generate(request, timeout=timeout_s)]
            frames_done = max((event.progress.frames_done for event in received), default=0)
            assert error.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            # The whole clip would take over half a minute.
            await until(lambda: not rendering(), within_s=15)
            if frames_done:
                break

    assert frames_done


async def test_a_call_without_time_for_a_clip_is_refused_at_once(request_of):
    async with calling(settings={"least_call_s": 60.0}) as (stub, _):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await anext(aiter(stub.Generate(request_of(), timeout=30.0)))

    assert info(error.value).reason == "DEADLINE_TOO_SHORT"


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        (lambda r: r.image.Clear() or setattr(r.image, "content", b"no image"), "INVALID_ARGUMENT", "STILL_REFUSED"),
        (lambda r: setattr(r.image, "content", r.image.content[:900]), "INVALID_ARGUMENT", "STILL_REFUSED"),
        (lambda r: setattr(r.image, "sha256", "0" * 64), "INVALID_ARGUMENT", "HASH_MISMATCH"),
        (lambda r: setattr(r.image, "uri", "https://example.org/a.jpg"), "UNIMPLEMENTED", "NOT_BUILT"),
        (lambda r: setattr(r.image, "handle", "h1"), "UNIMPLEMENTED", "NOT_BUILT"),
        (lambda r: setattr(r, "delivery", 3), "UNIMPLEMENTED", "NOT_BUILT"),
        (lambda r: setattr(r.spending, "retry_on_wrong_motion", True), "UNIMPLEMENTED", "NOT_BUILT"),
        (lambda r: setattr(r.spending, "reuse", 4), "UNIMPLEMENTED", "NOT_BUILT"),
        (lambda r: r.spending.models.append("runway/gen4"), "FAILED_PRECONDITION", "MODEL_UNAVAILABLE"),
        (lambda r: setattr(r.plan.camera, "amplitude_unit", 1), "INVALID_ARGUMENT", "WRONG_ORDER"),
        (lambda r: setattr(r.analysis.maps.depth, "data", b"no map"), "INVALID_ARGUMENT", "WRONG_ORDER"),
        (lambda r: r.ClearField("plan"), "INVALID_ARGUMENT", "INVALID_REQUEST"),
        (lambda r: setattr(r.plan.camera, "movement", 0), "INVALID_ARGUMENT", "INVALID_REQUEST"),
    ],
)
async def test_what_cannot_be_made_is_refused_with_its_reason(request_of, change, code, reason):
    request = request_of()
    change(request)
    async with calling() as (stub, _):
        error = await refused(stub, request)

    assert error.code().name == code
    assert (info(error).reason, info(error).domain) == (reason, "animatize")
    if code == "INVALID_ARGUMENT":
        assert violations(error)[0].field


async def test_a_permissive_service_says_which_formats_it_makes(request_of):
    request = request_of()
    async with calling(settings={"codec_policy": "permissive"}) as (stub, _):
        unstated = (await events(stub, request))[-1].generation.artifact.facts.codec
        request.output.format = clip_pb2.CLIP_FORMAT_MP4_H264
        error = await refused(stub, request)
        estimate = await stub.EstimateGeneration(generator_pb2.EstimateGenerationRequest(generation=request))

    assert unstated == "av1"
    assert (error.code().name, info(error).reason) == ("INVALID_ARGUMENT", "WRONG_ORDER")
    assert violations(error)[0].field == "output.format"
    assert "mp4_av1 or webm_vp9" in violations(error)[0].description
    assert "under the GPL" in estimate.estimates[0].refused_because


async def test_the_answer_names_what_moves_by_itself_and_why_the_rest_does_not(request_of):
    request = request_of()
    request.plan.environment.add(motion=prediction_pb2.ENVIRONMENT_MOTION_SNOW)
    request.plan.environment.add(motion=prediction_pb2.ENVIRONMENT_MOTION_WATER)
    async with calling() as (stub, _):
        generation = (await events(stub, request))[-1].generation

    reasons = {stage.stage: stage.abstained_because for stage in generation.stages}
    assert list(generation.delivered.environment) == ["snow"]
    assert reasons["environment"].startswith("not made: water: the analysis holds no map of regions")


async def test_a_poster_comes_with_the_generation_even_when_the_clip_comes_in_chunks(request_of):
    request = request_of(delivery=generator_pb2.DELIVERY_CHUNKS)
    request.output.poster = True
    async with calling() as (stub, _):
        generation = (await events(stub, request))[-1].generation

    assert generation.artifact.content == b""
    assert generation.poster.content.startswith(b"\xff\xd8")
    assert generation.poster.mime_type == "image/jpeg"
    assert hashlib.sha256(generation.poster.content).hexdigest() == generation.poster.sha256


async def test_a_refused_still_names_the_field_what_was_found_and_what_is_accepted(request_of):
    request = request_of()
    request.image.content = b"no image"
    async with calling() as (stub, _):
        error = await refused(stub, request)

    assert violations(error)[0].field == "image.content"
    assert "found 8 bytes" in violations(error)[0].description
    assert "accepted is a JPEG" in violations(error)[0].description


async def test_a_clip_beyond_the_limit_is_stopped(request_of):
    request = request_of(delivery=generator_pb2.DELIVERY_CHUNKS)
    async with calling(settings={"max_clip_bytes": 4096}) as (stub, _):
        error = await refused(stub, request)

    assert (error.code().name, info(error).reason) == ("FAILED_PRECONDITION", "CLIP_TOO_LARGE")


async def test_a_clip_is_verified(request_of):
    async with calling() as (stub, _):
        request = request_of(movement_pb2.MOVEMENT_PAN_LEFT)
        content = (await events(stub, request))[-1].generation.artifact.content
        plain = await stub.VerifyMotion(generator_pb2.VerifyMotionRequest(content=content))
        drawn = await stub.VerifyMotion(generator_pb2.VerifyMotionRequest(content=content, draw_filmstrip=True))
        asked = await stub.VerifyMotion(
            generator_pb2.VerifyMotionRequest(
                content=content, asked={"movement": movement_pb2.MOVEMENT_PAN_LEFT}, analysis=request.analysis
            )
        )

    assert plain.verdict.outcome in (verdict_pb2.VERDICT_OUTCOME_MEASURED, verdict_pb2.VERDICT_OUTCOME_UNKNOWN)
    assert plain.verdict.filmstrip_png == b""
    assert drawn.verdict.filmstrip_png.startswith(b"\x89PNG")
    assert len(plain.verdict.path) == len(drawn.verdict.path) > 2
    assert asked.verdict.asked == movement_pb2.MOVEMENT_PAN_LEFT
    assert (plain.clip.frames, plain.clip.container, plain.clip.codec) == (12, "mp4", "h264")


@pytest.mark.parametrize(
    ("request_message", "code", "reason"),
    [
        (generator_pb2.VerifyMotionRequest(content=b"no clip"), "INVALID_ARGUMENT", "CLIP_REFUSED"),
        (
            generator_pb2.VerifyMotionRequest(
                content=b"no clip", asked={"movement": movement_pb2.MOVEMENT_PAN_LEFT, "amplitude_unit": 3}
            ),
            "INVALID_ARGUMENT",
            "WRONG_ORDER",
        ),
        (generator_pb2.VerifyMotionRequest(uri="https://example.org/a.mp4"), "UNIMPLEMENTED", "NOT_BUILT"),
        (generator_pb2.VerifyMotionRequest(), "INVALID_ARGUMENT", "INVALID_REQUEST"),
    ],
)
async def test_what_cannot_be_verified_is_refused_with_its_reason(request_message, code, reason):
    async with calling() as (stub, _):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await stub.VerifyMotion(request_message)

    assert (error.value.code().name, info(error.value).reason) == (code, reason)


async def test_keyframes_are_rendered(request_of):
    request = request_of()
    async with calling() as (stub, _):
        frames = await stub.RenderKeyframes(
            generator_pb2.RenderKeyframesRequest(
                image=request.image, plan=request.plan, analysis=request.analysis, output=request.output
            )
        )

    assert frames.first_png.startswith(b"\x89PNG")
    assert frames.last_png.startswith(b"\x89PNG")
    assert frames.delivered_amplitude == 0.15


async def test_an_estimate_is_free_for_the_renderer_and_unknown_for_others(request_of):
    request = request_of()
    request.spending.models.extend(["runway/gen4", "local/renderer"])
    async with calling() as (stub, _):
        found = await stub.EstimateGeneration(generator_pb2.EstimateGenerationRequest(generation=request))

    other, local = found.estimates
    assert (local.cost.amount_micro_usd, local.cost.basis, local.refused_because) == (0, money_pb2.COST_BASIS_FREE, "")
    assert not other.cost.HasField("amount_micro_usd")
    assert "no provider is configured" in other.refused_because
    assert found.upper_bound.basis == money_pb2.COST_BASIS_FREE


async def test_the_only_model_is_the_local_renderer():
    async with calling() as (stub, _):
        (model,) = (await stub.ListModels(generator_pb2.ListModelsRequest(include_unavailable=True))).models

    assert (model.name, model.unavailable_because) == ("local/renderer", "")
    assert model.typical_cost.basis == money_pb2.COST_BASIS_FREE


async def test_generations_that_outlive_the_call_say_what_to_use_instead(request_of):
    async with calling() as (stub, channel):
        operations = operations_pb2_grpc.OperationsStub(channel)
        calls = [
            stub.CreateGeneration(generator_pb2.CreateGenerationRequest(generation=request_of())),
            anext(aiter(stub.WatchGeneration(generator_pb2.WatchGenerationRequest(name="operations/a")))),
            operations.GetOperation(operations_pb2.GetOperationRequest(name="operations/a")),
        ]
        for call in calls:
            with pytest.raises(grpc.aio.AioRpcError) as error:
                await call
            assert error.value.code() is grpc.StatusCode.UNIMPLEMENTED
            assert "call Generate" in error.value.details()
            assert details(error.value) is not None


def test_every_rpc_of_the_operations_service_has_an_answer():
    methods = {method.name for method in operations_pb2.DESCRIPTOR.services_by_name["Operations"].methods}

    assert set(METHODS) == methods


def test_every_error_of_core_and_of_films_stills_has_an_answer():
    """The table is complete: every class leads to a row, by itself or by its base."""
    own = [
        kind
        for _, kind in inspect.getmembers(core_errors, inspect.isclass)
        if issubclass(kind, core_errors.GeneratorError) and kind is not core_errors.GeneratorError
    ]

    assert len(own) >= 7
    for kind in (*own, Cancelled, StillError):
        assert any(base in ERRORS.classes() for base in kind.__mro__), kind


async def test_one_call_is_one_trace_with_its_steps(request_of, otlp):
    telemetry = Telemetry.start(service="animatize-generator", settings=Settings(otlp_endpoint=otlp.endpoint))
    async with calling(telemetry=telemetry) as (stub, _):
        received = await events(stub, request_of())
        await telemetry.shutdown()
        spans = await otlp.wait_for(5)

    served = next(span for span in spans if span.kind == "SERVER")
    steps = [span for span in spans if span.parent_id == served.span_id]
    assert {span.trace_id for span in spans} == {served.trace_id} == {received[0].progress.trace_id}
    assert [span.name for span in sorted(steps, key=lambda span: span.start_ns)] == [
        "generate decode",
        "generate plan",
        "generate render",
        "generate motion_check",
    ]
