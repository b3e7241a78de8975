"""What follows when a phase fails: an action of the recovery rules, told to the reader, or the end of its step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from botarmy.domain import phases
from botarmy.domain.draft import Draft
from botarmy.domain.errors import DomainError, Problem
from botarmy.domain.events import AgentResponse, PhaseState, Request, SystemNotice
from botarmy.domain.gates import REQUESTS_OF_A_RUN, SKIP, STOP
from botarmy.domain.recovery import (
    DEFAULT,
    Ask,
    Failure,
    FallBack,
    Recovery,
    Retry,
    RollBack,
    Skip,
    Stop,
    choose,
    going_back,
    tried,
)
from botarmy.domain.run import PHASE_OPEN, Job
from botarmy.domain.schedule import end_phase, go_on, queue_step, skip, stop_the_rest
from botarmy.domain.texts import issue_notice
from botarmy.domain.times import later
from botarmy.domain.trouble import Remedy, RemedyAction, Trouble
from botarmy.domain.views import RequestView

LONGEST_BACKOFF: Final = 3600.0
REASON_CHARACTERS: Final = 500
TRY_AGAIN: Final = "Try again"
OPTIONS: Final = (TRY_AGAIN, SKIP, STOP)


def fail_phase(draft: Draft, job: Job, problem: Problem, *, passing: bool, recovery: Recovery | None) -> None:
    """The job is over, and its phase has failed."""
    failure = Failure(step=job.step, phase=job.phase, problem=problem, passing=passing)
    may_ask = len(draft.run.view.requests) < REQUESTS_OF_A_RUN
    action, shown = choose(draft.run, failure, recovery or DEFAULT, may_ask=may_ask)
    if action is None:
        give_up(draft, job, shown)
    else:
        _ACTIONS[type(action)](draft, job, shown, action)


def give_up(draft: Draft, job: Job, problem: Problem) -> None:
    """The step ends in error, and the run goes on without it."""
    _end(draft, job, problem, "error", "go_on")
    draft.set_step(job.step, "error", problem.message, task=problem.message)
    _notice(draft, job.step)
    go_on(draft)


def _retry(draft: Draft, job: Job, problem: Problem, action: Retry) -> None:
    failure = Failure(step=job.step, phase=job.phase, problem=problem, passing=True)
    seconds = min(LONGEST_BACKOFF, action.backoff * 2 ** tried(draft.run, failure, "retry"))
    retry_at = later(draft.at, seconds)
    attempt = job.attempt + 1
    draft.show(job.step, problem, "warning")
    remedy = _remedy("retry", problem)
    draft.set_phase(job.step, job.phase, "pending", attempt, retry_at=retry_at, remedy=remedy)
    name = _name(draft, job.step)
    draft.set_step(job.step, "retrying", f"{name} tries again", attempt=attempt, retry_at=retry_at)
    draft.enqueue(job.step, job.phase, attempt, retry_at=retry_at)


def _fall_back(draft: Draft, job: Job, problem: Problem, action: FallBack) -> None:
    draft.show(job.step, problem, "warning")
    remedy = _remedy("fall_back", problem, action.target)
    if action.message is not None:
        _stand_in(draft, job, problem, action.message, remedy)
    elif action.team is not None:
        result = _result(draft, job, problem, "error")
        draft.set_phase(job.step, job.phase, "error", job.attempt, result=result, remedy=remedy)
        before = job.phase
        for phase in action.phases:
            draft.set_phase(job.step, phase, "pending", 0, after=before)
            before = phase
        _tell(draft, job.step, f"The team {action.team} does this part of {_name(draft, job.step)}’s work instead")
        queue_step(draft, draft.run.step(job.step))
    else:
        draft.set_phase(job.step, job.phase, "pending", job.attempt, remedy=remedy)
        who = f"with the model {action.model}" if action.model else f"as {_title(draft, action.agent)} would do it"
        _tell(draft, job.step, f"{_name(draft, job.step)} goes on {who}")
        queue_step(draft, draft.run.step(job.step))


def _stand_in(draft: Draft, job: Job, problem: Problem, message: str, remedy: Remedy) -> None:
    """A prepared message stands for the phase's work."""
    said = AgentResponse(
        step=job.step,
        phase=job.phase,
        attempt=job.attempt,
        message_id=draft.envelope.new_id(),
        started_at=draft.at,
        thinking="",
        finish="fallback",
    )
    draft.emit(said, message, _name(draft, job.step))
    result = _result(draft, job, problem, "completed")
    draft.set_phase(job.step, job.phase, "completed", job.attempt, result=result, remedy=remedy)
    _notice(draft, job.step)
    end_phase(draft, job.step)


