"""Prometheus rules from the objectives: what is recorded, and who is told when a budget burns.

Every selector has the matcher `namespace=~".+"` literally, so that an installation can narrow the rules to its own
namespace by replacing that text; see docs/telemetry.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from chassis.telemetry import outcome
from observability import causes
from observability.contract import base
from observability.objectives import BurnRate, Objective, Objectives, metric_of, seconds
from observability.promql import ANYWHERE, METHODS, Rule, alert, among, le, selector

#: The window that events are counted in; all others are averages of it, which costs Prometheus little.
COUNTED: Final = "5m"

#: How often most groups are evaluated.
INTERVAL: Final = "30s"

EVENTS: Final = "animatize:slo_events:rate5m"
BAD: Final = "animatize:slo_bad:rate5m"
BUDGET: Final = "animatize:slo_budget:ratio"

#: A still that was answered, whatever became of it; cancelled ones took as long as their callers liked.
_ANSWERED: Final = ("complete", "minimal", "abstained", "partial")

Group = dict[str, Any]


def groups(objectives: Objectives) -> list[Group]:
    """All rule groups, in the order they are evaluated in."""
    return [
        _group("animatize.slo.events", [rule for one in objectives.objectives for rule in _counted(one)]),
        _group("animatize.slo.windows", _windows(objectives)),
        # Thirty days are many samples, and their sum changes slowly.
        _group("animatize.slo.budget", _budget(objectives), interval="2m"),
        _group("animatize.slo.burn", _burning(objectives)),
        _group("animatize.cache", causes.cache_recorded()),
        _group("animatize.causes", causes.of_services(objectives.causes)),
        _group("animatize.kubernetes", causes.of_kubernetes(objectives.causes)),
        _group("animatize.collector", causes.of_collector(objectives.causes)),
    ]


def _group(name: str, rules: list[Rule], *, interval: str = INTERVAL) -> Group:
    return {"name": name, "interval": interval, "rules": rules}


def _counted(objective: Objective) -> list[Rule]:
    """Events per second and bad ones among them, by namespace, over five minutes."""
    labels = {"slo": objective.name, "service": objective.service}
    events, bad = _events(objective), _bad(objective)
    return [
        Rule(record=EVENTS, expr=_per_second(events), labels=labels),
        Rule(record=BAD, expr=bad, labels=labels),
    ]


def _per_second(selected: str) -> str:
    return f"sum by (namespace) (rate({selected}[{COUNTED}]))"


def _events(objective: Objective, ending: str = "count", **matchers: str) -> str:
    """The selector of an objective's events."""
    name = f"{base(metric_of(objective))}_{ending}"
    if objective.kind == "pipeline_latency":
        return selector(name, outcome=among(_ANSWERED), **matchers)
    if objective.kind == "call_latency":
        # Only answers count: a refusal is quick and helps nobody.
        code = {"rpc_response_status_code": '="OK"'}
        return selector(name, service=objective.service, rpc_method=f'="{objective.method}"', **code, **matchers)
    return selector(name, service=objective.service, rpc_method=METHODS, **matchers)


def _bad(objective: Objective) -> str:
    if objective.kind == "availability":
        failed = among(sorted(code.name for code in outcome.SERVER_ERRORS))
        bad = _events(objective, rpc_response_status_code=failed)
        # Without any failure there is no series to sum; nought is what is meant.
        return f"{_per_second(bad)}\nor\n0 * {_per_second(_events(objective))}"
    if objective.within_s is None:
        raise AssertionError("checked when the objectives were read")
    within = _events(objective, "bucket", le=le(objective.within_s))
    return f"{_per_second(_events(objective))}\n-\n{_per_second(within)}"


def ratio(window: str) -> str:
    """The name of the recorded share of bad events over a window."""
    return f"animatize:slo_bad:ratio_rate{window}"


def counted(window: str) -> str:
    """The name of the recorded number of events in a window."""
    return f"animatize:slo_events:increase{window}"


def _windows(objectives: Objectives) -> list[Rule]:
    """Shares for every window that an alert looks at, and how many events the short ones hold."""
    shared = [window for window in objectives.windows if window != objectives.window]
    short = sorted({rate.short for rate in objectives.burn_rates}, key=seconds)
    return [
        *(Rule(record=ratio(window), expr=_share(window)) for window in shared),
        *(Rule(record=counted(window), expr=_number_of_events(window)) for window in short),
    ]


def _number_of_events(window: str) -> str:
    # Each sample stands for one interval, so that a mesh which has just started is not taken for a busy one.
    return f"sum_over_time({EVENTS}{ANYWHERE}[{window}]) * {seconds(INTERVAL)}"


def _share(window: str) -> str:
    if window == COUNTED:
        return f"{BAD}{ANYWHERE} / {EVENTS}{ANYWHERE}"
    return f"sum_over_time({BAD}{ANYWHERE}[{window}])\n/\nsum_over_time({EVENTS}{ANYWHERE}[{window}])"


def _budget(objectives: Objectives) -> list[Rule]:
    """What is left of each budget: 1 untouched, 0 used up, below that broken."""
    window = objectives.window
    rules = [Rule(record=ratio(window), expr=_share(window))]
    for one in objectives.objectives:
        recorded = f'{ratio(window)}{{slo="{one.name}", namespace=~".+"}}'
        labels = {"slo": one.name, "service": one.service}
        rules.append(Rule(record=BUDGET, expr=f"1 - {recorded} / {_number(one.budget)}", labels=labels))
    return rules


def _burning(objectives: Objectives) -> list[Rule]:
    return [
        _burn(one, rate, objectives.least_events)
        for one in objectives.objectives
        for rate in objectives.burn_rates
        if rate.factor * one.budget < 1
    ]


def _burn(objective: Objective, rate: BurnRate, least_events: int) -> Rule:
    chosen = f'{{slo="{objective.name}", namespace=~".+"}}'
    limit = _number(rate.factor * objective.budget)
    expr = "\nand\n".join(
        (
            f"{ratio(rate.long)}{chosen} > {limit}",
            f"{ratio(rate.short)}{chosen} > {limit}",
            f"{counted(rate.short)}{chosen} >= {least_events}",
        )
    )
    return alert(
        objective.alert,
        expr,
        severity=rate.severity,
        window=rate.long,
        summary=f"The budget of {objective.name} burns {_number(rate.factor)} times too fast",
        description=(
            f"The promise is that {objective.says}, for {_number(objective.percent)} % over 30 days. "
            f"In {{{{ $labels.namespace }}}} {{{{ $value | humanizePercentage }}}} of the last {rate.long} were bad, "
            f"and the last {rate.short} are no better."
        ),
        board="overview",
    )


def _number(value: Decimal) -> str:
    """The shortest way to write it."""
    return f"{value.normalize():f}"


def document(objectives: Objectives) -> Mapping[str, Any]:
    """The file of rules as a mapping."""
    return {"groups": [{**group, "rules": [rule.mapping() for rule in group["rules"]]} for group in groups(objectives)]}
