# A table reads best with one line for each row.
# ruff: noqa: E501
"""Every value of the chart with one setting of it and the place where that is seen."""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

from .places import ABSENT
from .product import SERVICES
from .renders import CHART

SUM = "sha256:" + "a" * 64
PREDICTOR = "Deployment/animatize-predictor"
SPEC = "spec/template/spec"
CONTAINER = f"{SPEC}/containers/predictor"
HPA = "HorizontalPodAutoscaler/animatize-predictor"
SCALED = "ScaledObject/animatize-predictor"
SERVICE = "Service/animatize-predictor"
ROUTE = "GRPCRoute/animatize-gateway"
INGRESS = "Ingress/animatize-gateway"
NETWORK = "NetworkPolicy/animatize-predictor"
CERTIFICATE = "Certificate/animatize-gateway"
REDIS = "Deployment/animatize-redis"
JAEGER = "Deployment/animatize-jaeger"
COLLECTOR = "Deployment/animatize-collector"
MONITOR = "ServiceMonitor/animatize-gateway"
PEER = {"podSelector": {"matchLabels": {"who": "me"}}}
ALONE: dict[str, Any] = {"enabled": True}


class Option(NamedTuple):
    """A value set, in a release with `given` values, and the place where `seen` appears.

    Options with the same `given` are set together; with ALONE there, one by one.
    """

    path: str
    value: Any
    where: str
    place: str
    seen: Any
    given: dict[str, Any] = {}  # noqa: RUF012 - read only


def part(name: str, component: str, container: str, given: dict[str, Any]) -> list[Option]:
    """The options of an image and of resources, which every part of a release has."""
    where, place = f"Deployment/animatize-{component}", f"{SPEC}/containers/{container}"
    default: Any = yaml.safe_load((CHART / "values.yaml").read_text())
    for step in name.split("."):
        default = default[step]
    repository, tag = default["image"]["repository"], default["image"]["tag"]
    images = {
        "registry": ("r.example.com", f"r.example.com/{repository}:{tag}"),
        "repository": ("other/one", f"other/one:{tag}"),
        "tag": ("9.9.9", f"{repository}:9.9.9"),
        "digest": (SUM, f"{repository}@{SUM}"),
    }
    cpu = {"requests": {"cpu": "77m"}}
    return [
        *(
            Option(f"{name}.image.{word}", value, where, f"{place}/image", seen, given | ALONE)
            for word, (value, seen) in images.items()
        ),
        Option(f"{name}.image.pullPolicy", "Always", where, f"{place}/imagePullPolicy", "Always", given),
        Option(f"{name}.resources", cpu, where, f"{place}/resources/requests/cpu", "77m", given),
    ]


def needs(service: str) -> Option:
    """What a service asks of its node."""
    place = f"{SPEC}/containers/{service}/resources/limits/memory"
    memory = {"limits": {"memory": "3Gi"}}
    return Option(f"services.{service}.resources", memory, f"Deployment/animatize-{service}", place, "3Gi")


