"""A mirrored still gives exactly the mirrored analysis and the mirrored movement."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import cv2
import numpy as np
import pytest
import pytest_asyncio

from animatize.type.v1 import movement_pb2
from film.movement import Movement, mirrored

from . import meshes
from .meshes import MEDIA, Mesh, photograph

pytestmark = pytest.mark.asyncio(loop_scope="module")

STILLS = sorted(path.stem for path in MEDIA.glob("*.jpg"))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def mesh() -> AsyncIterator[Mesh]:
    async with meshes.inside() as made:
        yield made


def both_ways(name: str) -> tuple[bytes, bytes]:
    pixels = cv2.imdecode(np.frombuffer(photograph(name), np.uint8), cv2.IMREAD_COLOR)
    return tuple(cv2.imencode(".png", side)[1].tobytes() for side in (pixels, pixels[:, ::-1]))  # type: ignore[return-value]


def movement(number: int) -> Movement:
    return Movement(movement_pb2.Movement.Name(number).removeprefix("MOVEMENT_").lower())


def camera(candidates: Any) -> list[tuple[Movement, float, float]]:
    return [(movement(each.move.movement), each.confidence.probability, each.move.amplitude) for each in candidates]


@pytest.mark.parametrize("name", STILLS)
async def test_a_mirrored_photograph_gets_the_mirrored_prediction(mesh: Mesh, name: str) -> None:
    still, mirror = both_ways(name)

    straight, reversed_ = await mesh.predict(still), await mesh.predict(mirror)

    expected = [(mirrored(move), probability, amplitude) for move, probability, amplitude in camera(straight.camera)]
    assert camera(reversed_.camera) == expected
    assert straight.HasField("best") == reversed_.HasField("best")
    if straight.best.camera.move.HasField("anchor"):
        assert reversed_.best.camera.move.anchor.x == 1 - straight.best.camera.move.anchor.x
        assert reversed_.best.camera.move.anchor.y == straight.best.camera.move.anchor.y


@pytest.mark.parametrize("name", STILLS)
async def test_a_mirrored_photograph_gets_the_mirrored_analysis(mesh: Mesh, name: str) -> None:
    still, mirror = both_ways(name)

    straight, reversed_ = await mesh.analyze(still), await mesh.analyze(mirror)

    assert [subject.box.left for subject in reversed_.subjects] == [
        1 - subject.box.left - subject.box.width for subject in straight.subjects
    ]
    assert reversed_.composition.balance == straight.composition.balance
    assert reversed_.light.brightness == straight.light.brightness
    assert reversed_.depth.range == straight.depth.range
    assert reversed_.horizon.y == straight.horizon.y
    assert reversed_.horizon.tilt_deg == -straight.horizon.tilt_deg
    assert [(region.kind, region.share) for region in reversed_.regions] == [
        (region.kind, region.share) for region in straight.regions
    ]
