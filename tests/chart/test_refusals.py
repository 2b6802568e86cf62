# A table reads best with one line for each row.
# ruff: noqa: E501
"""What cannot work is refused, with one sentence that says what to change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from .presets import OPERATORS
from .renders import CHART, KUBE_VERSION, RenderError, render
from .tools import run

PEER = {"podSelector": {"matchLabels": {"who": "me"}}}
ROUTE = {"exposure": {"grpcRoute": {"enabled": True, "parentRefs": [{"name": "public"}]}}}
HPA = {"enabled": True}
KEDA = {"enabled": True, "prometheusAddress": "http://prometheus:9090"}
WITH_DATA = {"name": "keys", "data": [{"secretKey": "a", "remoteRef": {"key": "b"}}]}
NONE = {name: {"enabled": False} for name in ("gateway", "analyzer", "predictor", "expander", "generator")}
AT_HOME = {name: value for name, value in NONE.items() if name != "gateway"}


def service(**values: Any) -> dict[str, Any]:
    """Values of the analyzer alone."""
    return {"services": {"analyzer": values}}


def scaled(**values: Any) -> dict[str, Any]:
    """Values of the analyzer's autoscaling."""
    return service(autoscaling=values)


def redis(**values: Any) -> dict[str, Any]:
    """Values of a Redis outside of the release."""
    return {"redis": {"mode": "external", "external": values}}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"services": NONE}, "no service is enabled: set services.<name>.enabled for at least one"),
    ({"services": {"predictor": {"enabled": False}}}, "gateway calls the predictor, which this release does not run: set endpoints.predictor to its address, or services.predictor.enabled"),
    ({"endpoints": {"analyzer": "analyzer.vision.svc:50051"}}, "the analyzer is in this release and elsewhere: empty endpoints.analyzer, or set services.analyzer.enabled to false"),
    (scaled(hpa=HPA, keda=KEDA), "services.analyzer has two autoscalers that would fight: enable autoscaling.hpa or autoscaling.keda, not both"),
    (scaled(hpa=HPA, minReplicas=6), "services.analyzer.autoscaling: maxReplicas 5 is below minReplicas 6"),
    (service(autoscaling={"hpa": HPA}, resources={"requests": None}), "services.analyzer.autoscaling measures CPU against what the pods request: set resources.requests.cpu"),
    (scaled(keda={"enabled": True}, targetActiveCalls=2), "services.analyzer.autoscaling.targetActiveCalls is read from Prometheus: set autoscaling.keda.prometheusAddress"),
    (service(autoscaling={"hpa": HPA, "targetActiveCalls": 2}, metrics=False), "services.analyzer.autoscaling.targetActiveCalls is measured by the service: set services.analyzer.metrics to true, or targetActiveCalls to 0"),
    ({"networkPolicy": {"cilium": {"allowedNames": ["api.example.com"]}}}, "networkPolicy.cilium.allowedNames is for services that call the internet, and none does: set services.<name>.internetEgress, or empty it"),
    (service(replicas=2, podDisruptionBudget={"maxUnavailable": 0}), "services.analyzer.podDisruptionBudget.maxUnavailable is 0, so no node could ever be drained: set at least 1"),
    (service(replicas=2, podDisruptionBudget={"maxUnavailable": "0%"}), "services.analyzer.podDisruptionBudget.maxUnavailable is 0, so no node could ever be drained: set at least 1"),
    (service(rollingUpdate={"maxSurge": "0%"}), "services.analyzer.rollingUpdate lets no pod come and none go: set maxSurge or maxUnavailable above 0"),
    (service(terminationGracePeriodSeconds=30), "services.analyzer.terminationGracePeriodSeconds 30 is shorter than its drain takes, so running calls would be killed: set at least 40, or 0 for the sum"),
    ({"services": {"gateway": {"drain": {"graceSeconds": 60}}}}, "services.gateway.drain.graceSeconds 60 is shorter than its longest call, default_deadline_s 300: raise the one or lower the other"),
    ({"services": {"gateway": {"config": {"allow_http_fetch": True}}}}, "services.gateway.config.allow_http_fetch is on, but the network policy lets it call nobody: set services.gateway.internetEgress, and the ports in networkPolicy.internet.ports"),
    ({"redis": {"mode": "external"}}, "redis.mode is external, but nothing says where it is: set redis.external.url, or urlKey with existingSecret"),
    (redis(url="redis://redis:6379", urlKey="url", existingSecret="keys"), "redis.external has two addresses: set url or urlKey, not both"),
    (redis(url="redis://film:canary-1@redis:6379"), "redis.external.url would show its password in a ConfigMap: take it out, and set existingSecret and passwordKey, or urlKey"),
    (redis(url="film:canary-1@redis:6379"), "redis.external.url would show its password in a ConfigMap: take it out, and set existingSecret and passwordKey, or urlKey"),
    (redis(url="redis:6379"), "redis.external.url is no address of a Redis: write redis://host:port/db, or rediss for TLS"),
    ({"otel": {"endpoint": "collector"}}, "otel.endpoint is no address of a collector: write http://host:4317, without user and password; a key goes into otel.headers"),
    ({"otel": {"endpoint": "http://film:canary-1@collector:4317"}}, "otel.endpoint is no address of a collector: write http://host:4317, without user and password; a key goes into otel.headers"),
    ({"networkPolicy": {"dns": {"to": None}}}, "networkPolicy.dns.to is empty, which would admit everything: name what it is for"),
    ({"networkPolicy": {"internet": {"ports": []}}}, "networkPolicy.internet.ports is empty, which would admit everything: name what it is for"),
    ({"exposure": {"ingress": {"enabled": True, "host": "a.example.com", "tlsSecret": "own"}}, "tls": {"mode": "certManager", "issuerRef": {"name": "ca"}, "requireClientCertificate": True}, "networkPolicy": {"callers": [PEER]}}, "the gateway asks nginx for a certificate that it does not have: set the annotation nginx.ingress.kubernetes.io/proxy-ssl-secret, or tls.requireClientCertificate to false"),
    ({"fullnameOverride": "my.release"}, "my.release is no name for a Service: set fullnameOverride to lower-case letters, digits and dashes, a letter first"),
    ({"fullnameOverride": "1st"}, "1st is no name for a Service: set fullnameOverride to lower-case letters, digits and dashes, a letter first"),
    (redis(urlKey="url"), "redis.external.urlKey names a key of no Secret: set redis.external.existingSecret"),
    (redis(url="redis://redis:6379", username="film"), "redis.external.username comes with a password of its own: set existingSecret and passwordKey, or leave both to the URL under urlKey"),
    (redis(urlKey="url", existingSecret="keys", username="film"), "redis.external.username comes with a password of its own: set existingSecret and passwordKey, or leave both to the URL under urlKey"),
    ({"redis": {"mode": "embedded"}, "networkPolicy": {"enabled": False}}, "the embedded Redis would be open to the whole cluster: leave networkPolicy.enabled on, or set redis.embedded.auth.existingSecret"),
    ({"tls": {"mode": "secret", "secrets": {"gateway": "own"}}}, "tls.mode is secret, but tls.secrets.analyzer names no Secret: set it to one with tls.crt, tls.key and ca.crt"),
    ({"tls": {"mode": "certManager"}}, "tls.mode is certManager, but nobody signs: set tls.issuerRef.name"),
    ({"tls": {"mode": "mesh"}}, "tls.mode is mesh, but there is none: set mesh.enabled to istio or linkerd"),
    ({"tls": {"mode": "certManager", "issuerRef": {"name": "ca"}}, "mesh": {"enabled": "istio"}}, "the mesh encrypts already, and cannot balance calls that it cannot read: set tls.mode to mesh"),
    ({"collector": {"enabled": True}, "otel": {"endpoint": "http://other:4317"}}, "telemetry has two addresses: empty otel.endpoint, or set collector.enabled to false"),
    ({"collector": {"enabled": True}}, "the collector has nowhere to send traces to: set collector.exportTo, or jaeger.enabled"),
    ({"jaeger": {"enabled": True}, "collector": {"enabled": True, "exportTo": "tempo:4317"}}, "the evaluation Jaeger would stay empty, because collector.exportTo sends traces elsewhere: empty it, or set jaeger.enabled to false"),
    ({"jaeger": {"enabled": True}, "otel": {"endpoint": "http://other:4317"}}, "the evaluation Jaeger would stay empty, because otel.endpoint sends everything elsewhere: empty it, or set jaeger.enabled to false"),
    ({"otel": {"sampler": {"name": "traceidratio"}}}, 'a ratio sampler needs its ratio: set otel.sampler.argument, for example to "0.1"'),
    ({**ROUTE, "services": {"gateway": {"enabled": False}}}, "there is no gateway to expose in this release: set services.gateway.enabled, or switch exposure off"),
    ({"exposure": {"grpcRoute": {"enabled": True}}}, "the GRPCRoute has no Gateway: set exposure.grpcRoute.parentRefs"),
    ({"exposure": {"ingress": {"enabled": True, "tlsSecret": "own"}}}, "the Ingress has no host: set exposure.ingress.host"),
    ({"exposure": {"ingress": {"enabled": True, "host": "a.example.com"}}}, "gRPC through an Ingress needs TLS: set exposure.ingress.tlsSecret"),
    (ROUTE, "the network policy keeps the exposed way shut: name the pods of your Gateway or ingress controller in networkPolicy.callers"),
    ({"externalSecrets": {"enabled": True, "secrets": [WITH_DATA]}}, "externalSecrets has no store: set externalSecrets.secretStoreRef.name"),
    ({"externalSecrets": {"enabled": True, "secretStoreRef": {"name": "vault"}}}, "externalSecrets fills no Secret: list them in externalSecrets.secrets"),
    ({"externalSecrets": {"enabled": True, "secretStoreRef": {"name": "vault"}, "secrets": [WITH_DATA]}, "secrets": {"createForEvaluation": {"keys": {"a": "b"}}}}, "the Secret keys has two sources: take it out of externalSecrets.secrets or out of secrets.createForEvaluation"),
]  # fmt: skip
"""Values, and what is said of them."""

