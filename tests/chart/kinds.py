"""Finds what a test is about among rendered objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

Object = dict[str, Any]

COMPONENT = "app.kubernetes.io/component"


class Workload(NamedTuple):
    """An object that makes pods, and the pods it makes."""

    object: Object
    pod: Object
    """`metadata` (with the pods' labels) and `spec`."""

    @property
    def label(self) -> str:
        """What a failing test calls it."""
        return title(self.object)


def title(subject: Object) -> str:
    """`Kind/name`."""
    return f"{subject['kind']}/{subject['metadata']['name']}"


def of_kind(objects: Iterable[Object], *kinds: str) -> list[Object]:
    """The objects of these kinds, in their order."""
    return [subject for subject in objects if subject["kind"] in kinds]


def one(objects: Iterable[Object], kind: str, name: str) -> Object:
    """The object of this kind and name. Fails the test when there is none, or more than one."""
    objects = list(objects)
    found = [subject for subject in of_kind(objects, kind) if subject["metadata"]["name"] == name]
    assert len(found) == 1, f"{len(found)} of {kind}/{name} among {sorted(title(subject) for subject in objects)}"
    return found[0]


def of_component(objects: Iterable[Object], component: str) -> list[Object]:
    """The objects that carry the label of this component, such as `gateway`."""
    return [subject for subject in objects if subject["metadata"].get("labels", {}).get(COMPONENT) == component]


def workloads(objects: Iterable[Object]) -> Iterator[Workload]:
    """Everything that makes pods, bare pods included (hooks and tests are such)."""
    for subject in objects:
        match subject["kind"]:
            case "Deployment" | "StatefulSet" | "DaemonSet" | "Job":
                yield Workload(subject, subject["spec"]["template"])
            case "CronJob":
                yield Workload(subject, subject["spec"]["jobTemplate"]["spec"]["template"])
            case "Pod":
                yield Workload(subject, subject)


def containers(pod: Object) -> list[Object]:
    """All containers of a pod (template), those that run first included."""
    return [*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]]


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector (matchLabels, matchExpressions; empty takes all) takes an object with these labels."""
    if any(labels.get(name) != value for name, value in selector.get("matchLabels", {}).items()):
        return False
    return all(_holds(expression, labels) for expression in selector.get("matchExpressions", ()))


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values", ())
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    raise AssertionError(f"{expression['operator']} is no operator of a label selector")
