"""Policies about pods. Each takes the objects of a render and yields one sentence for each breach."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .kinds import Object, Workload, containers, workloads

#: Kinds of volumes that Pod Security `restricted` admits.
VOLUMES = frozenset(
    ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"]
)
#: Fields of a pod that are refused whatever they hold.
HOST_FIELDS = ("hostNetwork", "hostPID", "hostIPC")

_EXACT_IMAGE = re.compile(
    r"(?P<name>[a-z0-9._/:-]+?)(@sha256:[0-9a-f]{64}|:(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))"
)


def each(objects: Iterable[Object]) -> Iterator[tuple[str, Object, Object]]:
    """(what a breach calls it, pod, container) for every container of every pod, those that run first included."""
    for workload in workloads(objects):
        for container in containers(workload.pod):
            yield f"{workload.label} {container['name']}", workload.pod, container


def admitted_as_restricted(objects: Iterable[Object]) -> Iterator[str]:
    """Pods that a namespace with the Pod Security level `restricted` refuses (all of its rules, for Linux pods)."""
    for workload in workloads(objects):
        yield from _pod_restricted(workload)
    for where, pod, container in each(objects):
        yield from (f"{where}: {breach}" for breach in _container_restricted(pod["spec"], container))


def _pod_restricted(workload: Workload) -> Iterator[str]:
    spec = workload.pod["spec"]
    for field in HOST_FIELDS:
        if spec.get(field):
            yield f"{workload.label}: {field}"
    for volume in spec.get("volumes", ()):
        for kind in volume.keys() - {"name"} - VOLUMES:
            yield f"{workload.label}: volume {volume['name']} is a {kind}"
    if spec.get("securityContext", {}).get("sysctls"):
        yield f"{workload.label}: sysctls"


def _container_restricted(spec: Object, container: Object) -> Iterator[str]:
    pod, own = spec.get("securityContext", {}), container.get("securityContext", {})
    both: dict[str, Any] = {**pod, **own}
    if own.get("privileged"):
        yield "privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation is not false"
    if own.get("capabilities", {}).get("drop") != ["ALL"]:
        yield "does not drop ALL capabilities"
    if set(own.get("capabilities", {}).get("add", ())) - {"NET_BIND_SERVICE"}:
        yield "adds capabilities"
    if both.get("runAsNonRoot") is not True:
        yield "runAsNonRoot is not true"
    if both.get("runAsUser") == 0:
        yield "runs as root"
    if both.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield "has no seccomp profile"
    if own.get("procMount", "Default") != "Default":
        yield "procMount"
    if any(port.get("hostPort") for port in container.get("ports", ())):
        yield "has a host port"


def a_user_of_its_own(objects: Iterable[Object]) -> Iterator[str]:
    """Containers whose user or group is not a number that no one on the node has: 10000 and above."""
    for where, pod, container in each(objects):
        both = {**pod["spec"].get("securityContext", {}), **container.get("securityContext", {})}
        for field in ("runAsUser", "runAsGroup"):
            if not isinstance(both.get(field), int) or both[field] < 10_000:
                yield f"{where}: {field} is {both.get(field)}"


def writes_only_where_it_is_bounded(objects: Iterable[Object]) -> Iterator[str]:
    """Containers with a writable root, and volumes without a size."""
    for where, _, container in each(objects):
        if container.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
            yield f"{where}: its root is writable"
    for workload in workloads(objects):
        for volume in workload.pod["spec"].get("volumes", ()):
            if "emptyDir" in volume and "sizeLimit" not in (volume["emptyDir"] or {}):
                yield f"{workload.label}: volume {volume['name']} has no size"


def no_token(objects: Iterable[Object]) -> Iterator[str]:
    """Pods and accounts that would show the API server's token to a process that never asks it anything."""
    for workload in workloads(objects):
        if workload.pod["spec"].get("automountServiceAccountToken") is not False:
            yield f"{workload.label} mounts its account's token"
    for subject in objects:
        if subject["kind"] == "ServiceAccount" and subject.get("automountServiceAccountToken") is not False:
            yield f"{subject['metadata']['name']} mounts its token"
        if subject["kind"] in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"):
            yield f"{subject['kind']} {subject['metadata']['name']}: nothing here needs the API server"


def no_service_links(objects: Iterable[Object]) -> Iterator[str]:
    """Pods that get the cluster's own ANIMATIZE_…_PORT variables, which the services refuse."""
    for workload in workloads(objects):
        if workload.pod["spec"].get("enableServiceLinks") is not False:
            yield f"{workload.label}: enableServiceLinks is not false"


def resources_are_set(objects: Iterable[Object]) -> Iterator[str]:
    """Containers without requests or a limit of memory, and with a limit of CPU."""
    for where, _, container in each(objects):
        resources = container.get("resources", {})
        requests, limits = resources.get("requests", {}), resources.get("limits", {})
        yield from (f"{where} requests no {name}" for name in ("cpu", "memory") if name not in requests)
        if "memory" not in limits:
            yield f"{where} has no limit of memory"
        if "cpu" in limits:
            yield f"{where} has a limit of CPU"


def images_are_exact(objects: Iterable[Object]) -> Iterator[str]:
    """Images that may be others tomorrow, and anything of Bitnami."""
    for where, _, container in each(objects):
        image = container["image"]
        found = _EXACT_IMAGE.fullmatch(image)
        if not found or found["tag"] == "latest":
            yield f"{where}: image {image} is not exact"
        if "bitnami" in image:
            yield f"{where}: image {image} is of Bitnami"


def probed(objects: Iterable[Object]) -> Iterator[str]:
    """Containers that serve and lack one of the three probes, or ask one question for two purposes."""
    for workload in workloads(objects):
        if workload.object["kind"] in ("Pod", "Job"):
            continue
        for container in workload.pod["spec"]["containers"]:
            if container.get("ports"):
                yield from (f"{workload.label} {breach}" for breach in _probes(container))


def _probes(container: Object) -> Iterator[str]:
    ports = {port["containerPort"] for port in container["ports"]} | {port["name"] for port in container["ports"]}
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        if name not in container:
            yield f"has no {name}"
            continue
        [asked] = [container[name][how] for how in ("grpc", "httpGet", "tcpSocket") if how in container[name]]
        if asked["port"] not in ports:
            yield f"{name} asks port {asked['port']}, which it has not"
    if "grpc" in container.get("livenessProbe", {}):
        serves = container.get("readinessProbe", {}).get("grpc", {}).get("service")
        if container["livenessProbe"]["grpc"].get("service") != "liveness" or serves in (None, "", "liveness"):
            yield "asks whether it lives and whether it serves by the same name"


POLICIES = (
    admitted_as_restricted,
    a_user_of_its_own,
    writes_only_where_it_is_bounded,
    no_token,
    no_service_links,
    resources_are_set,
    images_are_exact,
    probed,
)
