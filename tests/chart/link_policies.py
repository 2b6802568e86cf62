"""Policies about names by which objects refer to one another. Each yields one sentence for each breach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .kinds import COMPONENT, Object, containers, of_kind, selects, title, workloads
from .product import SERVICES


def selected_pods(objects: Iterable[Object], service: Object) -> list[Object]:
    """The pods (templates) that a Service sends calls to."""
    objects = list(objects)
    return [
        workload.pod
        for workload in workloads(objects)
        if selects({"matchLabels": service["spec"]["selector"]}, workload.pod["metadata"]["labels"])
    ]


def ports_of(pod: Object) -> dict[str, int]:
    """Name -> number of all ports that the containers of a pod declare."""
    return {port["name"]: port["containerPort"] for container in containers(pod) for port in container.get("ports", ())}


def services_lead_to_pods(objects: Sequence[Object]) -> Iterator[str]:
    """Services that select nothing, or more than one kind of pod, or lead to a port that the pod has not."""
    for service in of_kind(objects, "Service"):
        pods = selected_pods(objects, service)
        if len(pods) != 1:
            yield f"{title(service)} selects {len(pods)} kinds of pods"
        for pod in pods:
            for port in service["spec"]["ports"]:
                if port["targetPort"] not in ports_of(pod):
                    yield f"{title(service)}: no container has a port {port['targetPort']}"


def two_services_each(objects: Sequence[Object]) -> Iterator[str]:
    """Servers of gRPC without a headless Service, by which clients see all pods, or without one that has an address."""
    for workload in workloads(objects):
        component = workload.pod["metadata"]["labels"].get(COMPONENT)
        if component not in SERVICES or workload.object["kind"] == "Pod":
            continue
        own = [service for service in of_kind(objects, "Service") if workload.pod in selected_pods(objects, service)]
        by_name = {service["metadata"]["name"]: service["spec"] for service in own}
        name = workload.object["metadata"]["name"]
        if by_name.get(f"{name}-headless", {}).get("clusterIP") != "None":
            yield f"{name} has no headless Service"
        if "clusterIP" in by_name.get(name, {"clusterIP": "None"}):
            yield f"{name} has no Service with an address"
        for spec in by_name.values():
            grpc = [port for port in spec["ports"] if port["name"] == "grpc"]
            if not grpc or grpc[0].get("appProtocol") not in ("grpc", "kubernetes.io/h2c"):
                yield f"{name} has a Service that does not say that its port speaks gRPC"


def health_stays_inside(objects: Sequence[Object]) -> Iterator[str]:
    """Services that lead to a port for probes, which speaks plain text where the others speak TLS."""
    for service in of_kind(objects, "Service"):
        if any(port["targetPort"] == "health" for port in service["spec"]["ports"]):
            yield f"{title(service)} shows the port for probes"


def monitors_find_one_service(objects: Sequence[Object]) -> Iterator[str]:
    """ServiceMonitors that read no pod, or each pod twice, or ask for a port that is not there."""
    for monitor in of_kind(objects, "ServiceMonitor"):
        spec = monitor["spec"]
        found = [
            service
            for service in of_kind(objects, "Service")
            if selects(spec["selector"], service["metadata"]["labels"])
            and service["metadata"]["namespace"] in spec["namespaceSelector"]["matchNames"]
        ]
        if len(found) != 1:
            yield f"{title(monitor)} finds {len(found)} Services"
        for service in found:
            names = {port["name"] for port in service["spec"]["ports"]}
            yield from (
                f"{title(monitor)}: {title(service)} has no port {endpoint['port']}"
                for endpoint in spec["endpoints"]
                if endpoint["port"] not in names
            )


def references(workload_pod: Object) -> Iterator[tuple[str, str, str | None]]:
    """(kind, name, key or None for all) of every Secret, ConfigMap, claim and account that a pod needs."""
    spec = workload_pod["spec"]
    if "serviceAccountName" in spec:
        yield "ServiceAccount", spec["serviceAccountName"], None
    for volume in spec.get("volumes", ()):
        yield from _volume(volume)
    for container in containers(workload_pod):
        for variable in container.get("env", ()):
            for field, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
                if wanted := variable.get("valueFrom", {}).get(field):
                    yield kind, wanted["name"], wanted["key"]


def _volume(volume: Object) -> Iterator[tuple[str, str, str | None]]:
    for source in [volume, *volume.get("projected", {}).get("sources", ())]:
        for field, kind, word in (("secret", "Secret", "secretName"), ("configMap", "ConfigMap", "name")):
            if wanted := source.get(field):
                name = wanted.get(word) or wanted["name"]
                yield from ((kind, name, item["key"]) for item in wanted.get("items", ()))
                if not wanted.get("items"):
                    yield kind, name, None
    if claim := volume.get("persistentVolumeClaim"):
        yield "PersistentVolumeClaim", claim["claimName"], None


def holds(objects: Iterable[Object], kind: str, name: str, key: str | None) -> bool:
    """Whether a render holds an object, or what makes it, with this key."""
    for subject in objects:
        own = subject["metadata"]["name"]
        match subject["kind"]:
            case "ExternalSecret" if kind == "Secret" and subject["spec"]["target"]["name"] == name:
                return key is None or key in {entry["secretKey"] for entry in subject["spec"]["data"]}
            case "Certificate" if kind == "Secret" and subject["spec"]["secretName"] == name:
                return key in (None, "tls.crt", "tls.key", "ca.crt")
            case found if found == kind and own == name:
                data = {**subject.get("data", {}), **subject.get("stringData", {}), **subject.get("binaryData", {})}
                return key is None or key in data
    return False


def missing(objects: Sequence[Object]) -> set[tuple[str, str, str | None]]:
    """What pods refer to and the render does not hold: it has to be there already, so a value must have named it."""
    return {
        wanted for workload in workloads(objects) for wanted in references(workload.pod) if not holds(objects, *wanted)
    }


def changed_settings_restart(objects: Sequence[Object]) -> Iterator[str]:
    """Deployments whose pods would go on with old settings: they mount a ConfigMap and carry no checksum of it."""
    for workload in workloads(objects):
        if workload.object["kind"] != "Deployment":
            continue
        mounted = {name for kind, name, _ in references(workload.pod) if kind == "ConfigMap"}
        annotations = workload.pod["metadata"].get("annotations", {})
        if workload.object["metadata"]["name"] in mounted and not annotations.get("checksum/config"):
            yield f"{workload.label} has no checksum of its settings"


def routes_lead_to_the_gateway(objects: Sequence[Object]) -> Iterator[str]:
    """Routes and Ingresses to a Service or a port that is not there, or past the gateway."""
    services = {service["metadata"]["name"]: service for service in of_kind(objects, "Service")}
    for route in of_kind(objects, "GRPCRoute", "Ingress"):
        for name, port in _backends(route):
            service = services.get(name)
            if service is None or service["metadata"]["labels"][COMPONENT] != "gateway":
                yield f"{title(route)} leads to {name}"
            elif port not in {entry["port"] for entry in service["spec"]["ports"] if entry["name"] == "grpc"}:
                yield f"{title(route)} leads to port {port}"


def _backends(route: Object) -> Iterator[tuple[str, int]]:
    for rule in route["spec"]["rules"]:
        for backend in rule.get("backendRefs", ()):
            yield backend["name"], backend["port"]
        for path in rule.get("http", {}).get("paths", ()):
            yield path["backend"]["service"]["name"], path["backend"]["service"]["port"]["number"]


POLICIES = (
    services_lead_to_pods,
    two_services_each,
    health_stays_inside,
    monitors_find_one_service,
    changed_settings_restart,
    routes_lead_to_the_gateway,
)
