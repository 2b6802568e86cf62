"""The front door: read the settings, build, serve."""

import sys

from chassis.server import run
from generator.bootstrap import serve
from generator.settings import read


def main() -> int:
    """Serves and gives the exit code."""

    async def start() -> None:
        await serve(read())

    return run(start)


if __name__ == "__main__":
    sys.exit(main())
