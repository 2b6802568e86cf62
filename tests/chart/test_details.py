"""What single values do that has more sides than one place."""

from __future__ import annotations

from typing import Any

import pytest

from .kinds import of_kind
from .places import ABSENT, at
from .policies import POLICIES
from .presets import rendered
from .product import SERVICES
from .reading import services
from .renders import PRESETS, notes, render

PEER = {"podSelector": {"matchLabels": {"who": "me"}}}


@pytest.mark.parametrize("mesh", ["istio", "linkerd"])
def test_with_a_mesh_clients_dial_one_address_and_keep_it(mesh: str) -> None:
    objects = rendered(f"mesh-{mesh}")

    assert at(objects, "Settings/gateway", "analyzer_target") == "dns:///animatize-analyzer.animatize.svc:50051"
    assert at(objects, "Settings/gateway", "services_balancing") == "pick_first"
    assert all(service.settings.connection_age_s >= 3600 for service in services(objects))


def test_without_a_mesh_clients_dial_all_pods() -> None:
    target = at(rendered("default"), "Settings/gateway", "analyzer_target")

    assert target == "dns:///animatize-analyzer-headless.animatize.svc:50051"


@pytest.mark.parametrize(
    ("url", "ports"),
    [
        ("redis://redis:6400/1", [6400]),
        ("redis://redis", [6379]),
        ("rediss://[fd00::1]:6401", [6401]),
        ("redis://a:6402,b:6403/0", [6402, 6403]),
    ],
)
def test_a_redis_is_reached_at_the_ports_of_its_address(url: str, ports: list[int]) -> None:
    objects = render(values={"redis": {"mode": "external", "external": {"url": url}}})

    rule = at(objects, "NetworkPolicy/animatize-analyzer", "spec/egress/1")

    assert [port["port"] for port in rule["ports"]] == ports


@pytest.mark.parametrize("release", ["true", "a" * 46 + "-one", "b" * 40 + "-animatize"])
def test_a_release_of_any_name_has_names_that_kubernetes_takes(release: str) -> None:
    objects = render(release=release, values={"global": {"imagePullSecrets": ["123"]}})

    for name in (one["metadata"]["name"] for one in objects):
        assert isinstance(name, str)
        assert len(name) <= 63
    labels = at(objects, next(f"Deployment/{d}" for d in names_of(objects, "Deployment")), "metadata/labels")
    assert all(isinstance(value, str) for value in labels.values())


def test_long_releases_that_begin_alike_have_names_of_their_own() -> None:
    one, other = (names_of(render(release="a" * 45 + end), "Deployment") for end in ("-one", "-other"))

    assert one.isdisjoint(other)


def names_of(objects: list[dict[str, Any]], kind: str) -> set[str]:
    return {str(each["metadata"]["name"]) for each in objects if each["kind"] == kind}


def test_a_release_without_a_section_for_the_gateway_has_no_gateway() -> None:
    found = names_of(render(values={"services": {"gateway": None}}), "Deployment")

    assert found == {f"animatize-{name}" for name in ("analyzer", "predictor", "expander", "generator")}


@pytest.mark.parametrize(("age", "dns", "wait"), [(20, 30, 52), (5, 6, 12), (60, 0, 66), (1, 1, 3)])
def test_an_old_pod_stays_until_every_client_has_found_the_new_one(age: int, dns: int, wait: int) -> None:
    values = {"defaults": {"connectionAgeSeconds": age, "dnsCacheSeconds": dns}}

    objects = render(values=values)

    assert at(objects, "Deployment/animatize-gateway", "spec/minReadySeconds") == wait
    assert at(objects, "Settings/gateway", "connection_age_s") == age


def test_with_a_mesh_an_old_pod_need_not_wait_for_clients() -> None:
    assert at(rendered("mesh-linkerd"), "Deployment/animatize-gateway", "spec/minReadySeconds") == 10


