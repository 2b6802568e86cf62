"""Worker processes: what they are given and give back, and how they and their callers end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import psutil
import pytest
from google.protobuf.wrappers_pb2 import StringValue

from chassis import deadline
from chassis.crew.child import Child
from chassis.crew.crossing import Call, Kind, Lost, Start, Uncrossable, packed, receive, send
from chassis.crew.inside import Worker
from chassis.crew.processes import Processes
from chassis.crew.threads import Threads
from chassis.errors import ErrorTable, builtin
from chassis.telemetry import Telemetry, Watch, names
from chassis.testing import errands
from chassis.testing.servers import channel_to, endpoint, method, serving, until
from chassis.workers import Workers

from .telephone import Heard


def made(size: int = 1, **more: Any) -> Processes:
    fields = {"build": errands.tools, "telemetry": Telemetry.off(), **more}
    return Processes(size, name="test", **fields)


def watch() -> Watch:
    return Watch(Telemetry.off())


@pytest.fixture(scope="module")
def shared() -> Iterator[Processes]:
    """A crew of one, for tests after which its process still runs."""
    crew = made()
    asyncio.run(crew.start())
    yield crew
    asyncio.run(crew.close())


@contextlib.asynccontextmanager
async def working(size: int = 1, **more: Any) -> AsyncIterator[Processes]:
    crew = made(size, **more)
    await crew.start()
    try:
        yield crew
    finally:
        await crew.close()


@pytest.fixture
def left_behind() -> Callable[[], set[psutil.Process]]:
    """The processes that the test has started and that still run."""
    before = set(psutil.Process().children())
    return lambda: set(psutil.Process().children()) - before


def told(began: Path) -> float:
    """When the errand `wait` was told that nobody waits for it."""
    return float(Path(f"{began}.told").read_text(encoding="utf-8"))


async def seen(path: Path) -> None:
    await until(path.exists)


async def test_work_gets_the_tools_its_arguments_and_a_process_of_its_own(shared: Processes) -> None:
    assert await shared.run(errands.tell, 1, 2, watch=watch()) == ("hammer", 3)
    assert await shared.run(errands.pid, watch=watch()) != os.getpid()


async def test_threads_do_the_same_work() -> None:
    crew = Threads(errands.tools(), Workers(1, name="test"))

    assert await crew.run(errands.tell, 1, 2, watch=watch()) == ("hammer", 3)
    assert await crew.run(errands.pid, watch=watch()) == os.getpid()

    await crew.close()
    with pytest.raises(RuntimeError):
        await crew.run(errands.pid, watch=watch())


async def test_a_worker_holds_no_grpc_computes_in_one_thread_and_ignores_the_signals_of_its_group(
    shared: Processes,
) -> None:
    heavy, ignored = await shared.run(errands.surroundings, watch=watch())
    # Arrays bring the library whose threads there would be.
    await shared.run(errands.swap, np.zeros(1), watch=watch())
    worker = psutil.Process(await shared.run(errands.pid, watch=watch()))

    assert heavy == {"grpc": False, "opentelemetry": False, "pytest": False}
    assert ignored == [True, True]
    # The one that computes and the one that reads.
    assert worker.num_threads() == 2


async def test_large_arrays_cross_whole_and_can_be_written(shared: Processes) -> None:
    pixels = np.arange(3 << 20, dtype=np.uint8).reshape(1024, 1024, 3)

    content, back = await shared.run(errands.swap, (b"x" * (5 << 20), pixels), watch=watch())

    assert content == b"x" * (5 << 20)
    assert np.array_equal(back, pixels)
    assert back.flags.writeable


async def test_an_error_keeps_its_class_its_fields_and_its_traceback(shared: Processes) -> None:
    with pytest.raises(errands.Odd) as caught:
        await shared.run(errands.fail, "odd", watch=watch())

    assert (caught.value.found, str(caught.value)) == ("a nail", "found a nail")
    assert "errands.py" in str(caught.value.__cause__)


@pytest.mark.parametrize("work", [errands.unpicklable, lambda *_: None])
async def test_what_cannot_be_pickled_is_an_error_and_ends_nothing(shared: Processes, work: Any) -> None:
    before = await shared.run(errands.pid, watch=watch())

    with pytest.raises((TypeError, AttributeError, Exception), match="pickle"):
        await shared.run(work, watch=watch())

    assert await shared.run(errands.pid, watch=watch()) == before


async def test_an_error_that_cannot_be_pickled_is_told_with_its_traceback(shared: Processes) -> None:
    with pytest.raises(Uncrossable, match="Odd") as caught:
        await shared.run(errands.fail, "unpicklable", watch=watch())

    assert "found a lock" in str(caught.value.__cause__)


async def test_log_lines_are_written_here(shared: Processes, caplog: pytest.LogCaptureFixture) -> None:
    await shared.run(errands.say, watch=watch())

    (record,) = caplog.records
    assert (record.name, record.levelname, record.getMessage()) == (errands.__name__, "WARNING", "the hammer is heavy")
    assert record.weight == 3  # type: ignore[attr-defined]


async def test_a_cancelled_caller_leaves_at_once_and_the_work_is_told(shared: Processes, tmp_path: Path) -> None:
    began = tmp_path / "began"
    caller = asyncio.create_task(shared.run(errands.wait, str(began), watch=watch()))
    await seen(began)

    left = time.monotonic()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    assert time.monotonic() - left < 0.1
    # The next piece of work waits until the old one has ended.
    assert await shared.run(errands.tell, 1, 1, watch=watch()) == ("hammer", 2)
    assert 0 <= told(began) - left < 0.5


async def test_a_deadline_passes_in_the_worker_too(shared: Processes, tmp_path: Path) -> None:
    with deadline.within(0.2):
        ends_at = time.monotonic() + 0.2
        told = await shared.run(errands.wait, str(tmp_path / "began"), watch=watch())

    assert 0 <= told - ends_at + 0.01 < 0.5


async def test_work_that_waits_when_its_caller_leaves_never_starts(shared: Processes, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    busy = asyncio.create_task(shared.run(errands.wait, str(first), watch=watch()))
    await seen(first)
    waiting = asyncio.create_task(shared.run(errands.wait, str(second), watch=watch()))
    await asyncio.sleep(0)

    for task in (waiting, busy):
        task.cancel()
    await asyncio.gather(waiting, busy, return_exceptions=True)
    await shared.run(errands.tell, 1, 1, watch=watch())

    assert not second.exists()


async def test_work_whose_caller_leaves_while_a_lost_process_is_replaced_never_starts(tmp_path: Path) -> None:
    began, hurdle = tmp_path / "began", tmp_path / "hurdle"
    async with working(build=partial(errands.tools_behind, hurdle)) as crew:
        hurdle.touch()
        with pytest.raises(Lost):
            await crew.run(errands.crash, signal.SIGKILL, watch=watch())
        waiting = asyncio.create_task(crew.run(errands.wait, str(began), watch=watch()))
        # Its thread has it, and waits for the process that is not ready.
        await until(lambda: crew._threads.busy == 1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        hurdle.unlink()

        assert await crew.run(errands.tell, 1, 1, watch=watch()) == ("hammer", 2)
        assert not began.exists()


async def test_work_that_reports_without_a_pause_hears_that_its_caller_left(shared: Processes) -> None:
    heard: list[float] = []
    own = Watch(Telemetry.off(), on_progress=lambda _stage, share: heard.append(share))
    caller = asyncio.create_task(shared.run(errands.chatter, watch=own))
    await until(lambda: len(heard) > 100)

    left = time.monotonic()
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await shared.run(errands.tell, 1, 1, watch=watch())

    assert time.monotonic() - left < 10


async def test_stages_and_progress_are_told_as_if_they_had_run_here(shared: Processes) -> None:
    heard = Heard("test")
    shares: list[tuple[str, float]] = []
    own = Watch(heard.telemetry, verb="forge", on_progress=lambda stage, share: shares.append((stage, share)))

    started = time.time_ns()
    with heard.telemetry.tracer.start_as_current_span("call"):
        await shared.run(errands.staged, False, watch=own)
        with pytest.raises(errands.Odd):
            await shared.run(errands.staged, True, watch=own)
    await asyncio.sleep(0)

    inner, outer, bad_inner, bad_outer, call = heard.spans()
    await heard.telemetry.shutdown()
    assert shares[:2] == [("outer", 0.25), ("inner", 1.0)]
    assert [span.name for span in (inner, outer, call)] == ["forge inner", "forge outer", "call"]
    assert inner.parent
    assert outer.parent
    assert inner.parent.span_id == outer.context.span_id
    assert outer.parent.span_id == call.context.span_id
    times = [span_time for span in (outer, inner) for span_time in (span.start_time, span.end_time)]
    assert all(started <= at <= time.time_ns() for at in times if at is not None)
    assert [event.name for event in bad_inner.events] == ["exception"]
    assert list(bad_outer.events) == []
    assert bad_outer.attributes == {"error.type": "Odd"}


async def test_two_processes_work_at_once_and_the_death_of_one_leaves_the_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heard = Heard("test")
    began = tmp_path / "began"
    async with working(2, telemetry=heard.telemetry) as crew:
        other = asyncio.create_task(crew.run(errands.wait, str(began), watch=watch()))
        await seen(began)

        with pytest.raises(Lost) as caught:
            await crew.run(errands.crash, signal.SIGSEGV, watch=watch())
        # The second place is there again, while the first is taken.
        assert await crew.run(errands.tell, 1, 1, watch=watch()) == ("hammer", 2)

        assert caught.value.how == "by signal SIGSEGV"
        assert not other.done()
        other.cancel()
        await asyncio.gather(other, return_exceptions=True)
    (record,) = [record for record in caplog.records if vars(record).get(names.EVENT_NAME) == names.EVENT_WORKER_LOST]
    assert "SIGSEGV" in record.getMessage()
    await heard.telemetry.shutdown()


async def test_a_process_that_died_with_nothing_to_do_costs_no_call() -> None:
    async with working() as crew:
        pid = await crew.run(errands.pid, watch=watch())
        os.kill(pid, signal.SIGKILL)
        await until(lambda: psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)

        assert await crew.run(errands.pid, watch=watch()) != pid


async def test_a_call_that_a_dying_process_never_began_is_done_by_the_next() -> None:
    async with working(again_s=0.0) as crew:
        pid = await crew.run(errands.pid, watch=watch())
        # It still counts as running, as one does that the system is about to end.
        os.kill(pid, signal.SIGSTOP)
        call = asyncio.create_task(crew.run(errands.pid, watch=watch()))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(call), 0.2)
        os.kill(pid, signal.SIGKILL)

        assert await call != pid


async def test_a_call_that_no_process_begins_is_lost_and_not_tried_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    async with working(2, build=errands.tools_that_stop_it) as crew:
        with pytest.raises(Lost, match="exit code 7"):
            await crew.run(errands.pid, watch=watch())

    # Both that were there, and one of those in their places.
    lost = [record for record in caplog.records if vars(record).get(names.EVENT_NAME) == names.EVENT_WORKER_LOST]
    assert len(lost) == 3


async def test_a_process_that_cannot_be_replaced_is_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hurdle = tmp_path / "hurdle"
    async with working(build=partial(errands.tools_but_once, hurdle), again_s=0.01) as crew:
        hurdle.touch()
        with pytest.raises(Lost):
            await crew.run(errands.crash, signal.SIGKILL, watch=watch())

        assert await crew.run(errands.tell, 1, 1, watch=watch()) == ("hammer", 2)
        assert not hurdle.exists()
    assert "did not start" in caplog.text


async def test_a_signal_without_a_name_is_told_by_its_number() -> None:
    async with working() as crew:
        with pytest.raises(Lost, match=f"by signal {signal.SIGRTMIN + 1}$"):
            await crew.run(errands.crash, signal.SIGRTMIN + 1, watch=watch())


async def test_work_that_exits_takes_its_process_along() -> None:
    async with working() as crew:
        with pytest.raises(Lost, match="exit code 5"):
            await crew.run(errands.fail, "exit", watch=watch())

        assert await crew.run(errands.tell, 1, 1, watch=watch()) == ("hammer", 2)


def test_unwanted_work_that_does_not_stop_is_ended(tmp_path: Path) -> None:
    child, own = Child(), watch()
    child.patience_s = 0.1
    child.start(errands.tools, within_s=30)
    threading.Timer(0.05, own.cancel).start()

    with pytest.raises(Lost, match="by force"):
        child.call(errands.ignore, (str(tmp_path / "began"),), own)

    assert not child.alive
    child.close()


async def test_tools_that_cannot_be_made_fail_the_start_with_their_error(left_behind: Any) -> None:
    crew = made(2, build=errands.no_tools)

    with pytest.raises(errands.Odd, match="no hammer"):
        await crew.start()

    assert not left_behind()
    with pytest.raises(RuntimeError):
        await crew.run(errands.pid, watch=watch())


@pytest.mark.parametrize(
    ("build", "start_s", "how"),
    [(errands.no_worker, 30, "with exit code 3"), (errands.late_tools, 0.3, "not ready within 0.3 s")],
)
async def test_a_process_that_does_not_get_ready_fails_the_start(
    build: Any, start_s: float, how: str, left_behind: Any
) -> None:
    with pytest.raises(Lost, match=how):
        await made(build=build, start_s=start_s).start()

    assert not left_behind()


async def test_a_crew_that_closes_at_work_leaves_no_process(tmp_path: Path, left_behind: Any) -> None:
    began = tmp_path / "began"
    async with working(2) as crew:
        caller = asyncio.create_task(crew.run(errands.ignore, str(began), watch=watch()))
        await seen(began)

    assert not left_behind()
    with pytest.raises(Lost):
        await caller
    with pytest.raises(RuntimeError):
        await crew.run(errands.pid, watch=watch())
    await crew.close()


async def test_an_error_that_no_table_knows_leaks_nothing_and_is_logged_with_the_workers_traceback(
    shared: Processes, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(_request: Any, _context: Any) -> None:
        await shared.run(errands.fail, "odd", watch=watch())

    async with serving(endpoint({"Echo": handler})) as server, channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Echo")(StringValue())

    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "nail" not in str(caught.value)
    assert "found a nail" in caplog.text
    assert "errands.py" in caplog.text


def test_a_lost_worker_is_an_answer_that_no_client_repeats_by_itself() -> None:
    answer = builtin(Lost(how="by signal SIGSEGV"), domain="test")

    assert answer is not None
    assert (answer.code.name, answer.reason) == ("INTERNAL", "WORKER_LOST")
    assert ErrorTable("test", {}).answer(Lost(how="")) is None


_SERVICE = """
import asyncio, sys
from chassis.crew.processes import Processes
from chassis.telemetry import Telemetry, Watch
from chassis.testing import errands

