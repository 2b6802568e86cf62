"""Makes `gen/` from the protos: messages and stubs with grpcio-tools, their types with mypy-protobuf.

Run as `python protos/generate.py [--check]`. The output folder is emptied of generated packages first, so that a
message that went away leaves no module behind. With --check nothing is written: the exit code is 1 when `gen/` is
not what the protos give.
"""

from __future__ import annotations

import filecmp
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = ("animatize", "buf")


def sources() -> list[str]:
    """Every proto that gets a module of its own, relative to its root, in order."""
    own = sorted(path.relative_to(HERE).as_posix() for path in (HERE / "animatize").rglob("*.proto"))
    return [*own, "buf/validate/validate.proto"]


def generate(output: Path) -> None:
    """Writes the packages `animatize` and `buf` below `output`."""
    for package in PACKAGES:
        shutil.rmtree(output / package, ignore_errors=True)
    output.mkdir(parents=True, exist_ok=True)
    tools = Path(str(files("grpc_tools") / "_proto"))
    plugins = Path(sys.executable).parent
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{HERE}", f"-I{HERE / 'vendor'}", f"-I{tools}"]
    command += [f"--plugin=protoc-gen-mypy={plugins / 'protoc-gen-mypy'}"]
    command += [f"--plugin=protoc-gen-mypy_grpc={plugins / 'protoc-gen-mypy_grpc'}"]
    command += [f"--python_out={output}", f"--mypy_out=quiet:{output}"]
    subprocess.run([*command, *sources()], check=True)
    own = [name for name in sources() if name.startswith("animatize/")]
    services = [name for name in own if "\nservice " in (HERE / name).read_text()]
    grpc = [*command[:-2], f"--grpc_python_out={output}", f"--mypy_grpc_out=quiet:{output}"]
    subprocess.run([*grpc, *services], check=True)
    # `animatize` is a real package so that import rules can name it; `buf` is shared ground and stays a namespace.
    for folder in [output / "animatize", *(path for path in (output / "animatize").rglob("*") if path.is_dir())]:
        (folder / "__init__.py").write_text('"""Generated; never edited."""\n')
        (folder / "py.typed").touch()


def differing(left: Path, right: Path) -> list[str]:
    """The files that only one side has or that differ, relative to both; byte code does not count."""
    names = {path.relative_to(side) for side in (left, right) for path in side.rglob("*") if path.is_file()}
    kept = sorted(name for name in names if "__pycache__" not in name.parts)
    both = [name for name in kept if (left / name).exists() and (right / name).exists()]
    same = {name for name in both if filecmp.cmp(left / name, right / name, shallow=False)}
    return [name.as_posix() for name in kept if name not in same]


def main(arguments: list[str]) -> int:
    """Writes `gen/`, or with --check says what is stale in it."""
    if "--check" not in arguments:
        generate(HERE / "gen")
        return 0
    with tempfile.TemporaryDirectory() as name:
        generate(Path(name))
        stale = differing(Path(name), HERE / "gen")
    for path in stale:
        print(f"protos/gen/{path} is not current: run `make protos`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
