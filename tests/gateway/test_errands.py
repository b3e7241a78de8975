"""Tasks begun from anywhere, in virtual time, in a loop that anyio knows nothing of: a server's is one of those."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import anyio

from botarmy.gateway.errands import Errands
from tests.gateway.virtual import VirtualLoop
from tests.gateway.world import World, world


def run(work: Callable[[], Coroutine[None, None, None]]) -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(work())


def test_a_timer_may_begin_one() -> None:
    done: list[str] = []

    async def errand() -> None:
        await asyncio.sleep(1)
        done.append("by a timer")

    async def owner() -> None:
        errands = Errands(lambda fault: done.append(str(fault)))
        asyncio.get_running_loop().call_later(1, errands.begin, errand)
        await asyncio.sleep(3)
        await errands.over()

    run(owner)

    assert done == ["by a timer"]


def test_its_end_waits_for_what_is_shielded_and_cancels_the_rest() -> None:
    told: list[str] = []

    async def shielded() -> None:
        with anyio.CancelScope(shield=True):
            await asyncio.sleep(5)
        told.append("finished")

    async def endless() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            told.append("cancelled")

    async def owner() -> None:
        errands = Errands(lambda fault: told.append(str(fault)))
        for errand in (shielded, endless):
            errands.begin(errand)
        await asyncio.sleep(1)
        errands.begin(endless)
        await errands.over()
        told.append("over")
        errands.begin(shielded)
        await asyncio.sleep(10)

    run(owner)

    assert told == ["cancelled", "finished", "over"]


def test_the_owner_is_told_what_one_raised() -> None:
    told: list[Exception] = []

    async def failing() -> None:
        raise ZeroDivisionError

    async def owner() -> None:
        errands = Errands(told.append)
        errands.begin(failing)
        await asyncio.sleep(0)
        await errands.over()

    run(owner)

    assert [type(fault) for fault in told] == [ZeroDivisionError]


def test_a_session_does_what_a_timer_asks_of_it_in_any_loop() -> None:
    async def watched(here: World) -> None:
        wire = here.connect()
        wire.hello("connections")
        await wire.hear_type("snapshot")
        for _ in range(3):
            here.connect().hello()
            await wire.hear_type("snapshot")

    async def served() -> None:
        async with world() as here:
            await watched(here)

    run(served)
