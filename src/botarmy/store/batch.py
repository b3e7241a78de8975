"""A batch: the commits that share one transaction. Pure: each is checked against what the ones before it leave
behind, and what passes becomes rows. A refused one leaves nothing, so it fails alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeAlias

from botarmy.domain import codec
from botarmy.domain.commands import Enqueue, JobChange
from botarmy.domain.events import AgentDelta, AgentResponse, JobStatus, NewEvent, Request, WorkerStatus
from botarmy.domain.measures import Fact, counted
from botarmy.domain.views import RunSummary
from botarmy.ports import Commit, Conflict, LogEntry, StaleToken, StoredReply

ReplyKey: TypeAlias = tuple[str, str]
"""User and command id."""


@dataclass(slots=True)
class Head:
    """The newest version of a run, under the number by which other tables name it."""

    run: int
    version: int


@dataclass(frozen=True, slots=True)
class Held:
    """A claimed job."""

    run_id: str
    token: int


@dataclass(slots=True, kw_only=True)
class Known:
    """What checks need to know of the database; loaded before a batch, and kept up to date by it."""

    position: int = 0
    last_run: int = 0
    heads: dict[str, Head] = field(default_factory=dict)
    claimed: dict[str, Held] = field(default_factory=dict)
    """The claimed ones of the jobs that the batch is about, by job id."""
    replies: set[ReplyKey] = field(default_factory=set)
    """The answered ones of the commands that the batch is about."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A commit with its events encoded."""

    commit: Commit
    bodies: tuple[str, ...]


def prepare(commit: Commit) -> Prepared:
    """Raises ValueError for a commit that contradicts itself: a programming error."""
    if any(event.run_id != commit.run_id for event in commit.events):
        raise ValueError("all events of a commit belong to its run")
    if commit.run_id is None and (commit.jobs or commit.blobs or commit.linked or commit.summary or commit.purge):
        raise ValueError("jobs, blobs, a summary and a purge belong to a run")
    if commit.purge and (not commit.events or commit.expected_version is None):
        raise ValueError("a purge leaves a tombstone, which keeps the run's version and the log's head")
    return Prepared(commit, tuple(map(codec.encode, commit.events)))


class EventRow(NamedTuple):
    position: int
    run: int | None
    version: int | None
    type: str
    message_id: str | None
    body: str


class Spent(NamedTuple):
    """One call of a model."""

    run: int
    event: NewEvent


class Measured(NamedTuple):
    """What an event adds to the figures of its run."""

    run: int
    fact: Fact


class Asked(NamedTuple):
    """What an event tells of a request."""

    position: int
    run: int
    request_id: str
    is_open: bool


class Purge(NamedTuple):
    run: int
    before: int
    """Events from this position on stay."""
    aged: bool


@dataclass(slots=True)
class Rows:
    """What commits write, up to and with the first that purges a run."""

    runs: list[tuple[int, str]] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    listed: dict[int, tuple[RunSummary, str | None]] = field(default_factory=dict)
    """By run: the last summary, and the words to search in where they are set."""
    spent: list[Spent] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    jobs: list[tuple[int, JobChange]] = field(default_factory=list)
    blobs: list[tuple[int, str, bytes]] = field(default_factory=list)
    links: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    """Contents that are stored already, to belong to another run too."""
    replies: list[StoredReply] = field(default_factory=list)
    board: list[NewEvent] = field(default_factory=list)
    """What changes the lists of jobs and of workers."""
    asked: list[Asked] = field(default_factory=list)
    purge: Purge | None = None
    """Comes after all else."""


