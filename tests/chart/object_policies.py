"""Policies about objects by themselves. Each takes the objects of a render and yields one sentence for each breach."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from .kinds import Object, containers, of_kind, title, workloads

LABELS = ("name", "instance", "component", "version", "part-of", "managed-by")
SELECTED_BY = frozenset(f"app.kubernetes.io/{label}" for label in ("name", "instance", "component"))

#: Kinds that live in no namespace, which the chart has none of.
CLUSTER_KINDS = frozenset(
    ["Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "PersistentVolume", "PriorityClass"]
)

#: What a secret's value is found by: presets, and the test of secrets, write them so.
CANARY = re.compile(r"only-for-a-trial|canary-[a-z0-9]+")

_DNS_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")


def labelled(objects: Iterable[Object]) -> Iterator[str]:
    """Objects and pods without the labels by which people and tools find them; values that no label may have."""
    objects = list(objects)
    everything = [(title(subject), subject) for subject in objects]
    everything += [(f"pods of {workload.label}", workload.pod) for workload in workloads(objects)]
    for where, subject in everything:
        labels = subject["metadata"].get("labels", {})
        for label in LABELS:
            if not labels.get(f"app.kubernetes.io/{label}"):
                yield f"{where} has no label {label}"
        for name, value in labels.items():
            if not isinstance(value, str) or not _LABEL_VALUE.fullmatch(value):
                yield f"{where}: {name} may not be {value!r}"


def named_within_limits(objects: Iterable[Object]) -> Iterator[str]:
    """Objects whose name is longer than a DNS label or is taken twice."""
    objects = list(objects)
    for subject in objects:
        if not _DNS_NAME.fullmatch(subject["metadata"]["name"]):
            yield f"{title(subject)} is no name of at most 63 letters, digits and dashes"
    for (kind, name), count in Counter((each["kind"], each["metadata"]["name"]) for each in objects).items():
        if count > 1:
            yield f"{count} of {kind}/{name}"


def in_one_namespace(objects: Iterable[Object]) -> Iterator[str]:
    """Objects outside of the namespace that holds the others, or in none."""
    objects = list(objects)
    homes = Counter(subject["metadata"].get("namespace") for subject in objects)
    home = homes.most_common(1)[0][0]
    for subject in objects:
        if subject["kind"] in CLUSTER_KINDS:
            yield f"{title(subject)} belongs to the whole cluster"
        elif not home or subject["metadata"].get("namespace") != home:
            yield f"{title(subject)} is in {subject['metadata'].get('namespace')}, not in {home}"


def secrets_stay_in_secrets(objects: Iterable[Object]) -> Iterator[str]:
    """Values of secrets outside of Secrets, and secrets that pods get as variables, which need a restart to rotate."""
    for subject in objects:
        if subject["kind"] != "Secret" and (found := CANARY.search(json.dumps(subject))):
            yield f"{title(subject)} shows {found[0]}"
    for workload in workloads(objects):
        for container in containers(workload.pod):
            for variable in container.get("env", ()):
                if "secretKeyRef" in variable.get("valueFrom", {}):
                    yield f"{workload.label}: {variable['name']} is a secret in the environment"


def selectors_hold_identity_alone(objects: Iterable[Object]) -> Iterator[str]:
    """Selectors with other labels than those that never change, and pods that their own selector misses."""
    for workload in workloads(objects):
        if workload.object["kind"] == "Pod":
            continue
        selector = workload.object["spec"]["selector"]["matchLabels"]
        if selector.keys() != SELECTED_BY:
            yield f"{workload.label} selects by {sorted(selector)}"
        if not selector.items() <= workload.pod["metadata"]["labels"].items():
            yield f"{workload.label} does not select its own pods"
    for service in of_kind(objects, "Service"):
        if service["spec"].get("selector", {}).keys() != SELECTED_BY:
            yield f"{title(service)} selects by {sorted(service['spec'].get('selector', {}))}"


def one_owner_of_the_replicas(objects: Sequence[Object]) -> Iterator[str]:
    """Autoscalers of nothing, of what has a number of its own, and two of the same."""
    deployments = {subject["metadata"]["name"]: subject for subject in of_kind(objects, "Deployment")}
    scaled = Counter[str]()
    for scaler in of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject"):
        target = scaler["spec"]["scaleTargetRef"]
        scaled[target["name"]] += 1
        if target.get("kind") != "Deployment" or target["name"] not in deployments:
            yield f"{title(scaler)} scales {target['name']}, which is not there"
        elif "replicas" in deployments[target["name"]]["spec"]:
            yield f"{target['name']} has replicas and an autoscaler"
    yield from (f"{name} has {count} autoscalers" for name, count in scaled.items() if count > 1)
    for name, deployment in deployments.items():
        if name not in scaled and "replicas" not in deployment["spec"]:
            yield f"nobody says how many pods {name} has"


def most_pods(objects: Sequence[Object], deployment: Object) -> int:
    """How many pods a Deployment may have, by itself or by its autoscaler."""
    for scaler in of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject"):
        if scaler["spec"]["scaleTargetRef"]["name"] == deployment["metadata"]["name"]:
            return int(scaler["spec"].get("maxReplicas") or scaler["spec"]["maxReplicaCount"])
    return int(deployment["spec"].get("replicas", 1))


def budgets_let_nodes_drain(objects: Sequence[Object]) -> Iterator[str]:
    """Budgets for disruptions of a single pod, of no pods, or that no eviction could ever satisfy."""
    for budget in of_kind(objects, "PodDisruptionBudget"):
        selected = [
            deployment
            for deployment in of_kind(objects, "Deployment")
            if deployment["spec"]["selector"] == budget["spec"]["selector"]
        ]
        if len(selected) != 1:
            yield f"{title(budget)} is about {len(selected)} Deployments"
        elif most_pods(objects, selected[0]) < 2:
            yield f"{title(budget)} is about a single pod"
        if budget["spec"].get("maxUnavailable", 0) in (0, "0%"):
            yield f"{title(budget)} lets no pod go"
        if budget["spec"].get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
            yield f"{title(budget)} holds up nodes for pods that are ill anyway"


def rollouts_keep_all_pods(objects: Sequence[Object]) -> Iterator[str]:
    """Deployments that keep too many revisions, or those of calls that take pods away before new ones serve."""
    for deployment in of_kind(objects, "Deployment"):
        spec = deployment["spec"]
        if spec.get("revisionHistoryLimit") != 3:
            yield f"{title(deployment)} keeps {spec.get('revisionHistoryLimit')} revisions"
        ports = {port["name"] for port in spec["template"]["spec"]["containers"][0].get("ports", ())}
        if "grpc" in ports and spec["strategy"].get("rollingUpdate", {}).get("maxUnavailable") != 0:
            yield f"{title(deployment)} takes pods away before others serve"


POLICIES = (
    labelled,
    named_within_limits,
    in_one_namespace,
    secrets_stay_in_secrets,
    selectors_hold_identity_alone,
    one_owner_of_the_replicas,
    budgets_let_nodes_drain,
    rollouts_keep_all_pods,
)
