"""Events: the immutable facts of which the log consists.

Each type of event has one class of metadata here; what the fields mean is in the protocol reference. How events
are written down and read back is in `codec.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import not_
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

from pydantic import Field

from botarmy.domain.attachment import Attachment
from botarmy.domain.gate import Gate
from botarmy.domain.origins import Before, Imported
from botarmy.domain.times import Timestamp
from botarmy.domain.trouble import Fault, Remedy, Trouble

RunState: TypeAlias = Literal["created", "running", "paused", "completed", "failed", "cancelled", "deleted"]
Outcome: TypeAlias = Literal["succeeded", "partial"]
StepState: TypeAlias = Literal[
    "pending",
    "queued",
    "started",
    "thinking",
    "waiting",
    "retrying",
    "completed",
    "error",
    "skipped",
    "cancelled",
]
PhaseState: TypeAlias = Literal[
    "pending", "started", "progress", "completed", "error", "skipped", "cancelled", "rolled_back"
]
Channel: TypeAlias = Literal["text", "thinking"]
Finish: TypeAlias = Literal["complete", "fallback", "interrupted", "cancelled"]
CallState: TypeAlias = Literal["started", "completed", "error"]
RequestKind: TypeAlias = Literal["approval", "question", "budget"]
BudgetScope: TypeAlias = Literal["run", "agent", "day"]
RequestState: TypeAlias = Literal["open", "answered", "withdrawn"]
Decision: TypeAlias = Literal["approve", "edit", "reject", "respond"]
Approval: TypeAlias = Literal["before", "after"]
JobState: TypeAlias = Literal["queued", "claimed", "completed", "failed", "lost", "cancelled", "dead"]
WorkerState: TypeAlias = Literal["registered", "busy", "idle", "draining", "gone", "lost"]
Severity: TypeAlias = Literal["warning", "error"]
Level: TypeAlias = Literal["info", "warning"]


def _absent(value: object) -> bool:
    return value is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What model calls consumed. `cost_usd` is None where no price is known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None

    def __add__(self, other: Usage) -> Usage:
        known = [cost for cost in (self.cost_usd, other.cost_usd) if cost is not None]
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_usd=sum(known) if known else None,
        )


NO_USAGE: Final = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """A step as a run was created with it; the run keeps it even if the team's file changes later."""

    step: str
    agent_name: str
    title: str
    needs: tuple[str, ...]
    phases: tuple[str, ...]
    attempts: int = 1
    """How often a phase is tried in all when it fails in a way that may pass."""
    requires: tuple[str, ...] = ()
    """Capabilities that a worker must have to claim its jobs."""
    budget_usd: float | None = None
    """What its agent may spend in this run before a person is asked; None: as much as it takes."""
    approval: Approval | None = None
    """Whether a person is asked before the step begins, or once its work is done; None: nobody is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCreated:
    TYPE: ClassVar[str] = "run_status"

    status: Literal["created"] = "created"
    title: str
    brief: str
    team: str
    owner: str
    options: Mapping[str, Any]
    forked_from: str | None
    steps: tuple[StepPlan, ...]
    definition: str | None = None
    """SHA-256 of the stored team definition that the run works by."""
    before: Annotated[tuple[Before, ...], Field(exclude_if=not_)] = ()
    """Of a follow-up: the runs that it goes on from, oldest first. In the JSON only where there are any."""
    shown: Annotated[str | None, Field(exclude_if=_absent)] = None
    """Where it goes on from another run: what was to be seen of that one, as in `RunStatus`."""
    imported: Annotated[Imported | None, Field(exclude_if=_absent)] = None
    """Of a run of another server, or one that goes on from it. In the JSON only then."""
    attachments: Annotated[tuple[Attachment, ...], Field(exclude_if=not_)] = ()
    """What was attached to the brief, in the person's order. In the JSON only where there is something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    TYPE: ClassVar[str] = "run_status"

    status: Literal["running", "paused", "completed", "failed", "cancelled", "deleted"]
    outcome: Outcome | None = None
    by: str | None = None
    reason: str | None = None
    shown: Annotated[str | None, Field(exclude_if=_absent)] = None
    """Where a person decided: SHA-256 of what was there to be seen (`shown.py`). In the JSON only then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStatus:
    TYPE: ClassVar[str] = "agent_status"

    step: str
    status: StepState
    task: str | None = None
    attempt: int
    call_attempt: int = 1
    progress: float | None = None
    retry_at: Timestamp | None = None
    usage: Usage | None = None
    seconds: float | None = None
    by: Annotated[str | None, Field(exclude_if=_absent)] = None
    """Who had the step done again, or skipped it. In the JSON only then."""
    shown: Annotated[str | None, Field(exclude_if=_absent)] = None
    """Where a person decided: SHA-256 of what was there to be seen (`shown.py`). In the JSON only then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStatus:
    TYPE: ClassVar[str] = "phase_status"

    step: str
    phase: str
    status: PhaseState
    attempt: int
    progress: float | None = None
    retry_at: Timestamp | None = None
    result: Mapping[str, Any] | None = None
    after: str | None = None
    """With the first event of a phase that a step did not have: the one it comes after."""
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDelta:
    TYPE: ClassVar[str] = "agent_delta"

    step: str
    phase: str
    attempt: int
    message_id: str
    channel: Channel
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentResponse:
    TYPE: ClassVar[str] = "agent_response"

    step: str
    phase: str
    attempt: int
    message_id: str
    started_at: Timestamp
    thinking: str
    finish: Finish
    model: str | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    TYPE: ClassVar[str] = "tool_call"

    step: str
    call_id: str
    name: str
    status: CallState
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactWritten:
    TYPE: ClassVar[str] = "artifact"

    step: str | None
    path: str
    version: int
    size: int
    media_type: str
    sha256: str
    by: str
    shown: Annotated[str | None, Field(exclude_if=_absent)] = None
    """Where a person changed it: the `sha256` of the version that this one replaced. In the JSON only then."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a budget decision is about. Amounts are in USD."""

    scope: BudgetScope
    """Whose limit it is: this run's, that of one agent in this run, or that of all work of a day."""
    limit_usd: float
    spent_usd: float
    """At least the limit: the calls that were under way are in it."""
    suggested_usd: float
    """The new limit where the answer names none."""
    model: str | None = None
    """The cheaper model that the work could go on with; None where none is known."""
    day: str | None = None
    """By UTC, with the scope `day`."""
    raised_to_usd: float | None = None
    """With the answer: the limit from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    TYPE: ClassVar[str] = "request"

    request_id: str
    kind: RequestKind
    status: RequestState
    step: str | None
    prompt: str
    options: tuple[str, ...] = ()
    subject: str | None = None
    decision: Decision | None = None
    answer: str | None = None
    by: str | None = None
    continuation: str | None = None
    """SHA-256 of what the agent left behind to go on from, where it left something."""
    budget: Budget | None = None
    """With the kind `budget`."""
    gate: Gate | None = None
    """With the kind `approval`, and with the question what now when it was sent back too often."""
    trouble: Trouble | None = None
    """With the question what to do about a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note, or (with `taken_up_by`) that a step has taken an earlier one up."""

    TYPE: ClassVar[str] = "note"

    by: str
    """Who wrote the note."""
    step: str | None = None
    note_id: str | None = None
    """The id of the note that is taken up; None with a new note, whose id is its event's."""
    taken_up_by: str | None = None
    """The step that has taken it up; None with a new note."""
    shown: Annotated[str | None, Field(exclude_if=_absent)] = None
    """Where a person decided: SHA-256 of what was there to be seen (`shown.py`). In the JSON only then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    TYPE: ClassVar[str] = "job_status"

    job_id: str
    step: str
    phase: str
    attempt: int
    status: JobState
    worker_id: str | None = None
    requires: tuple[str, ...] = ()
    waited_ms: int | None = None
    ran_ms: int | None = None
    retry_at: Timestamp | None = None
    error: Annotated[Fault | None, Field(exclude_if=_absent)] = None
    """With `failed` and `dead`: why. In the JSON only then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatus:
    TYPE: ClassVar[str] = "worker_status"

    worker_id: str
    status: WorkerState
    capabilities: tuple[str, ...] = ()
    host: str
    concurrency: int
    running: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorShown:
    TYPE: ClassVar[str] = "error"

    code: str
    severity: Severity
    retryable: bool
    action: str
    reference: str | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemNotice:
    TYPE: ClassVar[str] = "system"

    level: Level


