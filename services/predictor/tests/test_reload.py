"""Rules that change while the service runs: good ones replace the old between calls, broken ones are refused."""

import asyncio
import json
import logging
import shutil
from urllib.request import urlopen

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from animatize.type.v1 import movement_pb2
from chassis.settings import SettingsError
from chassis.telemetry import Telemetry, names
from film.movement import Family
from predictor import bootstrap, settings
from predictor.adapters import rule_files
from predictor.adapters.changing_files import ChangingFiles, Source

from . import scenes

RULE = """
pack: mine
rules:
  - id: rule_900
    name: Mine
    kind: propose
    movements: [{movement}]
    requires: ["information >= 0.3"]
    evidence:
      - {{expression: "information", weight: 3.0}}
    reason: "It tells {{information}}"
    citation: "mine"
"""


def write(folder, movement="tilt_up"):
    """A folder whose one rule always proposes one movement."""
    folder.mkdir(exist_ok=True)
    shutil.copy(rule_files.SHIPPED / "policy.yaml", folder)
    (folder / "mine.yaml").write_text(RULE.format(movement=movement))
    return folder


def own(folder, **more):
    return settings.Settings(
        port=0, drain_pause_s=0, grace_s=1, metrics_port=0, rules_folder=folder, rules_reload_s=0.02, **more
    )


class Service:
    """A running predictor, and what a test asks it."""

    def __init__(self, server, channel, telemetry):
        self.address = server.address
        self.stub = predictor_pb2_grpc.PredictorServiceStub(channel)
        self.health = health_pb2_grpc.HealthStub(channel)
        self.telemetry = telemetry

    async def listed(self):
        return await self.stub.ListRules(predictor_pb2.ListRulesRequest())

    async def movement(self):
        answer = await self.stub.PredictMovement(predictor_pb2.PredictMovementRequest(analysis=scenes.base()))
        return answer.prediction.best.camera.move.movement

    async def until(self, holds):
        """The first list of rules for which this holds."""
        async with asyncio.timeout(50):
            while True:
                found = await self.listed()
                if holds(found):
                    return found
                await asyncio.sleep(0.01)

    async def metrics(self):
        def read():
            with urlopen(f"http://{self.telemetry.metrics_address}/metrics") as page:
                return page.read().decode()

        return await asyncio.to_thread(read)


@pytest.fixture
async def service(tmp_path):
    told = own(write(tmp_path / "rules"))
    telemetry = Telemetry.start(service="animatize-predictor", settings=told)
    try:
        async with (
            bootstrap.running(told, telemetry=telemetry) as server,
            grpc.aio.insecure_channel(server.address) as channel,
        ):
            yield Service(server, channel, telemetry)
    finally:
        await telemetry.shutdown()


async def test_changed_rules_answer_the_next_calls(service, tmp_path, caplog):
    before = await service.listed()
    assert await service.movement() == movement_pb2.MOVEMENT_TILT_UP
    caplog.set_level(logging.INFO)

    write(tmp_path / "rules", "tilt_down")
    after = await service.until(lambda found: found.rules_version != before.rules_version)

    assert await service.movement() == movement_pb2.MOVEMENT_TILT_DOWN
    assert after.load_time.ToDatetime() > before.load_time.ToDatetime()
    assert after.refused_change == ""
    assert names.EVENT_RULES_LOADED in [getattr(line, names.EVENT_NAME, "") for line in caplog.records]
    assert 'animatize_rules_reloads_total{outcome="loaded"} 1.0' in await service.metrics()


async def test_a_broken_change_is_refused_with_file_and_line_and_the_old_rules_stay(service, tmp_path, caplog):
    before = await service.listed()
    path = tmp_path / "rules" / "mine.yaml"

    path.write_text(RULE.format(movement="tilt_down").replace("information >= 0.3", "informtion >= 0.3"))
    after = await service.until(lambda found: found.refused_change)

    assert after.refused_change.startswith("mine.yaml:8: ")
    assert "informtion" in after.refused_change
    assert (after.rules_version, after.load_time) == (before.rules_version, before.load_time)
    assert await service.movement() == movement_pb2.MOVEMENT_TILT_UP
    ready = await service.health.Check(health_pb2.HealthCheckRequest())
    assert ready.status == health_pb2.HealthCheckResponse.SERVING
    lines = [line for line in caplog.records if getattr(line, names.EVENT_NAME, "") == names.EVENT_RULES_REFUSED]
    assert len(lines) == 1
    assert "mine.yaml:8" in lines[0].getMessage()
    assert 'animatize_rules_reloads_total{outcome="refused"} 1.0' in await service.metrics()


async def test_mended_rules_end_the_refusal(service, tmp_path):
    path = tmp_path / "rules" / "mine.yaml"
    path.write_text("rules: [")
    await service.until(lambda found: found.refused_change)

    write(tmp_path / "rules", "tilt_down")
    await service.until(lambda found: not found.refused_change)

    assert await service.movement() == movement_pb2.MOVEMENT_TILT_DOWN


async def test_a_folder_that_vanishes_is_refused(service, tmp_path):
    shutil.rmtree(tmp_path / "rules")

    found = await service.until(lambda found: found.refused_change)

    assert "needs policy.yaml" in found.refused_change
    assert await service.movement() == movement_pb2.MOVEMENT_TILT_UP


