"""At random moments clients join, leave, come back, change their minds and stop reading, while the log grows."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botarmy.gateway import Limits
from botarmy.ports import StoreUnavailable
from botarmy.service import Compaction
from tests.gateway.follower import Follower
from tests.gateway.virtual import VirtualLoop
from tests.gateway.world import Clock, World, world

RUNS = ("r1", "r2", "r3")
TOPICS = ("runs", "run:r1", "jobs", "workers", "run:r2", "run:r3", "log", "stats", "connections", "run:none")
Action: TypeAlias = tuple[object, ...]

run = st.sampled_from(RUNS)
topics = st.lists(st.sampled_from(TOPICS), min_size=1, max_size=4, unique=True).map(tuple)
who = st.integers(0, 2)
beat = st.just(("beat",))
"""Lets what can run go one step on."""
writing = st.one_of(
    st.tuples(st.just("write"), run, st.integers(1, 25)),
    st.tuples(st.just("note"), run),
    st.tuples(st.just("status"), run, st.sampled_from(["running", "paused"])),
    st.tuples(st.just("finish"), run),
    st.just(("compact",)),
    st.tuples(st.just("job"), run, st.integers(0, 9), st.sampled_from(["queued", "claimed", "completed", "failed"])),
    st.tuples(st.just("worker"), st.sampled_from(["w1", "w2"]), st.sampled_from(["registered", "busy", "gone"])),
)
coming = st.one_of(
    st.tuples(st.just("connect"), who, topics, st.just(True) | st.booleans()),
    st.tuples(st.just("leave"), who, st.integers(0, 4)),
)
following = st.one_of(
    st.tuples(st.just("subscribe"), who, topics),
    st.tuples(st.just("unsubscribe"), who, topics),
    st.tuples(st.just("stop_reading"), who),
    st.tuples(st.just("read_on"), who),
    st.tuples(st.just("read"), who, st.integers(0, 5)),
)
waiting = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([0.001, 0.001, 0.5, 9, 12])),
    st.tuples(st.just("store"), st.just(True) | st.booleans()),
)
actions = st.one_of(beat, beat, beat, writing, writing, coming, following, following, waiting)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


class Story:
    """Plays actions in a world."""

    def __init__(self, here: World) -> None:
        self.here = here
        self.followers = [Follower(here) for _ in range(3)]
        self.message = dict.fromkeys(RUNS, 0)
        self.text = dict.fromkeys(RUNS, "")
        self.compaction = Compaction(here.log, here.feed, Clock(), 0)
        self.compacting = asyncio.Lock()

    async def play(self, action: Action) -> None:
        name, *args = action
        outcome = getattr(self, str(name))(*args)
        if outcome is not None:
            await outcome

    def write(self, run_id: str, pieces: int) -> None:
        for number in range(pieces):
            self.here.delta(run_id, f"m{self.message[run_id]}", len(self.text[run_id]), f"{number} ")
            self.text[run_id] += f"{number} "

    def finish(self, run_id: str) -> None:
        self.here.response(run_id, f"m{self.message[run_id]}", self.text[run_id])
        self.message[run_id] += 1
        self.text[run_id] = ""

    def compact(self) -> None:
        """Begins; it ends while other things happen."""
        self.here.tasks.start_soon(self._compact)

    async def _compact(self) -> None:
        async with self.compacting:
            with suppress(StoreUnavailable):
                await self.compaction.run()

    def note(self, run_id: str) -> None:
        self.here.note(run_id)

    def status(self, run_id: str, status: str) -> None:
        self.here.status(run_id, status)

    def job(self, run_id: str, number: int, status: str) -> None:
        self.here.job(run_id, f"{run_id}-{number}", status)

    def worker(self, worker_id: str, status: str) -> None:
        self.here.worker(worker_id, status)

    def store(self, available: bool) -> None:
        self.here.log.available = available

    def connect(self, number: int, topics: tuple[str, ...], resume: bool) -> None:
        if not self.followers[number].connected:
            self.followers[number].connect(*topics, resume=resume)

    def leave(self, number: int, read_first: int) -> None:
        self.followers[number].leave(read_first)

    def subscribe(self, number: int, topics: tuple[str, ...]) -> None:
        self.followers[number].say("subscribe", *topics)

    def unsubscribe(self, number: int, topics: tuple[str, ...]) -> None:
        self.followers[number].say("unsubscribe", *topics)

    def stop_reading(self, number: int) -> None:
        self.followers[number].stop_reading()

    def read_on(self, number: int) -> None:
        self.followers[number].read_on()

    def read(self, number: int, most: int) -> None:
        self.followers[number].read(most)

    async def beat(self) -> None:
        await asyncio.sleep(0)

    async def wait(self, seconds: float) -> None:
        for follower in self.followers:
            follower.say("heartbeat")
        await asyncio.sleep(seconds)

    async def end_well(self) -> None:
        """The server is healthy, everyone is there and reads: all must be as the log says."""
        self.here.log.available = True
        for follower in self.followers:
            follower.read_on()
        await asyncio.sleep(3)
        for follower in self.followers:
            follower.read()
            if not follower.connected or not follower.held:
                follower.leave(0)
                follower.connect(*TOPICS)
        await asyncio.sleep(3)
        for follower in self.followers:
            follower.read()
            follower.check()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(actions, min_size=60, max_size=120))
async def test_whatever_happens_everyone_ends_with_what_the_log_says(story: list[Action]) -> None:
    limits = Limits(behind=30, events_count=7, events_bytes=4_000)
    async with world(limits, entries=20) as here:
        for run_id in RUNS:
            here.start_run(run_id)
        played = Story(here)
        for follower in played.followers:
            follower.connect(*TOPICS[:3])
        for action in story:
            await played.play(action)
        await played.end_well()


async def test_joining_at_every_event_of_a_run_ends_with_the_same_text() -> None:
    async with world() as here:
        here.start_run("r1")
        played, followers = Story(here), []
        for number in range(30):
            follower = Follower(here)
            follower.connect("run:r1")
            followers.append(follower)
            await asyncio.sleep(0)
            await played.play(("finish", "r1") if number % 10 == 9 else ("write", "r1", 1))
        await asyncio.sleep(1)

        for follower in followers:
            follower.read()
            follower.check()
