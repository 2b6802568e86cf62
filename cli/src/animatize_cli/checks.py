"""The checks of `animatize doctor`, one function each: what is so, and what to do when it should not be."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum, unique
from pathlib import Path
from typing import Any, Final

from animatize_cli import health, ports
from animatize_cli.mesh import ALL, FIRST_PORT

#: The oldest interpreter that runs the services (each pyproject's `requires-python`).
_OLDEST: Final = (3, 11)

#: What must be importable for the services to work, and the name people know it by.
_NEEDED: Final = {
    "grpc": "grpcio",
    "grpc_health": "grpcio-health-checking",
    "google.protobuf": "protobuf",
    "numpy": "numpy",
    "cv2": "OpenCV",
    "av": "PyAV",
    "PIL": "Pillow",
    "pydantic": "pydantic",
    "yaml": "PyYAML",
    "httpx": "httpx",
    "tenacity": "tenacity",
    "pybreaker": "pybreaker",
    "redis": "redis",
    "opentelemetry": "opentelemetry",
    "cel_expr_python": "cel-expr-python",
}

_CASCADE: Final = "haarcascade_frontalface_default.xml"
_REINSTALL: Final = "Run `make setup` in the project's folder."

#: A clip has a few megabytes; with less room than this something else will fail soon.
_ROOM_BYTES: Final = 200 << 20

_ANSWER_LIMIT_S: Final = 2.0


@unique
class State(StrEnum):
    """How a check went. BROKEN is the only one that stops the product."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked. remedy: what to do, "" when nothing needs to be done."""

    name: str
    state: State
    detail: str
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        """The finding for a program."""
        return {**asdict(self), "state": self.state.value}


def python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Whether the interpreter is new enough."""
    detail = f"{version[0]}.{version[1]} at {sys.executable}"
    if version >= _OLDEST:
        return Finding("Python", State.OK, detail)
    return Finding("Python", State.BROKEN, detail, f"Install Python {_OLDEST[0]}.{_OLDEST[1]} or newer.")


def packages(find: Callable[[str], bool]) -> Finding:
    """Whether every package is there that the services need."""
    missing = [name for module, name in _NEEDED.items() if not find(module)]
    if missing:
        return Finding("Packages", State.BROKEN, f"missing: {', '.join(missing)}", _REINSTALL)
    return Finding("Packages", State.OK, f"all {len(_NEEDED)} are there")


def services(find: Callable[[str], bool]) -> Finding:
    """Whether the five services are installed beside the command."""
    missing = [name for name in ALL if not find(name)]
    if missing:
        remedy = f"{_REINSTALL} A mesh elsewhere works without them: --gateway HOST:PORT."
        return Finding("Services", State.BROKEN, f"not installed: {', '.join(missing)}", remedy)
    return Finding("Services", State.OK, f"{', '.join(ALL)} are installed")


def face_cascades(load: Callable[[str], Any]) -> Finding:
    """Whether OpenCV works and brought the files that find faces."""
    try:
        cv2 = load("cv2")
        there = Path(cv2.data.haarcascades, _CASCADE).is_file()
    except (ImportError, AttributeError) as error:
        return Finding("OpenCV", State.BROKEN, f"does not load: {error}", _REINSTALL)
    if not there:
        return Finding("OpenCV", State.BROKEN, f"{cv2.__version__}, without {_CASCADE}", _REINSTALL)
    return Finding("OpenCV", State.OK, f"{cv2.__version__}, with its face cascades")


def encoder(load: Callable[[str], Any]) -> Finding:
    """Whether PyAV works and can write H.264."""
    try:
        av = load("av")
    except ImportError as error:
        return Finding("Encoder", State.BROKEN, f"PyAV does not load: {error}", _REINSTALL)
    try:
        av.codec.Codec("libx264", "w")
    except ValueError:
        remedy = "Install the PyAV wheel of the lock, not a build of the system."
        return Finding("Encoder", State.BROKEN, f"PyAV {av.__version__} is without libx264", remedy)
    return Finding("Encoder", State.OK, f"libx264 in PyAV {av.__version__}")


def room(out: Path) -> Finding:
    """Whether clips have room where they go."""
    there = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    detail = f"{free / 1e9:.1f} GB free for {out}/"
    if free < _ROOM_BYTES:
        return Finding("Disk", State.BROKEN, detail, "Make room, or write elsewhere with --out.")
    return Finding("Disk", State.OK, detail)


def redis_server(which: Callable[[str], str | None]) -> Finding:
    """Whether there is a Redis server to share caches with; everything works without."""
    found = which("redis-server")
    if found:
        return Finding("Redis", State.OK, f"{found}; services use it when their REDIS_URL is set")
    return Finding("Redis", State.NOTE, "no redis-server; caches are kept in each service's memory, which is enough")


def free_ports(*, mesh_is_up: bool, first: int = FIRST_PORT) -> Finding:
    """Whether `animatize up` finds its ports free."""
    taken = ports.taken(range(first, first + len(ALL)))
    if not taken:
        return Finding("Ports", State.OK, f"{first} to {first + len(ALL) - 1} are free")
    named = ", ".join(map(str, taken))
    if mesh_is_up:
        return Finding("Ports", State.OK, f"{named} in use, and a mesh is up")
    return Finding("Ports", State.NOTE, f"{named} in use by another program", "Use `animatize up --port FIRST`.")


async def mesh_at(address: str) -> Finding:
    """Whether a mesh is up at an address."""
    state = await health.state(address, limit_s=_ANSWER_LIMIT_S)
    if state == "serving":
        return Finding("Mesh", State.OK, f"up and healthy at {address}")
    detail = f"none at {address}" if state == "unreachable" else f"at {address}, but it is {state}"
    return Finding("Mesh", State.NOTE, detail, "Start one with `animatize up`; `animate --local` needs none.")


def importable(module: str) -> bool:
    """Whether a module is installed; it is not loaded."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
