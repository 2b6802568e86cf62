"""Whether a release works: every service says so, a still becomes a clip, and the clip's trace has every service.

Run by `helm test` as `python check.py expected.json`, with the still `still.jpg` beside it, in the image of one of the
services. Exits with 1 and one sentence when something is not as it should be.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

HERE: Final = Path(__file__).resolve().parent
TLS: Final = Path("/etc/animatize/tls")

#: Seconds that a service may take to be reached: network policies need a moment to know a new pod.
PATIENCE_S: Final = 30.0

T = TypeVar("T")


class Failed(Exception):
    """The release does not work; the text says what was seen."""


def until(question: Callable[[], T], *, what: str) -> T:
    """The first answer that is not refused. Raises Failed with the last refusal after PATIENCE_S."""
    ends_at = time.monotonic() + PATIENCE_S
    while True:
        try:
            return question()
        except (grpc.RpcError, OSError, Failed) as error:
            if time.monotonic() > ends_at:
                said = error.details() if isinstance(error, grpc.Call) else error
                raise Failed(f"{what}: {said}") from error
        time.sleep(0.5)


def open_channel(address: str, *, tls: bool) -> grpc.Channel:
    """A channel to a service, with the release's own certificates where it has any."""
    options = [("grpc.max_receive_message_length", 24 << 20)]
    if not tls:
        return grpc.insecure_channel(address, options=options)
    credentials = grpc.ssl_channel_credentials(
        root_certificates=(TLS / "ca.crt").read_bytes(),
        private_key=(TLS / "tls.key").read_bytes(),
        certificate_chain=(TLS / "tls.crt").read_bytes(),
    )
    return grpc.secure_channel(address, credentials, options=options)


def check_health(channel: grpc.Channel, service: str) -> None:
    """The service says SERVING under its own name."""
    answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=service), timeout=5)
    if answer.status != health_pb2.HealthCheckResponse.SERVING:
        raise Failed(f"it says {health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)}")


def check_clip(channel: grpc.Channel) -> str:
    """The trace id of a call that made a clip from the still."""
    # Only the gateway's image is sure to hold the contracts of all services.
    from animatize.gateway.v1 import gateway_pb2, gateway_pb2_grpc
    from animatize.type.v1 import image_pb2

    still = image_pb2.Image(content=(HERE / "still.jpg").read_bytes())
    call = gateway_pb2_grpc.GatewayServiceStub(channel).AnimateImage(
        gateway_pb2.AnimateImageRequest(image=still), timeout=60
    )
    clip = b""
    for event in call:
        if event.WhichOneof("event") == "finished":
            clip = event.finished.generation.artifact.content
    if clip[4:8] != b"ftyp":
        raise Failed("the answer holds no MP4 clip")
    trace_id = str(dict(call.trailing_metadata() or ()).get("x-trace-id", ""))
    if not trace_id:
        raise Failed("the call has no trace id")
    print(f"a clip of {len(clip)} bytes, trace {trace_id}")
    return trace_id


def services_in(trace: dict[str, Any]) -> set[str]:
    """The names of the services that a trace of Jaeger's API has spans of."""
    return {
        attribute["value"]["stringValue"].removeprefix("animatize-")
        for spans in trace["result"]["resourceSpans"]
        for attribute in spans["resource"]["attributes"]
        if attribute["key"] == "service.name"
    }


def check_trace(jaeger: str, trace_id: str, expected: set[str]) -> None:
    """The trace has spans of all expected services."""
    with urllib.request.urlopen(f"{jaeger}/api/v3/traces/{trace_id}", timeout=5) as answer:  # noqa: S310
        found = services_in(json.load(answer))
    if not expected <= found:
        raise Failed(f"only {', '.join(sorted(found))} are in trace {trace_id}")
    print(f"its trace has {', '.join(sorted(found))}")


def main(expected: dict[str, Any]) -> None:
    """Raises Failed with the first thing that is wrong."""
    tls = expected["tls"]
    for name, service in expected["services"].items():
        with open_channel(service["address"], tls=tls) as channel:
            wanted = service["grpc_service"]
            until(lambda: check_health(channel, wanted), what=f"{name} at {service['address']}")  # noqa: B023
        print(f"{name} serves")
    if not expected["clip"]:
        return
    with open_channel(expected["services"]["gateway"]["address"], tls=tls) as channel:
        trace_id = until(lambda: check_clip(channel), what="the clip")
    if expected["jaeger"]:
        traced = set(expected["traced"])
        until(lambda: check_trace(expected["jaeger"], trace_id, traced), what="the trace")


if __name__ == "__main__":
    try:
        main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    except Failed as failure:
        sys.exit(str(failure))
