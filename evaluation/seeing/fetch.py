"""Fetches the photographs that are not in the repository, with the tools that everybody uses: apt-get, git and pip.

Nothing is installed. Every file is checked against the SHA-256 of the one that was labelled, and scaled down.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from evaluation.seeing import stereo
from evaluation.seeing.photographs import LONG_SIDE_PX, Photograph, every_photograph
from evaluation.seeing.product import jpeg, opened

REPOSITORIES: Final = "https://github.com/{name}.git"
_WHEEL: Final = "scikit-image==0.26.0"
_QUALITY: Final = 92
_LONG_S: Final = 1800.0


class Unreachable(Exception):
    """A collection could not be fetched. why: the tool's last words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def fetch(folder: Path, *, say: Callable[[str], None]) -> list[str]:
    """Fills a folder with `<id>.jpg` and the stereo motorcycle, and gives what is not there with the reason.

    What is there already is left alone. say: hears of progress.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [row for row in every_photograph() if row.file is None and not (folder / f"{row.id}.jpg").is_file()]
    missing: list[str] = []
    for kind, take in (("package", _package), ("repository", _repository)):
        for name in sorted({row.source[kind] for row in wanted if kind in row.source}):
            rows = [row for row in wanted if row.source.get(kind) == name]
            say(f"fetching {len(rows)} photographs of {name}")
            missing += _collection(folder, name, rows, take)
    say("fetching the stereo motorcycle")
    return missing + _motorcycle(folder)


def _collection(
    folder: Path, name: str, rows: Sequence[Photograph], take: Callable[[str, Sequence[str], Path], Path]
) -> list[str]:
    """Saves what a collection gives; the names of what it does not, with the reason."""
    with tempfile.TemporaryDirectory(prefix="photographs-") as scratch:
        try:
            root = take(name, [row.source["path"] for row in rows], Path(scratch))
        except Unreachable as error:
            return [f"{len(rows)} photographs of {name}: {error.why}"]
        missing = []
        for row in rows:
            path = root / row.source["path"]
            if not path.is_file():
                missing.append(f"{row.id}: {name} has no {row.source['path']}")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != row.sha256:
                missing.append(f"{row.id}: {row.source['path']} of {name} is not the file that was labelled")
            else:
                (folder / f"{row.id}.jpg").write_bytes(scaled(path.read_bytes()))
        return missing


def scaled(content: bytes) -> bytes:
    """An image file as a JPEG whose long side is at most LONG_SIDE_PX."""
    pixels = opened(content)
    factor = LONG_SIDE_PX / max(pixels.shape[:2])
    if factor < 1:
        pixels = np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    return jpeg(pixels, _QUALITY)


def _package(name: str, paths: Sequence[str], scratch: Path) -> Path:
    """A Debian package's files, unpacked and not installed."""
    del paths
    _called(["apt-get", "download", name], scratch)
    files = sorted(scratch.glob("*.deb"))
    if not files:
        raise Unreachable("apt-get gave no file")
    _called(["dpkg-deb", "--extract", str(files[0]), str(scratch / "files")], scratch)
    return scratch / "files"


def _repository(name: str, paths: Sequence[str], scratch: Path) -> Path:
    """The named files of a public repository's newest state, and nothing else of it."""
    root = scratch / "repository"
    shallow = ["--depth=1", "--filter=blob:none", "--no-checkout"]
    _called(["git", "clone", "--quiet", *shallow, REPOSITORIES.format(name=name), str(root)], scratch)
    listed = _called(["git", "-C", str(root), "ls-tree", "-r", "-z", "--name-only", "HEAD"], scratch).split("\0")
    there = [path for path in paths if path in set(listed)]
    if there:
        _called(["git", "-C", str(root), "checkout", "--quiet", "HEAD", "--", *there], scratch)
    return root


def _motorcycle(folder: Path) -> list[str]:
    """The stereo pair's left picture and disparity out of scikit-image's wheel."""
    if all((folder / name).is_file() for name in stereo.FILES):
        return []
    with tempfile.TemporaryDirectory(prefix="photographs-") as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", _WHEEL]
        try:
            _called(command, Path(scratch))
        except Unreachable as error:
            return [f"the stereo motorcycle: {error.why}"]
        found = []
        for wheel in Path(scratch).glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for name in archive.namelist():
                    if Path(name).name in stereo.FILES:
                        (folder / Path(name).name).write_bytes(archive.read(name))
                        found.append(Path(name).name)
    return [f"{name}: not in {_WHEEL}" for name in stereo.FILES if name not in found]


def _called(command: Sequence[str], folder: Path) -> str:
    """A tool's output. Raises Unreachable when it is not there or fails."""
    if shutil.which(command[0]) is None:
        raise Unreachable(f"{command[0]} is not on this machine")
    # The commands are this module's own; only names of collections from the repository's own rows are put in.
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_LONG_S)
    if done.returncode:
        words = done.stderr.strip().splitlines() or [f"{command[0]} failed"]
        raise Unreachable(words[-1])
    return done.stdout
