"""`google.longrunning.Operations`: promised, and not there before work outlives its call."""

from __future__ import annotations

from typing import Any, Final

import grpc
from google.longrunning import operations_pb2

from chassis.errors import unbuilt
from chassis.server import Endpoint

_SENTENCE: Final = "Operations are not built yet; call AnimateImage, which ends with its result."

_SERVICE: Final = operations_pb2.DESCRIPTOR.services_by_name["Operations"]


async def _unbuilt(_request: Any, _context: Any) -> None:
    raise unbuilt(_SENTENCE)


def endpoint() -> Endpoint:
    """The service for a server."""

    def add(server: grpc.aio.Server) -> None:
        # All of its methods are unary. Requests stay bytes: nothing reads them.
        handlers: dict[str, Any] = {
            method.name: grpc.unary_unary_rpc_method_handler(_unbuilt) for method in _SERVICE.methods
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE.full_name, handlers),))

    return Endpoint(_SERVICE.full_name, add)
