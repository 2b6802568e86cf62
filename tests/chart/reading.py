"""The settings that a service would start with, read from a render by the service's own class."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from chassis.settings import ServiceSettings, load

from . import product
from .kinds import COMPONENT, Object, of_kind, one

#: What the cluster puts in the place of references to the pod itself.
_POD = {
    "metadata.name": "animatize-gateway-7d4b9c6f5-x2x7k",
    "metadata.namespace": "animatize",
    "metadata.uid": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "spec.nodeName": "node-1",
}


class Service(NamedTuple):
    """A service of a release: its Deployment and how it would start."""

    name: str
    deployment: Object
    settings: ServiceSettings

    @property
    def container(self) -> Object:
        """The container that runs the service."""
        [found] = [each for each in self.pod["containers"] if each["name"] == self.name]
        return dict(found)

    @property
    def pod(self) -> Object:
        """The spec of its pods."""
        return dict(self.deployment["spec"]["template"]["spec"])


def services(objects: Iterable[Object]) -> Iterator[Service]:
    """Every service of a render. Raises SettingsError when one would refuse to start."""
    objects = list(objects)
    for deployment in of_kind(objects, "Deployment"):
        name = deployment["metadata"]["labels"][COMPONENT]
        if name in product.SERVICES:
            yield Service(name, deployment, _settings(objects, deployment, name))


def environment(container: Object) -> dict[str, str]:
    """The variables that a container starts with, references to the pod and its resources filled in."""
    made: dict[str, str] = {}
    for variable in container.get("env", ()):
        source = variable.get("valueFrom", {})
        if "fieldRef" in source:
            value = _POD[source["fieldRef"]["fieldPath"]]
        elif "resourceFieldRef" in source:
            value = _resource(container, source["resourceFieldRef"])
        else:
            value = variable.get("value", "")
            for name, known in made.items():
                value = value.replace(f"$({name})", known)
        made[variable["name"]] = value
    return made


def _resource(container: Object, reference: Object) -> str:
    kind, _, name = reference["resource"].partition(".")
    amount = str(container["resources"][kind][name])
    # The cluster rounds up to whole divisors; the chart refers to CPUs alone.
    cpus = float(amount.removesuffix("m")) / (1000 if amount.endswith("m") else 1)
    return str(math.ceil(cpus / float(reference["divisor"])))


def files(service: Service) -> Iterator[tuple[str, str, PurePosixPath | None]]:
    """(setting, path, ConfigMap or Secret path it is mounted from, or None) of every file that the settings name."""
    mounted = list(mounted_files(service.pod, service.container))
    for field, value in service.settings:
        if isinstance(value, Path):
            path = PurePosixPath(value)
            found = [place for place in mounted if path == place or (place in path.parents)]
            yield field, str(path), max(found, key=lambda place: len(place.parts), default=None)


def mounted_files(pod: Object, container: Object) -> Iterator[PurePosixPath]:
    """Paths at which volumes put files into a container: single files where they are known, folders elsewhere."""
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for mount in container["volumeMounts"]:
        volume, folder = volumes[mount["name"]], PurePosixPath(mount["mountPath"])
        sources = volume.get("projected", {}).get("sources", ())
        items = [item["path"] for source in sources for part in source.values() for item in part.get("items", ())]
        yield from (folder / item for item in items)
        if not sources:
            yield folder


def _settings(objects: list[Object], deployment: Object, name: str) -> ServiceSettings:
    [container] = [each for each in deployment["spec"]["template"]["spec"]["containers"] if each["name"] == name]
    variables = environment(container)
    content = one(objects, "ConfigMap", deployment["metadata"]["name"])["data"]["config.yaml"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.yaml"
        file.write_text(content, encoding="utf-8")
        variables[f"{product.prefix(name)}CONFIG_FILE"] = str(file)
        return load(product.settings_class(name), prefix=product.prefix(name), environ=variables)
