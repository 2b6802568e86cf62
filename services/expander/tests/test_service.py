"""The service through a real server and a real channel."""

import grpc
import pytest

from animatize.expander.v1 import expander_pb2, expander_pb2_grpc
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import money_pb2, stage_pb2
from chassis.errors import info, violations
from expander import __main__ as door
from expander import bootstrap, settings
from expander.core import errors
from expander.core.composer import TEMPLATE_VERSION
from expander.core.errors import LanguageModelError
from expander.core.ports import Written
from expander.rpc import enums
from expander.rpc.errors import ERRORS
from expander.rpc.servicer import NAME, ExpanderServicer

from . import shots

SETTINGS = settings.Settings(port=0, drain_pause_s=0, grace_s=1)


class Poet:
    """A language model that writes in capitals for 7 micro-USD each."""

    provider = "test"
    model = "poet-1"

    def __init__(self, *, fails=False, short=False):
        self.fails = fails
        self.short = short
        self.calls = 0

    def ceiling_micro_usd(self, drafts):
        return 10 * len(drafts)

    async def rewrite(self, drafts):
        self.calls += 1
        if self.fails:
            raise LanguageModelError("the poet sleeps")
        texts = tuple(draft.text.upper() for draft in drafts)
        return Written(texts[1:] if self.short else texts, 7 * len(drafts))


@pytest.fixture
def serving():
    """Starts a server around a language model, or none, and gives a stub to it."""
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def start(model=None, own=SETTINGS):
        async with (
            bootstrap.running(own, language_model=model) as server,
            grpc.aio.insecure_channel(server.address) as channel,
        ):
            yield expander_pb2_grpc.ExpanderServiceStub(channel)

    return start


@pytest.fixture
async def stub(serving):
    async with serving() as found:
        yield found


async def refused(call) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


async def test_a_prediction_is_said_in_every_dialect_asked_for_in_that_order(stub):
    answer = await stub.ExpandPrompt(shots.expand("RUNWAY", "GEMINI", "FLUX"))

    prompts = answer.expansion.prompts
    assert [enums.DIALECT.name(item.dialect) for item in prompts] == ["runway", "gemini", "flux"]
    assert "pushes in" in prompts[0].text
    assert not any(item.findings for item in prompts)


async def test_without_dialects_the_generic_one_is_written(stub):
    answer = await stub.ExpandPrompt(shots.expand(user="quiet morning"))

    prompt = answer.expansion.prompts[0]
    assert prompt.dialect == expander_pb2.DIALECT_GENERIC
    assert prompt.text.startswith("quiet morning. The camera")
    assert prompt.parts.camera.startswith("The camera slowly pushes in")


async def test_the_composer_is_free_and_says_so(stub):
    answer = (await stub.ExpandPrompt(shots.expand())).expansion

    assert answer.cost.basis == money_pb2.COST_BASIS_FREE
    assert answer.cost.HasField("amount_micro_usd")
    assert answer.cost.amount_micro_usd == 0
    assert answer.written_by == expander_pb2.WRITER_COMPOSER
    assert (answer.template_version, answer.fallback_because) == (TEMPLATE_VERSION, "")


async def test_the_same_content_is_answered_from_memory(stub):
    request = shots.expand("RUNWAY", request_id="one")

    first = (await stub.ExpandPrompt(request)).expansion
    again = (await stub.ExpandPrompt(request)).expansion

    assert (first.source, again.source) == (
        stage_pb2.RESULT_SOURCE_MADE,
        stage_pb2.RESULT_SOURCE_MEMORY_CACHE,
    )
    assert first.prompts == again.prompts


async def test_different_words_of_the_caller_are_different_content(stub):
    await stub.ExpandPrompt(shots.expand(user="one"))

    other = (await stub.ExpandPrompt(shots.expand(user="two"))).expansion

    assert other.source == stage_pb2.RESULT_SOURCE_MADE
    assert "two" in other.prompts[0].text


async def test_a_prediction_that_abstains_is_refused_with_its_reason(stub):
    request = shots.expand()
    request.prediction.ClearField("best")
    request.prediction.abstention.CopyFrom(prediction_pb2.Abstention(explanation="the still tells too little"))

    error = await refused(stub.ExpandPrompt(request))

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "the still tells too little" in error.details()
    assert violations(error)[0].field == "prediction.best"


async def test_a_language_model_that_is_not_configured_is_refused_with_the_remedy(stub):
    error = await refused(stub.ExpandPrompt(shots.expand(writer=expander_pb2.WRITER_LANGUAGE_MODEL)))

    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert info(error).reason == "NO_LANGUAGE_MODEL"
    assert "WRITER_COMPOSER" in info(error).metadata["remedy"]


async def test_a_language_model_writes_where_one_is_configured(serving):
    async with serving(Poet()) as stub:
        answer = (await stub.ExpandPrompt(shots.expand("RUNWAY"))).expansion

    assert answer.written_by == expander_pb2.WRITER_LANGUAGE_MODEL
    assert answer.prompts[0].text.startswith("THE CAMERA")
    assert (answer.provider, answer.model) == ("test", "poet-1")
    assert (answer.cost.amount_micro_usd, answer.cost.basis) == (7, money_pb2.COST_BASIS_SETTLED)


async def test_what_a_language_model_wrote_is_paid_for_once(serving):
    poet = Poet()
    async with serving(poet) as stub:
        await stub.ExpandPrompt(shots.expand())
        await stub.ExpandPrompt(shots.expand())

    assert poet.calls == 1


