"""The walls hold, and each of them would notice a breach."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("libs/chassis/src", "libs/film/src", "gateway/src", "cli/src", "protos/gen")
SERVICES = ("analyzer", "predictor", "expander", "generator")

# Where a line is added, the line, and the importing module that the report must name with what it must not reach.
BREACHES = {
    "service to service": ("analyzer/core/breach_a.py", "import predictor", "analyzer.core.breach_a -> predictor"),
    "gateway to service": ("gateway/adapters/breach_b.py", "import analyzer", "gateway.adapters.breach_b -> analyzer"),
    "command to service": ("animatize_cli/breach_c.py", "import generator", "animatize_cli.breach_c -> generator"),
    "command to gateway": ("animatize_cli/breach_d.py", "import gateway", "animatize_cli.breach_d -> gateway"),
    "library to service": ("film/breach_e.py", "import expander", "film.breach_e -> expander"),
    "library to library": ("chassis/breach_f.py", "import film", "chassis.breach_f -> film"),
    "film to stubs": ("film/breach_g.py", "import animatize.type.v1.image_pb2", "film.breach_g -> animatize.type.v1"),
    "core to grpc": ("predictor/core/breach_h.py", "import grpc", "predictor.core.breach_h -> grpc"),
    "core to stubs": (
        "analyzer/core/breach_i.py",
        "import animatize.type.v1.image_pb2",
        "analyzer.core.breach_i -> animatize.type.v1",
    ),
    "core to chassis": ("generator/core/breach_j.py", "import chassis", "generator.core.breach_j -> chassis"),
    "core to codec": ("generator/core/breach_k.py", "import av", "generator.core.breach_k -> av"),
    "core to redis": ("expander/core/breach_l.py", "import redis", "expander.core.breach_l -> redis"),
    "core to telemetry": (
        "gateway/core/breach_m.py",
        "import opentelemetry.trace",
        "gateway.core.breach_m -> opentelemetry",
    ),
    "core to adapter": (
        "generator/core/breach_n.py",
        "import generator.adapters",
        "generator.core.breach_n -> generator.adapters",
    ),
    "core to settings": (
        "analyzer/core/breach_o.py",
        "import analyzer.settings",
        "analyzer.core.breach_o -> analyzer.settings",
    ),
    "adapter to settings": (
        "generator/adapters/breach_p.py",
        "import generator.settings",
        "generator.adapters.breach_p -> generator.settings",
    ),
    "rpc to adapter": (
        "generator/rpc/breach_q.py",
        "import generator.adapters",
        "generator.rpc.breach_q -> generator.adapters",
    ),
    "bootstrap to stubs": (
        "analyzer/bootstrap.py",
        "import animatize.type.v1.image_pb2",
        "analyzer.bootstrap -> animatize.type.v1",
    ),
    "service adapter to stubs": (
        "expander/adapters/breach_r.py",
        "import animatize.type.v1.image_pb2",
        "expander.adapters.breach_r -> animatize.type.v1",
    ),
    "adapter to adapter": (
        "gateway/adapters/breach_s.py",
        "import gateway.adapters.breach_b",
        "gateway.adapters.breach_s -> gateway.adapters.breach_b",
    ),
    "service to evaluation": (
        "analyzer/core/breach_t.py",
        "import evaluation.seeing",
        "analyzer.core.breach_t -> evaluation.seeing",
    ),
    "no such room": ("expander/leftovers.py", "X = 1", "expander.leftovers"),
}


def lint(folder: Path, python_path: str) -> subprocess.CompletedProcess[str]:
    """The linter's run over the sources on `python_path`, with the rules in `folder`."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    environment = {"PYTHONPATH": python_path, "PATH": "/usr/bin:/bin"}
    command += ["--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy of the sources with every breach in it."""
    folder = tmp_path_factory.mktemp("breached")
    shutil.copy(ROOT / ".importlinter", folder)
    for source in (*SOURCES, *(f"services/{name}/src" for name in SERVICES)):
        for package in (ROOT / source).iterdir():
            if package.is_dir() and package.name != "buf":
                shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "evaluation", folder / "evaluation", ignore=shutil.ignore_patterns("__pycache__", "*.jpg"))
    for path, line, _ in BREACHES.values():
        with (folder / path).open("a") as file:
            file.write(f"\n{line}\n")
    done = lint(folder, str(folder))
    assert done.returncode == 1, done.stderr
    return re.sub(r"\s+", " ", done.stdout)


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_reported_with_its_module(report: str, breach: str) -> None:
    assert BREACHES[breach][2] in report


def test_the_house_as_it_stands_keeps_every_wall() -> None:
    folders = (*SOURCES, *(f"services/{name}/src" for name in SERVICES))
    sources = [str(ROOT), *(str(ROOT / folder) for folder in folders)]

    done = lint(ROOT, ":".join(sources))

    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout
