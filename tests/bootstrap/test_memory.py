"""Memory that was needed for a moment is the system's again."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from botarmy.bootstrap.memory import trimmer

BLOCK = 3_000
BLOCKS = 20_000


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_what_was_freed_between_things_still_in_use_is_given_back_where_the_system_can() -> None:
    trim = trimmer()
    assert (trim is not None) == (platform.libc_ver()[0] == "glibc")
    if trim is None:
        return
    blocks = [bytes(BLOCK) for _ in range(BLOCKS)]
    still_in_use = blocks[::50]
    blocks.clear()
    before = resident()
    trim()
    assert before - resident() > BLOCK * BLOCKS / 2
    assert len(still_in_use) == BLOCKS / 50
