"""Writes the plain manifests of k8s/ from the chart helm/animatize.

Run as `python k8s/render.py [--check]`, or `make k8s` and `make k8s-check`. With --check nothing is written and the
exit code is 1 when a file differs from what the chart gives, is missing, or is there and should not be.

Generated are `base/` and each `components/*/rendered/`: what the chart has more than the base when the component's
values.yaml is added. Patches, overlays and values are written by hand. Needs helm, in .tools/ or on the PATH.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent
CHART: Final = ROOT / "helm" / "animatize"
PRESET: Final = HERE / "preset.yaml"

RELEASE: Final = "animatize"
KUBE_VERSION: Final = "1.34.0"
"""The Kubernetes that is rendered for; nothing in these manifests depends on it."""
API_VERSIONS: Final = ("monitoring.coreos.com/v1",)
"""What the cluster is taken to know besides: the component `monitoring` needs the Prometheus operator."""

POLICIES: Final = "network-policies"
HASH: Final = "animatize.dev/config-hash"
"""Annotation of pods: a digest of the ConfigMaps they mount, so that a new configuration starts new pods."""
HEADER: Final = "# Rendered from helm/animatize by make k8s; change the chart instead.\n"

Object = dict[str, Any]
Identity = tuple[str, str]

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class HelmError(Exception):
    """Helm is missing, or refused; the text says which."""


def render(values: Sequence[Path], *, namespace: str = RELEASE) -> list[Object]:
    """The chart's objects with these values files, normalised (see `normalise`). Raises HelmError."""
    built = ROOT / ".tools" / "helm"
    helm = str(built) if built.exists() else shutil.which("helm")
    if helm is None:
        raise HelmError("helm is not here: run `make tools`, or put it on the PATH")
    words = ["template", RELEASE, str(CHART), "--namespace", namespace, "--kube-version", KUBE_VERSION]
    words += [word for api in API_VERSIONS for word in ("--api-versions", api)]
    words += [word for file in values for word in ("--values", str(file))]
    done = subprocess.run([helm, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise HelmError(done.stderr.strip())
    return normalise(yaml.load_all(done.stdout, Loader=_LOADER), namespace=namespace)


def normalise(objects: Iterable[Object | None], *, namespace: str) -> list[Object]:
    """The objects as kustomize wants them, in the order of kind and name; the given ones stay as they are.

    Hooks and tests go. So do the namespace, which kustomize sets, also inside of host names (a pod finds a Service of
    its own namespace by its name alone) and of monitors (which look at their own namespace when they name none); the
    chart's version; and checksums. `managed-by` says kustomize.
    """
    kept = [thing for thing in objects if thing and "helm.sh/hook" not in thing["metadata"].get("annotations", {})]
    return sorted((_normal(thing, namespace) for thing in kept), key=identity)


def identity(thing: Object) -> Identity:
    """Kind and name: what tells the objects of one release apart."""
    return thing["kind"], thing["metadata"]["name"]


def _normal(thing: Object, namespace: str) -> Object:
    thing = _without_namespace(copy.deepcopy(thing), f".{namespace}.svc")
    thing["metadata"].pop("namespace", None)
    metadata = [thing["metadata"]]
    if thing["kind"] == "Deployment":
        metadata.append(thing["spec"]["template"]["metadata"])
    if thing["kind"] == "ServiceMonitor":
        thing["spec"].pop("namespaceSelector", None)
    for part in metadata:
        part["labels"].pop("helm.sh/chart", None)
        part["labels"]["app.kubernetes.io/managed-by"] = "kustomize"
        part.get("annotations", {}).pop("checksum/config", None)
        if not part.get("annotations", True):
            del part["annotations"]
    return thing


def _without_namespace(value: Any, domain: str) -> Any:
    match value:
        case str():
            return value.replace(domain, "")
        case dict():
            return {name: _without_namespace(part, domain) for name, part in value.items()}
        case list():
            return [_without_namespace(part, domain) for part in value]
    return value


def hashed(objects: Sequence[Object]) -> list[Object]:
    """The same objects, with the digest of its ConfigMaps on each Deployment's pods."""
    configs = {thing["metadata"]["name"]: thing["data"] for thing in objects if thing["kind"] == "ConfigMap"}
    result = copy.deepcopy(list(objects))
    for thing in result:
        if thing["kind"] != "Deployment":
            continue
        template = thing["spec"]["template"]
        mounted = [volume["configMap"]["name"] for volume in template["spec"]["volumes"] if "configMap" in volume]
        text = json.dumps({name: configs[name] for name in mounted}, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        template["metadata"].setdefault("annotations", {})[HASH] = digest
    return result


@functools.cache
def components() -> tuple[str, ...]:
    """The names of all components."""
    return tuple(sorted(path.parent.name for path in HERE.glob("components/*/values.yaml")))


def component_values(name: str) -> Path:
    """The values that make the chart give what the component gives."""
    return HERE / "components" / name / "values.yaml"


def wanted() -> dict[str, str]:
    """Every generated file, by its path within k8s/, and its text. Raises HelmError."""
    base = render([PRESET])
    policies = render([PRESET, component_values(POLICIES)])
    files = _folder("base", base)
    for name in components():
        # With the policies on, so that a part with pods of its own brings its own policy.
        full = render([PRESET, component_values(POLICIES), component_values(name)])
        known = {identity(thing) for thing in (base if name == POLICIES else policies)}
        own = [thing for thing in full if identity(thing) not in known]
        if own:
            files |= _folder(f"components/{name}/rendered", own)
    return files


def _folder(folder: str, objects: Sequence[Object]) -> dict[str, str]:
    named = {f"{thing['kind']}-{thing['metadata']['name']}.yaml".lower(): thing for thing in hashed(objects)}
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": sorted(named),
    }
    files = {**named, "kustomization.yaml": kustomization}
    return {f"{folder}/{file}": HEADER + _text(content) for file, content in files.items()}


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as such, and lists indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _string)


def _text(content: Mapping[str, Any]) -> str:
    return yaml.dump(content, Dumper=_Dumper, sort_keys=True, width=1_000_000, allow_unicode=True)


def stale(files: Mapping[str, str], *, folder: Path = HERE) -> list[str]:
    """The paths within the folder that differ from these files, are missing, or are there without being among them."""
    present = {
        path.relative_to(folder).as_posix()
        for place in ("base", "components/*/rendered")
        for path in folder.glob(f"{place}/*")
    }
    current = {name for name in present & set(files) if (folder / name).read_text(encoding="utf-8") == files[name]}
    return sorted((present | set(files)) - current)


def write(files: Mapping[str, str], *, folder: Path = HERE) -> None:
    """Makes the folder's generated files these, and no others."""
    for name in stale(files, folder=folder):
        path = folder / name
        if name not in files:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[name], encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Writes what is stale, or with --check says what is."""
    try:
        files = wanted()
    except HelmError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if "--check" not in arguments:
        write(files)
        return 0
    names = stale(files)
    for name in names:
        sys.stdout.write(f"k8s/{name} is not current: run `make k8s`\n")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
