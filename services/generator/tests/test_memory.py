"""What work may take is told beforehand, and no more of it is in hand at once than there is memory for."""

import asyncio
import threading
from contextlib import asynccontextmanager

import grpc
import pytest

from animatize.generator.v1 import generator_pb2, generator_pb2_grpc
from chassis.errors import info, violations
from chassis.settings import load
from chassis.telemetry import Telemetry
from chassis.testing.servers import PATIENCE_S, channel_to, until
from film.movement import Movement
from film.stills import Limits
from generator.adapters.encoder import AvEncoder
from generator.bootstrap import running
from generator.core.memory import COPIES_CHUNKS, COPIES_INLINE, verification_bytes
from generator.core.order import Aspect, CameraMove, ClipFormat, Plan
from generator.core.render.scenery import canvas_px, prepare
from generator.settings import PREFIX, Settings

MIB = 1 << 20
INLINE = 20 * MIB
SERVICE = "animatize.generator.v1.GeneratorService"


def needed(studio, *, most_bytes=INLINE, copies=COPIES_INLINE, movement=Movement.DOLLY_IN, **output) -> int:
    order = studio.order(movement, output=studio.output(**output))
    return studio.generator.memory(order, most_bytes=most_bytes, copies=copies)


def test_more_pixels_take_more_memory(studio):
    sizes = [
        needed(studio, short_side_px=lines, duration_s=4.0, aspect=Aspect.WIDE) for lines in (480, 720, 1080, 2160)
    ]

    assert sizes == sorted(sizes)
    assert sizes[-1] > 4 * sizes[1]


@pytest.mark.parametrize("form", list(ClipFormat))
def test_every_clip_that_can_be_asked_for_inline_fits_the_default(studio, form):
    rates = {"fps": 50 if form is ClipFormat.GIF else 60}
    largest = needed(studio, format=form, duration_s=30.0, size_px=(3840, 2160), movement=Movement.ZOOM_IN, **rates)

    assert largest <= Settings().max_work_mib * MIB


@pytest.mark.parametrize("form", list(ClipFormat))
def test_ten_seconds_of_the_largest_frames_fit_the_default_in_chunks(studio, form):
    rates = {"fps": 25 if form is ClipFormat.GIF else 24}
    largest = needed(
        studio,
        most_bytes=Settings().max_clip_bytes,
        copies=COPIES_CHUNKS,
        format=form,
        duration_s=10.0,
        size_px=(3840, 2160),
        **rates,
    )

    assert largest <= Settings().max_work_mib * MIB


def test_two_ordinary_clips_fit_together(studio):
    one = needed(studio, short_side_px=1080, duration_s=4.0, aspect=Aspect.WIDE)

    assert 2 * one <= Settings().max_work_mib * MIB


def test_a_clip_in_chunks_counts_the_file_that_it_may_grow_to(studio):
    short = needed(studio, copies=COPIES_CHUNKS, most_bytes=256 * MIB, format=ClipFormat.FRAMES, duration_s=1.0)
    long = needed(studio, copies=COPIES_CHUNKS, most_bytes=256 * MIB, format=ClipFormat.FRAMES, duration_s=30.0)

    assert long - short > 2 * 100 * MIB


@pytest.mark.parametrize("size", [(960, 640), (640, 960), (1200, 400), (300, 1200), (500, 500)])
@pytest.mark.parametrize("aspect", [Aspect.WIDE, Aspect.TALL, Aspect.SQUARE])
def test_a_canvas_has_no_more_pixels_than_was_told(studio, size, aspect):
    profile = studio.profile(size=size, aspect=aspect)
    plan = Plan(camera=CameraMove(movement=Movement.DOLLY_IN))
    content = studio.jpeg(studio.texture(*size))

    scenery = prepare(content, still_px=size, scene=studio.scene, plan=plan, profile=profile, limits=Limits())

    # The sides are rounded to even pixels.
    assert scenery.canvas.y.size <= canvas_px(size, plan, profile) * 1.02


def test_a_huge_still_gives_no_larger_canvas_than_memory_is_worth(studio):
    profile = studio.profile(size=(8600, 5800), size_px=(3840, 2160))
    plan = Plan(camera=CameraMove(movement=Movement.DOLLY_IN))

    assert canvas_px((8600, 5800), plan, profile) <= 24_100_000


def test_a_clip_is_measured_in_the_memory_of_its_own_size(studio):
    generator = studio.generator
    small = generator.verification_memory(clip(studio))

    assert small < verification_bytes((3840, 2160)) / 4
    assert generator.verification_memory(b"no clip at all") == verification_bytes((3840, 2160))


def clip(studio) -> bytes:
    order = studio.order(Movement.PAN_LEFT)
    return studio.generator.generate(
        order, watch=studio.onlooker(), write=lambda _: None, most_bytes=INLINE
    ).artifact.content


