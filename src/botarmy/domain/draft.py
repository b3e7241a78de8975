"""A decision in the making: events are folded as they are added, so that each rule sees what the ones before did."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from botarmy.domain.commands import Enqueue, Envelope, JobChange, Requeue, Settle
from botarmy.domain.errors import Problem
from botarmy.domain.events import (
    AgentResponse,
    AgentStatus,
    Decision,
    ErrorShown,
    Finish,
    JobState,
    JobStatus,
    Metadata,
    NewEvent,
    PhaseState,
    PhaseStatus,
    Request,
    RequestState,
    RunStatus,
    Severity,
    StepState,
    ToolCall,
)
from botarmy.domain.fold import evolve
from botarmy.domain.run import Job, Run
from botarmy.domain.shown import shown_of
from botarmy.domain.times import Timestamp, elapsed_ms
from botarmy.domain.transitions import check
from botarmy.domain.trouble import FAULT_CHARACTERS, Fault, Remedy
from botarmy.domain.views import RequestView


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    events: tuple[NewEvent, ...]
    jobs: tuple[JobChange, ...]
    run: Run
    """The run as these events leave it (positions not yet known)."""
    fence: tuple[str, int] | None = None
    """(job id, token) that must hold at the commit; None where no job is concerned."""
    wakes: bool = False
    """Whether jobs that were held may be claimed now."""
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    """Contents that these events name, by SHA-256."""


class Draft:
    """Built up by the rules of `decide.py`, `work.py` and `schedule.py`, then frozen by `done`."""

    def __init__(self, run: Run | None, run_id: str, envelope: Envelope) -> None:
        self._run = run
        self._before: Final = run
        self._run_id: Final = run_id
        self.envelope: Final = envelope
        self._events: Final[list[NewEvent]] = []
        self._jobs: Final[list[JobChange]] = []
        self._blobs: Final[dict[str, bytes]] = {}
        self.fence: tuple[str, int] | None = None
        self.wakes = False

    @property
    def run(self) -> Run:
        if self._run is None:
            raise AssertionError("a draft has a run once its first event is there")
        return self._run

    @property
    def at(self) -> Timestamp:
        return self.envelope.at

    @property
    def shown(self) -> str | None:
        """The hash of the run as it was before: what a person who decides had before them."""
        return shown_of(self._before) if self._before else None

    def done(self) -> Decided:
        return Decided(
            events=tuple(self._events),
            jobs=tuple(self._jobs),
            run=self.run,
            fence=self.fence,
            wakes=self.wakes,
            blobs=self._blobs,
        )

    @property
    def size(self) -> int:
        """How many events there are so far."""
        return len(self._events)

    def emit(self, metadata: Metadata, content: str, agent_name: str | None = None) -> None:
        """Raises DomainError `illegal_transition`."""
        check(self._run, metadata)
        self._add(metadata, content, agent_name, self.at)

    def take_over(self, metadata: Metadata, content: str, agent_name: str | None, at: Timestamp | None) -> None:
        """What happened in another run, at a moment there: how it came to that is in the log of that one."""
        self._add(metadata, content, agent_name, at or self.at)

    def _add(self, metadata: Metadata, content: str, agent_name: str | None, at: Timestamp) -> None:
        event = NewEvent(
            id=self.envelope.new_id(),
            run_id=self._run_id,
            timestamp=at,
            agent_name=agent_name,
            content=content,
            metadata=metadata,
        )
        version = self._run.view.version + 1 if self._run else 1
        self._events.append(event)
        self._run = evolve(self._run, event.at(0, version))

    def change(self, job: JobChange) -> None:
        self._jobs.append(job)

    def decide(self, status: Literal["running", "paused", "cancelled", "deleted"], content: str) -> None:
        """A person decided about the run."""
        self.emit(RunStatus(status=status, by=self.envelope.by, shown=self.shown), content)

    def decide_step(
        self, step: str, status: Literal["pending", "queued", "skipped"], content: str, attempt: int
    ) -> None:
        """A person decided about a step."""
        by = self.envelope.by
        metadata = AgentStatus(step=step, status=status, attempt=attempt, by=by, shown=self.shown)
        self.emit(metadata, content, self.run.step(step).agent_name)

    def keep(self, content: bytes) -> str:
        """Commit a content along with the events; returns the SHA-256 that names it."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._blobs[sha256] = content
        return sha256

    # --- Sentences that several rules say --------------------------------------------------------------------

    def set_step(
        self,
        step: str,
        status: StepState,
        content: str,
        *,
        task: str | None = None,
        attempt: int | None = None,
        call_attempt: int = 1,
        progress: float | None = None,
        retry_at: Timestamp | None = None,
    ) -> None:
        view = self.run.step(step)
        over = status in ("completed", "error")
        metadata = AgentStatus(
            step=step,
            status=status,
            task=task,
            attempt=view.attempt if attempt is None else attempt,
            call_attempt=call_attempt,
            progress=progress,
            retry_at=retry_at,
            usage=view.usage if over else None,
            seconds=elapsed_ms(view.started_at, self.at) / 1000 if over and view.started_at else None,
        )
        self.emit(metadata, content, view.agent_name)

    def set_phase(
        self,
        step: str,
        phase: str,
        status: PhaseState,
        attempt: int,
        *,
        retry_at: Timestamp | None = None,
        result: dict[str, object] | None = None,
        after: str | None = None,
        remedy: Remedy | None = None,
    ) -> None:
        metadata = PhaseStatus(
            step=step,
            phase=phase,
            status=status,
            attempt=attempt,
            retry_at=retry_at,
            result=result,
            after=after,
            remedy=remedy,
        )
        name = self.run.step(step).agent_name
        self.emit(metadata, f"{name}: {phase} {_PHASE_WORDS[status]}", name)

    def set_job(
        self, job: Job, status: JobState, *, worker_id: str | None = None, problem: Problem | None = None
    ) -> None:
        claimed = status == "claimed"
        metadata = JobStatus(
            job_id=job.job_id,
            step=job.step,
            phase=job.phase,
            attempt=job.attempt,
            status=status,
            worker_id=worker_id or job.worker_id,
            requires=self.run.planned(job.step).requires,
            waited_ms=elapsed_ms(job.queued_at, self.at) if claimed else None,
            ran_ms=elapsed_ms(job.claimed_at, self.at) if job.claimed_at and not claimed else None,
            error=_fault(problem) if problem else None,
        )
        name = self.run.step(job.step).agent_name
        self.emit(metadata, f"Work of {name} was {_JOB_WORDS[status]}", name)

    def enqueue(self, step: str, phase: str, attempt: int, *, retry_at: Timestamp | None = None) -> None:
        plan = self.run.planned(step)
        job_id = self.envelope.new_id()
        metadata = JobStatus(
            job_id=job_id,
            step=step,
            phase=phase,
            attempt=attempt,
            status="queued",
            requires=plan.requires,
            retry_at=retry_at,
        )
        self.emit(metadata, f"Work of {plan.agent_name} was {_JOB_WORDS['queued']}", plan.agent_name)
        self.change(
            Enqueue(
                job_id=job_id,
                step=step,
                phase=phase,
                attempt=attempt,
                agent_name=plan.agent_name,
                requires=plan.requires,
                priority=0,
                available_at=retry_at or self.at,
            )
        )

    def close_messages(self, step: str, finish: Finish) -> None:
        """No message streams for ever: what an ended attempt left open is committed with its text so far.

        Nor does a tool call that nobody answers any more stay under way.
        """
        name = self.run.step(step).agent_name
        for message in tuple(self.run.open_messages(step)):
            metadata = AgentResponse(
                step=step,
                phase=message.phase,
                attempt=message.attempt,
                message_id=message.message_id,
                started_at=message.started_at,
                thinking=message.thinking,
                finish=finish,
            )
            self.emit(metadata, message.text, name)
        for call in [call for call in self.run.step(step).tool_calls if call.status == "started"]:
            cut = ToolCall(step=step, call_id=call.call_id, name=call.name, status="error", summary=call.summary)
            self.emit(cut, f"{call.summary} (interrupted)", name)

    def close_request(
        self,
        request: RequestView,
        status: RequestState,
        content: str,
        *,
        decision: Decision | None = None,
        answer: str | None = None,
    ) -> None:
        """End an open request; `request` may hold more than it was opened with."""
        metadata = Request(
            request_id=request.request_id,
            kind=request.kind,
            status=status,
            step=request.step,
            prompt=request.prompt,
            options=request.options,
            subject=request.subject,
            decision=decision,
            answer=answer,
            by=self.envelope.by if status == "answered" else None,
            budget=request.budget,
            trouble=request.trouble,
            gate=request.gate,
        )
        self.emit(metadata, content)

    def show(self, step: str, problem: Problem, severity: Severity) -> None:
        metadata = ErrorShown(
            code=problem.code,
            severity=severity,
            retryable=problem.retryable,
            action=problem.action,
            reference=problem.reference,
            step=step,
        )
        self.emit(metadata, problem.message, self.run.step(step).agent_name)

    def hand_back(self, job: Job, token: int | None) -> None:
        """A claimed job returns to the queue with its attempt unused."""
        self.close_messages(job.step, "interrupted")
        self.set_job(job, "queued")
        self.set_phase(job.step, job.phase, "pending", job.attempt)
        self.change(Requeue(job_id=job.job_id, token=token, available_at=self.at))

    def withdraw_jobs(self, jobs: Iterable[Job]) -> None:
        jobs = tuple(jobs)
        for job in jobs:
            self.close_messages(job.step, "cancelled")
        self.cancel_jobs(jobs)

    def cancel_jobs(self, jobs: Iterable[Job]) -> None:
        for job in tuple(jobs):
            self.set_job(job, "cancelled")
            self.change(Settle(job_id=job.job_id, token=None, status="cancelled"))


def _fault(problem: Problem) -> Fault:
    return Fault(
        code=problem.code,
        message=problem.message[:FAULT_CHARACTERS],
        action=problem.action[:FAULT_CHARACTERS],
        reference=problem.reference,
    )


_PHASE_WORDS: Final[dict[PhaseState, str]] = {
    "pending": "waits",
    "started": "has begun",
    "progress": "goes on",
    "completed": "is done",
    "error": "failed",
    "skipped": "was skipped",
    "cancelled": "was cancelled",
    "rolled_back": "was taken back",
}
_JOB_WORDS: Final[dict[JobState, str]] = {
    "queued": "put in the queue",
    "claimed": "taken by a worker",
    "completed": "completed",
    "failed": "ended by a failure",
    "lost": "interrupted",
    "cancelled": "cancelled",
    "dead": "given up",
}
