"""Memory that was needed for a moment is the system's again."""

from __future__ import annotations

import asyncio
import gc
import os
import platform
import weakref
from pathlib import Path

import pytest

from botarmy.bootstrap.memory import SECONDS, keep_collected, pause_after, trimmer
from tests.gateway.virtual import VirtualLoop

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


class Circle:
    def __init__(self) -> None:
        self.itself = self


def test_what_went_round_in_a_circle_for_long_is_gone_a_minute_after_it_is_needed_no_more() -> None:
    circle = Circle()
    for _ in range(3):
        gc.collect(1)  # it is old now: nothing but a look at everything finds it
    there = weakref.ref(circle)
    del circle

    async def some_time_later() -> tuple[bool, bool]:
        collecting = asyncio.create_task(keep_collected())
        await asyncio.sleep(SECONDS - 1)
        before = there() is not None
        await asyncio.sleep(2)
        collecting.cancel()
        return before, there() is not None

    loop = VirtualLoop()
    gc.disable()
    try:
        assert loop.run_until_complete(some_time_later()) == (True, False)
    finally:
        gc.enable()
        loop.close()


@pytest.mark.parametrize(("taken", "pause"), [(0.005, 60), (0.03, 60), (0.1, 200), (0.5, 1_000)])
def test_a_look_at_everything_that_takes_long_is_seldom(taken: float, pause: float) -> None:
    assert pause_after(taken) == pause
