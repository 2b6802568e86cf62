"""A service process that is small and starts fast: `fake_service.py NAME BEHAVIOUR ORDER`.

It reads its port as a real one does, serves health, and as the gateway also serves the fake gateway. BEHAVIOUR:
"dies" ends at once with a complaint, "dumb" never serves, "stubborn" does not end by SIGTERM, "paced" renders slowly,
"fails" answers with an error and complains in its log, "mortal" is killed half a second after it serves.
Behaviours may be combined. Each writes its name to the file ORDER when it ends by SIGTERM, so that tests see the order.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import grpc
from fakes import BIG, FakeGateway, failing
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer

from chassis.errors import Answer


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main(name: str, behaviour: str, order: Path) -> int:
    if behaviour == "dies":
        say('{"severity": "ERROR", "body": "the rules cannot be read"}')
        say("a last word")
        return 7
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set if "stubborn" not in behaviour else lambda: None)
    server = grpc.aio.server(options=BIG)
    health = HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    if name == "gateway":
        gateway = FakeGateway()
        gateway.pace_s = 30.0 if "paced" in behaviour else 0.0
        if behaviour == "fails":
            say('{"severity": "WARNING", "body": "the depth map is odd"}')
            gateway.play = failing(Answer(grpc.StatusCode.INTERNAL, "INTERNAL_ERROR", "internal error"))
        gateway.add_to(server)
    # A process of its own, which stands for a service and its settings.
    port = os.environ[f"ANIMATIZE_{name.upper()}_PORT"]  # noqa: TID251
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    states = health_pb2.HealthCheckResponse
    for service in ("", "animatize.gateway.v1.GatewayService"):
        await health.set(service, states.NOT_SERVING if behaviour == "dumb" else states.SERVING)
    if behaviour == "mortal":
        loop.call_later(0.5, os.kill, os.getpid(), signal.SIGKILL)
    say('{"severity": "INFO", "body": "serving"}')
    await told.wait()
    with order.open("a") as file:
        file.write(f"{name}\n")
    await server.stop(0)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
