"""`evolve`: what one event makes of a run. The browser folds the same way; `wire/samples` holds both to it.

An event that does not fit (an unknown step, a late delta, a type of a newer version) never raises: the log is the
truth, and a fold has to live with it.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from botarmy.domain import events as e
from botarmy.domain import phases
from botarmy.domain import views as v
from botarmy.domain.run import (
    JOB_OPEN,
    PHASE_OPEN,
    RUN_ENDED,
    STEP_AT_WORK,
    STEP_ENDED,
    Continuation,
    Job,
    Run,
    with_step,
)
from botarmy.domain.values import replace

MESSAGES_KEPT: Final = 200
ENTRIES_KEPT: Final = 200
"""How many tool calls of a step, and notes, errors and requests of a run, its view holds: the newest."""
LISTED: Final = (e.RunStatus, e.AgentStatus, e.Request)
"""What changes a run in a list."""

T = TypeVar("T")


def evolve(run: Run | None, event: e.Event) -> Run | None:
    """The run after `event`; None while its creation has not been seen."""
    metadata = event.metadata
    if isinstance(metadata, e.RunCreated):
        return _created(event, metadata)
    if run is None:
        return None
    evolver = _EVOLVERS.get(type(metadata))
    if evolver is not None:
        run = evolver(run, event, metadata)
    elif isinstance(metadata, e.Unknown):
        run = replace(run, newer=True)
    listed = isinstance(metadata, LISTED)
    view = replace(
        run.view,
        status=view_state(run) if listed else run.view.status,
        version=run.view.version if event.version is None else event.version,
        position=event.position,
        updated_at=event.timestamp,
    )
    return replace(run, view=view, listed_at=event.timestamp if listed else run.listed_at)


def fold(events: Iterable[e.Event], run: Run | None = None) -> Run | None:
    for event in events:
        run = evolve(run, event)
    return run


def view_state(run: Run) -> v.ViewState:
    """`waiting` where the run goes on only when a person has answered."""
    if run.status != "running" or all(request.status != "open" for request in run.view.requests):
        return run.status
    busy = any(s.status in STEP_AT_WORK or (s.status == "waiting" and s.retry_at) for s in run.view.steps)
    return "running" if busy else "waiting"


def _created(event: e.Event, created: e.RunCreated) -> Run:
    steps = tuple(
        v.StepView(
            step=plan.step,
            agent_name=plan.agent_name,
            title=plan.title,
            needs=plan.needs,
            phases=tuple(v.PhaseView(phase=phase) for phase in plan.phases),
        )
        for plan in created.steps
    )
    view = v.RunView(
        run_id=event.run_id or "",
        title=created.title,
        brief=created.brief,
        team=created.team,
        owner=created.owner,
        options=created.options,
        forked_from=created.forked_from,
        status="created",
        outcome=None,
        created_at=event.timestamp,
        updated_at=event.timestamp,
        ended_at=None,
        version=event.version or 0,
        position=event.position,
        steps=steps,
        before=created.before,
        imported=created.imported,
        attachments=created.attachments,
    )
    return Run(
        view=view,
        status="created",
        plan=created.steps,
        definition=created.definition,
        listed_at=event.timestamp,
    )


def _run_status(run: Run, event: e.Event, m: e.RunStatus) -> Run:
    ended_at = event.timestamp if m.status in RUN_ENDED else None
    return replace(run, status=m.status, view=replace(run.view, outcome=m.outcome, ended_at=ended_at))


def _agent_status(run: Run, event: e.Event, m: e.AgentStatus) -> Run:
    if m.status == "pending":  # set back: what it was about may not hold any more
        run = _left_behind(run, m.step, None)
    return _in_step(run, m.step, lambda step: _step_after(step, event, m))


def _step_after(step: v.StepView, event: e.Event, m: e.AgentStatus) -> v.StepView:
    started = step.started_at or (event.timestamp if m.status == "started" else None)
    return replace(
        step,
        status=m.status,
        task=m.task,
        attempt=m.attempt,
        call_attempt=m.call_attempt,
        progress=m.progress,
        retry_at=m.retry_at,
        started_at=started,
        ended_at=event.timestamp if m.status in STEP_ENDED else None,
    )


def _phase_status(run: Run, event: e.Event, m: e.PhaseStatus) -> Run:
    def after(phase: v.PhaseView) -> v.PhaseView:
        return replace(phase, status=m.status, attempt=m.attempt, progress=m.progress, result=m.result)

    run = phases.remedied(run, m)
    if m.status == "started":
        run = phases.begun(run, m.step, m.phase, m.attempt, event.timestamp)
    if m.status in ("pending", "rolled_back"):
        run = replace(run, fallbacks=tuple(one for one in run.fallbacks if one != (m.step, m.phase)))
    return _in_step(
        run,
        m.step,
        lambda step: replace(
            step,
            phases=tuple(
                after(p) if p.phase == m.phase else p for p in phases.with_phase(step.phases, m.phase, m.after)
            ),
        ),
    )


def _agent_delta(run: Run, event: e.Event, m: e.AgentDelta) -> Run:
    def after(step: v.StepView) -> v.StepView:
        held = _held(step, m.message_id) or v.MessageView(
            message_id=m.message_id, phase=m.phase, attempt=m.attempt, started_at=event.timestamp
        )
        if held.finish is not None:
            return step
        if m.channel == "text":
            held = replace(held, text=_extended(held.text, m.offset, event.content))
        else:
            held = replace(held, thinking=_extended(held.thinking, m.offset, event.content))
        return _with_message(step, held)

    return _bounded_messages(_in_step(run, m.step, after))


def _extended(text: str, offset: int, addition: str) -> str:
    """A smaller offset cuts what is held; a larger one cannot be placed and is left out."""
    return text if offset > len(text) else text[:offset] + addition


def message_view(event: e.Event, m: e.AgentResponse) -> v.MessageView:
    return v.MessageView(
        message_id=m.message_id,
        phase=m.phase,
        attempt=m.attempt,
        text=event.content,
        thinking=m.thinking,
        finish=m.finish,
        model=m.model,
        started_at=m.started_at,
        ended_at=event.timestamp,
    )


def _agent_response(run: Run, event: e.Event, m: e.AgentResponse) -> Run:
    message = message_view(event, m)
    used = m.usage or e.NO_USAGE
    run = _in_step(run, m.step, lambda s: replace(_with_message(s, message), usage=s.usage + used))
    run = phases.used(replace(run, view=replace(run.view, usage=run.view.usage + used)), m.step, used)
    if m.finish == "fallback" and (m.step, m.phase) not in run.fallbacks:
        run = replace(run, fallbacks=(*run.fallbacks, (m.step, m.phase)))
    return _bounded_messages(run)


def with_text_gone(run: Run, response: e.Event) -> Run:
    """A past state of the run, of when this message was in the writing; its deltas are deleted meanwhile."""
    m = response.metadata
    if not isinstance(m, e.AgentResponse):
        return run
    message = v.MessageView(
        message_id=m.message_id, phase=m.phase, attempt=m.attempt, started_at=m.started_at, compacted=True
    )
    return _bounded_messages(_in_step(run, m.step, lambda step: _with_message(step, message)))


def _held(step: v.StepView, message_id: str) -> v.MessageView | None:
    for message in reversed(step.messages):
        if message.message_id == message_id:
            return message
    return None


def _with_message(step: v.StepView, message: v.MessageView) -> v.StepView:
    last = step.messages[-1] if step.messages else None
    if last is not None and last.message_id == message.message_id and last.started_at == message.started_at:
        return replace(step, messages=(*step.messages[:-1], message))
    messages = [m for m in step.messages if m.message_id != message.message_id]
    insort(messages, message, key=message_order)
    return replace(step, messages=tuple(messages))


def message_order(message: v.MessageView) -> tuple[str, str]:
    return message.started_at, message.message_id


def _bounded_messages(run: Run) -> Run:
    if sum(len(step.messages) for step in run.view.steps) <= MESSAGES_KEPT:
        return run
    oldest = min((m for step in run.view.steps for m in step.messages), key=message_order)
    steps = tuple(replace(step, messages=tuple(m for m in step.messages if m is not oldest)) for step in run.view.steps)
    return replace(run, view=replace(run.view, steps=steps))


def _tool_call(run: Run, event: e.Event, m: e.ToolCall) -> Run:
    def after(step: v.StepView) -> v.StepView:
        held = next((call for call in step.tool_calls if call.call_id == m.call_id), None)
        call = v.ToolCallView(
            call_id=m.call_id,
            name=m.name,
            status=m.status,
            summary=m.summary,
            started_at=held.started_at if held else event.timestamp,
            ended_at=None if m.status == "started" else event.timestamp,
        )
        return replace(step, tool_calls=_upserted(step.tool_calls, held, call))

    return _in_step(run, m.step, after)


def artifact_view(event: e.Event, m: e.ArtifactWritten) -> v.ArtifactView:
    return v.ArtifactView(
        path=m.path,
        version=m.version,
        size=m.size,
        media_type=m.media_type,
        sha256=m.sha256,
        step=m.step,
        by=m.by,
        timestamp=event.timestamp,
    )


def _artifact(run: Run, event: e.Event, m: e.ArtifactWritten) -> Run:
    others = [a for a in run.view.artifacts if a.path != m.path]
    insort(others, artifact_view(event, m), key=lambda a: a.path)
    run = replace(run, view=replace(run.view, artifacts=tuple(others)))
    return run if m.step is None else phases.wrote(run, m.step, m.path)


def _request(run: Run, event: e.Event, m: e.Request) -> Run:
    held = next((r for r in run.view.requests if r.request_id == m.request_id), None)
    request = v.RequestView(
        request_id=m.request_id,
        kind=m.kind,
        status=m.status,
        step=m.step,
        prompt=m.prompt,
        options=m.options,
        subject=m.subject,
        decision=m.decision,
        answer=m.answer,
        by=m.by,
        opened_at=held.opened_at if held else event.timestamp,
        answered_at=None if m.status == "open" else event.timestamp,
        budget=m.budget,
        trouble=m.trouble,
        gate=m.gate,
    )
    if m.status == "open" and m.step is not None:
        run = _left_behind(run, m.step, m.continuation)
    return replace(run, view=replace(run.view, requests=_upserted(run.view.requests, held, request)))


def _left_behind(run: Run, step: str, sha256: str | None) -> Run:
    """The job that asked has ended without using its attempt up: the next one has the same number."""
    others = tuple(left for left in run.continuations if left.step != step)
    view = next((view for view in run.view.steps if view.step == step), None)
    phase = next((p for p in view.phases if p.status in PHASE_OPEN), None) if view else None
    if sha256 is None or phase is None:
        return replace(run, continuations=others)
    left = Continuation(step=step, phase=phase.phase, attempt=phase.attempt + 1, sha256=sha256)
    return replace(run, continuations=(*others, left))


def _note(run: Run, event: e.Event, m: e.Note) -> Run:
    if m.taken_up_by is not None:
        taken = v.TakenUp(step=m.taken_up_by, at=event.timestamp)
        notes = tuple(_taken_up(note, taken) if note.note_id == m.note_id else note for note in run.view.notes)
        return replace(run, view=replace(run.view, notes=notes))
    note = v.NoteView(note_id=event.id, by=m.by, step=m.step, content=event.content, timestamp=event.timestamp)
    return replace(run, view=replace(run.view, notes=_upserted(run.view.notes, None, note)))


def _taken_up(note: v.NoteView, taken: v.TakenUp) -> v.NoteView:
    if any(one.step == taken.step for one in note.taken_up):
        return note
    return replace(note, taken_up=(*note.taken_up, taken))


def _error(run: Run, event: e.Event, m: e.ErrorShown) -> Run:
    error = v.ErrorView(
        error_id=event.id,
        code=m.code,
        severity=m.severity,
        message=event.content,
        action=m.action,
        retryable=m.retryable,
        reference=m.reference,
        step=m.step,
        timestamp=event.timestamp,
    )
    return replace(run, view=replace(run.view, errors=_upserted(run.view.errors, None, error)))


def _job_status(run: Run, event: e.Event, m: e.JobStatus) -> Run:
    held = next((job for job in run.jobs if job.job_id == m.job_id), None)
    others = tuple(job for job in run.jobs if job is not held)
    losses = (held.losses if held else 0) + (m.status == "lost")
    if m.status not in JOB_OPEN and m.status != "lost":
        return replace(run, jobs=others)
    claimed = m.status == "claimed"
    job = Job(
        job_id=m.job_id,
        step=m.step,
        phase=m.phase,
        attempt=m.attempt,
        status=m.status,
        queued_at=held.queued_at if held and m.status != "queued" else event.timestamp,
        claimed_at=event.timestamp if claimed else None,
        worker_id=m.worker_id if claimed else None,
        losses=losses,
    )
    return replace(run, jobs=(*others, job))


def _in_step(run: Run, step_id: str, after: Callable[[v.StepView], v.StepView]) -> Run:
    for step in run.view.steps:
        if step.step == step_id:
            return replace(run, view=with_step(run.view, after(step)))
    return run


def _upserted(entries: tuple[T, ...], held: T | None, entry: T) -> tuple[T, ...]:
    """Replace `held` in its place, or append; the newest `ENTRIES_KEPT` stay."""
    if held is not None:
        return tuple(entry if one is held else one for one in entries)
    return (*entries, entry)[-ENTRIES_KEPT:]


_EVOLVERS: Final[dict[type[Any], Callable[[Run, e.Event, Any], Run]]] = {
    e.RunStatus: _run_status,
    e.AgentStatus: _agent_status,
    e.PhaseStatus: _phase_status,
    e.AgentDelta: _agent_delta,
    e.AgentResponse: _agent_response,
    e.ToolCall: _tool_call,
    e.ArtifactWritten: _artifact,
    e.Request: _request,
    e.Note: _note,
    e.ErrorShown: _error,
    e.JobStatus: _job_status,
}
