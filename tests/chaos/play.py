"""Plays a schedule in virtual time, and holds everyone to what the log says."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import MutableMapping, Sequence
from typing import Any, Final

from structlog.testing import capture_logs

from botarmy.delivery.topics import ALL, LogFilter
from tests.chaos.schedule import CLIENTS, RUNS, TOPICS, Schedule
from tests.chaos.town import Hints, Town, town
from tests.gateway.follower import Follower, Place
from tests.gateway.virtual import VirtualLoop

FILTERS: Final = {
    "all": ALL,
    "notes": LogFilter(types=frozenset({"note", "agent_response"})),
    "analyst": LogFilter(agents=frozenset({"Analyst"})),
    "nothing": LogFilter(types=frozenset()),
}
SETTLE_SECONDS: Final = 3.0
DEAD_SECONDS: Final = 45.0
"""By when a connection that nobody reads from or writes to is closed, whatever it was in the middle of."""


class Failed(Exception):
    """A rule did not hold; the cause says which. Its words are the schedule and how to play it again."""


def play(what: Schedule) -> Counter[str]:
    """Returns how often each thing happened. Raises Failed."""
    at = [0]
    with capture_logs() as logs, asyncio.Runner(loop_factory=VirtualLoop) as runner:
        try:
            happened = runner.run(_played(what, at))
        except Exception as cause:
            raise Failed(_words(what, at[0], _faults(logs))) from cause
    if _faults(logs):
        raise Failed(_words(what, at[0], _faults(logs)))
    return happened


def _words(what: Schedule, at: int, faults: list[str]) -> str:
    again = f"Again: .venv/bin/python -m tests.chaos.schedules --seed {what.seed}"
    return "\n".join([str(what), f"After action {at}. {again}", *faults])


def _faults(logs: Sequence[MutableMapping[str, Any]]) -> list[str]:
    """What the server has logged as its own fault: nothing, if all is well."""
    return [f"The server: {line}" for line in logs if line["log_level"] in ("error", "critical")]


async def _played(what: Schedule, at: list[int]) -> Counter[str]:
    async with town(what.limits, what.ring) as here:
        one = Play(here, what.windows)
        for number, (name, *arguments) in enumerate(what.actions):
            at[0] = number
            await one.do(str(name), *arguments)
        at[0] = len(what.actions)
        await one.end_well()
        return one.happened


class Play:
    def __init__(self, here: Town, windows: tuple[int | None, ...]) -> None:
        self.here = here
        self.happened: Counter[str] = Counter()
        self.followers = [Follower(here, f"client-{number}", windows[number]) for number in range(CLIENTS)]
        self.frozen: set[int] = set()
        self.message: Counter[str] = Counter()
        self.text: dict[str, str] = {}
        self.asked: dict[str, str] = {}
        """The open request of a run."""
        self.commands = self.questions = 0
        self.epochs = 1
        for run_id in RUNS[:3]:
            here.start_run(run_id)
        for follower in self.followers:
            follower.connect(*TOPICS[:6])

    async def do(self, name: str, *arguments: Any) -> None:
        self.happened[name] += 1
        outcome = getattr(self, name)(*arguments)
        if outcome is not None:
            await outcome

    # --- The log ---------------------------------------------------------------------------------------------

    def _exists(self, run_id: str) -> bool:
        """Nothing more is written to a run that was deleted; one that was not started yet is."""
        told = [event for event in self.here.log.history if event.run_id == run_id]
        if not told:
            self.here.start_run(run_id)
        return not told or getattr(told[-1].metadata, "status", "") != "deleted"

    def write(self, run_id: str, pieces: int) -> None:
        if not self._exists(run_id):
            return
        for number in range(pieces):
            text = self.text.get(run_id, "")
            self.here.delta(run_id, f"m{self.message[run_id]}", len(text), f"{number} ")
            self.text[run_id] = f"{text}{number} "

    def finish(self, run_id: str) -> None:
        if self._exists(run_id):
            self.here.response(run_id, f"m{self.message[run_id]}", self.text.pop(run_id, ""))
            self.message[run_id] += 1

    def note(self, run_id: str) -> None:
        if self._exists(run_id):
            self.here.note(run_id)

    def status(self, run_id: str, status: str) -> None:
        if self._exists(run_id):
            self.here.status(run_id, status)

    def step(self, run_id: str, status: str) -> None:
        if self._exists(run_id):
            self.here.step_status(run_id, status)

    def request(self, run_id: str) -> None:
        """Opened and answered in turns."""
        if self._exists(run_id):
            if (asked := self.asked.pop(run_id, None)) is not None:
                self.here.request(run_id, asked, "answered")
            else:
                self.questions += 1
                self.asked[run_id] = f"q{self.questions}"
                self.here.request(run_id, self.asked[run_id], "open")

    def job(self, run_id: str, number: int, status: str) -> None:
        if self._exists(run_id):
            self.here.job(run_id, f"{run_id}-{number}", status)

    def worker(self, worker_id: str, status: str) -> None:
        self.here.worker(worker_id, status)

    def delete(self, run_id: str, aged: bool) -> None:
        """By a person, or for its age."""
        if self._exists(run_id):
            self.here.log.delete_run(run_id, aged=aged)

    # --- The server ------------------------------------------------------------------------------------------

    def store(self, available: bool) -> None:
        self.here.log.available = available

    def hints(self, manner: Hints) -> None:
        self.here.bus.manner = manner

    def compact(self) -> None:
        """Begins; it ends while other things happen, or never."""
        if self.here.up:
            self.here.tasks.start_soon(self.here.compact)

    async def kill(self, to_client: int, to_server: int) -> None:
        for wire in self.here.wires:
            wire.cut(to_client, to_server)
        await self.here.kill()

    async def start(self) -> None:
        await self.here.start()

    async def drain(self) -> None:
        if self.here.up:
            self.here.tasks.start_soon(self.here.drain)

    async def restore(self, share: float) -> None:
        """A backup is put back: the log goes on from an earlier place, as another one."""
        await self.kill(1_000, 0)
        self.frozen.clear()
        for follower in self.followers:
            follower.read_on()
            follower.read()
        self.epochs += 1
        self.here.log.restore(int(len(self.here.log.history) * share), f"epoch-{self.epochs}")
        for run_id in list(self.message):
            self.message[run_id] += 1
        self.text.clear()
        self.asked.clear()
        await self.here.start()

    # --- Clients ---------------------------------------------------------------------------------------------

    def connect(self, number: int, topics: tuple[str, ...], place: Place) -> None:
        if not self.followers[number].connected:
            self.followers[number].come(place, *topics)

    def come_back(self, number: int, place: Place) -> None:
        """Leaves what it may have had open."""
        self.followers[number].leave(0)
        self.followers[number].come(place)

    def double(self, number: int) -> None:
        """Connects once more, as the same client; the other connection stays, half open."""
        self.followers[number].come("cursor")

    def remember(self, number: int) -> None:
        self.followers[number].remember()

    def leave(self, number: int, read_first: int) -> None:
        self.followers[number].leave(read_first)

    def cut(self, number: int, to_client: int, to_server: int) -> None:
        self.followers[number].cut(to_client, to_server)

    def freeze(self, number: int) -> None:
        self.frozen.add(number)
        self.followers[number].stop_reading()

    def thaw(self, number: int) -> None:
        self.frozen.discard(number)
        self.followers[number].read_on()

    def stop_reading(self, number: int) -> None:
        self.followers[number].stop_reading()

    def read_on(self, number: int) -> None:
        if number not in self.frozen:
            self.followers[number].read_on()

    def read(self, number: int, most: int) -> None:
        if number not in self.frozen:
            self.followers[number].read(most)

    def subscribe(self, number: int, topics: tuple[str, ...]) -> None:
        self.followers[number].say("subscribe", *topics)

    def unsubscribe(self, number: int, topics: tuple[str, ...]) -> None:
        self.followers[number].say("unsubscribe", *topics)

    def choose(self, number: int, name: str) -> None:
        self.followers[number].choose(FILTERS[name])

    def command(self, number: int, run_id: str) -> None:
        if self._exists(run_id):
            self.commands += 1
            self.followers[number].command(f"c{self.commands}", run_id)

    # --- Time ------------------------------------------------------------------------------------------------

    async def beat(self, steps: int) -> None:
        """Lets what can run go a few steps on."""
        for _ in range(steps):
            await asyncio.sleep(0)

    async def wait(self, seconds: float) -> None:
        for number, follower in enumerate(self.followers):
            if number not in self.frozen:
                follower.say("heartbeat")
        await asyncio.sleep(seconds)

    # --- The end ---------------------------------------------------------------------------------------------

    async def end_well(self) -> None:
        """All is healthy again, everyone is there and reads: each must have what the log says, and nothing is left."""
        self.here.log.available = True
        self.here.bus.manner = "sent"
        await self._settled()
        await self.here.start()
        for follower in self.followers:
            if not follower.connected or not follower.held:
                follower.leave(0)
                follower.connect(*TOPICS)
        await self._settled()
        for follower in self.followers:
            follower.check()
            await self._check_against_a_newcomer(follower)
            self.happened["events applied"] += follower.applied
            self.happened["resumed"] += follower.resumed
            self.happened["resyncs"] += follower.resyncs
            self.happened.update(f"closed {code}" for code in follower.closings if code is not None)
            follower.leave(0)
        await asyncio.sleep(DEAD_SECONDS)
        assert all(wire.over.is_set() for wire in self.here.wires), "somebody is served who is not there"

    async def _settled(self) -> None:
        """Everyone reads until nothing more comes. A server that was asked to stop has had the time to."""
        self.frozen.clear()
        for follower in self.followers:
            follower.read_on()
        for _ in range(4):
            for follower in self.followers:
                follower.say("heartbeat")
            await asyncio.sleep(SETTLE_SECONDS)
            while sum(follower.read() for follower in self.followers):  # noqa: ASYNC110 - in virtual time
                await asyncio.sleep(0.05)

    async def _check_against_a_newcomer(self, follower: Follower) -> None:
        fresh = Follower(self.here)
        fresh.connect(*follower.held)
        await asyncio.sleep(SETTLE_SECONDS)
        fresh.read()
        follower.check_against(fresh)
        fresh.leave(0)
