"""Animates the still beside this script and prints what came back, as JSON: `python clip.py TARGET`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import grpc

from animatize.gateway.v1 import gateway_pb2, gateway_pb2_grpc
from animatize.type.v1 import image_pb2

STILL = Path(__file__).resolve().parent / "still.jpg"


def animate(target: str) -> dict[str, object]:
    """One call of AnimateImage with its defaults. Raises grpc.RpcError."""
    with grpc.insecure_channel(target, options=[("grpc.max_receive_message_length", 24 << 20)]) as channel:
        asked = gateway_pb2.AnimateImageRequest(image=image_pb2.Image(content=STILL.read_bytes()))
        call = gateway_pb2_grpc.GatewayServiceStub(channel).AnimateImage(asked, timeout=60)
        finished = [event.finished for event in call if event.WhichOneof("event") == "finished"][-1]
        trailing = dict(call.trailing_metadata() or ())
    clip = finished.generation.artifact.content
    return {
        "bytes": len(clip),
        "box": clip[4:8].decode("latin-1"),
        "verdict": finished.generation.HasField("verdict"),
        "model": finished.generation.model,
        "trace_id": trailing.get("x-trace-id", ""),
    }


def main(target: str) -> None:
    """Tries for half a minute: network policies need a moment to know a new pod."""
    ends_at = time.monotonic() + 30
    while True:
        try:
            print(json.dumps(animate(target)))
            return
        except grpc.RpcError:
            if time.monotonic() > ends_at:
                raise
        time.sleep(0.5)


if __name__ == "__main__":
    main(sys.argv[1])
