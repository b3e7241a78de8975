"""A project that waits for a person waits as long as it takes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from botarmy.bootstrap.system import new_id
from botarmy.domain.run import Run
from botarmy.ports import AgentContext, Output, Result
from botarmy.service import Retention
from botarmy.store.sql import SqlStore
from tests.service.test_retention import DaysLater
from tests.workers.office import Office, team_of

WEEK_DAYS = 7


async def ready(_: AgentContext) -> AsyncGenerator[Output, None]:
    yield Result(summary="Done")


def room(store: SqlStore, days: float = 0) -> Office:
    plain = team_of("Analyst", "Writer")
    team = replace(plain, steps=(replace(plain.steps[0], approval="after"), plain.steps[1]))
    return Office(store, team, {"analyst": ready, "writer": ready}, 4, DaysLater(days))


def asked(run: Run) -> bool:
    return any(request.status == "open" for request in run.view.requests)


@pytest.mark.parametrize("paused", [True, False])
async def test_with_an_open_approval_it_is_as_it_was_after_a_restart_and_a_week(
    tmp_path: Path, *, paused: bool
) -> None:
    path = tmp_path / "log.db"
    async with await SqlStore.open(path, new_id=new_id) as store:
        before = room(store)
        async with before.working():
            run_id = await before.start()
            await before.until(run_id, asked)
            if paused:
                await before.command("pause_run", run_id=run_id)
        held = await before.service.current(run_id)

    async with await SqlStore.open(path, new_id=new_id) as store:
        after = room(store, WEEK_DAYS)
        assert await after.hub.take_over() == 0
        assert await after.hub.reap() == 0
        assert await Retention(after.service, store, days=1).run() == 0
        assert await after.service.current(run_id) == held

        # The store's own clock has not moved, and jobs go by it.
        now = room(store)
        async with now.working():
            (request,) = held.view.requests
            seen = {"request_id": request.request_id, "subject": request.subject}
            await now.command("answer_request", run_id=run_id, decision="approve", **seen)
            if paused:
                assert (await now.service.current(run_id)).status == "paused"
                await now.command("resume_run", run_id=run_id)
            assert (await now.ended(run_id)).view.outcome == "succeeded"
