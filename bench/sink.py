"""A collector that takes everything and keeps nothing: what exporting costs the sender, with nobody else in the way.

Run as `python bench/sink.py`. Messages are not even parsed; an empty answer is the whole "accepted" of OTLP.
"""

from __future__ import annotations

from typing import Final

import bare
import grpc

_PREFIX: Final = "opentelemetry.proto.collector"
_SERVICES: Final = ("trace.v1.TraceService", "metrics.v1.MetricsService", "logs.v1.LogsService")


async def _taken(_request: bytes, _context: object) -> bytes:
    return b""


async def main() -> None:
    """Serves until told to stop."""
    handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(_taken)
    adds = [bare.adding(f"{_PREFIX}.{name}", "Export", handler) for name in _SERVICES]
    async with bare.listening(*adds) as address:
        await bare.until_told({"address": address})


if __name__ == "__main__":
    bare.run(main)