def test_a_rollout_that_may_lose_calls_is_told() -> None:
    said = notes(values={"services": {"expander": {"minReadySeconds": 51}}})

    assert "a rollout of expander may lose calls; set services.expander.minReadySeconds to 52" in said
    assert "may lose calls" not in notes(values={"services": {"expander": {"minReadySeconds": 52}}})


def test_certificates_hold_all_names_by_which_a_service_is_called() -> None:
    names = set(at(rendered("tls-cert-manager"), "Certificate/animatize-analyzer", "spec/dnsNames"))

    for host in ("animatize-analyzer", "animatize-analyzer-headless"):
        ends = ("", ".animatize", ".animatize.svc", ".animatize.svc.cluster.local")
        assert {f"{host}{end}" for end in ends} <= names


def test_a_user_name_stays_text() -> None:
    external = {"url": "redis://redis:6379", "username": "0123", "existingSecret": "keys"}
    values = {"redis": {"mode": "external", "external": external}}

    assert at(render(values=values), "Settings/analyzer", "redis_username") == "0123"


def test_a_redis_secret_without_a_password_mounts_nothing() -> None:
    external = {"url": "redis://redis:6379", "existingSecret": "keys", "passwordKey": ""}

    objects = render(values={"redis": {"mode": "external", "external": external}})

    assert at(objects, "Deployment/animatize-analyzer", "spec/template/spec/volumes/secrets") == ABSENT
    assert at(objects, "Settings/analyzer", "redis_password_file") == ABSENT


def test_a_redis_that_nobody_calls_lets_nobody_in() -> None:
    objects = render(PRESETS["only-predictor"], values={"redis": {"mode": "embedded"}})

    assert at(objects, "NetworkPolicy/animatize-redis", "spec/ingress") == ABSENT


def test_services_that_cache_nothing_are_not_told_of_redis() -> None:
    objects = rendered("redis-external-cluster-tls")

    assert [service.name for service in services(objects) if service.settings.redis_url] == ["analyzer", "expander"]


@pytest.mark.parametrize(("preset", "scheme"), [("ingress-traefik", "h2c"), ("ingress-nginx", ABSENT)])
def test_traefik_is_told_how_the_gateway_is_spoken_to(preset: str, scheme: str) -> None:
    place = "metadata/annotations/traefik.ingress.kubernetes.io~1service.serversscheme"

    assert at(rendered(preset), "Service/animatize-gateway", place) == scheme
    assert at(rendered(preset), "Service/animatize-analyzer", place) == ABSENT


@pytest.mark.parametrize(("tls", "nginx", "traefik"), [(False, "GRPC", "h2c"), (True, "GRPCS", "https")])
def test_an_ingress_speaks_to_the_gateway_as_it_speaks(tls: bool, nginx: str, traefik: str) -> None:
    files = (*PRESETS["tls-secret"],) if tls else ()

    values = {"tls": {"requireClientCertificate": False}}
    by_nginx = render((*files, *PRESETS["ingress-nginx"]), values=values)
    by_traefik = render((*files, *PRESETS["ingress-traefik"]))

    protocol = "metadata/annotations/nginx.ingress.kubernetes.io~1backend-protocol"
    assert at(by_nginx, "Ingress/animatize-gateway", protocol) == nginx
    scheme = "metadata/annotations/traefik.ingress.kubernetes.io~1service.serversscheme"
    assert at(by_traefik, "Service/animatize-gateway", scheme) == traefik


def test_a_route_says_what_the_api_server_would_fill_in() -> None:
    matches = [{"method": {"service": "a.B"}}, {"method": {"service": "c", "type": "RegularExpression"}}, {}]
    values = {"exposure": {"grpcRoute": {"matches": matches}}}

    objects = render(PRESETS["grpc-route"], values=values, api_versions=["gateway.networking.k8s.io/v1"])

    assert at(objects, "GRPCRoute/animatize-gateway", "spec/rules/0/matches") == [
        {"method": {"service": "a.B", "type": "Exact"}},
        {"method": {"service": "c", "type": "RegularExpression"}},
        {},
    ]


