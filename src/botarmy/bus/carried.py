"""The bus of several servers: a local one inside each, and a line that carries its hints to the others.

A line that breaks is made anew, for ever. Meanwhile the server finds what is new by looking now and then, as every
reader of hints does: a broken line costs time, and nothing else.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Final, NoReturn, Protocol, TypeAlias, get_args

from botarmy import telemetry
from botarmy.bus.local import LocalBus, LocalSubscription
from botarmy.ports import Hint

HINTS: Final[frozenset[Hint]] = frozenset(get_args(Hint))
MESSAGE_BYTES: Final = 100
"""A longer message is none of ours."""
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
"""Seconds between two tries to make a line, at most: half of it to all of it, by chance."""
REST_SECONDS: Final = 0.005
"""Between two messages: what is published meanwhile goes into one. The first one after a while goes at once."""

Heard: TypeAlias = Callable[[bytes], None]
"""Told of each message of another server, in the event loop; it never waits and never raises."""

log = telemetry.logger("bus")


class LineBroken(Exception):
    """The line cannot be had, or is lost; the text says why, for operators."""


class Wire(Protocol):
    """A line while it holds."""

    async def send(self, message: bytes) -> None:
        """To all others. Returns when whoever passes it on has it. Raises LineBroken, within seconds."""
        ...

    async def lost(self) -> NoReturn:
        """Hear, until it is lost. Raises LineBroken."""
        ...


class Line(Protocol):
    @property
    def place(self) -> str:
        """Where it leads, fit to be shown."""
        ...

    def open(self, heard: Heard) -> AbstractAsyncContextManager[Wire]:
        """What others say after this is heard. Raises LineBroken."""
        ...


class CarriedBus:
    """A `ports.Bus`. Hints reach the others while `run` runs, those of this server are always heard.

    Args:
        chance: a number from 0 to 1, another one at each call.
        connected: told whenever the line was made (True) or lost.
    """

    def __init__(
        self, line: Line, chance: Callable[[], float], connected: Callable[[bool], None] = lambda _: None
    ) -> None:
        self._line: Final = line
        self._chance: Final = chance
        self._connected: Final = connected
        self._here: Final = LocalBus()
        self._lock: Final = threading.Lock()
        self._untold: Final[set[Hint]] = set()
        """What the others were not told yet: each hint once, however often it was published."""
        self._failures = 0

    def publish(self, *hints: Hint) -> None:
        with self._lock:
            self._untold.update(hints)
        self._here.publish(*hints)  # whoever tells the others hears it too

    def subscribe(self, *hints: Hint) -> LocalSubscription:
        return self._here.subscribe(*hints)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with heeding_cancellation():  # a line that breaks just then would hide it
                problem = await asyncio.create_task(self._broken())
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures, 10)) * (1 + self._chance()) / 2
            self._failures += 1
            log.warning("bus_lost", place=self._line.place, detail=problem, retry_in=round(pause, 1))
            await asyncio.sleep(pause)

    async def _broken(self) -> str:
        """Make the line and keep it; why it could not be had, or is lost. Nothing a library raises ends the server."""
        problem = "the line ended"
        try:
            await self._hold()
        except* LineBroken as broken:
            problem = _first_words(broken)
        except* Exception as errors:
            log.exception("bus_failed", place=self._line.place, exc_info=errors)
            problem = "the line failed"
        return problem

    async def _hold(self) -> None:
        async with self._line.open(self._hear) as wire:
            self._failures = 0
            self._connected(True)
            log.info("bus_connected", place=self._line.place)
            try:
                self._here.publish(*HINTS)  # what was said meanwhile was not heard
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._tell(wire))
                    tasks.create_task(wire.lost())
            finally:
                self._connected(False)

    async def _tell(self, wire: Wire) -> None:
        """While one message is on its way, what is published meanwhile becomes the next one."""
        published = self._here.subscribe(*HINTS)
        try:
            while True:
                hints = self._taken()
                if hints:
                    await self._send(wire, hints)
                    await asyncio.sleep(REST_SECONDS)
                else:
                    await published.wait()
        finally:
            published.close()

    async def _send(self, wire: Wire, hints: set[Hint]) -> None:
        try:
            await wire.send(" ".join(sorted(hints)).encode())
        except BaseException:
            with self._lock:
                self._untold.update(hints)
            raise

    def _taken(self) -> set[Hint]:
        with self._lock:
            hints = set(self._untold)
            self._untold.clear()
        return hints

    def _hear(self, message: bytes) -> None:
        """Anybody may have sent it: words that are no hints, be they of a newer version, are left out."""
        if len(message) <= MESSAGE_BYTES:
            self._here.publish(*HINTS.intersection(message.decode("ascii", "replace").split(" ")))


@contextmanager
def heeding_cancellation() -> Iterator[None]:
    """Around what awaits a library: a cancellation that came meanwhile and was kept to itself is carried out.

    `asyncio.wait_for` does that at times. Cancellations from before do not count: a task group leaves one behind.
    """
    task = asyncio.current_task()
    before = 0 if task is None else task.cancelling()
    yield
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError


def _first_words(broken: BaseExceptionGroup[LineBroken]) -> str:
    first = broken.exceptions[0]
    return _first_words(first) if isinstance(first, BaseExceptionGroup) else str(first)
