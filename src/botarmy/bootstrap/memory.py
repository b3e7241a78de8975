"""Memory that is free, given back to the system.

glibc keeps what was freed between things that are still in use, in an arena for each thread. A server that has been at
work for hours would show as its size what it once needed for a moment.

What goes round in a circle is free once Python's collector has looked at it. By itself it looks at what is old after
millions of objects alone, and of each connection that lasted some twenty are left there, by the server's libraries.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import time
from collections.abc import Callable
from typing import Final

SECONDS: Final = 60.0
"""How often. Giving back takes milliseconds; so does looking at everything, of a server that is not large."""
SHARE: Final = 1 / 2_000
"""Of its time that the event loop may be held up by looking at everything: half a second in 17 minutes."""


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


async def keep_collected() -> None:
    """For ever. What is looked at holds up the event loop: the longer it takes, the less often."""
    pause = SECONDS
    while True:
        await asyncio.sleep(pause)
        began = time.perf_counter()
        gc.collect()
        pause = pause_after(time.perf_counter() - began)


def pause_after(taken: float) -> float:
    """Seconds until everything may be looked at again, where it took so many."""
    return max(SECONDS, taken / SHARE)
