"""Many stills in one call: each answered when it is ready, each by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from animatize.gateway.v1 import animation_pb2, gateway_pb2
from animatize.generator.v1 import generator_pb2
from animatize.type.v1 import image_pb2

from .fakes import a_generation, failing, never
from .mesh import Mesh, an_image, everything, meshed
from .test_failures import REFUSED, error_info


def an_item(name: str, *, content: bytes = b"still", **options: Any) -> gateway_pb2.AnimateImagesRequest:
    return gateway_pb2.AnimateImagesRequest(
        id=name,
        image=an_image(content),
        options=animation_pb2.AnimationOptions(**options) if options else None,
    )


async def one_of_many(mesh: Mesh, **options: Any) -> gateway_pb2.AnimateImagesResponse:
    answers, error = await everything(mesh.gateway.AnimateImages(iter([an_item("one", **options)])))
    assert error is None
    (answer,) = answers
    return answer


def fields(status: status_pb2.Status) -> list[str]:
    for detail in status.details:
        found = error_details_pb2.BadRequest()
        if detail.Unpack(found):
            return [violation.field for violation in found.field_violations]
    return []


def slow_for(contents: dict[bytes, float]) -> Any:
    async def play(request: Any, _context: Any) -> None:
        await asyncio.sleep(contents.get(request.image.content, 0))

    return play


async def test_every_still_is_answered_with_its_animation() -> None:
    async with meshed() as mesh:
        items = [an_item(str(number)) for number in range(6)]
        answers, error = await everything(mesh.gateway.AnimateImages(iter(items)))

    assert error is None
    assert sorted(answer.id for answer in answers) == ["0", "1", "2", "3", "4", "5"]
    assert {answer.animation.outcome for answer in answers} == {animation_pb2.ANIMATION_OUTCOME_COMPLETE}
    assert len({answer.animation.request_id for answer in answers}) == 6


async def test_answers_come_when_they_are_ready_and_not_in_the_order_of_asking() -> None:
    async with meshed() as mesh:
        mesh.analyzer.play = slow_for({b"slow": 0.3})
        items = [an_item("slow", content=b"slow"), an_item("quick")]
        answers, _ = await everything(mesh.gateway.AnimateImages(iter(items)))

    assert [answer.id for answer in answers] == ["quick", "slow"]


async def test_no_more_than_so_many_are_worked_on_at_once() -> None:
    async with meshed(batch_at_once=2) as mesh:
        mesh.analyzer.play = slow_for({b"still": 0.05})
        items = [an_item(str(number)) for number in range(6)]
        await everything(mesh.gateway.AnimateImages(iter(items)))

    assert mesh.analyzer.seen.busiest == 2


async def test_one_bad_still_is_answered_with_its_error_and_ends_nothing() -> None:
    async with meshed() as mesh:
        refuse = failing(REFUSED)

        async def play(request: Any, context: Any) -> None:
            if request.image.content == b"bad":
                await refuse(request, context)

        mesh.analyzer.play = play
        items = [an_item("a"), an_item("bad", content=b"bad"), an_item("b")]
        answers, error = await everything(mesh.gateway.AnimateImages(iter(items)))

    assert error is None
    by_id = {answer.id: answer for answer in answers}
    failure = by_id["bad"].failure
    assert failure.error.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert fields(failure.error) == ["image.content"]
    assert failure.stage == animation_pb2.STAGE_ANALYZE
    assert by_id["a"].HasField("animation")
    assert by_id["b"].HasField("animation")


async def test_a_failure_holds_what_was_made_before() -> None:
    async with meshed() as mesh:
        mesh.generator.play = failing(REFUSED)
        failure = (await one_of_many(mesh)).failure

    partial = failure.partial
    assert failure.stage == animation_pb2.STAGE_GENERATE
    assert partial.outcome == animation_pb2.ANIMATION_OUTCOME_PARTIAL
    assert partial.analysis.pipeline_version == "fake-1"
    assert partial.prediction.HasField("best")
    assert partial.expansion.prompts[0].text
    assert partial.HasField("plan")
    assert not partial.HasField("generation")


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (gateway_pb2.AnimateImagesRequest(id="x"), "image"),
        (gateway_pb2.AnimateImagesRequest(id="x", image=image_pb2.Image()), "image.source"),
        (gateway_pb2.AnimateImagesRequest(id="x", image=an_image(), request_id="no spaces"), "request_id"),
        (gateway_pb2.AnimateImagesRequest(image=an_image()), "id"),
        (an_item("x", delivery=generator_pb2.DELIVERY_CHUNKS), "options.delivery"),
        (
            gateway_pb2.AnimateImagesRequest(id="x", image=image_pb2.Image(uri="https://example.com/a.jpg")),
            "image.uri",
        ),
    ],
    ids=["no image", "empty image", "bad name", "no id", "chunks", "address"],
)
async def test_a_still_that_breaks_the_rules_is_refused_by_its_id_and_ends_nothing(
    request_: gateway_pb2.AnimateImagesRequest, field: str
) -> None:
    async with meshed() as mesh:
        answers, error = await everything(mesh.gateway.AnimateImages(iter([request_, an_item("good")])))

    assert error is None
    by_id = {answer.id: answer for answer in answers}
    failure = by_id[request_.id].failure
    assert failure.error.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert fields(failure.error) == [field]
    assert not failure.HasField("partial")
    assert by_id["good"].HasField("animation")


async def test_an_id_that_came_before_is_refused() -> None:
    async with meshed(batch_at_once=1) as mesh:
        answers, error = await everything(mesh.gateway.AnimateImages(iter([an_item("a"), an_item("a"), an_item("b")])))

    assert error is None
    assert [(answer.id, answer.WhichOneof("outcome")) for answer in answers] == [
        ("a", "animation"),
        ("a", "failure"),
        ("b", "animation"),
    ]
    assert fields(answers[1].failure.error) == ["id"]


async def test_an_answer_that_no_message_can_hold_is_a_failure_and_ends_nothing() -> None:
    async with meshed(max_message_bytes=100_000) as mesh:
        mesh.generator.generation = a_generation(content=bytes(99_900))
        failure = (await one_of_many(mesh)).failure

    assert failure.error.code == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]
    assert error_info(failure.error).reason == "ANSWER_TOO_LARGE"
    assert failure.partial.generation.model == "local/renderer"
    assert not failure.partial.generation.artifact.content


async def test_a_reader_who_stops_reading_stops_the_work() -> None:
    """What nobody takes is not made: answers of 1 MB fill the way to a reader who has stopped."""
    async with meshed(batch_at_once=2) as mesh:
        mesh.generator.generation = a_generation(content=bytes(1 << 20))
        asked = 0

        async def items() -> AsyncIterator[gateway_pb2.AnimateImagesRequest]:
            nonlocal asked
            for number in range(200):
                asked = number
                yield an_item(str(number), content=bytes(256 << 10))

        call = mesh.gateway.AnimateImages(items())
        first = await call.read()
        # Work goes on until the way is full; then it stands still for as long as nobody reads.
        made, before = 0, -1
        for _ in range(100):
            before, made = made, len(mesh.generator.seen.requests)
            if made == before:
                break
            await asyncio.sleep(0.3)
        call.cancel()

    assert first.HasField("animation")
    assert made == before
    assert made < 60
    assert asked < 100


async def test_a_stream_of_nothing_is_answered_by_nothing() -> None:
    async with meshed() as mesh:
        answers, error = await everything(mesh.gateway.AnimateImages(iter([])))

    assert answers == []
    assert error is None


async def test_a_still_is_answered_while_others_are_still_to_come() -> None:
    async with meshed() as mesh:
        call = mesh.gateway.AnimateImages()
        await call.write(an_item("first"))
        answer = await asyncio.wait_for(call.read(), 30)
        mesh.analyzer.play = never
        await call.write(an_item("second"))
        call.cancel()

    assert answer.id == "first"
