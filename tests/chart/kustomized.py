"""The plain manifests of k8s/ as kustomize builds them, and what makes two sets of objects the same cluster."""

from __future__ import annotations

import copy
import functools
import importlib.util
import itertools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import yaml

from .kinds import Object, of_kind
from .renders import render
from .tools import FOLDER, ROOT, run, tool

K8S: Final = ROOT / "k8s"
EXCLUSIVE: Final = ("two-replicas", "autoscaling")
"""Components that own the number of pods; only one of them can be there."""
PREFIX: Final = "ANIMATIZE_"
OTLP: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"

Identity = tuple[str, str]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("k8s_render", K8S / "render.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


script: Final = _script()
"""The script that writes the generated part, k8s/render.py."""


@functools.cache
def build(folder: Path) -> str:
    """The documents that a folder's kustomization makes. Skips the test without kustomize, alone or in kubectl."""
    if (FOLDER / "kustomize").exists() or shutil.which("kustomize") or not shutil.which("kubectl"):
        done = run("kustomize", "build", folder)
    else:
        done = run("kubectl", "kustomize", folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(text: str) -> list[Object]:
    """The objects of a manifest."""
    return [document for document in yaml.load_all(text, Loader=_LOADER) if document]


OVERLAYS: Final = tuple(sorted(path.parent.name for path in K8S.glob("overlays/*/kustomization.yaml")))
"""The names of all overlays."""


def overlay(name: str) -> list[Object]:
    """The objects that the overlay makes."""
    return objects(build(K8S / "overlays" / name))


def overlays() -> dict[str, list[Object]]:
    """All overlays, by name."""
    return {name: overlay(name) for name in OVERLAYS}


def combinations() -> Iterator[tuple[str, ...]]:
    """Every set of components that can stand together, in the order in which a kustomization lists them."""
    free = [name for name in script.components() if name not in EXCLUSIVE]
    free.sort(key=lambda name: name != script.POLICIES)
    for number in range(len(free) + 1):
        for chosen in itertools.combinations(free, number):
            yield chosen
            for last in EXCLUSIVE:
                yield (*chosen, last)


@functools.cache
def combined(components: Sequence[str], *, namespace: str = "trial") -> str:
    """The documents of the base with these components in this namespace."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        kustomization = {
            "namespace": namespace,
            "resources": [os.path.relpath(K8S / "base", folder)],
            "components": [os.path.relpath(K8S / "components" / part, folder) for part in components],
        }
        (folder / "kustomization.yaml").write_text(json.dumps(kustomization))
        return build(folder)


def charted(files: Iterable[Path], *, namespace: str) -> list[Object]:
    """The objects of the chart with these values files, normalised as k8s/render.py does it."""
    tool("helm")
    found = render(tuple(files), namespace=namespace, api_versions=script.API_VERSIONS)
    normal: list[Object] = script.normalise(found, namespace=namespace)
    return normal


def as_policies_read(given: Iterable[Object]) -> list[Object]:
    """The objects in the words of the chart, for the policies that its presets are held to.

    The digest of configurations has its own name here, and a monitor looks at its own namespace without saying so. The
    namespace itself, which no preset holds, is left out.
    """
    kept = [copy.deepcopy(thing) for thing in given if thing["kind"] != "Namespace"]
    for thing in kept:
        if thing["kind"] == "Deployment":
            annotations = thing["spec"]["template"]["metadata"]["annotations"]
            annotations["checksum/config"] = annotations.pop(script.HASH, "")
        if thing["kind"] == "ServiceMonitor":
            thing["spec"].setdefault("namespaceSelector", {"matchNames": [thing["metadata"]["namespace"]]})
    return kept


def cluster(given: Iterable[Object]) -> dict[Identity, Object]:
    """What the objects make of a cluster, so that equal means the same one.

    Left out are the namespace (as an object and as a field), which Helm does not make, and the digest of
    configurations. A setting counts the same in a file and in a variable, which wins; lists whose order says nothing
    are sorted.
    """
    kept = [copy.deepcopy(thing) for thing in given if thing["kind"] != "Namespace"]
    found = {script.identity(thing): thing for thing in kept}
    assert len(found) == len(kept), "an object is there twice"
    for thing in kept:
        thing["metadata"].pop("namespace", None)
        if thing["kind"] == "NetworkPolicy":
            for way in ("ingress", "egress"):
                thing["spec"].get(way, []).sort(key=_text)
    for deployment in of_kind(kept, "Deployment"):
        _settle(deployment["spec"]["template"], found)
    return found


def _settle(template: Object, found: dict[Identity, Object]) -> None:
    annotations = template["metadata"].get("annotations", {})
    annotations.pop(script.HASH, None)
    if not annotations:
        template["metadata"].pop("annotations", None)
    spec = template["spec"]
    spec["volumes"].sort(key=_text)
    for container in spec["containers"]:
        container["volumeMounts"].sort(key=_text)
        container.get("env", []).sort(key=lambda variable: variable["name"])
        if any(_is_config_file(variable["name"]) for variable in container.get("env", ())):
            [name] = [volume["configMap"]["name"] for volume in spec["volumes"] if volume["name"] == "config"]
            config = found["ConfigMap", name]["data"]
            folded = {_setting(each["name"]): yaml.safe_load(each["value"]) for each in _settings(container)}
            config["config.yaml"] = yaml.safe_load(config["config.yaml"]) | folded
            container["env"] = [variable for variable in container["env"] if variable not in _settings(container)]


def _is_config_file(name: str) -> bool:
    return name.startswith(PREFIX) and name.endswith("_CONFIG_FILE")


def _setting(name: str) -> str:
    # ANIMATIZE_GATEWAY_LOG_LEVEL sets `log_level`.
    return "otlp_endpoint" if name == OTLP else name.removeprefix(PREFIX).partition("_")[2].lower()


def _settings(container: Object) -> list[dict[str, Any]]:
    return [
        variable
        for variable in container["env"]
        if "value" in variable
        and (variable["name"].startswith(PREFIX) or variable["name"] == OTLP)
        and not _is_config_file(variable["name"])
    ]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