def _roll_back(draft: Draft, job: Job, problem: Problem, action: RollBack) -> None:
    """From the phase that it goes back to on, what was done is done again, and its agent is told why."""
    view = draft.run.step(job.step)
    to = going_back(view, job.phase, action.to)
    names = [phase.phase for phase in view.phases]
    again = view.phases[names.index(to or job.phase) : names.index(job.phase) + 1]
    again = tuple(phase for phase in again if phase.status == "completed" or phase.phase == job.phase)
    draft.show(job.step, problem, "warning")
    for phase in again:
        remedy = _remedy("roll_back", problem, to) if phase.phase == job.phase else None
        draft.set_phase(job.step, phase.phase, "rolled_back", phase.attempt, remedy=remedy)
    for phase in again:
        draft.set_phase(job.step, phase.phase, "pending", phase.attempt)
    _tell(draft, job.step, f"{view.agent_name} goes back to {to}, because {job.phase} failed")
    queue_step(draft, draft.run.step(job.step))


def _skip(draft: Draft, job: Job, problem: Problem, _: Skip) -> None:
    _end(draft, job, problem, "skipped", "skip")
    draft.set_step(job.step, "skipped", f"{_name(draft, job.step)} was skipped")
    _notice(draft, job.step)
    go_on(draft)


def _ask(draft: Draft, job: Job, problem: Problem, _: Ask) -> None:
    """The step waits for a person, without a job."""
    name = _name(draft, job.step)
    draft.show(job.step, problem, "warning")
    draft.set_phase(job.step, job.phase, "progress", job.attempt, remedy=_remedy("ask", problem))
    phase = f" {job.phase}" if len(draft.run.step(job.step).phases) > 1 else ""
    prompt = f"{name} could not finish{phase}: {problem.message} What now?"
    asked = Request(
        request_id=draft.envelope.new_id(),
        kind="question",
        status="open",
        step=job.step,
        prompt=prompt,
        options=OPTIONS,
        trouble=Trouble(code=problem.code, phase=job.phase, attempt=job.attempt, reference=problem.reference),
    )
    draft.emit(asked, prompt, name)
    draft.set_step(job.step, "waiting", f"{name} waits for your decision", task="Waiting for your decision")


def _stop(draft: Draft, job: Job, problem: Problem, _: Stop) -> None:
    """The run ends with what it has."""
    _end(draft, job, problem, "error", "stop")
    draft.set_step(job.step, "error", problem.message, task=problem.message)
    _stop_run(draft, job.step)


_ACTIONS: Final[dict[type[Any], Callable[[Draft, Job, Problem, Any], None]]] = {
    Retry: _retry,
    FallBack: _fall_back,
    RollBack: _roll_back,
    Skip: _skip,
    Ask: _ask,
    Stop: _stop,
}


# --- What a person decided ----------------------------------------------------------------------------------------


def decide_trouble(draft: Draft, request: RequestView, trouble: Trouble, answer: str) -> None:
    """The request is answered. Words that are none of the options are for the agent, which tries again."""
    step = request.step
    assert step is not None  # noqa: S101 - trouble belongs to a step
    view = draft.run.step(step)
    if answer == SKIP:
        skip(draft, step)
    elif answer == STOP:
        problem = DomainError("stopped_by_person", agent=view.agent_name).problem()
        draft.show(step, problem, "error")
        _give_up_phases(draft, step)
        draft.set_step(step, "error", problem.message, task=problem.message)
        _stop_run(draft, step)
    else:
        draft.set_phase(step, trouble.phase, "pending", draft.run.phase(step, trouble.phase).attempt)
        queue_step(draft, draft.run.step(step))


# --- What they share ----------------------------------------------------------------------------------------------


def _end(draft: Draft, job: Job, problem: Problem, status: PhaseState, action: RemedyAction) -> None:
    """The phase ends without another try, and so do those after it."""
    result = _result(draft, job, problem, status)
    draft.set_phase(job.step, job.phase, status, job.attempt, result=result, remedy=_remedy(action, problem))
    _give_up_phases(draft, job.step)
    draft.show(job.step, problem, "warning" if status == "skipped" else "error")


def _give_up_phases(draft: Draft, step: str) -> None:
    for phase in draft.run.step(step).phases:
        if phase.status in PHASE_OPEN:
            draft.set_phase(step, phase.phase, "error" if phase.status == "progress" else "skipped", phase.attempt)


def _stop_run(draft: Draft, step: str) -> None:
    _tell(draft, step, f"The project stops, because {_name(draft, step)} could not finish")
    stop_the_rest(draft, "was skipped: the project was stopped")
    go_on(draft)


def _result(draft: Draft, job: Job, problem: Problem, status: PhaseState) -> dict[str, object]:
    return phases.result(draft.run, job.step, job.phase, status, draft.at, summary=problem.message, code=problem.code)


def _remedy(action: RemedyAction, problem: Problem, target: str | None = None) -> Remedy:
    return Remedy(action=action, code=problem.code, reason=problem.message[:REASON_CHARACTERS], target=target)


def _notice(draft: Draft, step: str) -> None:
    _tell(draft, step, issue_notice(_name(draft, step)))


def _tell(draft: Draft, step: str, words: str) -> None:
    draft.emit(SystemNotice(level="warning"), words, _name(draft, step))


def _name(draft: Draft, step: str) -> str:
    return draft.run.step(step).agent_name


def _title(draft: Draft, step: str | None) -> str:
    return next((view.agent_name for view in draft.run.view.steps if view.step == step), step or "")
