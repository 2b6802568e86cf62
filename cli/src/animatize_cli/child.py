"""Becomes a service process that never outlives the command that started it.

Run by its path with a bare interpreter: `child.py PARENT [NAME=VALUE ...] -- COMMAND ...`. It sets the variables, ties
its life to the parent's and turns into the command, keeping its process id. On Linux the kernel kills it when the
parent ends in whatever way. Elsewhere a small watcher is left beside it, which waits for the end of standard input: the
parent holds the other end of that pipe, so it ends when the parent does.

Imports the standard library only, so that it costs a few milliseconds.
"""

from __future__ import annotations

import os
import signal
import sys

#: From linux/prctl.h: the signal that a process gets when its parent ends.
_PR_SET_PDEATHSIG = 1


# Runs in processes of its own only, where coverage does not follow; tests/test_mesh.py holds it.
def main(arguments: list[str]) -> None:  # pragma: no cover
    """Never returns: the process becomes the command, or ends because the parent has ended already."""
    parent = int(arguments[0])
    split = arguments.index("--")
    for assignment in arguments[1:split]:
        name, _, value = assignment.partition("=")
        os.putenv(name, value)
    command = arguments[split + 1 :]
    if not tie_by_kernel():
        tie_by_watcher()
    if os.getppid() != parent:
        # The parent ended before the tie was made.
        os._exit(1)
    # The command is this program's own list, never a shell's line.
    os.execv(command[0], command)  # noqa: S606


def tie_by_kernel() -> bool:  # pragma: no cover
    """Whether the kernel will kill this process when its parent ends; only Linux can."""
    if sys.platform != "linux":
        return False
    import ctypes

    answer: int = ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return answer == 0


def tie_by_watcher() -> None:  # pragma: no cover
    """Leaves a watcher beside this process that kills it at the end of standard input."""
    service = os.getpid()
    if os.fork() != 0:
        return
    # What the service writes must end with the service, so its ends of the pipes are not held here.
    os.close(1)
    os.close(2)
    while os.read(0, 1):
        pass
    # Adopted by another process: the service has ended, and its id may be somebody else's.
    if os.getppid() == service:
        os.kill(service, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
