"""The service's two calls."""

from typing import Final

import grpc

from animatize.expander.v1 import expander_pb2, expander_pb2_grpc
from chassis.cache import Cache
from chassis.server import Endpoint
from chassis.telemetry import Telemetry, Watch
from expander.core.dialects import Name
from expander.core.expansion import AUTO, Expander
from expander.core.linter import lint
from expander.rpc import enums
from expander.rpc.brief import brief
from expander.rpc.expansion import SOURCES, expansion, findings

NAME: Final = expander_pb2.DESCRIPTOR.services_by_name["ExpanderService"].full_name


class ExpanderServicer(expander_pb2_grpc.ExpanderServiceServicer):
    """Writes and checks prompts. The same content gives the same answer, so a repeated request_id does too."""

    def __init__(self, expander: Expander, *, cache: Cache, telemetry: Telemetry) -> None:
        self._expander = expander
        self._cache = cache
        self._telemetry = telemetry

    # The contract names the method.
    async def ExpandPrompt(
        self, request: expander_pb2.ExpandPromptRequest, _context: object
    ) -> expander_pb2.ExpandPromptResponse:
        """The prompts for one prediction."""
        wanted = brief(request)
        dialects = [Name(enums.DIALECT.name(number)) for number in request.dialects] or [Name.GENERIC]
        writer = enums.WRITER.name(request.writer) or AUTO
        limit = request.max_cost_micro_usd if request.HasField("max_cost_micro_usd") else None

        async def make() -> bytes:
            with Watch(self._telemetry, verb="expand").stage("prompt"):
                made = await self._expander.expand(wanted, dialects, writer=writer, max_cost_micro_usd=limit)
            return expansion(made).SerializeToString(deterministic=True)

        key = self._expander.key(wanted, dialects, writer=writer, max_cost_micro_usd=limit)
        found = await self._cache.get_or_make(key, make)
        answer = expander_pb2.Expansion.FromString(found.value)
        answer.source = SOURCES[found.source]
        return expander_pb2.ExpandPromptResponse(expansion=answer)

    # The contract names the method.
    async def LintPrompt(
        self, request: expander_pb2.LintPromptRequest, _context: object
    ) -> expander_pb2.LintPromptResponse:
        """What a dialect wants otherwise in a text."""
        found = lint(request.text, Name(enums.DIALECT.name(request.dialect)))
        return expander_pb2.LintPromptResponse(findings=findings(found))


def endpoint(servicer: ExpanderServicer) -> Endpoint:
    """The service as the chassis wants it."""

    def add(server: grpc.aio.Server) -> None:
        expander_pb2_grpc.add_ExpanderServiceServicer_to_server(servicer, server)

    return Endpoint(service=NAME, add=add)
