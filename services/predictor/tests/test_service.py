"""The service through a real server and a real channel."""

import asyncio
from urllib.request import urlopen

import grpc
import protovalidate
import pytest

from animatize.predictor.v1 import prediction_pb2, predictor_pb2, predictor_pb2_grpc, rule_pb2
from animatize.type.v1 import movement_pb2
from chassis.errors import info, violations
from chassis.settings import SettingsError
from chassis.telemetry import Telemetry
from film.movement import Movement
from predictor import __main__ as door
from predictor import bootstrap, settings
from predictor.core import errors
from predictor.core.intent import GENRES, MOODS, PURPOSES
from predictor.core.prediction import Abstention
from predictor.core.vocabulary import REGIONS, SCENES, SUBJECTS
from predictor.rpc import enums
from predictor.rpc.errors import ERRORS
from predictor.rpc.servicer import NAME, PredictorServicer

from . import scenes

CURVES = ("sine", "quad", "cubic", "quart", "quint", "expo", "circ", "back")
WAYS = ("in", "out", "in_out")
EASINGS = (
    *("linear", "smooth", "in", "out", "loop"),
    *(f"{curve}_{way}" for curve in CURVES for way in WAYS),
    "hold",
)


@pytest.fixture
async def stub():
    async with (
        bootstrap.running(settings.Settings(port=0, drain_pause_s=0, grace_s=1)) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        yield predictor_pb2_grpc.PredictorServiceStub(channel)


async def test_a_scene_gets_a_prediction_with_a_shot(stub):
    answer = await stub.PredictMovement(predictor_pb2.PredictMovementRequest(analysis=scenes.corridor()))

    move = answer.prediction.best.camera.move
    assert move.movement == movement_pb2.MOVEMENT_DOLLY_IN
    assert move.amplitude_unit == prediction_pb2.AMPLITUDE_UNIT_GROWTH
    assert answer.prediction.rules_version.startswith("rules-")


def read(url):
    with urlopen(url) as answer:
        return answer.read().decode()


async def test_the_confidence_of_what_was_chosen_is_a_metric_of_its_family():
    told = settings.Settings(port=0, metrics_port=0, drain_pause_s=0, grace_s=1)
    telemetry = Telemetry.start(service="animatize-predictor", settings=told)
    try:
        async with (
            bootstrap.running(told, telemetry=telemetry) as server,
            grpc.aio.insecure_channel(server.address) as channel,
        ):
            predictor = predictor_pb2_grpc.PredictorServiceStub(channel)
            await predictor.PredictMovement(predictor_pb2.PredictMovementRequest(analysis=scenes.corridor()))
            page = await asyncio.to_thread(read, f"http://{telemetry.metrics_address}/metrics")
    finally:
        await telemetry.shutdown()

    assert 'animatize_prediction_confidence_count{movement_family="dolly"} 1.0' in page


async def test_the_same_analysis_gives_the_same_answer(stub):
    request = predictor_pb2.PredictMovementRequest(analysis=scenes.heath())

    one, other = await stub.PredictMovement(request), await stub.PredictMovement(request)

    assert one.SerializeToString(deterministic=True) == other.SerializeToString(deterministic=True)


async def test_an_intent_reaches_the_rules(stub):
    intent = prediction_pb2.Intent(never=[movement_pb2.MOVEMENT_DOLLY_IN], mood=prediction_pb2.MOOD_CALM, energy=0.0)

    answer = await stub.PredictMovement(
        predictor_pb2.PredictMovementRequest(analysis=scenes.corridor(), intent=intent, max_candidates=1)
    )

    assert answer.prediction.abstention.reason == prediction_pb2.ABSTENTION_REASON_REFUSED_BY_INTENT


async def test_a_request_without_an_analysis_is_refused(stub):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.PredictMovement(predictor_pb2.PredictMovementRequest())

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_rules_are_listed_with_both_sides(stub):
    answer = await stub.ListRules(predictor_pb2.ListRulesRequest(pack="subject"))

    rules = {rule.id: rule for rule in answer.rules}
    assert set(rules["rule_003"].movements) == {movement_pb2.MOVEMENT_PAN_LEFT, movement_pb2.MOVEMENT_PAN_RIGHT}
    assert rules["rule_003"].kind == rule_pb2.RULE_KIND_PROPOSE
    assert rules["rule_003"].evidence[0].weight > 0


async def test_a_rule_is_explained_on_an_analysis(stub):
    fired = await stub.ExplainRule(predictor_pb2.ExplainRuleRequest(rule_id="rule_002", analysis=scenes.corridor()))
    failed = await stub.ExplainRule(predictor_pb2.ExplainRuleRequest(rule_id="rule_002", analysis=scenes.tower()))
    alone = await stub.ExplainRule(predictor_pb2.ExplainRuleRequest(rule_id="rule_032"))

    assert fired.outcome.fired
    assert fired.outcome.log_odds > 1
    assert "vanishing_point.quality is 0.00" in failed.outcome.failed_requirement
    assert alone.rule.id == "rule_005"
    assert not alone.HasField("outcome")


async def test_a_lateral_rule_is_explained_for_the_side_on_which_it_speaks(stub):
    scene = scenes.mirror(scenes.heath())

    answer = await stub.ExplainRule(predictor_pb2.ExplainRuleRequest(rule_id="movement_005", analysis=scene))

    assert answer.outcome.fired


async def test_a_figure_of_low_quality_explains_why_a_rule_is_silent(stub):
    scene = scenes.tower()
    scene.composition.upright_extent.quality = 0.05
    request = predictor_pb2.ExplainRuleRequest(rule_id="rule_004", analysis=scene)

    answer = await stub.ExplainRule(request)

    assert "has a quality of 0.05 only" in answer.outcome.failed_requirement


async def test_a_rule_about_a_wish_says_that_nobody_asked(stub):
    answer = await stub.ExplainRule(predictor_pb2.ExplainRuleRequest(rule_id="rule_008", analysis=scenes.heath()))

    assert "does not ask for it" in answer.outcome.failed_requirement


async def test_an_unknown_rule_is_not_found_and_names_the_nearest(stub):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.ExplainRule(predictor_pb2.ExplainRuleRequest(rule_id="rule_00"))

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert info(caught.value).reason == "UNKNOWN_RULE"
    assert violations(caught.value)[0].field == "rule_id"


async def test_an_unknown_pack_is_not_found(stub):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.ListRules(predictor_pb2.ListRulesRequest(pack="nope"))

    assert info(caught.value).reason == "UNKNOWN_PACK"


def test_every_error_of_a_call_has_an_answer():
    def family(kind):
        return {kind}.union(*(family(child) for child in kind.__subclasses__()))

    assert ERRORS.classes() == family(errors.PredictorError) - {errors.PredictorError}


def test_every_call_of_the_contract_has_a_handler():
    for method in predictor_pb2.DESCRIPTOR.services_by_name["PredictorService"].methods:
        assert method.name in vars(PredictorServicer)
    assert NAME == "animatize.predictor.v1.PredictorService"


@pytest.mark.parametrize(
    ("names", "core"),
    [
        (enums.MOVEMENT, tuple(Movement)),
        (enums.MOOD, MOODS),
        (enums.GENRE, GENRES),
        (enums.PURPOSE, PURPOSES),
        (enums.REGION, REGIONS),
        (enums.SCENE, SCENES),
        (enums.SUBJECT, SUBJECTS),
        (enums.EASING, EASINGS),
        (enums.SPEED, ("slow", "regular", "fast")),
        (enums.UNIT, ("radian", "frame_width", "growth", "focus_range")),
        (enums.RULE_KIND, ("propose", "weigh", "shape", "look", "constrain")),
        (enums.ABSTENTION, ("no_information", "no_rule_holds", "weak_evidence", "refused_by_intent")),
    ],
)
def test_core_knows_exactly_the_names_of_the_contract(names, core):
    assert names.names() == core
    assert all(names.name(names.number(name)) == name for name in ("", *core))
    assert names.name(9999) == ""


def test_a_long_text_is_cut_to_what_the_contract_takes():
    from predictor.rpc.prediction import _abstention

    assert len(_abstention(Abstention("weak_evidence", "x" * 3000)).explanation) == 2000


def test_the_front_door_refuses_a_misspelt_setting(monkeypatch, capsys):
    monkeypatch.setenv("ANIMATIZE_PREDICTOR_PROT", "1")

    assert door.main() == 2
    assert "ANIMATIZE_PREDICTOR_PORT" in capsys.readouterr().err


def test_the_front_door_refuses_rules_that_cannot_be_used(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("ANIMATIZE_PREDICTOR_RULES_FOLDER", str(tmp_path))

    assert door.main() == 2
    assert "policy.yaml" in capsys.readouterr().err


def test_settings_say_where_they_come_from():
    with pytest.raises(SettingsError):
        settings.load(settings.Settings, prefix=settings.PREFIX, environ={"ANIMATIZE_PREDICTOR_PORT": "-1"})


@pytest.mark.parametrize("y", [17.0, -16.0, 1e300])
async def test_a_horizon_far_out_of_the_frame_is_refused(stub, y):
    analysis = scenes.heath()
    analysis.horizon.y = y

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.PredictMovement(predictor_pb2.PredictMovementRequest(analysis=analysis))

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "horizon.y" in caught.value.details()


async def test_a_region_at_the_very_border_keeps_the_contract(stub):
    analysis = scenes.heath()
    for region in analysis.regions:
        region.box.left = region.box.width = 1.0

    answer = await stub.PredictMovement(predictor_pb2.PredictMovementRequest(analysis=analysis))

    protovalidate.validate(answer.prediction)
