"""The chart rendered with values, each combination once per run of the tests."""

from __future__ import annotations

import functools
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from .tools import ROOT, run

CHART = ROOT / "helm" / "animatize"
KUBE_VERSION = "1.34.0"
PRESETS = {
    "default": (),
    **{path.stem.removesuffix("-values"): (path,) for path in sorted(CHART.glob("ci/*-values.yaml"))},
}
"""Name -> values files of every preset that the tests cover: the defaults, and each ci/<name>-values.yaml."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RenderError(Exception):
    """Helm refused; the text is what it says on standard error."""


def manifest(
    values_files: Sequence[Path | str] = (),
    sets: Sequence[str] = (),
    *,
    values: Mapping[str, Any] | None = None,
    release: str = "animatize",
    namespace: str = "animatize",
    kube_version: str = KUBE_VERSION,
    api_versions: Sequence[str] = (),
    chart: Path = CHART,
) -> str:
    """The text that `helm template` gives: all documents, hooks and tests included. Raises RenderError.

    `values` are laid over the files, `sets` (`a.b=c`) over both. `api_versions` are the APIs that the cluster is said
    to have beside its own, such as `monitoring.coreos.com/v1/ServiceMonitor`.
    """
    arguments = ["template", release, str(chart), "--namespace", namespace, "--kube-version", kube_version]
    return _helm(tuple(arguments + _given(values_files, values, sets, api_versions)), _text(values))


def render(
    values_files: Sequence[Path | str] = (),
    sets: Sequence[str] = (),
    *,
    values: Mapping[str, Any] | None = None,
    release: str = "animatize",
    namespace: str = "animatize",
    kube_version: str = KUBE_VERSION,
    api_versions: Sequence[str] = (),
    chart: Path = CHART,
) -> list[dict[str, Any]]:
    """The objects in `manifest` of the same arguments. They are shared between tests: read them only."""
    text = manifest(
        values_files,
        sets,
        values=values,
        release=release,
        namespace=namespace,
        kube_version=kube_version,
        api_versions=api_versions,
        chart=chart,
    )
    return _objects(text)


def notes(
    values_files: Sequence[Path | str] = (), sets: Sequence[str] = (), *, values: Mapping[str, Any] | None = None
) -> str:
    """What NOTES.txt says after an install with these values. Raises RenderError."""
    with tempfile.TemporaryDirectory() as folder:
        chart = Path(folder) / CHART.name
        shutil.copytree(CHART, chart)
        # `helm template` leaves notes out and `helm install` wants a cluster, so they are rendered as an object.
        (chart / "templates" / "NOTES.txt").rename(chart / "notes")
        (chart / "templates" / "notes.yaml").write_text('notes: {{ tpl (.Files.Get "notes") . | quote }}\n')
        arguments = ["template", "animatize", str(chart), "--namespace", "animatize", "--kube-version", KUBE_VERSION]
        arguments += ["--show-only", "templates/notes.yaml", *_given(values_files, values, sets, ())]
        done = run("helm", *arguments, stdin=_text(values))
    if done.returncode:
        raise RenderError(done.stderr.strip())
    return str(yaml.safe_load(done.stdout)["notes"])


def _given(
    files: Sequence[Path | str], values: Mapping[str, Any] | None, sets: Sequence[str], apis: Sequence[str]
) -> list[str]:
    pairs = [("--values", str(file)) for file in files]
    pairs += [("--values", "-")] if values is not None else []
    pairs += [("--set", assignment) for assignment in sets]
    pairs += [("--api-versions", api) for api in apis]
    return [word for pair in pairs for word in pair]


def _text(values: Mapping[str, Any] | None) -> str | None:
    # JSON is YAML; sorted, it is the same text for the same values.
    return None if values is None else json.dumps(values, sort_keys=True)


@functools.cache
def _helm(arguments: tuple[str, ...], stdin: str | None) -> str:
    done = run("helm", *arguments, stdin=stdin)
    if done.returncode:
        raise RenderError(done.stderr.strip())
    return done.stdout


@functools.cache
def _objects(text: str) -> list[dict[str, Any]]:
    return [document for document in yaml.load_all(text, Loader=_LOADER) if document]
