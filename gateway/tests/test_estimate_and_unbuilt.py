"""What an animation would cost; and what is promised and not there yet."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.longrunning import operations_pb2, operations_pb2_grpc

from animatize.expander.v1 import expander_pb2
from animatize.gateway.v1 import animation_pb2, gateway_pb2, spending_pb2
from animatize.generator.v1 import generator_pb2
from animatize.type.v1 import image_pb2, money_pb2
from chassis.errors import info

from .fakes import an_abstention, failing
from .mesh import an_image, everything, meshed
from .test_failures import REFUSED

FREE = money_pb2.Cost(amount_micro_usd=0, basis=money_pb2.COST_BASIS_FREE)


def estimated(amount: int) -> money_pb2.Cost:
    return money_pb2.Cost(amount_micro_usd=amount, basis=money_pb2.COST_BASIS_ESTIMATED)


def ask(**options: Any) -> gateway_pb2.EstimateAnimationRequest:
    return gateway_pb2.EstimateAnimationRequest(
        image=an_image(), options=animation_pb2.AnimationOptions(**options) if options else None
    )


def limit(amount: int) -> generator_pb2.SpendingRules:
    return generator_pb2.SpendingRules(max_cost_micro_usd=amount)


async def test_an_estimate_runs_the_free_stages_and_makes_nothing() -> None:
    async with meshed() as mesh:
        answer = await mesh.gateway.EstimateAnimation(ask())

    (priced,) = mesh.generator.seen.requests
    assert isinstance(priced, generator_pb2.EstimateGenerationRequest)
    assert priced.generation.plan == answer.animation.plan
    assert answer.animation.analysis.pipeline_version == "fake-1"
    assert answer.animation.HasField("prediction")
    assert answer.animation.HasField("expansion")
    assert not answer.animation.HasField("generation")
    assert answer.animation.outcome == animation_pb2.ANIMATION_OUTCOME_UNSPECIFIED
    assert [line.model for line in answer.estimate.generation] == ["local/renderer"]
    assert (answer.estimate.expansion, answer.estimate.upper_bound) == (FREE, FREE)


async def test_an_estimate_spends_nothing_whatever_may_be_spent() -> None:
    async with meshed() as mesh:
        await mesh.gateway.EstimateAnimation(ask(spending=limit(900), writer=expander_pb2.WRITER_LANGUAGE_MODEL))

    expanded = mesh.expander.seen.requests[0]
    assert (expanded.writer, expanded.max_cost_micro_usd) == (expander_pb2.WRITER_COMPOSER, 0)


@pytest.mark.parametrize(
    ("options", "told", "words", "most"),
    [
        ({"spending": limit(900), "writer": expander_pb2.WRITER_COMPOSER}, 400, FREE, estimated(400)),
        (
            {"spending": limit(900)},
            400,
            money_pb2.Cost(basis=money_pb2.COST_BASIS_UNKNOWN),
            estimated(900),
        ),
        ({"spending": limit(300), "writer": expander_pb2.WRITER_COMPOSER}, 400, FREE, estimated(300)),
    ],
    ids=["words by the composer", "words at an unknown price", "more than may be spent"],
)
async def test_the_most_that_a_call_can_cost(
    options: dict[str, Any], told: int, words: money_pb2.Cost, most: money_pb2.Cost
) -> None:
    async with meshed() as mesh:
        mesh.generator.upper_bound = estimated(told)
        estimate = (await mesh.gateway.EstimateAnimation(ask(**options))).estimate

    assert estimate.expansion == words
    assert estimate.upper_bound == most


async def test_a_price_that_the_generator_does_not_know_is_absent() -> None:
    async with meshed() as mesh:
        mesh.generator.upper_bound = money_pb2.Cost(basis=money_pb2.COST_BASIS_UNKNOWN)
        estimate = (await mesh.gateway.EstimateAnimation(ask())).estimate

    assert not estimate.upper_bound.HasField("amount_micro_usd")
    assert estimate.upper_bound.basis == money_pb2.COST_BASIS_UNKNOWN


async def test_a_still_of_which_no_clip_would_be_made_costs_nothing() -> None:
    async with meshed() as mesh:
        mesh.predictor.prediction = an_abstention()
        answer = await mesh.gateway.EstimateAnimation(ask(on_abstention=animation_pb2.ABSTENTION_POLICY_NO_CLIP))

    assert answer.animation.outcome == animation_pb2.ANIMATION_OUTCOME_ABSTAINED
    assert answer.estimate.upper_bound == FREE
    assert not answer.estimate.generation


async def test_an_estimate_that_fails_names_the_stage() -> None:
    async with meshed() as mesh:
        mesh.predictor.play = failing(REFUSED)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await mesh.gateway.EstimateAnimation(ask())

    found = info(caught.value)
    assert found is not None
    assert (found.reason, found.metadata["stage"]) == ("IMAGE_TRUNCATED", "predict")


@pytest.mark.parametrize(
    ("method", "request_", "hint"),
    [
        (
            "CreateAnimation",
            gateway_pb2.CreateAnimationRequest(animation=gateway_pb2.AnimateImageRequest(image=an_image())),
            "AnimateImage",
        ),
        ("WatchAnimation", gateway_pb2.WatchAnimationRequest(name="operations/x"), "AnimateImage"),
        ("GetSpending", spending_pb2.GetSpendingRequest(), "Animation.cost"),
        ("ListBudgets", spending_pb2.ListBudgetsRequest(), "Animation.cost"),
    ],
)
async def test_what_is_promised_and_not_there_says_what_to_use_instead(method: str, request_: Any, hint: str) -> None:
    async with meshed() as mesh:
        call = getattr(mesh.gateway, method)(request_)
        if method.startswith("Watch"):
            _, error = await everything(call)
        else:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call
            error = caught.value

    assert error is not None
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED
    assert hint in (error.details() or "")


async def test_operations_say_what_to_use_instead() -> None:
    async with meshed() as mesh:
        stub: Any = operations_pb2_grpc.OperationsStub(mesh.channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetOperation(operations_pb2.GetOperationRequest(name="operations/x"))

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert "AnimateImage" in (caught.value.details() or "")


async def test_a_still_by_its_handle_is_refused_with_what_to_give_instead() -> None:
    async with meshed() as mesh:
        request = gateway_pb2.AnimateImageRequest(image=image_pb2.Image(handle="kept"))
        events, error = await everything(mesh.gateway.AnimateImage(request))

    assert not events
    assert error is not None
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED
    assert "image.content" in (error.details() or "")
