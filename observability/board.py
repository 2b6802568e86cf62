"""Parts of a Grafana dashboard: panels, targets, variables and the grid they lie on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

#: The version of the dashboard's form; Grafana 11 and later read it and bring it up to their own.
SCHEMA: Final = 39
WIDTH: Final = 24

_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_TAG: Final = "animatize"

Json = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """One expression and how its series are called, "{{service}}". exemplars: whether traces are shown as dots."""

    expr: str
    legend: str = ""
    exemplars: bool = False
    instant: bool = False


@dataclass(frozen=True)
class Panel:
    """One panel. unit: Grafana's name of it, "s"; kind: Grafana's panel type.

    low_is_bad: bounds at which the colour turns from red to yellow and from yellow to green.
    """

    title: str
    queries: tuple[Query, ...]
    says: str
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 12
    height: int = 8
    stacked: bool = False
    low_is_bad: tuple[float, float] | None = None
    most: float | None = None

    def json(self, number: int, x: int, y: int) -> Json:
        """The panel at a place of the grid."""
        return {
            "id": number,
            "type": self.kind,
            "title": self.title,
            "description": self.says,
            "datasource": _SOURCE,
            "gridPos": {"h": self.height, "w": self.width, "x": x, "y": y},
            "fieldConfig": {"defaults": self._defaults(), "overrides": []},
            "options": self._options(),
            "targets": [
                _target(query, letter, self.kind) for query, letter in zip(self.queries, "ABCDEFGH", strict=False)
            ],
        }

    def _defaults(self) -> Json:
        told: Json = {"unit": self.unit, "min": 0, "color": {"mode": "palette-classic"}}
        if self.most is not None:
            told["max"] = self.most
        if self.low_is_bad:
            yellow, green = self.low_is_bad
            steps = [(None, "red"), (yellow, "yellow"), (green, "green")]
            told["thresholds"] = {
                "mode": "absolute",
                "steps": [{"value": value, "color": colour} for value, colour in steps],
            }
            told["color"] = {"mode": "thresholds"}
            # A broken budget is below nought, and by how much is what people want to see.
            del told["min"]
        if self.kind == "timeseries":
            told["custom"] = {
                "drawStyle": "line",
                "lineWidth": 1,
                "fillOpacity": 30 if self.stacked else 5,
                "showPoints": "never",
                "stacking": {"mode": "normal" if self.stacked else "none", "group": "A"},
            }
        return told

    def _options(self) -> Json:
        if self.kind == "timeseries":
            return {
                "legend": {"displayMode": "table", "placement": "bottom", "calcs": ["mean", "max"], "showLegend": True},
                "tooltip": {"mode": "multi", "sort": "desc"},
            }
        if self.kind == "table":
            return {"showHeader": True}
        reduced = {"calcs": ["lastNotNull"], "fields": "", "values": False}
        if self.kind == "bargauge":
            return {"orientation": "horizontal", "displayMode": "basic", "reduceOptions": reduced}
        return {"colorMode": "background", "graphMode": "none", "textMode": "auto", "reduceOptions": reduced}


def _target(query: Query, letter: str, kind: str) -> Json:
    instant = query.instant or kind == "table"
    return {
        "refId": letter,
        "datasource": _SOURCE,
        "editorMode": "code",
        "expr": query.expr,
        "legendFormat": query.legend or "__auto",
        "range": not instant,
        "instant": instant,
        "exemplar": query.exemplars,
        "format": "table" if kind == "table" else "time_series",
    }


@dataclass(frozen=True)
class Row:
    """A heading and the panels below it, from left to right."""

    title: str
    panels: tuple[Panel, ...]


def board(name: str, title: str, says: str, rows: Sequence[Row], *, by_service: bool) -> Json:
    """A dashboard. by_service: whether people choose services to look at."""
    return {
        "uid": f"animatize-{name}",
        "title": f"ANIMAtiZE / {title}",
        "description": says,
        "tags": [_TAG],
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "timezone": "",
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "links": [
            {
                "type": "dashboards",
                "title": "ANIMAtiZE",
                "tags": [_TAG],
                "asDropdown": True,
                "keepTime": True,
                "includeVars": True,
            }
        ],
        "annotations": {"list": []},
        "templating": {"list": _variables(by_service=by_service)},
        "panels": _laid_out(rows),
    }


def _laid_out(rows: Sequence[Row]) -> list[Json]:
    made: list[Json] = []
    y = 0
    for row in rows:
        place = {"h": 1, "w": WIDTH, "x": 0, "y": y}
        made.append(
            {"id": len(made) + 1, "type": "row", "title": row.title, "collapsed": False, "gridPos": place, "panels": []}
        )
        y += 1
        x = tallest = 0
        for panel in row.panels:
            if x + panel.width > WIDTH:
                x, y, tallest = 0, y + tallest, 0
            made.append(panel.json(len(made) + 1, x, y))
            x, tallest = x + panel.width, max(tallest, panel.height)
        y += tallest
    return made


def _variables(*, by_service: bool) -> list[Json]:
    found: list[Json] = [
        {
            "name": "datasource",
            "label": "Data source",
            "type": "datasource",
            "query": "prometheus",
            "hide": 0,
            "refresh": 1,
            "regex": "",
            "multi": False,
            "includeAll": False,
            "options": [],
        },
        _asked("environment", 'label_values(target_info{service_namespace="animatize"}, deployment_environment_name)'),
        _asked(
            "namespace",
            'label_values(target_info{service_namespace="animatize", '
            'deployment_environment_name=~"$environment"}, namespace)',
        ),
    ]
    if by_service:
        found.append(
            _asked(
                "service",
                'label_values(target_info{service_namespace="animatize", namespace="$namespace"}, service)',
                several=True,
            )
        )
    return found


def _asked(name: str, query: str, *, several: bool = False) -> Json:
    everything = several or name == "environment"
    return {
        "name": name,
        "label": name.capitalize(),
        "type": "query",
        "datasource": _SOURCE,
        "definition": query,
        "query": {"query": query, "refId": name},
        "refresh": 2,
        "sort": 1,
        "hide": 0,
        "regex": "",
        "multi": several,
        "includeAll": everything,
        "allValue": ".*" if everything else None,
        "current": {"text": "All", "value": "$__all"} if everything else {},
        "options": [],
    }
