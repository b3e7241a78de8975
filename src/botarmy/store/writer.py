"""Group commit: what arrives while one transaction syncs forms the next one. There is no timer.

One thread writes. Each caller is answered once its work is durable, in one step of the event loop for all of a
batch; a commit that is refused, or that the database cannot take, fails alone.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeAlias, TypeVar

from sqlalchemy import Connection

from botarmy.ports import Conflict, LogEntry, StaleToken, StoreUnavailable
from botarmy.store.batch import Batch, Known, Prepared
from botarmy.store.database import Database
from botarmy.store.failures import OutcomeUnknown, is_interruption, translated
from botarmy.store.tail import Tail
from botarmy.store.writing import load, load_ends, read_ends, write

BATCH: Final = 1_024
WAITING: Final = 4_096
"""So much may wait for the writer; more callers wait for their turn to wait."""
HEADS_HELD: Final = 20_000
IDLE_SECONDS: Final = 1.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Append:
    prepared: Prepared
    answer: asyncio.Future[tuple[LogEntry, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Task(Generic[T]):
    """Anything else that happens inside a writing transaction, after the commits of its batch."""

    call: Callable[[Connection], T]
    answer: asyncio.Future[T]


Work: TypeAlias = Append | Task[Any]
Outcome: TypeAlias = tuple[Work, Any, Exception | None]


class Writer:
    """Owns the database's writing connection, from its creation in a running event loop to the end of `close`."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database
        self._loop: Final = asyncio.get_running_loop()
        self._room: Final = asyncio.Semaphore(WAITING)
        self._queue: Final[SimpleQueue[Work | None]] = SimpleQueue()
        self._ended: Final[asyncio.Future[None]] = self._loop.create_future()
        self._closing = False
        self._stop = False
        self._untidy = False
        self._position = database.position
        self.tail: Final = None if database.is_shared else Tail(database.position)
        """What was written last; None where others write too, and it would not be the whole."""
        self.purges = 0
        """How many commits that purge have been answered."""
        self._known: Known | None = None
        self._thread: Final = threading.Thread(target=self._run, name="botarmy-store-writer", daemon=True)
        self._thread.start()

    # --- On the event loop -----------------------------------------------------------------------------------

    async def append(self, prepared: Prepared) -> tuple[LogEntry, ...]:
        answer: asyncio.Future[tuple[LogEntry, ...]] = self._loop.create_future()
        await self._hand_over(Append(prepared, answer))
        return await answer

    async def run(self, call: Callable[[Connection], T]) -> T:
        answer: asyncio.Future[T] = self._loop.create_future()
        await self._hand_over(Task(call, answer))
        return await answer

    async def _hand_over(self, work: Work) -> None:
        await self._room.acquire()
        if self._closing:
            self._room.release()
            raise StoreUnavailable("the store is closed")
        self._queue.put(work)

    async def close(self) -> None:
        """Finish what was handed over. May be called again."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
        await asyncio.shield(self._ended)
        self._thread.join()

    def _answer(self, outcomes: Sequence[Outcome]) -> None:
        for work, result, error in outcomes:
            self._room.release()
            if isinstance(work, Append) and error is None:
                self._remember(work, result)
            if work.answer.done():  # its caller was cancelled; what was written stays
                continue
            if error is None:
                work.answer.set_result(result)
            else:
                work.answer.set_exception(error)

    def _remember(self, work: Append, entries: Iterable[LogEntry]) -> None:
        if work.prepared.commit.purge:
            self.purges += 1
        if self.tail is None:
            return
        if work.prepared.commit.purge:
            self.tail.clear()
        self.tail.extend(entries)

    def _end(self, error: Exception | None) -> None:
        if error is None:
            self._ended.set_result(None)
        else:
            self._ended.set_exception(error)

    # --- On the thread ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        error = None
        try:
            while not self._stop:
                if batch := self._take():
                    self._tell(self._answer, self._execute(batch))
            self._database.close(self._position)
        except Exception as failure:  # handed to whoever closes the store
            error = translated(failure)
        self._tell(self._end, error)

    def _tell(self, callback: Callable[[T], None], value: T) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, value)
        except RuntimeError:  # the event loop is gone, and with it everybody who waited
            self._stop = True

    def _take(self) -> list[Work]:
        """What has come by now, at least one; nothing at the end, or when there was time to tidy up."""
        batch: list[Work] = []
        try:
            item = self._queue.get(timeout=IDLE_SECONDS if self._untidy else None)
            while item is not None:
                batch.append(item)
                if len(batch) == BATCH:
                    return batch
                item = self._queue.get_nowait()
            self._stop = True
        except Empty:
            if not batch:
                self._tidy(purged=False)
        return batch

    def _execute(self, batch: Sequence[Work], *, again: bool = True) -> list[Outcome]:
        """Each work's outcome. Where the connection breaks, it is all done `again` over a new one, once."""
        try:
            conn = self._database.begin()
        except Exception as error:  # every caller is told
            self._known = None
            return [(work, None, translated(error)) for work in batch]
        try:
            outcomes, purged = self._write(conn, batch)
            self._database.commit(_last(outcomes))
        except Exception as error:  # the caller whose work it was is told
            self._known = None
            self._database.rollback()
            if again and is_interruption(error):
                return self._execute(batch, again=False)
            if len(batch) == 1 or isinstance(error, OutcomeUnknown):
                return [(work, None, translated(error)) for work in batch]
            return [outcome for work in batch for outcome in self._execute([work], again=again)]
        self._tidy(purged=purged)
        return outcomes

    def _write(self, conn: Connection, work: Sequence[Work]) -> tuple[list[Outcome], bool]:
        """Inside the transaction: what is refused becomes an outcome, what the database refuses is raised."""
        appends = [item for item in work if isinstance(item, Append)]
        known = self._load(conn, appends)
        batch = Batch(known)
        outcomes = [_admitted(batch, item) for item in appends]
        for rows in batch.parts:
            write(conn, rows)
        outcomes += [(item, item.call(conn), None) for item in work if isinstance(item, Task)]
        return outcomes, len(batch.parts) > 1

    def _load(self, conn: Connection, appends: Sequence[Append]) -> Known:
        known = self._known
        if known is None or len(known.heads) > HEADS_HELD or self._is_behind(conn, known):
            known = self._known = Known()
            load_ends(conn, known)
        load(conn, known, [item.prepared for item in appends])
        return known

    def _is_behind(self, conn: Connection, known: Known) -> bool:
        """Whether others have written since. Whoever changes a run's version moves the log's end."""
        return self._database.is_shared and read_ends(conn) != (known.position, known.last_run)

    def _tidy(self, *, purged: bool) -> None:
        if self._known is not None:
            self._position = self._known.position
        self._untidy = self._database.tidy(self._position, purged=purged)


def _admitted(batch: Batch, item: Append) -> Outcome:
    try:
        return item, batch.admit(item.prepared), None
    except (Conflict, StaleToken) as refusal:
        return item, None, refusal


def _last(outcomes: Sequence[Outcome]) -> LogEntry | None:
    """The last event that they append, if any does."""
    appended = (entries[-1] for work, entries, _ in reversed(outcomes) if isinstance(work, Append) and entries)
    return next(appended, None)