BEHIND_SCHEMA: list[tuple[dict[str, Any], str]] = [
    ({"services": {"upscaler": {"enabled": False}}}, "services.upscaler is no service of this product: use gateway, analyzer, predictor, expander or generator"),
    (service(image={"digest": "sha256:12"}), "services.analyzer.image.digest is no digest: write sha256: and 64 hexadecimal digits"),
    (service(image={"tag": "latest"}), "services.analyzer.image.tag latest means another image every day: name a version, or a digest"),
]  # fmt: skip
"""What the schema refuses first, and the templates too where the schema was switched off."""

UNKNOWN_KINDS: list[tuple[str, dict[str, Any], str]] = [
    ("monitoring.coreos.com/v1", {"monitoring": {"serviceMonitor": {"enabled": True}}}, "install the Prometheus operator, or switch monitoring.serviceMonitor.enabled and monitoring.prometheusRule.enabled off"),
    ("monitoring.coreos.com/v1", {"monitoring": {"prometheusRule": {"enabled": True}}}, "install the Prometheus operator, or switch monitoring.serviceMonitor.enabled and monitoring.prometheusRule.enabled off"),
    ("gateway.networking.k8s.io/v1", {**ROUTE, "networkPolicy": {"callers": [PEER]}}, "install the Gateway API, or switch exposure.grpcRoute.enabled off"),
    ("cert-manager.io/v1", {"tls": {"mode": "certManager", "issuerRef": {"name": "ca"}}}, "install cert-manager, or switch tls.mode certManager off"),
    ("external-secrets.io/v1", {"externalSecrets": {"enabled": True, "secretStoreRef": {"name": "vault"}, "secrets": [WITH_DATA]}}, "install the External Secrets operator, or switch externalSecrets.enabled off"),
    ("cilium.io/v2", {"networkPolicy": {"cilium": {"allowedNames": ["api.example.com"]}}, **service(internetEgress=True)}, "install Cilium, or switch networkPolicy.cilium.allowedNames off"),
    ("keda.sh/v1alpha1", scaled(keda=KEDA), "install KEDA, or switch services.analyzer.autoscaling.keda.enabled off"),
]  # fmt: skip
"""An API that a cluster lacks, values that need it, and what is said."""

