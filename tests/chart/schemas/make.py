"""Makes the JSON schemas that rendered manifests are held against, from the projects that define the kinds.

Run as `python tests/chart/schemas/make.py [--check]`. Needs go on the PATH: the sources are pinned Go modules, about
100 MB, which go downloads and verifies. With --check nothing is written and the exit code is 1 when a file differs.

The schemas are strict: a field that the kind does not have is refused, and so is an empty (null) value, which the API
server would silently drop. They hold neither descriptions nor the rules that are written in CEL.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).resolve().parent

KUBERNETES: Final = {"1.30": "v1.30.14", "1.36": "v1.36.3"}
"""The oldest and the newest Kubernetes that the chart supports -> the release whose API is taken."""

KINDS: Final = (
    "Deployment.apps/v1",
    "StatefulSet.apps/v1",
    "Job.batch/v1",
    "HorizontalPodAutoscaler.autoscaling/v2",
    "Ingress.networking.k8s.io/v1",
    "NetworkPolicy.networking.k8s.io/v1",
    "PodDisruptionBudget.policy/v1",
    "ConfigMap./v1",
    "Namespace./v1",
    "PersistentVolumeClaim./v1",
    "Pod./v1",
    "Secret./v1",
    "Service./v1",
    "ServiceAccount./v1",
)
"""The built-in kinds, `Kind.group/version`."""

_MONITORING = "github.com/prometheus-operator/prometheus-operator@v0.85.0 example/prometheus-operator-crd/"
CUSTOM: Final = {
    "Certificate": "github.com/cert-manager/cert-manager@v1.21.2 deploy/crds/cert-manager.io_certificates.yaml",
    "CiliumNetworkPolicy": "github.com/cilium/cilium@v1.20.2"
    " pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml",
    "ExternalSecret": "github.com/external-secrets/external-secrets@v1.3.2"
    " config/crds/bases/external-secrets.io_externalsecrets.yaml",
    "GRPCRoute": "sigs.k8s.io/gateway-api@v1.6.3 config/crd/standard/gateway.networking.k8s.io_grpcroutes.yaml",
    "PodMonitor": f"{_MONITORING}monitoring.coreos.com_podmonitors.yaml",
    "PrometheusRule": f"{_MONITORING}monitoring.coreos.com_prometheusrules.yaml",
    "ScaledObject": "github.com/kedacore/keda/v2@v2.21.0 config/crd/bases/keda.sh_scaledobjects.yaml",
    "ServiceMonitor": f"{_MONITORING}monitoring.coreos.com_servicemonitors.yaml",
}
"""The kinds of others -> the module at its version, and the file in it that defines the kind."""

_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_QUANTITY = (
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"
)
# What the API's description cannot say of itself: both forms are one type in it, a string.
_SPECIAL: Final[Mapping[str, dict[str, Any]]] = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": ["integer", "string"]},
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": ["number", "string"], "pattern": _QUANTITY},
}
_BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_KEPT: Final = {
    "type", "enum", "pattern", "nullable", "$ref", "anyOf", "oneOf", "allOf", "not",
    "properties", "required", "additionalProperties", "minProperties", "maxProperties",
    "items", "minItems", "maxItems", "uniqueItems",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
}  # fmt: skip


def module_folder(module: str) -> Path:
    """Where go keeps the files of `path@version`, downloaded and verified. Raises CalledProcessError."""
    command = ["go", "mod", "download", "-json", module]
    done = subprocess.run(command, cwd=tempfile.gettempdir(), check=True, capture_output=True, text=True)
    return Path(json.loads(done.stdout)["Dir"])


def strict(schema: Any, *, closed: bool = True) -> Any:
    """The schema with checking words alone; objects with fixed fields take no others.

    `closed` is false within anyOf, oneOf, allOf and not: those name some fields of an object whose others are said
    outside.
    """
    if not isinstance(schema, dict):
        return schema
    made = {word: value for word, value in schema.items() if word in _KEPT}
    if "properties" in made:
        made["properties"] = {name: strict(part, closed=closed) for name, part in made["properties"].items()}
    for word in ("items", "additionalProperties"):
        if word in made:
            made[word] = strict(made[word], closed=closed)
    for word in ("anyOf", "oneOf", "allOf"):
        if word in made:
            made[word] = [strict(part, closed=False) for part in made[word]]
    if "not" in made:
        made["not"] = strict(made["not"], closed=False)
    if schema.get("format") == "byte":
        made["pattern"] = _BASE64
    if schema.get("x-kubernetes-int-or-string") and "type" not in made:
        made.setdefault("anyOf", [{"type": "integer"}, {"type": "string"}])
    if made.pop("nullable", False) and "type" in made:
        made["type"] = [made["type"], "null"]
    free = schema.get("x-kubernetes-preserve-unknown-fields", False)
    if closed and not free and "properties" in made:
        made.setdefault("additionalProperties", False)
    return made


def file_name(kind: str, group: str, version: str) -> str:
    """The name under which kubeconform asks for a kind: the kind and the first part of its group, in lower case."""
    parts = [kind, *([group.split(".")[0]] if group else []), version]
    return "-".join(parts).lower() + ".json"


def named(schema: dict[str, Any], *, kind: str, group: str, version: str) -> dict[str, Any]:
    """The schema of an object, which must say that it is one of this kind."""
    api = f"{group}/{version}" if group else version
    properties = schema["properties"] | {"apiVersion": {"const": api}, "kind": {"const": kind}}
    required = sorted({*schema.get("required", []), "apiVersion", "kind", "metadata"})
    return schema | {"properties": properties, "required": required}


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for part in schema.values():
            yield from _references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _references(part)


def definitions(schema: Any, api: Mapping[str, Any]) -> dict[str, Any]:
    """Name -> schema of all that the schema refers to, directly or by way of another."""
    found: dict[str, Any] = {}
    waiting = list(_references(schema))
    while waiting:
        if (name := waiting.pop()) not in found:
            found[name] = _SPECIAL.get(name) or strict(api[name])
            waiting += _references(found[name])
    return found


def built_in(api: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """File name -> schema of each built-in kind, made from the definitions of an OpenAPI 2 document."""
    by_kind = {
        f"{entry['kind']}.{entry['group']}/{entry['version']}": name
        for name, definition in api.items()
        for entry in definition.get("x-kubernetes-group-version-kind", ())
    }
    made = {}
    for wanted in KINDS:
        kind, _, place = wanted.partition(".")
        group, _, version = place.rpartition("/")
        schema = named(strict(api[by_kind[wanted]]), kind=kind, group=group, version=version)
        made[file_name(kind, group, version)] = schema | {"definitions": definitions(schema, api)}
    return made


def custom(definition: Mapping[str, Any], api: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """File name -> schema of each served version of a CustomResourceDefinition; `api` gives the fields of metadata."""
    spec = definition["spec"]
    kind, group = spec["names"]["kind"], spec["group"]
    made = {}
    for version in (version for version in spec["versions"] if version["served"]):
        schema = named(strict(version["schema"]["openAPIV3Schema"]), kind=kind, group=group, version=version["name"])
        schema["properties"]["metadata"] = {"$ref": f"#/definitions/{_META}"}
        schema["definitions"] = definitions(schema, api)
        made[file_name(kind, group, version["name"])] = schema
    return made


def text(schema: Mapping[str, Any]) -> str:
    """Compact JSON, one definition or property a line, so that a difference can be read."""
    lines = []
    for word, value in sorted(schema.items()):
        if word in ("definitions", "properties"):
            parts = ",\n".join(f"{json.dumps(name)}:{_compact(value[name])}" for name in sorted(value))
            lines.append(f'"{word}":{{\n{parts}\n}}')
        else:
            lines.append(f"{json.dumps(word)}:{_compact(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def make() -> dict[str, str]:
    """Path below this folder -> content, of every schema file."""
    files: dict[str, str] = {}
    api: dict[str, Any] = {}
    for name, release in sorted(KUBERNETES.items(), reverse=True):
        document = module_folder(f"k8s.io/kubernetes@{release}") / "api/openapi-spec/swagger.json"
        api = json.loads(document.read_text())["definitions"]
        files |= {f"kubernetes-{name}/{file}": text(schema) for file, schema in built_in(api).items()}
    for source in CUSTOM.values():
        module, _, path = source.partition(" ")
        definition = yaml.safe_load((module_folder(module) / path).read_text())
        # The last API read is the oldest: metadata that it takes, all take.
        files |= {f"custom/{file}": text(schema) for file, schema in custom(definition, api).items()}
    return files


def main(arguments: list[str]) -> int:
    """Writes the schemas, or with --check says which differ."""
    files = make()
    kept = {str(path.relative_to(HERE)): path for path in HERE.glob("*/*.json")}
    stale = sorted(name for name in {*files, *kept} if name not in kept or kept[name].read_text() != files.get(name))
    if "--check" in arguments:
        for name in stale:
            print(f"tests/chart/schemas/{name} differs from its source: run `python tests/chart/schemas/make.py`")
        return 1 if stale else 0
    for name in stale:
        if name not in files:
            kept[name].unlink()
            continue
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_text(files[name])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
