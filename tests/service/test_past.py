"""The past of a run, over a real database: as it was at each position, also where its deltas are gone."""

from __future__ import annotations

from dataclasses import replace

import anyio
import pytest
from pydantic import TypeAdapter

from botarmy.bootstrap.system import SystemClock
from botarmy.delivery.feed import Feed
from botarmy.domain.run import FOLD_VERSION, Run
from botarmy.domain.views import MessageView, RunView
from botarmy.ports import StoredFold
from botarmy.service import Compaction, Service
from tests.recorded import DemoOffice, finished_run


async def past(service: Service, run: Run) -> dict[int, RunView]:
    """The run's view at each position of the log."""
    views = {}
    for position in range(1, run.view.position):
        found = await service.run_at(run.view.run_id, position)
        if found is not None:
            views[position] = found.view
    return views


def without_text(view: RunView, compacted: set[str]) -> RunView:
    """Of messages in the writing nothing is known but that they were."""

    def emptied(message: MessageView) -> MessageView:
        if message.finish is not None or message.message_id not in compacted:
            return message
        return replace(message, text="", thinking="", compacted=True)

    steps = tuple(replace(step, messages=tuple(map(emptied, step.messages))) for step in view.steps)
    return replace(view, steps=steps)


def comparable(view: RunView) -> RunView:
    """Without what the last event alone decides: it may be a delta that is gone. A response says when it began."""
    steps = tuple(
        replace(step, messages=tuple(replace(message, started_at="") for message in step.messages))
        for step in view.steps
    )
    return replace(view, steps=steps, position=0, updated_at="")


def streamed(views: dict[int, RunView]) -> set[str]:
    """The messages that were ever seen in the writing."""
    return {m.message_id for view in views.values() for m in messages_of(view) if m.finish is None}


def messages_of(view: RunView) -> list[MessageView]:
    return [message for step in view.steps for message in step.messages]


async def compact(office: DemoOffice) -> int:
    feed = Feed(office.store, office.bus)
    async with anyio.create_task_group() as tasks:
        await tasks.start(feed.run)
        deleted = await Compaction(office.store, feed, SystemClock(), 0).run()
        tasks.cancel_scope.cancel()
    return deleted


async def store_fold(office: DemoOffice, run_id: str, views: dict[int, RunView]) -> None:
    """One of a moment when a message was in the writing, with its text so far."""
    position = next(at for at, view in views.items() if any(m.text and m.finish is None for m in messages_of(view)))
    run = await office.service.run_at(run_id, position)
    assert run is not None
    body = TypeAdapter(Run).dump_json(run)
    await office.store.save_fold(run_id, StoredFold(fold_version=FOLD_VERSION, position=position, body=body))


@pytest.mark.parametrize("with_fold", [False, True])
async def test_at_each_position_a_run_is_as_it_was_but_for_the_text_that_was_in_the_writing(
    with_fold: bool,
) -> None:
    async with finished_run() as (office, run):
        before = await past(office.service, run)
        if with_fold:
            await store_fold(office, run.view.run_id, before)
        deleted = await compact(office)
        after = await past(Service(office.store, office.bus, SystemClock(), str, {}, "demo"), run)

        gone = streamed(before)
        assert deleted > 50
        assert len(gone) >= 5
        assert before.keys() == after.keys()
        for position, view in before.items():
            assert comparable(after[position]) == comparable(without_text(view, gone)), position
        kept = await office.store.read(0, 100_000, run_id=run.view.run_id)
        versions = [entry.version for entry in kept]
        assert versions == list(range(1, run.view.version + 1)), "positions have gaps, versions never"
