"""The front door: reads the settings, builds the service, serves until told to stop."""

import sys

from chassis.server import run
from generator.bootstrap import serve
from generator.settings import read


def main() -> int:
    """The exit code: 0 after a clean stop, 1 after a failure, 2 when the settings cannot be used."""
    return run(lambda: serve(read()))


if __name__ == "__main__":
    sys.exit(main())
