"""Pieces of work to send a worker process on, which finds them here by their names."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from chassis.crew.inside import Worker

_log = logging.getLogger(__name__)


class Odd(Exception):
    """An error whose class takes no arguments by place, and that holds a fact."""

    def __init__(self, *, found: str) -> None:
        super().__init__(f"found {found}")
        self.found = found


def tools() -> str:
    """The tools of all errands."""
    return "hammer"


def no_tools() -> str:
    """Tools that cannot be made."""
    raise Odd(found="no hammer")


def tools_but_once(hurdle: Path) -> str:
    """Tools that cannot be made while the file is there, which is taken away."""
    if hurdle.exists():
        hurdle.unlink()
        raise Odd(found="a hurdle")
    return "hammer"


def tools_behind(hurdle: Path) -> str:
    """Tools that take as long as the file is there."""
    while hurdle.exists():
        time.sleep(0.005)
    return "hammer"


def no_worker() -> str:
    """Tools whose making ends the process."""
    os._exit(3)


def tools_that_stop_it() -> str:
    """Tools of a process that ends when it should begin its first work."""
    Worker._answer = lambda *_: os._exit(7)  # type: ignore[method-assign]  # noqa: SLF001 (as a fault in it would)
    return "a stumbling block"


def late_tools() -> str:
    """Tools that take too long."""
    time.sleep(60)
    return "late"


def pid(_tools: str, _watch: Any) -> int:
    """The process that it runs in."""
    return os.getpid()


def tell(hammer: str, left: int, right: int, _watch: Any) -> tuple[str, int]:
    """The tools and the sum of two numbers."""
    return hammer, left + right


def surroundings(_tools: str, _watch: Any) -> tuple[dict[str, bool], list[bool]]:
    """Which heavy modules are loaded, and whether the signals that end a service are ignored."""
    heavy = {name: name in sys.modules for name in ("grpc", "opentelemetry", "pytest")}
    ended_by = (signal.SIGINT, signal.SIGTERM)
    return heavy, [signal.getsignal(number) is signal.SIG_IGN for number in ended_by]


def swap(_tools: str, value: Any, _watch: Any) -> Any:
    """What it is given."""
    return value


def fail(_tools: str, error: str, _watch: Any) -> None:
    """Fails in one of several ways."""
    if error == "odd":
        raise Odd(found="a nail")
    if error == "unpicklable":
        wrong = Odd(found="a lock")
        wrong.lock = threading.Lock()  # type: ignore[attr-defined]
        raise wrong
    sys.exit(5)


def unpicklable(_tools: str, _watch: Any) -> Any:
    """A result that cannot cross."""
    return threading.Lock()


def crash(_tools: str, number: int, _watch: Any) -> None:
    """Ends its process by a signal, as a decoder with a fault does."""
    os.kill(os.getpid(), number)
    time.sleep(60)


def staged(_tools: str, fails: bool, watch: Any) -> None:
    """A stage within a stage; the inner one may fail."""
    with watch.stage("outer"):
        watch.progress(0.25)
        with watch.stage("inner"):
            watch.progress(2.0)
            if fails:
                raise Odd(found="a nail")


def say(_tools: str, _watch: Any) -> None:
    """Log lines of several levels."""
    _log.debug("too quiet to be heard")
    _log.warning("the %s is heavy", "hammer", extra={"weight": 3})


def wait(_tools: str, began: str, watch: Any) -> float:
    """Makes the file `began`, waits for its caller to leave or for its deadline, and tells the time of that.

    The time is by the machine's monotonic clock, and also in the file `began` with the suffix ".told".
    """
    Path(began).touch()
    ends_at = time.monotonic() + 30
    with watch.stage("wait"):
        while not watch.cancelled() and time.monotonic() < ends_at:
            time.sleep(0.001)
    told = time.monotonic()
    Path(f"{began}.new").write_text(str(told), encoding="utf-8")
    Path(f"{began}.new").rename(f"{began}.told")
    return told


def chatter(_tools: str, watch: Any) -> bool:
    """Reports without a pause until its caller leaves, or 20 seconds; whether the caller has left."""
    ends_at = time.monotonic() + 20
    with watch.stage("chatter"):
        while not watch.cancelled() and time.monotonic() < ends_at:
            watch.progress(0.5)
    return bool(watch.cancelled())


def ignore(_tools: str, began: str, _watch: Any) -> None:
    """Makes the file `began` and then listens to nobody."""
    Path(began).touch()
    time.sleep(60)
