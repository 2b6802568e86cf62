"""What works here, what is missing, and how to mend it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from animatize_cli import checks, doctor
from animatize_cli.app import run
from animatize_cli.checks import Finding, State
from animatize_cli.exits import Exit

from .conftest import Beside
from .recorded import Recorded


@pytest.fixture
def whole() -> None:
    """The doctor looks at the whole workspace; where the command is installed alone there is nothing to look at."""
    for service in ("analyzer", "predictor", "expander", "generator", "gateway"):
        pytest.importorskip(service)


@pytest.mark.usefixtures("whole")
def test_this_environment_has_all_that_is_needed(recorded: Recorded, folder: Path) -> None:
    code = run(["doctor", "--gateway", "127.0.0.1:9", "--json"], terminal=recorded.terminal)

    found = {line["name"]: line for line in recorded.lines}
    assert code == Exit.OK
    assert list(found) == [
        "Python",
        "Packages",
        "Services",
        "OpenCV",
        "Encoder",
        "Disk",
        "Redis",
        "Ports",
        "Mesh",
    ]
    assert {name for name, line in found.items() if line["state"] == "broken"} == set()
    assert found["Mesh"]["detail"] == "none at 127.0.0.1:9"
    assert "All that is needed is there." in recorded.err


@pytest.mark.usefixtures("whole")
def test_something_broken_fails_and_comes_with_its_remedy(
    recorded: Recorded, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(find: Any) -> Finding:
        return checks.packages(lambda module: module not in ("cv2", "av"))

    monkeypatch.setattr(doctor.checks, "services", missing)

    code = run(["doctor", "--gateway", "127.0.0.1:9"], terminal=recorded.terminal)

    assert code == Exit.FAILED
    assert "missing: OpenCV, PyAV" in recorded.out
    assert "make setup" in recorded.out
    assert "1 thing needs mending." in recorded.out


def test_an_old_interpreter_is_broken() -> None:
    assert checks.python((3, 10)).state is State.BROKEN
    assert checks.python((3, 11)).state is State.OK


def test_services_that_are_not_installed_are_named() -> None:
    found = checks.services(lambda name: name != "expander")

    assert found.state is State.BROKEN
    assert found.detail == "not installed: expander"


def test_a_module_inside_a_package_that_is_not_there_is_not_importable() -> None:
    assert not checks.importable("no_such_package.inside")
    assert checks.importable("grpc")


def absent(name: str) -> Any:
    raise ImportError(f"no {name}")


def without_encoder(_name: str, _mode: str) -> Any:
    raise ValueError("no codec")


@pytest.mark.parametrize(
    ("found", "detail"),
    [
        (checks.face_cascades(absent), "does not load: no cv2"),
        (
            checks.face_cascades(lambda _: SimpleNamespace(data=SimpleNamespace(haarcascades="none"), __version__="4")),
            "4, without haarcascade_frontalface_default.xml",
        ),
        (checks.encoder(absent), "PyAV does not load: no av"),
        (
            checks.encoder(lambda _: SimpleNamespace(codec=SimpleNamespace(Codec=without_encoder), __version__="18")),
            "PyAV 18 is without libx264",
        ),
    ],
)
def test_a_part_that_does_not_work_is_broken(found: Finding, detail: str) -> None:
    assert (found.state, found.detail) == (State.BROKEN, detail)
    assert found.remedy


def test_a_full_disk_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 20))

    assert checks.room(tmp_path / "not" / "yet").state is State.BROKEN


def test_redis_is_optional() -> None:
    assert checks.redis_server(lambda _: None).state is State.NOTE
    assert checks.redis_server(lambda _: "/usr/bin/redis-server").state is State.OK


def test_taken_ports_are_a_note_unless_a_mesh_has_them(mesh: Beside) -> None:
    taken = int(mesh.address.rpartition(":")[2])

    assert checks.free_ports(mesh_is_up=False, first=taken - 1).state is State.NOTE
    assert checks.free_ports(mesh_is_up=True, first=taken - 1).state is State.OK


async def test_a_mesh_that_is_up_is_seen() -> None:
    from chassis.testing.servers import serving

    async with serving() as server:
        up = await checks.mesh_at(server.address)
        await server.drain()
    gone = await checks.mesh_at(server.address)

    assert (up.state, gone.state) == (State.OK, State.NOTE)
