"""Analyses a still again and again and prints where each analysis came from: `python sources.py TARGET STILL COUNT`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import grpc

from animatize.analyzer.v1 import analyzer_pb2, analyzer_pb2_grpc
from animatize.type.v1 import image_pb2, stage_pb2

FOLDER = Path(__file__).resolve().parent


def main(target: str, still: str, count: int) -> None:
    """Prints the sources, in the order of the calls."""
    asked = analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=(FOLDER / still).read_bytes()))
    with grpc.insecure_channel(target) as channel:
        stub = analyzer_pb2_grpc.AnalyzerServiceStub(channel)
        answers = [stub.AnalyzeImage(asked, timeout=30, wait_for_ready=True) for _ in range(count)]
    names = [stage_pb2.ResultSource.Name(answer.source).removeprefix("RESULT_SOURCE_") for answer in answers]
    print(json.dumps(names))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
