"""Asks for known vulnerabilities of the locked packages; says so and passes where the data cannot be reached.

Run as `python locks/audit.py`. Exit code 1 means that a locked package has a known vulnerability.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 120
# What pip-audit prints when its source answers nothing; anything else is a finding or our own mistake.
UNREACHABLE = (
    "ConnectionError",
    "ServiceError",
    "ConnectionReset",
    "HTTPError",
    "Max retries",
    "timed out",
    "JSONDecode",
)


def main() -> int:
    """Audits locks/dev.txt, which holds every pin of the other locks."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", "locks/dev.txt", "--require-hashes", "--disable-pip"]
    command += ["--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        print("pip-audit: skipped, its data did not arrive in time")
        return 0
    if done.returncode == 0:
        print("pip-audit: no known vulnerability")
        return 0
    if any(mark in done.stderr for mark in UNREACHABLE):
        print("pip-audit: skipped, its data cannot be reached from here")
        return 0
    print(done.stdout + done.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
