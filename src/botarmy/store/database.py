"""What the store needs of a database, of whatever kind: its tables are the same everywhere, its manners are not."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection, Engine

from botarmy.ports import LogEntry


class Database(Protocol):
    """Opened by its constructor, with its tables up to date. All but `readers` is for one thread at a time."""

    @property
    def epoch(self) -> str:
        """The identity of the log."""
        ...

    @property
    def position(self) -> int:
        """The log's head at the opening."""
        ...

    @property
    def readers(self) -> Engine | None:
        """Makes connections that read, each transaction of one moment; None where the writing one has to do."""
        ...

    @property
    def is_shared(self) -> bool:
        """Whether others may write too: what was true in one transaction is looked at again in the next."""
        ...

    def begin(self) -> Connection:
        """Begin a transaction in which nobody else writes, where need be over a new connection."""
        ...

    def commit(self, last: LogEntry | None) -> None:
        """Make it durable.

        Args:
            last: the last event that the transaction appends, by which it can be found again; None where there is none.

        Raises:
            OutcomeUnknown: it may be durable, or not.
            Any other error: it is not.
        """
        ...

    def rollback(self) -> None:
        """Undo what has not been committed. Never raises, and may be called where nothing was begun."""
        ...

    def tidy(self, position: int, *, purged: bool = False) -> bool:
        """After a transaction that left the head at `position`, and again while idle.

        Never raises: returns whether something is left to do.
        """
        ...

    def close(self, position: int) -> None:
        """Never raises: what was committed is durable."""
        ...