WITH_URL = {"redis": {"mode": "external", "external": {"url": "redis://redis:6379"}}}
WITH_PASSWORD = {"redis": {"mode": "external", "external": {"url": "redis://redis:6379", "existingSecret": "keys"}}}
SENTINEL = {"redis": {"mode": "external", "external": {"url": "redis://redis:26379", "mode": "sentinel"}}}
EMBEDDED = {"redis": {"mode": "embedded"}}
PERSISTENT = {"redis": {"mode": "embedded", "embedded": {"persistence": {"enabled": True}}}}
AUTHENTIC = {"redis": {"mode": "embedded", "embedded": {"auth": {"existingSecret": "keys"}}}}
WITH_JAEGER = {"jaeger": {"enabled": True}}
WITH_COLLECTOR = {"collector": {"enabled": True, "exportTo": "tempo:4317"}}
WITH_OTEL = {"otel": {"endpoint": "http://collector.example.com:4317"}}
WITH_HEADERS = {"otel": {**WITH_OTEL["otel"], "headers": {"existingSecret": "keys"}}}
WITH_HPA = {"defaults": {"autoscaling": {"hpa": {"enabled": True}}}}
WITH_KEDA = {"defaults": {"autoscaling": {"targetActiveCalls": 3, "keda": {"enabled": True, "prometheusAddress": "http://p"}}}}  # fmt: skip
CALLERS = {"networkPolicy": {"callers": [PEER]}}
WITH_ROUTE = {**CALLERS, "exposure": {"grpcRoute": {"enabled": True, "parentRefs": [{"name": "public"}]}}}
WITH_INGRESS = {**CALLERS, "exposure": {"ingress": {"enabled": True, "host": "a.example.com", "tlsSecret": "own"}}}
WITH_SECRETS = {"tls": {"mode": "secret", "secrets": dict.fromkeys(("gateway", "analyzer", "predictor", "expander", "generator"), "own")}}  # fmt: skip
WITH_CERTIFICATES = {"tls": {"mode": "certManager", "issuerRef": {"name": "ca"}}}
MONITORED = {"monitoring": {"serviceMonitor": {"enabled": True}, "prometheusRule": {"enabled": True}}}
INTERNET = {"defaults": {"internetEgress": True}}
FILLED = {"externalSecrets": {"enabled": True, "secretStoreRef": {"name": "vault"}, "secrets": [{"name": "keys", "data": [{"secretKey": "a", "remoteRef": {"key": "b"}}]}]}}  # fmt: skip
TWO = {"defaults": {"replicas": 2}}
ELSEWHERE = {"services": {"analyzer": {"enabled": False}}, "endpoints": {"analyzer": "analyzer.vision.svc:50051"}}


def elsewhere(service: str, port: int) -> Option:
    """The address of a service outside of the release, as the gateway dials it."""
    address = f"{service}.other.svc:{port}"
    # The service itself must not be in the release, so it is what is given.
    given = {"services": {service: {"enabled": False}}, "endpoints": {service: f"{service}.first.svc:{port}"}}
    return Option(f"endpoints.{service}", address, "Settings/gateway", f"{service}_target", f"dns:///{address}", given)


