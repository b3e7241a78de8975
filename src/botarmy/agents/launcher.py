"""Becomes a command, under limits: `python -I -S launcher.py <MiB of memory> <pid of the server> <command …>`.

A process of its own sets the limits, because nothing may run between fork and exec in a server that has threads. It
imports nothing of BotArmy.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from typing import Final

NOT_STARTED: Final = 127
FILES: Final = 65_536
"""Whatever the server had open below this number is closed."""
_DIE_WITH_PARENT: Final = 1
"""PR_SET_PDEATHSIG of prctl, on Linux."""


def main(memory_mib: int, parent: int, command: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        memory = memory_mib * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            return  # the server was gone before
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.closerange(3, FILES)
    try:
        os.execvp(command[0], command)  # noqa: S606 - without a shell is what is wanted
    except (OSError, ValueError) as error:
        sys.stderr.write(f"cannot be started: {error}\n")
        sys.exit(NOT_STARTED)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
