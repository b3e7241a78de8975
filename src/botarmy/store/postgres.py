"""PostgreSQL: one committing connection for each server process, and readers beside it.

Whoever writes holds a lock of the database's, from before the log's end is read until the commit: so positions become
visible in order, however many servers there are. The lock ends with the connection; a server that is frozen in the
middle of a transaction loses it after some seconds.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, func, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from botarmy.domain.errors import DomainError
from botarmy.ports import LogEntry, NewId, StoreError, StoreUnavailable
from botarmy.store import schema
from botarmy.store.failures import DatabaseTaken, NotWritten, OutcomeUnknown, WrongDatabase, translation
from botarmy.store.identity import HighWater, Marking, epoch_of, establish
from botarmy.store.reading import head
from botarmy.store.tables import events

READERS: Final = 4
CONNECT_SECONDS: Final = 5
LOCK_SECONDS: Final = 5
"""How long other servers, or other programs, may keep a commit waiting before it is refused."""
FROZEN_SECONDS: Final = 5
"""How long a transaction may stand still before the database ends it; on a busy machine a thread may wait for long."""
ALONE_SECONDS: Final = 10.0
"""How long is waited for a server before this one to be gone: the database may not have noticed yet that it is."""
OUTCOME_SECONDS: Final = 15.0
"""How long is looked for the outcome of a commit whose answer was lost."""
RETRY_SECONDS: Final = 0.25
OLDEST: Final = 130_000
_APPENDING: Final = select(func.pg_advisory_xact_lock(0x626F7461, 1))
_ALONE: Final = select(func.pg_try_advisory_lock(0x626F7461, 2))
_FACTS: Final = text(
    "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),"
    " current_setting('transaction_read_only') = 'on'"
)
_DURABLE: Final = text(
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)
_PATIENT: Final = text("SET LOCAL idle_in_transaction_session_timeout = 0")
_BROKEN: Final = "the connection to the database broke while it was saving"
_BODY: Final = select(events.c.body)


class PostgresDatabase:
    """Opens a database, and opens it again whenever its connection is lost. Everything but `readers` is for one thread.

    Args:
        mark: the file for the high-water mark; None for none.
        alone: whether no other server may use the database.

    Raises:
        DomainError: `database_missing_extra`.
        StoreUnavailable, WrongDatabase, NewerSchema, DatabaseTaken: it cannot be used.
    """

    is_shared: Final = True

    def __init__(self, url: str, new_id: NewId, *, mark: Path | None = None, alone: bool = False) -> None:
        address = postgres_url(url)
        self._alone: Final = alone
        self._marking: Final = Marking(mark)
        self._engine: Final = _writing_engine(address)
        self.readers: Final[Engine] = _reading_engine(address)
        self._conn: Connection | None = None
        self._broken_at = -RETRY_SECONDS
        self.position = 0
        self.epoch = ""
        with translation():
            try:
                self.epoch = self._prepare(new_id)
            except BaseException:
                self._let_go()
                raise

    def _prepare(self, new_id: NewId) -> str:
        conn = self._connected()
        _check(conn)
        conn.rollback()
        conn.execute(_APPENDING)
        conn.execute(_PATIENT)
        if schema.found(conn) != schema.revisions()[-1]:
            schema.upgrade(conn)
        self.position = head(conn)
        epoch = establish(conn, self.position, self._marking.read(), new_id)
        conn.commit()
        return epoch

    # --- Connecting ------------------------------------------------------------------------------------------

    def _connected(self) -> Connection:
        """A connection, just made or still there; soon after one that failed, none is tried."""
        if self._conn is not None:
            return self._conn
        if time.monotonic() < self._broken_at + RETRY_SECONDS:
            raise StoreUnavailable("the database cannot be reached, or has ended the connection")
        try:
            self._conn = self._engine.connect()
            self._conn.execute(_DURABLE)
            self._conn.commit()
            if self._alone:
                self._be_alone(self._conn)
            if self.epoch:
                self._recognize(self._conn)
        except BaseException:
            self._drop()
            self._broken_at = time.monotonic()
            raise
        return self._conn

    def _be_alone(self, conn: Connection) -> None:
        deadline = time.monotonic() + ALONE_SECONDS
        while True:
            taken = not conn.execute(_ALONE).scalar_one()
            conn.commit()
            if not taken:
                return
            if time.monotonic() > deadline:
                raise DatabaseTaken("another BotArmy server uses this database: stop it first")
            time.sleep(RETRY_SECONDS)

    def _recognize(self, conn: Connection) -> None:
        """What was restored from a backup, or is a standby that lacks the log's end, is not gone on with."""
        is_the_same = epoch_of(conn) == self.epoch and head(conn) >= self.position
        conn.rollback()
        if not is_the_same:
            raise StoreUnavailable("the database has lost the end of its log, or is another one: restart BotArmy")

    def _drop(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            with suppress(SQLAlchemyError):
                conn.invalidate()
            with suppress(SQLAlchemyError):
                conn.close()

    # --- Writing ---------------------------------------------------------------------------------------------

    def begin(self) -> Connection:
        fresh = self._conn is None
        try:
            return self._locked()
        except DBAPIError as error:
            self.rollback()
            if fresh or not error.connection_invalidated:
                raise
        return self._locked()  # it was lost while nothing was under way

    def _locked(self) -> Connection:
        conn = self._connected()
        conn.execute(_APPENDING)
        return conn

    def commit(self, last: LogEntry | None) -> None:
        conn = self._connected()
        try:
            conn.commit()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            self._drop()
            if last is None:
                raise OutcomeUnknown(_BROKEN) from error
            if not self._is_there(last):
                raise NotWritten(_BROKEN) from error
        if last is not None:
            self.position = last.position

    def _is_there(self, entry: LogEntry) -> bool:
        """Whether a commit that appended this took effect. Raises OutcomeUnknown."""
        deadline = time.monotonic() + OUTCOME_SECONDS
        while True:
            try:  # the lock is ours only once the old connection's transaction is over
                body = self._locked().execute(_BODY.where(events.c.position == entry.position)).scalar()
            except (SQLAlchemyError, StoreError) as error:
                self.rollback()
                if time.monotonic() > deadline:
                    raise OutcomeUnknown(_BROKEN) from error
                time.sleep(RETRY_SECONDS)
            else:
                self.rollback()
                return body == entry.body

    def rollback(self) -> None:
        conn = self._conn
        if conn is None:
            return
        try:
            if conn.invalidated:
                self._drop()
            else:
                conn.rollback()
        except SQLAlchemyError:
            self._drop()

    def tidy(self, position: int, *, purged: bool = False) -> bool:  # noqa: ARG002 - the database vacuums by itself
        try:
            return self._marking.keep(HighWater(self.epoch, position))
        except OSError:
            return True

    def close(self, position: int) -> None:
        self._marking.finish(HighWater(self.epoch, position))
        self._let_go()

    def _let_go(self) -> None:
        self._drop()
        self.readers.dispose()
        self._engine.dispose()


def postgres_url(url: str) -> URL:
    """Raises WrongDatabase. What is wrong is not repeated: it may be a password that was not escaped."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise WrongDatabase(
            "the address of the database is not a URL such as postgresql://user@host/name: "
            "characters such as @ and / in a password are written as %40 and %2F"
        ) from None
    return parsed.set(drivername="postgresql+psycopg")


def found_revision(url: str) -> str | None:
    """Of the tables that are there; None for an empty database. Changes nothing. Raises what an opening does."""
    engine = _reading_engine(postgres_url(url))
    try:
        with translation(), engine.connect() as conn:
            _check(conn, reading=True)
            return schema.found(conn)
    finally:
        engine.dispose()


def _check(conn: Connection, *, reading: bool = False) -> None:
    version, encoding, read_only = conn.execute(_FACTS).one()
    if version < OLDEST:
        raise WrongDatabase(f"this is PostgreSQL {version // 10_000}: BotArmy needs 13 or newer")
    if encoding != "UTF8":
        raise WrongDatabase(f"the database's encoding is {encoding}: make one with createdb --encoding UTF8")
    if read_only and not reading:
        raise StoreUnavailable("the database may only be read: it is a standby, or set so")


_CONNECTING: Final = {
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "botarmy",
    "client_encoding": "utf8",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def _writing_engine(url: URL) -> Engine:
    limits = f"-c lock_timeout={LOCK_SECONDS}s -c idle_in_transaction_session_timeout={FROZEN_SECONDS}s"
    return _engine(url, limits, poolclass=NullPool)


def _reading_engine(url: URL) -> Engine:
    moment = "-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"
    return _engine(url, moment, poolclass=QueuePool, pool_size=READERS, max_overflow=0)


def _engine(url: URL, options: str, **more: Any) -> Engine:
    given = {name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()}
    options = f"{given.pop('options', '')} {options}".strip()
    try:
        return create_engine(
            url.set(query={}),
            connect_args={**_CONNECTING, **given, "options": options},
            hide_parameters=True,
            use_native_hstore=False,
            **more,
        )
    except ImportError:
        raise DomainError("database_missing_extra") from None
