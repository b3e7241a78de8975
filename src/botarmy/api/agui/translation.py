"""A run's events, one after another, as events of AG-UI. Pure: whoever reads the log feeds it.

Agents become subagents, phases steps, open requests the interrupts with which an AG-UI run ends. AG-UI streams text by
adding to it alone: where a message turned out differently, a snapshot of all messages sets it right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    MessagesSnapshotEvent,
    ReasoningEndEvent,
    ReasoningMessageContentEvent,
    ReasoningMessageEndEvent,
    ReasoningMessageStartEvent,
    ReasoningStartEvent,
    RunErrorEvent,
    RunFinishedCancelledOutcome,
    RunFinishedEvent,
    RunFinishedInterruptOutcome,
    RunFinishedSuccessOutcome,
    RunStartedEvent,
    StateDeltaEvent,
    StateSnapshotEvent,
    StepFinishedEvent,
    StepStartedEvent,
    SubagentErrorEvent,
    SubagentFinishedEvent,
    SubagentFinishedSuspendedOutcome,
    SubagentStartedEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
    ToolCallEndEvent,
    ToolCallResultEvent,
    ToolCallStartEvent,
)

from botarmy.api.agui.picture import interrupts_of, messages_of, patch, reasoning_id, state_of, subagent_of
from botarmy.domain import events as e
from botarmy.domain.errors import DomainError
from botarmy.domain.fold import evolve
from botarmy.domain.run import STEP_ENDED, Run

VERSION: Final = "1.0"
OVER: Final = frozenset({"completed", "failed", "cancelled", "deleted", "waiting", "paused"})
"""The states of a project in which an AG-UI run ends: it is over, or goes on when a person says so."""


@dataclass(slots=True)
class _Message:
    """A message under way: what the client has of it."""

    subagent: str
    agent_name: str
    text: str = ""
    thinking: str = ""
    speaking: bool = False
    reasoning: bool = False


@dataclass(slots=True)
class Translation:
    """One AG-UI run: `opening`, then `told` for each event, then `ending` once `is_over`."""

    thread_id: str
    run_id: str
    run: Run
    """The project as the client knows it."""
    _subagents: dict[str, str] = field(default_factory=dict)
    """By step: the invocations under way."""
    _invoked: set[str] = field(default_factory=set)
    """All subagents of this stream: none is invoked twice."""
    _phases: dict[tuple[str, str], str] = field(default_factory=dict)
    """By step and phase: the subagent of each phase under way."""
    _messages: dict[str, _Message] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        return self.run.view.status in OVER

    def opening(self) -> Iterator[BaseEvent]:
        """Everything up to where the project stands, what is under way included."""
        yield RunStartedEvent(thread_id=self.thread_id, run_id=self.run_id, protocol_version=VERSION)
        yield StateSnapshotEvent(snapshot=state_of(self.run))
        yield MessagesSnapshotEvent(messages=messages_of(self.run))
        for step in self.run.view.steps:
            if step.status not in STEP_ENDED and step.started_at is not None:
                yield from self._enter(step.step)
            for phase in step.phases:
                if phase.status in ("started", "progress") and step.step in self._subagents:
                    yield from self._enter_phase(step.step, phase.phase)
            for call in step.tool_calls:
                if call.status == "started":
                    yield from self._begin_call(step.step, call.call_id, call.name)
            for message in step.messages:
                if message.finish is None:
                    held = self._open(message.message_id, step.step)
                    held.text, held.thinking = message.text, message.thinking

    def told(self, event: e.Event) -> Iterator[BaseEvent]:
        before = self.run
        self.run = evolve(before, event) or before
        if self._is_news(before, event):
            yield from self._translated(event)
        if not isinstance(event.metadata, e.AgentDelta):
            changes = list(patch(state_of(before), state_of(self.run)))
            if changes:
                yield StateDeltaEvent(delta=changes)

    def _is_news(self, before: Run, event: e.Event) -> bool:
        """False for what the fold passes over too: text of a message that has ended, and what is of no step here."""
        metadata = event.metadata
        step = getattr(metadata, "step", None)
        view = next((view for view in before.view.steps if view.step == step), None)
        if view is None or not isinstance(metadata, e.AgentDelta | e.AgentResponse):
            return step is None or view is not None
        return not any(m.message_id == metadata.message_id and m.finish is not None for m in view.messages)

    def ending(self) -> Iterator[BaseEvent]:
        """The last events: what is still under way is closed, then the AG-UI run."""
        view = self.run.view
        if view.status == "failed":
            yield RunErrorEvent(message=self._reason(), code="run_failed")
            return
        if view.status == "deleted":
            yield refusal(DomainError("run_deleted"))
            return
        yield from self._leave_all()
        if view.status == "cancelled":
            yield self._finished(outcome=RunFinishedCancelledOutcome())
        elif view.status == "completed":
            result = {"run_id": view.run_id, "outcome": view.outcome, "files": [a.path for a in view.artifacts]}
            yield self._finished(outcome=RunFinishedSuccessOutcome(), result=result)
        else:
            yield StateSnapshotEvent(snapshot=state_of(self.run))
            yield MessagesSnapshotEvent(messages=messages_of(self.run))
            yield self._finished(outcome=RunFinishedInterruptOutcome(interrupts=interrupts_of(self.run)))

    def _finished(self, **fields: Any) -> RunFinishedEvent:
        return RunFinishedEvent(thread_id=self.thread_id, run_id=self.run_id, **fields)

    def _reason(self) -> str:
        shown = [error.message for error in self.run.view.errors if error.severity == "error"]
        return shown[-1] if shown else "The project could not be finished."

    def _translated(self, event: e.Event) -> Iterator[BaseEvent]:
        match event.metadata:
            case e.AgentDelta() as delta:
                yield from self._streamed(delta, event.content)
            case e.AgentResponse() as response:
                yield from self._answered(response, event.content)
            case e.AgentStatus() as status:
                yield from self._worked(status, event.content)
            case e.PhaseStatus() as status:
                yield from self._passed(status)
            case e.ToolCall() as call:
                yield from self._called(call)
            case e.Note(taken_up_by=None) as note:
                yield TextMessageStartEvent(message_id=event.id, role="user", name=note.by)
                yield TextMessageContentEvent(message_id=event.id, delta=event.content)
                yield TextMessageEndEvent(message_id=event.id)
            case e.ErrorShown() as error:
                value = {"code": error.code, "message": event.content, "action": error.action, "step": error.step}
                yield CustomEvent(name="botarmy.notice", value=value)
            case e.SystemNotice():
                yield CustomEvent(name="botarmy.notice", value={"message": event.content})
            case _:
                pass

    # --- Agents and phases -----------------------------------------------------------------------------------

    def _worked(self, status: e.AgentStatus, content: str) -> Iterator[BaseEvent]:
        if status.status == "error":
            yield from self._leave(status.step, failed=content)
        elif status.status in STEP_ENDED:
            yield from self._leave(status.step)
        elif status.status in ("started", "thinking"):
            yield from self._enter(status.step)

    def _enter(self, step: str) -> Iterator[BaseEvent]:
        if step not in self._subagents:
            view = self.run.step(step)
            subagent = subagent_of(self.run, step)
            while subagent in self._invoked:
                subagent += "+"
            self._invoked.add(subagent)
            self._subagents[step] = subagent
            yield SubagentStartedEvent(subagent_run_id=subagent, name=view.agent_name, description=view.title)

    def _leave(self, step: str, failed: str | None = None) -> Iterator[BaseEvent]:
        """Close a step's invocation with all that is open in it; nothing where it is not under way."""
        subagent = self._subagents.pop(step, None)
        if subagent is None:
            return
        for message_id in [id_ for id_, message in self._messages.items() if message.subagent == subagent]:
            yield from self._close(message_id)
        for owner, phase in [key for key in self._phases if key[0] == step]:
            yield from self._leave_phase(owner, phase)
        if failed is not None:
            code = next((x.code for x in reversed(self.run.view.errors) if x.step == step), None)
            yield SubagentErrorEvent(subagent_run_id=subagent, message=failed, code=code)
            return
        asked = [r.request_id for r in self.run.view.requests if r.status == "open" and r.step == step]
        suspended = self.run.step(step).status not in STEP_ENDED
        outcome = SubagentFinishedSuspendedOutcome(interrupt_ids=asked or None) if suspended else None
        yield SubagentFinishedEvent(subagent_run_id=subagent, outcome=outcome)

    def _leave_all(self) -> Iterator[BaseEvent]:
        for step in tuple(self._subagents):
            yield from self._leave(step)

    def _passed(self, status: e.PhaseStatus) -> Iterator[BaseEvent]:
        if status.status == "started":
            yield from self._enter(status.step)
            yield from self._enter_phase(status.step, status.phase)
        elif status.status != "progress":
            yield from self._leave_phase(status.step, status.phase)

    def _enter_phase(self, step: str, phase: str) -> Iterator[BaseEvent]:
        if (step, phase) not in self._phases:
            self._phases[step, phase] = subagent = self._subagents[step]
            yield StepStartedEvent(step_name=_step_name(step, phase), subagent_run_id=subagent)

    def _leave_phase(self, step: str, phase: str) -> Iterator[BaseEvent]:
        subagent = self._phases.pop((step, phase), None)
        if subagent is not None:
            yield StepFinishedEvent(step_name=_step_name(step, phase), subagent_run_id=subagent)

    def _called(self, call: e.ToolCall) -> Iterator[BaseEvent]:
        if call.status == "started":
            yield from self._begin_call(call.step, call.call_id, call.name)
            return
        id_ = f"{call.step}.{call.call_id}"
        yield ToolCallResultEvent(
            message_id=f"{id_}.result",
            tool_call_id=id_,
            content=call.summary,
            subagent_run_id=self._subagents.get(call.step),
        )

    def _begin_call(self, step: str, call_id: str, name: str) -> Iterator[BaseEvent]:
        id_, subagent = f"{step}.{call_id}", self._subagents.get(step)
        yield ToolCallStartEvent(tool_call_id=id_, tool_call_name=name, subagent_run_id=subagent)
        yield ToolCallEndEvent(tool_call_id=id_, subagent_run_id=subagent)

    # --- Messages --------------------------------------------------------------------------------------------

    def _open(self, message_id: str, step: str) -> _Message:
        if message_id not in self._messages:
            name = self.run.step(step).agent_name
            subagent = self._subagents.get(step) or subagent_of(self.run, step)
            self._messages[message_id] = _Message(subagent, name)
        return self._messages[message_id]

    def _streamed(self, delta: e.AgentDelta, text: str) -> Iterator[BaseEvent]:
        message = self._open(delta.message_id, delta.step)
        held = message.text if delta.channel == "text" else message.thinking
        if delta.offset > len(held):
            return  # the pieces before it are gone from the log: the whole message follows
        if not text.startswith(held[delta.offset :]):
            self._hold(message, delta.channel, held[: delta.offset] + text)
            yield MessagesSnapshotEvent(messages=messages_of(self.run))
        elif delta.channel == "text":
            yield from self._speak(delta.message_id, message, text[len(held) - delta.offset :])
        else:
            yield from self._reason_on(delta.message_id, message, text[len(held) - delta.offset :])

    def _hold(self, message: _Message, channel: e.Channel, text: str) -> None:
        if channel == "text":
            message.text = text
        else:
            message.thinking = text

    def _answered(self, response: e.AgentResponse, text: str) -> Iterator[BaseEvent]:
        message = self._open(response.message_id, response.step)
        continues = text.startswith(message.text) and response.thinking.startswith(message.thinking)
        if continues:
            yield from self._reason_on(response.message_id, message, response.thinking[len(message.thinking) :])
            yield from self._speak(response.message_id, message, text[len(message.text) :])
        yield from self._close(response.message_id)
        if not continues:
            yield MessagesSnapshotEvent(messages=messages_of(self.run))

    def _reason_on(self, message_id: str, message: _Message, text: str) -> Iterator[BaseEvent]:
        if not text:
            return
        id_, message.thinking = reasoning_id(message_id), message.thinking + text
        if not message.reasoning:
            message.reasoning = True
            yield ReasoningStartEvent(message_id=id_, subagent_run_id=message.subagent)
            yield ReasoningMessageStartEvent(message_id=id_, role="reasoning", subagent_run_id=message.subagent)
        yield ReasoningMessageContentEvent(message_id=id_, delta=text, subagent_run_id=message.subagent)

    def _speak(self, message_id: str, message: _Message, text: str) -> Iterator[BaseEvent]:
        if not text:
            return
        yield from self._fall_silent(message_id, message)
        message.text += text
        if not message.speaking:
            message.speaking = True
            yield TextMessageStartEvent(
                message_id=message_id, name=message.agent_name, subagent_run_id=message.subagent
            )
        yield TextMessageContentEvent(message_id=message_id, delta=text, subagent_run_id=message.subagent)

    def _fall_silent(self, message_id: str, message: _Message) -> Iterator[BaseEvent]:
        """The end of the reasoning, where some is under way."""
        if message.reasoning:
            message.reasoning = False
            id_ = reasoning_id(message_id)
            yield ReasoningMessageEndEvent(message_id=id_, subagent_run_id=message.subagent)
            yield ReasoningEndEvent(message_id=id_, subagent_run_id=message.subagent)

    def _close(self, message_id: str) -> Iterator[BaseEvent]:
        message = self._messages.pop(message_id)
        yield from self._fall_silent(message_id, message)
        if message.speaking:
            yield TextMessageEndEvent(message_id=message_id, subagent_run_id=message.subagent)


def refusal(error: DomainError) -> RunErrorEvent:
    return RunErrorEvent(message=f"{error.message} {error.action}".strip(), code=error.code)


def _step_name(step: str, phase: str) -> str:
    return f"{step}: {phase}"
