"""Five processes: started together, watched, ended in order, none left behind."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path

import pytest

from animatize_cli import health, mesh, ports, processes
from animatize_cli.exits import Problem

from .processes import a_mesh, alive, commands, gone, own_session


async def test_all_are_healthy_inside_and_end_outside_with_the_gateway_first(tmp_path: Path) -> None:
    healthy: list[str] = []

    async with a_mesh(tmp_path, on_healthy=lambda child: healthy.append(child.name)) as services:
        ids = [child.process.pid for child in services.children.values()]
        states = [await health.state(child.address, limit_s=20) for child in services.children.values()]
        sessions = [own_session(number) for number in ids]

    assert sorted(healthy) == sorted(mesh.ALL)
    assert states == ["serving"] * 5
    assert sessions == [True] * 5
    assert not any(map(alive, ids))
    order = (tmp_path / "order").read_text().split()
    assert order[0] == "gateway"
    assert sorted(order) == sorted(mesh.ALL)


async def test_a_service_that_ends_at_its_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    services = a_mesh(tmp_path, command=commands(tmp_path / "order", predictor="dies"))

    with pytest.raises(Problem) as caught:
        await services.__aenter__()

    assert str(caught.value) == f"The predictor at {services.address('predictor')} ended with exit code 7."
    assert caught.value.facts == ("predictor: error: the rules cannot be read", "predictor: a last word")
    assert not any(child.running for child in services.children.values())


async def test_a_service_that_never_serves_is_given_up(tmp_path: Path) -> None:
    services = a_mesh(tmp_path, command=commands(tmp_path / "order", expander="dumb"), start_limit_s=6)

    with pytest.raises(Problem, match=r"expander.* not healthy after 6 s\."):
        await services.__aenter__()

    assert not any(child.running for child in services.children.values())


async def test_a_stubborn_service_is_killed_also_when_the_end_is_cancelled(tmp_path: Path) -> None:
    services = a_mesh(tmp_path, command=commands(tmp_path / "order", analyzer="stubborn"), end_limit_s=0.5)
    await services.__aenter__()
    numbers = [child.process.pid for child in services.children.values()]
    ending = asyncio.ensure_future(services.__aexit__(None, None, None))
    await asyncio.sleep(0)

    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending

    assert not any(map(alive, numbers))


async def test_services_end_when_their_starter_is_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio, pathlib, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import processes\n"
        "async def main():\n"
        f"    async with processes.a_mesh(pathlib.Path({str(tmp_path)!r})) as services:\n"
        "        print(*[child.process.pid for child in services.children.values()], flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    starter = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert starter.stdout is not None
    numbers = [int(word) for word in (await starter.stdout.readline()).split()]
    assert [alive(number) for number in numbers] == [True] * 5

    starter.kill()

    assert await gone(numbers)
    await starter.wait()


async def test_without_the_kernels_help_a_watcher_ends_the_service(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        f"sys.path.insert(0, {str(Path(mesh.__file__).parent)!r})\n"
        "import child, os\n"
        "child.tie_by_kernel = lambda: False\n"
        "child.main([str(os.getppid()), 'SAID=yes', '--', '/bin/sh', '-c', 'echo $SAID; exec sleep 60'])\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    said = await process.stdout.readline()
    ran = process.returncode is None

    # The other end of the pipe closes when its holder ends.
    process.stdin.close()

    assert said == b"yes\n"
    assert ran
    async with asyncio.timeout(40):
        assert await process.wait() == -signal.SIGKILL


async def test_a_service_whose_starter_has_gone_never_begins(tmp_path: Path) -> None:
    child = Path(mesh.__file__).with_name("child.py")

    process = await asyncio.create_subprocess_exec(
        # The first process is never our child's parent here.
        *(sys.executable, "-I", "-S", str(child), "1", "--", "/bin/sh", "-c", f"touch {tmp_path}/begun")
    )

    assert await process.wait() == 1
    assert not (tmp_path / "begun").exists()


def test_the_gateway_is_told_where_the_others_are(tmp_path: Path) -> None:
    numbers = dict(zip(mesh.ALL, range(7000, 7005), strict=True))
    services = mesh.Mesh(numbers, logs=tmp_path, hurried=asyncio.Event())

    assert services.variables("predictor")["ANIMATIZE_PREDICTOR_PORT"] == "7002"
    assert services.variables("gateway")["ANIMATIZE_GATEWAY_PREDICTOR_TARGET"] == "127.0.0.1:7002"
    assert services.variables("gateway")["ANIMATIZE_GATEWAY_REFLECTION"] == "true"


def test_a_service_is_a_module_of_this_interpreter() -> None:
    assert processes.module_command("analyzer") == (sys.executable, "-m", "analyzer")


def test_ports_are_free_each_another_and_seen_when_taken() -> None:
    found = ports.free(5)
    with socket.socket() as holder:
        holder.bind((ports.LOOPBACK, found[1]))
        holder.listen(1)

        assert len(set(found)) == 5
        assert ports.taken(found) == [found[1]]
    assert ports.taken(found) == []


async def test_nobody_there_is_unreachable() -> None:
    assert await health.state("127.0.0.1:9", limit_s=1) == "unreachable"
