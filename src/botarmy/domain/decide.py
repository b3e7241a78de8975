"""`decide`: what a command makes of a run, as events and changes to jobs, or why it is refused.

Pure: moments and ids come in with the envelope. Rules about people's commands stand here, those about workers in
`work.py`, and what follows from either in `schedule.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from botarmy.domain import commands as c
from botarmy.domain.attachments import check_given, kept
from botarmy.domain.draft import Decided, Draft
from botarmy.domain.edits import edit_artifact
from botarmy.domain.errors import DomainError
from botarmy.domain.events import RunCreated, RunStatus
from botarmy.domain.forks import begin_follow_up, begin_fork
from botarmy.domain.notes import add_note
from botarmy.domain.requests import answer_request
from botarmy.domain.run import STEP_ENDED, Run
from botarmy.domain.schedule import begin_again, end_steps, go_on, leave_phases, withdraw_requests
from botarmy.domain.texts import check_text, check_title, title_of
from botarmy.domain.work import begin_job, hand_back_job, lose_job, report_job


def decide(run: Run | None, run_id: str, command: c.Command, envelope: c.Envelope) -> Decided:
    """The events and job changes that `command` leads to.

    Args:
        run: the state by now; None for a run that does not exist, or not any more.

    Raises:
        DomainError: the command is refused; nothing happened.
    """
    draft = Draft(run, run_id, envelope)
    begin = _BEGINNINGS.get(type(command))
    if begin is not None:
        if run is not None:
            raise DomainError("illegal_transition", detail=f"{run_id} was started before")
        begin(draft, command)
        return draft.done()
    if run is None:
        raise DomainError("unknown_run", detail=run_id)
    if run.status == "deleted":
        raise DomainError("run_deleted")
    if run.newer and not isinstance(command, c.DeleteRun):
        raise DomainError("newer_version")
    _RULES[type(command)](draft, command)
    return draft.done()


def _start(draft: Draft, command: c.StartRun) -> None:
    brief = check_text(command.brief, c.BRIEF_BYTES, "empty_brief", "brief_too_long")
    attached = [kept(one, draft.keep(one.text.encode())) for one in check_given(command.attachments)]
    created = RunCreated(
        title=title_of(brief) if command.title is None else check_title(command.title),
        brief=brief,
        team=command.team,
        owner=draft.envelope.by,
        options=command.options,
        forked_from=None,
        steps=command.plan,
        definition=command.definition,
        attachments=tuple(attached),
    )
    draft.emit(created, f"“{created.title}” was created")
    draft.emit(RunStatus(status="running", by=draft.envelope.by), "The team starts")
    go_on(draft)


def _pause(draft: Draft, _: c.PauseRun) -> None:
    _must_be_under_way(draft.run)
    if draft.run.status == "paused":
        raise DomainError("run_already_paused")
    draft.decide("paused", "The project is paused")
    for job in [job for job in draft.run.jobs if job.status == "claimed"]:
        draft.hand_back(job, None)
        name = draft.run.step(job.step).agent_name
        draft.set_step(job.step, "queued", f"{name} is held", task="Held while the project is paused")


def _resume(draft: Draft, _: c.ResumeRun) -> None:
    _must_be_under_way(draft.run)
    if draft.run.status != "paused":
        raise DomainError("run_not_paused")
    draft.wakes = True
    draft.decide("running", "The project goes on")
    for step in [s for s in draft.run.view.steps if s.status == "queued" and s.task]:
        draft.set_step(step.step, "queued", f"{step.agent_name} is next")
    go_on(draft)


def _cancel(draft: Draft, _: c.CancelRun) -> None:
    _must_be_under_way(draft.run)
    draft.withdraw_jobs(draft.run.jobs)
    withdraw_requests(draft, None)
    open_steps = [step for step in draft.run.view.steps if step.status not in STEP_ENDED]
    end_steps(draft, open_steps, "cancelled", "was cancelled")
    draft.decide("cancelled", "The project was cancelled")


def _delete(draft: Draft, command: c.DeleteRun) -> None:
    """These events stay when all the others go, so they hold nobody's words: messages and requests are not closed."""
    if command.expired:
        if draft.run.ended:
            words = "The project was deleted: it had ended longer ago than this server keeps projects"
            draft.emit(RunStatus(status="deleted", by=draft.envelope.by, reason="retention"), words)
        return
    draft.cancel_jobs(draft.run.jobs)
    draft.decide("deleted", "The project was deleted")


def _retry_step(draft: Draft, command: c.RetryStep) -> None:
    step = draft.run.step(command.step)
    fell_back = any(of == step.step for of, _ in draft.run.fallbacks)
    if draft.run.status == "cancelled":
        raise DomainError("run_ended")
    if draft.run.status == "paused":
        raise DomainError("run_not_running")
    if step.status not in ("error", "skipped") and not (step.status == "completed" and fell_back):
        raise DomainError("step_not_retryable")
    if draft.run.ended:
        draft.decide("running", "The project goes on")
    begin_again(draft, step.step, decided=True)


def _skip_step(draft: Draft, command: c.SkipStep) -> None:
    _must_be_under_way(draft.run)
    step = draft.run.step(command.step)
    if step.status in STEP_ENDED:
        raise DomainError("step_not_skippable")
    draft.withdraw_jobs(job for job in draft.run.jobs if job.step == step.step)
    withdraw_requests(draft, step.step)
    leave_phases(draft, step, "skipped")
    draft.decide_step(step.step, "skipped", f"{step.agent_name} was skipped", step.attempt)
    go_on(draft)


def _must_be_under_way(run: Run) -> None:
    if run.ended:
        raise DomainError("run_ended")


_BEGINNINGS: Final[dict[type[Any], Callable[[Draft, Any], None]]] = {
    c.StartRun: _start,
    c.ForkRun: begin_fork,
    c.FollowUpRun: begin_follow_up,
}
_RULES: Final[dict[type[Any], Callable[[Draft, Any], None]]] = {
    c.PauseRun: _pause,
    c.ResumeRun: _resume,
    c.CancelRun: _cancel,
    c.DeleteRun: _delete,
    c.RetryStep: _retry_step,
    c.SkipStep: _skip_step,
    c.AnswerRequest: answer_request,
    c.AddNote: add_note,
    c.EditArtifact: edit_artifact,
    c.BeginJob: begin_job,
    c.ReportJob: report_job,
    c.HandBackJob: hand_back_job,
    c.LoseJob: lose_job,
}
