"""What an AG-UI client asks: its input, read as commands of ours. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from ag_ui.core import ResumeEntry, RunAgentInput, TextPart, UserMessage

from botarmy.domain.codec import clean_text
from botarmy.domain.errors import DomainError
from botarmy.domain.views import RequestView, RunView

OPTIONS: Final = "botarmy"
"""The key of `forwardedProps` that is ours: {team, title, options, after}."""
PAUSE: Final = "pause"
"""The id of the interrupt of a paused project: resolved, the project goes on."""
NO_ANSWER: Final = "I would rather not answer this. Decide it yourself, and say what you decided."


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the wire protocol, under an id that makes it happen once however often it is sent."""

    id: str
    name: str
    args: Mapping[str, object]


def run_id_of(user: str, thread_id: str) -> str:
    """The project that a thread of this user's starts: always the same one (UUIDv8)."""
    digest = bytearray(hashlib.sha256(json.dumps(["agui", user, thread_id]).encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(digest)))


def said_last(asked: RunAgentInput) -> UserMessage | None:
    """The person's newest message; None where the conversation does not end with one."""
    last = asked.messages[-1] if asked.messages else None
    return last if isinstance(last, UserMessage) else None


def text_of(message: UserMessage) -> str:
    """The message's words; pictures and files in it are left out."""
    if isinstance(message.content, str):
        return message.content
    return "\n\n".join(part.text for part in message.content if isinstance(part, TextPart))


def is_known(message: UserMessage, view: RunView) -> bool:
    """Whether the project has heard it already: as its brief, or as a note that the client knows from a snapshot."""
    notes = {note.note_id for note in view.notes}
    return message.id in notes or clean_text(text_of(message)).strip() == view.brief


def options_of(asked: RunAgentInput) -> Mapping[str, Any]:
    """Raises DomainError `bad_arguments`."""
    forwarded = asked.forwarded_props
    ours = forwarded.get(OPTIONS, {}) if isinstance(forwarded, dict) else {}
    if not isinstance(ours, dict):
        raise DomainError("bad_arguments", what=f"“forwardedProps.{OPTIONS}” is no object")
    return ours


def start(asked: RunAgentInput, message: UserMessage) -> Command:
    """Raises DomainError `bad_arguments`."""
    chosen = {key: value for key, value in options_of(asked).items() if key in ("team", "title", "options")}
    return Command(_id(asked.thread_id, "start", message.id), "start_run", {"brief": text_of(message), **chosen})


def note(asked: RunAgentInput, run_id: str, message: UserMessage) -> Command:
    args = {"run_id": run_id, "content": text_of(message)}
    return Command(_id(asked.thread_id, "note", message.id), "add_note", args)


def answers(asked: RunAgentInput, run_id: str, requests: Sequence[RequestView], paused: bool) -> list[Command]:
    """The answers of `resume`, which has to address all that is open, in its order.

    Raises:
        DomainError: `bad_arguments` where it leaves one out, `bad_decision` or what it says cannot be read.
    """
    entries = {entry.interrupt_id: entry for entry in asked.resume or ()}
    known = {request.request_id: request for request in requests}
    waiting = [request.request_id for request in requests if request.status == "open"] + [PAUSE] * paused
    left_out = [id_ for id_ in waiting if id_ not in entries]
    if left_out:
        raise DomainError("bad_arguments", what="“resume” leaves out something that the project waits for")
    return list(_answers(asked.thread_id, run_id, entries.values(), known))


def _answers(
    thread_id: str, run_id: str, entries: Iterable[ResumeEntry], known: Mapping[str, RequestView]
) -> Iterable[Command]:
    for entry in entries:
        id_ = _id(thread_id, entry.interrupt_id, entry.status, entry.payload)
        if entry.interrupt_id == PAUSE:
            if entry.status == "resolved":
                yield Command(id_, "resume_run", {"run_id": run_id})
        elif entry.interrupt_id in known:
            decision = _decision(known[entry.interrupt_id], entry)
            yield Command(id_, "answer_request", {"run_id": run_id, "request_id": entry.interrupt_id, **decision})
        else:
            raise DomainError("unknown_request")


def _decision(request: RequestView, entry: ResumeEntry) -> Mapping[str, object]:
    """What was decided: `payload` is {answer}, {approved, edited, feedback}, or a plain text or truth value."""
    if entry.status == "cancelled":
        return {"decision": "reject"} if request.kind == "approval" else _response(request, None)
    payload = entry.payload if isinstance(entry.payload, dict) else {"answer": entry.payload}
    if request.kind != "approval":
        return _response(request, payload.get("answer"))
    approved = payload.get("approved", payload.get("answer"))
    if not isinstance(approved, bool):
        raise DomainError("bad_arguments", what="“payload.approved” does not have the right form")
    edited, feedback = payload.get("edited"), payload.get("feedback")
    if approved:
        return {"decision": "approve"} if edited is None else {"decision": "edit", "answer": edited}
    return {"decision": "reject"} if feedback is None else {"decision": "reject", "answer": feedback}


def _response(request: RequestView, answer: object) -> Mapping[str, object]:
    if answer is None:
        answer = request.options[-1] if request.kind == "budget" and request.options else NO_ANSWER
    if not isinstance(answer, str | int | float):
        raise DomainError("bad_arguments", what="“payload.answer” does not have the right form")
    return {"decision": "respond", "answer": str(answer)}


def _id(*parts: object) -> str:
    return f"agui-{hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:40]}"
