"""A terminal that remembers, and a fake gateway that runs beside the test."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from animatize_cli.files import SAMPLE
from animatize_cli.terminal import Terminal

from .fakes import FakeGateway, served
from .recorded import Recorded


@pytest.fixture
def recorded() -> Recorded:
    """Two streams that are no terminals, 80 columns wide."""
    return Recorded(Terminal(io.StringIO(), io.StringIO(), width=80))


class Beside:
    """A fake gateway on a loop of its own, so that a test may run whole commands. address: where it listens."""

    def __init__(self, gateway: FakeGateway) -> None:
        self.gateway = gateway
        self.address = ""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._over: asyncio.Event
        self._thread = threading.Thread(target=self._run, name="fake-gateway")

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(40)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(40)
        self._loop.close()

    def was_cancelled(self, *, limit_s: float) -> bool:
        """Whether the call was cancelled, waiting for it at most so long."""
        waiting = asyncio.run_coroutine_threadsafe(asyncio.wait_for(self.gateway.cancelled.wait(), limit_s), self._loop)
        return bool(waiting.result(limit_s + 1))

    def wait_until_rendering(self) -> None:
        asyncio.run_coroutine_threadsafe(asyncio.wait_for(self.gateway.started.wait(), 40), self._loop).result(41)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        async with served(self.gateway) as self.address:
            self._ready.set()
            await self._over.wait()


@pytest.fixture
def mesh() -> Iterator[Beside]:
    """A fake gateway that answers at once."""
    with Beside(FakeGateway()) as beside:
        yield beside


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with a small photograph in it, photo.jpg."""
    (tmp_path / "photo.jpg").write_bytes(SAMPLE.read_bytes()[:5000])
    monkeypatch.chdir(tmp_path)
    return tmp_path
