"""A run of the demo team as a real store recorded it: what tests of joining, resuming and compaction are held to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from botarmy.agents.demo import demo_agent
from botarmy.bootstrap.system import new_id
from botarmy.domain.run import Run
from botarmy.domain.team import AgentSpec
from botarmy.ports import Agent, LogEntry
from botarmy.store.sql import MEMORY, SqlStore
from botarmy.teams import load_teams
from tests.workers.office import Office

SPEED: Final = 0.02
"""Slow enough for many deltas, fast enough for a test."""


class DemoOffice(Office):
    def agent(self, spec: AgentSpec, model: str) -> Agent:
        return demo_agent(spec, SPEED)


@asynccontextmanager
async def finished_run() -> AsyncIterator[tuple[DemoOffice, Run]]:
    """An office, and the run that its five agents have finished there."""
    team = next(iter(load_teams().by_name.values()))
    async with await SqlStore.open(MEMORY, new_id=new_id) as store:
        office = DemoOffice(store, team, {}, concurrency=4)
        async with office.working():
            run_id = await office.start("Track my reading list")
            run = await office.ended(run_id)
        yield office, run


async def recorded() -> list[LogEntry]:
    """The log of such a run, from its first event to its last."""
    async with finished_run() as (office, _):
        return await office.store.read(0, 100_000)