AGAINST_SCHEMA: list[tuple[dict[str, Any], str]] = [
    ({"replicas": 2}, "additional properties 'replicas' not allowed"),
    ({"services": {"analyzr": {}}}, "at '/services': additional properties 'analyzr' not allowed"),
    (service(replica=2), "at '/services/analyzer': additional properties 'replica' not allowed"),
    (service(config={"max_runing": 2}), "at '/services/analyzer/config': additional properties 'max_runing' not allowed"),
    (service(config={"port": 1}), "at '/services/analyzer/config': additional properties 'port' not allowed"),
    (service(config={"max_running": 0}), "at '/services/analyzer/config/max_running': minimum"),
    ({"defaults": {"replicas": -1}}, "at '/defaults/replicas': minimum: got -1, want 0"),
    ({"defaults": {"replicas": "two"}}, "at '/defaults/replicas': got string, want integer"),
    ({"defaults": {"image": {"tag": "latest"}}}, "at '/defaults/image/tag': 'not' failed"),
    ({"defaults": {"image": {"digest": "sha256:12"}}}, "at '/defaults/image/digest': 'sha256:12' does not match pattern"),
    ({"defaults": {"logLevel": "LOUD"}}, "at '/defaults/logLevel': value must be one of 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'"),
    ({"defaults": {"tmp": {"sizeLimit": "much"}}}, "at '/defaults/tmp/sizeLimit': 'much' does not match pattern"),
    ({"defaults": {"resources": {"requests": {"memory": "1 GB"}}}}, "at '/defaults/resources/requests/memory': '1 GB' does not match pattern"),
    ({"defaults": {"podDisruptionBudget": {"maxUnavailable": "half"}}}, "at '/defaults/podDisruptionBudget/maxUnavailable': 'half' does not match pattern"),
    ({"redis": {"mode": "embeded"}}, "at '/redis/mode': value must be one of 'disabled', 'embedded', 'external'"),
    ({"tls": {"mode": "on"}}, "at '/tls/mode': value must be one of"),
    ({"mesh": {"enabled": True}}, "at '/mesh/enabled': got boolean, want string"),
    ({"endpoints": {"analyzer": "analyzer"}}, "at '/endpoints/analyzer': 'analyzer' does not match pattern"),
    ({"otel": {"protocol": "http"}}, "at '/otel/protocol': value must be"),
    ({"jaeger": {"maxTraces": 10**9}}, "at '/jaeger/maxTraces': maximum"),
    ({"exposure": {"grpcRoute": {"parentRefs": [{"namespace": "a"}]}}}, "at '/exposure/grpcRoute/parentRefs/0': missing property 'name'"),
    ({"networkPolicy": {"otelTo": []}}, "at '/networkPolicy/otelTo': minItems: got 0, want 1"),
    ({"networkPolicy": {"redisTo": []}}, "at '/networkPolicy/redisTo': minItems: got 0, want 1"),
    ({"networkPolicy": {"endpointsTo": [{}]}}, "at '/networkPolicy/endpointsTo/0': minProperties: got 0, want 1"),
    ({"networkPolicy": {"dns": {"to": []}}}, "at '/networkPolicy/dns/to': minItems: got 0, want 1"),
    ({"networkPolicy": {"dns": {"ports": [0]}}}, "at '/networkPolicy/dns/ports/0': minimum"),
    ({"secrets": {"createForEvaluation": {"keys": {"a": 1}}}}, "at '/secrets/createForEvaluation/keys/a': got number, want string"),
    ({"enabled": "yes"}, "at '/enabled': got string, want boolean"),
]  # fmt: skip
"""Values, and what the schema says of them."""


