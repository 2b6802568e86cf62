"""Ends a container's process as a crash would: SIGKILL from outside, which the first process of a pod cannot refuse."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from typing import Any

import pytest

#: What to run, with {container} for the container's id, {node} for its node; see README.md.
COMMAND = os.environ.get("ANIMATIZE_KILL_COMMAND", "")


def kill(pod: dict[str, Any]) -> None:
    """Kills the first container of a pod. Skips the test where nothing can."""
    container = pod["status"]["containerStatuses"][0]["containerID"].partition("://")[2]
    words = [word.format(container=container, node=pod["spec"]["nodeName"]) for word in shlex.split(command(pod))]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")


def command(pod: dict[str, Any]) -> str:
    """How a container is killed here: as ANIMATIZE_KILL_COMMAND says; where the node is a container, from there."""
    if COMMAND:
        return COMMAND
    node = pod["spec"]["nodeName"]
    for engine in ("docker", "podman"):
        if shutil.which(engine):
            found = subprocess.run([engine, "inspect", node], capture_output=True, timeout=30, check=False)
            if found.returncode == 0:
                return f"{engine} exec {{node}} ctr --namespace k8s.io tasks kill --signal SIGKILL {{container}}"
    pytest.skip(f"nothing kills a process on {node}: set ANIMATIZE_KILL_COMMAND, see tests/cluster/README.md")