async def test_an_exchanged_link_is_a_change_as_a_mounted_config_map_makes_it(tmp_path):
    for version, movement in (("..one", "tilt_up"), ("..two", "tilt_down")):
        write(tmp_path / version, movement)
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    (mounted / "..data").symlink_to("../..one")
    for name in ("mine.yaml", "policy.yaml"):
        (mounted / name).symlink_to(f"..data/{name}")
    async with (
        bootstrap.running(own(mounted)) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        service = Service(server, channel, None)
        before = await service.listed()

        (mounted / "..next").symlink_to("../..two")
        (mounted / "..next").rename(mounted / "..data")
        await service.until(lambda found: found.rules_version != before.rules_version)

        assert await service.movement() == movement_pb2.MOVEMENT_TILT_DOWN


async def test_calls_that_run_meanwhile_all_get_one_set_of_rules_or_the_other(service, tmp_path):
    before = await service.listed()
    request = predictor_pb2.PredictMovementRequest(analysis=scenes.base())
    pairs = set()

    async def call():
        found = (await service.stub.PredictMovement(request)).prediction
        pairs.add((found.rules_version, found.best.camera.move.movement))

    write(tmp_path / "rules", "tilt_down")
    while (await service.listed()).rules_version == before.rules_version:
        await asyncio.gather(*(call() for _ in range(4)))
    await call()

    assert {movement for _, movement in pairs} <= {movement_pb2.MOVEMENT_TILT_UP, movement_pb2.MOVEMENT_TILT_DOWN}
    assert len(pairs) == len({version for version, _ in pairs})


class Files:
    """Content that a test changes between the looks at it; `during` happens while it is loaded."""

    def __init__(self):
        self.content = "a"
        self.touched = 0
        self.during = lambda: None
        self.loads = 0
        self.took = []
        self.refused = []
        source = Source(
            stamp=lambda: (self.content, self.touched),
            digest=lambda: self.content,
            load=self.load,
            refusals=(ValueError,),
        )
        self.changing = ChangingFiles(source, took=self.took.append, refused=self.refused.append)

    def load(self):
        self.loads += 1
        content = self.content
        self.during()
        if content == "broken":
            raise ValueError("line 3")
        if content == "odd":
            raise KeyError("x")
        return content


async def test_files_that_only_look_changed_are_not_loaded():
    files = Files()
    files.touched = 1

    await files.changing.look()

    assert (files.loads, files.took, files.refused) == (0, [], [])


async def test_a_refusal_is_told_once():
    files = Files()
    files.content = "broken"

    await files.changing.look()
    await files.changing.look()

    assert files.refused == ["line 3"]
    files.content = "a"
    await files.changing.look()
    assert files.took == ["a"]


async def test_what_no_one_foresaw_is_a_refusal_too():
    files = Files()
    files.content = "odd"

    await files.changing.look()

    assert files.refused == ["the files cannot be read: KeyError"]


async def test_files_that_change_while_they_are_read_are_read_again():
    files = Files()
    files.content = "b"
    files.during = lambda: setattr(files, "content", "c")

    await files.changing.look()
    assert files.took == []
    await files.changing.look()

    assert files.took == ["c"]


async def test_files_may_be_left_alone(tmp_path):
    told = own(write(tmp_path / "rules")).model_copy(update={"rules_reload_s": 0})
    running = len(asyncio.all_tasks())
    async with bootstrap.built(told):
        assert len(asyncio.all_tasks()) == running
    async with bootstrap.built(own(tmp_path / "rules")):
        assert len(asyncio.all_tasks()) == running + 1
    assert len(asyncio.all_tasks()) == running


def calibration(version, **changes):
    curve = {"slope": 0.8, "intercept": -0.4, "covariance": [0.01, -0.002, 0.02]}
    plain = {
        "id": "camera-test", "rules_version": version, "pipeline_version": "", "floor": 0.4, "set_threshold": 0.3,
        "families": {family.value: curve for family in Family}, "coverage": 0.9, "n": 100, "groups": 40,
        "data_digest": "", "method": "made by hand",
    }  # fmt: skip
    return json.dumps(plain | changes)


async def test_a_calibration_of_own_rules_is_told_and_ends_with_them(tmp_path, caplog):
    folder = write(tmp_path / "rules")
    path = tmp_path / "camera.json"
    path.write_text(calibration(rule_files.load(folder).version))
    async with (
        bootstrap.running(own(folder, calibration_file=path)) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        service = Service(server, channel, None)
        assert (await service.listed()).calibration_id == "camera-test"

        write(folder, "tilt_down")
        await service.until(lambda found: found.calibration_id == "")

    lines = [line for line in caplog.records if getattr(line, names.EVENT_NAME, "") == names.EVENT_CALIBRATION_UNUSED]
    assert len(lines) == 1
    assert "camera-test" in lines[0].getMessage()


async def test_a_calibration_that_cannot_be_used_stops_the_start(tmp_path):
    path = tmp_path / "camera.json"
    path.write_text(calibration("rules-x", floor=7))

    with pytest.raises(SettingsError, match=r"camera\.json: floor"):
        async with bootstrap.built(own(write(tmp_path / "rules"), calibration_file=path)):
            pass


async def test_a_rule_is_listed_with_all_that_it_says(tmp_path):
    async with (
        bootstrap.running(settings.Settings(port=0, drain_pause_s=0, grace_s=1)) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        found = await Service(server, channel, None).listed()

    rules = {rule.id: rule for rule in found.rules}
    assert rules["rule_005"].phrases["camera"] == "towards the subject"
    assert rules["rule_005"].parameters.anchor == "subject"
    assert rules["rule_005"].parameters.intensity
    assert any(rule.wishes for rule in found.rules)
    assert any(not rule.HasField("parameters") for rule in found.rules)