async def main():
    crew = Processes(2, name="test", build=errands.tools, telemetry=Telemetry.off())
    await crew.start()
    work = asyncio.create_task(crew.run(errands.ignore, sys.argv[1], watch=Watch(Telemetry.off())))
    await work

asyncio.run(main())
"""


async def test_workers_end_with_a_service_that_is_killed(tmp_path: Path) -> None:
    began = tmp_path / "began"
    service = psutil.Popen([sys.executable, "-c", _SERVICE, str(began)])
    try:
        await seen(began)
        workers = service.children()
    finally:
        service.kill()
        service.wait()

    assert len(workers) == 2
    gone, left = await asyncio.to_thread(psutil.wait_procs, workers, 5)
    assert (len(gone), left) == (2, [])


class Inside:
    """A worker in the test's own process, and the service's end of its line."""

    def __init__(self) -> None:
        self.line, theirs = socket.socketpair()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=Worker(theirs, end=self.ended.set).work)
        self.theirs = theirs
        self.thread.start()
        level = logging.getLogger().level
        self.told(Kind.START, Start(list(sys.path), level, pickle.dumps(errands.tools)))

    def told(self, kind: Kind, value: Any) -> list[tuple[Kind, Any]]:
        send(self.line, kind, packed(value))
        parcels = [receive(self.line)]
        while parcels[-1].kind is not Kind.ENDED:
            parcels.append(receive(self.line))
        return [(parcel.kind, parcel.value()) for parcel in parcels]

    def close(self) -> None:
        self.line.close()
        self.thread.join(5)
        self.theirs.close()


@pytest.fixture
def inside() -> Iterator[Inside]:
    handlers = list(logging.getLogger().handlers)
    inside = Inside()
    yield inside
    inside.close()
    logging.getLogger().handlers[:] = handlers


def test_a_worker_tells_logs_progress_and_stages_and_ends_with_its_line(inside: Inside, tmp_path: Path) -> None:
    said = inside.told(Kind.CALL, Call(1, errands.say, (), None))
    went = inside.told(Kind.CALL, Call(2, errands.staged, (False,), None))
    failed = inside.told(Kind.CALL, Call(3, errands.staged, (True,), None))
    late = inside.told(Kind.CALL, Call(4, errands.wait, (str(tmp_path / "began"),), time.monotonic()))
    locked = inside.told(Kind.CALL, Call(5, errands.fail, ("unpicklable",), None))
    inside.close()

    assert [kind for kind, _ in said] == [Kind.BEGUN, Kind.LOG, Kind.ENDED]
    assert [value for kind, value in went if kind is Kind.PROGRESS] == [("outer", 0.25), ("inner", 2.0)]
    outer, within = went[-1][1].stages
    assert (outer.name, outer.inside, within.name, within.inside) == ("outer", None, "inner", 0)
    assert [stage.error for stage in failed[-1][1].stages] == ["Odd", "Odd"]
    assert isinstance(failed[-1][1].error(), errands.Odd)
    assert late[-1][1].value > 0
    assert isinstance(locked[-1][1].error(), Uncrossable)
    assert inside.ended.is_set()
    assert not inside.thread.is_alive()


def test_a_worker_knows_which_work_is_unwanted(inside: Inside, tmp_path: Path) -> None:
    began = tmp_path / "began"
    send(inside.line, Kind.CALL, packed(Call(7, errands.wait, (str(began),), None)))
    # That of the work before, which came too late to be of use.
    send(inside.line, Kind.UNWANTED, packed(6))
    while not began.exists():
        time.sleep(0.001)
    left = time.monotonic()

    send(inside.line, Kind.UNWANTED, packed(7))

    assert receive(inside.line).kind is Kind.BEGUN
    assert receive(inside.line).value().value - left < 0.5
