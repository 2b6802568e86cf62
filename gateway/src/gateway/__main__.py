"""The front door: reads the settings, builds the gateway, serves."""

from __future__ import annotations

import sys

from chassis.server import run
from gateway.bootstrap import serve
from gateway.settings import read


async def main() -> None:
    """Serves until the process is told to stop. Raises SettingsError, which `run` turns into an exit code."""
    await serve(read())


if __name__ == "__main__":
    sys.exit(run(main))