class Batch:
    def __init__(self, known: Known) -> None:
        self._known: Final = known
        self.parts: Final = [Rows()]
        """To be written one after the other."""

    def admit(self, prepared: Prepared) -> tuple[LogEntry, ...]:
        """Give the commit its place. Raises Conflict or StaleToken, with nothing changed."""
        commit = prepared.commit
        self._check_version(commit)
        self._check_reply(commit)
        self._check_tokens(commit)
        head = self._head(commit.run_id) if commit.run_id is not None else None
        before = self._known.position + 1
        entries = self._append(prepared, head)
        if head is not None:
            self._change(commit, head)
        if commit.reply:
            self._known.replies.add((commit.reply.user, commit.reply.command_id))
            self.parts[-1].replies.append(replace(commit.reply, position=self._known.position))
        if commit.purge and head is not None:
            self._purge(commit, Purge(head.run, before, commit.aged))
        return entries

    def _check_version(self, commit: Commit) -> None:
        if commit.expected_version is None:
            return
        head = self._known.heads.get(commit.run_id or "")
        version = head.version if head else 0
        if version != commit.expected_version:
            raise Conflict(f"run {commit.run_id} is at version {version}, expected was {commit.expected_version}")

    def _check_reply(self, commit: Commit) -> None:
        if commit.reply and (commit.reply.user, commit.reply.command_id) in self._known.replies:
            raise Conflict(f"command {commit.reply.command_id} was answered already")

    def _check_tokens(self, commit: Commit) -> None:
        for job_id, token in required_tokens(commit):
            held = self._known.claimed.get(job_id)
            if held is None or held.token != token:
                raise StaleToken(f"job {job_id} is not claimed under token {token}")

    def _head(self, run_id: str) -> Head:
        head = self._known.heads.get(run_id)
        if head is None:
            self._known.last_run += 1
            head = self._known.heads[run_id] = Head(self._known.last_run, 0)
            self.parts[-1].runs.append((head.run, run_id))
        return head

    def _append(self, prepared: Prepared, head: Head | None) -> tuple[LogEntry, ...]:
        commit, known, rows = prepared.commit, self._known, self.parts[-1].events
        run = head.run if head else None
        versioned = head if commit.expected_version is not None else None
        entries = []
        for event, body in zip(commit.events, prepared.bodies, strict=True):
            known.position += 1
            version = None
            if versioned is not None:
                version = versioned.version = versioned.version + 1
            metadata = event.metadata
            if isinstance(metadata, JobStatus | WorkerStatus):
                self.parts[-1].board.append(event)
            if isinstance(metadata, Request) and run is not None:
                told = Asked(known.position, run, metadata.request_id, metadata.status == "open")
                self.parts[-1].asked.append(told)
            message_id = metadata.message_id if isinstance(metadata, AgentDelta) else None
            rows.append(EventRow(known.position, run, version, event.type, message_id, body))
            entries.append(
                LogEntry(
                    position=known.position,
                    version=version,
                    run_id=event.run_id,
                    type=event.type,
                    body=body,
                )
            )
        return tuple(entries)

    def _change(self, commit: Commit, head: Head) -> None:
        rows = self.parts[-1]
        if not commit.foreign:
            rows.spent.extend(Spent(head.run, event) for event in commit.events if _tells_usage(event))
        rows.measured.extend(Measured(head.run, fact) for fact in counted(commit.events))
        for change in commit.jobs:
            rows.jobs.append((head.run, change))
            if not isinstance(change, Enqueue):
                self._known.claimed.pop(change.job_id, None)
        rows.blobs.extend((head.run, sha256, content) for sha256, content in commit.blobs.items())
        if commit.linked:
            rows.links.append((head.run, commit.linked))
        if commit.summary is not None:
            _, search = rows.listed.get(head.run, (None, None))
            rows.listed[head.run] = (commit.summary, commit.search or search)

    def _purge(self, commit: Commit, purge: Purge) -> None:
        self.parts[-1].purge = purge
        self.parts.append(Rows())
        for job_id, held in list(self._known.claimed.items()):
            if held.run_id == commit.run_id:
                del self._known.claimed[job_id]


def _tells_usage(event: NewEvent) -> bool:
    return isinstance(event.metadata, AgentResponse) and event.metadata.usage is not None


def required_tokens(commit: Commit) -> Iterable[tuple[str, int]]:
    """The jobs, each with the token, that must be claimed for this commit."""
    if commit.fence:
        yield commit.fence
    for change in commit.jobs:
        if not isinstance(change, Enqueue) and change.token is not None:
            yield change.job_id, change.token