class Counting(AvEncoder):
    """Counts how many clips are being encoded, and holds each until it may go on."""

    def __init__(self) -> None:
        self.now = self.most = self.done = 0
        self.lock = threading.Lock()
        self.go = threading.Event()

    def encode(self, frames, settings, *, write, cancelled, spare=None):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            while not self.go.wait(0.01) and not cancelled():
                pass
            super().encode(frames, settings, write=write, cancelled=cancelled, spare=spare)
            self.done += 1
        finally:
            with self.lock:
                self.now -= 1


@asynccontextmanager
async def calling(encoder, **changes):
    settings = {"port": 0, "drain_pause_s": 0.0, "grace_s": 0.0, "workers": 4, "max_running": 8, **changes}
    async with (
        running(Settings(**settings), telemetry=Telemetry.off(), encoder=encoder) as server,
        channel_to(server, service=SERVICE, default_timeout_s=PATIENCE_S) as channel,
    ):
        yield generator_pb2_grpc.GeneratorServiceStub(channel)


@pytest.fixture
def request_of(studio):
    def make(lines: int = 360) -> generator_pb2.GenerateRequest:
        request = generator_pb2.GenerateRequest(image={"content": studio.photo}, plan={"camera": {"movement": 9}})
        request.output.short_side_px = lines
        request.output.duration.FromMilliseconds(500)
        return request

    return make


async def events(stub, request, **call) -> list:
    return [event async for event in stub.Generate(request, **call)]


async def test_many_calls_at_once_never_work_on_more_than_fits(request_of):
    encoder = Counting()

    async with calling(encoder, max_work_mib=80) as stub:
        calls = [asyncio.create_task(events(stub, request_of())) for _ in range(6)]
        await until(lambda: encoder.now > 0)
        await asyncio.sleep(0.3)
        encoder.go.set()
        made = await asyncio.gather(*calls)

    assert encoder.done == 6
    assert 1 <= encoder.most <= 2
    assert all(received[-1].HasField("generation") for received in made)


async def test_a_cancelled_call_gives_its_memory_to_the_next(request_of):
    encoder = Counting()

    async with calling(encoder, max_work_mib=64) as stub:
        first = asyncio.create_task(events(stub, request_of(480)))
        await until(lambda: encoder.now == 1)
        second = asyncio.create_task(events(stub, request_of(480)))
        await asyncio.sleep(0.2)
        assert encoder.now == 1
        first.cancel()
        await until(lambda: encoder.most == 1 and encoder.now == 1 and first.done())
        encoder.go.set()
        received = await asyncio.wait_for(second, PATIENCE_S)

    assert received[-1].HasField("generation")
    assert encoder.most == 1


async def test_a_failed_call_gives_its_memory_to_the_next(request_of):
    class Failing(AvEncoder):
        def encode(self, frames, settings, *, write, cancelled, spare=None):
            raise ArithmeticError

    async with calling(Failing(), max_work_mib=64) as stub:
        for _ in range(4):
            with pytest.raises(grpc.aio.AioRpcError) as failed:
                await asyncio.wait_for(events(stub, request_of(480)), PATIENCE_S)
            assert failed.value.code() is grpc.StatusCode.INTERNAL


async def test_a_clip_that_could_never_fit_is_refused_with_what_would(request_of):
    async with calling(AvEncoder(), max_work_mib=64) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await events(stub, request_of(1440))

    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert info(refused.value).reason == "WRONG_ORDER"
    [violation] = violations(refused.value)
    assert violation.field == "output"
    assert "64 MiB" in violation.description
    assert "fewer pixels" in violation.description


async def test_who_cannot_get_memory_in_time_is_told_so_while_there_is_time(request_of):
    encoder = Counting()

    async with calling(encoder, max_work_mib=64, least_call_s=3.0) as stub:
        first = asyncio.create_task(events(stub, request_of(480)))
        await until(lambda: encoder.now == 1)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await events(stub, request_of(480), timeout=6)
        encoder.go.set()
        await first

    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert info(refused.value).reason == "MEMORY_BUSY"


async def test_keyframes_and_verification_take_their_share_too(request_of, studio):
    content = clip(studio)
    encoder = Counting()
    all_of_it = studio.generator.verification_memory(content) // MIB + 1

    async with calling(encoder, max_work_mib=all_of_it) as stub:
        first = asyncio.create_task(events(stub, request_of(480)))
        await until(lambda: encoder.now == 1)
        order = request_of(480)
        keyframes = asyncio.ensure_future(
            stub.RenderKeyframes(
                generator_pb2.RenderKeyframesRequest(image=order.image, plan=order.plan, output=order.output)
            )
        )
        verified = asyncio.ensure_future(stub.VerifyMotion(generator_pb2.VerifyMotionRequest(content=content)))
        await asyncio.sleep(0.3)
        assert not keyframes.done()
        assert not verified.done()
        encoder.go.set()
        await asyncio.gather(first, keyframes, verified)


def test_the_memory_is_a_setting_with_a_floor():
    assert load(Settings, prefix=PREFIX, environ={f"{PREFIX}MAX_WORK_MIB": "512"}).max_work_mib == 512
    with pytest.raises(Exception, match="64"):
        load(Settings, prefix=PREFIX, environ={f"{PREFIX}MAX_WORK_MIB": "1"})
