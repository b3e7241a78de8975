"""Runs that go on from other runs: again from a step, or with a new brief over what was built.

The new run's log tells all of it: what it shares with the other one stands in it as events of its own, under the time
at which it happened there. So it stays whole when the other run is deleted. What the other run's model calls cost is
not counted again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from botarmy.domain import commands as c
from botarmy.domain.briefing import built
from botarmy.domain.draft import Draft
from botarmy.domain.errors import DomainError
from botarmy.domain.events import (
    AgentResponse,
    AgentStatus,
    ArtifactWritten,
    ErrorShown,
    Event,
    Note,
    PhaseStatus,
    Request,
    RunCreated,
    RunStatus,
    StepState,
    ToolCall,
)
from botarmy.domain.fold import artifact_view
from botarmy.domain.gates import latest_gate
from botarmy.domain.origins import Before
from botarmy.domain.run import Run
from botarmy.domain.schedule import go_on
from botarmy.domain.shown import shown_of
from botarmy.domain.texts import check_text, check_title, title_of
from botarmy.domain.times import elapsed_ms
from botarmy.domain.views import ArtifactView, ErrorView, MessageView, NoteView, RequestView, StepView, ToolCallView

SHARED_EVENTS: Final = 2_000
"""What a new run begins with is one commit: more is refused."""
SHARED_CHARACTERS: Final = 4 * 1024 * 1024
"""Of messages, the newest; older ones are left out."""
TOOL_CALLS_SHARED: Final = 50
"""Of a step, the newest."""
BEFORE_KEPT: Final = 5
"""Of so many runs a follow-up of follow-ups knows: the newest."""
DONE: Final[frozenset[StepState]] = frozenset({"completed", "error", "skipped"})
"""A step in one of these states has left what there is of it. One that was cancelled has not."""


def begin_fork(draft: Draft, command: c.ForkRun) -> None:
    source = command.source
    shared = shared_steps(source, command.step)
    brief = source.view.brief if command.brief is None else _checked(command.brief)
    title = source.view.title if command.title is None else check_title(command.title)
    _create(draft, source, brief, title, command.options, source.view.before)
    room = SHARED_CHARACTERS
    for step in reversed([step for step in source.view.steps if step.step in shared]):
        room = _share_step(draft, step, [error for error in source.view.errors if error.step == step.step], room)
    for artifact in command.artifacts:
        _share_file(draft, artifact, artifact.step if artifact.step in shared else None)
    for step_id in sorted(shared):
        _share_edit(draft, latest_gate(source, step_id))
    for note in source.view.notes:
        _share_note(draft, note)
    name = source.step(command.step).agent_name
    _begin(draft, f"The team goes on from {name}’s part of “{source.view.title}”")


def begin_follow_up(draft: Draft, command: c.FollowUpRun) -> None:
    source = command.source
    _check_source(source)
    if not source.ended:
        raise DomainError("run_not_ended")
    brief = _checked(command.brief)
    title = title_of(brief) if command.title is None else check_title(command.title)
    view = source.view
    last = Before(run_id=view.run_id, title=view.title, brief=view.brief, built=built(source))
    _create(draft, source, brief, title, command.options, (*view.before, last)[-BEFORE_KEPT:])
    for artifact in view.artifacts:
        _share_file(draft, artifact, None)
    _begin(draft, f"The team goes on from what “{view.title}” left")


def shared_steps(source: Run, step: str) -> frozenset[str]:
    """The steps that a run again from `step` shares: those that are done and do not build on it.

    Raises:
        DomainError: `unknown_step`, or `step_not_reached` where one that it builds on is not done.
    """
    _check_source(source)
    steps = {view.step: view for view in source.view.steps}
    needed = _reached(source.step(step).needs, lambda name: steps[name].needs)
    if any(steps[name].status not in DONE for name in needed):
        raise DomainError("step_not_reached")
    dependents = {name: [view.step for view in source.view.steps if name in view.needs] for name in steps}
    again = _reached((step,), lambda name: dependents[name])
    rest = {name for name in steps if name not in again}
    # A step is shared only with all that it builds on, or else it would stand on what is not there yet.
    return frozenset(
        name
        for name in rest
        if all(steps[one].status in DONE for one in _reached((name,), lambda one: steps[one].needs))
    )


def left_by(events: Iterable[Event], shared: Collection[str]) -> tuple[ArtifactView, ...]:
    """Each path as the shared steps, or people, left it last; sorted by path. What other steps wrote is left out."""
    found: dict[str, ArtifactView] = {}
    for event in events:
        m = event.metadata
        if isinstance(m, ArtifactWritten) and (m.step is None or m.step in shared):
            found[m.path] = artifact_view(event, m)
    return tuple(found[path] for path in sorted(found))


def _reached(names: Iterable[str], onward: Any) -> set[str]:
    """These, and whatever is reached from them."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(onward(name))
    return found


def _check_source(source: Run) -> None:
    if source.newer:
        raise DomainError("newer_version")


def _checked(brief: str) -> str:
    return check_text(brief, c.BRIEF_BYTES, "empty_brief", "brief_too_long")


