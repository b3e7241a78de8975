"""A server without sockets: a real store in memory, the service, and one worker whose agents a test writes itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from botarmy.bootstrap.system import SystemClock, new_id
from botarmy.bus.local import LocalBus
from botarmy.domain.run import Run
from botarmy.domain.team import AgentSpec, Team
from botarmy.domain.users import LOCAL
from botarmy.ports import Agent, AgentContext, Clock, Output, WorkerInfo
from botarmy.redaction import BY_SHAPE
from botarmy.service import LocalHub, Service
from botarmy.store.sql import MEMORY, SqlStore
from botarmy.workers import Worker

Play = Callable[[AgentContext], AsyncGenerator[Output, None]]


@dataclass(frozen=True)
class Played:
    """An agent that is a function from its context to its outputs."""

    play: Play

    def run(self, context: AgentContext) -> AsyncGenerator[Output, None]:
        return self.play(context)


def team_of(*names: str, attempts: int = 2) -> Team:
    steps: list[AgentSpec] = []
    for name in names:
        needs = (steps[-1].step,) if steps else ()
        steps.append(
            AgentSpec(step=name.lower(), name=name, title=name, instructions="Work.", needs=needs, attempts=attempts)
        )
    return Team(name="small", title="Small team", steps=tuple(steps))


class Office:
    redact = BY_SHAPE

    def __init__(
        self, store: SqlStore, team: Team, plays: Mapping[str, Play], concurrency: int, clock: Clock | None = None
    ) -> None:
        self.store: Final = store
        self.bus: Final = LocalBus()
        self.service: Final = Service(store, self.bus, clock or SystemClock(), new_id, {team.name: team}, "test:model")
        self.hub: Final = LocalHub(self.service, store, lease_seconds=30)
        self._plays: Final = plays
        self._info: Final = WorkerInfo(
            worker_id="worker", host="here", capabilities=frozenset(), concurrency=concurrency
        )

    def agent(self, spec: AgentSpec, model: str) -> Agent:
        return Played(self._plays[spec.step])

    def worker(self) -> Worker:
        return Worker(self._info, self.hub, self.bus, self.agent, SystemClock(), new_id, 10, self.redact)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.worker().run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def command(self, name: str, **args: object) -> str:
        reply = await self.service.command(LOCAL, new_id(), name, args)
        return str(reply.result["run_id"])

    async def start(self, brief: str = "A brief") -> str:
        return await self.command("start_run", brief=brief)

    async def until(self, run_id: str, holds: Callable[[Run], bool]) -> Run:
        """The run once it is so; looks whenever the log has grown."""
        hints = self.bus.subscribe("log")
        try:
            async with asyncio.timeout(20):
                while not holds(run := await self.service.current(run_id)):
                    await hints.wait()
                return run
        finally:
            hints.close()

    async def ended(self, run_id: str) -> Run:
        return await self.until(run_id, lambda run: run.ended)


@asynccontextmanager
async def office(plays: Mapping[str, Play], *, team: Team | None = None, concurrency: int = 4) -> AsyncIterator[Office]:
    async with await SqlStore.open(MEMORY, new_id=new_id) as store:
        yield Office(store, team or team_of(*(name.title() for name in plays)), plays, concurrency)
