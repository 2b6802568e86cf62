"""Holds manifests against the kinds' own schemas, for the oldest and the newest Kubernetes that the chart supports."""

from __future__ import annotations

import json
from pathlib import Path

from .tools import run

SCHEMAS = Path(__file__).resolve().parent / "schemas"
KUBERNETES = tuple(sorted(path.name.removeprefix("kubernetes-") for path in SCHEMAS.glob("kubernetes-*")))
"""The Kubernetes versions that there are schemas of, oldest first: ("1.30", …)."""


def problems(manifest: str, *, kubernetes: str) -> list[str]:
    """What is wrong with the documents in a manifest, one sentence each; also a kind that no schema is there for.

    Unknown and doubled fields count as wrong, and so do empty (null) ones.
    """
    file = "{{.ResourceKind}}{{.KindSuffix}}.json"
    places = [f"{SCHEMAS}/kubernetes-{kubernetes}/{file}", f"{SCHEMAS}/custom/{file}"]
    locations = [word for place in places for word in ("-schema-location", place)]
    done = run("kubeconform", "-strict", "-output", "json", "-n", "1", *locations, "-", stdin=manifest)
    found = json.loads(done.stdout)["resources"]
    assert bool(found) == bool(done.returncode), done.stderr
    return [
        f"{entry['kind']}/{entry['name']}: {entry['msg'].rpartition('.json#')[2] or entry['msg']}" for entry in found
    ]