def _create(
    draft: Draft, source: Run, brief: str, title: str, options: Mapping[str, Any], before: tuple[Before, ...]
) -> None:
    created = RunCreated(
        title=title,
        brief=brief,
        team=source.view.team,
        owner=draft.envelope.by,
        options=options,
        forked_from=source.view.run_id,
        steps=source.plan,
        definition=source.definition,
        before=before,
        imported=source.view.imported,
        attachments=source.view.attachments,
        shown=shown_of(source),
    )
    draft.emit(created, f"“{title}” was created")


def _begin(draft: Draft, words: str) -> None:
    draft.emit(RunStatus(status="running", by=draft.envelope.by), words)
    if draft.size > SHARED_EVENTS:
        raise DomainError("too_much_to_share", limit=SHARED_EVENTS)
    go_on(draft)


def _share_step(draft: Draft, step: StepView, errors: Iterable[ErrorView], room: int) -> int:
    """Returns how many characters of messages there is still room for."""
    if step.started_at is not None:
        started = AgentStatus(step=step.step, status="started", attempt=step.attempt)
        draft.take_over(started, f"{step.agent_name} has started", step.agent_name, step.started_at)
    for call in step.tool_calls[-TOOL_CALLS_SHARED:]:
        _share_call(draft, step, call)
    kept: list[MessageView] = []
    for message in reversed(step.messages):
        room -= len(message.text) + len(message.thinking)
        if message.finish is not None and room >= 0:
            kept.append(message)
    for message in reversed(kept):
        _share_message(draft, step, message)
    for error in errors:
        _share_error(draft, step, error)
    _share_end(draft, step)
    return room


def _share_call(draft: Draft, step: StepView, call: ToolCallView) -> None:
    over = ToolCall(step=step.step, call_id=call.call_id, name=call.name, status=call.status, summary=call.summary)
    # Both, so that whoever reads calls as they happen finds a beginning to each end.
    draft.take_over(replace(over, status="started"), call.summary, step.agent_name, call.started_at)
    if call.status != "started":
        draft.take_over(over, call.summary, step.agent_name, call.ended_at)


def _share_message(draft: Draft, step: StepView, message: MessageView) -> None:
    response = AgentResponse(
        step=step.step,
        phase=message.phase,
        attempt=message.attempt,
        message_id=message.message_id,
        started_at=message.started_at,
        thinking=message.thinking,
        finish=message.finish or "interrupted",
        model=message.model,
    )
    draft.take_over(response, message.text, step.agent_name, message.ended_at)


def _share_error(draft: Draft, step: StepView, error: ErrorView) -> None:
    shown = ErrorShown(
        code=error.code,
        severity=error.severity,
        retryable=error.retryable,
        action=error.action,
        reference=error.reference,
        step=step.step,
    )
    draft.take_over(shown, error.message, step.agent_name, error.timestamp)


def _share_end(draft: Draft, step: StepView) -> None:
    before: str | None = None
    for phase in step.phases:
        status = PhaseStatus(
            step=step.step,
            phase=phase.phase,
            status=phase.status,
            attempt=phase.attempt,
            progress=phase.progress,
            result=phase.result,
            after=before if phase.phase not in draft.run.planned(step.step).phases else None,
        )
        before = phase.phase
        draft.take_over(status, f"{step.agent_name}: {phase.phase} is taken over", step.agent_name, step.ended_at)
    timed = step.started_at is not None and step.ended_at is not None
    ended = AgentStatus(
        step=step.step,
        status=step.status,
        task=step.task,
        attempt=step.attempt,
        progress=step.progress,
        seconds=elapsed_ms(step.started_at or "", step.ended_at or "") / 1000 if timed else None,
    )
    draft.take_over(ended, f"{step.agent_name}’s part is taken over", step.agent_name, step.ended_at)


def _share_file(draft: Draft, artifact: ArtifactView, step: str | None) -> None:
    """As the first version here: those before it are the other run's."""
    written = ArtifactWritten(
        step=step,
        path=artifact.path,
        version=1,
        size=artifact.size,
        media_type=artifact.media_type,
        sha256=artifact.sha256,
        by=artifact.by,
    )
    if draft.size > SHARED_EVENTS:
        raise DomainError("too_much_to_share", limit=SHARED_EVENTS)
    draft.take_over(written, f"{artifact.path} is taken over", None, artifact.timestamp)


def _share_edit(draft: Draft, decided: RequestView | None) -> None:
    """What a person wrote at a gate counts in the new run too: the agents after it are told that."""
    gate = decided.gate if decided else None
    if decided is None or gate is None or gate.edited is None:
        return
    asked = Request(
        request_id=decided.request_id,
        kind=decided.kind,
        status="open",
        step=decided.step,
        prompt=decided.prompt,
        options=decided.options,
        subject=decided.subject,
        gate=replace(gate, edited=None),
    )
    edited = replace(gate, edited=replace(gate.edited, version=1))
    answered = replace(asked, status=decided.status, decision=decided.decision, by=decided.by, gate=edited)
    path = gate.edited.path
    # Both, so that whoever counts what is open in a list counts right.
    draft.take_over(asked, decided.prompt, None, decided.opened_at)
    draft.take_over(answered, f"That {decided.by} edited {path} is taken over", None, decided.answered_at)


def _share_note(draft: Draft, note: NoteView) -> None:
    draft.take_over(Note(by=note.by, step=note.step), note.content, None, note.timestamp)
