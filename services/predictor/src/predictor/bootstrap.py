"""Where the predictor's rooms are joined."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.server import Server, serve_until_signal
from chassis.server import running as started
from chassis.settings import SettingsError
from chassis.telemetry import Telemetry
from predictor.adapters import rule_files
from predictor.core.predictor import Predictor
from predictor.core.rulebook import Rulebook
from predictor.rpc.errors import ERRORS
from predictor.rpc.servicer import PredictorServicer, endpoint
from predictor.settings import Settings


def rulebook(settings: Settings) -> Rulebook:
    """The rules that the settings name. Raises SettingsError, with file and line, when they cannot be used."""
    try:
        return rule_files.load(settings.rules_folder or rule_files.SHIPPED)
    except rule_files.RuleFileError as error:
        raise SettingsError(str(error)) from error


async def serve(settings: Settings) -> None:
    """Serves until the process is told to stop."""
    async with built(settings) as server:
        await serve_until_signal(server)


@asynccontextmanager
async def running(
    settings: Settings, *, telemetry: Telemetry | None = None, book: Rulebook | None = None
) -> AsyncIterator[Server]:
    """A server that is ready for calls until the block ends, then drains."""
    async with built(settings, telemetry=telemetry, book=book) as server, started(server):
        yield server


@asynccontextmanager
async def built(
    settings: Settings, *, telemetry: Telemetry | None = None, book: Rulebook | None = None
) -> AsyncIterator[Server]:
    """A server that is not started yet; its parts are closed at the end, in reverse. Fakes may stand in for parts.

    A telemetry that is given stays the giver's. Raises SettingsError when the rules cannot be used.
    """
    rules = book or rulebook(settings)
    signals = telemetry or Telemetry.start(service="animatize-predictor", settings=settings)
    servicer = PredictorServicer(Predictor(rules), telemetry=signals)
    try:
        yield Server(settings, [endpoint(servicer)], errors=ERRORS, telemetry=signals)
    finally:
        if telemetry is None:
            await signals.shutdown()
