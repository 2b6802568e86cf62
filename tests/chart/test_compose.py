"""compose.yaml agrees with the services: their settings, ports and images; and it grants nothing that is not needed."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.settings import SettingsError, load
from observability.contract import SERVICES
from observability.files import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
PARTS: dict[str, dict[str, Any]] = COMPOSE["services"]
WATCHERS = sorted(set(PARTS) - set(SERVICES))
FOLDER = ROOT / "observability" / "compose"
PROMETHEUS: dict[str, Any] = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
JEAGER: dict[str, Any] = yaml.safe_load((FOLDER / "jaeger.yaml").read_text())
# What a service is told beside its own settings; the OpenTelemetry SDK reads these.
STANDARD = {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_METRIC_EXPORT_INTERVAL"}


def settings(service: str) -> Any:
    """The settings that a service would read in its container."""
    told = PARTS[service]["environment"]
    module = import_module(f"{service}.settings")
    return load(module.Settings, prefix=module.PREFIX, environ=told)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_takes_the_settings_it_is_given(service: str) -> None:
    own = {name for name in PARTS[service]["environment"] if name not in STANDARD}

    read = settings(service)

    assert all(name.startswith(f"ANIMATIZE_{service.upper()}_") for name in own)
    assert read.metrics_port == 9464
    assert read.otlp_endpoint == "http://jaeger:4317"
    assert {part.split(":")[0] for part in _hosts(read)} <= set(PARTS)


def test_a_setting_that_does_not_exist_is_refused() -> None:
    module = import_module("gateway.settings")
    told = {**PARTS["gateway"]["environment"], "ANIMATIZE_GATEWAY_ANALYSER_TARGET": "dns:///analyzer:50051"}

    with pytest.raises(SettingsError, match="ANIMATIZE_GATEWAY_ANALYZER_TARGET"):
        load(module.Settings, prefix=module.PREFIX, environ=told)


def _hosts(read: Any) -> set[str]:
    """The "host:port" of everything that a service is told to call."""
    found = {read.otlp_endpoint, read.redis_url, *(v for k, v in read.model_dump().items() if k.endswith("_target"))}
    return {re.sub(r"^[a-z]+:///?", "", address).split("/")[0] for address in found if address}


def test_the_gateway_calls_each_service_on_its_port() -> None:
    told = settings("gateway")

    for service in SERVICES:
        if service != "gateway":
            assert getattr(told, f"{service}_target") == f"dns:///{service}:{settings(service).port}"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_built_from_its_own_dockerfile(service: str) -> None:
    part = PARTS[service]
    dockerfile = (ROOT / part["build"]["context"] / part["build"]["dockerfile"]).read_text()

    assert part["image"] == f"animatize-{service}:${{ANIMATIZE_VERSION:-0.1.0}}"
    assert f'ENTRYPOINT ["python", "-m", "{service}"]' in dockerfile
    assert f"EXPOSE {settings(service).port}" in dockerfile
    # Inside a container loopback is nobody's.
    assert f"ANIMATIZE_{service.upper()}_HOST=0.0.0.0" in dockerfile


@pytest.mark.parametrize("service", SERVICES)
def test_health_is_asked_on_the_port_of_the_service(service: str) -> None:
    command = PARTS[service]["healthcheck"]["test"]

    ast.parse(command[3])
    assert command[:3] == ["CMD", "python", "-c"]
    assert command[4] == str(settings(service).port)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_nothing_may_do_more_than_it_needs(name: str) -> None:
    part = PARTS[name]
    user, group = part["user"].split(":")

    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert int(user) >= 999
    assert int(group) >= 999
    assert part["mem_limit"]
    assert part["pids_limit"]
    assert all(mount.startswith("/") and "size=" in mount for mount in part["tmpfs"])
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode", "env_file"} & set(part)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_only_this_machine_reaches_what_is_published(name: str) -> None:
    part = PARTS[name]
    published = part.get("ports", [])

    assert all(re.fullmatch(r"127\.0\.0\.1:(\d+):\1", port) for port in published)
    assert ("outside" in part["networks"]) == bool(published)
    assert "mesh" in part["networks"]
    assert COMPOSE["networks"]["mesh"] == {"internal": True}


def test_published_ports_are_all_different() -> None:
    published = [port for part in PARTS.values() for port in part.get("ports", [])]

    assert len(set(published)) == len(published) == 4


@pytest.mark.parametrize("name", WATCHERS)
def test_images_of_others_have_an_exact_version(name: str) -> None:
    assert re.fullmatch(r"[a-z]+/[a-z]+:v?\d+\.\d+\.\d+(-alpine)?", PARTS[name]["image"])
    assert "build" not in PARTS[name]


def test_the_chart_and_the_compose_file_have_the_same_images() -> None:
    values = yaml.safe_load((ROOT / "helm" / "animatize" / "values.yaml").read_text())
    jaeger = values["jaeger"]["image"]

    assert PARTS["jaeger"]["image"] == f"{jaeger['repository']}:{jaeger['tag']}"


def test_files_that_are_mounted_exist_and_cannot_be_written() -> None:
    mounts = [mount for part in PARTS.values() for mount in part.get("volumes", [])]
    files = [mount for mount in mounts if mount.startswith("./")]

    assert len(files) == 5
    assert all(mount.endswith(":ro") and (ROOT / mount.split(":")[0]).exists() for mount in files)
    assert {mount.split(":")[0] for mount in mounts} - {mount.split(":")[0] for mount in files} == set(
        COMPOSE["volumes"]
    )


def test_prometheus_takes_every_page_and_counts_no_call_twice() -> None:
    jobs = {job["job_name"]: job for job in PROMETHEUS["scrape_configs"]}
    pages = jobs["animatize-processes"]
    targets = {entry["labels"]["service"]: entry["targets"] for entry in pages["static_configs"]}

    assert targets == {service: [f"{service}:{settings(service).metrics_port}"] for service in SERVICES}
    assert [rule["action"] for rule in pages["metric_relabel_configs"]] == ["keep"]
    kept = re.compile(pages["metric_relabel_configs"][0]["regex"])
    assert kept.fullmatch("process_cpu_seconds_total")
    assert kept.fullmatch("target_info")
    assert not kept.fullmatch("rpc_server_call_duration_seconds_count")
    assert jobs["animatize"]["static_configs"][0]["targets"] == [f"jaeger:{_port(JEAGER['exporters']['prometheus'])}"]


def _port(place: dict[str, str]) -> int:
    return int(place["endpoint"].rsplit(":", 1)[1])


def test_jaeger_listens_where_the_others_call() -> None:
    query = JEAGER["extensions"]["jaeger_query"]["http"]
    sources = yaml.safe_load((FOLDER / "grafana" / "datasources" / "datasources.yaml").read_text())["datasources"]
    addresses = {source["uid"]: source["url"] for source in sources}
    trace = next(source for source in sources if source["uid"] == "prometheus")["jsonData"]

    assert _port(JEAGER["receivers"]["otlp"]["protocols"]["grpc"]) == 4317
    assert PARTS["jaeger"]["ports"] == [f"127.0.0.1:{_port(query)}:{_port(query)}"]
    assert addresses == {"prometheus": "http://prometheus:9090", "jaeger": f"http://jaeger:{_port(query)}"}
    assert trace["exemplarTraceIdDestinations"] == [{"name": "trace_id", "datasourceUid": "jaeger"}]
    # Metrics that nobody takes would be an error in every service's log.
    assert set(JEAGER["service"]["pipelines"]) == {"traces", "metrics"}


def test_grafana_finds_its_dashboards_and_rules_are_where_prometheus_looks() -> None:
    provider = yaml.safe_load((FOLDER / "grafana" / "dashboards" / "dashboards.yaml").read_text())["providers"][0]
    mounted = {Path(mount.split(":")[1]).as_posix() for part in PARTS.values() for mount in part.get("volumes", [])}

    assert provider["options"]["path"] in mounted
    assert set(PROMETHEUS["rule_files"]) <= mounted
