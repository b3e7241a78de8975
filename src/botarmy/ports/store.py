"""What is kept: the durable log, with the jobs, blobs and query tables written in its transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from botarmy.domain import codec
from botarmy.domain.commands import JobChange
from botarmy.domain.errors import BotArmyError
from botarmy.domain.events import Event, NewEvent
from botarmy.domain.times import Timestamp
from botarmy.domain.views import RunSummary
from botarmy.ports.analytics import AnalyticsFound, AnalyticsQuery
from botarmy.ports.lists import BoardKind, Boards, JobPage, RequestPage, RunPage, WorkerRow


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
    linked: frozenset[str] = frozenset()
    """SHA-256 of contents that are stored already, to belong to this run too. One that is not there is left out."""
    foreign: bool = False
    """The events are another log's: what they say was spent is not counted here."""
    summary: RunSummary | None = None
    """The run as lists show it from now on."""
    search: str | None = None
    """With the first commit of a run: what a search looks through (title and brief)."""
    reply: StoredReply | None = None
    aged: bool = False
    """With `purge`: for the run's age. Who resumes from before what goes begins anew (`Store.purged_up_to`)."""
    purge: bool = False
    """Removes the run's earlier events, blobs, folds and jobs; these events stay as its tombstone.

    They take versions, and there is at least one."""


class StoreError(BotArmyError):
    """The base of what a store raises."""


class Conflict(StoreError):
    """The run's version is not the expected one, or the command was answered meanwhile: look and decide again."""


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
class UsageRow:
    """What the calls of one model by agents of one name came to on one day (UTC, `YYYY-MM-DD`)."""

    day: str
    agent_name: str
    model: str
    """As the provider names it; empty where it did not say."""
    calls: int
    unpriced_calls: int
    """Calls of which the price is not known: they add nothing to `cost_usd`."""
    input_tokens: int
    output_tokens: int
    cost_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A finished message as the log holds it."""

    response: LogEntry
    """Its `agent_response`."""
    deltas: tuple[int, ...]
    """The positions of its deltas, in order; empty where they are deleted, or there never were any."""


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

    async def purged_up_to(self) -> int:
        """The largest position of what was ever purged for its age; 0 where nothing was."""
        ...

    async def ended_before(self, moment: Timestamp, limit: int) -> list[str]:
        """Runs that have ended, and in which nothing has happened since before a moment, at most `limit`."""
        ...

    async def written(self, after: int, to: int) -> list[Written]:
        """The messages whose `agent_response` has a position with `after < position <= to`, in order."""
        ...

    async def compact(self, messages: Sequence[Written]) -> None:
        """Delete the deltas of these messages, all in one transaction, and remember where they were.

        To be called in the order of the messages' responses. Positions have gaps from then on, versions never.
        """
        ...

    async def compacted_up_to(self) -> int:
        """The position of the last response whose deltas were deleted; 0 where none were."""
        ...

    async def in_the_writing(self, run_id: str, position: int) -> list[LogEntry]:
        """The responses of the messages of which a part, deleted meanwhile, had been written at a position."""
        ...

    async def runs(
        self,
        *,
        owner: str | None,
        limit: int,
        before: str | None = None,
        status: str | None = None,
        team: str | None = None,
        search: str | None = None,
    ) -> RunPage:
        """Runs by their creation, newest first; deleted ones are not listed.

        Args:
            owner: None for everybody's.
            before: the `next` of the page before.
            status: as the view shows it.
            team: the team's name.
            search: is in the title or the brief, in upper or lower case.

        Raises:
            DomainError: `bad_arguments` for a `before` that no page gave.
        """
        ...

    async def boards(self, kinds: frozenset[BoardKind], *, owner: str | None, limit: int) -> Boards:
        """The lists of these kinds, read in one transaction: exactly what the log up to their position folds to.

        Args:
            owner: only runs of this user and their jobs; None for everybody's. Workers are the same for all.
            limit: of runs. The other lists have bounds of their own (`domain.boards`).
        """
        ...

    async def jobs(
        self,
        *,
        owner: str | None,
        limit: int,
        before: str | None = None,
        status: str | None = None,
        run_id: str | None = None,
        agent: str | None = None,
        error: str | None = None,
        search: str | None = None,
    ) -> JobPage:
        """Jobs in the order of their making, newest first; those of deleted runs are gone.

        Args:
            owner: None for everybody's.
            before: the `next` of the page before.
            status: as the view shows it.
            agent: the agent's name, as the team has it.
            error: the code of the failure that it ended with.
            search: is in the run's title or brief, in the agent's name, in the worker's id, or in the code or the
                sentence of the failure, in upper or lower case; or, where it has 8 characters, begins the id of the
                job or of its run. Of agents and workers, 1,000 each are looked through.

        Raises:
            DomainError: `bad_arguments` for a `before` that no page gave.
        """
        ...

    async def workers(self) -> list[WorkerRow]:
        """The workers that are there and the newest that have left, in the order of their coming."""
        ...

    async def open_requests(self, *, owner: str | None, limit: int, after: str | None = None) -> RequestPage:
        """What is asked of people in all runs and not answered yet, oldest first.

        Args:
            owner: only in runs of this user; None for everybody's.
            after: the `next` of the page before.

        Raises:
            DomainError: `bad_arguments` for an `after` that no page gave.
        """
        ...

    async def workers_seen(self) -> Mapping[str, Timestamp]:
        """By its id, when each worker that is there last took, renewed or told of work, by the database's clock.

        The newest 1,000 to come; those of which it is not known are left out.
        """
        ...

    async def owner(self, run_id: str) -> str | None:
        """Whose run it is or, once deleted, was; None where it never existed."""
        ...

    async def blob(self, sha256: str) -> bytes | None: ...

    async def reply(self, user: str, command_id: str) -> StoredReply | None: ...

    async def usage(self, since: str, *, owner: str | None, limit: int) -> list[UsageRow]:
        """What was used from the day `since` (`YYYY-MM-DD`, UTC) on, newest day first, at most `limit` rows.

        Kept with the events that tell of it, and not undone when their run is deleted.

        Args:
            owner: None for everybody's.
        """
        ...

    async def spent(self, day: str) -> float:
        """What everybody's model calls of a day (`YYYY-MM-DD`, UTC) cost together, in USD, as far as it is known."""
        ...

    async def analytics(self, wanted: AnalyticsQuery) -> AnalyticsFound:
        """What became of the runs that were created within some days, all of one moment.

        Kept with the events that tell of it, and exactly what the runs' logs say (`domain.measures`). A run that is
        deleted is not in it any more.
        """
        ...

    async def claim(self, worker_id: str, *, capabilities: frozenset[str], limit: int, lease_seconds: float) -> Claims:
        """Take queued jobs that are due, whose run goes on and whose requirements are covered.

        Those of the highest priority first, then in the order of their queueing.
        """
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

    async def open_jobs(self) -> Mapping[str, int]:
        """How many jobs are `queued` and `claimed`."""
        ...

    async def close(self) -> None:
        """Finish what was accepted, then let go of the database."""
        ...
