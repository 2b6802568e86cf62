from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.scenes import build
from evaluation.seeing import fetch, stereo
from evaluation.seeing.photographs import Photograph, every_photograph
from evaluation.seeing.product import jpeg, opened

PICTURE = jpeg(build("plain/0").pixels.repeat(3, axis=0).repeat(3, axis=1), 90)
ROW = next(row for row in every_photograph() if row.file is None)


@pytest.fixture
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A public repository on this machine."""
    folder = tmp_path / "remote" / "someone" / "pictures.git"
    folder.mkdir(parents=True)
    (folder / "a picture.jpg").write_bytes(PICTURE)
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "A picture"]):
        subprocess.run([*git, *arguments], check=True)
    subprocess.run([*git, "config", "uploadpack.allowFilter", "true"], check=True)
    monkeypatch.setattr(fetch, "REPOSITORIES", f"file://{tmp_path}/remote/{{name}}.git")
    monkeypatch.setattr(fetch, "_motorcycle", lambda folder: [])
    return folder


def row(name: str, path: str, *, digest: str | None = None) -> Photograph:
    found = hashlib.sha256(PICTURE).hexdigest() if digest is None else digest
    return replace(ROW, id=name, source={"repository": "someone/pictures", "path": path}, sha256=found)


def fetched(folder: Path, rows: Sequence[Photograph], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(fetch, "every_photograph", lambda: list(rows))
    return fetch.fetch(folder, say=lambda words: None)


def test_a_photograph_is_taken_out_of_its_repository_and_scaled(
    collection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = fetched(tmp_path / "out", [row("one", "a picture.jpg")], monkeypatch)

    assert missing == []
    assert max(opened((tmp_path / "out" / "one.jpg").read_bytes()).shape) == 1024


def test_another_file_and_a_missing_one_are_named_and_not_taken(
    collection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row("other", "a picture.jpg", digest="0" * 64), row("gone", "no.jpg")]
    missing = fetched(tmp_path / "out", rows, monkeypatch)

    assert [line.split(":")[0] for line in missing] == ["other", "gone"]
    assert list((tmp_path / "out").iterdir()) == []


def test_a_collection_that_cannot_be_reached_is_named(
    collection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(collection)
    missing = fetched(tmp_path / "out", [row("one", "a picture.jpg")], monkeypatch)

    assert len(missing) == 1
    assert missing[0].startswith("1 photographs of someone/pictures: ")


def test_a_tool_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_motorcycle", lambda folder: [])
    monkeypatch.setenv("PATH", str(tmp_path))
    packed = replace(ROW, source={"package": "wallpapers", "path": "a.jpg"})

    assert fetched(tmp_path / "out", [packed], monkeypatch) == [
        "1 photographs of wallpapers: apt-get is not on this machine"
    ]


def test_the_motorcycle_comes_out_of_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def called(command: Sequence[str], folder: Path) -> str:
        assert "download" in command
        with zipfile.ZipFile(folder / "some.whl", "w") as archive:
            archive.writestr("skimage/data/motorcycle_left.png", b"left")
        return ""

    monkeypatch.setattr(fetch, "_called", called)

    missing = fetched(tmp_path, [], monkeypatch)

    assert (tmp_path / "motorcycle_left.png").read_bytes() == b"left"
    assert missing == ["motorcycle_disp.npz: not in scikit-image==0.26.0"]
    assert set(stereo.FILES) == {"motorcycle_left.png", "motorcycle_disp.npz"}
