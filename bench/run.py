"""Measures speed and memory beside their floors and prints one Markdown table.

Run as `python bench/run.py [BENCH ...] [--quick] [--json FILE]`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

import psutil
import table
from setting import Setting

#: Each bench and its module, in the order of the table. Modules are imported when they run: not all need all.
BENCHES: Final = {
    "gateway": "gateway_overhead",
    "analyzer": "analyzer_speed",
    "predictor": "predictor_speed",
    "render": "render_speed",
    "memory": "memory",
}


#: What the services' images set: memory that was freed is kept for the next call instead of being asked for anew, and
#: one thread computes one call, where a second would mostly wait, and burn CPU time while it does.
AS_IMAGES: Final = {
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "67108864",
    "MALLOC_ARENA_MAX": "2",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


def main() -> int:
    """The exit code: 0 when everything asked for was measured."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, _end)
    rows: list[table.Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        setting = Setting(quick=asked.quick, folder=Path(folder), say=_say)
        began = time.monotonic()
        load = os.getloadavg()
        for name in asked.benches or BENCHES:
            rows += import_module(BENCHES[name]).measure(setting)
            _say(f"{name}: done after {time.monotonic() - began:.0f} s in all")
    _say(f"load average before {load[0]:.1f}, after {os.getloadavg()[0]:.1f}; {os.cpu_count()} CPUs")
    sys.stdout.write(table.markdown(rows))
    if asked.json:
        machine = {"cpus": os.cpu_count(), "platform": platform.platform(), "python": platform.python_version()}
        told = {"machine": machine, "quick": asked.quick, "load_before": load, "rows": table.plain(rows)}
        asked.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures speed and memory beside their floors.")
    parser.add_argument("benches", nargs="*", metavar="BENCH", help=f"which of {', '.join(BENCHES)}; all without")
    parser.add_argument("--quick", action="store_true", help="few repeats: shows that all works, proves nothing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows as JSON")
    asked = parser.parse_args()
    unknown = [name for name in asked.benches if name not in BENCHES]
    if unknown:
        parser.error(f"{unknown[0]} is not a bench; there are {', '.join(BENCHES)}")
    return asked


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def _end(*_: Any) -> NoReturn:
    # An exception, so that the processes that were started are ended on the way out.
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    own = psutil.Process().environ()
    if not AS_IMAGES.keys() <= own.keys():
        # They are read when a process begins; the measured processes inherit them.
        os.execve(sys.executable, [sys.executable, *sys.argv], AS_IMAGES | own)
    sys.exit(main())
