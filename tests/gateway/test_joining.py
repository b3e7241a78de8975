"""A five-agent run, as a real store recorded it: whoever joins or comes back at any event ends with the same."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from botarmy.domain.fold import fold
from botarmy.domain.run import Run
from botarmy.domain.views import RunView
from botarmy.gateway import Limits
from botarmy.ports import LogEntry
from botarmy.service import Compaction
from tests.gateway.follower import Follower
from tests.gateway.virtual import VirtualLoop
from tests.gateway.world import Clock, World, world
from tests.recorded import recorded


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture(scope="module")
def recording() -> Sequence[LogEntry]:
    return asyncio.run(recorded())


def run_of(recording: Sequence[LogEntry]) -> str:
    return next(entry.run_id for entry in recording if entry.run_id is not None)


def partial(view: RunView) -> dict[str, str]:
    """The text of the messages that are in the writing."""
    messages = [message for step in view.steps for message in step.messages]
    return {message.message_id: message.text + message.thinking for message in messages if message.finish is None}


def view_of(follower: Follower, run_id: str) -> RunView:
    run = follower.runs[run_id]
    assert run is not None
    return replace(run.view, position=0)


def came_back(here: World, run_id: str, cursor: int, run: Run | None) -> Follower:
    """A client that had applied everything up to its cursor, and is here again."""
    follower = Follower(here)
    follower.held, follower.cursor, follower.runs = [f"run:{run_id}"], cursor, {run_id: run}
    follower.connect()
    return follower


async def test_joining_at_each_event_shows_the_text_so_far_and_ends_with_the_same(
    recording: Sequence[LogEntry],
) -> None:
    run_id, followers, streaming = run_of(recording), [], 0
    true: Run | None = None
    async with world() as here:
        for entry in recording:
            here.log.replay(entry)
            true = fold([entry.event()], true) if entry.run_id == run_id else true
            await here.feed.reached(entry.position)
            if true is None:
                continue
            follower = Follower(here)
            follower.connect(f"run:{run_id}")
            await asyncio.sleep(0.1)
            follower.read()
            assert view_of(follower, run_id) == replace(true.view, position=0), entry.position
            streaming += bool(partial(true.view))
            follower.leave(0)
            followers.append(follower)
        assert len(followers) > 100
        assert streaming > 50, "many joined while a message was in the writing"
        for follower in followers:
            follower.connect()
        await asyncio.sleep(1)
        assert true is not None
        assert true.view.status == "completed"
        for follower in followers:
            follower.read()
            assert view_of(follower, run_id) == replace(true.view, position=0)
            assert follower.resyncs == 0


@pytest.mark.parametrize("ring", [20_000, 10])
@pytest.mark.parametrize("compacted", [False, True])
async def test_coming_back_to_each_event_ends_with_the_same_from_memory_and_from_the_store(
    recording: Sequence[LogEntry], compacted: bool, ring: int
) -> None:
    run_id = run_of(recording)
    states: list[Run | None] = [None]
    for entry in recording:
        states.append(fold([entry.event()], states[-1]) if entry.run_id == run_id else states[-1])
    true = states[-1]
    assert true is not None
    async with world(Limits(events_count=50), entries=ring) as here:
        for entry in recording:
            here.log.replay(entry)
        await here.feed.reached(len(recording))
        if compacted:
            assert await Compaction(here.log, here.feed, Clock(), -1e9).run() > 50
        for cursor in range(1, len(recording) + 1):
            if states[cursor] is None:
                continue
            follower = came_back(here, run_id, cursor, states[cursor])
            await asyncio.sleep(0.5)
            follower.read()
            assert view_of(follower, run_id) == replace(true.view, position=0), cursor
            assert follower.resyncs == 0
            follower.leave(0)
        fresh = Follower(here)
        fresh.connect(f"run:{run_id}")
        await asyncio.sleep(0.5)
        fresh.read()
        assert view_of(fresh, run_id) == replace(true.view, position=0)
