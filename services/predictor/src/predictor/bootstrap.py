"""Where the predictor's rooms are joined."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Final

from chassis.server import Server, serve_until_signal
from chassis.server import running as started
from chassis.settings import SettingsError
from chassis.telemetry import Telemetry, names
from predictor.adapters import calibration_files, rule_files, rules_command
from predictor.adapters.changing_files import ChangingFiles, Source
from predictor.core.in_force import InForce
from predictor.core.predictor import Predictor
from predictor.core.rulebook import Rulebook
from predictor.rpc.errors import ERRORS
from predictor.rpc.servicer import PredictorServicer, endpoint
from predictor.settings import Settings

_REFUSALS: Final = (rule_files.RuleFileError, calibration_files.CalibrationFileError)

_log = logging.getLogger(__name__)


def rules(arguments: Sequence[str]) -> int:
    """The exit code of `python -m predictor rules ...`: rule files checked and tried without a server."""
    return rules_command.run(arguments, review=rule_files.review, shipped=rule_files.SHIPPED, out=sys.stdout)


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
    signals = telemetry or Telemetry.start(service="animatize-predictor", settings=settings)
    try:
        async with _followed(settings, signals, book) as in_force:
            servicer = PredictorServicer(in_force, telemetry=signals)
            yield Server(settings, [endpoint(servicer)], errors=ERRORS, telemetry=signals)
    finally:
        if telemetry is None:
            await signals.shutdown()


@asynccontextmanager
async def _followed(settings: Settings, signals: Telemetry, book: Rulebook | None) -> AsyncIterator[InForce]:
    """The predictor in force, following its files until the block ends unless a rulebook is given."""
    folder = settings.rules_folder or rule_files.SHIPPED

    def took(found: Predictor) -> None:
        in_force.put(found, at=datetime.now(UTC))
        signals.record(names.RULES_RELOADS, 1, {names.OUTCOME: "loaded"})
        told = {names.EVENT_NAME: names.EVENT_RULES_LOADED, "rules.version": found.book.version}
        _log.info("rules %s are in force", found.book.version, extra=told)

    def refused(why: str) -> None:
        in_force.refuse(why)
        signals.record(names.RULES_RELOADS, 1, {names.OUTCOME: "refused"})
        told = {names.EVENT_NAME: names.EVENT_RULES_REFUSED, "reason": why}
        _log.error("changed rules are refused, those before stay: %s", why, extra=told)

    source = Source(
        stamp=partial(rule_files.stamp, folder),
        digest=partial(rule_files.written, folder),
        load=partial(_predictor, settings),
        refusals=_REFUSALS,
    )
    files = ChangingFiles(source, took=took, refused=refused)
    try:
        in_force = InForce(_predictor(settings, book), at=datetime.now(UTC))
    except _REFUSALS as error:
        raise SettingsError(str(error)) from error
    # The files that ship do not change.
    following = settings.rules_folder is not None and settings.rules_reload_s > 0 and book is None
    task = asyncio.create_task(files.follow(settings.rules_reload_s)) if following else None
    try:
        yield in_force
    finally:
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def _predictor(settings: Settings, book: Rulebook | None = None) -> Predictor:
    """The rules and the calibration that the settings name. Raises what `_REFUSALS` lists."""
    rules_ = book or rule_files.load(settings.rules_folder or rule_files.SHIPPED)
    path = settings.calibration_file or calibration_files.SHIPPED
    if settings.calibration_file is None and not path.exists():
        return Predictor(rules_)
    calibration = calibration_files.load(path)
    found = Predictor(rules_, calibration)
    if not found.calibration_id:
        why = f"it was fitted on {calibration.rules_version}, not on {rules_.version}"
        told = {names.EVENT_NAME: names.EVENT_CALIBRATION_UNUSED, "calibration.id": calibration.id, "reason": why}
        _log.warning("the calibration %s is not used: %s", calibration.id, why, extra=told)
    return found
