"""The four services with their work left out: bare servers that answer fixed messages.

Run as `python bench/echoes.py [--otlp ADDRESS]`. With an address each call is one plain server span. Requests are not
parsed and answers are packed beforehand, so that the hub that is measured has the machine to itself.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

import bare
import grpc
import replies
from google.protobuf.message import Message
from opentelemetry.trace import SpanKind

#: Each service with its method, and what makes its answers.
_SERVICES: Final[dict[str, tuple[str, str, Callable[[replies.Sizes], Sequence[Message]]]]] = {
    "analyzer": ("animatize.analyzer.v1.AnalyzerService", "AnalyzeImage", lambda sizes: [replies.analyzed(sizes)]),
    "predictor": ("animatize.predictor.v1.PredictorService", "PredictMovement", lambda _: [replies.predicted()]),
    "expander": ("animatize.expander.v1.ExpanderService", "ExpandPrompt", lambda _: [replies.expanded()]),
    "generator": ("animatize.generator.v1.GeneratorService", "Generate", replies.generated),
}

#: The one method that streams its answers.
_STREAM: Final = "Generate"


def echo(
    service: str, method: str, made: Callable[[replies.Sizes], Sequence[Message]], spans: bare.Spans
) -> Callable[[grpc.aio.Server], None]:
    """What adds one service to a server: always the same answers for requests of one size."""
    answers = {
        sizes: [message.SerializeToString() for message in made(sizes)] for sizes in (replies.WHOLE, replies.TINY)
    }

    async def one(request: bytes, _context: Any) -> bytes:
        with spans.span(method, SpanKind.SERVER):
            return answers[replies.sizes_of(request)][0]

    async def many(request: bytes, _context: Any) -> AsyncIterator[bytes]:
        with spans.span(method, SpanKind.SERVER):
            for answer in answers[replies.sizes_of(request)]:
                yield answer

    if method == _STREAM:
        return bare.adding(service, method, grpc.unary_stream_rpc_method_handler(many))
    return bare.adding(service, method, grpc.unary_unary_rpc_method_handler(one))


async def main() -> None:
    """Serves the four, each on a port of its own, until told to stop."""
    spans = bare.Spans("echoes", bare.endpoint_of(sys.argv))
    async with AsyncExitStack() as stack:
        addresses = {}
        for name, (service, method, made) in _SERVICES.items():
            add = echo(service, method, made, spans)
            addresses[name] = await stack.enter_async_context(bare.listening(add))
        await bare.until_told(addresses)


if __name__ == "__main__":
    bare.run(main)
