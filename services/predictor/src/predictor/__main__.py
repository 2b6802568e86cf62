"""The front door: serves until told to stop, or looks at rule files (`python -m predictor rules`)."""

import sys
from collections.abc import Sequence

from chassis.server import run
from predictor.bootstrap import rules, serve
from predictor.settings import read


def main(arguments: Sequence[str] = ()) -> int:
    """The exit code: 0 after a clean stop, 1 after a failure, 2 when settings or arguments cannot be used."""
    if not arguments:
        return run(lambda: serve(read()))
    if arguments[0] == "rules":
        return rules(arguments[1:])
    sys.stderr.write("usage: python -m predictor            serves until told to stop\n")
    sys.stderr.write("       python -m predictor rules ...  looks at rule files\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
