"""The Grafana dashboards by name."""

from __future__ import annotations

from observability.board import Json
from observability.boards_of_calls import overview, pipeline
from observability.boards_of_resources import caches, runtime
from observability.objectives import Objectives


def boards(objectives: Objectives) -> dict[str, Json]:
    """Name -> dashboard, as Grafana reads it."""
    return {
        "overview": overview(objectives),
        "pipeline": pipeline(),
        "cache": caches(),
        "runtime": runtime(),
    }
