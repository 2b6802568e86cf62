"""What core code reports, and who hears it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.request import urlopen

import pytest
from opentelemetry.trace import get_current_span

from chassis import deadline
from chassis.crew.crossing import Stage
from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry, Watch
from chassis.workers import Workers

from .telephone import Heard


@pytest.fixture
async def heard() -> AsyncIterator[Heard]:
    heard = Heard("test")
    yield heard
    await heard.telemetry.shutdown()


async def test_stages_are_spans_inside_each_other(heard: Heard) -> None:
    watch = Watch(heard.telemetry)

    with watch.stage("analyze"), watch.stage("analyze depth"):
        pass

    inner, outer = heard.spans("INTERNAL")
    assert (inner.name, outer.name) == ("analyze depth", "analyze")
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id
    assert outer.status.status_code.name == "UNSET"


async def test_stages_make_no_spans_where_nobody_gets_them() -> None:
    telemetry = Telemetry.start(service="test", settings=ServiceSettings())
    told: list[tuple[str, float]] = []
    watch = Watch(telemetry, on_progress=lambda stage, share: told.append((stage, share)))

    with telemetry.tracer.start_as_current_span("call") as call:
        with watch.stage("depth"):
            inside = get_current_span()
            watch.progress(0.5)
        watch.relive((Stage("depth", None, began_ns=0, took_s=0.1),), None)
        watch.progress(1.0)
    await telemetry.shutdown()

    assert inside is call
    assert told == [("depth", 0.5), ("", 1.0)]


def test_a_page_for_prometheus_is_someone_who_hears_of_stages() -> None:
    telemetry = Telemetry.start(service="test", settings=ServiceSettings(metrics_port=0))
    with Watch(telemetry).stage("depth"):
        pass
    with urlopen(f"http://{telemetry.metrics_address}/metrics") as page:
        shown = page.read().decode()
    asyncio.run(telemetry.shutdown())

    assert 'animatize_stage_duration_seconds_count{outcome="ok",stage="depth"} 1.0' in shown


async def test_an_error_is_written_once_on_the_innermost_stage(heard: Heard) -> None:
    watch = Watch(heard.telemetry)

    with pytest.raises(ValueError, match="no sky"), watch.stage("outer"), watch.stage("inner"):
        raise ValueError("no sky")

    inner, outer = heard.spans("INTERNAL")
    assert [event.name for event in inner.events] == ["exception"]
    assert list(outer.events) == []
    assert inner.status.status_code.name == outer.status.status_code.name == "ERROR"
    assert outer.attributes == {"error.type": "ValueError"}


async def test_a_cancelled_stage_is_no_error(heard: Heard) -> None:
    watch = Watch(heard.telemetry)

    with pytest.raises(asyncio.CancelledError), watch.stage("render"):
        raise asyncio.CancelledError
    watch.cancel()
    with pytest.raises(RuntimeError), watch.stage("render"):
        raise RuntimeError("stopped")

    assert [span.status.status_code.name for span in heard.spans()] == ["UNSET", "UNSET"]
    assert [list(span.events) for span in heard.spans()] == [[], []]


async def test_progress_from_a_thread_is_heard_in_the_loop_with_its_stage() -> None:
    workers = Workers(1, name="test")
    told: list[tuple[str, float, bool]] = []
    loop = asyncio.get_running_loop()

    def listen(stage: str, share: float) -> None:
        told.append((stage, share, asyncio.get_running_loop() is loop))

    watch = Watch(Telemetry.off(), on_progress=listen)

    def render() -> None:
        with watch.stage("render"):
            for share in (-1.0, 0.5, 2.0):
                watch.progress(share)

    await workers.run(render, watch=watch)
    await asyncio.sleep(0)
    workers.close()

    assert told == [("render", 0.0, True), ("render", 0.5, True), ("render", 1.0, True)]


async def test_progress_inside_the_loop_is_heard_at_once() -> None:
    told: list[tuple[str, float]] = []
    watch = Watch(Telemetry.off(), on_progress=lambda stage, share: told.append((stage, share)))

    with watch.stage("decode"):
        watch.progress(0.25)

    assert told == [("decode", 0.25)]


def test_a_watch_made_without_a_loop_tells_directly_and_one_whose_loop_closed_stays_silent() -> None:
    told: list[float] = []
    plain = Watch(Telemetry.off(), on_progress=lambda _, share: told.append(share))
    plain.progress(0.5)
    Watch(Telemetry.off()).progress(0.75)

    async def make() -> Watch:
        return Watch(Telemetry.off(), on_progress=lambda _, share: told.append(share))

    orphan = asyncio.run(make())
    orphan.progress(1.0)

    assert told == [0.5]


def test_a_watch_is_cancelled_by_hand_or_by_the_deadline() -> None:
    watch = Watch(Telemetry.off())
    assert not watch.cancelled()
    with deadline.within(10):
        assert not watch.cancelled()
    with deadline.within(0):
        assert watch.cancelled()
    watch.cancel()
    assert watch.cancelled()
