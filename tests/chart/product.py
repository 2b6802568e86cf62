"""What the five services are, by their own code: ports, settings, contracts, and whom each calls.

The chart repeats these facts. Here they are taken from the services, so that a chart that is behind is found.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from chassis.settings import ServiceSettings

SERVICES = ("gateway", "analyzer", "predictor", "expander", "generator")

REDIS_PORT = 6379
OTLP_PORT = 4317
JAEGER_API_PORT = 16686


def settings_class(service: str) -> type[ServiceSettings]:
    """The class of a service's settings."""
    found: type[ServiceSettings] = importlib.import_module(f"{service}.settings").Settings
    return found


def prefix(service: str) -> str:
    """What the names of a service's variables begin with."""
    return str(importlib.import_module(f"{service}.settings").PREFIX)


def port(service: str) -> int:
    """The port that a service listens on unless it is told otherwise."""
    return int(settings_class(service).model_fields["port"].default)


def contract(service: str) -> str:
    """The full name of the gRPC service in the contract, which is also its name for health."""
    module: Any = importlib.import_module(f"animatize.{service}.v1.{service}_pb2")
    [described] = module.DESCRIPTOR.services_by_name.values()
    return str(described.full_name)


def calls(service: str) -> frozenset[str]:
    """The services that a service calls: it has a setting `<name>_target` for each."""
    return frozenset(name for name in SERVICES if f"{name}_target" in settings_class(service).model_fields)


def caches(service: str) -> bool:
    """Whether a service keeps results in the shared cache: where its parts are joined, it makes a Cache."""
    return "Cache.of(" in inspect.getsource(importlib.import_module(f"{service}.bootstrap"))


def edges(components: frozenset[str], *, collector: str | None) -> frozenset[tuple[str, str, int]]:
    """(caller, called, port) of every connection within a release that holds these components.

    `components` are services, `redis`, `jaeger`, `collector` and `test`; `collector` is the one of them that takes the
    services' telemetry, or None.
    """
    services = components & set(SERVICES)
    found = {(caller, called, port(called)) for caller in services for called in calls(caller) & services}
    if "redis" in components:
        found |= {(service, "redis", REDIS_PORT) for service in services if caches(service)}
    if collector:
        found |= {(service, collector, OTLP_PORT) for service in services}
    if {"collector", "jaeger"} <= components:
        found.add(("collector", "jaeger", OTLP_PORT))
    if "test" in components:
        found |= {("test", service, port(service)) for service in services}
        found |= {("test", "jaeger", JAEGER_API_PORT)} if "jaeger" in components else set()
    return frozenset(found)
