"""One worker: so many jobs at once, each under a lease that it renews until the job ends or is withdrawn."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Final

from botarmy import telemetry
from botarmy.domain.errors import DomainError
from botarmy.ports import (
    Agent,
    AgentFactory,
    Assignment,
    Bus,
    CallStarted,
    ClaimedJob,
    Clock,
    File,
    Files,
    Hub,
    NewId,
    Output,
    Question,
    Result,
    Spent,
    StoreUnavailable,
    Trouble,
    Waiting,
    Withdrawn,
    WorkerInfo,
)
from botarmy.redaction import BY_SHAPE, Redactor
from botarmy.workers.inbox import Inbox
from botarmy.workers.reporter import Reporter

POLL_SECONDS: Final = 5.0
"""The safety net under hints: a job is claimed within this time even if every hint about it was lost."""
UNAVAILABLE_SECONDS: Final = 1.0
RESTING_PER_PLACE: Final = 50
"""How many jobs may rest (see `Waiting`) for each place of a worker before it claims no more."""

log = telemetry.logger("workers")


class Worker:
    """Claims and runs jobs until it is stopped.

    Args:
        heartbeat_seconds: how often leases are renewed; a third of the lease or less.
        redact: knows what agents must not show, whatever they say or write.
    """

    def __init__(
        self,
        info: WorkerInfo,
        hub: Hub,
        bus: Bus,
        agents: AgentFactory,
        clock: Clock,
        new_id: NewId,
        heartbeat_seconds: float,
        redact: Redactor = BY_SHAPE,
    ) -> None:
        self.info: Final = info
        self._hub: Final = hub
        self._bus: Final = bus
        self._agents: Final = agents
        self._clock: Final = clock
        self._new_id: Final = new_id
        self._heartbeat_seconds: Final = heartbeat_seconds
        self._redact: Final = redact
        self._running: Final[dict[str, tuple[ClaimedJob, asyncio.Task[None]]]] = {}
        self._resting: Final[set[str]] = set()
        self._freed: Final = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled: then what is under way is handed back, and the worker says that it is gone."""
        await self._hub.announce(self.info, "registered")
        heart = asyncio.create_task(self._beat(), name="heartbeat")
        try:
            await self._claim_for_ever()
        finally:
            await _ended(heart)
            await self._hand_back_all()
            with suppress(StoreUnavailable):
                await self._hub.announce(self.info, "gone")

    # --- Claiming --------------------------------------------------------------------------------------------

    async def _claim_for_ever(self) -> None:
        hints = self._bus.subscribe("jobs")
        try:
            while True:
                await self._wait_for_a_free_place()
                wait = await self._claim()
                if self._free_places():
                    await hints.wait(wait)
        finally:
            hints.close()

    async def _claim(self) -> float:
        """Take what there is; returns after how many seconds to look again at the latest."""
        try:
            assignments = await self._hub.claim(self.info, self._free_places())
        except StoreUnavailable:
            return UNAVAILABLE_SECONDS
        for assignment in assignments.jobs:
            self._start(assignment)
        if assignments.jobs:
            await self._announce_load()
        return POLL_SECONDS if assignments.next_in is None else min(POLL_SECONDS, assignments.next_in)

    async def _wait_for_a_free_place(self) -> None:
        while not self._free_places():
            self._freed.clear()
            await self._freed.wait()

    def _free_places(self) -> int:
        """A resting job holds none. When it goes on, there may be more at work than places: it is not stopped again."""
        at_work = len(self._running) - len(self._resting)
        room = RESTING_PER_PLACE * self.info.concurrency - len(self._resting)
        return max(0, min(self.info.concurrency - at_work, room))

    def _start(self, assignment: Assignment) -> None:
        job = assignment.job
        task = asyncio.create_task(self._work(assignment), name=f"job {job.job_id}")
        self._running[job.job_id] = (job, task)

    async def _announce_load(self) -> None:
        running = tuple(self._running)
        with suppress(StoreUnavailable):
            await self._hub.announce(self.info, "busy" if running else "idle", running)

    # --- One job ---------------------------------------------------------------------------------------------

    async def _work(self, assignment: Assignment) -> None:
        job = assignment.job
        reporter = Reporter(self._hub, job, self._clock, self._new_id, self._redact)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(reporter.run())
                tasks.create_task(self._perform(assignment, reporter))
        except* Withdrawn:
            log.info("job_withdrawn", job_id=job.job_id, run_id=job.run_id)
        except* Exception as errors:
            log.exception("job_not_reported", job_id=job.job_id, exc_info=errors)
        finally:
            self._running.pop(job.job_id, None)
            self._resting.discard(job.job_id)
            self._freed.set()
        await self._announce_load()

    async def _perform(self, assignment: Assignment, reporter: Reporter) -> None:
        """Run the agent to its end, whatever that is."""
        try:
            await self._pass_on(assignment, reporter)
        except DomainError as failure:
            self._fail(assignment, reporter, failure)
        except Exception as error:
            name = assignment.context.agent.name
            self._fail(assignment, reporter, DomainError("agent_failed", detail=_told(error), agent=name))
        reporter.close()

    async def _pass_on(self, assignment: Assignment, reporter: Reporter) -> None:
        context = assignment.context
        files = WorkingFiles(context.files)
        agent: Agent = self._agents(context.agent, context.model)
        inbox = Inbox(self._hub, assignment, reporter)
        async with aclosing(agent.run(replace(context, files=files, hear=inbox.hear))) as outputs:
            async for output in outputs:
                if isinstance(output, File):
                    files.written[output.path] = output.content
                self._rest(assignment.job.job_id, output)
                if not await inbox.lets_pass(output) and isinstance(output, CallStarted):
                    reporter.stop_before(output)
                    return
                await reporter.take(output)
                if isinstance(output, Result | Question):
                    return
        raise DomainError("agent_silent", agent=context.agent.name)

    def _rest(self, job_id: str, output: Output) -> None:
        if isinstance(output, Waiting) or (isinstance(output, Trouble) and output.retry_in is not None):
            self._resting.add(job_id)
            self._freed.set()
        else:
            self._resting.discard(job_id)

    def _fail(self, assignment: Assignment, reporter: Reporter, failure: DomainError) -> None:
        reference = telemetry.reference()
        log.warning(
            "agent_failed",
            reference=reference,
            code=failure.code,
            detail=failure.detail,
            run_id=assignment.job.run_id,
            step=assignment.job.step,
            exc_info=True,
        )
        reporter.fail(failure, reference, final=isinstance(failure, Spent))

    # --- Leases ----------------------------------------------------------------------------------------------

    async def _beat(self) -> None:
        """Renew the leases; stop at once what is withdrawn."""
        hints = self._bus.subscribe("withdrawn")
        try:
            while True:
                await hints.wait(self._heartbeat_seconds)
                await self._renew()
        finally:
            hints.close()

    async def _renew(self) -> None:
        held = {job_id: task for job_id, (_, task) in self._running.items()}
        if not held:
            return
        try:
            withdrawn = await self._hub.renew([job for job, _ in self._running.values()])
        except StoreUnavailable:
            return
        stopped = [held[job_id] for job_id in withdrawn & held.keys()]
        await asyncio.gather(*map(_ended, stopped))
        if stopped:
            await self._announce_load()

    async def _hand_back_all(self) -> None:
        running = list(self._running.values())
        for _, task in running:
            await _ended(task)
        for job, _ in running:
            with suppress(StoreUnavailable):
                await self._hub.hand_back(job)


class WorkingFiles:
    """The run's files with what this job has written on top."""

    def __init__(self, before: Files) -> None:
        self._before: Final = before
        self.written: Final[dict[str, bytes]] = {}

    def paths(self) -> list[str]:
        return sorted({*self._before.paths(), *self.written})

    async def read(self, path: str) -> bytes:
        if path in self.written:
            return self.written[path]
        return await self._before.read(path)


def _told(error: Exception) -> str:
    """Anybody's exception: it may fail at telling what it is."""
    try:
        return repr(error)
    except Exception:
        return type(error).__qualname__


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it is over. What ends the waiting early is a cancellation of the caller alone."""
    task.cancel()
    await asyncio.wait([task])
