"""The process: how it starts and ends, and how much memory bad input can make it take."""

import io
import json
import signal
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import grpc
import numpy as np
import pytest
from PIL import Image as Pillow

from animatize.analyzer.v1 import analyzer_pb2, analyzer_pb2_grpc
from animatize.type.v1 import image_pb2

from .stills import noise, photograph

MOST_MB = 360


def bomb():
    """A PNG of a few bytes that claims 50,000 x 50,000 pixels."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def saved(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def files():
    """Everything that may come in, good and bad."""
    photo = Pillow.fromarray(cv2.resize(photograph("china"), (4000, 3000))[:, :, ::-1])
    small = photo.resize((1200, 900))
    large = cv2.imencode(".jpg", noise(1, height=3000, width=4000), (cv2.IMWRITE_JPEG_QUALITY, 88))[1].tobytes()
    yield "12 MP photograph", saved(photo, "JPEG", quality=90)
    yield "progressive", saved(photo, "JPEG", quality=85, progressive=True)
    yield "no image", b"no image at all" * 1000
    yield "truncated", saved(photo, "JPEG", quality=90)[:200_000]
    yield "one byte", b"\xff"
    yield "bomb", bomb()
    yield "16 bits", saved(Pillow.fromarray(np.asarray(small.convert("L")).astype(np.uint16) * 257), "PNG")
    yield "CMYK", saved(small.convert("CMYK"), "JPEG")
    yield "grey", saved(small.convert("L"), "PNG")
    yield "alpha", saved(small.convert("RGBA"), "PNG")
    yield "animated", saved(small.resize((400, 300)), "GIF", save_all=True, append_images=[small.resize((400, 300))])
    yield "large", large[: 20 << 20]


@pytest.fixture
def process(tmp_path, monkeypatch):
    started = subprocess.Popen(
        [sys.executable, "-m", "analyzer"],
        env={"ANIMATIZE_ANALYZER_PORT": "0", "ANIMATIZE_ANALYZER_DRAIN_PAUSE_S": "0", "PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield started
    started.kill()
    started.wait()
    started.stdout.close()


def address_of(process):
    for line in process.stdout:
        told = json.loads(line)
        if told.get("event.name") == "server.started":
            return told["address"]
    raise AssertionError("the process ended before it was ready")


def peak_mb(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
async def test_no_input_takes_more_memory_than_promised(process):
    address = address_of(process)
    codes = {}

    options = [("grpc.max_send_message_length", 24 << 20)]
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        stub = analyzer_pb2_grpc.AnalyzerServiceStub(channel)
        for name, content in files():
            request = analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=content))
            try:
                await stub.AnalyzeImage(request)
                codes[name] = grpc.StatusCode.OK
            except grpc.aio.AioRpcError as error:
                codes[name] = error.code()

    refused = {name for name, code in codes.items() if code is grpc.StatusCode.INVALID_ARGUMENT}
    assert (
        {"no image", "truncated", "one byte", "bomb"}
        <= refused
        <= {
            "no image",
            "truncated",
            "one byte",
            "bomb",
            "large",
        }
    )
    assert set(codes.values()) == {grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT}
    assert peak_mb(process.pid) < MOST_MB


def test_the_process_ends_when_it_is_told_to(process):
    address_of(process)

    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
