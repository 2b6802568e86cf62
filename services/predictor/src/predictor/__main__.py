"""The front door: reads the settings, builds the service, serves until told to stop."""

import sys

from chassis.server import run
from chassis.settings import SettingsError
from predictor.adapters.rule_files import RuleFileError
from predictor.bootstrap import rulebook, serve
from predictor.settings import read

_USAGE = 2


def main() -> int:
    """The exit code of the service: 0 after a clean stop, 2 when settings or rules cannot be used."""
    try:
        settings = read()
        book = rulebook(settings)
    except (SettingsError, RuleFileError) as error:
        sys.stderr.write(f"predictor: {type(error).__name__}: {error}\n")
        return _USAGE
    return run(lambda: serve(settings, book))


if __name__ == "__main__":
    sys.exit(main())
