"""What can be wrong with a database, in words. Driver errors are translated here and nowhere else."""

from __future__ import annotations

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


class DamagedDatabase(StoreUnavailable, WrongDatabase):
    """What is in the file makes no sense. It can be met at the opening, and long after it."""


def translated(error: Exception) -> Exception:
    """The error as callers of the store know it; one that is none of a database's comes back as it is."""
    if isinstance(error, StoreError) or not isinstance(error, SQLAlchemyError | sqlite3.Error):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    basic = code & _BASIC_CODE if isinstance(code, int) else None
    if basic in _DAMAGED:
        return DamagedDatabase(_DAMAGED[basic])
    if basic in _WORDS:
        return StoreUnavailable(_WORDS[basic])
    if isinstance(error, IntegrityError) and "events.version" in str(cause):
        return Conflict("the run's version is not the expected one")
    return StoreError(f"the database refused this: {cause}")


@contextmanager
def translation() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        known = translated(error)
        if known is error:
            raise
        raise known from error
