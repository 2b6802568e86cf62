"""The presets of helm/animatize/ci, each rendered for a cluster that has every operator that one of them needs."""

from __future__ import annotations

from .conformity import KUBERNETES
from .kinds import Object
from .renders import PRESETS, render

NEWEST = f"{KUBERNETES[-1]}.0"
"""The newest Kubernetes that there are schemas of, so that a preset is rendered once for these tests and for those."""
WIDE = (
    "default",
    "redis-embedded-auth-persistence",
    "collector-jaeger",
    "tls-cert-manager",
    "mesh-istio",
    "monitoring",
    "hpa",
    "keda",
    "grpc-route",
    "ingress-nginx",
    "cilium",
    "external-secrets",
    "evaluation-secrets",
)
"""Presets that have every kind of object between them, for tests that all presets would take too long in."""

OPERATORS = (
    "cert-manager.io/v1",
    "cilium.io/v2",
    "external-secrets.io/v1",
    "gateway.networking.k8s.io/v1",
    "keda.sh/v1alpha1",
    "monitoring.coreos.com/v1",
)
"""APIs that a cluster has beside its own, as `--api-versions` wants them."""


def rendered(preset: str, *, kubernetes: str = NEWEST) -> list[Object]:
    """The objects of a preset, by its name in PRESETS. They are shared between tests: read them only."""
    return render(PRESETS[preset], kube_version=kubernetes, api_versions=OPERATORS)
