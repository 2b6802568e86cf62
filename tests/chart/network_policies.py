"""Policies about who may speak with whom. Each yields one sentence for each breach.

They hold for releases with network policies; a render without any is taken for one that does not want them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from . import product
from .kinds import COMPONENT, Object, of_kind
from .reading import Service, services
from .traffic import Net

PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
"""Addresses that are no part of the internet; the fourth holds the metadata service of clouds."""

_REDIS_USUAL = {"standalone": {6379}, "cluster": {6379}, "sentinel": {26379}}


def everything_else_is_dropped(objects: Sequence[Object]) -> Iterator[str]:
    """Pods that a default deny does not hold in both directions."""
    net = Net(objects)
    if not net.policies:
        return
    for component in net.pods:
        for direction in ("ingress", "egress"):
            denials = [policy for policy in net.about(component, direction) if not _admits_something(policy)]
            if not denials:
                yield f"no policy denies {component} all {direction}"


def _admits_something(policy: Object) -> bool:
    return bool(policy["spec"].get("ingress") or policy["spec"].get("egress"))


def edges_are_those_of_the_code(objects: Sequence[Object]) -> Iterator[str]:
    """Connections between pods of the release that the services do not make, or make and are denied."""
    net = Net(objects)
    if not net.policies:
        return
    expected = product.edges(frozenset(net.pods), collector=telemetry_taker(objects))
    found = net.edges()
    for caller, called, port in sorted(found - expected):
        yield f"{caller} may call {called} on {port} and has no need to"
    for caller, called, port in sorted(expected - found):
        yield f"{caller} calls {called} on {port} and is denied it"


def telemetry_taker(objects: Sequence[Object]) -> str | None:
    """The component of this release that takes what services export, by their settings; None when it is elsewhere."""
    hosts = {urlsplit(service.settings.otlp_endpoint or "").hostname for service in services(objects)}
    metadata = [service["metadata"] for service in of_kind(objects, "Service")]
    own = {each["name"]: each["labels"][COMPONENT] for each in metadata}
    [component] = {own.get((host or "").partition(".")[0]) for host in hosts}
    return component


def both_ends_agree(objects: Sequence[Object]) -> Iterator[str]:
    """Connections that one end admits by name and the other drops."""
    yield from Net(objects).one_sided()


def names_are_resolved(objects: Sequence[Object]) -> Iterator[str]:
    """Pods that make calls by name and may not ask the DNS over UDP and TCP; those that make none and may."""
    net = Net(objects)
    if not net.policies:
        return
    asks = {*product.SERVICES, "collector", "test"}
    for component in net.pods:
        protocols = [
            {entry["protocol"] for entry in ports}
            for _, ports in net.outside(component, "egress")
            if {"UDP"} <= {entry["protocol"] for entry in ports}
        ]
        if protocols != ([{"UDP", "TCP"}] if component in asks else []):
            yield f"{component} may ask the DNS over {protocols}"


def outside_addresses_are_admitted(objects: Sequence[Object]) -> Iterator[str]:
    """Addresses outside of the release that a service is told to call and its policy drops."""
    net = Net(objects)
    if not net.policies:
        return
    for service in services(objects):
        admitted = {
            entry["port"]
            for _, ports in net.outside(service.name, "egress")
            for entry in ports
            if entry["protocol"] == "TCP"
        }
        for port in sorted(called_outside(objects, service) - admitted):
            yield f"{service.name} calls port {port} outside of the release and is denied it"


def called_outside(objects: Sequence[Object], service: Service) -> set[int]:
    """Ports of all addresses in a service's settings that are not Services of this release."""
    settings = service.settings
    addresses = [getattr(settings, f"{name}_target").rpartition("/")[2] for name in product.calls(service.name)]
    if settings.otlp_endpoint:
        addresses.append(urlsplit(settings.otlp_endpoint).netloc)
    ports = set()
    if settings.redis_url:
        hosts = settings.redis_url.partition("://")[2].partition("/")[0].split(",")
        addresses += [host for host in hosts if ":" in host]
        if not any(":" in host for host in hosts):
            ports |= _REDIS_USUAL[settings.redis_mode]
    elif settings.redis_url_file:
        ports |= _REDIS_USUAL[settings.redis_mode]
    own = {each["metadata"]["name"] for each in of_kind(objects, "Service")}
    homes = {each["metadata"]["namespace"] for each in of_kind(objects, "Service")}
    for address in addresses:
        host, _, port = address.rpartition(":")
        name, _, rest = host.partition(".")
        if name not in own or (rest and rest.partition(".")[0] not in homes):
            ports.add(int(port))
    return ports


def metrics_are_for_prometheus(objects: Sequence[Object]) -> Iterator[str]:
    """Services with metrics that nobody outside may read, and ports for metrics that everyone may."""
    net = Net(objects)
    if not net.policies:
        return
    for service in services(objects):
        if (port := service.settings.metrics_port) is None:
            continue
        readers = [peers for peers, ports in net.outside(service.name, "ingress") if port in {e["port"] for e in ports}]
        if not readers:
            yield f"nobody may read the metrics of {service.name}"
        if [] in readers:
            yield f"everybody may read the metrics of {service.name}"


def the_gateway_is_the_only_door(objects: Sequence[Object]) -> Iterator[str]:
    """Policies that let pods of unknown origin call a service: rules without peers on a port of gRPC."""
    net = Net(objects)
    for service in services(objects):
        for rule in net.rules(service.name, "ingress"):
            ports = {entry["port"] for entry in rule.get("ports", [])}
            if not rule.get("from") and (not ports or service.settings.port in ports):
                yield f"everybody may call {service.name}"
            if any(not peer for peer in rule.get("from", [])):
                yield f"a peer of {service.name} is empty, which admits everybody"


def the_internet_is_public(objects: Sequence[Object]) -> Iterator[str]:
    """Ways to the internet that also lead to private addresses or to the metadata service of a cloud."""
    for policy in of_kind(objects, "NetworkPolicy"):
        for rule in policy["spec"].get("egress") or ():
            for peer in rule.get("to", ()):
                if "ipBlock" not in peer:
                    continue
                network = ipaddress.ip_network(peer["ipBlock"]["cidr"])
                kept_out = [ipaddress.ip_network(part) for part in peer["ipBlock"].get("except", ())]
                for part in map(ipaddress.ip_network, PRIVATE):
                    if part.subnet_of(network) and not any(part.subnet_of(each) for each in kept_out):  # type: ignore[arg-type]
                        yield f"{policy['metadata']['name']} leads to {part}"
            if not rule.get("to") and not re.search("istio|linkerd", str(rule)):
                yield f"{policy['metadata']['name']} leads everywhere"


POLICIES = (
    everything_else_is_dropped,
    edges_are_those_of_the_code,
    both_ends_agree,
    names_are_resolved,
    outside_addresses_are_admitted,
    metrics_are_for_prometheus,
    the_gateway_is_the_only_door,
    the_internet_is_public,
)
