"""What can be wrong with a database, in words. Driver errors are translated here and nowhere else.

The words are for people who run a server. They hold no address, no user and no password.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from botarmy.ports import Conflict, StoreError, StoreUnavailable


class WrongDatabase(StoreError):
    """This cannot be opened: it is another program's, damaged, or of a kind that is not supported."""


class NewerSchema(StoreError):
    """A newer version of BotArmy has changed this database; this one would do harm to it."""


class DatabaseTaken(StoreUnavailable):
    """Another server uses this database, and there may be one at a time."""


class NotWritten(StoreUnavailable):
    """The connection broke while a commit was under way, and it did not take effect."""


class OutcomeUnknown(StoreUnavailable):
    """The connection broke while a commit was under way, and what became of it could not be found out."""


_BASIC_CODE: Final = 0xFF
"""The low byte of SQLite's extended codes says what happened, the rest where."""

_WORDS: Final = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the database may only be read",
    sqlite3.SQLITE_BUSY: "another program holds the database locked",
    sqlite3.SQLITE_LOCKED: "another program holds the database locked",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened or created here",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write",
    sqlite3.SQLITE_PERM: "the database may not be opened by this user",
    sqlite3.SQLITE_AUTH: "the database may not be opened by this user",
    sqlite3.SQLITE_NOMEM: "there is too little memory",
    sqlite3.SQLITE_TOOBIG: "this is larger than the database can hold",
}
_DAMAGED: Final = {
    sqlite3.SQLITE_CORRUPT: "the database is damaged: restore it from a backup",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
}


_LOCKED: Final = "another program holds the database locked"
_REFUSED: Final = "the database refuses this user or this password"
_NO_ANSWER: Final = "the database cannot be reached, or has ended the connection"
_STATES: Final = {
    "53100": "the disk is full",
    "53200": "the database has too little memory",
    "53300": "the database takes no more connections",
    "25006": "the database may only be read",
    "42501": "the database's user may not do this: it needs to own the database, or its schema",
    "55P03": _LOCKED,
    "57014": _LOCKED,
    "40P01": _LOCKED,
    "58030": "the disk failed to read or write",
    "57P01": "the database is being shut down",
    "57P02": "the database has crashed, and starts again",
    "57P03": "the database is starting or shutting down",
    "28000": _REFUSED,
    "28P01": _REFUSED,
    "3D000": "there is no database of this name: make it with createdb",
}
"""By PostgreSQL's SQLSTATE."""
_DAMAGED_STATES: Final = {"XX001", "XX002"}
_AT_CONNECTING: Final = (
    (re.compile(r"password authentication failed|no password supplied|role .* does not exist|no pg_hba.conf"), "28P01"),
    (re.compile(r"database .* does not exist"), "3D000"),
    (re.compile(r"the database system is (starting|shutting|not yet|in recovery)"), "57P03"),
    (re.compile(r"too many (clients|connections)|remaining connection slots"), "53300"),
)
"""What the driver gives no state for: the server's words, where it speaks English."""


class DamagedDatabase(StoreUnavailable, WrongDatabase):
    """What is in the file makes no sense. It can be met at the opening, and long after it."""


def is_interruption(error: Exception) -> bool:
    """Whether the connection broke before anything took effect, so that the same may be done again over another."""
    return isinstance(error, NotWritten) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def translated(error: Exception) -> Exception:
    """The error as callers of the store know it; one that is none of a database's comes back as it is."""
    if isinstance(error, StoreError) or not isinstance(error, SQLAlchemyError | sqlite3.Error):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if cause is not None and hasattr(cause, "sqlstate"):
        return _of_postgres(error, cause)
    basic = code & _BASIC_CODE if isinstance(code, int) else None
    if basic in _DAMAGED:
        return DamagedDatabase(_DAMAGED[basic])
    if basic in _WORDS:
        return StoreUnavailable(_WORDS[basic])
    if isinstance(error, IntegrityError) and "events.version" in str(cause):
        return Conflict("the run's version is not the expected one")
    return StoreError(f"the database refused this: {cause}")


def _of_postgres(error: Exception, cause: Exception) -> Exception:
    state = _state(cause)
    if state in _DAMAGED_STATES:
        return DamagedDatabase("the database is damaged: restore it from a backup")
    if state in _STATES:
        return StoreUnavailable(_STATES[state])
    if isinstance(error, DBAPIError) and (error.connection_invalidated or (state is None and _is_operational(cause))):
        return StoreUnavailable(_NO_ANSWER)
    if isinstance(error, IntegrityError) and "events_version" in str(cause):
        return Conflict("the run's version is not the expected one")
    return StoreError(f"the database refused this: {cause}")


def _is_operational(cause: Exception) -> bool:
    return any(kind.__name__ == "OperationalError" for kind in type(cause).__mro__)


def _state(cause: Exception) -> str | None:
    state: str | None = getattr(cause, "sqlstate", None)
    if state is not None:
        return state
    text = str(cause)
    return next((known for words, known in _AT_CONNECTING if words.search(text)), None)


@contextmanager
def translation() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        known = translated(error)
        if known is error:
            raise
        raise known from error
