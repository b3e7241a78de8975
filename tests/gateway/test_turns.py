"""Turns, by a clock that passes only where somebody is served or nobody has anything to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from botarmy.gateway.turns import AT_ONCE, FULL_ROUND, SHARE, SLOWER, Turns
from tests.gateway.virtual import VirtualLoop

SECONDS = 0.04


@dataclass(eq=False)
class Listener:
    turns: Turns
    costs: float
    """Seconds that serving it takes."""
    times: list[float] = field(default_factory=list)
    catching_up: bool = False
    gone: bool = False

    @property
    def serve(self) -> Callable[[], None]:
        return self._serve

    def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop._pass(self.costs)
        self.times.append(loop.time())


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    loop = VirtualLoop()
    yield loop
    loop.close()


def share(loop: VirtualLoop, listeners: int, costs: float, seconds: float = 10.0) -> tuple[float, float]:
    """Something new all the time: the share of it that serving takes, and how often each is served in a second."""

    async def served() -> tuple[float, float]:
        turns = Turns(SECONDS)
        all_ = [Listener(turns, costs) for _ in range(listeners)]
        begun = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() < begun + seconds:
            turns.add(dict.fromkeys(all_))
            turns.begin()
            await asyncio.sleep(0.004)
        taken = asyncio.get_running_loop().time() - begun
        count = sum(len(one.times) for one in all_)
        return count * costs / taken, count / listeners / taken

    return loop.run_until_complete(served())


def test_a_full_round_lasts_as_long_as_is_wanted_where_the_loop_has_time(loop: VirtualLoop) -> None:
    _, often = share(loop, FULL_ROUND, costs=0.000_005)

    assert often == pytest.approx(1 / SECONDS, rel=0.1)


def test_where_serving_takes_long_rounds_come_less_often_and_leave_the_loop_to_others(loop: VirtualLoop) -> None:
    taken, often = share(loop, FULL_ROUND, costs=0.000_025)

    assert taken == pytest.approx(SHARE, rel=0.1)
    assert often == pytest.approx(SHARE / (FULL_ROUND * 0.000_025), rel=0.1)


def test_a_round_is_not_put_off_for_ever(loop: VirtualLoop) -> None:
    _, often = share(loop, FULL_ROUND, costs=0.000_3)

    assert often >= 1 / (SLOWER * SECONDS + FULL_ROUND * 0.000_3)


def test_what_comes_after_a_quiet_moment_goes_out_at_once(loop: VirtualLoop) -> None:
    async def times() -> list[float]:
        turns, at = Turns(SECONDS), []
        one = Listener(turns, costs=0.001)
        for _ in range(3):
            at.append(asyncio.get_running_loop().time())
            turns.add({one: None})
            turns.begin()
            await asyncio.sleep(1)
        return [time - begun for time, begun in zip(one.times, at, strict=True)]

    assert loop.run_until_complete(times()) == pytest.approx([0.001] * 3)


def test_the_loop_has_its_turn_between_those_of_a_round(loop: VirtualLoop) -> None:
    async def most() -> int:
        turns = Turns(SECONDS)
        all_ = [Listener(turns, costs=0.000_01) for _ in range(3 * AT_ONCE)]
        turns.add(dict.fromkeys(all_))
        turns.begin()
        at_once = before = 0
        while before < len(all_):
            served = sum(bool(one.times) for one in all_)
            at_once, before = max(at_once, served - before), served
            await asyncio.sleep(0.0005)
        return at_once

    assert loop.run_until_complete(most()) == AT_ONCE
