"""A release of the chart in a namespace of its own, with images that were built from the tree."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from .cluster import ROOT, Refused, apply, create_namespace, get, kubectl, run, seconds, until

CHART = ROOT / "helm" / "animatize"
SERVICES = ("gateway", "analyzer", "predictor", "expander", "generator")
PORTS = {"gateway": 50050, "analyzer": 50051, "predictor": 50052, "expander": 50053, "generator": 50054}
METRICS = 9464

REGISTRY = os.environ.get("ANIMATIZE_IMAGE_REGISTRY", "localhost")
TAG = os.environ.get("ANIMATIZE_IMAGE_TAG", "dev")
JAEGER = os.environ.get("ANIMATIZE_JAEGER_IMAGE", "localhost/jaeger:dev")
VALKEY = os.environ.get("ANIMATIZE_VALKEY_IMAGE", "localhost/valkey:dev")

#: Reasons of a waiting container that no waiting cures.
NO_IMAGE = {"ErrImageNeverPull", "ErrImagePull", "ImagePullBackOff", "InvalidImageName"}

#: What the cluster puts into each namespace by itself, and what it keeps about the past.
OWN = {"configmap/kube-root-ca.crt", "serviceaccount/default"}


def merged(*values: dict[str, Any]) -> dict[str, Any]:
    """Values laid over one another, the later ones win."""
    result: dict[str, Any] = {}
    for each in values:
        for key, value in each.items():
            inner = result.get(key)
            if isinstance(inner, dict) and isinstance(value, dict):
                value = merged(inner, value)
            result[key] = deepcopy(value)
    return result


def image(reference: str) -> dict[str, str]:
    """An image as the chart's values name it."""
    repository, _, tag = reference.rpartition(":")
    registry, _, name = repository.rpartition("/")
    return {"registry": registry, "repository": name, "tag": tag, "pullPolicy": "Never"}


#: Pods take images that are on the node; none is pulled, so that what runs is what was built.
IMAGES: dict[str, Any] = {
    "defaults": {"image": {"registry": REGISTRY, "tag": TAG, "pullPolicy": "Never"}},
    "redis": {"embedded": {"image": image(VALKEY)}},
    "jaeger": {"image": image(JAEGER)},
}

#: Small requests, so that three pods of each fit a small node.
REQUESTS: dict[str, Any] = {
    "services": {name: {"resources": {"requests": {"cpu": "20m", "memory": "64Mi"}}} for name in SERVICES}
}

#: Besides, roll-outs that take seconds: connections end after 5 s, and DNS here forgets within 6.
QUICK = merged(REQUESTS, {"defaults": {"connectionAgeSeconds": 5, "dnsCacheSeconds": 6}})


