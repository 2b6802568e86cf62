"""Where the expander's rooms are joined."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.cache import Cache
from chassis.server import Server, serve_until_signal
from chassis.server import running as started
from chassis.telemetry import Telemetry
from expander.core.expansion import Expander
from expander.core.ports import LanguageModel
from expander.rpc.errors import ERRORS
from expander.rpc.servicer import ExpanderServicer, endpoint
from expander.settings import Settings


async def serve(settings: Settings) -> None:
    """Serves until the process is told to stop."""
    async with built(settings) as server:
        await serve_until_signal(server)


@asynccontextmanager
async def running(
    settings: Settings, *, telemetry: Telemetry | None = None, language_model: LanguageModel | None = None
) -> AsyncIterator[Server]:
    """A server that is ready for calls until the block ends, then drains."""
    async with built(settings, telemetry=telemetry, language_model=language_model) as server, started(server):
        yield server


@asynccontextmanager
async def built(
    settings: Settings, *, telemetry: Telemetry | None = None, language_model: LanguageModel | None = None
) -> AsyncIterator[Server]:
    """A server that is not started yet; its parts are closed at the end, in reverse. Fakes may stand in for parts.

    A telemetry that is given stays the giver's.
    """
    signals = telemetry or Telemetry.start(service="animatize-expander", settings=settings)
    cache = Cache.of("expansion", settings, telemetry=signals)
    servicer = ExpanderServicer(Expander(language_model), cache=cache, telemetry=signals)
    try:
        yield Server(settings, [endpoint(servicer)], errors=ERRORS, telemetry=signals)
    finally:
        await cache.close()
        if telemetry is None:
            await signals.shutdown()
