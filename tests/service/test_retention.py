"""Runs that ended long ago go by themselves, where that is set, and nothing else does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from botarmy.bootstrap.system import SystemClock, new_id
from botarmy.domain.commands import DeleteRun
from botarmy.domain.errors import DomainError
from botarmy.domain.events import RunStatus
from botarmy.domain.times import later
from botarmy.ports import AgentContext, Output, Result
from botarmy.service import Retention, Service
from botarmy.service.runs import Extra
from tests.workers.office import Office, office


class DaysLater(SystemClock):
    def __init__(self, days: float) -> None:
        self._days = days

    def now(self) -> str:
        return later(super().now(), self._days * 86_400)


async def ready(_: AgentContext) -> AsyncGenerator[Output, None]:
    yield Result(summary="Done")


def after(here: Office, days: float) -> Service:
    """The service as it is so many days from now."""
    return Service(here.store, here.bus, DaysLater(days), new_id, here.service.teams, "test:model")


async def test_a_run_that_ended_so_many_days_ago_goes_and_leaves_a_tombstone() -> None:
    async with office({"analyst": ready}) as here, here.working():
        run_id = await here.start()
        ended = await here.ended(run_id)
        last = ended.view.position
        assert await Retention(after(here, 29), here.store, 30).run() == 0
        assert await Retention(after(here, 31), here.store, 30).run() == 1
        assert await Retention(after(here, 31), here.store, 30).run() == 0

        (tombstone,) = await here.store.read(0, 100, run_id=run_id)
        status = tombstone.event().metadata
        assert isinstance(status, RunStatus)
        assert (status.status, status.reason, status.by) == ("deleted", "retention", "retention")
        assert tombstone.version == ended.view.version + 1
        assert await here.store.purged_up_to() == last
        with pytest.raises(DomainError, match="deleted"):
            await after(here, 31).current(run_id)


async def test_a_run_that_goes_on_is_kept_however_old_it_is() -> None:
    async with office({"analyst": ready}) as here:
        run_id = await here.start()
        assert await Retention(after(here, 10_000), here.store, 1).run() == 0
        await after(here, 10_000).execute(run_id, DeleteRun(expired=True), "retention", Extra(aged=True))
        assert not (await here.service.current(run_id)).ended, "who was found over age may be at work again"


async def test_all_that_are_due_go_a_few_at_a_time() -> None:
    async with office({"analyst": ready}, concurrency=8) as here, here.working():
        runs = await asyncio.gather(*(here.start() for _ in range(23)))
        for run_id in runs:
            await here.ended(run_id)
        retention = Retention(after(here, 2), here.store, 1)
        assert [await retention.run() for _ in range(3)] == [20, 3, 0]
