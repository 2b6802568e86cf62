"""The front door: runs the command and ends the process with its exit code."""

from __future__ import annotations

import os
import sys


# Runs in processes of its own only, where coverage does not follow.
def main() -> None:  # pragma: no cover
    """Runs `animatize` with the process's arguments and terminal; never returns."""
    # gRPC's own notes about connections that end are for its developers; errors are said in our own words.
    os.putenv("GRPC_VERBOSITY", "ERROR")
    try:
        # Imported here so that Ctrl-C during the import ends quietly too.
        from animatize_cli.app import run
        from animatize_cli.terminal import Terminal

        code = run(sys.argv[1:], terminal=Terminal.of_process())
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
