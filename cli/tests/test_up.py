"""The mesh in the foreground, and a mesh for one call alone."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from animatize_cli import animate as animating
from animatize_cli import interruption, ports, up
from animatize_cli.app import run
from animatize_cli.exits import Exit, Problem
from animatize_cli.interruption import Interruption
from animatize_cli.options import Wishes
from animatize_cli.processes import Command
from animatize_cli.session import Target

from .fakes import CLIP
from .processes import commands, five_ports, named_in_processes
from .recorded import Recorded


def told(recorded: Recorded, sentence: str, number: signal.Signals, *, times: int = 1) -> None:
    """Sends this process a signal as soon as the sentence was said."""

    async def watch() -> None:
        while sentence not in recorded.out:  # noqa: ASYNC110 (the terminal announces nothing)
            await asyncio.sleep(0.01)
        for _ in range(times):
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.05)

    asyncio.get_running_loop().create_task(watch())


def test_up_stays_until_it_is_told_to_stop(recorded: Recorded, tmp_path: Path) -> None:
    first = five_ports()

    async def work(stop: Interruption) -> int:
        told(recorded, "Logs", signal.SIGTERM)
        return await up.up(
            first_port=first,
            machine=False,
            terminal=recorded.terminal,
            interruption=stop,
            command=commands(tmp_path / "order"),
        )

    code = interruption.run(work)

    assert code == Exit.OK
    assert f"gateway    127.0.0.1:{first}" in recorded.out
    assert f"animatize animate photo.jpg --gateway 127.0.0.1:{first}" in recorded.out
    assert f"ANIMATIZE_CLI_GATEWAY=127.0.0.1:{first} make animate IMAGE=photo.jpg" in recorded.out
    assert "grpcurl -plaintext" in recorded.out
    assert f'grpc.aio.insecure_channel("127.0.0.1:{first}")' in recorded.out
    assert recorded.out.endswith("Stopped.\n")
    assert not ports.taken(range(first, first + 5))


def test_a_program_is_told_the_addresses(recorded: Recorded, tmp_path: Path) -> None:
    first = five_ports()

    async def work(stop: Interruption) -> int:
        told(recorded, '"up"', signal.SIGINT)
        return await up.up(
            first_port=first,
            machine=True,
            terminal=recorded.terminal,
            interruption=stop,
            command=commands(tmp_path / "order"),
        )

    interruption.run(work)

    assert recorded.lines[0]["up"]["addresses"]["generator"] == f"127.0.0.1:{first + 4}"
    assert "The mesh is up." in recorded.err


async def test_a_service_that_dies_ends_up_with_its_name(recorded: Recorded, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"The expander at .* ended by signal SIGKILL"):
        await up.up(
            first_port=five_ports(),
            machine=False,
            terminal=recorded.terminal,
            interruption=Interruption(),
            command=commands(tmp_path / "order", expander="mortal"),
        )


def test_a_taken_port_is_told_before_anything_starts(recorded: Recorded) -> None:
    with socket.socket() as holder:
        holder.bind((ports.LOOPBACK, 0))
        holder.listen(1)
        taken = holder.getsockname()[1]

        code = run(["up", "--port", str(taken - 1)], terminal=recorded.terminal)

    assert code == Exit.FAILED
    assert f"Port {taken} (analyzer) is taken by another program." in recorded.err
    assert "--port FIRST" in recorded.err


def test_the_usual_ports_need_no_saying() -> None:
    lines = list(up.how_to_call("127.0.0.1:50050"))

    assert lines[:2] == ["  Here      make animate IMAGE=photo.jpg", "  Anywhere  animatize animate photo.jpg"]


def a_job() -> animating.Job:
    return animating.Job(still=Path("photo.jpg"), out=None, result=None, wishes=Wishes())


def local(command: Command) -> Target:
    return Target(local=True, command=command)


async def test_a_local_mesh_lives_for_one_call(recorded: Recorded, folder: Path) -> None:
    code = await animating.animate(
        a_job(), local(commands(folder / "order")), terminal=recorded.terminal, interruption=Interruption()
    )

    assert code == Exit.OK
    assert (folder / "out" / "photo.mp4").read_bytes() == CLIP
    assert (folder / "order").read_text().split()[0] == "gateway"
    assert len((folder / "order").read_text().split()) == 5


async def test_a_failure_shows_what_the_services_complained_about(recorded: Recorded, folder: Path) -> None:
    failing = commands(folder / "order", gateway="fails")

    with pytest.raises(Problem) as caught:
        await animating.animate(a_job(), local(failing), terminal=recorded.terminal, interruption=Interruption())

    assert caught.value.facts == ("gateway: warning: the depth map is odd",)


@pytest.mark.parametrize(("behaviour", "times"), [("paced", 1), ("paced stubborn", 2)])
def test_an_interrupt_ends_call_and_services(recorded: Recorded, folder: Path, behaviour: str, times: int) -> None:
    async def work(stop: Interruption) -> int:
        told(recorded, "How to say it", signal.SIGINT, times=times)
        target = local(commands(folder / "order", gateway=behaviour))
        return await animating.animate(a_job(), target, terminal=recorded.terminal, interruption=stop)

    code = interruption.run(work)

    assert code == Exit.INTERRUPTED
    assert list((folder / "out").iterdir()) == []
    assert named_in_processes(str(folder / "order")) == []
    if times == 1:
        assert (folder / "order").read_text().split()[0] == "gateway"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_cancels_and_the_second_hurries(number: signal.Signals) -> None:
    # Under nohup the tests are born deaf to one of them.
    before = signal.signal(number, signal.SIG_DFL)

    async def work(stop: Interruption) -> int:
        os.kill(os.getpid(), number)
        try:
            await asyncio.sleep(20)
        finally:
            os.kill(os.getpid(), number)
            async with asyncio.timeout(20):
                await stop.hurried.wait()
        return 0

    try:
        assert interruption.run(work) == Exit.INTERRUPTED
    finally:
        signal.signal(number, before)


def test_a_cancel_from_inside_is_no_interrupt() -> None:
    async def work(_stop: Interruption) -> int:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        interruption.run(work)


def test_a_command_under_nohup_outlives_its_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)

    async def work(stop: Interruption) -> int:
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(0.05)
        return 1 if stop.told else 0

    try:
        assert interruption.run(work) == 0
    finally:
        signal.signal(signal.SIGHUP, before)
