"""The files at both ends: the still that is read, the clip and the result that are written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from animatize_cli.exits import Problem, unusable

#: The most that the mesh takes, of a still as of a clip (`Image.content`, `VerifyMotionRequest.content`).
MOST_BYTES: Final = 20 << 20

#: The photograph that comes with the command.
SAMPLE: Final = Path(__file__).with_name("sample") / "sample.jpg"

#: Where clips go that were given no place.
_OUT: Final = Path("out")


def read_still(path: Path) -> bytes:
    """The still's bytes. Raises Problem when there is no such file, it cannot be read, is empty or too large."""
    return _read(path, one="one image file", kinds="JPEG, PNG, WebP, AVIF or GIF")


def read_clip(path: Path) -> bytes:
    """The clip's bytes. Raises Problem when there is no such file, it cannot be read, is empty or too large."""
    return _read(path, one="one clip file", kinds="MP4, WebM, GIF, WebP, AVIF or a ZIP of frames")


def _read(path: Path, *, one: str, kinds: str) -> bytes:
    """The file's bytes. one, kinds: what is accepted, for whoever gave something else."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise unusable(f"{path} is a folder; accepted: {one}.")
        if not stat.S_ISREG(mode):
            # Opening a pipe waits for whoever writes to it, perhaps for ever.
            raise unusable(f"{path} is a pipe, a socket or a device; accepted: {one}.")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise unusable(f"There is no file {path}.") from None
    except OSError as error:
        raise unusable(f"{path} cannot be read: {_why(error)}.") from error
    if not content:
        raise unusable(f"{path} is empty; accepted: {kinds}.")
    if len(content) > MOST_BYTES:
        found = path.stat().st_size / (1 << 20)
        raise unusable(f"{path} has {found:.1f} MiB; accepted: at most {MOST_BYTES >> 20} MiB.")
    return content


def clip_path(still: Path, wanted: Path | None, *, suffix: str) -> Path:
    """Where the clip goes: as wanted, else `out/<the still's name><suffix>`.

    Raises Problem for a folder, and when the clip would replace the still.
    """
    path = _OUT / f"{still.stem}{suffix}" if wanted is None else wanted
    # Unlike the method of a path, this takes names that are too long for the file system: Landing tells of those.
    if os.path.isdir(path):  # noqa: PTH112
        raise unusable(f"--out {path} is a folder; accepted: a file name ending in {suffix}.")
    if _same(path, still):
        raise unusable(f"--out {path} is the photograph itself; accepted: a file of its own.")
    return path


def poster_path(wanted: Path | None, *, still: Path, others: Sequence[Path]) -> Path | None:
    """Where the poster goes, None for nowhere.

    others: where the clip and the result go. Raises Problem for a name that is no JPEG, and when the poster would
    replace the still or one of the others.
    """
    if wanted is None:
        return None
    if wanted.suffix.lower() not in (".jpg", ".jpeg"):
        raise unusable(f"--poster {wanted} does not end in .jpg; the poster is a JPEG file.")
    if _same(wanted, still):
        raise unusable(f"--poster {wanted} is the photograph itself; accepted: a file of its own.")
    if any(_place(wanted) == _place(other) for other in others):
        raise unusable(f"--poster {wanted} is where the clip or the result goes; accepted: a file of its own.")
    return wanted


def drawing_path(still: Path, wanted: Path | None) -> Path:
    """Where the drawing goes: as wanted, else `out/<the still's name>.explained.png`.

    Raises Problem for a name that is no PNG, and when the drawing would replace the still.
    """
    path = _OUT / f"{still.stem}.explained.png" if wanted is None else wanted
    if os.path.isdir(path):  # noqa: PTH112 (takes names that are too long, as above)
        raise unusable(f"--out {path} is a folder; accepted: a file name ending in .png.")
    if path.suffix.lower() != ".png":
        raise unusable(f"--out {path} does not end in .png; the drawing is a PNG file.")
    if _same(path, still):
        raise unusable(f"--out {path} is the photograph itself; accepted: a file of its own.")
    return path


def filmstrip_path(wanted: Path | None, *, clip: Path, still: Path | None) -> Path | None:
    """Where the filmstrip goes, None for nowhere.

    Raises Problem for a folder, for a name that is no PNG, and when the filmstrip would replace the clip or the still.
    """
    if wanted is None:
        return None
    if os.path.isdir(wanted):  # noqa: PTH112 (takes names that are too long, as above)
        raise unusable(f"--filmstrip {wanted} is a folder; accepted: a file name ending in .png.")
    if wanted.suffix.lower() != ".png":
        raise unusable(f"--filmstrip {wanted} does not end in .png; the filmstrip is a PNG file.")
    if _same(wanted, clip):
        raise unusable(f"--filmstrip {wanted} is the clip itself; accepted: a file of its own.")
    if still is not None and _same(wanted, still):
        raise unusable(f"--filmstrip {wanted} is the photograph itself; accepted: a file of its own.")
    return wanted


def result_path(wanted: Path | None, *, clip: Path) -> Path | None:
    """Where the whole result goes, None for nowhere. Raises Problem when it would replace the clip."""
    if wanted is not None and _place(wanted) == _place(clip):
        raise unusable(f"--result {wanted} is where the clip goes; accepted: a file of its own.")
    return wanted


class Landing:
    """A file that comes in pieces and appears under its name when it is whole.

    Entering makes the folder and a hidden file beside the final one; leaving without `keep` removes that again.
    Raises Problem when the place cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size_bytes = 0
        self._digest = hashlib.sha256()
        self._file: IO[bytes] | None = None
        self._name = Path()

    def __enter__(self) -> Self:
        try:
            if self.path.exists() and not self.path.is_file():
                raise unusable(f"{self.path} cannot be written: it is there already and is no file.")
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.", suffix=".part")
        except OSError as error:
            raise unusable(f"{self.path} cannot be written: {_why(error)}.") from error
        self._file, self._name = os.fdopen(handle, "wb"), Path(name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            # A full disk refuses the last bytes again; the file goes all the same.
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None
            self._name.unlink(missing_ok=True)

    @property
    def sha256(self) -> str:
        """Of what was written so far, lower-case hexadecimal."""
        return self._digest.hexdigest()

    def write(self, data: bytes, *, offset: int | None = None) -> None:
        """Adds the next bytes. Raises Problem for bytes that do not follow, or when the disk does not take them."""
        if offset is not None and offset != self.size_bytes:
            raise Problem(f"The clip came with a gap: byte {offset} after byte {self.size_bytes}.")
        if self._file is None:
            raise ValueError("a landing is written while it is entered")
        try:
            self._file.write(data)
        except OSError as error:
            raise Problem(f"{self.path} cannot be written: {_why(error)}.") from error
        self._digest.update(data)
        self.size_bytes += len(data)

    def keep(self) -> None:
        """Puts the file under its name, in place of whatever was there, in one step."""
        if self._file is None:
            raise ValueError("a landing is kept while it is entered")
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            # Temporary files are for their owner only; a result is as readable as any file made here.
            self._name.chmod(0o666 & ~_umask())
            self._file.close()
            self._name.replace(self.path)
        except OSError as error:
            raise Problem(f"{self.path} cannot be written: {_why(error)}.") from error
        self._file = None


def _same(path: Path, still: Path) -> bool:
    """Whether writing the path would replace the still."""
    return _place(path) in (_place(still), _target(still))


def _place(path: Path) -> Path:
    """One value for all ways to write a place. A link at the end is a place of its own: it would be replaced."""
    return Path(os.path.realpath(path.parent)) / path.name


def _target(path: Path) -> Path:
    """The file that a path leads to through all links."""
    return Path(os.path.realpath(path))


def _umask() -> int:
    # The only way to read it is to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
