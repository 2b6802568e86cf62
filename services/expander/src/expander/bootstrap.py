"""Where the rooms are joined: the only place that knows which classes make up the service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.cache import Cache, RedisTier
from chassis.server import Server, serve_until_signal
from chassis.telemetry import Telemetry
from expander.core.expansion import Expander
from expander.core.ports import LanguageModel
from expander.rpc.errors import ERRORS
from expander.rpc.servicer import ExpanderServicer, endpoint
from expander.settings import Settings

SERVICE = "expander"


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, then drains."""
    telemetry = Telemetry.start(service=SERVICE, settings=settings)
    try:
        async with _built(settings, telemetry, None) as server:
            await serve_until_signal(server)
    finally:
        await telemetry.shutdown()


@asynccontextmanager
async def running(
    settings: Settings, *, language_model: LanguageModel | None = None, telemetry: Telemetry | None = None
) -> AsyncIterator[Server]:
    """A server that is ready for calls, and drained at the end. A telemetry that is given stays the giver's."""
    own = telemetry or Telemetry.off()
    try:
        async with _built(settings, own, language_model) as server:
            await server.start()
            await server.ready()
            try:
                yield server
            finally:
                await server.drain()
    finally:
        if telemetry is None:
            await own.shutdown()


@asynccontextmanager
async def _built(
    settings: Settings, telemetry: Telemetry, language_model: LanguageModel | None
) -> AsyncIterator[Server]:
    redis = RedisTier(settings.redis_url, telemetry=telemetry) if settings.redis_url else None
    cache = Cache(
        "expansion",
        entries=settings.cache_entries,
        max_bytes=settings.cache_bytes,
        ttl_s=settings.cache_ttl_s,
        redis=redis,
        telemetry=telemetry,
    )
    servicer = ExpanderServicer(Expander(language_model), cache=cache, telemetry=telemetry)
    try:
        yield Server(settings, [endpoint(servicer)], errors=ERRORS, telemetry=telemetry)
    finally:
        await cache.close()
