"""Who is speaking: the resource that all signals of one Telemetry carry."""

from __future__ import annotations

import platform
import sys
import uuid

from opentelemetry.sdk.resources import OTELResourceDetector, Resource

from chassis.telemetry import names


def resource(*, service: str, version: str, environment: str) -> Resource:
    """The resource of one service instance, with an instance id no other Telemetry has.

    What the deployment says through OTEL_RESOURCE_ATTRIBUTES (`k8s.*` from the downward API, a pod's uid as
    `service.instance.id`) is kept; the service's name and version are ours to say.
    """
    detected = OTELResourceDetector().detect()
    instance = detected.attributes.get(names.SERVICE_INSTANCE_ID) or uuid.uuid4().hex
    runtime = sys.implementation
    return Resource.create(
        {
            names.SERVICE_NAME: service,
            names.SERVICE_NAMESPACE: names.NAMESPACE,
            names.SERVICE_VERSION: version,
            names.SERVICE_INSTANCE_ID: instance,
            names.DEPLOYMENT_ENVIRONMENT_NAME: environment,
            names.PROCESS_RUNTIME_NAME: runtime.name,
            names.PROCESS_RUNTIME_VERSION: platform.python_version(),
            names.PROCESS_RUNTIME_DESCRIPTION: sys.version.split("\n", 1)[0],
        },
        schema_url=names.SCHEMA_URL,
    )
