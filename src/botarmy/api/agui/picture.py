"""A run as AG-UI's messages and state, and the difference between two states as a JSON patch (RFC 6902). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import quote

from ag_ui.core import AssistantMessage, Interrupt, Message, ReasoningMessage, UserMessage

from botarmy.api.agui.asked import PAUSE
from botarmy.domain.run import Run
from botarmy.domain.times import Timestamp
from botarmy.domain.views import MessageView, RequestView, StepView

STATE: Final = "botarmy"
"""The key of the state under which a project stands."""
_APPROVAL: Final = {
    "type": "object",
    "properties": {
        "approved": {"type": "boolean"},
        "edited": {"type": "string", "description": "What is to stand instead of what was shown."},
        "feedback": {"type": "string", "description": "What is to be done differently, where it is not approved."},
    },
    "required": ["approved"],
}


def subagent_of(run: Run, step: str, at: Timestamp | None = None) -> str:
    """The invocation of an agent, at a moment or (None) the newest: done again after it had failed, it is a new one."""
    errors = [error for error in run.view.errors if error.step == step and error.severity == "error"]
    failed = sum(at is None or error.timestamp < at for error in errors)
    return f"{run.view.run_id}.{step}.{failed + 1}"


def reasoning_id(message_id: str) -> str:
    return f"{message_id}.thinking"


def messages_of(run: Run) -> list[Message]:
    """The brief, the notes and what the agents said, in the order of time."""
    view = run.view
    said = [(view.created_at, _user(f"{view.run_id}.brief", view.brief, view.owner))]
    said += [(note.timestamp, _user(note.note_id, note.content, note.by)) for note in view.notes]
    said += [(m.started_at, message) for step in view.steps for m in step.messages for message in _spoken(run, step, m)]
    return [message for _, message in sorted(said, key=lambda timed: timed[0])]


def _user(id_: str, text: str, by: str) -> Message:
    return UserMessage(id=id_, content=text, name=by)


def _spoken(run: Run, step: StepView, message: MessageView) -> Iterator[Message]:
    subagent = subagent_of(run, step.step, message.started_at)
    if message.thinking:
        yield ReasoningMessage(id=reasoning_id(message.message_id), content=message.thinking, subagent_run_id=subagent)
    if message.text:
        yield AssistantMessage(
            id=message.message_id, content=message.text, name=step.agent_name, subagent_run_id=subagent
        )


def state_of(run: Run) -> dict[str, Any]:
    view = run.view
    steps = [
        {
            "step": step.step,
            "agent_name": step.agent_name,
            "title": step.title,
            "status": step.status,
            "task": step.task,
            "progress": step.progress,
            "retry_at": step.retry_at,
        }
        for step in view.steps
    ]
    artifacts = [
        {
            "path": artifact.path,
            "version": artifact.version,
            "size": artifact.size,
            "media_type": artifact.media_type,
            "url": f"/api/runs/{view.run_id}/artifacts/{quote(artifact.path)}?version={artifact.version}",
        }
        for artifact in view.artifacts
    ]
    project = {
        "run_id": view.run_id,
        "title": view.title,
        "team": view.team,
        "status": view.status,
        "outcome": view.outcome,
        "steps": steps,
        "artifacts": artifacts,
        "usage": asdict(view.usage),
        "requests": [request.request_id for request in view.requests if request.status == "open"],
    }
    return {STATE: project}


def interrupts_of(run: Run) -> list[Interrupt]:
    """What the project waits for, from a person."""
    open_ = [_interrupt(run, request) for request in run.view.requests if request.status == "open"]
    if run.status == "paused":
        open_.append(Interrupt(id=PAUSE, reason="botarmy:paused", message="The project is paused."))
    return open_


def _interrupt(run: Run, request: RequestView) -> Interrupt:
    return Interrupt(
        id=request.request_id,
        reason={"approval": "confirmation", "question": "input_required"}.get(request.kind, f"botarmy:{request.kind}"),
        message=request.prompt,
        response_schema=_APPROVAL if request.kind == "approval" else _answer(request.options),
        subagent_run_id=subagent_of(run, request.step) if request.step else None,
        metadata={
            "kind": request.kind,
            "options": list(request.options),
            "subject": request.subject,
            **({} if request.gate is None else {"gate": asdict(request.gate)}),
        },
    )


def _answer(options: Sequence[str]) -> dict[str, Any]:
    answer = {"type": "string", **({"examples": list(options)} if options else {})}
    return {"type": "object", "properties": {"answer": answer}, "required": ["answer"]}


def patch(before: object, after: object, path: str = "") -> Iterator[Mapping[str, Any]]:
    """The operations that make `after` of `before`: two values of JSON. Lists change as a whole once their length does,
    but for what is added at their end."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        for key in after:
            yield from patch(before[key], after[key], f"{path}/{_escaped(key)}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) <= len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=False)):
            yield from patch(old, new, f"{path}/{index}")
        for new in after[len(before) :]:
            yield {"op": "add", "path": f"{path}/-", "value": new}
    else:
        yield {"op": "replace", "path": path, "value": after}


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
