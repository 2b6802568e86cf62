"""The front door: reads the settings, builds the service, serves until told to stop."""

import sys

from analyzer.bootstrap import serve
from analyzer.settings import read
from chassis.server import run


def main() -> int:
    """The exit code: 0 after a clean stop, 1 after a failure, 2 when the settings cannot be used."""
    return run(lambda: serve(read()))


if __name__ == "__main__":
    sys.exit(main())
