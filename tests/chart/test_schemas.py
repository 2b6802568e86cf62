"""What is rendered is what Kubernetes and the operators take; what they do not take is found."""

from __future__ import annotations

import pytest

from .conformity import KUBERNETES, problems
from .presets import OPERATORS
from .renders import PRESETS, manifest

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: gateway}
spec:
  ports: [{name: grpc, port: 50050, targetPort: grpc}]
"""
SCALED = """
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: analyzer}
spec: {scaleTargetRef: {name: analyzer}, triggers: [{type: prometheus, metadata: {query: up}}]}
"""


@pytest.mark.parametrize("kubernetes", KUBERNETES)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_valid(preset: str, kubernetes: str) -> None:
    text = manifest(PRESETS[preset], kube_version=f"{kubernetes}.0", api_versions=OPERATORS)

    assert problems(text, kubernetes=kubernetes) == []


def test_there_are_schemas_of_an_oldest_and_a_newest_kubernetes() -> None:
    assert KUBERNETES == ("1.30", "1.36")


@pytest.mark.parametrize("kubernetes", KUBERNETES)
def test_right_objects_are_taken(kubernetes: str) -> None:
    assert problems(f"{SERVICE}---{SCALED}", kubernetes=kubernetes) == []


@pytest.mark.parametrize("kubernetes", KUBERNETES)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SERVICE.replace("targetPort", "targetport"), "additional properties 'targetport' not allowed"),
        (SERVICE.replace("port: 50050", "port: '50050'"), "got string, want integer"),
        (SERVICE.replace("v1", "v2"), "could not find schema for Service"),
        (SERVICE.replace("name: gateway", "name: gateway, namespace: "), "got null, want string"),
        (SERVICE + "spec: {}\n", "already set in map"),
        (SCALED.replace("triggers", "trigger"), "additional properties 'trigger' not allowed"),
        (SCALED.replace("type: prometheus, ", ""), "missing property 'type'"),
    ],
    ids=["unknown field", "wrong type", "unknown kind", "null", "doubled field", "custom unknown", "custom missing"],
)
def test_a_wrong_object_is_found(text: str, said: str, kubernetes: str) -> None:
    [sentence] = problems(text, kubernetes=kubernetes)

    assert said in sentence