OPTIONS = [
    Option("services.gateway.config", {"batch_at_once": 9}, "Settings/gateway", "batch_at_once", 9),
    Option("services.analyzer.config", {"max_decoding": 3}, "Settings/analyzer", "max_decoding", 3),
    Option("services.predictor.config", {"cache_entries": 3}, "Settings/predictor", "cache_entries", 3),
    Option("services.expander.config", {"cache_ttl_s": 60}, "Settings/expander", "cache_ttl_s", 60),
    Option("services.generator.config", {"least_call_s": 5}, "Settings/generator", "least_call_s", 5),
    Option("services.gateway.drain", {"graceSeconds": 400}, "Settings/gateway", "grace_s", 400),
    Option("services.generator.drain", {"graceSeconds": 400}, "Settings/generator", "grace_s", 400),
    Option("services.generator.tmp", {"sizeLimit": "2Gi"}, "Deployment/animatize-generator", f"{SPEC}/volumes/tmp/emptyDir/sizeLimit", "2Gi"),
    *map(needs, SERVICES),
    elsewhere("analyzer", 50051),
    elsewhere("predictor", 50052),
    elsewhere("expander", 50053),
    elsewhere("generator", 50054),
    # Redis
    Option("redis.mode", "embedded", REDIS, "spec/replicas", 1, ALONE),
    *part("redis.embedded", "redis", "valkey", EMBEDDED),
    Option("redis.embedded.maxMemory", "64mb", "ConfigMap/animatize-redis", "data/valkey.conf", "maxmemory 64mb", EMBEDDED),
    Option("redis.embedded.auth.existingSecret", "other", REDIS, f"{SPEC}/volumes/acl/secret/secretName", "other", EMBEDDED),
    Option("redis.embedded.auth.username", "film", "Settings/analyzer", "redis_username", "film", AUTHENTIC),
    Option("redis.embedded.persistence.enabled", True, "PersistentVolumeClaim/animatize-redis", "spec/accessModes", ["ReadWriteOnce"], EMBEDDED),
    Option("redis.embedded.persistence.size", "7Gi", "PersistentVolumeClaim/animatize-redis", "spec/resources/requests/storage", "7Gi", PERSISTENT),
    Option("redis.embedded.persistence.storageClassName", "fast", "PersistentVolumeClaim/animatize-redis", "spec/storageClassName", "fast", PERSISTENT),
    Option("redis.external.ports", [6400], "NetworkPolicy/animatize-analyzer", "spec/egress/1/ports", [{"port": 6400, "protocol": "TCP"}], WITH_URL | ALONE),
    Option("redis.external.url", "redis://other:6400/1", "Settings/analyzer", "redis_url", "redis://other:6400/1", WITH_URL),
    Option("redis.external.mode", "cluster", "Settings/expander", "redis_mode", "cluster", WITH_URL),
    Option("redis.external.sentinelMaster", "clips", "Settings/analyzer", "redis_sentinel_master", "clips", SENTINEL),
    Option("redis.external.username", "film", "Settings/analyzer", "redis_username", "film", WITH_PASSWORD),
    Option("redis.external.existingSecret", "other", "Deployment/animatize-analyzer", f"{SPEC}/volumes/secrets/projected/sources/0/secret/name", "other", WITH_PASSWORD),
    Option("redis.external.passwordKey", "secret", "Deployment/animatize-analyzer", f"{SPEC}/volumes/secrets/projected/sources/0/secret/items/0/key", "secret", WITH_PASSWORD),
    Option("redis.external.urlKey", "url", "Deployment/animatize-analyzer", f"{SPEC}/volumes/secrets/projected/sources/0/secret/items/0/key", "url", {"redis": {"mode": "external", "external": {"existingSecret": "keys", "urlKey": "address"}}}),
    Option("redis.external.authoritiesSecret", "roots", "Deployment/animatize-expander", f"{SPEC}/volumes/redis-tls/secret/secretName", "roots", WITH_URL),
    # Telemetry
    Option("otel.endpoint", "https://otlp.example.com:443", "Settings/predictor", "otlp_endpoint", "https://otlp.example.com:443"),
    Option("otel.headers.existingSecret", "other", PREDICTOR, f"{SPEC}/volumes/secrets/projected/sources/0/secret/name", "other", WITH_OTEL),
    Option("otel.headers.key", "api-key", PREDICTOR, f"{SPEC}/volumes/secrets/projected/sources/0/secret/items/0/key", "api-key", WITH_HEADERS),
    Option("otel.sampler.name", "always_off", PREDICTOR, f"{CONTAINER}/env/OTEL_TRACES_SAMPLER/value", "always_off", WITH_OTEL),
    Option("otel.sampler.argument", "0.2", PREDICTOR, f"{CONTAINER}/env/OTEL_TRACES_SAMPLER_ARG/value", "0.2", WITH_OTEL),
    Option("otel.resourceAttributes", {"team": "film"}, PREDICTOR, f"{CONTAINER}/env/OTEL_RESOURCE_ATTRIBUTES/value", "team=film", WITH_OTEL),
    Option("jaeger.enabled", True, JAEGER, "spec/replicas", 1, ALONE),
    *part("jaeger", "jaeger", "jaeger", WITH_JAEGER),
    Option("jaeger.maxTraces", 777, "ConfigMap/animatize-jaeger", "data/config.yaml", "max_traces: 777", WITH_JAEGER),
    Option("collector.enabled", True, COLLECTOR, "spec/replicas", 1, WITH_JAEGER),
    *part("collector", "collector", "collector", WITH_COLLECTOR),
    Option("collector.exportTo", "loki:4399", COLLECTOR, f"{SPEC}/containers/collector/env/EXPORT_TO/value", "loki:4399", WITH_COLLECTOR),
    # Exposure
    Option("exposure.grpcRoute.enabled", True, ROUTE, "spec/rules/0/backendRefs/0/weight", 1, {**CALLERS, "exposure": {"grpcRoute": {"parentRefs": [{"name": "public"}]}}}),
    Option("exposure.grpcRoute.annotations", {"a": "b"}, ROUTE, "metadata/annotations/a", "b", WITH_ROUTE),
    Option("exposure.grpcRoute.parentRefs", [{"name": "other", "port": 443}], ROUTE, "spec/parentRefs", [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "other", "port": 443}], WITH_ROUTE),
    Option("exposure.grpcRoute.hostnames", ["a.example.com"], ROUTE, "spec/hostnames", ["a.example.com"], WITH_ROUTE),
    Option("exposure.grpcRoute.matches", [{"method": {"method": "a"}}], ROUTE, "spec/rules/0/matches/0/method/method", "a", WITH_ROUTE),
    Option("exposure.grpcRoute.filters", [{"type": "ExtensionRef"}], ROUTE, "spec/rules/0/filters", [{"type": "ExtensionRef"}], WITH_ROUTE),
    Option("exposure.ingress.enabled", True, INGRESS, "spec/rules/0/host", "a.example.com", {**CALLERS, "exposure": {"ingress": {"host": "a.example.com", "tlsSecret": "own"}}}),
    Option("exposure.ingress.className", "traefik", INGRESS, "metadata/annotations", {"traefik.ingress.kubernetes.io/router.entrypoints": "websecure"}, WITH_INGRESS | ALONE),
    Option("exposure.ingress.annotations", {"a": "b"}, INGRESS, "metadata/annotations/a", "b", WITH_INGRESS),
    Option("exposure.ingress.host", "b.example.com", INGRESS, "spec/tls/0/hosts", ["b.example.com"], WITH_INGRESS),
    Option("exposure.ingress.tlsSecret", "other", INGRESS, "spec/tls/0/secretName", "other", WITH_INGRESS),
    # TLS and mesh
    Option("tls.mode", "certManager", CERTIFICATE, "spec/issuerRef/name", "ca", {"tls": {"issuerRef": {"name": "ca"}}}),
    Option("tls.secrets", {"gateway": "other"}, "Deployment/animatize-gateway", f"{SPEC}/volumes/tls/secret/secretName", "other", WITH_SECRETS),
    Option("tls.requireClientCertificate", True, "Settings/gateway", "tls_require_client", True, WITH_SECRETS),
    Option("tls.issuerRef.name", "other", CERTIFICATE, "spec/issuerRef/name", "other", WITH_CERTIFICATES),
    Option("tls.issuerRef.kind", "ClusterIssuer", CERTIFICATE, "spec/issuerRef/kind", "ClusterIssuer", WITH_CERTIFICATES),
    Option("tls.issuerRef.group", "ca.example.com", CERTIFICATE, "spec/issuerRef/group", "ca.example.com", WITH_CERTIFICATES),
    Option("tls.duration", "100h", CERTIFICATE, "spec/duration", "100h", WITH_CERTIFICATES),
    Option("tls.renewBefore", "50h", CERTIFICATE, "spec/renewBefore", "50h", WITH_CERTIFICATES),
    Option("tls.gatewayDnsNames", ["a.example.com"], CERTIFICATE, "spec/dnsNames/8", "a.example.com", WITH_CERTIFICATES),
    Option("mesh.enabled", "linkerd", "Settings/gateway", "services_balancing", "pick_first", ALONE),
    # Network
    Option("networkPolicy.enabled", False, "NetworkPolicy/animatize-default-deny", "spec", ABSENT, ALONE),
    Option("networkPolicy.labelledClients", False, "NetworkPolicy/animatize-gateway", "spec/ingress/0/from", [PEER], CALLERS),
    Option("networkPolicy.callers", [PEER], "NetworkPolicy/animatize-gateway", "spec/ingress/0/from/1", PEER),
    Option("networkPolicy.dns.to", [PEER], NETWORK, "spec/egress/0/to", [PEER]),
    Option("networkPolicy.dns.ports", [5353], NETWORK, "spec/egress/0/ports", [{"port": 5353, "protocol": "UDP"}, {"port": 5353, "protocol": "TCP"}]),
    Option("networkPolicy.prometheus", [PEER], NETWORK, "spec/ingress/1/from", [PEER]),
    Option("networkPolicy.jaegerViewers", [PEER], "NetworkPolicy/animatize-jaeger", "spec/ingress/1", {"from": [PEER], "ports": [{"port": 16686, "protocol": "TCP"}, {"port": 16685, "protocol": "TCP"}]}, WITH_JAEGER),
    Option("networkPolicy.otelTo", [PEER], NETWORK, "spec/egress/1/to", [PEER], WITH_OTEL),
    Option("networkPolicy.redisTo", [PEER], "NetworkPolicy/animatize-analyzer", "spec/egress/1/to", [PEER], WITH_URL),
    Option("networkPolicy.endpointsTo", [PEER], "NetworkPolicy/animatize-gateway", "spec/egress/1/to", [PEER], ELSEWHERE),
    Option("networkPolicy.internet.ports", [8443], NETWORK, "spec/egress/1/ports", [{"port": 8443, "protocol": "TCP"}], INTERNET),
    Option("networkPolicy.internet.except", ["10.0.0.0/8"], NETWORK, "spec/egress/1/to/0/ipBlock/except", ["10.0.0.0/8"], INTERNET),
    Option("networkPolicy.cilium.allowedNames", ["*.example.com"], "CiliumNetworkPolicy/animatize-predictor-internet", "spec/egress/1/toFQDNs", [{"matchPattern": "*.example.com"}], INTERNET | ALONE),
    # Monitoring
    Option("monitoring.serviceMonitor.enabled", True, MONITOR, "spec/endpoints/0/interval", "30s"),
    Option("monitoring.serviceMonitor.interval", "9s", MONITOR, "spec/endpoints/0/interval", "9s", MONITORED),
    Option("monitoring.serviceMonitor.labels", {"a": "b"}, MONITOR, "metadata/labels/a", "b", MONITORED),
    Option("monitoring.prometheusRule.enabled", True, "PrometheusRule/animatize-rules", "kind", "PrometheusRule"),
    Option("monitoring.prometheusRule.labels", {"a": "b"}, "PrometheusRule/animatize-rules", "metadata/labels/a", "b", MONITORED),
    # Secrets
    Option("externalSecrets.enabled", True, "ExternalSecret/keys", "spec/target/name", "keys", {"externalSecrets": {**FILLED["externalSecrets"], "enabled": False}}),
    Option("externalSecrets.secretStoreRef.name", "other", "ExternalSecret/keys", "spec/secretStoreRef/name", "other", FILLED),
    Option("externalSecrets.secretStoreRef.kind", "ClusterSecretStore", "ExternalSecret/keys", "spec/secretStoreRef/kind", "ClusterSecretStore", FILLED),
    Option("externalSecrets.refreshInterval", "5m", "ExternalSecret/keys", "spec/refreshInterval", "5m", FILLED),
    Option("externalSecrets.secrets", [{"name": "more", "data": [{"secretKey": "a", "remoteRef": {"key": "b"}}]}], "ExternalSecret/more", "spec/data/0/secretKey", "a", FILLED | ALONE),
    Option("secrets.createForEvaluation", {"trial": {"key": "only-for-a-trial"}}, "Secret/trial", "stringData/key", "only-for-a-trial"),
    # Defaults of all services
    Option("defaults.enabled", False, PREDICTOR, "spec", ABSENT, {"services": {"analyzer": {"enabled": True}}} | ALONE),
    Option("defaults.replicas", 4, PREDICTOR, "spec/replicas", 4, ALONE),
    Option("defaults.image.registry", "r.example.com", PREDICTOR, f"{CONTAINER}/image", "r.example.com/animatize-predictor:0.1.0", ALONE),
    Option("defaults.image.repository", "all", PREDICTOR, f"{CONTAINER}/image", "all:0.1.0", ALONE),
    Option("defaults.image.tag", "9.9.9", PREDICTOR, f"{CONTAINER}/image", "animatize-predictor:9.9.9", ALONE),
    Option("defaults.image.digest", SUM, PREDICTOR, f"{CONTAINER}/image", f"animatize-predictor@{SUM}", ALONE),
    Option("defaults.image.pullPolicy", "Always", PREDICTOR, f"{CONTAINER}/imagePullPolicy", "Always"),
    Option("defaults.resources", {"limits": {"ephemeral-storage": "1Gi"}}, PREDICTOR, f"{CONTAINER}/resources/limits/ephemeral-storage", "1Gi"),
    Option("defaults.logLevel", "DEBUG", "Settings/predictor", "log_level", "DEBUG"),
    Option("defaults.environment", "staging", "Settings/predictor", "environment", "staging"),
    Option("defaults.reflection", True, "Settings/predictor", "reflection", True),
    Option("defaults.metrics", False, SERVICE, "spec/ports/metrics", ABSENT, ALONE),
    Option("defaults.autoscaling.minReplicas", 2, HPA, "spec/minReplicas", 2, WITH_HPA),
    Option("defaults.autoscaling.maxReplicas", 9, HPA, "spec/maxReplicas", 9, WITH_HPA),
    Option("defaults.autoscaling.targetCPUUtilizationPercentage", 60, HPA, "spec/metrics/0/resource/target/averageUtilization", 60, WITH_HPA),
    Option("defaults.autoscaling.targetActiveCalls", 7, HPA, "spec/metrics/1/pods/target/averageValue", "7", WITH_HPA),
    Option("defaults.autoscaling.hpa.enabled", True, HPA, "spec/scaleTargetRef/name", "animatize-predictor"),
    Option("defaults.autoscaling.hpa.tolerance", "0.05", HPA, "spec/behavior/scaleUp/tolerance", "0.05", WITH_HPA),
    Option("defaults.autoscaling.hpa.extraMetrics", [{"type": "External"}], HPA, "spec/metrics/External", {"type": "External"}, WITH_HPA),
    Option("defaults.autoscaling.scaleDownStabilizationSeconds", 77, HPA, "spec/behavior/scaleDown/stabilizationWindowSeconds", 77, WITH_HPA),
    Option("defaults.autoscaling.scaleDownPeriodSeconds", 88, HPA, "spec/behavior/scaleDown/policies/0/periodSeconds", 88, WITH_HPA),
    Option("defaults.autoscaling.keda.enabled", True, SCALED, "spec/scaleTargetRef/name", "animatize-predictor", ALONE),
    Option("defaults.autoscaling.keda.prometheusAddress", "http://other", SCALED, "spec/triggers/prometheus/metadata/serverAddress", "http://other", WITH_KEDA),
    Option("defaults.podDisruptionBudget.enabled", False, "PodDisruptionBudget/animatize-predictor", "spec", ABSENT, TWO | ALONE),
    Option("defaults.podDisruptionBudget.maxUnavailable", "30%", "PodDisruptionBudget/animatize-predictor", "spec/maxUnavailable", "30%", TWO),
    Option("defaults.drain.preStopSeconds", 11, PREDICTOR, f"{CONTAINER}/lifecycle/preStop/sleep/seconds", 11),
    Option("defaults.drain.pauseSeconds", 3, "Settings/predictor", "drain_pause_s", 3),
    Option("defaults.drain.graceSeconds", 44, "Settings/predictor", "grace_s", 44),
    Option("defaults.drain.flushSeconds", 9, PREDICTOR, f"{SPEC}/terminationGracePeriodSeconds", 45, ALONE),
    Option("defaults.terminationGracePeriodSeconds", 500, PREDICTOR, f"{SPEC}/terminationGracePeriodSeconds", 500),
    Option("defaults.connectionAgeSeconds", 60, "Settings/predictor", "connection_age_s", 60),
    Option("defaults.dnsCacheSeconds", 10, PREDICTOR, "spec/minReadySeconds", 32, ALONE),
    Option("defaults.minReadySeconds", 9, PREDICTOR, "spec/minReadySeconds", 9),
    Option("defaults.rollingUpdate.maxSurge", 2, PREDICTOR, "spec/strategy/rollingUpdate/maxSurge", 2),
    Option("defaults.rollingUpdate.maxUnavailable", "10%", PREDICTOR, "spec/strategy/rollingUpdate/maxUnavailable", "10%"),
    Option("defaults.revisionHistoryLimit", 7, PREDICTOR, "spec/revisionHistoryLimit", 7),
    Option("defaults.probes.startupSeconds", 77, PREDICTOR, f"{CONTAINER}/startupProbe/failureThreshold", 77),
    Option("defaults.probes.periodSeconds", 9, PREDICTOR, f"{CONTAINER}/readinessProbe/periodSeconds", 9),
    Option("defaults.probes.timeoutSeconds", 8, PREDICTOR, f"{CONTAINER}/livenessProbe/timeoutSeconds", 8),
    Option("defaults.probes.livenessFailures", 12, PREDICTOR, f"{CONTAINER}/livenessProbe/failureThreshold", 12),
    Option("defaults.probes.readinessFailures", 5, PREDICTOR, f"{CONTAINER}/readinessProbe/failureThreshold", 5),
    Option("defaults.tmp.sizeLimit", "99Mi", PREDICTOR, f"{SPEC}/volumes/tmp/emptyDir/sizeLimit", "99Mi"),
    Option("defaults.tmp.medium", "Memory", PREDICTOR, f"{SPEC}/volumes/tmp/emptyDir/medium", "Memory"),
    Option("defaults.service.appProtocol", "kubernetes.io/h2c", SERVICE, "spec/ports/grpc/appProtocol", "kubernetes.io/h2c"),
    Option("defaults.service.type", "NodePort", SERVICE, "spec/type", "NodePort"),
    Option("defaults.service.annotations", {"a": "b"}, SERVICE, "metadata/annotations/a", "b"),
    Option("defaults.service.ipFamilyPolicy", "RequireDualStack", f"{SERVICE}-headless", "spec/ipFamilyPolicy", "RequireDualStack"),
    Option("defaults.service.ipFamilies", ["IPv6"], SERVICE, "spec/ipFamilies", ["IPv6"]),
    Option("defaults.service.trafficDistribution", "PreferClose", SERVICE, "spec/trafficDistribution", "PreferClose"),
    Option("defaults.service.internalTrafficPolicy", "Local", SERVICE, "spec/internalTrafficPolicy", "Local"),
    Option("defaults.service.sessionAffinity", "ClientIP", SERVICE, "spec/sessionAffinity", "ClientIP"),
    Option("defaults.serviceAccount.name", "known", PREDICTOR, f"{SPEC}/serviceAccountName", "known", ALONE),
    Option("defaults.serviceAccount.annotations", {"a": "b"}, "ServiceAccount/animatize-predictor", "metadata/annotations/a", "b"),
    Option("defaults.internetEgress", True, NETWORK, "spec/egress/1/to/0/ipBlock/cidr", "0.0.0.0/0", ALONE),
    Option("defaults.networkPolicy.callers", [PEER], NETWORK, "spec/ingress/0/from/1", PEER),
    Option("defaults.networkPolicy.extraEgress", [{"to": [PEER]}], NETWORK, "spec/egress/1", {"to": [PEER]}, ALONE),
    Option("defaults.topologySpread.enabled", False, PREDICTOR, f"{SPEC}/topologySpreadConstraints", ABSENT, ALONE),
    Option("defaults.topologySpread.whenUnsatisfiable", "DoNotSchedule", PREDICTOR, f"{SPEC}/topologySpreadConstraints/1/whenUnsatisfiable", "DoNotSchedule"),
    Option("defaults.userNamespaces", True, PREDICTOR, f"{SPEC}/hostUsers", False),
    Option("defaults.nodeSelector", {"disk": "ssd"}, PREDICTOR, f"{SPEC}/nodeSelector", {"disk": "ssd"}),
    Option("defaults.tolerations", [{"key": "a"}], PREDICTOR, f"{SPEC}/tolerations", [{"key": "a"}]),
    Option("defaults.affinity", {"nodeAffinity": {}}, PREDICTOR, f"{SPEC}/affinity", {"nodeAffinity": {}}),
    Option("defaults.priorityClassName", "high", PREDICTOR, f"{SPEC}/priorityClassName", "high"),
    Option("defaults.runtimeClassName", "gvisor", PREDICTOR, f"{SPEC}/runtimeClassName", "gvisor"),
    Option("defaults.schedulerName", "packer", PREDICTOR, f"{SPEC}/schedulerName", "packer"),
    Option("defaults.podLabels", {"a": "b"}, PREDICTOR, "spec/template/metadata/labels/a", "b"),
    Option("defaults.podAnnotations", {"a": "b"}, PREDICTOR, "spec/template/metadata/annotations/a", "b"),
    Option("defaults.extraEnv", [{"name": "TZ", "value": "UTC"}], PREDICTOR, f"{CONTAINER}/env/TZ/value", "UTC"),
    Option("defaults.extraEnvFrom", [{"configMapRef": {"name": "a"}}], PREDICTOR, f"{CONTAINER}/envFrom", [{"configMapRef": {"name": "a"}}]),
    Option("defaults.extraVolumes", [{"name": "a", "emptyDir": {}}], PREDICTOR, f"{SPEC}/volumes/a", {"name": "a", "emptyDir": {}}),
    Option("defaults.extraVolumeMounts", [{"name": "a", "mountPath": "/a"}], PREDICTOR, f"{CONTAINER}/volumeMounts/a/mountPath", "/a"),
    Option("defaults.initContainers", [{"name": "first"}], PREDICTOR, f"{SPEC}/initContainers", [{"name": "first"}]),
    Option("defaults.sidecars", [{"name": "beside"}], PREDICTOR, f"{SPEC}/containers/1", {"name": "beside"}),
    # The rest
    Option("tests.deadlineSeconds", 33, "Pod/animatize-test", "spec/activeDeadlineSeconds", 33),
    Option("tests.resources", {"requests": {"cpu": "1m"}}, "Pod/animatize-test", "spec/containers/check/resources/requests/cpu", "1m"),
    Option("nameOverride", "film", "Service/animatize-film-gateway", "spec/selector/app.kubernetes.io~1name", "film", ALONE),
    Option("fullnameOverride", "clips", "Service/clips-gateway", "spec/ports/grpc/port", 50050, ALONE),
    Option("namespaceOverride", "film", SERVICE, "metadata/namespace", "film", ALONE),
    Option("clusterDomain", "cluster.local", "Settings/gateway", "predictor_target", "dns:///animatize-predictor-headless.animatize.svc.cluster.local:50052"),
    Option("commonLabels", {"a": "b"}, SERVICE, "metadata/labels/a", "b"),
    Option("commonAnnotations", {"a": "b"}, "ConfigMap/animatize-gateway", "metadata/annotations/a", "b"),
    Option("extraObjects", ["kind: Extra\nmetadata: {name: {{ .Release.Name }}-x}"], "Extra/animatize-x", "kind", "Extra"),
    Option("global.imageRegistry", "g.example.com", PREDICTOR, f"{CONTAINER}/image", "g.example.com/animatize-predictor:0.1.0", ALONE),
    Option("global.imagePullSecrets", ["a", {"name": "b"}], PREDICTOR, f"{SPEC}/imagePullSecrets", [{"name": "a"}, {"name": "b"}]),
]  # fmt: skip
