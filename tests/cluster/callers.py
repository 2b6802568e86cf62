"""Pods that call: one to run scripts in, and one that keeps calling at a steady pace."""

from __future__ import annotations

import base64
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .cluster import ROOT, Refused, apply, kubectl, until
from .release import PORTS, REGISTRY, TAG, Release, missing_image, put_config_map

SCRIPTS = Path(__file__).resolve().parent / "client"
MEDIA = ROOT / "tests" / "media"
STILL = ROOT / "helm" / "animatize" / "files" / "still.jpg"
IDLE = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit()); signal.pause()"


def pod(namespace: str, name: str, command: list[str], labels: dict[str, str], *, lives_s: int = 900) -> dict[str, Any]:
    """A pod of the gateway's image, which has Python, gRPC and the contracts, with the scripts in /client."""
    restricted = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    mounts = [{"name": "client", "mountPath": "/client"}, {"name": "tmp", "mountPath": "/tmp"}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name, "labels": labels},
        "spec": {
            "restartPolicy": "Never",
            "activeDeadlineSeconds": lives_s,
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65532,
                "runAsGroup": 65532,
                "fsGroup": 65532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "caller",
                    "image": f"{REGISTRY}/animatize-gateway:{TAG}",
                    "imagePullPolicy": "Never",
                    "command": command,
                    "securityContext": restricted,
                    "resources": {"requests": {"cpu": "10m", "memory": "48Mi"}, "limits": {"memory": "512Mi"}},
                    "volumeMounts": mounts,
                }
            ],
            "volumes": [
                {"name": "client", "configMap": {"name": "client"}},
                {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
            ],
        },
    }


def bring_scripts(namespace: str, **stills: bytes) -> None:
    """The scripts of client/ and a still, for the pods of the namespace."""
    text = {path.name: path.read_text() for path in SCRIPTS.glob("*.py")}
    pictures = {"still": STILL.read_bytes(), **stills}
    encoded = {f"{name}.jpg": base64.b64encode(data).decode() for name, data in pictures.items()}
    put_config_map(namespace, "client", text, encoded)


def start(namespace: str, name: str, command: list[str], labels: dict[str, str]) -> str:
    """Starts a pod and waits until it runs; what the cluster warned about."""
    warnings = apply(pod(namespace, name, command, labels))

    def runs() -> bool:
        found = json.loads(kubectl("-n", namespace, "get", "pod", name, "-o", "json"))
        missing_image([found])
        return bool(found["status"]["phase"] != "Pending")

    until(runs, within_s=60, what=f"pod {name} running")
    return warnings


class Desk:
    """A pod that waits for scripts to run."""

    def __init__(self, namespace: str, name: str, labels: dict[str, str] | None = None) -> None:
        """Starts it, with these labels."""
        self.namespace, self.name = namespace, name
        self.warnings = start(namespace, name, ["python", "-c", IDLE], labels or {})

    def run(self, script: str, *words: str, timeout_s: float = 120) -> Any:
        """What a script of client/ printed as JSON. Raises Refused with its complaint."""
        return json.loads(python(self.namespace, self.name, f"/client/{script}.py", *words, timeout_s=timeout_s))


def python(namespace: str, target: str, *words: str, timeout_s: float = 120) -> str:
    """What Python prints in a pod, or in a pod of a deployment."""
    return kubectl("-n", namespace, "exec", target, "--", "python", *words, timeout_s=timeout_s)


def reached(namespace: str, target: str, places: dict[str, tuple[str, int]]) -> set[str]:
    """The names of the places, each a host and a port, to which a pod can open a connection."""
    script = (SCRIPTS / "reach.py").read_text()
    words = [f"{name}={host}:{port}" for name, (host, port) in places.items()]
    return set(json.loads(python(namespace, target, "-c", script, *words)))


@dataclass(frozen=True)
class Call:
    """A call of the load. began: seconds since 1970; took_s: until its end."""

    kind: str
    began: float
    took_s: float
    code: str
    details: str


class Load:
    """A pod that calls the gateway at a steady pace until it is told to stop."""

    def __init__(self, release: Release, rates: Mapping[str, float]) -> None:
        """Starts it and returns when its first calls of each kind were answered. rates: calls of a kind a second."""
        self.release, self.rates = release, rates
        self.name = f"load-{int(time.time() * 10) % 10_000_000}"
        words = [f"{kind}={rate}" for kind, rate in rates.items()]
        target = f"dns:///{release.name}-gateway-headless.{release.namespace}.svc:{PORTS['gateway']}"
        command = ["python", "/client/load.py", target, *words]
        start(release.namespace, self.name, command, {release.client_label: "true"})
        until(lambda: "begun" in self.said(), within_s=90, what="the load begun")
        self.began = time.time()

    def said(self) -> str:
        """Its log."""
        return kubectl("-n", self.release.namespace, "logs", self.name)

    def stop(self) -> list[Call]:
        """All its calls, when the last is answered."""
        namespace = self.release.namespace
        try:
            python(namespace, self.name, "-c", "open('/tmp/stop', 'w').close()")
        except Refused:
            # It ended by itself; why stands in its log.
            raise AssertionError(f"the load ended early: {self.said()[-2000:]}") from None

        def ended() -> bool:
            phase = kubectl("-n", namespace, "get", "pod", self.name, "-o", "jsonpath={.status.phase}")
            return phase in ("Succeeded", "Failed")

        until(ended, within_s=60, what="the load's end")
        return [Call(**json.loads(line)) for line in self.said().splitlines() if line.startswith("{")]


def failures(calls: list[Call]) -> list[Call]:
    """The calls that failed."""
    return [call for call in calls if call.code != "OK"]


@contextmanager
def steady_load(release: Release, rates: Mapping[str, float]) -> Iterator[list[Call]]:
    """Calls of each kind at its rate until the block ends; the list then holds them.

    Raises AssertionError when one failed, or when the pace was so far below what was asked that nothing is proven.
    """
    load = Load(release, rates)
    calls: list[Call] = []
    try:
        yield calls
    finally:
        calls += load.stop()
    lasted_s = max(call.began for call in calls) - min(call.began for call in calls)
    counts = Counter(call.kind for call in calls)
    print(f"load: {lasted_s:.0f} s, {dict(counts)}, slowest {max(call.took_s for call in calls):.1f} s")
    failed = [f"{call.kind} at {call.began - load.began:.1f} s: {call}" for call in failures(calls)]
    assert not failed, f"{len(failed)} of {len(calls)} calls failed:\n" + "\n".join(failed[:20])
    for kind, rate in rates.items():
        assert counts[kind] >= 0.5 * rate * lasted_s, f"{counts[kind]} calls of {kind} in {lasted_s:.0f} s"
