"""The dashboards of what calls need: what is kept, and the processes themselves."""

from __future__ import annotations

from chassis.telemetry import names
from observability import causes
from observability.board import Json, Panel, Query, Row, board
from observability.contract import base
from observability.queries import CHOSEN, STEP, quantile, rate


def caches() -> Json:
    """What is kept, how often it helps, and how Redis does."""
    cache, redis = names.CACHE_REQUESTS, names.DB_CLIENT_OPERATION_DURATION
    hits = rate(cache, "service, cache", 'result="hit"')
    every = rate(cache, "service, cache")
    rows = (
        Row(
            "Results that are kept",
            (
                Panel(
                    "Hit rate",
                    (Query(f"(\n{hits}\nor\n0 * {every}\n)\n/\n{every}", "{{service}} {{cache}}"),),
                    "The share of look-ups that were answered from memory or from Redis.",
                    unit="percentunit",
                    most=1,
                ),
                Panel(
                    "Hit rate by the hour",
                    (
                        Query(f"{causes.HIT_RATIO}{{{CHOSEN}}}", "{{service}} {{cache}}"),
                        Query(f"{causes.HIT_RATIO}{{{CHOSEN}}} offset 1w", "{{service}} {{cache}}, a week ago"),
                    ),
                    "The last hour beside the same hour a week ago.",
                    unit="percentunit",
                    most=1,
                ),
                Panel(
                    "Look-ups",
                    (Query(rate(cache, "cache, result"), "{{cache}} {{result}}"),),
                    "By result; `bypass` means that the shared tier was not reached.",
                    unit="ops",
                    stacked=True,
                    width=24,
                ),
            ),
        ),
        Row(
            "Redis",
            (
                Panel(
                    "Commands, p95",
                    (Query(quantile(0.95, redis, "db_operation_name"), "{{db_operation_name}}", exemplars=True),),
                    "95 of 100 commands took less than this.",
                    unit="s",
                    width=8,
                ),
                Panel(
                    "Commands that failed",
                    (Query(rate(redis, "error_type", 'error_type!=""', ending="_count"), "{{error_type}}"),),
                    "By the kind of error. Calls go on without the shared tier.",
                    unit="ops",
                    width=8,
                ),
                Panel(
                    "Circuits",
                    (
                        Query(
                            f"max by (service, circuit) ({base(names.CIRCUIT_STATE)}{{{CHOSEN}}})",
                            "{{service}} {{circuit}}",
                        ),
                    ),
                    "0 closed, 1 half-open, 2 open: while it is open Redis is not asked.",
                    width=8,
                    most=2,
                ),
            ),
        ),
    )
    says = "What is kept, how often it helps, and how the shared tier does."
    return board("cache", "Cache", says, rows, by_service=True)


def runtime() -> Json:
    """Memory, CPU and room of each process."""
    limits = f'container=~"$service", namespace="$namespace", pod{causes.PODS}'
    by_pod = "max by (pod, container)"
    name = "{{service}} {{instance}}"
    rows = (
        Row(
            "Room",
            (
                Panel(
                    "Calls that have a place",
                    (Query(f"sum by (service) ({base(names.ADMISSION_RUNNING)}{{{CHOSEN}}})", "{{service}}"),),
                    "Calls that services work on at this moment.",
                    width=8,
                ),
                Panel(
                    "Calls that wait for a place",
                    (Query(f"sum by (service) ({base(names.ADMISSION_WAITING)}{{{CHOSEN}}})", "{{service}}"),),
                    "More than nought for long means that there are too few replicas.",
                    width=8,
                ),
                Panel(
                    "Calls refused for lack of room",
                    (Query(rate(names.ADMISSION_REFUSED, "service, limit"), "{{service}} {{limit}}"),),
                    "Answered as RESOURCE_EXHAUSTED, by the limit that was reached: calls or bytes.",
                    unit="reqps",
                    width=8,
                ),
            ),
        ),
        Row(
            "Processes",
            (
                Panel(
                    "Memory",
                    (Query(f"process_resident_memory_bytes{{{CHOSEN}}}", name),),
                    "What each process has in memory.",
                    unit="bytes",
                ),
                Panel(
                    "Memory beside its limit",
                    (
                        Query(
                            f"{by_pod} (container_memory_working_set_bytes{{{limits}}})\n/\n"
                            f'{by_pod} (kube_pod_container_resource_limits{{{limits}, resource="memory"}})',
                            "{{pod}}",
                        ),
                    ),
                    "On a cluster: the share of its limit that each pod uses.",
                    unit="percentunit",
                    most=1,
                ),
                Panel(
                    "CPU",
                    (Query(f"rate(process_cpu_seconds_total{{{CHOSEN}}}{STEP})", name),),
                    "Cores that each process keeps busy.",
                ),
                Panel(
                    "Open files and sockets",
                    (Query(f"process_open_fds{{{CHOSEN}}} / process_max_fds{{{CHOSEN}}}", name),),
                    "The share of the allowed ones.",
                    unit="percentunit",
                ),
                Panel(
                    "Garbage collections",
                    (
                        Query(
                            f"sum by (service, generation) (rate(python_gc_collections_total{{{CHOSEN}}}{STEP}))",
                            "{{service}} generation {{generation}}",
                        ),
                    ),
                    "Runs of Python's collector; the oldest generation is the one that takes time.",
                    unit="ops",
                ),
                Panel(
                    "Time since start",
                    (Query(f"time() - process_start_time_seconds{{{CHOSEN}}}", name),),
                    "A saw-tooth is a service that starts again and again.",
                    unit="s",
                ),
            ),
        ),
    )
    says = "Memory, CPU and room of each process."
    return board("runtime", "Runtime", says, rows, by_service=True)
