"""Policies about what the services read from the chart. Each yields one sentence for each breach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chassis.settings import SettingsError

from . import product
from .kinds import Object
from .link_policies import ports_of
from .reading import Service, files, services


def services_start_with_it(objects: Sequence[Object]) -> Iterator[str]:
    """Services that would refuse their settings."""
    try:
        list(services(objects))
    except SettingsError as error:
        yield str(error)


def the_file_is_the_one_mounted(objects: Sequence[Object]) -> Iterator[str]:
    """Services that look for their settings where no volume puts them."""
    for service in services(objects):
        variable = f"{product.prefix(service.name)}CONFIG_FILE"
        values = [each["value"] for each in service.container["env"] if each["name"] == variable]
        mounts = {mount["name"]: mount for mount in service.container["volumeMounts"]}
        if values != [f"{mounts['config']['mountPath']}/config.yaml"]:
            yield f"{service.name} reads {values}"


def ports_are_those_in_the_settings(objects: Sequence[Object]) -> Iterator[str]:
    """Containers that say other ports than the service listens on, or probes that ask another."""
    for service in services(objects):
        settings = service.settings
        listened = {"grpc": settings.port, "metrics": settings.metrics_port, "health": settings.health_port}
        expected = {name: number for name, number in listened.items() if number is not None}
        said = {port["name"]: port["containerPort"] for port in service.container["ports"]}
        if said != expected:
            yield f"{service.name} listens on {expected}, its container says {said}"
        if settings.port != product.port(service.name):
            yield f"{service.name} listens on {settings.port}, not on its own port"
        asked = settings.health_port if settings.tls else settings.port
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            grpc = service.container[probe]["grpc"]
            if grpc["port"] != asked:
                yield f"{service.name}: {probe} asks {grpc['port']}, plain health is on {asked}"
            wanted = "liveness" if probe == "livenessProbe" else product.contract(service.name)
            if grpc["service"] != wanted:
                yield f"{service.name}: {probe} asks for {grpc['service']}"


def pods_are_given_time_to_drain(objects: Sequence[Object]) -> Iterator[str]:
    """Pods that are killed while calls run that the service would still finish, or that end before DNS knows."""
    for service in services(objects):
        seconds = service.container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        needed = seconds + service.settings.drain_pause_s + service.settings.grace_s
        given = service.pod["terminationGracePeriodSeconds"]
        if given < needed:
            yield f"{service.name} needs {needed:g} s to end and is given {given}"
        if seconds < 5:
            yield f"{service.name} ends {seconds} s after the cluster was told"
        longest = getattr(service.settings, "default_deadline_s", 0)
        if service.settings.grace_s < longest:
            yield f"{service.name} lets calls run for {longest:g} s and waits {service.settings.grace_s:g} s for them"


def settings_name_files_that_are_mounted(objects: Sequence[Object]) -> Iterator[str]:
    """Settings that name a file which no volume puts there."""
    for service in services(objects):
        for field, path, found in files(service):
            if found is None:
                yield f"{service.name}: nothing puts {path} there, which {field} names"


def secrets_are_files_for_the_group(objects: Sequence[Object]) -> Iterator[str]:
    """Volumes with secrets that everyone in the pod could read, or that the service's own group could not."""
    for service in services(objects):
        if service.pod["securityContext"].get("fsGroup") != service.pod["securityContext"].get("runAsGroup"):
            yield f"{service.name}: its group does not own its files"
        for volume in service.pod["volumes"]:
            source = volume.get("secret") or volume.get("projected")
            if source and source.get("defaultMode") != 0o440:
                yield f"{service.name}: volume {volume['name']} has mode {source.get('defaultMode', 0o644):o}"


def every_listener_is_declared(objects: Sequence[Object]) -> Iterator[str]:
    """Services that bind to loopback, where no other pod reaches them."""
    for service in services(objects):
        if service.settings.host not in ("0.0.0.0", "::"):
            yield f"{service.name} listens on {service.settings.host}"
        if "grpc" not in ports_of(service.deployment["spec"]["template"]):
            yield f"{service.name} has no port grpc"


def tls_is_whole(objects: Sequence[Object]) -> Iterator[str]:
    """Releases that speak TLS in part, or with a service behind the gateway that asks nobody who it is."""
    found: list[Service] = list(services(objects))
    spoken = {service.settings.tls is not None for service in found}
    if len(spoken) > 1:
        yield "some services speak TLS and others plain text"
    for service in found:
        called_with = getattr(service.settings, "services_tls", None)
        if called_with is not None and called_with != (service.settings.tls is not None):
            yield f"{service.name} calls the others {'with' if called_with else 'without'} TLS, unlike they speak"
        if service.settings.tls and service.name != "gateway" and not service.settings.tls_require_client:
            yield f"{service.name} lets everyone in who speaks TLS"


POLICIES = (
    services_start_with_it,
    the_file_is_the_one_mounted,
    ports_are_those_in_the_settings,
    pods_are_given_time_to_drain,
    settings_name_files_that_are_mounted,
    secrets_are_files_for_the_group,
    every_listener_is_declared,
    tls_is_whole,
)
