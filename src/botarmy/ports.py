"""What BotArmy needs from the outside, in its own words. Adapters live in the rooms named after them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from botarmy.domain import codec
from botarmy.domain.commands import JobChange, Report
from botarmy.domain.errors import BotArmyError
from botarmy.domain.events import Channel, Event, Finish, NewEvent, StepState, Usage, WorkerState
from botarmy.domain.team import AgentSpec, PhaseSpec
from botarmy.domain.times import Timestamp
from botarmy.domain.views import RunSummary

# --- Agents -----------------------------------------------------------------------------------------------------


class Files(Protocol):
    """The run's artifacts as an agent sees them: the latest version of each path, its own included."""

    def paths(self) -> Sequence[str]:
        """Sorted."""
        ...

    async def read(self, path: str) -> bytes:
        """Raises DomainError `unknown_artifact`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierResult:
    """What became of an earlier step."""

    agent_name: str
    title: str
    status: StepState
    text: str
    """The agent's reply; for a step that failed, what is missing and why, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentContext:
    """All that an agent knows. It knows nothing of runs, sockets or databases."""

    brief: str
    title: str
    agent: AgentSpec
    phase: PhaseSpec
    attempt: int
    """From 1: how often this phase was tried to its end, this try included."""
    model: str
    """The model string in force for this agent."""
    earlier: tuple[EarlierResult, ...]
    files: Files
    notes: tuple[str, ...] = ()
    """What people told the team, oldest first."""
    answers: tuple[tuple[str, str], ...] = ()
    """Questions this agent asked, each with its answer."""
    continuation: bytes | None = None
    """What the agent left behind when it asked; None when it starts afresh."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What the agent is doing now, in words, and how far it is (0 to 1; None where nobody knows)."""

    task: str
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A model call begins: the text that follows is a new message."""

    call_attempt: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a message. Text before any `CallStarted` opens a message by itself."""

    text: str
    channel: Channel = "text"


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The message is whole. `model` is None where no model wrote it; `usage` where nothing is known."""

    model: str | None = None
    usage: Usage | None = None
    finish: Finish = "complete"


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool was called (`started`), and the same `call_id` again when it has answered."""

    call_id: str
    name: str
    status: Literal["started", "completed", "error"]
    summary: str
    """A sentence for a person, e.g. `Wrote app/index.html (4.2 KB)`."""


@dataclass(frozen=True, slots=True)
class File:
    """A file the agent produced: a new artifact, or a new version of one."""

    path: str
    content: bytes
    media_type: str | None = None
    """None: told from the path."""


@dataclass(frozen=True, slots=True)
class Question:
    """The agent needs a person. Its run ends here; the next job starts with the answer."""

    prompt: str
    options: tuple[str, ...] = ()
    continuation: bytes | None = None
    """At most 1 MiB; given back in the next context."""


@dataclass(frozen=True, slots=True)
class Result:
    """The agent is done."""

    summary: str
    """A sentence or two for the next agents and the team rail."""


Output: TypeAlias = Progress | CallStarted | Text | CallEnded | ToolUse | File | Question | Result


class Agent(Protocol):
    """A role at work: one phase of one step, as a stream of output.

    The stream ends with a `Result` or a `Question`; one that ends without is a failure (`agent_silent`). It may
    raise DomainError with a code of the table; anything else becomes `agent_failed`. Closing the stream (or
    cancelling the task that iterates) stops the work, the model's call included.
    """

    def run(self, context: AgentContext) -> AsyncGenerator[Output, None]: ...


class AgentFactory(Protocol):
    def __call__(self, spec: AgentSpec, model: str) -> Agent:
        """The implementation for a step under a model string. Raises DomainError, e.g. `model_not_configured`."""
        ...