class Release:
    """A release by the name `animatize`, and its namespace."""

    name = "animatize"
    #: By which pods say that they call the gateway.
    client_label = "animatize-client"

    def __init__(self, namespace: str) -> None:
        """Names it; nothing is made yet."""
        self.namespace = namespace
        #: What the last command complained about.
        self.warnings = ""

    def helm(self, *words: str, values: dict[str, Any] | None = None, timeout_s: float = 180) -> str:
        """What helm prints about this release; its complaints are kept in `warnings`. Raises Refused."""
        stdin = None if values is None else json.dumps(merged(IMAGES, values))
        more = [] if values is None else ["-f", "-"]
        out, self.warnings = run("helm", "-n", self.namespace, *words, *more, stdin=stdin, timeout_s=timeout_s)
        return out

    def install(self, values: dict[str, Any]) -> str:
        """Installs without waiting."""
        return self.helm("install", self.name, str(CHART), values=values)

    def upgrade(self, values: dict[str, Any]) -> str:
        """Changes the release to these values, without waiting."""
        return self.helm("upgrade", self.name, str(CHART), values=values)

    def get(self, kind: str, component: str = "") -> list[dict[str, Any]]:
        """Objects of the release, of one component if it is named."""
        labels = f"app.kubernetes.io/instance={self.name}"
        if component:
            labels += f",app.kubernetes.io/component={component}"
        return get(self.namespace, kind, "-l", labels)

    def pods(self, component: str = "") -> list[dict[str, Any]]:
        """Pods of its deployments that are not on their way out."""
        found = [pod for pod in self.get("pods", component) if "ownerReferences" in pod["metadata"]]
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def deployment(self, component: str) -> str:
        """Its name as kubectl takes it."""
        return f"deployment/{self.name}-{component}"

    def settings(self, component: str) -> str:
        """A service's settings file."""
        [found] = [each for each in self.get("configmaps", component) if name_of(each) == f"{self.name}-{component}"]
        return str(found["data"]["config.yaml"])

    def scale(self, replicas: int, *components: str) -> None:
        """Asks for that many pods of each."""
        names = [self.deployment(each) for each in components]
        kubectl("-n", self.namespace, "scale", f"--replicas={replicas}", *names)

    def ready_at(self, within_s: float) -> float:
        """When the last pod became ready, in seconds since 1970; waits for it. Raises AssertionError."""

        def moments() -> list[float]:
            pods = self.pods()
            missing_image(pods)
            ready = [ready_since(pod) for pod in pods]
            wanted = sum(each["spec"]["replicas"] for each in self.get("deployments"))
            assert len(ready) == wanted, f"{len(ready)} pods instead of {wanted}"
            assert None not in ready, f"not ready: {[name_of(pod) for pod in pods if ready_since(pod) is None]}"
            return [each for each in ready if each is not None]

        return max(until(moments, within_s=within_s, what=f"all pods of {self.namespace} ready"))

    def settled(self, within_s: float = 180) -> None:
        """Returns when every deployment has the pods that it should have, all available, and no others are left."""

        def done() -> bool:
            missing_image(self.pods())
            for each in self.get("deployments"):
                status, wanted, name = each["status"], each["spec"]["replicas"], name_of(each)
                assert status.get("observedGeneration") == each["metadata"]["generation"], f"{name} is not seen yet"
                counts = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")]
                assert counts == [wanted] * 3, f"{name} has {counts} of {wanted}"
            ending = [name_of(pod) for pod in self.get("pods") if "deletionTimestamp" in pod["metadata"]]
            assert not ending, f"{ending} are ending"
            return True

        until(done, within_s=within_s, what=f"{self.namespace} at rest", every_s=1)

    def served(self, component: str, since: float) -> dict[str, list[float]]:
        """When each pod of a service finished calls after that moment, by the pods' own logs."""
        found: dict[str, list[float]] = {}
        for pod in self.pods(component):
            name = name_of(pod)
            lines = kubectl("-n", self.namespace, "logs", name, f"--since={int(time.time() - since) + 5}s").splitlines()
            told = [json.loads(line) for line in lines if '"rpc.served"' in line]
            moments = [seconds(each["timestamp"]) for each in told if "grpc.health" not in each["rpc.method"]]
            found[name] = [moment for moment in moments if moment >= since]
        return found

    def leftovers(self) -> set[str]:
        """Everything in the namespace that the cluster did not put there by itself, as kind/name."""
        kinds = kubectl("api-resources", "--namespaced", "--verbs=list", "-o", "name").split()
        # Events tell of the past, and figures of pods are kept nowhere.
        listed = ",".join(kind for kind in kinds if not kind.startswith("events") and "metrics.k8s.io" not in kind)
        found = kubectl("-n", self.namespace, "get", listed, "-o", "name", "--ignore-not-found").split()
        return set(found) - OWN

    def state(self) -> str:
        """Pods, events and the ends of their logs, for a person who looks at a failure."""
        parts = []
        for words in (
            ("get", "pods,deployments,hpa,pdb", "-o", "wide"),
            ("get", "events", "--sort-by=.lastTimestamp"),
            ("logs", "-l", f"app.kubernetes.io/instance={self.name}", "--prefix", "--tail=15", "--max-log-requests=40"),
        ):
            try:
                parts.append(kubectl("-n", self.namespace, *words))
            except Refused as error:
                parts.append(str(error))
        return "\n".join(parts)


def name_of(thing: dict[str, Any]) -> str:
    """An object's name."""
    return str(thing["metadata"]["name"])


def ready_since(pod: dict[str, Any]) -> float | None:
    """Since when a pod is ready, in seconds since 1970; None when it is not."""
    for condition in pod["status"].get("conditions", []):
        if condition["type"] == "Ready" and condition["status"] == "True":
            return seconds(condition["lastTransitionTime"])
    return None


def missing_image(pods: list[dict[str, Any]]) -> None:
    """Raises RuntimeError, which no waiting catches, when an image is not on the node."""
    for pod in pods:
        for status in pod["status"].get("containerStatuses", []):
            if status["state"].get("waiting", {}).get("reason") in NO_IMAGE:
                raise RuntimeError(
                    f"{status['image']} is not on the node: build and load it, see tests/cluster/README.md"
                )


@contextmanager
def released(purpose: str, values: dict[str, Any]) -> Iterator[Release]:
    """A release with these values in a fresh namespace, all pods ready; both are gone at the end."""
    with namespace(purpose) as name:
        release = Release(name)
        release.install(values)
        release.ready_at(within_s=120)
        yield release


@contextmanager
def namespace(purpose: str) -> Iterator[str]:
    """A fresh namespace; it is on its way out at the end, with all that is in it."""
    name = f"animatize-test-{purpose}-{uuid.uuid4().hex[:5]}"
    create_namespace(name)
    try:
        yield name
    finally:
        kubectl("delete", "namespace", name, "--wait=false")


def put_config_map(namespace: str, name: str, text: dict[str, str], binary: dict[str, str]) -> None:
    """A ConfigMap with text and with base64 data."""
    apply(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": namespace},
            "data": text,
            "binaryData": binary,
        }
    )
