"""The queries that dashboards are made of: by the chosen namespace and services, over the chosen time."""

from __future__ import annotations

from typing import Final

from chassis.telemetry.names import Metric
from observability.board import Query
from observability.contract import base
from observability.promql import METHODS

CHOSEN: Final = 'namespace="$namespace", service=~"$service"'
HERE: Final = 'namespace="$namespace"'
CALLS: Final = f"rpc_method{METHODS}"
STEP: Final = "[$__rate_interval]"


def rate(metric: Metric, by: str, *matchers: str, ending: str = "") -> str:
    """Events per second, summed by labels; ending: that of a histogram's series, "_count"."""
    told = ", ".join((CHOSEN, *matchers))
    return f"sum by ({by}) (rate({base(metric)}{ending}{{{told}}}{STEP}))"


def quantile(share: float, metric: Metric, by: str, *matchers: str) -> str:
    """What this share of a histogram's values is at most, by labels."""
    labels = f"{by}, le" if by else "le"
    return f"histogram_quantile({share}, {rate(metric, labels, *matchers, ending='_bucket')})"


def quantiles(metric: Metric, *matchers: str) -> tuple[Query, ...]:
    """The middle, the slow and the slowest, with exemplars once."""
    shares = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
    return tuple(Query(quantile(share, metric, "", *matchers), name, exemplars=name == "p95") for share, name in shares)


def mean(metric: Metric, by: str, *matchers: str) -> str:
    """The mean of a histogram's values, by labels."""
    return f"{rate(metric, by, *matchers, ending='_sum')}\n/\n{rate(metric, by, *matchers, ending='_count')}"