def refusal(values: dict[str, Any], *, apis: Sequence[str] = OPERATORS) -> str:
    """What Helm says of values that it refuses."""
    with pytest.raises(RenderError) as refused:
        render(values=values, api_versions=apis)
    return str(refused.value)


@pytest.mark.parametrize(("values", "said"), REFUSED, ids=[said[:50] for _, said in REFUSED])
def test_what_cannot_work_is_refused(values: dict[str, Any], said: str) -> None:
    assert f": {said}\n" in refusal(values)


@pytest.mark.parametrize(("values", "said"), BEHIND_SCHEMA, ids=[said[:40] for _, said in BEHIND_SCHEMA])
def test_templates_refuse_what_the_schema_would(values: dict[str, Any], said: str) -> None:
    sets = [f"--set={name}={value}" for name, value in flat(values)]

    done = run("helm", "template", "a", CHART, "--kube-version", KUBE_VERSION, "--skip-schema-validation", *sets)

    assert f": {said}\n" in done.stderr


@pytest.mark.parametrize(("api", "values", "said"), UNKNOWN_KINDS, ids=[said[:50] for _, _, said in UNKNOWN_KINDS])
def test_kinds_that_the_cluster_lacks_are_refused(api: str, values: dict[str, Any], said: str) -> None:
    others = [name for name in OPERATORS if name != api]

    assert f": this cluster does not know {api}: {said}\n" in refusal(values, apis=others)
    assert render(values=values, api_versions=[api])


