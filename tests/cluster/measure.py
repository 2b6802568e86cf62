"""What one pod of each service needs, measured on the cluster that KUBECONFIG names; prints two Markdown tables.

`python -m tests.cluster.measure [CALLS]` from the root of the repository. One set of pods, one still of 2 and one of 12
megapixels, clips of the default form, analyses past the cache. CPU is what the pod's process used, per call; memory is
what it held at rest, and the most that it ever held. Runs alone: what else the machine does counts against it.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from .callers import MEDIA, Desk, bring_scripts, python
from .cluster import kubectl, missing
from .release import PORTS, SERVICES, Release, released

#: Width and height of the stills.
STILLS = {"2 MP": (1632, 1224), "12 MP": (4000, 3000)}
CALLERS = (1, 4)
#: CPU in seconds, memory now and at most in KiB, of the pod's one process.
PROBE = """
import json, os
user, system = open('/proc/1/stat').read().rpartition(')')[2].split()[11:13]
memory = {line.split(':')[0]: line.split()[1] for line in open('/proc/1/status') if line.startswith('Vm')}
cpu = (int(user) + int(system)) / os.sysconf('SC_CLK_TCK')
print(json.dumps([cpu, int(memory['VmRSS']), int(memory['VmHWM'])]))
"""


@dataclass(frozen=True)
class Reading:
    """What a pod has used so far: CPU in seconds, memory now and at most in MiB."""

    cpu_s: float
    memory: float
    peak: float


def readings(release: Release) -> dict[str, Reading]:
    """A reading of each service."""
    found = {}
    for service in SERVICES:
        cpu, now, most = json.loads(python(release.namespace, release.deployment(service), "-c", PROBE))
        found[service] = Reading(cpu, now / 1024, most / 1024)
    return found


def photograph(size: tuple[int, int]) -> bytes:
    """A JPEG of this size with the grain of a sensor, so that it has as many bytes as one from a camera."""
    small = cv2.imread(str(MEDIA / "picosdeeuropa.jpg"))
    assert small is not None
    large = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(1).normal(0.0, 7.0, (size[1], size[0], 1))
    return cv2.imencode(".jpg", np.clip(large + grain, 0, 255).astype(np.uint8))[1].tobytes()


def run(release: Release, desk: Desk, still: str, callers: int, calls: int) -> dict[str, Any]:
    """How long the calls took, and what each service used for one."""
    target = f"dns:///{release.name}-gateway-headless.{release.namespace}.svc:{PORTS['gateway']}"
    before = readings(release)
    told: dict[str, Any] = desk.run("pace", target, f"/tmp/{still}.jpg", str(callers), str(calls), timeout_s=1800)
    after = readings(release)
    used = {name: (after[name].cpu_s - before[name].cpu_s) / calls for name in SERVICES}
    return {**told, "cpu_s": used, "peak": {name: after[name].peak for name in SERVICES}}


def main(calls: int) -> None:
    """Prints the tables."""
    if why_not := missing():
        sys.exit(why_not)
    with released("measure", {}) as release:
        bring_scripts(release.namespace)
        desk = Desk(release.namespace, "desk", {release.client_label: "true"})
        rest = readings(release)
        time.sleep(20)
        idle = {name: (each.cpu_s - rest[name].cpu_s) / 20 for name, each in readings(release).items()}
        runs = {}
        for name, size in STILLS.items():
            still = name.replace(" ", "")
            words = ["exec", "-i", desk.name, "--", "python", "-c"]
            upload = f"import sys; open('/tmp/{still}.jpg', 'wb').write(sys.stdin.buffer.read())"
            kubectl("-n", release.namespace, *words, upload, stdin=photograph(size))
            run(release, desk, still, 1, 2)
            for callers in CALLERS:
                runs[name, callers] = run(release, desk, still, callers, calls)

    print("| Still | Callers | Calls/s | Median | Slowest |\n|---|---|---|---|---|")
    for (name, callers), told in runs.items():
        took = told["took_s"]
        rate, middle = len(took) / told["elapsed_s"], statistics.median(took)
        print(f"| {name} | {callers} | {rate:.2f} | {middle:.2f} s | {took[-1]:.2f} s |")
    print("\n| Service | CPU at rest | CPU per call, 2 MP | 12 MP | Memory at rest | Peak, 1 caller | 4 callers |")
    print("|---|---|---|---|---|---|---|")
    for service in SERVICES:
        cpu = [1000 * runs[name, 1]["cpu_s"][service] for name in STILLS]
        peaks = [runs["12 MP", callers]["peak"][service] for callers in CALLERS]
        print(
            f"| {service} | {1000 * idle[service]:.0f}m | {cpu[0]:.0f} ms | {cpu[1]:.0f} ms "
            f"| {rest[service].memory:.0f} MiB | {peaks[0]:.0f} MiB | {peaks[1]:.0f} MiB |"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 16)
