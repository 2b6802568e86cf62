"""Every policy notices a breach: a render that keeps it is changed in one place."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from .places import ABSENT, added, changed
from .policies import POLICIES
from .presets import rendered

GATEWAY = "Deployment/animatize-gateway"
POD = "spec/template/spec"
CONTAINER = f"{POD}/containers/gateway"
SECURITY = f"{CONTAINER}/securityContext"
NETWORK = "NetworkPolicy/animatize-analyzer"
WORLD: dict[str, Any] = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}
ANYONE: dict[str, Any] = {"ports": [{"port": 50051, "protocol": "TCP"}]}
EVERYBODY: dict[str, Any] = {
    "kind": "NetworkPolicy",
    "metadata": {"name": "all"},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}], "egress": [{}]},
}


class Breach(NamedTuple):
    """What is changed in a preset, and words of the sentence that says so."""

    preset: str
    where: str
    path: str
    value: Any
    said: str


BREACHES: dict[str, list[Breach]] = {
    "admitted_as_restricted": [
        Breach("default", GATEWAY, f"{POD}/hostNetwork", True, "hostNetwork"),
        Breach("default", GATEWAY, f"{POD}/securityContext/seccompProfile", ABSENT, "no seccomp profile"),
        Breach("default", GATEWAY, f"{POD}/securityContext/runAsNonRoot", ABSENT, "runAsNonRoot"),
        Breach("default", GATEWAY, f"{POD}/securityContext/runAsUser", 0, "runs as root"),
        Breach("default", GATEWAY, f"{POD}/securityContext/sysctls", [{"name": "net.core.somaxconn"}], "sysctls"),
        Breach("default", GATEWAY, f"{POD}/volumes/new", {"name": "new", "hostPath": {"path": "/"}}, "is a hostPath"),
        Breach("default", GATEWAY, f"{SECURITY}/allowPrivilegeEscalation", ABSENT, "allowPrivilegeEscalation"),
        Breach("default", GATEWAY, f"{SECURITY}/capabilities", {"drop": ["NET_RAW"]}, "does not drop ALL"),
        Breach("default", GATEWAY, f"{SECURITY}/capabilities", {"drop": ["ALL"], "add": ["SYS_ADMIN"]}, "adds"),
        Breach("default", GATEWAY, f"{SECURITY}/privileged", True, "privileged"),
        Breach("default", GATEWAY, f"{SECURITY}/procMount", "Unmasked", "procMount"),
        Breach("default", GATEWAY, f"{CONTAINER}/ports/grpc", {"name": "grpc", "hostPort": 50050}, "host port"),
        Breach("default", "Pod/animatize-test", "spec/containers/check/securityContext", {}, "animatize-test"),
        Breach("redis-embedded", "Deployment/animatize-redis", f"{POD}/containers/valkey/securityContext", {}, "redis"),
        Breach("jaeger", "Deployment/animatize-jaeger", f"{POD}/containers/jaeger/securityContext", {}, "jaeger"),
        Breach("collector", "Deployment/animatize-collector", f"{POD}/securityContext", {}, "collector"),
        Breach(
            "everything-passed-through", "Deployment/animatize-predictor", f"{POD}/initContainers/look/securityContext",
            {}, "predictor look",
        ),
    ],
    "a_user_of_its_own": [
        Breach("default", GATEWAY, f"{POD}/securityContext/runAsUser", 1000, "runAsUser is 1000"),
        Breach("default", GATEWAY, f"{POD}/securityContext/runAsGroup", ABSENT, "runAsGroup is None"),
    ],
    "writes_only_where_it_is_bounded": [
        Breach("default", GATEWAY, f"{SECURITY}/readOnlyRootFilesystem", False, "root is writable"),
        Breach("default", GATEWAY, f"{POD}/volumes/tmp", {"name": "tmp", "emptyDir": {}}, "tmp has no size"),
    ],
    "no_token": [
        Breach("default", GATEWAY, f"{POD}/automountServiceAccountToken", ABSENT, "animatize-gateway mounts"),
        Breach("default", "ServiceAccount/animatize-gateway", "automountServiceAccountToken", True, "mounts its token"),
        Breach("default", "", "", {"kind": "Role", "metadata": {"name": "reader"}}, "nothing here needs"),
    ],
    "no_service_links": [Breach("default", GATEWAY, f"{POD}/enableServiceLinks", True, "enableServiceLinks")],
    "resources_are_set": [
        Breach("default", GATEWAY, f"{CONTAINER}/resources", ABSENT, "requests no cpu"),
        Breach("default", GATEWAY, f"{CONTAINER}/resources/requests/memory", ABSENT, "requests no memory"),
        Breach("default", GATEWAY, f"{CONTAINER}/resources/limits/memory", ABSENT, "no limit of memory"),
        Breach("default", GATEWAY, f"{CONTAINER}/resources/limits/cpu", "1", "a limit of CPU"),
    ],
    "images_are_exact": [
        Breach("default", GATEWAY, f"{CONTAINER}/image", "animatize-gateway:latest", "is not exact"),
        Breach("default", GATEWAY, f"{CONTAINER}/image", "animatize-gateway", "is not exact"),
        Breach("default", GATEWAY, f"{CONTAINER}/image", "registry:5000/animatize-gateway", "is not exact"),
        Breach("default", GATEWAY, f"{CONTAINER}/image", "bitnami/redis:8.1.0", "is of Bitnami"),
    ],
    "probed": [
        Breach("default", GATEWAY, f"{CONTAINER}/startupProbe", ABSENT, "has no startupProbe"),
        Breach("default", GATEWAY, f"{CONTAINER}/livenessProbe/grpc/port", 50060, "asks port 50060"),
        Breach("default", GATEWAY, f"{CONTAINER}/livenessProbe/grpc/service", "", "by the same name"),
        Breach("default", GATEWAY, f"{CONTAINER}/readinessProbe/grpc/service", "liveness", "by the same name"),
        Breach("jaeger", "Deployment/animatize-jaeger", f"{POD}/containers/jaeger/readinessProbe", ABSENT, "jaeger"),
    ],
    "labelled": [
        Breach("default", GATEWAY, "metadata/labels/app.kubernetes.io~1version", ABSENT, "no label version"),
        Breach("default", GATEWAY, "spec/template/metadata/labels/app.kubernetes.io~1part-of", ABSENT, "pods of"),
        Breach("default", GATEWAY, "metadata/labels/app.kubernetes.io~1version", "0.1.0+build", "may not be"),
        Breach("default", GATEWAY, "metadata/labels/app.kubernetes.io~1instance", "a" * 64, "may not be"),
    ],
    "named_within_limits": [
        Breach("default", "Service/animatize-gateway", "metadata/name", "a" * 64, "no name of at most 63"),
        Breach("default", "Service/animatize-gateway", "metadata/name", "animatize-analyzer", "2 of Service"),
    ],
    "in_one_namespace": [
        Breach("default", "Service/animatize-gateway", "metadata/namespace", ABSENT, "is in None"),
        Breach("default", "Service/animatize-gateway", "metadata/namespace", "kube-system", "is in kube-system"),
        Breach("default", "", "", {"kind": "ClusterRole", "metadata": {"name": "all"}}, "the whole cluster"),
    ],
    "secrets_stay_in_secrets": [
        Breach("default", "ConfigMap/animatize-gateway", "data/config.yaml", "password: canary-1", "shows canary-1"),
        Breach(
            "default", GATEWAY, f"{CONTAINER}/env/KEY",
            {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "key"}}}, "in the environment",
        ),
    ],
    "selectors_hold_identity_alone": [
        Breach("default", GATEWAY, "spec/selector/matchLabels/app.kubernetes.io~1version", "0.1.0", "selects by"),
        Breach("default", GATEWAY, "spec/selector/matchLabels/app.kubernetes.io~1instance", "b", "own pods"),
        Breach("default", "Service/animatize-gateway", "spec/selector/helm.sh~1chart", "animatize", "selects by"),
    ],
    "one_owner_of_the_replicas": [
        Breach("hpa", GATEWAY, "spec/replicas", 2, "has replicas and an autoscaler"),
        Breach("default", GATEWAY, "spec/replicas", ABSENT, "nobody says"),
        Breach("hpa", "HorizontalPodAutoscaler/animatize-gateway", "spec/scaleTargetRef/name", "door", "not there"),
        Breach("keda", "ScaledObject/animatize-gateway", "spec/scaleTargetRef/name", "animatize-generator", "2 auto"),
    ],
    "budgets_let_nodes_drain": [
        Breach("hpa", "PodDisruptionBudget/animatize-gateway", "spec/maxUnavailable", 0, "lets no pod go"),
        Breach("hpa", "HorizontalPodAutoscaler/animatize-gateway", "spec/maxReplicas", 1, "a single pod"),
        Breach("hpa", "PodDisruptionBudget/animatize-gateway", "spec/selector", {"matchLabels": {}}, "0 Deployments"),
        Breach("hpa", "PodDisruptionBudget/animatize-gateway", "spec/unhealthyPodEvictionPolicy", ABSENT, "ill anyway"),
    ],
    "rollouts_keep_all_pods": [
        Breach("default", GATEWAY, "spec/revisionHistoryLimit", ABSENT, "keeps None revisions"),
        Breach("default", GATEWAY, "spec/strategy/rollingUpdate/maxUnavailable", "25%", "takes pods away"),
    ],
    "services_lead_to_pods": [
        Breach("default", "Service/animatize-gateway", "spec/selector/app.kubernetes.io~1component", "door", "0 kinds"),
        Breach("default", f"{GATEWAY}", f"{CONTAINER}/ports/metrics", ABSENT, "no container has a port metrics"),
    ],
    "two_services_each": [
        Breach("default", "Service/animatize-gateway-headless", "", ABSENT, "has no headless Service"),
        Breach("default", "Service/animatize-gateway-headless", "spec/clusterIP", ABSENT, "has no headless Service"),
        Breach("default", "Service/animatize-gateway", "", ABSENT, "no Service with an address"),
        Breach("default", "Service/animatize-gateway", "spec/ports/grpc/appProtocol", "http", "speaks gRPC"),
    ],
    "health_stays_inside": [
        Breach("tls-secret", "Service/animatize-gateway", "spec/ports/grpc/targetPort", "health", "port for probes"),
    ],
    "monitors_find_one_service": [
        Breach("monitoring", "ServiceMonitor/animatize-gateway", "spec/selector/matchExpressions", [], "2 Services"),
        Breach("monitoring", "ServiceMonitor/animatize-gateway", "spec/namespaceSelector", {"matchNames": []}, "0 Ser"),
        Breach("monitoring", "Service/animatize-gateway-headless", "spec/ports/metrics", ABSENT, "no port metrics"),
    ],
    "changed_settings_restart": [
        Breach("default", GATEWAY, "spec/template/metadata/annotations/checksum~1config", ABSENT, "no checksum"),
        Breach(
            "jaeger", "Deployment/animatize-jaeger", "spec/template/metadata/annotations/checksum~1config", "",
            "no checksum",
        ),
    ],
    "routes_lead_to_the_gateway": [
        Breach("grpc-route", "GRPCRoute/animatize-gateway", "spec/rules/0/backendRefs/0/name", "door", "leads to door"),
        Breach("grpc-route", "GRPCRoute/animatize-gateway", "spec/rules/0/backendRefs/0/port", 9464, "leads to port"),
        Breach(
            "ingress-nginx", "Ingress/animatize-gateway", "spec/rules/0/http/paths/0/backend/service/name",
            "animatize-generator", "leads to animatize-generator",
        ),
    ],
    "services_start_with_it": [
        Breach("default", "ConfigMap/animatize-gateway", "data/config.yaml", "prot: 1", "the nearest is port"),
        Breach("default", GATEWAY, f"{CONTAINER}/env/X", {"name": "ANIMATIZE_GATEWAY_PROT", "value": "1"}, "not a set"),
        Breach("default", GATEWAY, f"{CONTAINER}/env/X", {"name": "ANIMATIZE_GATEWAY_PORT", "value": "tcp:"}, "PORT"),
    ],
    "the_file_is_the_one_mounted": [
        Breach("default", GATEWAY, f"{CONTAINER}/volumeMounts/config/mountPath", "/etc/config", "gateway reads"),
    ],
    "ports_are_those_in_the_settings": [
        Breach("default", GATEWAY, f"{CONTAINER}/ports/metrics", ABSENT, "its container says"),
        Breach("default", GATEWAY, f"{CONTAINER}/env/X", {"name": "ANIMATIZE_GATEWAY_PORT", "value": "1"}, "own port"),
        Breach("tls-secret", GATEWAY, f"{CONTAINER}/readinessProbe/grpc/port", 50050, "plain health is on 50060"),
        Breach("default", GATEWAY, f"{CONTAINER}/readinessProbe/grpc/service", "animatize.gateway", "asks for animat"),
    ],
    "pods_are_given_time_to_drain": [
        Breach("default", GATEWAY, f"{POD}/terminationGracePeriodSeconds", 30, "is given 30"),
        Breach("default", GATEWAY, f"{CONTAINER}/lifecycle/preStop/sleep/seconds", 1, "ends 1 s after"),
        Breach("default", GATEWAY, f"{CONTAINER}/env/X", {"name": "ANIMATIZE_GATEWAY_GRACE_S", "value": "9"}, "waits"),
    ],
    "settings_name_files_that_are_mounted": [
        Breach("tls-secret", GATEWAY, f"{CONTAINER}/volumeMounts/tls", ABSENT, "nothing puts /etc/animatize/tls"),
        Breach(
            "redis-external-sentinel", "Deployment/animatize-analyzer",
            f"{POD}/volumes/secrets/projected/sources/0/secret/items/0/path", "password", "redis-password",
        ),
    ],
    "secrets_are_files_for_the_group": [
        Breach("tls-secret", GATEWAY, f"{POD}/volumes/tls/secret/defaultMode", 0o444, "has mode 444"),
        Breach("tls-secret", GATEWAY, f"{POD}/securityContext/fsGroup", ABSENT, "does not own its files"),
    ],
    "every_listener_is_declared": [
        Breach(
            "default", GATEWAY, f"{CONTAINER}/env/ANIMATIZE_GATEWAY_HOST",
            {"name": "ANIMATIZE_GATEWAY_HOST", "value": "127.0.0.1"}, "listens on 127.0.0.1",
        ),
        Breach("default", GATEWAY, f"{CONTAINER}/ports/grpc", ABSENT, "has no port grpc"),
    ],
    "tls_is_whole": [
        Breach("tls-secret", "ConfigMap/animatize-analyzer", "data/config.yaml", "port: 50051", "others plain text"),
        Breach(
            "tls-secret", "Deployment/animatize-analyzer", f"{POD}/containers/analyzer/env/X",
            {"name": "ANIMATIZE_ANALYZER_TLS_REQUIRE_CLIENT", "value": "false"}, "lets everyone in",
        ),
        Breach(
            "default", GATEWAY, f"{CONTAINER}/env/X", {"name": "ANIMATIZE_GATEWAY_SERVICES_TLS", "value": "true"},
            "calls the others with TLS",
        ),
    ],
    "everything_else_is_dropped": [
        Breach("default", "NetworkPolicy/animatize-default-deny", "", ABSENT, "no policy denies analyzer all ingress"),
        Breach("default", "NetworkPolicy/animatize-default-deny", "spec/policyTypes", ["Ingress"], "all egress"),
        Breach(
            "default", GATEWAY, "spec/template/metadata/labels/app.kubernetes.io~1name", "door", "denies gateway",
        ),
    ],
    "edges_are_those_of_the_code": [
        Breach("default", NETWORK, "spec/ingress", [], "gateway calls analyzer on 50051 and is denied"),
        Breach("default", "NetworkPolicy/animatize-gateway", "spec/egress", [], "gateway calls generator"),
        Breach("default", "", "", EVERYBODY, "predictor may call expander on 50053 and has no need to"),
        Breach("redis-embedded", "NetworkPolicy/animatize-redis", "spec/ingress", [], "expander calls redis"),
        Breach("jaeger", "NetworkPolicy/animatize-jaeger", "spec/ingress", [], "calls jaeger on 4317"),
    ],
    "both_ends_agree": [
        Breach("default", NETWORK, "spec/ingress", [], "which does not let it in"),
        Breach("default", "NetworkPolicy/animatize-gateway", "spec/egress", [], "which may not call it"),
    ],
    "names_are_resolved": [
        Breach("default", "NetworkPolicy/animatize-gateway", "spec/egress", [], "gateway may ask the DNS over []"),
        Breach(
            "default", "NetworkPolicy/animatize-gateway", "spec/egress/0/ports", [{"port": 53, "protocol": "UDP"}],
            "over [{'UDP'}]",
        ),
    ],
    "outside_addresses_are_admitted": [
        Breach("redis-external-cluster-tls", NETWORK, "spec/egress", [], "analyzer calls port 6380 outside"),
        Breach("only-gateway", "NetworkPolicy/animatize-gateway", "spec/egress", [], "calls port 50054 outside"),
        Breach("otel-external-headers", NETWORK, "spec/egress", [], "calls port 443 outside"),
        Breach("redis-external-url", NETWORK, "spec/egress", [], "calls port 6379 outside"),
    ],
    "metrics_are_for_prometheus": [
        Breach("default", NETWORK, "spec/ingress", [], "nobody may read the metrics of analyzer"),
        Breach("default", NETWORK, "spec/ingress", [{"ports": [{"port": 9464}]}], "everybody may read"),
    ],
    "the_gateway_is_the_only_door": [
        Breach("default", NETWORK, "spec/ingress", [ANYONE], "everybody may call analyzer"),
        Breach("default", NETWORK, "spec/ingress", [{**ANYONE, "from": [{}]}], "a peer of analyzer is empty"),
    ],
    "the_internet_is_public": [
        Breach("internet", "NetworkPolicy/animatize-gateway", "spec/egress/new", WORLD, "leads to 169.254.0.0/16"),
        Breach("default", NETWORK, "spec/egress", [{}], "leads everywhere"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "breach"),
    [(policy, breach) for policy, breaches in BREACHES.items() for breach in breaches],
    ids=[f"{policy}-{number}" for policy, breaches in BREACHES.items() for number in range(len(breaches))],
)
def test_a_breach_is_noticed(policy: str, breach: Breach) -> None:
    objects = rendered(breach.preset)
    if breach.where:
        objects = changed(objects, breach.where, breach.path, breach.value)
    else:
        objects = added(objects, breach.value)

    sentences = list(POLICIES[policy](objects))

    assert any(breach.said in sentence for sentence in sentences), sentences


def test_every_policy_has_a_breach() -> None:
    assert BREACHES.keys() == POLICIES.keys()
