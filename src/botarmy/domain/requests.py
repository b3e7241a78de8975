"""The rules about what is asked of people: opening a request, answering and withdrawing it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from botarmy.domain import commands as c
from botarmy.domain.approvals import decide_gate
from botarmy.domain.budget import amount, dollars
from botarmy.domain.draft import Draft
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Budget, Decision, Request, RequestState
from botarmy.domain.failure import decide_trouble
from botarmy.domain.run import PHASE_OPEN
from botarmy.domain.schedule import WITHDRAWN, go_on, queue_step, stop_the_rest
from botarmy.domain.texts import check_text
from botarmy.domain.toolgates import check_edited_call
from botarmy.domain.views import RequestView

_WHOSE: Final = {"run": "This project’s budget", "agent": "{agent}’s budget", "day": "The day’s budget"}
_DID: Final[dict[str, str]] = {
    "approve": "approved",
    "edit": "approved, with other arguments",
    "reject": "did not approve",
    "respond": "answered",
}
"""Of a question or a tool call; gates and budgets have words of their own."""
RAISE: Final = "Raise the budget"
STOP: Final = "Stop"


def answer_request(draft: Draft, command: c.AnswerRequest) -> None:
    request = next((r for r in draft.run.view.requests if r.request_id == command.request_id), None)
    if request is None:
        raise DomainError("unknown_request")
    if request.status != "open":
        raise DomainError("request_closed")
    if command.subject is not None and command.subject != request.subject:
        raise DomainError("request_stale", subject=request.subject or "")
    if request.budget is not None:
        _decide_budget(draft, request, request.budget, command)
        return
    if request.gate is not None and request.gate.when != "tool":
        decide_gate(draft, request, request.gate, command)
        return
    if request.kind == "question" and command.decision != "respond":
        raise DomainError("bad_decision", known="respond")
    if request.gate is not None and command.decision == "edit":
        check_edited_call(command.answer)
    answer = None
    if command.answer is not None or command.decision == "respond":
        answer = check_text(command.answer or "", c.NOTE_BYTES, "empty_note", "note_too_long")
    _close(draft, request, "answered", decision=command.decision, answer=answer)
    if request.trouble is not None:
        decide_trouble(draft, request, request.trouble, answer or "")
    else:
        _wake(draft, request)


# --- Budgets ----------------------------------------------------------------------------------------------------


def ask_for_budget(draft: Draft, step: str, budget: Budget, continuation: str | None) -> None:
    """The step waits until a person has decided."""
    name = draft.run.step(step).agent_name
    whose = _WHOSE[budget.scope].format(agent=name)
    figures = f"{dollars(budget.spent_usd)} of {dollars(budget.limit_usd)} are spent"
    prompt = f"{whose} is used up: {figures}. {name} waits until you decide."
    cheaper = [] if budget.model is None else [f"Go on with {budget.model}"]
    metadata = Request(
        request_id=draft.envelope.new_id(),
        kind="budget",
        status="open",
        step=step,
        prompt=prompt,
        options=(RAISE, *cheaper, STOP),
        subject=subject_of(budget),
        continuation=continuation,
        budget=budget,
    )
    draft.emit(metadata, prompt, name)
    draft.set_step(step, "waiting", f"{name} waits: {_lower(whose)} is used up", task="Waiting for a budget decision")


def go_on_after_all(draft: Draft, step: str, continuation: str | None) -> None:
    """A budget that was raised between the worker's look and its report: nobody has to be asked any more.

    The request says where to go on from, and is withdrawn at once.
    """
    name = draft.run.step(step).agent_name
    prompt = f"A budget of {name}’s was used up, and has been raised meanwhile."
    request_id = draft.envelope.new_id()
    asked = Request(
        request_id=request_id, kind="budget", status="open", step=step, prompt=prompt, continuation=continuation
    )
    draft.emit(asked, prompt, name)
    _close(draft, next(r for r in draft.run.view.requests if r.request_id == request_id), "withdrawn")
    queue_step(draft, draft.run.step(step))


def subject_of(budget: Budget) -> str:
    """The hash of what a person is shown and decides on."""
    shown = f"{budget.scope} {budget.limit_usd!r} {budget.spent_usd!r} {budget.model} {budget.day}"
    return hashlib.sha256(shown.encode()).hexdigest()


def _decide_budget(draft: Draft, request: RequestView, budget: Budget, command: c.AnswerRequest) -> None:
    """`approve`: go on with a higher limit; `edit`: the same with the cheaper model; `reject`: stop."""
    command = _chosen(request, command)
    known = ("approve", "edit", "reject") if budget.model else ("approve", "reject")
    if command.decision not in known:
        raise DomainError("bad_decision", known=", ".join(known))
    if command.decision == "reject":
        words = (command.answer or "").strip()
        answer = check_text(words, c.NOTE_BYTES, "empty_note", "note_too_long") if words else None
        _close(draft, request, "answered", decision="reject", answer=answer)
        _stop(draft, request, budget)
        return
    raised = _raised(budget, command.answer)
    decided = replace(budget, raised_to_usd=raised)
    closed = replace(request, budget=decided)
    _close(draft, closed, "answered", decision=command.decision, answer=f"{raised:.9f}".rstrip("0").rstrip("."))
    _wake(draft, request)


def _chosen(request: RequestView, command: c.AnswerRequest) -> c.AnswerRequest:
    """`respond` stands for one of the options, or for the new limit."""
    if command.decision != "respond":
        return command
    words = (command.answer or "").strip()
    if words not in request.options:
        return replace(command, decision="approve")
    decision: Decision = "reject" if words == STOP else "approve" if words == RAISE else "edit"
    return replace(command, decision=decision, answer=None)


def _raised(budget: Budget, answer: str | None) -> float:
    if answer is None or not answer.strip():
        return budget.suggested_usd
    raised = amount(answer)
    if raised is None or raised <= budget.spent_usd:
        spent, example = dollars(budget.spent_usd), f"{budget.suggested_usd:.9f}".rstrip("0").rstrip(".")
        raise DomainError("bad_budget", spent=spent, example=example)
    return raised


def _stop(draft: Draft, request: RequestView, budget: Budget) -> None:
    """An agent's budget stops its step, and the run goes on without it; any other one ends the run with what it has."""
    step = request.step
    assert step is not None  # noqa: S101 - budgets are asked for by steps alone
    name = draft.run.step(step).agent_name
    problem = DomainError("budget_stopped", agent=name).problem()
    draft.show(step, problem, "error")
    for phase in draft.run.step(step).phases:
        if phase.status in PHASE_OPEN:
            draft.set_phase(step, phase.phase, "error" if phase.status == "progress" else "skipped", phase.attempt)
    draft.set_step(step, "error", problem.message, task=problem.message)
    if budget.scope != "agent":
        stop_the_rest(draft, "was skipped: the budget is used up")
    go_on(draft)


# --- What they share --------------------------------------------------------------------------------------------


def _wake(draft: Draft, request: RequestView) -> None:
    at_work = any(job.step == request.step for job in draft.run.jobs)
    if request.step is not None and not at_work and draft.run.step(request.step).status == "waiting":
        queue_step(draft, draft.run.step(request.step))


def _close(
    draft: Draft,
    request: RequestView,
    status: RequestState,
    *,
    decision: Decision | None = None,
    answer: str | None = None,
) -> None:
    words = _told(draft, request, status, decision, answer)
    draft.close_request(request, status, words, decision=decision, answer=answer)


def _told(draft: Draft, request: RequestView, status: str, decision: str | None, answer: str | None) -> str:
    by, budget = draft.envelope.by, request.budget
    if status != "answered":
        return WITHDRAWN[request.kind]
    if budget is None:
        did = _DID[decision or "respond"]
        return f"{by} {did}: {answer}" if answer else f"{by} {did}"
    if decision == "reject":
        return f"{by} stopped it: the budget is used up"
    raised = f"{by} raised the budget to {dollars(budget.raised_to_usd or 0)}"
    return f"{raised}, with {budget.model} from now on" if decision == "edit" else raised


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:] if sentence.startswith(("This", "The")) else sentence
