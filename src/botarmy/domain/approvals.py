"""What people decide at a gate: approve, edit, send back with a word, or say something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from botarmy.domain import commands as c
from botarmy.domain.draft import Draft
from botarmy.domain.edits import check_content, edit_file, edit_reply, is_text
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Decision
from botarmy.domain.gate import Edited, Gate
from botarmy.domain.gates import AS_IT_IS, ONCE_MORE, SKIP, STOP, ask_for_approval, ask_what_now
from botarmy.domain.notes import add_note
from botarmy.domain.schedule import begin_again, complete_step, go_on, leave_phases, queue_step, skip, stop_the_rest
from botarmy.domain.texts import check_text
from botarmy.domain.views import RequestView


def decide_gate(draft: Draft, request: RequestView, gate: Gate, command: c.AnswerRequest) -> None:
    step = request.step
    assert step is not None  # noqa: S101 - gates belong to steps
    if request.kind == "question":
        _what_now(draft, request, step, gate, command)
    else:
        _DECISIONS[command.decision](draft, request, step, gate, command)


def _what_now(draft: Draft, request: RequestView, step: str, gate: Gate, command: c.AnswerRequest) -> None:
    """It was sent back too often. Words that are none of the options go to the agent, which tries once more."""
    words = _words(command)
    chosen = words if command.decision == "respond" else None
    if command.decision == "edit":
        _edit(draft, request, step, gate, command)
    elif command.decision == "approve" or chosen == AS_IT_IS:
        _approve(draft, request, step, gate, replace(command, decision="approve"))
    elif chosen in (SKIP, STOP):
        _answered(draft, request, "respond", chosen, f"{draft.envelope.by} decided: {chosen}")
        (skip if chosen == SKIP else _stop)(draft, step)
    else:
        answer = _needed(command) if command.decision == "respond" else words
        told = f": {answer}" if answer and answer != ONCE_MORE else ""
        _answered(draft, request, command.decision, answer, f"{draft.envelope.by} wants it tried once more{told}")
        _again(draft, step, gate)


def _approve(draft: Draft, request: RequestView, step: str, gate: Gate, command: c.AnswerRequest) -> None:
    answer = _words(command) if command.answer not in (None, AS_IT_IS) else None
    _answered(draft, request, "approve", answer, f"{draft.envelope.by} approved{f': {answer}' if answer else ''}")
    _pass(draft, step, gate)


def _edit(draft: Draft, request: RequestView, step: str, gate: Gate, command: c.AnswerRequest) -> None:
    """After the work: the edited text stands instead. Before it: the words are for the agent that begins."""
    if command.answer is None:
        raise DomainError("empty_edit")
    if gate.when == "before":
        words = _needed(command)
        _answered(draft, request, "edit", words, f"{draft.envelope.by} approved, with a word: {words}")
        add_note(draft, c.AddNote(content=words, step=step))
    else:
        edited = _edited(draft, step, command.path, check_content(command.answer))
        closed = replace(request, gate=replace(gate, edited=edited))
        _answered(draft, closed, "edit", None, f"{draft.envelope.by} edited {edited.path}, and approved it")
    _pass(draft, step, gate)


def _edited(draft: Draft, step: str, path: str | None, content: bytes) -> Edited:
    files = [artifact for artifact in draft.run.view.artifacts if artifact.step == step]
    if path is None:
        held = next((artifact for artifact in files if is_text(artifact.media_type)), None)
    else:
        held = next((artifact for artifact in files if artifact.path == path), None)
        if held is None:
            raise DomainError("unknown_artifact", detail=path)
    return edit_reply(draft, step, content) if held is None else edit_file(draft, held, content)


def _send_back(draft: Draft, request: RequestView, step: str, gate: Gate, command: c.AnswerRequest) -> None:
    answer = _words(command)
    _answered(draft, request, "reject", answer, f"{draft.envelope.by} sent it back{f': {answer}' if answer else ''}")
    if gate.when == "before" and not draft.run.planned(step).needs:
        skip(draft, step)
    elif gate.round >= gate.rounds:
        ask_what_now(draft, request, gate)
        go_on(draft)
    else:
        _again(draft, step, gate)


def _respond(draft: Draft, request: RequestView, step: str, gate: Gate, command: c.AnswerRequest) -> None:
    """Neither yes nor no: the words are taken up, and it is asked again in the same round."""
    answer = _needed(command)
    _answered(draft, request, "respond", answer, f"{draft.envelope.by} said: {answer}")
    if gate.when == "before" and not draft.run.planned(step).needs:
        add_note(draft, c.AddNote(content=answer, step=step))
        ask_for_approval(draft, step, "before")
        go_on(draft)
    else:
        _again(draft, step, gate)


# --- What follows -----------------------------------------------------------------------------------------------


def _pass(draft: Draft, step: str, gate: Gate) -> None:
    if gate.when == "before":
        queue_step(draft, draft.run.step(step))
    else:
        complete_step(draft, step)
    go_on(draft)


def _again(draft: Draft, step: str, gate: Gate) -> None:
    """Who did it does it again: the step itself or, before it began, those that it comes after."""
    if gate.when == "after" or not draft.run.planned(step).needs:
        begin_again(draft, step)
        return
    name = draft.run.step(step).agent_name
    draft.set_step(step, "pending", f"{name} waits until that is done again")
    for need in draft.run.planned(step).needs:
        begin_again(draft, need)


def _stop(draft: Draft, step: str) -> None:
    problem = DomainError("not_approved", agent=draft.run.step(step).agent_name).problem()
    draft.show(step, problem, "error")
    leave_phases(draft, draft.run.step(step), "skipped")
    draft.set_step(step, "error", problem.message, task=problem.message)
    stop_the_rest(draft, "was skipped: the project was stopped")
    go_on(draft)


def _answered(draft: Draft, request: RequestView, decision: Decision, answer: str | None, words: str) -> None:
    draft.close_request(request, "answered", words, decision=decision, answer=answer)


def _words(command: c.AnswerRequest) -> str | None:
    """What was said, where something was."""
    if command.answer is None or not command.answer.strip():
        return None
    return _needed(command)


def _needed(command: c.AnswerRequest) -> str:
    return check_text(command.answer or "", c.NOTE_BYTES, "empty_note", "note_too_long")


_Rule = Callable[[Draft, RequestView, str, Gate, c.AnswerRequest], None]
_DECISIONS: Final[dict[Decision, _Rule]] = {
    "approve": _approve,
    "edit": _edit,
    "reject": _send_back,
    "respond": _respond,
}
