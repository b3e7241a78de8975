"""The rules about jobs: what a worker's reports, its failures and its death make of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final, Literal

from botarmy.domain import commands as c
from botarmy.domain import phases
from botarmy.domain.artifacts import check_new
from botarmy.domain.budget import reached
from botarmy.domain.codec import clean_text
from botarmy.domain.draft import Draft
from botarmy.domain.errors import DomainError, Problem
from botarmy.domain.events import (
    AgentResponse,
    ArtifactWritten,
    Request,
    ToolCall,
)
from botarmy.domain.failure import fail_phase, give_up
from botarmy.domain.gates import REQUESTS_OF_A_RUN, refresh
from botarmy.domain.notes import take_up
from botarmy.domain.requests import ask_for_budget, go_on_after_all
from botarmy.domain.run import Job
from botarmy.domain.schedule import end_phase
from botarmy.domain.times import later
from botarmy.domain.toolgates import asked_for_call

LOSSES_ALLOWED: Final = 20
"""A job whose workers died this often is given up: it may be what kills them."""


def begin_job(draft: Draft, command: c.BeginJob) -> None:
    job = draft.run.job(command.job_id)
    if draft.run.status != "running":
        raise DomainError("run_not_running", detail=command.job_id)
    if job.status == "claimed":
        raise DomainError("stale_job", detail=command.job_id)
    draft.fence = (command.job_id, command.token)
    draft.set_job(job, "claimed", worker_id=command.worker_id)
    draft.set_phase(job.step, job.phase, "started", job.attempt)
    name = draft.run.step(job.step).agent_name
    draft.set_step(job.step, "started", f"{name} has started", attempt=job.attempt)


def report_job(draft: Draft, command: c.ReportJob) -> None:
    job = draft.run.job(command.job_id)
    if job.status != "claimed":
        raise DomainError("stale_job", detail=command.job_id)
    draft.fence = (command.job_id, command.token)
    for report in command.reports:
        _REPORTS[type(report)](draft, draft.run.job(command.job_id), _cleaned(report))


def _cleaned(report: c.Report) -> c.Report:
    """With storable text: a worker far away may send what it likes."""
    values: dict[str, Any] = {field.name: getattr(report, field.name) for field in fields(report)}
    texts: dict[str, Any] = {name: clean_text(value) for name, value in values.items() if isinstance(value, str)}
    if isinstance(report, c.PersonAsked):
        texts["options"] = tuple(map(clean_text, report.options))
    return type(report)(**{**values, **texts})


def hand_back_job(draft: Draft, command: c.HandBackJob) -> None:
    job = draft.run.job(command.job_id)
    draft.hand_back(job, command.token)
    name = draft.run.step(job.step).agent_name
    draft.set_step(job.step, "queued", f"{name} goes on in a moment")


def lose_job(draft: Draft, command: c.LoseJob) -> None:
    """The job returns to the queue under the same attempt, and the reader is told why."""
    job = draft.run.job(command.job_id)
    name = draft.run.step(job.step).agent_name
    draft.close_messages(job.step, "interrupted")
    draft.set_job(job, "lost")
    if job.losses + 1 >= LOSSES_ALLOWED:
        draft.change(c.Settle(job_id=job.job_id, token=command.token, status="dead"))
        problem = DomainError("gave_up", agent=name).problem()
        draft.set_job(draft.run.job(job.job_id), "dead", problem=problem)
        if job.status != "claimed":
            draft.set_phase(job.step, job.phase, "started", job.attempt)
            draft.set_step(job.step, "started", f"{name} has started", attempt=job.attempt)
        fail_phase(draft, job, problem, passing=False, recovery=command.recovery)
        return
    draft.change(c.Requeue(job_id=job.job_id, token=command.token, available_at=draft.at))
    draft.set_job(draft.run.job(job.job_id), "queued")
    if job.status == "claimed":
        draft.show(job.step, DomainError("worker_lost", agent=name).problem(), "warning")
    draft.set_phase(job.step, job.phase, "pending", job.attempt)
    draft.set_step(job.step, "queued", f"{name} starts this part again")


def _progress(draft: Draft, job: Job, report: c.ProgressMade) -> None:
    draft.set_step(
        job.step,
        "thinking",
        report.task,
        task=report.task,
        call_attempt=report.call_attempt,
        progress=None if report.progress is None else min(1.0, max(0.0, report.progress)),
    )


def _wait_begun(draft: Draft, job: Job, report: c.WaitBegun) -> None:
    draft.set_step(
        job.step,
        "waiting",
        report.reason,
        task=report.reason,
        call_attempt=report.call_attempt,
        retry_at=later(draft.at, report.seconds),
    )


def _trouble_met(draft: Draft, job: Job, report: c.TroubleMet) -> None:
    passing = report.retry_in is not None
    draft.show(job.step, Problem(report.code, report.message, report.action, passing, report.reference), "warning")
    if report.retry_in is not None:
        draft.set_step(
            job.step,
            "retrying",
            f"{draft.run.step(job.step).agent_name} tries again",
            task=report.message,
            call_attempt=report.call_attempt,
            retry_at=later(draft.at, report.retry_in),
        )


def _message_ended(draft: Draft, job: Job, report: c.MessageEnded) -> None:
    held = draft.run.step(job.step).messages
    if any(m.message_id == report.message_id and m.finish is not None for m in held):
        return
    streamed = (m for m in draft.run.open_messages(job.step) if m.message_id == report.message_id)
    started_at = next((m.started_at for m in streamed), report.started_at)
    metadata = AgentResponse(
        step=job.step,
        phase=job.phase,
        attempt=job.attempt,
        message_id=report.message_id,
        started_at=started_at,
        thinking=report.thinking,
        finish=report.finish,
        model=report.model,
        usage=report.usage,
    )
    draft.emit(metadata, report.text, draft.run.step(job.step).agent_name)


def _tool_called(draft: Draft, job: Job, report: c.ToolCalled) -> None:
    metadata = ToolCall(
        step=job.step,
        call_id=report.call_id,
        name=report.name,
        status=report.status,
        summary=report.summary,
    )
    draft.emit(metadata, report.summary, draft.run.step(job.step).agent_name)


def _file_written(draft: Draft, job: Job, report: c.FileWritten) -> None:
    artifacts = draft.run.view.artifacts
    held = next((a for a in artifacts if a.path == report.path), None)
    name = draft.run.step(job.step).agent_name
    if held is None:
        try:
            check_new(report.path, [artifact.path for artifact in artifacts])
        except DomainError as refused:
            draft.show(job.step, refused.problem(), "warning")
            return
    if held is not None and held.sha256 == report.sha256:
        return
    metadata = ArtifactWritten(
        step=job.step,
        path=report.path,
        version=held.version + 1 if held else 1,
        size=report.size,
        media_type=report.media_type,
        sha256=report.sha256,
        by=name,
    )
    draft.emit(metadata, f"{name} wrote {report.path}", name)
    refresh(draft)


def _file_refused(draft: Draft, job: Job, report: c.FileRefused) -> None:
    draft.show(job.step, Problem(report.code, report.message, report.action, False), "warning")


def _person_asked(draft: Draft, job: Job, report: c.PersonAsked) -> None:
    name = draft.run.step(job.step).agent_name
    if _asks_too_often(draft, job):
        return
    _end_asking(draft, job)
    metadata = Request(
        request_id=draft.envelope.new_id(),
        kind="question",
        status="open",
        step=job.step,
        prompt=report.prompt,
        options=report.options,
        continuation=report.continuation,
    )
    what = "an answer"
    if report.arguments is not None:
        metadata, what = asked_for_call(metadata, report.arguments), "approval"
    draft.emit(metadata, report.prompt, name)
    draft.set_step(job.step, "waiting", f"{name} waits for {what}", task=f"Waiting for {what}")


def _budget_reached(draft: Draft, job: Job, report: c.BudgetReached) -> None:
    """The worker made no further call. Whether the budget is used up is decided here, once more."""
    today = report.today
    budget = reached(draft.run, job.step, today, report.cheaper) if today else None
    if _asks_too_often(draft, job):
        return
    _end_asking(draft, job)
    if budget is not None:
        ask_for_budget(draft, job.step, budget, report.continuation)
    else:
        go_on_after_all(draft, job.step, report.continuation)


def _asks_too_often(draft: Draft, job: Job) -> bool:
    """Fails the step at the bound."""
    if len(draft.run.view.requests) < REQUESTS_OF_A_RUN:
        return False
    name = draft.run.step(job.step).agent_name
    draft.close_messages(job.step, "interrupted")
    problem = DomainError("too_many_questions", agent=name, limit=REQUESTS_OF_A_RUN).problem()
    _settle(draft, job, "failed", problem)
    give_up(draft, job, problem)
    return True


def _end_asking(draft: Draft, job: Job) -> None:
    """The job ends, and the phase goes on in another one of the same attempt."""
    draft.close_messages(job.step, "interrupted")
    _settle(draft, job, "completed")
    draft.set_phase(job.step, job.phase, "progress", job.attempt - 1)


def _work_done(draft: Draft, job: Job, report: c.WorkDone) -> None:
    draft.close_messages(job.step, "interrupted")
    _settle(draft, job, "completed")
    done = phases.result(draft.run, job.step, job.phase, "completed", draft.at, summary=report.summary)
    draft.set_phase(job.step, job.phase, "completed", job.attempt, result=done)
    end_phase(draft, job.step)


def _work_failed(draft: Draft, job: Job, report: c.WorkFailed) -> None:
    draft.close_messages(job.step, "interrupted")
    problem = Problem(report.code, report.message, report.action, report.retryable, report.reference)
    _settle(draft, job, "failed", problem)
    passing = report.retryable and not report.final
    fail_phase(draft, job, problem, passing=passing, recovery=report.recovery)


def _settle(draft: Draft, job: Job, status: Literal["completed", "failed"], problem: Problem | None = None) -> None:
    token = draft.fence[1] if draft.fence else None
    draft.set_job(job, status, problem=problem)
    draft.change(c.Settle(job_id=job.job_id, token=token, status=status))


_REPORTS: Final[dict[type[Any], Callable[[Draft, Job, Any], None]]] = {
    c.ProgressMade: _progress,
    c.WaitBegun: _wait_begun,
    c.TroubleMet: _trouble_met,
    c.NotesTaken: take_up,
    c.MessageEnded: _message_ended,
    c.ToolCalled: _tool_called,
    c.FileWritten: _file_written,
    c.FileRefused: _file_refused,
    c.PersonAsked: _person_asked,
    c.BudgetReached: _budget_reached,
    c.WorkDone: _work_done,
    c.WorkFailed: _work_failed,
}
