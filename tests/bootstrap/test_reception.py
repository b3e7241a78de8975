"""Thousands who come at once are let in a few at a time."""

import asyncio

from botarmy.bootstrap.reception import AT_ONCE, Reception


class Door:
    """Who has been let in, in which turn of the event loop."""

    def __init__(self) -> None:
        self.reception = Reception()
        self.turn = 0
        self.let_in: list[tuple[int, int]] = []

    async def come(self, number: int) -> None:
        await self.reception.turn()
        self.let_in.append((number, self.turn))

    async def until(self, tasks: list[asyncio.Task[None]]) -> None:
        while not all(task.done() for task in tasks):
            self.turn += 1
            await asyncio.sleep(0)


async def test_one_who_comes_alone_is_let_in_at_once() -> None:
    door = Door()
    for number in range(3):
        await door.come(number)
        await asyncio.sleep(0)
    assert [turn for _, turn in door.let_in] == [0, 0, 0]


async def test_of_many_a_few_are_let_in_at_a_time_in_the_order_in_which_they_came() -> None:
    door = Door()
    await door.until([asyncio.create_task(door.come(number)) for number in range(50)])
    assert [number for number, _ in door.let_in] == list(range(50))
    turns = [turn for _, turn in door.let_in]
    assert max(turns.count(turn) for turn in turns) <= AT_ONCE
    assert turns[-1] - turns[0] >= 50 // AT_ONCE - 1


async def test_one_who_goes_away_while_waiting_takes_nobodys_place() -> None:
    door = Door()
    tasks = [asyncio.create_task(door.come(number)) for number in range(20)]
    await asyncio.sleep(0)
    for task in tasks[AT_ONCE + 1 : 15]:
        task.cancel()
    await door.until(tasks)
    assert [number for number, _ in door.let_in] == [*range(AT_ONCE + 1), *range(15, 20)]


async def test_one_who_comes_later_waits_behind_those_who_wait() -> None:
    door = Door()
    tasks = [asyncio.create_task(door.come(number)) for number in range(10)]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(door.come(10)))
    await door.until(tasks)
    assert [number for number, _ in door.let_in] == list(range(11))