def test_empty_matches_are_left_out() -> None:
    rule = at(rendered("grpc-route-empty-matches"), "GRPCRoute/animatize-gateway", "spec/rules/0")

    assert rule.keys() == {"backendRefs"}


@pytest.mark.parametrize(("replicas", "budgets"), [(1, 0), (2, 5)])
def test_budgets_are_for_two_pods_and_more(replicas: int, budgets: int) -> None:
    objects = render(values={"defaults": {"replicas": replicas}})

    assert len(of_kind(objects, "PodDisruptionBudget")) == budgets


@pytest.mark.parametrize(("kubernetes", "seen"), [("1.32.0", ABSENT), ("1.33.0", "0.05")])
def test_a_dead_band_is_for_clusters_that_know_it(kubernetes: str, seen: str) -> None:
    objects = rendered("hpa", kubernetes=kubernetes)

    scaler = "HorizontalPodAutoscaler/animatize-generator"
    assert at(objects, scaler, "spec/behavior/scaleUp/tolerance") == seen
    assert at(objects, scaler, "spec/behavior/scaleDown/tolerance") == seen


@pytest.mark.parametrize("preset", ["hpa", "keda"])
def test_pods_come_at_once_and_go_one_by_one(preset: str) -> None:
    spec = of_kind(rendered(preset), "HorizontalPodAutoscaler", "ScaledObject")[0]["spec"]
    behavior = spec.get("behavior") or spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]

    assert behavior["scaleUp"]["stabilizationWindowSeconds"] == 0
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 300
    assert behavior["scaleDown"]["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 120}]


def test_with_names_for_cilium_no_other_policy_leads_to_the_internet() -> None:
    objects = rendered("cilium")

    assert len(of_kind(objects, "CiliumNetworkPolicy")) == 2
    assert all("ipBlock" not in str(policy) for policy in of_kind(objects, "NetworkPolicy"))


def test_a_service_that_fetches_reaches_public_addresses_only() -> None:
    objects = rendered("internet")

    reaching = [policy["metadata"]["name"] for policy in of_kind(objects, "NetworkPolicy") if "ipBlock" in str(policy)]
    assert reaching == ["animatize-gateway"]
    assert list(POLICIES["the_internet_is_public"](objects)) == []


def test_the_service_account_that_exists_is_not_made() -> None:
    objects = rendered("workload-identity")

    assert at(objects, "ServiceAccount/animatize-analyzer", "kind") == ABSENT
    assert at(objects, "Deployment/animatize-analyzer", "spec/template/spec/serviceAccountName") == "vision"


def test_the_default_install_fits_a_small_node() -> None:
    """Requests of all five services leave a node of two cores and 4 GiB room for the system beside them."""
    cpu = memory = 0.0
    for service in services(rendered("default")):
        requests = service.container["resources"]["requests"]
        cpu += int(requests["cpu"].removesuffix("m"))
        memory += int(requests["memory"].removesuffix("Mi"))

    assert cpu <= 1200
    assert memory <= 2048


def test_a_changed_setting_restarts_the_pods_of_its_service_alone() -> None:
    checksum = "spec/template/metadata/annotations/checksum~1config"
    before = render()

    after = render(values={"services": {"analyzer": {"config": {"max_decoding": 2}}}})

    names = {name: f"Deployment/animatize-{name}" for name in SERVICES}
    changed = [name for name, where in names.items() if at(before, where, checksum) != at(after, where, checksum)]
    assert changed == ["analyzer"]


def test_hooks_are_for_tests_alone() -> None:
    for preset in PRESETS:
        for subject in rendered(preset):
            annotations = subject["metadata"].get("annotations", {})
            if "helm.sh/hook" in annotations:
                assert annotations["helm.sh/hook"] == "test"
                assert annotations["helm.sh/hook-delete-policy"] == "before-hook-creation,hook-succeeded"
