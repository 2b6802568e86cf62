"""The few forms that the expressions of rules and dashboards are put together from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

#: What every selector of a rule has; an installation may replace the text by its own namespace.
NAMESPACE: Final = 'namespace=~".+"'
ANYWHERE: Final = f"{{{NAMESPACE}}}"

#: Calls of our own methods; what other programs of the cluster emit under the conventions' name stays out.
METHODS: Final = '=~"animatize[.].+"'

RUNBOOKS: Final = "docs/runbooks.md"


def selector(name: str, *, service: str = "", **matchers: str) -> str:
    """A selector of series; matchers by label, each with its operator: `outcome='="ok"'`."""
    told = [NAMESPACE]
    if service:
        told.append(f'service="{service}"')
    told += [f"{label}{matcher}" for label, matcher in matchers.items()]
    return f"{name}{{{', '.join(told)}}}"


def among(values: Iterable[str]) -> str:
    """The matcher of a label that has one of these values."""
    return f'=~"{"|".join(values)}"'


def le(bound: float) -> str:
    """The matcher of one bucket. A whole bound is written with or without ".0", by who exports it."""
    return f'=~"{int(bound)}([.]0)?"' if bound == int(bound) else f'="{bound}"'


@dataclass(frozen=True)
class Rule:
    """One rule, recorded under a name or told as an alert."""

    expr: str
    record: str = ""
    alert: str = ""
    hold: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    def mapping(self) -> dict[str, Any]:
        """The rule as Prometheus reads it."""
        told: dict[str, Any] = {"record": self.record} if self.record else {"alert": self.alert}
        told["expr"] = self.expr
        if self.hold:
            told["for"] = self.hold
        if self.labels:
            told["labels"] = dict(self.labels)
        if self.annotations:
            told["annotations"] = dict(self.annotations)
        return told


def alert(
    name: str,
    expr: str,
    *,
    severity: str,
    summary: str,
    description: str,
    board: str,
    hold: str = "",
    window: str = "",
) -> Rule:
    """An alert with everything that who gets it needs. board: the dashboard to look at, "overview"."""
    labels = {"severity": severity} | ({"window": window} if window else {})
    annotations = {
        "summary": summary,
        "description": description,
        "runbook_url": f"{RUNBOOKS}#{name.lower()}",
        "dashboard_url": f"/d/animatize-{board}?var-namespace={{{{ $labels.namespace }}}}",
    }
    return Rule(alert=name, expr=expr, hold=hold, labels=labels, annotations=annotations)
