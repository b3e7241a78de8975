"""Views: what a person sees of a run. They fold from events alone (`fold.py`) and are the `data` of snapshots.

Those that a fold copies have no slots: see `values.replace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import not_
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from botarmy.domain.attachment import Attachment
from botarmy.domain.events import (
    NO_USAGE,
    Budget,
    CallState,
    Decision,
    Finish,
    JobState,
    Outcome,
    PhaseState,
    RequestKind,
    RequestState,
    RunState,
    Severity,
    StepState,
    Usage,
    WorkerState,
)
from botarmy.domain.gate import Gate
from botarmy.domain.origins import Before, Imported
from botarmy.domain.times import Timestamp
from botarmy.domain.trouble import Fault, Trouble

ViewState: TypeAlias = RunState | Literal["waiting"]
"""A run's state, or `waiting`: it runs, and goes on only when a person has answered."""


@dataclass(frozen=True, kw_only=True)
class PhaseView:
    phase: str
    status: PhaseState = "pending"
    attempt: int = 0
    progress: float | None = None
    result: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class MessageView:
    """One model call's text. `finish` is None while it is still being written."""

    message_id: str
    phase: str
    attempt: int
    text: str = ""
    thinking: str = ""
    finish: Finish | None = None
    model: str | None = None
    started_at: Timestamp
    ended_at: Timestamp | None = None
    compacted: Annotated[bool, Field(exclude_if=not_)] = False
    """True, and in the JSON, only in a past state: what was written by then is not kept, so the text is empty."""


@dataclass(frozen=True, kw_only=True)
class PastMessageView(MessageView):
    """A message outside of its step's view, as the list of a run's messages holds it."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallView:
    call_id: str
    name: str
    status: CallState
    summary: str
    started_at: Timestamp
    ended_at: Timestamp | None = None


@dataclass(frozen=True, kw_only=True)
class StepView:
    step: str
    agent_name: str
    title: str
    needs: tuple[str, ...]
    status: StepState = "pending"
    task: str | None = None
    attempt: int = 0
    call_attempt: int = 0
    progress: float | None = None
    retry_at: Timestamp | None = None
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    usage: Usage = NO_USAGE
    phases: tuple[PhaseView, ...]
    messages: tuple[MessageView, ...] = ()
    tool_calls: tuple[ToolCallView, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RequestView:
    request_id: str
    kind: RequestKind
    status: RequestState
    step: str | None
    prompt: str
    options: tuple[str, ...]
    subject: str | None
    decision: Decision | None
    answer: str | None
    by: str | None
    opened_at: Timestamp
    answered_at: Timestamp | None
    budget: Budget | None = None
    gate: Gate | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactView:
    path: str
    version: int
    size: int
    media_type: str
    sha256: str
    step: str | None
    by: str
    timestamp: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """An agent that was told a note: from here on its work knows of it."""

    step: str
    at: Timestamp


@dataclass(frozen=True, kw_only=True)
class NoteView:
    note_id: str
    by: str
    step: str | None
    content: str
    timestamp: Timestamp
    taken_up: tuple[TakenUp, ...] = ()
    """In the order of time, at most once for each step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    error_id: str
    code: str
    severity: Severity
    message: str
    action: str
    retryable: bool
    reference: str | None
    step: str | None
    timestamp: Timestamp


@dataclass(frozen=True, kw_only=True)
class RunView:
    run_id: str
    title: str
    brief: str
    team: str
    owner: str
    options: Mapping[str, Any]
    forked_from: str | None
    status: ViewState
    outcome: Outcome | None
    created_at: Timestamp
    updated_at: Timestamp
    ended_at: Timestamp | None
    version: int
    position: int
    """The position of the newest event in this view."""
    steps: tuple[StepView, ...]
    requests: tuple[RequestView, ...] = ()
    artifacts: tuple[ArtifactView, ...] = ()
    """The latest version of each path, sorted by path."""
    notes: tuple[NoteView, ...] = ()
    errors: tuple[ErrorView, ...] = ()
    usage: Usage = NO_USAGE
    before: Annotated[tuple[Before, ...], Field(exclude_if=not_)] = ()
    """Of a follow-up: the runs that it goes on from, oldest first. In the JSON only where there are any."""
    imported: Annotated[Imported | None, Field(exclude_if=not_)] = None
    """Of a run of another server, or one that goes on from it. In the JSON only then."""
    attachments: Annotated[tuple[Attachment, ...], Field(exclude_if=not_)] = ()
    """What was attached to the brief, in the person's order. In the JSON only where there is something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSummary:
    step: str
    agent_name: str
    status: StepState
    retry_at: Timestamp | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run in a list. It folds from the events of the topic `runs` alone."""

    run_id: str
    title: str
    team: str
    owner: str
    status: ViewState
    outcome: Outcome | None
    created_at: Timestamp
    updated_at: Timestamp
    """The newest run_status, agent_status or request."""
    waiting: int
    """How many requests are open."""
    progress: float
    """The share of steps that have ended, 0 to 1."""
    steps: tuple[StepSummary, ...]


@dataclass(frozen=True, kw_only=True)
class JobView:
    """A job in the list of the topic `jobs`. It folds from its job_status events alone."""

    job_id: str
    run_id: str
    step: str
    phase: str
    attempt: int
    status: JobState
    agent_name: str | None
    worker_id: str | None
    """Who holds it, or held it last; None while it is queued."""
    requires: tuple[str, ...]
    queued_at: Timestamp
    """When it last went into the queue."""
    claimed_at: Timestamp | None
    ended_at: Timestamp | None
    waited_ms: int | None
    ran_ms: int | None
    error: Fault | None = None
    """What it ended with; None where it did not fail, or its log does not tell."""


@dataclass(frozen=True, kw_only=True)
class WorkerView:
    """A worker in the list of the topic `workers`: worker_status makes it, and job_status counts for it."""

    worker_id: str
    host: str
    status: WorkerState
    capabilities: tuple[str, ...]
    concurrency: int
    running: tuple[str, ...]
    registered_at: Timestamp
    completed: int
    """Jobs that it completed …"""
    failed: int
    """… and jobs that ended with a failure in its hands."""
