"""Gates: where a run stands until a person has approved. What is shown there, and the asking.

What follows from the answer is in `approvals.py`. Nothing is ever approved by time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal

from botarmy.domain.draft import Draft
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Approval, Request, RequestKind, StepPlan
from botarmy.domain.gate import Edited, Gate, GateFile
from botarmy.domain.run import STEP_ENDED, Run
from botarmy.domain.views import MessageView, RequestView, StepView

ROUNDS: Final = 3
"""Sent back in this round, a thing is not done again by itself: a person is asked what now."""
FILES_SHOWN: Final = 50
EXCERPT_CHARACTERS: Final = 2_000
REQUESTS_OF_A_RUN: Final = 200
"""What asks on and on is stopped: the view holds as many requests, and none of them may get lost."""
AS_IT_IS: Final = "Approve it as it is"
ONCE_MORE: Final = "Try once more"
SKIP: Final = "Skip this step"
STOP: Final = "Stop the project"
FEEDBACK_KEPT: Final = 20
NO_REASON: Final = "It was sent back without a reason. Look at it again, and make it better."
WHAT_NOW: Final = (AS_IT_IS, ONCE_MORE, SKIP, STOP)


def with_approvals(plan: Sequence[StepPlan], wanted: Literal["none", "each"] | Sequence[str]) -> tuple[StepPlan, ...]:
    """The plan as whoever starts the run wants to be asked: never, about each step, or about these agents alone.

    What the team declares says when; where it declares nothing, it is after the work.

    Raises:
        DomainError: `unknown_agent`, for a name that is neither an agent's nor a step's.
    """
    if wanted in ("none", "each"):
        return tuple(replace(step, approval=(step.approval or "after") if wanted == "each" else None) for step in plan)
    chosen = {name.strip().casefold() for name in wanted}
    names = {name.casefold() for step in plan for name in (step.agent_name, step.step)}
    for name in wanted:
        if name.strip().casefold() not in names:
            known = ", ".join(dict.fromkeys(step.agent_name for step in plan))
            raise DomainError("unknown_agent", agent=name[:80], known=known)
    return tuple(replace(step, approval=(step.approval or "after") if chosen & _names(step) else None) for step in plan)


def _names(step: StepPlan) -> set[str]:
    return {step.agent_name.casefold(), step.step.casefold()}


# --- Asking -----------------------------------------------------------------------------------------------------


def ask_for_approval(draft: Draft, step: str, when: Approval) -> None:
    """The step waits until a person has decided. Where too much was asked already, it fails instead.

    Then others may follow: the caller looks.
    """
    if _asks_too_often(draft, step):
        return
    view = draft.run.step(step)
    name = view.agent_name
    gate = _shown(draft.run, step, when, _round(draft.run, step, when))
    again = f" This is round {gate.round} of {gate.rounds}." if gate.round > 1 else ""
    asked = f"{name} is done: {view.title}. May the team go on with it?" if when == "after" else f"May {name} begin?"
    _open(draft, draft.envelope.new_id(), "approval", step, f"{asked}{again}", (), gate)
    draft.set_step(step, "waiting", f"{name} waits for approval", task="Waiting for approval")


def ask_what_now(draft: Draft, request: RequestView, gate: Gate) -> None:
    """It was sent back as often as may be without anybody saying how to go on. As `ask_for_approval` otherwise."""
    assert request.step is not None  # noqa: S101 - gates belong to steps
    if _asks_too_often(draft, request.step):
        return
    name = draft.run.step(request.step).agent_name
    prompt = f"{name}’s part was sent back {gate.rounds} times. What now?"
    _open(draft, draft.envelope.new_id(), "question", request.step, prompt, WHAT_NOW, gate)


def _asks_too_often(draft: Draft, step: str) -> bool:
    if len(draft.run.view.requests) < REQUESTS_OF_A_RUN:
        return False
    name = draft.run.step(step).agent_name
    problem = DomainError("too_many_questions", agent=name, limit=REQUESTS_OF_A_RUN).problem()
    draft.show(step, problem, "error")
    for phase in draft.run.step(step).phases:
        if phase.status != "completed":
            draft.set_phase(step, phase.phase, "skipped", phase.attempt)
    draft.set_step(step, "error", problem.message, task=problem.message)
    return True


def refresh(draft: Draft) -> None:
    """Ask again, under the same id, where what is to be approved has changed meanwhile: old answers are stale."""
    for request, gate in tuple(open_gates(draft.run)):
        step = request.step or ""
        files = _files(draft.run, step, gate.when)
        now = replace(gate, artifacts=files[:FILES_SHOWN], more=max(0, len(files) - FILES_SHOWN))
        if _subject(now, files) != request.subject:
            draft.close_request(request, "withdrawn", "What is to be approved has changed")
            _open(draft, request.request_id, request.kind, step, request.prompt, request.options, now)


def hold_back(draft: Draft, step: str) -> None:
    """This step goes on: those that were about to begin after it are no longer."""
    for request, gate in tuple(open_gates(draft.run)):
        if gate.when == "before" and request.step and step in draft.run.planned(request.step).needs:
            name = draft.run.step(step).agent_name
            draft.close_request(request, "withdrawn", f"Withdrawn: {name} is at work again")
            waiting = draft.run.step(request.step)
            draft.set_step(waiting.step, "pending", f"{waiting.agent_name} waits for {name}")


def open_gates(run: Run) -> Iterator[tuple[RequestView, Gate]]:
    """Those of steps; a tool's are not among them."""
    return (
        (request, request.gate)
        for request in run.view.requests
        if request.status == "open" and request.gate is not None and request.gate.when != "tool"
    )


