"""Where the rooms are joined: the only place that knows which classes make up the service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.server import Server, serve_until_signal
from chassis.telemetry import Telemetry
from predictor.adapters import rule_files
from predictor.core.predictor import Predictor
from predictor.core.rulebook import Rulebook
from predictor.rpc.errors import ERRORS
from predictor.rpc.servicer import PredictorServicer, endpoint
from predictor.settings import Settings

SERVICE = "predictor"


def rulebook(settings: Settings) -> Rulebook:
    """The rules that the settings name. Raises RuleFileError."""
    return rule_files.load(settings.rules_folder or rule_files.SHIPPED)


async def serve(settings: Settings, book: Rulebook) -> None:
    """Serves until SIGTERM or SIGINT, then drains."""
    telemetry = Telemetry.start(service=SERVICE, settings=settings)
    try:
        await serve_until_signal(_server(settings, book, telemetry))
    finally:
        await telemetry.shutdown()


@asynccontextmanager
async def running(
    settings: Settings, *, book: Rulebook | None = None, telemetry: Telemetry | None = None
) -> AsyncIterator[Server]:
    """A server that is ready for calls, and drained at the end. A telemetry that is given stays the giver's."""
    own = telemetry or Telemetry.off()
    server = _server(settings, book or rulebook(settings), own)
    await server.start()
    await server.ready()
    try:
        yield server
    finally:
        await server.drain()
        if telemetry is None:
            await own.shutdown()


def _server(settings: Settings, book: Rulebook, telemetry: Telemetry) -> Server:
    servicer = PredictorServicer(Predictor(book), telemetry=telemetry)
    return Server(settings, [endpoint(servicer)], errors=ERRORS, telemetry=telemetry)
