"""The cluster that KUBECONFIG names, asked through kubectl and helm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"

T = TypeVar("T")


def tool(name: str) -> str | None:
    """Where a tool is: as `make tools` built it, else as found on PATH; None where it is missing."""
    built = TOOLS / name
    return str(built) if built.exists() else shutil.which(name)


def missing() -> str:
    """Why these tests cannot run here, in one sentence; empty if they can."""
    if not os.environ.get("KUBECONFIG"):
        return "no cluster: set KUBECONFIG to one that these tests may use, see tests/cluster/README.md"
    absent = [name for name in ("kubectl", "helm") if not tool(name)]
    return (
        f"{' and '.join(absent)} missing: `make tools` builds helm, kubectl comes from your cluster" if absent else ""
    )


def until(question: Callable[[], T], *, within_s: float, what: str, every_s: float = 0.5) -> T:
    """The first answer that is neither false nor an AssertionError. Raises AssertionError with the last refusal."""
    ends_at = time.monotonic() + within_s
    while True:
        refusal: object = "no answer"
        try:
            answer = question()
            if answer:
                return answer
            refusal = answer
        except AssertionError as error:
            refusal = error
        if time.monotonic() > ends_at:
            raise AssertionError(f"{what} not within {within_s:g} s: {refusal}")
        time.sleep(every_s)


def seconds(timestamp: str) -> float:
    """A timestamp of the API, or of a log line, in seconds since 1970."""
    return datetime.fromisoformat(timestamp).timestamp()


class Refused(AssertionError):
    """A tool ended with an error; the text is what it said."""


def run(name: str, *words: str, stdin: str | bytes | None = None, timeout_s: float = 120) -> tuple[str, str]:
    """What the tool printed and what it complained about. Raises Refused when it fails."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run([tool(name) or name, *words], input=data, capture_output=True, timeout=timeout_s, check=False)
    out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    if done.returncode:
        raise Refused(f"{name} {' '.join(words)[:300]}: {err.strip() or out.strip()}")
    return out, err


def kubectl(*words: str, stdin: str | bytes | None = None, timeout_s: float = 120) -> str:
    """What kubectl prints. Raises Refused."""
    return run("kubectl", *words, stdin=stdin, timeout_s=timeout_s)[0]


def apply(*objects: dict[str, Any]) -> str:
    """Creates or changes objects; the cluster's warnings about them."""
    listed = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    return run("kubectl", "apply", "--server-side", "-f", "-", stdin=json.dumps(listed))[1]


def get(namespace: str, kind: str, *words: str) -> list[dict[str, Any]]:
    """The objects of a kind in a namespace."""
    listed: list[dict[str, Any]] = json.loads(kubectl("-n", namespace, "get", kind, *words, "-o", "json"))["items"]
    return listed


def create_namespace(name: str, **labels: str) -> None:
    """A namespace that takes only pods of the Pod Security level `restricted`, and warns about others."""
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
    said = {"app.kubernetes.io/part-of": "animatize-test", **levels, **labels}
    apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": said}})