def _open(
    draft: Draft, request_id: str, kind: RequestKind, step: str, prompt: str, options: tuple[str, ...], gate: Gate
) -> None:
    metadata = Request(
        request_id=request_id,
        kind=kind,
        status="open",
        step=step,
        prompt=prompt,
        options=options,
        subject=_subject(gate, _files(draft.run, step, gate.when)),
        gate=gate,
    )
    draft.emit(metadata, prompt, draft.run.step(step).agent_name)


# --- What is shown ----------------------------------------------------------------------------------------------


def _shown(run: Run, step: str, when: Approval, round_: int) -> Gate:
    files = _files(run, step, when)
    message = _message(run, step, when)
    text = message.text if message else run.view.brief if when == "before" and not run.planned(step).needs else ""
    return Gate(
        when=when,
        round=round_,
        rounds=ROUNDS,
        artifacts=files[:FILES_SHOWN],
        more=max(0, len(files) - FILES_SHOWN),
        message_id=message.message_id if message else None,
        excerpt=text if len(text) <= EXCERPT_CHARACTERS else f"{text[: EXCERPT_CHARACTERS - 1]}…",
    )


def _files(run: Run, step: str, when: str) -> tuple[GateFile, ...]:
    """What the step wrote; before it begins, what those wrote that it comes after."""
    by = (step,) if when != "before" else run.planned(step).needs
    return tuple(GateFile(path=a.path, version=a.version, sha256=a.sha256) for a in run.view.artifacts if a.step in by)


def _message(run: Run, step: str, when: Approval) -> MessageView | None:
    by = (step,) if when == "after" else tuple(reversed(run.planned(step).needs))
    said = (last_message(run.step(one)) for one in by)
    return next((message for message in said if message is not None), None)


def last_message(view: StepView) -> MessageView | None:
    """What an agent said in the end, at its last attempt."""
    whole = [message for message in whole_messages(view) if message.phase == view.phases[-1].phase]
    return whole[-1] if whole else None


def whole_messages(view: StepView) -> Iterator[MessageView]:
    """Of each phase's last attempt, oldest first; what earlier attempts said does not stand any more."""
    attempts = {phase.phase: phase.attempt for phase in view.phases}
    return (
        message
        for message in view.messages
        if message.finish in ("complete", "fallback") and message.text and message.attempt == attempts[message.phase]
    )


def _subject(gate: Gate, files: Sequence[GateFile]) -> str:
    """The hash of what a person is shown and decides on."""
    shown = [gate.when, gate.round, gate.message_id, gate.excerpt, [[f.path, f.version, f.sha256] for f in files]]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


# --- What was decided before ------------------------------------------------------------------------------------


def _round(run: Run, step: str, when: Approval) -> int:
    last = latest_gate(run, step)
    if last is None or last.gate is None or last.gate.when != when:
        return 1
    if last.kind == "question" and last.status == "answered":
        return 1 if last.decision in ("approve", "edit") or last.answer in (SKIP, STOP) else last.gate.round
    if last.status == "withdrawn" or last.decision == "respond":
        return last.gate.round
    return last.gate.round + 1 if last.decision == "reject" else 1


def latest_gate(run: Run, step: str) -> RequestView | None:
    for request in reversed(run.view.requests):
        if request.step == step and request.gate is not None and request.gate.when != "tool":
            return request
    return None


def edited_reply(run: Run, step: str) -> str | None:
    """The SHA-256 of what the next agents are told instead of this step's own reply; None: its own stands."""
    last = latest_gate(run, step)
    edited = last.gate.edited if last and last.gate else None
    if edited is None or edited.of != "reply" or run.step(step).status not in STEP_ENDED:
        return None
    return next((a.sha256 for a in run.view.artifacts if a.path == edited.path), edited.sha256)


def edits(run: Run, step: str) -> Edited | None:
    """The file of this step that a person changed at its gate."""
    last = latest_gate(run, step)
    edited = last.gate.edited if last and last.gate else None
    return edited if edited is not None and edited.of == "file" else None


def feedback_for(run: Run, step: str) -> tuple[str, ...]:
    """What people said of this step's work when they sent it back, oldest first."""
    told = (_told(run, request, step) for request in run.view.requests)
    return tuple(words for words in told if words is not None)[-FEEDBACK_KEPT:]


def _told(run: Run, request: RequestView, step: str) -> str | None:
    gate = request.gate
    if gate is None or gate.when == "tool" or request.decision not in ("reject", "respond"):
        return None
    concerned = run.planned(request.step or "").needs if gate.when == "before" else (request.step,)
    if step not in concerned or request.answer in (AS_IT_IS, SKIP, STOP):
        return None
    if request.kind == "question":
        return None if request.answer == ONCE_MORE else request.answer
    return request.answer or NO_REASON
