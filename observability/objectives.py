"""The objectives of slo.yaml, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, get_args

import yaml

from chassis.telemetry import names
from chassis.telemetry.names import Metric
from observability.contract import SERVICES

FILE: Final = Path(__file__).with_name("slo.yaml")

Kind = Literal["availability", "call_latency", "pipeline_latency"]

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Unusable(Exception):
    """The file of objectives says what no rule can be made of; the text names the entry."""


@dataclass(frozen=True)
class Objective:
    """A promise about one service. `method` and `within_s` as far as its kind has them."""

    name: str
    service: str
    percent: Decimal
    kind: Kind
    says: str
    method: str = ""
    within_s: float | None = None

    @property
    def budget(self) -> Decimal:
        """The share of events that may be bad, above 0 and below 1."""
        return 1 - self.percent / 100

    @property
    def alert(self) -> str:
        """The name of its alerts, "AnimatizeGatewayAvailabilityBurn"."""
        return "Animatize" + "".join(word.capitalize() for word in self.name.split("-")) + "Burn"


@dataclass(frozen=True)
class BurnRate:
    """A speed of burning the budget that somebody is told of; windows as Prometheus writes them, "5m"."""

    severity: str
    factor: Decimal
    long: str
    short: str


@dataclass(frozen=True)
class Objectives:
    """The whole file. `causes` has the thresholds of the alerts on causes by name."""

    window: str
    least_events: int
    objectives: tuple[Objective, ...]
    burn_rates: tuple[BurnRate, ...]
    causes: dict[str, dict[str, Any]]

    @property
    def windows(self) -> tuple[str, ...]:
        """Every window that a rule looks at, from the shortest to the whole."""
        found = {self.window, *(window for rate in self.burn_rates for window in (rate.long, rate.short))}
        return tuple(sorted(found, key=seconds))


def seconds(window: str) -> int:
    """A window in seconds: "5m" is 300."""
    return int(window[:-1]) * SECONDS[window[-1]]


def metric_of(objective: Objective) -> Metric:
    """The histogram that an objective is measured by."""
    return names.PIPELINE_DURATION if objective.kind == "pipeline_latency" else names.RPC_SERVER_CALL_DURATION


def load(file: Path = FILE) -> Objectives:
    """The objectives of a file. Raises Unusable."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    found = tuple(Objective(**{**entry, "percent": Decimal(str(entry["percent"]))}) for entry in content["objectives"])
    for objective in found:
        _check(objective)
    rates = tuple(BurnRate(**{**entry, "factor": Decimal(str(entry["factor"]))}) for entry in content["burn_rates"])
    return Objectives(content["window"], content["least_events"], found, rates, content["causes"])


def _check(objective: Objective) -> None:
    if objective.kind not in get_args(Kind):
        raise Unusable(f"{objective.name}: there is no kind {objective.kind}")
    if objective.service not in SERVICES:
        raise Unusable(f"{objective.name}: there is no service {objective.service}")
    if not 0 < objective.percent < 100:
        raise Unusable(f"{objective.name}: {objective.percent} % leaves nothing to watch")
    timed = objective.kind != "availability"
    if timed and objective.within_s not in metric_of(objective).buckets:
        raise Unusable(f"{objective.name}: {objective.within_s} s is no bound of {metric_of(objective).name}")
    if (objective.kind == "call_latency") != bool(objective.method):
        raise Unusable(f"{objective.name}: a method belongs to the latency of calls")
