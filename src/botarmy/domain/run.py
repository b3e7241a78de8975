"""The state of a run: its view, and what only the machine needs to know about its jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from botarmy.domain.errors import DomainError
from botarmy.domain.events import NO_USAGE, JobState, PhaseState, RunState, StepPlan, StepState, Usage
from botarmy.domain.times import Timestamp
from botarmy.domain.trouble import RemedyAction
from botarmy.domain.values import replace
from botarmy.domain.views import MessageView, PhaseView, RunSummary, RunView, StepSummary, StepView

FOLD_VERSION: Final = 2
"""Raised whenever `evolve` gives another state for the same events: stored snapshots of another one are rebuilt."""

RUN_ENDED: Final[frozenset[str]] = frozenset({"completed", "failed", "cancelled", "deleted"})
STEP_ENDED: Final[frozenset[StepState]] = frozenset({"completed", "error", "skipped", "cancelled"})
STEP_AT_WORK: Final[frozenset[StepState]] = frozenset({"queued", "started", "thinking", "retrying"})
PHASE_OPEN: Final[frozenset[PhaseState]] = frozenset({"pending", "started", "progress"})
JOB_OPEN: Final[frozenset[JobState]] = frozenset({"queued", "claimed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An open job of a run: one attempt at one phase."""

    job_id: str
    step: str
    phase: str
    attempt: int
    status: JobState
    queued_at: Timestamp
    claimed_at: Timestamp | None = None
    worker_id: str | None = None
    losses: int = 0
    """How often its worker was presumed dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """What an agent left behind when it asked: the next job of the same attempt goes on from it."""

    step: str
    phase: str
    attempt: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedied:
    """A failure, and what was done about it."""

    step: str
    phase: str
    action: RemedyAction
    code: str
    reason: str
    target: str | None


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What is counted while an attempt at a phase is under way, for the phase's result."""

    step: str
    phase: str
    attempt: int
    started_at: Timestamp
    usage: Usage = NO_USAGE
    artifacts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Run:
    """The fold of a run's events. `view` is for people, the rest for deciding what follows."""

    view: RunView
    status: RunState
    """As the last run_status said; `view.status` may say `waiting` instead of `running`."""
    plan: tuple[StepPlan, ...]
    definition: str | None
    jobs: tuple[Job, ...] = ()
    """The open ones."""
    fallbacks: tuple[tuple[str, str], ...] = ()
    """The (step, phase) whose present attempt was answered by a prepared message instead of a model."""
    continuations: tuple[Continuation, ...] = ()
    """At most one for each step: the newest."""
    attempts: tuple[Attempt, ...] = ()
    """At most one for each step: that of the phase which was begun last."""
    remedies: tuple[Remedied, ...] = ()
    """What was done about failures, oldest first: the newest 200. Those of a step are forgotten when a person has it
    done again."""
    listed_at: Timestamp
    """When the run last changed in a list."""
    newer: bool = False
    """True after an event that this version does not know: the run is shown, and takes no commands."""

    @property
    def ended(self) -> bool:
        return self.status in RUN_ENDED

    def step(self, step: str) -> StepView:
        """Raises DomainError `unknown_step`."""
        for view in self.view.steps:
            if view.step == step:
                return view
        raise DomainError("unknown_step", detail=step)

    def planned(self, step: str) -> StepPlan:
        return next(plan for plan in self.plan if plan.step == step)

    def phase(self, step: str, phase: str) -> PhaseView:
        return next(view for view in self.step(step).phases if view.phase == phase)

    def job(self, job_id: str) -> Job:
        """Raises DomainError `stale_job` where the job is not open any more."""
        for job in self.jobs:
            if job.job_id == job_id:
                return job
        raise DomainError("stale_job", detail=job_id)

    def continuation(self, step: str, phase: str, attempt: int) -> str | None:
        """The SHA-256 of what this attempt goes on from; None where it begins afresh."""
        for left in self.continuations:
            if (left.step, left.phase, left.attempt) == (step, phase, attempt):
                return left.sha256
        return None

    def open_messages(self, step: str) -> Iterator[MessageView]:
        return (message for message in self.step(step).messages if message.finish is None)


def summarize(run: Run) -> RunSummary:
    view = run.view
    ended = sum(step.status in STEP_ENDED for step in view.steps)
    return RunSummary(
        run_id=view.run_id,
        title=view.title,
        team=view.team,
        owner=view.owner,
        status=view.status,
        outcome=view.outcome,
        created_at=view.created_at,
        updated_at=run.listed_at,
        waiting=sum(request.status == "open" for request in view.requests),
        progress=ended / len(view.steps) if view.steps else 0.0,
        steps=tuple(
            StepSummary(step=s.step, agent_name=s.agent_name, status=s.status, retry_at=s.retry_at) for s in view.steps
        ),
    )


def replaced(view: StepView, phase: str) -> bool:
    """Whether another team's phases, which come right after it, stand for a phase that failed."""
    names = [one.phase for one in view.phases]
    at = names.index(phase)
    return view.phases[at].status == "error" and "/" not in phase and at + 1 < len(names) and "/" in names[at + 1]


def with_step(view: RunView, changed: StepView) -> RunView:
    return replace(view, steps=tuple(changed if s.step == changed.step else s for s in view.steps))
