"""`animatize up`: the mesh on this machine, in the foreground, until it is told to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Final

from animatize_cli import figures, ports, session, settings
from animatize_cli.exits import Exit, Problem
from animatize_cli.interruption import Interruption
from animatize_cli.mesh import ALL, FIRST_PORT, Mesh
from animatize_cli.processes import Child, Command, module_command
from animatize_cli.screen import Screen
from animatize_cli.terminal import Terminal

#: The call that grpcurl makes: the image as base64 on standard input, because a command line is too short for it.
_GRPCURL: Final = (
    'printf \'{{"image":{{"content":"%s"}}}}\' "$(base64 < photo.jpg | tr -d \'\\n\')" |'
    " grpcurl -plaintext -max-msg-sz 25165824 -d @ {address} animatize.gateway.v1.GatewayService/AnimateImage"
)
_PYTHON: Final = 'stub = gateway_pb2_grpc.GatewayServiceStub(grpc.aio.insecure_channel("{address}"))'


async def up(
    *,
    first_port: int,
    machine: bool,
    terminal: Terminal,
    interruption: Interruption,
    command: Command = module_command,
) -> int:
    """OK when it was told to stop. Raises Problem when a port is taken, or when a service ends by itself."""
    numbers = {name: first_port + place for place, name in enumerate(ALL)}
    refuse_taken(numbers)
    started = time.monotonic()
    with Screen(terminal.console(machine=machine)) as screen, session.logs_folder() as logs:
        screen.waiting("Starting the services")

        def on_healthy(child: Child) -> None:
            took = figures.seconds(time.monotonic() - started)
            screen.line(f"  {child.name:<10} {child.address:<16} healthy after {took}")
            screen.waiting("Starting the services")

        mesh = Mesh(numbers, logs=logs, hurried=interruption.hurried, command=command, on_healthy=on_healthy)
        try:
            async with mesh:
                screen.title("\nThe mesh is up.", aside="Ctrl-C stops it.")
                for line in how_to_call(mesh.gateway):
                    screen.line(line)
                screen.line(f"\n  Logs      {logs}")
                if machine:
                    addresses = {name: child.address for name, child in mesh.children.items()}
                    terminal.say_json({"up": {"addresses": addresses, "logs": str(logs)}})
                try:
                    raise await mesh.died()
                finally:
                    screen.waiting("Stopping the services")
        except asyncio.CancelledError:
            if not interruption.told:
                raise
            screen.line("Stopped.")
            return Exit.OK


def refuse_taken(numbers: dict[str, int]) -> None:
    """Raises Problem when somebody listens on one of the ports already."""
    taken = ports.taken(numbers.values())
    if not taken:
        return
    named = ", ".join(f"{port} ({name})" for name, port in numbers.items() if port in taken)
    subject = "Port" if len(taken) == 1 else "Ports"
    verb = "is" if len(taken) == 1 else "are"
    raise Problem(
        f"{subject} {named} {verb} taken by another program.",
        remedy="Is a mesh up already? Else choose five other ports with --port FIRST.",
    )


def how_to_call(address: str) -> Iterator[str]:
    """Lines that call the mesh, each whole, to be copied."""
    if address.endswith(f":{FIRST_PORT}"):
        yield "  Here      make animate IMAGE=photo.jpg"
        yield "  Anywhere  animatize animate photo.jpg"
    else:
        yield f"  Here      {settings.PREFIX}GATEWAY={address} make animate IMAGE=photo.jpg"
        yield f"  Anywhere  animatize animate photo.jpg --gateway {address}"
    yield f"  grpcurl   {_GRPCURL.format(address=address)}"
    yield f"  Python    {_PYTHON.format(address=address)}"
