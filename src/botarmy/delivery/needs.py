"""What delivery and the edges ask of the rest: the log to read, commands carried out, runs folded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from botarmy.domain.run import Run
from botarmy.domain.times import Timestamp
from botarmy.domain.users import User
from botarmy.ports import BoardKind, Boards, LogEntry


class ReadableLog(Protocol):
    """The part of `ports.Store` that is read here. Each method may raise StoreUnavailable."""

    @property
    def epoch(self) -> str: ...

    async def head(self) -> int: ...

    async def read(self, after: int, limit: int, *, up_to: int | None = None) -> list[LogEntry]: ...

    async def purged_up_to(self) -> int: ...

    async def owner(self, run_id: str) -> str | None: ...

    async def open_jobs(self) -> Mapping[str, int]: ...

    async def workers_seen(self) -> Mapping[str, Timestamp]: ...

    async def boards(self, kinds: frozenset[BoardKind], *, owner: str | None, limit: int) -> Boards: ...


class Reply(Protocol):
    @property
    def result(self) -> Mapping[str, object]: ...

    @property
    def position(self) -> int:
        """Of the command's last event."""
        ...


class Commands(Protocol):
    async def command(self, user: User, command_id: str, name: str, args: Mapping[str, object]) -> Reply:
        """Carry a command out, once for each `command_id` of a user. What it returns from is durable.

        Raises:
            DomainError: refused, with a code for the client.
        """
        ...


class Runs(Protocol):
    async def run_at(self, run_id: str, position: int) -> Run | None:
        """The fold of a run's events up to `position`; None where it does not exist by then, or is deleted."""
        ...


class Figures(Protocol):
    """The live figures behind the topics that select no events, as JSON of the topics' data."""

    async def connections(self) -> str: ...

    async def stats(self) -> str: ...

    def watchers(self, run_id: str) -> str: ...
