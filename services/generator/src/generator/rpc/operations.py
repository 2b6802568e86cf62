"""`google.longrunning.Operations`, promised by the contract and not built yet: every RPC says so."""

from typing import Any, Final, NoReturn

from google.longrunning import operations_pb2_grpc

from chassis.errors import unbuilt
from chassis.server import Endpoint
from generator.rpc.servicer import LATER

METHODS: Final = ("ListOperations", "GetOperation", "DeleteOperation", "CancelOperation", "WaitOperation")
"""The RPCs of the service."""


async def _later(_request: Any, _context: object) -> NoReturn:
    raise unbuilt(LATER)


def operations_endpoint() -> Endpoint:
    """The operations service for a server."""
    servicer = operations_pb2_grpc.OperationsServicer()
    for method in METHODS:
        setattr(servicer, method, _later)
    return Endpoint(
        service="google.longrunning.Operations",
        add=lambda server: operations_pb2_grpc.add_OperationsServicer_to_server(servicer, server),
    )
