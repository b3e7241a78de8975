"""The bus of several servers over a line that does what the test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NoReturn

import pytest
from structlog.testing import capture_logs

from botarmy.bus import carried
from botarmy.bus.carried import HINTS, CarriedBus, Heard, LineBroken
from tests.bus.ends import SECONDS, carrying, running


class Scripted:
    """A line with nobody at its other end but the test."""

    place: Final = "the script"

    def __init__(self, *problems: Exception) -> None:
        self.problems: Final = list(problems)
        """Raised by the first tries to open it, in turn."""
        self.sent: Final[asyncio.Queue[bytes]] = asyncio.Queue()
        self.refusal: Exception | None = None
        """Raised by whatever is sent."""
        self.heard: Heard = lambda _: None
        self.opened = 0
        self.closed = 0
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def open(self, heard: Heard) -> AsyncIterator[Scripted]:
        if self.problems:
            raise self.problems.pop(0)
        self.heard = heard
        self.broken = asyncio.get_running_loop().create_future()
        self.opened += 1
        try:
            yield self
        finally:
            self.closed += 1

    async def send(self, message: bytes) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.sent.put_nowait(message)

    async def lost(self) -> NoReturn:
        await self.broken
        raise AssertionError("it is lost, or it holds")

    def cut(self) -> None:
        self.broken.set_exception(LineBroken("it was cut"))

    async def next(self) -> bytes:
        return await asyncio.wait_for(self.sent.get(), SECONDS)


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carried, "FIRST_PAUSE", 0.0)


class Stubborn(Scripted):
    """Breaks when it is told to end, as one does whose other end goes at the same moment."""

    async def lost(self) -> NoReturn:
        try:
            await self.broken
        finally:
            raise LineBroken("it was cut")


async def test_a_line_that_breaks_while_the_bus_ends_does_not_keep_it_from_ending() -> None:
    line = Stubborn()
    async with asyncio.timeout(SECONDS):
        async with carrying(line):
            pass
    assert (line.opened, line.closed) == (1, 1)


async def test_what_is_published_goes_out_as_words() -> None:
    line = Scripted()
    async with carrying(line) as bus:
        bus.publish("withdrawn", "log")
        assert await line.next() == b"log withdrawn"


async def test_what_is_published_while_a_message_is_on_its_way_becomes_one() -> None:
    line = Scripted()
    async with carrying(line) as bus:
        for _ in range(1_000):
            bus.publish("log")
        bus.publish("jobs")
        assert await line.next() == b"jobs log"
        await asyncio.sleep(2 * carried.REST_SECONDS)
        assert line.sent.empty()


async def test_what_others_say_is_not_said_again() -> None:
    line = Scripted()
    async with carrying(line) as bus:
        subscription = bus.subscribe("log")
        line.heard(b"log")
        assert await subscription.wait(SECONDS)
        bus.publish("jobs")
        assert await line.next() == b"jobs"


async def test_what_is_published_before_there_is_a_line_is_said_once_there_is() -> None:
    line = Scripted(LineBroken("nobody answers"), LineBroken("nobody answers"))
    async with running(line) as bus:
        bus.publish("withdrawn")
        await bus.up()
        assert await line.next() == b"withdrawn"


async def test_what_could_not_be_said_is_said_over_the_next_line() -> None:
    line = Scripted()
    async with carrying(line) as bus:
        line.refusal = LineBroken("it was cut")
        bus.publish("jobs")
        await bus.down()
        line.refusal = None
        assert await line.next() == b"jobs"


async def test_whoever_was_away_looks_at_everything_once_the_line_is_back() -> None:
    line = Scripted()
    async with carrying(line) as bus:
        subscriptions = [bus.subscribe(hint) for hint in HINTS]
        line.cut()
        assert all([await subscription.wait(SECONDS) for subscription in subscriptions])
        assert line.opened == 2


async def test_every_line_is_closed_also_when_the_bus_ends() -> None:
    line = Scripted()
    async with carrying(line) as bus:
        line.cut()
        await bus.down()
        await bus.up()
    assert (line.opened, line.closed) == (2, 2)
    assert not bus.is_up.is_set()


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"look",
        b"log" * 100,
        b"log " * 100_000,
        b"\xff\xfe\x00",
        b"LOG",
        b'{"hint": "log"}',
        "jobs".encode("utf-16"),
        b"log\njobs",
    ],
)
async def test_what_is_no_hint_is_left_out(message: bytes) -> None:
    line = Scripted()
    async with carrying(line) as bus:
        subscription = bus.subscribe(*HINTS)
        line.heard(message)
        assert not await subscription.wait(0)
        line.heard(b"log")
        assert await subscription.wait(0)


async def test_hints_beside_words_of_a_newer_version_are_heard() -> None:
    line = Scripted()
    async with carrying(line) as bus:
        subscription = bus.subscribe("jobs")
        line.heard(b"teams jobs tokens")
        assert await subscription.wait(0)


async def test_whatever_a_library_raises_the_bus_goes_on() -> None:
    line = Scripted(RuntimeError("a fault of the library's"), LineBroken("nobody answers"))
    with capture_logs() as lines:
        async with running(line) as bus:
            await bus.up()
    assert [(each["event"], each.get("detail")) for each in lines] == [
        ("bus_failed", None),
        ("bus_lost", "the line failed"),
        ("bus_lost", "nobody answers"),
        ("bus_connected", None),
    ]


@pytest.mark.parametrize("chance", [0.0, 1.0])
async def test_pauses_grow_up_to_a_bound_and_are_not_the_same_for_all(
    chance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carried, "FIRST_PAUSE", 0.5)
    pauses: list[float] = []
    real_sleep = asyncio.sleep

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await real_sleep(0)

    monkeypatch.setattr("botarmy.bus.carried.asyncio.sleep", sleep)
    there = asyncio.Event()
    line = Scripted(*(LineBroken("nobody answers") for _ in range(9)))
    bus = CarriedBus(line, lambda: chance, lambda up: there.set() if up else None)
    task = asyncio.create_task(bus.run())
    await asyncio.wait_for(there.wait(), SECONDS)
    task.cancel()
    await asyncio.wait([task])
    whole = [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert pauses == [pause * (1 + chance) / 2 for pause in whole]


async def test_hints_are_heard_here_without_any_line() -> None:
    async with running(Scripted(*(LineBroken("nobody answers") for _ in range(100_000)))) as bus:
        subscription = bus.subscribe("log")
        bus.publish("log")
        assert await subscription.wait(0)