async def test_the_composer_writes_when_it_is_asked_for(serving):
    poet = Poet()
    async with serving(poet) as stub:
        answer = (await stub.ExpandPrompt(shots.expand(writer=expander_pb2.WRITER_COMPOSER))).expansion

    assert (poet.calls, answer.fallback_because) == (0, "")


@pytest.mark.parametrize(
    ("poet", "limit", "reason"),
    [
        (Poet(), 5, "may cost 10 micro-USD, allowed are 5"),
        (Poet(), 0, "allowed are 0"),
        (Poet(fails=True), 100, "the poet sleeps"),
        (Poet(short=True), 100, "wrote 0 of 1 prompts"),
    ],
)
async def test_auto_falls_back_to_the_composer_and_says_why(serving, poet, limit, reason):
    async with serving(poet) as stub:
        answer = (await stub.ExpandPrompt(shots.expand(max_cost_micro_usd=limit))).expansion

    assert answer.written_by == expander_pb2.WRITER_COMPOSER
    assert reason in answer.fallback_because
    assert answer.cost.basis == money_pb2.COST_BASIS_FREE


@pytest.mark.parametrize(
    ("poet", "limit", "code", "reason"),
    [
        (Poet(), 5, grpc.StatusCode.FAILED_PRECONDITION, "TOO_DEAR"),
        (Poet(fails=True), 100, grpc.StatusCode.UNAVAILABLE, "LANGUAGE_MODEL_FAILED"),
    ],
)
async def test_a_language_model_that_is_insisted_on_does_not_fall_back(serving, poet, limit, code, reason):
    request = shots.expand(writer=expander_pb2.WRITER_LANGUAGE_MODEL, max_cost_micro_usd=limit)
    async with serving(poet) as stub:
        error = await refused(stub.ExpandPrompt(request))

    assert error.code() is code
    assert info(error).reason == reason
    assert "sleeps" not in error.details()


async def test_a_prompt_is_linted_against_a_dialect(stub):
    text = "The camera pans left, without people, then zooms in over the lake."

    answer = await stub.LintPrompt(expander_pb2.LintPromptRequest(text=text, dialect=expander_pb2.DIALECT_RUNWAY))

    found = {item.rule: item for item in answer.findings}
    assert set(found) == {"negative-words", "two-camera-moves"}
    assert found["negative-words"].severity == expander_pb2.LINT_SEVERITY_ERROR
    assert text[found["negative-words"].start : found["negative-words"].end] == "without"


async def test_a_lint_without_a_dialect_is_refused(stub):
    error = await refused(stub.LintPrompt(expander_pb2.LintPromptRequest(text="x")))

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_without_redis_in_reach_the_composer_answers_from_memory(serving):
    own = settings.Settings(port=0, drain_pause_s=0, grace_s=1, redis_url="redis://127.0.0.1:1/0")
    async with serving(own=own) as stub:
        await stub.ExpandPrompt(shots.expand())
        again = (await stub.ExpandPrompt(shots.expand())).expansion

    assert again.source == stage_pb2.RESULT_SOURCE_MEMORY_CACHE


@pytest.mark.usefixtures("patient_redis")
async def test_a_second_service_finds_the_answer_in_redis(serving, redis_server):
    own = settings.Settings(port=0, drain_pause_s=0, grace_s=1, redis_url=redis_server.url)
    async with serving(own=own) as stub:
        await stub.ExpandPrompt(shots.expand())
    async with serving(own=own) as stub:
        again = (await stub.ExpandPrompt(shots.expand())).expansion

    assert again.source == stage_pb2.RESULT_SOURCE_SHARED_CACHE


def test_every_error_of_a_call_has_an_answer():
    def family(kind):
        return {kind}.union(*(family(child) for child in kind.__subclasses__()))

    assert ERRORS.classes() == (family(errors.ExpanderError) - {errors.ExpanderError}) | {LanguageModelError}


def test_every_call_of_the_contract_has_a_handler():
    for method in expander_pb2.DESCRIPTOR.services_by_name["ExpanderService"].methods:
        assert method.name in vars(ExpanderServicer)
    assert NAME == "animatize.expander.v1.ExpanderService"


@pytest.mark.parametrize(
    ("names", "core"),
    [
        (enums.WRITER, ("auto", "composer", "language_model")),
        (enums.SEVERITY, ("error", "warning")),
    ],
)
def test_core_knows_exactly_the_names_of_the_contract(names, core):
    assert names.names() == core
    assert all(names.name(names.number(name)) == name for name in ("", *core))


def test_the_front_door_refuses_a_misspelt_setting(monkeypatch, capsys):
    monkeypatch.setenv("ANIMATIZE_EXPANDER_PROT", "1")

    assert door.main() == 2
    assert "ANIMATIZE_EXPANDER_PORT" in capsys.readouterr().err


async def test_a_shot_without_a_camera_is_refused(stub):
    request = shots.expand("GENERIC")
    request.prediction.best.ClearField("camera")

    error = await refused(stub.ExpandPrompt(request))

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "best.camera" in error.details()


async def test_a_prompt_with_very_much_to_find_fault_with_keeps_the_contract(stub):
    answer = await stub.ExpandPrompt(shots.expand("RUNWAY", user="no " * 300))

    assert len(answer.expansion.prompts[0].findings) == 64