# --- The store --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """An event as the log keeps it: `body` is its JSON without position and version (`domain.codec`)."""

    position: int
    version: int | None
    run_id: str | None
    type: str
    body: str

    def wire(self) -> str:
        return codec.wire(self.body, self.position, self.version)

    def event(self) -> Event:
        return codec.decode(self.body, self.position, self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReply:
    """What a command was answered, kept with its id for 7 days: the same command again gets it again."""

    user: str
    command_id: str
    arguments: str
    """SHA-256 of the command's name and arguments."""
    result: str
    """JSON."""
    position: int = 0
    """Of the command's last event. The store fills it in at the commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFold:
    """A run's state at a position, written down so that opening it does not start from its first event."""

    fold_version: int
    position: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What belongs together: written in one transaction, or not at all."""

    events: tuple[NewEvent, ...]
    run_id: str | None = None
    expected_version: int | None = None
    """The run's version that was decided on, 0 for a new run; None for events that take no version."""
    fence: tuple[str, int] | None = None
    """(job id, token): the job must be claimed under this token."""
    jobs: tuple[JobChange, ...] = ()
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    """Contents by SHA-256. They belong to the run, and go with it."""
    summary: RunSummary | None = None
    """The run as lists show it from now on."""
    search: str | None = None
    """With the first commit of a run: what a search looks through (title and brief)."""
    reply: StoredReply | None = None
    purge: bool = False
    """Removes the run's earlier events, blobs, folds and jobs; these events stay as its tombstone."""


class StoreError(BotArmyError):
    """The base of what a store raises."""


class Conflict(StoreError):
    """The run's version is not the expected one: decide again."""


class StaleToken(StoreError):
    """The job is not claimed under this token (any more). Nothing was written."""


class StoreUnavailable(StoreError):
    """The database is full, read-only or gone. Whether the commit happened is unknown where it was lost midway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    job_id: str
    run_id: str
    step: str
    phase: str
    attempt: int
    token: int
    """Larger with every claim of the job; whoever holds a smaller one is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    jobs: tuple[ClaimedJob, ...]
    next_in: float | None
    """Seconds until another queued job of these capabilities becomes available; None where none is queued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """Runs for a list, newest first, as JSON of `RunSummary`, all as they were at `position`."""

    summaries: tuple[str, ...]
    next: str | None
    """Continues the list; None at its end."""
    position: int
    """The log's head when the page was read."""


class Store(Protocol):
    """The durable log, with the jobs, blobs and query tables that are written in the same transactions.

    Every method may raise StoreUnavailable. What a method has returned from is durable.
    """

    @property
    def epoch(self) -> str:
        """The identity of the log."""
        ...

    async def commit(self, commit: Commit) -> tuple[LogEntry, ...]:
        """Write it all, and return the entries as the log keeps them.

        Positions become visible in order: whoever has read up to P never finds an event at or below P later.

        Raises:
            Conflict: nothing was written.
            StaleToken: nothing was written.
        """
        ...

    async def head(self) -> int:
        """The position of the newest event; 0 for an empty log."""
        ...

    async def read(
        self, after: int, limit: int, *, run_id: str | None = None, up_to: int | None = None
    ) -> list[LogEntry]:
        """Entries with `after < position <= up_to`, in order, at most `limit`; of one run, or of all."""
        ...

    async def fold(self, run_id: str, up_to: int | None = None) -> StoredFold | None:
        """The newest stored fold of a run, at or before a position."""
        ...

    async def save_fold(self, run_id: str, fold: StoredFold) -> None:
        """Keep it; older ones of the run may go."""
        ...

    async def runs(
        self,
        *,
        owner: str | None,
        limit: int,
        before: str | None = None,
        status: str | None = None,
        search: str | None = None,
    ) -> RunPage:
        """`owner` None: everybody's. `before` is the `next` of the page before. Deleted runs are not listed."""
        ...

    async def owner(self, run_id: str) -> str | None:
        """Whose run it is or, once deleted, was; None where it never existed."""
        ...

    async def blob(self, sha256: str) -> bytes | None: ...

    async def reply(self, user: str, command_id: str) -> StoredReply | None: ...

    async def claim(self, worker_id: str, *, capabilities: frozenset[str], limit: int, lease_seconds: float) -> Claims:
        """Take queued jobs that are due, whose run is running and whose requirements are covered."""
        ...

    async def renew(self, leases: Mapping[str, int], lease_seconds: float) -> frozenset[str]:
        """Extend leases (job id → token); returns the ids that are not held under their token any more."""
        ...

    async def expired(self, limit: int) -> list[ClaimedJob]:
        """Claimed jobs whose lease has run out by the database's clock."""
        ...

    async def claimed(self) -> list[ClaimedJob]:
        """All claimed jobs, whoever holds them."""
        ...

    async def close(self) -> None:
        """Finish what was accepted, then let go of the database."""
        ...


# --- The bus ----------------------------------------------------------------------------------------------------

Hint: TypeAlias = Literal["log", "jobs", "withdrawn"]
"""Look: the log has grown; a job may be claimed; a claimed job was taken away."""


class Bus(Protocol):
    """Carries hints, may lose or repeat them, and is never a source of truth."""

    def publish(self, *hints: Hint) -> None:
        """Never waits, never raises."""
        ...

    def subscribe(self, *hints: Hint) -> Subscription: ...


class Subscription(Protocol):
    async def wait(self, timeout: float | None = None) -> bool:
        """Until a hint has come since the last call (several count as one), or the time (seconds) is over.

        Returns whether there was a hint.
        """
        ...

    def close(self) -> None: ...


# --- Time and ids -----------------------------------------------------------------------------------------------


class Clock(Protocol):
    def now(self) -> Timestamp: ...


NewId: TypeAlias = Callable[[], str]
"""Gives a new UUIDv7 at each call."""


# --- Workers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerInfo:
    worker_id: str
    host: str
    capabilities: frozenset[str]
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A job with all that its agent needs."""

    job: ClaimedJob
    context: AgentContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a message under way: `offset` counts the code points of this channel's text before it."""

    message_id: str
    channel: Channel
    offset: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignments:
    """What a worker got. `next_in` is when (seconds) to ask again at the latest; None: when a hint comes."""

    jobs: tuple[Assignment, ...]
    next_in: float | None


class Withdrawn(BotArmyError):
    """The job is not this worker's any more: it was paused, cancelled, or given to someone else. Stop."""


class Hub(Protocol):
    """The workers' side of the server, in process or far away. Every method may raise StoreUnavailable."""

    async def announce(self, worker: WorkerInfo, status: WorkerState, running: Sequence[str] = ()) -> None:
        """Put a change in the worker's life into the log."""
        ...

    async def claim(self, worker: WorkerInfo, limit: int) -> Assignments:
        """At most `limit` jobs, each under a lease that `renew` extends."""
        ...

    async def stream(self, job: ClaimedJob, pieces: Sequence[Piece]) -> None:
        """Text as it comes. Raises Withdrawn."""
        ...

    async def report(self, job: ClaimedJob, reports: Sequence[Report], blobs: Mapping[str, bytes]) -> None:
        """What else the agent did, in order, with the contents of files by SHA-256. Raises Withdrawn."""
        ...

    async def hand_back(self, job: ClaimedJob) -> None:
        """The worker stops before the job's end; another one starts it again. Never raises Withdrawn."""
        ...

    async def renew(self, jobs: Sequence[ClaimedJob]) -> frozenset[str]:
        """Extend the leases; returns the ids of those that are withdrawn."""
        ...