@pytest.mark.parametrize(("values", "said"), AGAINST_SCHEMA, ids=[said[:50] for _, said in AGAINST_SCHEMA])
def test_the_schema_refuses(values: dict[str, Any], said: str) -> None:
    assert said in refusal(values)


def test_a_password_in_an_address_is_not_repeated() -> None:
    assert "canary-1" not in refusal(redis(url="redis://film:canary-1@redis:6379"))


def test_an_old_kubernetes_is_refused() -> None:
    with pytest.raises(
        RenderError, match=r"requires kubeVersion: >=1\.30\.0-0 which is incompatible with Kubernetes v1\.29\.0"
    ):
        render(kube_version="1.29.0")


def test_every_refusal_is_tried() -> None:
    texts = [path.read_text() for path in sorted(CHART.glob("templates/**/*.*"))]
    sentences = [found for text in texts for found in re.findall(r'\bfail (?:\(printf )?"((?:\\.|[^"\\])*)"', text)]
    tried = [said for _, said in REFUSED + BEHIND_SCHEMA]
    tried += [f"this cluster does not know {api}: {said}" for api, _, said in UNKNOWN_KINDS]

    assert len(sentences) == sum(len(re.findall(r"\bfail\b ", text)) for text in texts)
    assert [sentence for sentence in sentences if not any(pattern(sentence).fullmatch(said) for said in tried)] == []


def pattern(sentence: str) -> re.Pattern[str]:
    """What a sentence of a template matches, with anything in its places for values."""
    parts = re.split(r"%[sdv]", sentence.replace('\\"', '"'))
    return re.compile(".+".join(map(re.escape, parts)))


def flat(values: dict[str, Any], *path: str) -> list[tuple[str, str]]:
    """Values as (dotted path, text)."""
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            found += flat(value, *path, name)
        else:
            found.append((".".join((*path, name)), str(value).lower() if isinstance(value, bool) else str(value)))
    return found
