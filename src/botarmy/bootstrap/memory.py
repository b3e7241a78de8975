"""Memory that is free, given back to the system.

glibc keeps what was freed between things that are still in use, in an arena for each thread. A server that has been at
work for hours would show as its size what it once needed for a moment.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from typing import Final

SECONDS: Final = 60.0
"""How often. It takes milliseconds."""


def trimmer() -> Callable[[], object] | None:
    """What gives it back; None where the system's library cannot be asked to."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another library, or another system
        return None
    trim.argtypes = [ctypes.c_size_t]
    return lambda: trim(0)


async def keep_trimmed(trim: Callable[[], object]) -> None:
    """For ever; beside the event loop, which goes on meanwhile."""
    while True:
        await asyncio.sleep(SECONDS)
        await asyncio.to_thread(trim)
