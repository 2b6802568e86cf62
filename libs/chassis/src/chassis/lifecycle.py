"""The process around a server: it serves until it is told to stop, and says so in its exit code."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Final, Protocol

from chassis.settings import SettingsError
from chassis.telemetry import names

try:
    import uvloop
except ImportError:  # pragma: no cover (platforms that have no uvloop)
    _new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
else:
    _new_loop = uvloop.new_event_loop

#: The name of the log line that tells the address; whoever starts the process waits for it.
STARTED_EVENT: Final = "server.started"

#: The exit code when the settings are wrong: repeating the start does not help.
EXIT_SETTINGS: Final = 2

_log = logging.getLogger(__name__)


class Serving(Protocol):
    """What `serve_until_signal` needs of a server."""

    async def start(self) -> str:
        """The address that is listened on."""

    async def ready(self) -> None:
        """Callers are welcome."""

    async def drain(self) -> None:
        """Ends without losing a call."""

    async def stop(self) -> None:
        """Ends now."""


async def serve_until_signal(server: Serving) -> None:
    """Starts, says so, serves until SIGTERM or SIGINT, drains. A second signal ends running calls at once.

    Logs one line with `event.name` "server.started" and the address when calls are welcome.
    """
    loop = asyncio.get_running_loop()
    told, hurried = asyncio.Event(), asyncio.Event()

    def on_signal() -> None:
        (hurried if told.is_set() else told).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal)
    try:
        address = await server.start()
        await server.ready()
        _log.info("serving on %s", address, extra={names.EVENT_NAME: STARTED_EVENT, "address": address})
        await told.wait()
        _log.info("draining", extra={names.EVENT_NAME: "server.draining"})
        await _drain(server, hurried)
        _log.info("stopped", extra={names.EVENT_NAME: "server.stopped"})
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def run(main: Callable[[], Coroutine[None, None, None]]) -> int:
    """Runs a service to its end and gives the exit code: 0 done, 1 failed, 2 wrong settings, 130 interrupted."""
    try:
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            runner.run(main())
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_SETTINGS
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception:
        _log.exception("the service failed")
        return 1
    return 0


async def _drain(server: Serving, hurried: asyncio.Event) -> None:
    draining = asyncio.ensure_future(server.drain())
    hurrying = asyncio.ensure_future(hurried.wait())
    await asyncio.wait((draining, hurrying), return_when=asyncio.FIRST_COMPLETED)
    if not draining.done():
        await server.stop()
    hurrying.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await hurrying
    await draining