@dataclass(frozen=True, slots=True)
class Unknown:
    """Metadata of a type that a newer version wrote: kept as it is, understood by nobody here."""

    TYPE: str
    fields: Mapping[str, Any] = field(default_factory=dict)


Metadata: TypeAlias = (
    RunCreated
    | RunStatus
    | AgentStatus
    | PhaseStatus
    | AgentDelta
    | AgentResponse
    | ToolCall
    | ArtifactWritten
    | Request
    | Note
    | JobStatus
    | WorkerStatus
    | ErrorShown
    | SystemNotice
    | Unknown
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """A fact before the log has given it a place."""

    id: str
    run_id: str | None
    timestamp: Timestamp
    agent_name: str | None
    content: str
    metadata: Metadata

    @property
    def type(self) -> str:
        return self.metadata.TYPE

    @property
    def requires_ack(self) -> bool:
        """True where a person must act."""
        return isinstance(self.metadata, Request) and self.metadata.status == "open"

    def at(self, position: int, version: int | None) -> Event:
        return Event(
            id=self.id,
            run_id=self.run_id,
            timestamp=self.timestamp,
            agent_name=self.agent_name,
            content=self.content,
            metadata=self.metadata,
            position=position,
            version=version,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(NewEvent):
    """A fact in the log. `version` is None for deltas and for events that concern no run."""

    position: int
    version: int | None
