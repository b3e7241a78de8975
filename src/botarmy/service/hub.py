"""The workers' side of the server, for workers in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from pydantic import TypeAdapter

from botarmy.domain import briefing, budget, gates
from botarmy.domain import commands as c
from botarmy.domain.boards import WORKER_LEFT
from botarmy.domain.errors import DomainError
from botarmy.domain.events import AgentDelta, NewEvent, WorkerState, WorkerStatus
from botarmy.domain.notes import notes_for, notes_since
from botarmy.domain.recovery import Recovery
from botarmy.domain.run import Run
from botarmy.domain.team import AgentSpec, Team, model_of, standing_in
from botarmy.domain.times import later
from botarmy.domain.views import StepView, WorkerView
from botarmy.ports import (
    AgentContext,
    Approved,
    Assignment,
    Assignments,
    Attached,
    ClaimedJob,
    Commit,
    EarlierPhase,
    EarlierResult,
    NewNote,
    Piece,
    StaleToken,
    Standing,
    Store,
    Withdrawn,
    WorkerInfo,
)
from botarmy.service.runs import Extra, Service

Cheaper: TypeAlias = Callable[[str, Sequence[str]], str | None]
REAPED_AT_ONCE: Final = 100
_WORKER: Final = TypeAdapter(WorkerView)
REFUSED_SECONDS: Final = 5.0
"""How long a job rests whose run refused it (a newer version continued it, say): no busy loop of claims."""
_WORKER_WORDS: Final[Mapping[WorkerState, str]] = {
    "registered": "is ready",
    "busy": "is working",
    "idle": "waits for work",
    "draining": "finishes what it has begun",
    "gone": "has stopped",
    "lost": "is not heard from",
}


class RunFiles:
    """The artifacts of a run at the moment a job began, read from the store when they are asked for."""

    def __init__(self, store: Store, run: Run) -> None:
        self._store: Final = store
        self._sha256: Final = {artifact.path: artifact.sha256 for artifact in run.view.artifacts}

    def paths(self) -> Sequence[str]:
        return sorted(self._sha256)

    async def read(self, path: str) -> bytes:
        content = await self._store.blob(self._sha256[path]) if path in self._sha256 else None
        if content is None:
            raise DomainError("unknown_artifact", detail=path)
        return content


class LocalHub:
    """Claims, begins and ends jobs through the service. Leases are `lease_seconds` long.

    Args:
        cheaper: the next cheaper model than one, of others; None where none is known. Called in a thread.
    """

    def __init__(
        self, service: Service, store: Store, lease_seconds: float, cheaper: Cheaper = lambda _model, _others: None
    ) -> None:
        self._service: Final = service
        self._store: Final = store
        self._lease_seconds: Final = lease_seconds
        self._cheaper: Final = cheaper

    async def announce(self, worker: WorkerInfo, status: WorkerState, running: Sequence[str] = ()) -> None:
        metadata = WorkerStatus(
            worker_id=worker.worker_id,
            status=status,
            capabilities=tuple(sorted(worker.capabilities)),
            host=worker.host,
            concurrency=worker.concurrency,
            running=tuple(running),
        )
        event = NewEvent(
            id=self._service.new_id(),
            run_id=None,
            timestamp=self._service.now(),
            agent_name=None,
            content=f"Worker {worker.worker_id} {_WORKER_WORDS[status]}",
            metadata=metadata,
        )
        await self._service.record(event)

    async def claim(self, worker: WorkerInfo, limit: int) -> Assignments:
        claims = await self._store.claim(
            worker.worker_id,
            capabilities=worker.capabilities,
            limit=limit,
            lease_seconds=self._lease_seconds,
        )
        begun = [await self._begin(worker, job) for job in claims.jobs]
        return Assignments(
            jobs=tuple(assignment for assignment in begun if assignment is not None), next_in=claims.next_in
        )

    async def _begin(self, worker: WorkerInfo, job: ClaimedJob) -> Assignment | None:
        begin = c.BeginJob(job_id=job.job_id, token=job.token, worker_id=worker.worker_id)
        try:
            await self._service.execute(job.run_id, begin, worker.worker_id)
        except DomainError as refusal:
            await self._release(job, 0 if refusal.code == "run_not_running" else REFUSED_SECONDS)
            return None
        except StaleToken:
            return None
        run = await self._service.current(job.run_id)
        budgeted = budget.concerns(run, job.step, await self._today())
        notes = tuple(note.note_id for note in notes_for(run, job.step))
        return Assignment(job=job, context=await self._context(job, run), notes=notes, budgeted=budgeted)

    async def _release(self, job: ClaimedJob, seconds: float) -> None:
        """The run does not go on now: the job waits in the queue as if it had not been claimed."""
        available_at = later(self._service.now(), seconds)
        requeue = c.Requeue(job_id=job.job_id, token=job.token, available_at=available_at)
        try:
            await self._store.commit(Commit(events=(), run_id=job.run_id, jobs=(requeue,)))
        except StaleToken:
            return

    async def _today(self) -> budget.Today:
        """Where nothing limits the day, what was spent in it is not looked up."""
        day, limit = self._service.now()[:10], self._service.budgets.day_usd
        return budget.Today(day=day, limit_usd=limit, spent_usd=0.0 if limit is None else await self._store.spent(day))

    async def standing(self, job: ClaimedJob, newest_note: str | None) -> Standing:
        try:
            run = await self._service.current(job.run_id)
        except DomainError as gone:
            raise Withdrawn(job.job_id) from gone
        notes = notes_since(run, job.step, newest_note)
        return Standing(
            may_call=budget.reached(run, job.step, await self._today()) is None,
            notes=tuple(NewNote(note_id=note.note_id, content=note.content) for note in notes),
        )

    async def _completed(self, job: ClaimedJob, report: c.Report) -> c.Report:
        match report:
            case c.BudgetReached():
                return await self._stopped(job, report)
            case c.WorkFailed():
                return replace(report, recovery=await self._recovery(job))
            case _:
                return report

    async def _recovery(self, job: ClaimedJob) -> Recovery:
        run = await self._service.current(job.run_id)
        return (await self._service.team_of(run)).recovery_for(job.step, job.phase)

    async def _stopped(self, job: ClaimedJob, report: c.BudgetReached) -> c.BudgetReached:
        """With what the worker cannot know."""
        run = await self._service.current(job.run_id)
        spec = (await self._service.team_of(run)).step(job.step)
        cheaper = await asyncio.to_thread(self._cheaper, self._model(run, spec), spec.models)
        return replace(report, today=await self._today(), cheaper=cheaper)

    def _model(self, run: Run, spec: AgentSpec) -> str:
        """A cheaper one that a person chose, else the agent's own, else the run's. The demo stays the demo."""
        chosen = str(run.view.options.get("model") or self._service.model)
        cheaper = budget.model_of(run, spec.step)
        return model_of(spec if cheaper is None else replace(spec, model=cheaper), chosen)

    async def _context(self, job: ClaimedJob, run: Run) -> AgentContext:
        team = await self._service.team_of(run)
        spec, phase = team.work(job.step, job.phase)
        spec = standing_in(run, team, spec, job.step, job.phase)
        left = run.continuation(job.step, job.phase, job.attempt)
        return AgentContext(
            brief=run.view.brief,
            title=run.view.title,
            agent=replace(spec, models=()) if budget.model_of(run, job.step) else spec,
            phase=phase,
            attempt=job.attempt,
            model=self._model(run, spec),
            earlier=tuple([await self._earlier(run, team, view) for view in briefing.earlier_steps(run, job.step)]),
            files=RunFiles(self._store, run),
            notes=tuple(note.content for note in notes_for(run, job.step)),
            answers=briefing.answers_for(run, job.step),
            approvals=tuple(Approved(*decided) for decided in briefing.approvals_for(run, job.step)),
            phases=_phases(run, job),
            feedback=(*gates.feedback_for(run, job.step), *briefing.setbacks_for(run, job.step, job.phase)),
            continuation=await self._store.blob(left) if left else None,
            before=run.view.before,
            attachments=await self._attached(run),
            share=job.run_id,
        )

    async def _attached(self, run: Run) -> tuple[Attached, ...]:
        """A text that is gone belongs to a run that was deleted a moment ago."""
        texts = [(one, await self._store.blob(one.sha256)) for one in run.view.attachments]
        return tuple(Attached(name=one.name, text=text.decode(), cut=one.cut) for one, text in texts if text)

    async def _earlier(self, run: Run, team: Team, view: StepView) -> EarlierResult:
        """What a person wrote at its gate instead of its reply stands for that."""
        edited = gates.edited_reply(run, view.step)
        content = await self._store.blob(edited) if edited else None
        text = briefing.told(run, team, view) if content is None else briefing.shortened(content.decode())
        status = "error" if briefing.fell_back(run, view.step) and content is None else view.status
        return EarlierResult(agent_name=view.agent_name, title=view.title, status=status, text=text)

    async def stream(self, job: ClaimedJob, pieces: Sequence[Piece]) -> None:
        run = await self._service.current(job.run_id)
        name = run.step(job.step).agent_name
        events = tuple(self._delta(job, name, piece) for piece in pieces)
        try:
            await self._service.append(job.run_id, events, (job.job_id, job.token))
        except StaleToken as stale:
            raise Withdrawn(job.job_id) from stale

    def _delta(self, job: ClaimedJob, agent_name: str, piece: Piece) -> NewEvent:
        metadata = AgentDelta(
            step=job.step,
            phase=job.phase,
            attempt=job.attempt,
            message_id=piece.message_id,
            channel=piece.channel,
            offset=piece.offset,
        )
        return NewEvent(
            id=self._service.new_id(),
            run_id=job.run_id,
            timestamp=self._service.now(),
            agent_name=agent_name,
            content=piece.text,
            metadata=metadata,
        )

    async def report(self, job: ClaimedJob, reports: Sequence[c.Report], blobs: Mapping[str, bytes]) -> None:
        told = [await self._completed(job, one) for one in reports]
        command = c.ReportJob(job_id=job.job_id, token=job.token, reports=tuple(told))
        await self._execute(job, command, Extra(blobs=blobs))

    async def hand_back(self, job: ClaimedJob) -> None:
        try:
            await self._execute(job, c.HandBackJob(job_id=job.job_id, token=job.token))
        except Withdrawn:
            return

    async def _execute(self, job: ClaimedJob, command: c.Command, extra: Extra | None = None) -> None:
        try:
            await self._service.execute(job.run_id, command, job.job_id, extra)
        except StaleToken as stale:
            raise Withdrawn(job.job_id) from stale
        except DomainError as refusal:
            if refusal.code in ("stale_job", "unknown_run", "run_deleted"):
                raise Withdrawn(job.job_id) from refusal
            raise

    async def renew(self, jobs: Sequence[ClaimedJob]) -> frozenset[str]:
        return await self._store.renew({job.job_id: job.token for job in jobs}, self._lease_seconds)

    # --- Jobs whose worker is gone ---------------------------------------------------------------------------

    async def take_over(self) -> int:
        """Give back every claimed job, and say whose worker is lost: for the start of a server that has its own."""
        for row in await self._store.workers():
            worker = _WORKER.validate_json(row.view)
            if worker.status not in WORKER_LEFT:
                await self.announce(_info(worker), "lost")
        return await self._lose(await self._store.claimed())

    async def reap(self) -> int:
        """Give back the jobs whose lease has expired; returns how many."""
        return await self._lose(await self._store.expired(REAPED_AT_ONCE))

    async def _lose(self, jobs: Sequence[ClaimedJob]) -> int:
        for job in jobs:
            try:
                lose = c.LoseJob(job_id=job.job_id, token=job.token, recovery=await self._recovery(job))
                await self._service.execute(job.run_id, lose, "server")
            except (StaleToken, DomainError):
                await self._release(job, REFUSED_SECONDS)
        return len(jobs)


def _phases(run: Run, job: ClaimedJob) -> tuple[EarlierPhase, ...]:
    step = run.step(job.step)
    return tuple(
        EarlierPhase(
            phase=view.phase,
            status=view.status,
            summary=briefing.summary_of(view),
            text=briefing.said_in(step, view),
            artifacts=briefing.artifacts_of(view),
        )
        for view in briefing.earlier_phases(run, job.step, job.phase)
    )


def _info(worker: WorkerView) -> WorkerInfo:
    return WorkerInfo(
        worker_id=worker.worker_id,
        host=worker.host,
        capabilities=frozenset(worker.capabilities),
        concurrency=worker.concurrency,
    )
