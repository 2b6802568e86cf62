"""One call is one trace in Jaeger, with its five services joined as the service graph says."""

from __future__ import annotations

import json
from typing import Any

from .callers import Desk
from .cluster import Refused, until
from .release import PORTS, SERVICES, Release

WORKING = ("analyzer", "predictor", "expander", "generator")
SERVER = 2


def spans(trace: dict[str, Any]) -> list[dict[str, Any]]:
    """All spans, each with the name of its service."""
    found = []
    for group in trace["result"]["resourceSpans"]:
        [service] = [
            each["value"]["stringValue"] for each in group["resource"]["attributes"] if each["key"] == "service.name"
        ]
        for scope in group["scopeSpans"]:
            found += [{**span, "service": service.removeprefix("animatize-")} for span in scope["spans"]]
    return found


def test_a_call_is_one_trace_of_five_services(whole: Release, desk: Desk, viewer: Desk) -> None:
    trace_id = desk.run("clip", f"{whole.name}-gateway.{whole.namespace}.svc:{PORTS['gateway']}")["trace_id"]
    address = f"http://{whole.name}-jaeger.{whole.namespace}.svc:16686/api/v3/traces/{trace_id}"

    def complete() -> list[dict[str, Any]]:
        try:
            found = spans(json.loads(viewer.run("page", address)))
        except Refused as error:
            raise AssertionError(str(error)) from error
        assert {span["service"] for span in found} == set(SERVICES)
        # Services send their spans in batches, and the root ends last: it may be missing where all else is there.
        known = {span["spanId"] for span in found}
        missing = [span["name"] for span in found if span.get("parentSpanId") and span["parentSpanId"] not in known]
        assert not missing, f"no parents of {missing} yet"
        return found

    found = until(complete, within_s=30, what="the trace")
    assert {span["traceId"] for span in found} == {trace_id}
    by_id = {span["spanId"]: span for span in found}
    roots = [span for span in found if not span.get("parentSpanId")]
    assert [(span["service"], span["kind"]) for span in roots] == [("gateway", SERVER)]
    edges = {
        (by_id[span["parentSpanId"]]["service"], span["service"])
        for span in found
        if span.get("parentSpanId") and by_id[span["parentSpanId"]]["service"] != span["service"]
    }
    assert edges == {("gateway", service) for service in WORKING}
