"""The file of a model: from a path as it is, from an https address once into a folder; always held to its digest."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from analyzer.adapters.onnx_models.errors import ModelUnusable

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from.

    place: a path, a file: address or an https: address. sha256: of the file, 64 hexadecimal digits. folder: where
    fetched files are kept by their digest. max_bytes: larger files are refused. timeout_s: for each wait on a server.
    """

    place: str
    sha256: str
    folder: Path
    max_bytes: int
    timeout_s: float

    @property
    def shown(self) -> str:
        """The place without user, password and query, for logs and errors."""
        parts = urlsplit(self.place)
        if parts.scheme not in ("https", "http"):
            return self.place
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"

    @property
    def name(self) -> str:
        """The last part of the place, without the suffix."""
        return Path(unquote(urlsplit(self.place).path)).stem or "model"


def fetched(source: Source) -> Path:
    """The path of the file, whose digest is the one that was asked for. Raises ModelUnusable."""
    parts = urlsplit(source.place)
    if parts.scheme == "https":
        return _downloaded(source)
    if parts.scheme == "http":
        raise ModelUnusable(source.shown, "an address begins with https:")
    if parts.scheme not in ("", "file"):
        raise ModelUnusable(source.shown, "give a path, a file: address or an https: address")
    path = Path(unquote(parts.path) if parts.scheme == "file" else source.place)
    if not path.is_file():
        raise ModelUnusable(source.shown, "there is no such file")
    if path.stat().st_size > source.max_bytes:
        raise ModelUnusable(source.shown, f"the file is larger than models_max_bytes ({source.max_bytes})")
    with path.open("rb") as file:
        _hold(source, hashlib.file_digest(file, "sha256").hexdigest())
    return path


def _hold(source: Source, found: str) -> None:
    if found != source.sha256.lower():
        raise ModelUnusable(source.shown, f"its SHA-256 is {found}, and {source.sha256.lower()} was asked for")


def _downloaded(source: Source) -> Path:
    """Under the name of its digest, whole or not at all: several processes may fetch at the same time."""
    import httpx

    kept = source.folder / f"{source.sha256.lower()}.onnx"
    if kept.is_file():
        with kept.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == source.sha256.lower():
                return kept
    source.folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=source.folder, suffix=".part")
    try:
        with (
            os.fdopen(handle, "wb") as file,
            httpx.stream("GET", source.place, timeout=source.timeout_s, follow_redirects=True) as response,
        ):
            response.raise_for_status()
            for chunk in response.iter_bytes(_CHUNK):
                size += len(chunk)
                if size > source.max_bytes:
                    raise ModelUnusable(source.shown, f"the file is larger than models_max_bytes ({source.max_bytes})")
                digest.update(chunk)
                file.write(chunk)
        _hold(source, digest.hexdigest())
        Path(name).replace(kept)
    except httpx.HTTPStatusError as error:
        raise ModelUnusable(source.shown, f"the server answered {error.response.status_code}") from error
    except httpx.HTTPError as error:
        raise ModelUnusable(source.shown, f"cannot be fetched ({type(error).__name__})") from error
    finally:
        Path(name).unlink(missing_ok=True)
    return kept
