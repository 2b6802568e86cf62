"""Whatever is sent as a still is handled, or refused with the field, what was found and what is accepted."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import AsyncIterator

import cv2
import grpc
import numpy as np
import psutil
import pytest
import pytest_asyncio
from PIL import Image

from animatize.analyzer.v1 import analyzer_pb2, analyzer_pb2_grpc
from animatize.type.v1 import image_pb2
from chassis.errors import info, violations

from . import meshes
from .meshes import LARGE, Mesh, photograph, process

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def mesh() -> AsyncIterator[Mesh]:
    async with meshes.inside() as made:
        yield made


def png_bomb(side: int) -> bytes:
    """A small PNG whose header promises side x side pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def base() -> Image.Image:
    return Image.open(io.BytesIO(photograph("china"))).convert("RGB")


def rotated_by_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(base(), "JPEG", exif=exif)


REFUSED = {
    "nothing": b"",
    "text": b"this is not a photograph at all, only words",
    "truncated jpeg": photograph("china")[: len(photograph("china")) // 2],
    "truncated png": saved(base(), "PNG")[:20_000],
    "pixel bomb": png_bomb(50_000),
    "tiff": saved(base(), "TIFF"),
}
HANDLED = {
    "16-bit": cv2.imencode(".png", np.asarray(base()).astype(np.uint16) * 257)[1].tobytes(),
    "cmyk": saved(base().convert("CMYK"), "JPEG"),
    "grey": saved(base().convert("L"), "JPEG"),
    "alpha": saved(base().convert("RGBA"), "PNG"),
    "exif-rotated": rotated_by_exif(),
    "animated gif": saved(base().convert("P"), "GIF", save_all=True, append_images=[base().convert("P")]),
    "webp": saved(base(), "WEBP"),
    "avif": saved(base(), "AVIF"),
    "progressive": saved(base(), "JPEG", progressive=True),
    "one pixel": saved(Image.new("RGB", (1, 1)), "PNG"),
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_it_is_refused_with_what_was_found_and_what_is_accepted(mesh: Mesh, kind: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await mesh.animate(REFUSED[kind])

    error = caught.value
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
    [violation, *_] = violations(error)
    assert violation.field.startswith("image")
    assert violation.description
    told = info(error)
    assert told is not None
    assert told.domain == "animatize"


@pytest.mark.parametrize("kind", HANDLED)
async def test_it_is_handled(mesh: Mesh, kind: str) -> None:
    animation = await mesh.animate(HANDLED[kind])

    assert animation.generation.artifact.size_bytes > 0


async def test_a_turned_still_is_seen_upright(mesh: Mesh) -> None:
    upright = await mesh.analyze(photograph("china"))
    turned = await mesh.analyze(HANDLED["exif-rotated"])

    assert (turned.image.size.width_px, turned.image.size.height_px) == (
        upright.image.size.height_px,
        upright.image.size.width_px,
    )


async def test_a_caller_who_sends_more_than_a_message_holds_is_told_by_grpc(mesh: Mesh) -> None:
    async with grpc.aio.insecure_channel(mesh.address, options=[("grpc.max_send_message_length", 64 << 20)]) as channel:
        stub = analyzer_pb2_grpc.AnalyzerServiceStub(channel)
        image = image_pb2.Image(content=b"\xff\xd8" + b"\0" * (40 << 20))
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.AnalyzeImage(analyzer_pb2.AnalyzeImageRequest(image=image), timeout=50)

    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_the_analyzer_stays_small_through_all_of_them() -> None:
    peak = 0
    async with process("analyzer") as analyzer, grpc.aio.insecure_channel(analyzer.address, options=LARGE) as channel:
        stub = analyzer_pb2_grpc.AnalyzerServiceStub(channel)
        for content in (*REFUSED.values(), *HANDLED.values(), large_jpeg()):
            asked = analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=content))
            try:
                await stub.AnalyzeImage(asked, timeout=50)
            except grpc.aio.AioRpcError as error:
                assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
            peak = max(peak, psutil.Process(analyzer.pid).memory_info().rss)

    assert peak < 300 << 20


def large_jpeg() -> bytes:
    """A photograph of 40 megapixels."""
    return saved(base().resize((8000, 5000)), "JPEG", quality=90)
