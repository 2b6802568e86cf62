"""The front door: reads the settings, builds the service, serves until told to stop."""

import sys

from chassis.server import run
from chassis.settings import SettingsError
from expander.bootstrap import serve
from expander.settings import read

_USAGE = 2


def main() -> int:
    """The exit code of the service: 0 after a clean stop, 2 when the settings cannot be used."""
    try:
        settings = read()
    except SettingsError as error:
        sys.stderr.write(f"expander: {type(error).__name__}: {error}\n")
        return _USAGE
    return run(lambda: serve(settings))


if __name__ == "__main__":
    sys.exit(main())
