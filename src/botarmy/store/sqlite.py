"""SQLite: one file with one writer, which also checkpoints, and readers beside it; or all of it in memory.

The writer alone touches the write-ahead log's end: two connections that checkpoint could damage the file with the
SQLite that older systems ship.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from botarmy.ports import LogEntry, NewId
from botarmy.store import schema
from botarmy.store.batch import Known
from botarmy.store.failures import translation
from botarmy.store.identity import HighWater, Marking, establish
from botarmy.store.writing import load_ends

READERS: Final = 4
BUSY_MS: Final = 5_000
"""How long another program may hold the file locked before a commit is refused."""
READER_CACHE_KIB: Final = 1024
"""Of pages, for each reader. The system has the file in memory as well: reading 10,000 events took no longer with 1 MiB
than with 64. What is kept here is kept four times."""
WRITER_CACHE_KIB: Final = 4 * 1024
"""Also for what a transaction has changed; beyond it pages are written before the commit."""
_PRAGMAS: Final = f"""
    PRAGMA busy_timeout={BUSY_MS};
    PRAGMA temp_store=MEMORY;
"""
_READER_PRAGMAS: Final = f"""
    {_PRAGMAS}
    PRAGMA cache_size=-{READER_CACHE_KIB};
"""
# What is deleted is overwritten: a person who deletes a project expects that it cannot be read from the file.
_WRITER_PRAGMAS: Final = f"""
    {_PRAGMAS}
    PRAGMA cache_size=-{WRITER_CACHE_KIB};
    PRAGMA synchronous=FULL;
    PRAGMA secure_delete=ON;
    PRAGMA wal_autocheckpoint=4000;
"""


class SqliteDatabase:
    """Opens, and keeps in order what is not in tables: the write-ahead log, and the high-water mark beside the file.

    Everything but `readers` is for one thread at a time.

    Args:
        path: None for one that exists in memory alone.

    Raises:
        StoreUnavailable, WrongDatabase, NewerSchema: it cannot be used.
    """

    def __init__(self, path: Path | None, new_id: NewId) -> None:
        self._marking: Final = Marking(path.with_name(f"{path.name}.high-water") if path else None)
        self._purged = False
        self.position = 0
        """The head at the opening."""
        self._engine: Final = _writing_engine(path)
        self.readers: Final = _reading_engine(path) if path else None
        with translation():
            self.writer: Final = self._engine.connect()
            try:
                self.epoch: Final = self._prepare(new_id)
            except BaseException:
                self._let_go()
                raise

    def _prepare(self, new_id: NewId) -> str:
        with self.writer.begin():
            revision = schema.found(self.writer)
        self._pragma("journal_mode=WAL")
        with self.writer.begin():
            if revision != schema.revisions()[-1]:
                schema.upgrade(self.writer)
            ends = Known()
            load_ends(self.writer, ends)
            epoch = establish(self.writer, ends.position, self._marking.read(), new_id)
        self.position = ends.position
        return epoch

    def _pragma(self, text: str) -> tuple[object, ...]:
        """Outside of transactions, where SQLAlchemy would begin one."""
        connection = self.writer.connection.driver_connection
        assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - for the type checker
        row: tuple[object, ...] = connection.execute(f"PRAGMA {text}").fetchone()
        return row

    @property
    def is_shared(self) -> bool:
        """Whoever writes owns the file."""
        return False

    def begin(self) -> Connection:
        self.writer.begin()
        return self.writer

    def commit(self, last: LogEntry | None) -> None:  # noqa: ARG002 - nothing comes between this and its outcome
        self.writer.commit()

    def rollback(self) -> None:
        with suppress(SQLAlchemyError, sqlite3.Error):
            self.writer.rollback()

    def tidy(self, position: int, *, purged: bool = False) -> bool:
        """After a transaction that left the head at `position`, and again while idle.

        Never raises: returns whether something is left to do.
        """
        self._purged = self._purged or purged
        try:
            if self._purged:
                self._purged = not self._empty_wal()
            return self._marking.keep(HighWater(self.epoch, position)) or self._purged
        except (sqlite3.Error, OSError):  # the next commit tells its caller
            return True

    def _empty_wal(self) -> bool:
        """What was deleted is still in the write-ahead log until that is emptied; a reader may be in the way."""
        self._pragma("busy_timeout=0")
        busy, *_ = self._pragma("wal_checkpoint(TRUNCATE)")
        self._pragma(f"busy_timeout={BUSY_MS}")
        return not busy

    def close(self, position: int) -> None:
        """Never raises: what was committed is durable, and the next opening makes up for what could not be done."""
        with suppress(sqlite3.Error):
            self._empty_wal()
        self._marking.finish(HighWater(self.epoch, position))
        self._let_go()

    def _let_go(self) -> None:
        if self.readers is not None:
            self.readers.dispose()
        self.writer.close()
        self._engine.dispose()


def _writing_engine(path: Path | None) -> Engine:
    def connect() -> sqlite3.Connection:
        return _connect("file::memory:" if path is None else f"file:{quote(str(path))}", _WRITER_PRAGMAS)

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _reading_engine(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        return _connect(f"file:{quote(str(path))}?mode=ro", _READER_PRAGMAS)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=READERS, max_overflow=0)
    event.listen(engine, "begin", _begin)
    return engine


def _connect(uri: str, pragmas: str) -> sqlite3.Connection:
    """Transactions are begun by the listeners below alone."""
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256)
    try:
        connection.executescript(pragmas)
    except BaseException:
        connection.close()
        raise
    return connection


def _begin(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN")


def _begin_immediate(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE")
