"""The store of `ports.Store` over a SQL database: commits go through its writer, reads through readers beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from botarmy.domain.times import Timestamp
from botarmy.ports import (
    AnalyticsFound,
    AnalyticsQuery,
    BoardKind,
    Boards,
    ClaimedJob,
    Claims,
    Commit,
    JobPage,
    LogEntry,
    NewId,
    RequestPage,
    RunPage,
    StoredFold,
    StoredReply,
    StoredToken,
    StoreUnavailable,
    UsageRow,
    WorkerRow,
    Written,
)
from botarmy.store import (
    analytics,
    asking,
    boards,
    bookmarks,
    compaction,
    joblist,
    keeping,
    leases,
    reading,
    retention,
    spending,
    writing,
)
from botarmy.store.batch import prepare
from botarmy.store.database import Database
from botarmy.store.failures import WrongDatabase, translation
from botarmy.store.sqlite import READERS, SqliteDatabase
from botarmy.store.writer import Writer

MEMORY: Final = "sqlite://"
"""The URL of a database that is gone when it is closed."""
T = TypeVar("T")


class SqlStore:
    """Opened by `open`, in the event loop that uses it from then on. What its methods promise stands at the port.

    A caller that is cancelled gives up the answer alone: what it handed over is written all the same.
    """

    def __init__(self, database: Database) -> None:
        self.epoch: Final = database.epoch
        self._is_shared: Final = database.is_shared
        self._readers: Final = Readers(database.readers) if database.readers else None
        self._writer: Final = Writer(database)
        self._purged = (-1, 0)
        """Up to where, as it was after so many purges: thousands of clients that come back at once all ask."""

    @classmethod
    async def open(cls, database: Path | str, *, new_id: NewId, mark: Path | None = None, alone: bool = False) -> Self:
        """Open a database, creating its tables or bringing them up to date where that is needed.

        Args:
            database: the path of a SQLite file, in a folder that exists; or a URL: `sqlite:///` and such a path,
                `sqlite://` for one that is kept in memory, or `postgresql://` and where a server has it.
            new_id: names the log where it is new, or has lost its end.
            mark: the file in which is kept how far the log has reached; a SQLite file has its own beside it.
            alone: whether it is refused while another server uses it; a SQLite file is its folder's owner's anyway.

        Raises:
            StoreUnavailable: it cannot be reached, opened, created or written, or another server uses it.
            WrongDatabase: it is not a database of BotArmy's, or of a kind that is not supported.
            NewerSchema: a newer version of BotArmy has changed it.
            DomainError: `database_missing_extra` where the driver is not installed.
        """
        return cls(await asyncio.to_thread(opened, database, new_id, mark, alone))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._readers is not None:
            await self._readers.close()
        await self._writer.close()

    # --- Writing ---------------------------------------------------------------------------------------------

    async def commit(self, commit: Commit) -> tuple[LogEntry, ...]:
        return await self._writer.append(prepare(commit))

    async def save_fold(self, run_id: str, fold: StoredFold) -> None:
        await self._writer.run(lambda conn: writing.keep_fold(conn, run_id, fold))

    async def compact(self, messages: Sequence[Written]) -> None:
        await self._writer.run(lambda conn: compaction.compact(conn, messages))
        if self._writer.tail is not None:
            self._writer.tail.drop([position for message in messages for position in message.deltas])

    async def claim(self, worker_id: str, *, capabilities: frozenset[str], limit: int, lease_seconds: float) -> Claims:
        return await self._writer.run(lambda conn: leases.claim(conn, worker_id, capabilities, limit, lease_seconds))

    async def renew(self, leases_: Mapping[str, int], lease_seconds: float) -> frozenset[str]:
        held = dict(leases_)
        return await self._writer.run(lambda conn: leases.renew(conn, held, lease_seconds))

    async def keep_tokens(self, *, new: Sequence[StoredToken] = (), gone: Sequence[str] = ()) -> None:
        await self._writer.run(lambda conn: keeping.keep(conn, new, gone))

    async def keep_bookmark(self, name: str, place: str) -> None:
        await self._writer.run(lambda conn: bookmarks.keep(conn, name, place))

    # --- Reading ---------------------------------------------------------------------------------------------

    async def bookmark(self, name: str) -> str | None:
        return await self._read(lambda conn: bookmarks.bookmark(conn, name))

    async def tokens(self) -> list[StoredToken]:
        return await self._read(keeping.tokens)

    async def _read(self, query: Callable[[Connection], T]) -> T:
        if self._readers is None:
            return await self._writer.run(query)
        return await self._readers.run(query)

    async def head(self) -> int:
        return await self._read(reading.head)

    async def read(
        self, after: int, limit: int, *, run_id: str | None = None, up_to: int | None = None
    ) -> list[LogEntry]:
        tail = self._writer.tail
        recent = tail.after(after, limit) if tail is not None and run_id is None and up_to is None else None
        if recent is not None:
            await asyncio.sleep(0)  # whoever reads in a loop lets others have their turn
            return recent
        return await self._read(lambda conn: reading.read(conn, after, limit, run_id, up_to))

    async def fold(self, run_id: str, up_to: int | None = None) -> StoredFold | None:
        return await self._read(lambda conn: reading.fold(conn, run_id, up_to))

    async def compacted_up_to(self) -> int:
        return await self._read(compaction.compacted_up_to)

    async def purged_up_to(self) -> int:
        purges = self._writer.purges
        if self._is_shared or self._purged[0] != purges:
            self._purged = (purges, await self._read(retention.purged_up_to))
        return self._purged[1]

    async def ended_before(self, moment: Timestamp, limit: int) -> list[str]:
        return await self._read(lambda conn: retention.ended_before(conn, moment, limit))

    async def written(self, after: int, to: int) -> list[Written]:
        return await self._read(lambda conn: compaction.written(conn, after, to))

    async def in_the_writing(self, run_id: str, position: int) -> list[LogEntry]:
        return await self._read(lambda conn: compaction.in_the_writing(conn, run_id, min(position, reading.LAST)))

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
        """Raises DomainError `bad_arguments` where `before` is no continuation of a list."""
        wanted = reading.RunQuery(
            owner=owner,
            limit=limit,
            before=None if before is None else reading.run_cursor(before),
            status=status,
            team=team,
            search=search,
        )
        return await self._read(lambda conn: reading.run_page(conn, wanted))

    async def boards(self, kinds: frozenset[BoardKind], *, owner: str | None, limit: int) -> Boards:
        return await self._read(lambda conn: boards.read(conn, kinds, owner, limit))

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
        """Raises DomainError `bad_arguments` where `before` is no continuation of a list."""
        wanted = joblist.JobQuery(
            owner=owner,
            limit=limit,
            before=None if before is None else joblist.job_cursor(before),
            status=status,
            run_id=run_id,
            agent=agent,
            error=error,
            search=search,
        )
        return await self._read(lambda conn: joblist.job_page(conn, wanted))

    async def workers(self) -> list[WorkerRow]:
        return await self._read(boards.worker_rows)

    async def open_requests(self, *, owner: str | None, limit: int, after: str | None = None) -> RequestPage:
        """Raises DomainError `bad_arguments` where `after` is no continuation of a list."""
        since = 0 if after is None else asking.cursor(after)
        return await self._read(lambda conn: asking.page(conn, owner, since, limit))

    async def workers_seen(self) -> Mapping[str, Timestamp]:
        return await self._read(boards.workers_seen)

    async def owner(self, run_id: str) -> str | None:
        return await self._read(lambda conn: reading.owner(conn, run_id))

    async def blob(self, sha256: str) -> bytes | None:
        return await self._read(lambda conn: reading.blob(conn, sha256))

    async def reply(self, user: str, command_id: str) -> StoredReply | None:
        return await self._read(lambda conn: reading.reply(conn, user, command_id))

    async def usage(self, since: str, *, owner: str | None, limit: int) -> list[UsageRow]:
        return await self._read(lambda conn: spending.usage(conn, since, owner, limit))

    async def spent(self, day: str) -> float:
        return await self._read(lambda conn: spending.spent(conn, day))

    async def analytics(self, wanted: AnalyticsQuery) -> AnalyticsFound:
        return await self._read(lambda conn: analytics.found(conn, wanted))

    async def expired(self, limit: int) -> list[ClaimedJob]:
        return await self._read(lambda conn: leases.expired(conn, limit))

    async def claimed(self) -> list[ClaimedJob]:
        return await self._read(leases.claimed)

    async def open_jobs(self) -> Mapping[str, int]:
        return await self._read(leases.open_jobs)


class Readers:
    """A few threads, each with a read-only connection while it reads."""

    def __init__(self, engine: Engine) -> None:
        self._engine: Final = engine
        self._threads: Final = ThreadPoolExecutor(READERS, thread_name_prefix="botarmy-store-reader")
        self._closed = False

    async def run(self, query: Callable[[Connection], T]) -> T:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(self._query, query))

    def _query(self, query: Callable[[Connection], T]) -> T:
        with translation():
            try:
                return self._once(query)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            return self._once(query)  # the connection was lost since it was used last: now they are all made anew

    def _once(self, query: Callable[[Connection], T]) -> T:
        with self._engine.connect() as conn:
            return query(conn)

    async def close(self) -> None:
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)


def opened(database: Path | str, new_id: NewId, mark: Path | None, alone: bool) -> Database:
    """What `SqlStore.open` opens, of whichever kind it is."""
    if isinstance(database, str) and is_postgres(database):
        from botarmy.store.postgres import PostgresDatabase  # noqa: PLC0415 - who has SQLite need not load it

        return PostgresDatabase(database, new_id, mark=mark, alone=alone)
    return SqliteDatabase(database if isinstance(database, Path) else sqlite_path(database), new_id)


def is_postgres(url: str) -> bool:
    return url.startswith("postgresql://")


def sqlite_path(url: str) -> Path | None:
    """The file that a URL names; None for memory. Raises WrongDatabase for any other kind of database."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise WrongDatabase("the address of the database is not a URL such as sqlite:////folder/name.db") from error
    if parsed.get_backend_name() != "sqlite":
        raise WrongDatabase(f"databases of the kind {parsed.drivername} are not supported: use sqlite or postgresql")
    return Path(parsed.database) if parsed.database and parsed.database != ":memory:" else None
