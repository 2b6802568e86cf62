"""Where the gateway's rooms are joined."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import grpc

from chassis.channel import Peer, open_channel
from chassis.server import Server, serve_until_signal
from chassis.server import running as started
from chassis.telemetry import Telemetry
from gateway.adapters.analyzer_client import AnalyzerClient
from gateway.adapters.expander_client import ExpanderClient
from gateway.adapters.generator_client import GeneratorClient
from gateway.adapters.predictor_client import PredictorClient
from gateway.adapters.still_fetcher import StillFetcher
from gateway.core.fetching import Policy
from gateway.core.pace import Pace, Share
from gateway.core.pipeline import Pipeline
from gateway.core.ports import Fetcher
from gateway.core.stage import Stage
from gateway.rpc import forwarding, operations, servicer
from gateway.rpc.errors import ERRORS
from gateway.settings import Settings

_SERVICE: Final = "animatize-gateway"

#: A replica that hangs is left after this and the five seconds that its answer may take: within ten in all.
_KEEPALIVE_S: Final = 3.0


async def serve(settings: Settings) -> None:
    """Serves until the process is told to stop."""
    async with built(settings) as server:
        await serve_until_signal(server)


@asynccontextmanager
async def running(
    settings: Settings, *, telemetry: Telemetry | None = None, fetcher: Fetcher | None = None
) -> AsyncIterator[Server]:
    """A gateway that is ready for callers until the block ends, then drains."""
    async with built(settings, telemetry=telemetry, fetcher=fetcher) as server, started(server):
        yield server


@asynccontextmanager
async def built(
    settings: Settings, *, telemetry: Telemetry | None = None, fetcher: Fetcher | None = None
) -> AsyncIterator[Server]:
    """A gateway that is not started yet; its parts are closed at the end, in reverse.

    telemetry: instead of the settings' own; stays open. fetcher: instead of the one that the settings ask for.
    """
    async with AsyncExitStack() as stack:
        if telemetry is None:
            telemetry = Telemetry.start(service=_SERVICE, settings=settings)
            stack.push_async_callback(telemetry.shutdown)
        channels: dict[Stage, grpc.aio.Channel] = {}
        for fronted in forwarding.FRONTED:
            channel = open_channel(_peer(settings, fronted), telemetry=telemetry)
            stack.push_async_callback(channel.close)
            channels[fronted.stage] = channel
        if fetcher is None and settings.allow_http_fetch:
            fetcher = own = StillFetcher(_policy(settings))
            stack.push_async_callback(own.close)
        pipeline = Pipeline(
            analyzer=AnalyzerClient(channels[Stage.ANALYZE]),
            predictor=PredictorClient(channels[Stage.PREDICT]),
            expander=ExpanderClient(channels[Stage.EXPAND]),
            generator=GeneratorClient(channels[Stage.GENERATE]),
            fetcher=fetcher,
            pace=_pace(settings),
        )
        gateway = servicer.GatewayServicer(
            pipeline,
            telemetry=telemetry,
            default_deadline_s=settings.default_deadline_s,
            at_once=settings.batch_at_once,
            max_message_bytes=settings.max_message_bytes,
        )
        endpoints = [
            servicer.endpoint(gateway),
            *(forwarding.endpoint(fronted, channels[fronted.stage]) for fronted in forwarding.FRONTED),
            operations.endpoint(),
        ]
        yield Server(settings, endpoints, errors=ERRORS, telemetry=telemetry)


def _peer(settings: Settings, fronted: forwarding.Fronted) -> Peer:
    targets = {
        Stage.ANALYZE: settings.analyzer_target,
        Stage.PREDICT: settings.predictor_target,
        Stage.EXPAND: settings.expander_target,
        Stage.GENERATE: settings.generator_target,
    }
    return Peer(
        target=targets[fronted.stage],
        service=fronted.name,
        retried=fronted.retried,
        balancing=settings.services_balancing,
        tls=settings.services_files,
        max_message_bytes=settings.max_message_bytes,
        default_timeout_s=settings.default_deadline_s,
        keepalive_s=_KEEPALIVE_S,
    )


def _pace(settings: Settings) -> Pace:
    return Pace(
        {
            Stage.ANALYZE: Share(settings.share_analyze, settings.floor_analyze_s),
            Stage.PREDICT: Share(settings.share_predict, settings.floor_predict_s),
            Stage.EXPAND: Share(settings.share_expand, settings.floor_expand_s),
            Stage.GENERATE: Share(settings.share_generate, settings.floor_generate_s),
        }
    )


def _policy(settings: Settings) -> Policy:
    return Policy(
        hosts=frozenset(host.lower().rstrip(".") for host in settings.fetch_allowed_hosts),
        ports=frozenset(settings.fetch_ports),
        max_bytes=settings.fetch_max_bytes,
    )
