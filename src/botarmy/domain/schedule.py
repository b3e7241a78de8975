"""What follows when a step or a run may go on: the next steps, the next phase, or the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

from botarmy.domain.draft import Draft
from botarmy.domain.events import RequestKind, RunStatus
from botarmy.domain.gates import ask_for_approval, hold_back, refresh
from botarmy.domain.run import PHASE_OPEN, STEP_ENDED, Run, replaced
from botarmy.domain.views import StepView

WITHDRAWN: Final[Mapping[RequestKind, str]] = MappingProxyType(
    {
        "approval": "No approval is needed any more",
        "question": "The question was withdrawn",
        "budget": "No decision about the budget is needed any more",
    }
)
"""What is said where nobody has to decide any longer, by what was asked."""


def go_on(draft: Draft) -> None:
    """Queue every step whose needs have ended, unless the run is paused; where all steps have ended, end the run.

    A step with a gate before it waits there. A paused run of which nothing is left has nothing to be held: it ends too.
    """
    if draft.run.status not in ("running", "paused"):
        return
    if draft.run.status == "running":
        _begin_what_may(draft)
    if all(view.status in STEP_ENDED for view in draft.run.view.steps):
        _end(draft)


def _begin_what_may(draft: Draft) -> None:
    refresh(draft)
    while (view := _next(draft.run)) is not None:
        if draft.run.planned(view.step).approval == "before":
            ask_for_approval(draft, view.step, "before")
        else:
            queue_step(draft, view)


def _next(run: Run) -> StepView | None:
    """A step that nobody has begun, and that may begin."""
    ended = {view.step for view in run.view.steps if view.status in STEP_ENDED}
    pending = (view for view in run.view.steps if view.status == "pending")
    return next((view for view in pending if ended.issuperset(view.needs)), None)


def begin_again(draft: Draft, step: str, *, decided: bool = False) -> None:
    """Do the step again from the first phase on that is not done, or was done by a prepared message; where all of
    them are done, the last one."""
    unsettle(draft, step)
    queue_step(draft, draft.run.step(step), decided=decided)


def unsettle(draft: Draft, step: str) -> None:
    view = draft.run.step(step)
    fell_back = {phase for of, phase in draft.run.fallbacks if of == step}
    settled = [
        (phase.status == "completed" and phase.phase not in fell_back) or replaced(view, phase.phase)
        for phase in view.phases
    ]
    first = settled.index(False) if False in settled else len(settled) - 1
    for phase in [phase for phase in view.phases[first:] if not replaced(view, phase.phase)]:
        draft.set_phase(step, phase.phase, "pending", phase.attempt)


def queue_step(draft: Draft, view: StepView, *, decided: bool = False) -> None:
    """Queue the step's first phase that is not done. `decided`: because a person wants it.

    What waits for approval to begin after it waits for it again.
    """
    hold_back(draft, view.step)
    phase = next(p for p in view.phases if p.status in PHASE_OPEN)
    attempt = phase.attempt + 1
    if decided:
        draft.decide_step(view.step, "queued", f"{view.agent_name} is next", attempt)
    else:
        draft.set_step(view.step, "queued", f"{view.agent_name} is next", attempt=attempt)
    draft.enqueue(view.step, phase.phase, attempt)


def end_phase(draft: Draft, step: str) -> None:
    """A phase is completed: the next one is queued, or the step ends and others follow, once it is approved."""
    view = draft.run.step(step)
    if any(phase.status in PHASE_OPEN for phase in view.phases):
        queue_step(draft, view)
        return
    if draft.run.planned(step).approval == "after":
        ask_for_approval(draft, step, "after")
        if draft.run.step(step).status == "waiting":
            return
    else:
        complete_step(draft, step)
    go_on(draft)


def complete_step(draft: Draft, step: str) -> None:
    draft.set_step(step, "completed", f"{draft.run.step(step).agent_name} has finished", progress=1.0)


def skip(draft: Draft, step: str) -> None:
    """A person does without this step, which waits for them: nobody works on it."""
    end_steps(draft, [draft.run.step(step)], "skipped", "was skipped")
    go_on(draft)


def end_steps(draft: Draft, views: Sequence[StepView], status: Literal["skipped", "cancelled"], words: str) -> None:
    """End steps that nobody works on any more."""
    for view in views:
        leave_phases(draft, view, status)
        draft.set_step(view.step, status, f"{view.agent_name} {words}")


def stop_the_rest(draft: Draft, words: str) -> None:
    """Nothing more begins in this run, and what is under way ends: it ends with what it has."""
    withdraw_requests(draft, None)
    draft.withdraw_jobs(draft.run.jobs)
    end_steps(draft, [view for view in draft.run.view.steps if view.status not in STEP_ENDED], "skipped", words)


def withdraw_requests(draft: Draft, step: str | None) -> None:
    """Those of one step; None: all."""
    for request in draft.run.view.requests:
        if request.status == "open" and step in (None, request.step):
            draft.close_request(request, "withdrawn", WITHDRAWN[request.kind])


def leave_phases(draft: Draft, step: StepView, status: Literal["skipped", "cancelled"]) -> None:
    for phase in step.phases:
        if phase.status in PHASE_OPEN:
            draft.set_phase(step.step, phase.phase, status, phase.attempt)


def _end(draft: Draft) -> None:
    steps = draft.run.view.steps
    completed = [view for view in steps if view.status == "completed"]
    if not completed:
        draft.emit(RunStatus(status="failed"), "The project failed: no step could be completed")
        return
    whole = not draft.run.fallbacks and all(view.status in ("completed", "skipped") for view in steps)
    if whole:
        draft.emit(RunStatus(status="completed", outcome="succeeded"), "The project is complete")
    else:
        draft.emit(RunStatus(status="completed", outcome="partial"), "The project has ended; parts of it are missing")
