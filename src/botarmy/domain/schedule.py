"""What follows when a step or a run may go on: the next steps, the next phase, or the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from botarmy.domain.draft import Draft
from botarmy.domain.events import RunStatus
from botarmy.domain.run import STEP_ENDED
from botarmy.domain.views import StepView


def go_on(draft: Draft) -> None:
    """Queue every step whose needs have ended; where all steps have ended, end the run. A paused one is held."""
    if draft.run.status != "running":
        return
    steps = {view.step: view for view in draft.run.view.steps}
    for view in steps.values():
        if view.status == "pending" and all(steps[need].status in STEP_ENDED for need in view.needs):
            queue_step(draft, view)
    if all(view.status in STEP_ENDED for view in draft.run.view.steps):
        _end(draft)


def queue_step(draft: Draft, view: StepView, *, decided: bool = False) -> None:
    """Queue the step's first phase that is not done. `decided`: because a person wants it."""
    phase = next(p for p in view.phases if p.status != "completed")
    attempt = phase.attempt + 1
    if decided:
        draft.decide_step(view.step, "queued", f"{view.agent_name} is next", attempt)
    else:
        draft.set_step(view.step, "queued", f"{view.agent_name} is next", attempt=attempt)
    draft.enqueue(view.step, phase.phase, attempt)


def end_phase(draft: Draft, step: str) -> None:
    """A phase is completed: the next one is queued, or the step ends and others follow."""
    view = draft.run.step(step)
    if any(phase.status != "completed" for phase in view.phases):
        queue_step(draft, view)
        return
    draft.set_step(step, "completed", f"{view.agent_name} has finished", progress=1.0)
    go_on(draft)


def end_steps(draft: Draft, views: Sequence[StepView], status: Literal["skipped", "cancelled"], words: str) -> None:
    """End steps that nobody works on any more."""
    for view in views:
        leave_phases(draft, view, status)
        draft.set_step(view.step, status, f"{view.agent_name} {words}")


def leave_phases(draft: Draft, step: StepView, status: Literal["skipped", "cancelled"]) -> None:
    for phase in step.phases:
        if phase.status != "completed":
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
