"""Every telemetry name of the product: the only module that spells one.

Attributes and metric names of the OpenTelemetry conventions come from the conventions' own package, schema 1.44.0;
what the conventions lack is ours and begins with `animatize.`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# The RPC conventions are a release candidate: the package keeps them, and two neighbours, in its incubating half.
from opentelemetry.semconv._incubating.attributes import deployment_attributes, process_attributes, rpc_attributes
from opentelemetry.semconv._incubating.metrics import rpc_metrics
from opentelemetry.semconv.attributes import (
    db_attributes,
    error_attributes,
    exception_attributes,
    network_attributes,
    server_attributes,
    service_attributes,
)
from opentelemetry.semconv.metrics import db_metrics

SCHEMA_URL: Final = "https://opentelemetry.io/schemas/1.44.0"
SCOPE: Final = "animatize"
NAMESPACE: Final = "animatize"

# Resource.
SERVICE_NAME: Final = service_attributes.SERVICE_NAME
SERVICE_NAMESPACE: Final = service_attributes.SERVICE_NAMESPACE
SERVICE_VERSION: Final = service_attributes.SERVICE_VERSION
SERVICE_INSTANCE_ID: Final = service_attributes.SERVICE_INSTANCE_ID
DEPLOYMENT_ENVIRONMENT_NAME: Final = deployment_attributes.DEPLOYMENT_ENVIRONMENT_NAME
PROCESS_RUNTIME_NAME: Final = process_attributes.PROCESS_RUNTIME_NAME
PROCESS_RUNTIME_VERSION: Final = process_attributes.PROCESS_RUNTIME_VERSION
PROCESS_RUNTIME_DESCRIPTION: Final = process_attributes.PROCESS_RUNTIME_DESCRIPTION

# Attributes of the conventions.
RPC_SYSTEM_NAME: Final = rpc_attributes.RPC_SYSTEM_NAME
RPC_METHOD: Final = rpc_attributes.RPC_METHOD
RPC_RESPONSE_STATUS_CODE: Final = rpc_attributes.RPC_RESPONSE_STATUS_CODE
ERROR_TYPE: Final = error_attributes.ERROR_TYPE
SERVER_ADDRESS: Final = server_attributes.SERVER_ADDRESS
SERVER_PORT: Final = server_attributes.SERVER_PORT
NETWORK_PEER_ADDRESS: Final = network_attributes.NETWORK_PEER_ADDRESS
NETWORK_PEER_PORT: Final = network_attributes.NETWORK_PEER_PORT
DB_SYSTEM_NAME: Final = db_attributes.DB_SYSTEM_NAME
DB_OPERATION_NAME: Final = db_attributes.DB_OPERATION_NAME
EXCEPTION_EVENT: Final = "exception"
EXCEPTION_TYPE: Final = exception_attributes.EXCEPTION_TYPE
EXCEPTION_MESSAGE: Final = exception_attributes.EXCEPTION_MESSAGE
EXCEPTION_STACKTRACE: Final = exception_attributes.EXCEPTION_STACKTRACE

# Our attributes.
RPC_DEADLINE_MS: Final = "animatize.rpc.deadline_ms"
RPC_ATTEMPT: Final = "animatize.rpc.attempt"
LINK_KIND: Final = "animatize.link.kind"
STAGE: Final = "stage"
OUTCOME: Final = "outcome"
OUTPUT_TYPE: Final = "output.type"
CACHE: Final = "cache"
RESULT: Final = "result"
CIRCUIT: Final = "circuit"
MOVEMENT_FAMILY: Final = "movement.family"
LIMIT: Final = "limit"

# Values.
GRPC: Final = "grpc"
REDIS: Final = "redis"
OTHER: Final = "_OTHER"
LINK_CACHE: Final = "cache"

# Baggage that may travel; everything else is dropped at each hop.
TENANT_CLASS: Final = "animatize.tenant.class"
SYNTHETIC: Final = "animatize.synthetic"
BAGGAGE_ALLOWED: Final = frozenset({TENANT_CLASS, SYNTHETIC})

# Fields of log lines.
EVENT_NAME: Final = "event.name"
REQUEST_ID: Final = "request.id"
EVENT_RPC_SERVED: Final = "rpc.served"
EVENT_RULES_LOADED: Final = "rules.loaded"
EVENT_RULES_REFUSED: Final = "rules.refused"
EVENT_CALIBRATION_UNUSED: Final = "calibration.unused"
EVENT_WORKER_LOST: Final = "worker.lost"
PROCESS_PID: Final = process_attributes.PROCESS_PID
RPC_DURATION_S: Final = "rpc.duration_s"
RPC_DEADLINE_LEFT_S: Final = "rpc.deadline_left_s"
RPC_REQUEST_BYTES: Final = "rpc.request.bytes"
RPC_RESPONSE_BYTES: Final = "rpc.response.bytes"


class Kind(StrEnum):
    """How the values of a metric are put together."""

    COUNTER = "counter"
    UP_DOWN_COUNTER = "up_down_counter"
    HISTOGRAM = "histogram"
    GAUGE = "gauge"


@dataclass(frozen=True)
class Metric:
    """One metric: its name, unit (UCUM), complete list of attributes and, for a histogram, its bucket bounds."""

    name: str
    kind: Kind
    unit: str
    description: str
    attributes: frozenset[str] = frozenset()
    buckets: tuple[float, ...] = ()


# The conventions' bounds, in seconds, and a tail for calls that render or wait for a provider.
_RPC_BUCKETS: Final = (
    *(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
    *(30.0, 60.0, 120.0, 300.0, 600.0),
)
_DB_BUCKETS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)
_SHARE_BUCKETS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_RPC_ATTRIBUTES: Final = frozenset({RPC_SYSTEM_NAME, RPC_METHOD, RPC_RESPONSE_STATUS_CODE, ERROR_TYPE})

RPC_SERVER_CALL_DURATION: Final = Metric(
    rpc_metrics.RPC_SERVER_CALL_DURATION,
    Kind.HISTOGRAM,
    "s",
    "Time from the arrival of a call until its status is known.",
    _RPC_ATTRIBUTES,
    _RPC_BUCKETS,
)
RPC_CLIENT_CALL_DURATION: Final = Metric(
    rpc_metrics.RPC_CLIENT_CALL_DURATION,
    Kind.HISTOGRAM,
    "s",
    "Time from the start of a call until its status is known, retries included.",
    _RPC_ATTRIBUTES | {SERVER_ADDRESS},
    _RPC_BUCKETS,
)
RPC_ACTIVE: Final = Metric(
    "animatize.rpc.active",
    Kind.UP_DOWN_COUNTER,
    "{call}",
    "Calls that a server is working on.",
    frozenset({RPC_METHOD}),
)
ADMISSION_RUNNING: Final = Metric(
    "animatize.admission.running",
    Kind.UP_DOWN_COUNTER,
    "{call}",
    "Calls that have a place; health checks and exempt methods need none.",
)
ADMISSION_WAITING: Final = Metric(
    "animatize.admission.waiting",
    Kind.UP_DOWN_COUNTER,
    "{call}",
    "Calls that wait for a place.",
)
ADMISSION_REFUSED: Final = Metric(
    "animatize.admission.refused",
    Kind.COUNTER,
    "{call}",
    "Calls refused because the service is full, by the limit that was reached: calls, bytes.",
    frozenset({LIMIT}),
)
STAGE_DURATION: Final = Metric(
    "animatize.stage.duration",
    Kind.HISTOGRAM,
    "s",
    "Time that one stage of a service's work took.",
    frozenset({STAGE, OUTCOME}),
    _RPC_BUCKETS,
)
WORKERS_LOST: Final = Metric(
    "animatize.workers.lost",
    Kind.COUNTER,
    "{process}",
    "Worker processes that crashed, hung or were killed, and were replaced.",
)
PIPELINE_DURATION: Final = Metric(
    "animatize.pipeline.duration",
    Kind.HISTOGRAM,
    "s",
    "Time from a still to its result.",
    frozenset({OUTPUT_TYPE, OUTCOME}),
    _RPC_BUCKETS,
)
CACHE_REQUESTS: Final = Metric(
    "animatize.cache.requests",
    Kind.COUNTER,
    "{request}",
    "Look-ups in a cache by result: hit, miss, bypass (the shared tier was not reached).",
    frozenset({CACHE, RESULT}),
)
CIRCUIT_STATE: Final = Metric(
    "animatize.circuit.state",
    Kind.GAUGE,
    "1",
    "State of a circuit breaker: 0 closed, 1 half-open, 2 open.",
    frozenset({CIRCUIT}),
)
PREDICTION_CONFIDENCE: Final = Metric(
    "animatize.prediction.confidence",
    Kind.HISTOGRAM,
    "1",
    "Confidence of the movement that was chosen, 0 to 1.",
    frozenset({MOVEMENT_FAMILY}),
    _SHARE_BUCKETS,
)
RULES_RELOADS: Final = Metric(
    "animatize.rules.reloads",
    Kind.COUNTER,
    "{reload}",
    "Changes of the predictor's rule files by outcome: loaded, refused.",
    frozenset({OUTCOME}),
)
DB_CLIENT_OPERATION_DURATION: Final = Metric(
    db_metrics.DB_CLIENT_OPERATION_DURATION,
    Kind.HISTOGRAM,
    "s",
    "Time that one command to Redis took.",
    frozenset({DB_SYSTEM_NAME, DB_OPERATION_NAME, ERROR_TYPE}),
    _DB_BUCKETS,
)

METRICS: Final = (
    RPC_SERVER_CALL_DURATION,
    RPC_CLIENT_CALL_DURATION,
    RPC_ACTIVE,
    ADMISSION_RUNNING,
    ADMISSION_WAITING,
    ADMISSION_REFUSED,
    STAGE_DURATION,
    WORKERS_LOST,
    PIPELINE_DURATION,
    CACHE_REQUESTS,
    CIRCUIT_STATE,
    PREDICTION_CONFIDENCE,
    RULES_RELOADS,
    DB_CLIENT_OPERATION_DURATION,
)
