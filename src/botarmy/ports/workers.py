"""The workers' side of the server: jobs to claim, and what to tell about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from botarmy.domain.commands import Report
from botarmy.domain.errors import BotArmyError
from botarmy.domain.events import Channel, WorkerState
from botarmy.ports.agents import AgentContext
from botarmy.ports.store import ClaimedJob


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
    notes: tuple[str, ...] = ()
    """The ids of `context.notes`, in their order."""
    budgeted: bool = False
    """Whether a budget limits it: then all is reported before its `standing` is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """What a person has told the agent, or its team, while it was at work."""

    note_id: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand with a job."""

    may_call: bool
    """Whether the budgets that concern it leave room for another model call, by all that was reported."""
    notes: tuple[NewNote, ...] = ()
    """What it was not told yet, oldest first."""


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

    async def standing(self, job: ClaimedJob, newest_note: str | None) -> Standing:
        """Asked before each model call. It costs nothing worth mentioning where nothing is new.

        Args:
            newest_note: the id of the last note that the agent was told; None where it was told none.

        Raises Withdrawn.
        """
        ...

    async def hand_back(self, job: ClaimedJob) -> None:
        """The worker stops before the job's end; another one starts it again. Never raises Withdrawn."""
        ...

    async def renew(self, jobs: Sequence[ClaimedJob]) -> frozenset[str]:
        """Extend the leases; returns the ids of those that are withdrawn."""
        ...
