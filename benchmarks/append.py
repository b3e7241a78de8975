"""How fast events become durable: BotArmy's store beside the usual way, one transaction for each append.

Usage: python benchmarks/append.py [--seconds 3] [--callers 32] [--folder .] [--database postgresql://…]

Both write the same events into SQLite with fsync on (`journal_mode=WAL, synchronous=FULL`), in turns. Each caller
appends to a run of its own and waits until that is durable before it goes on. `--folder` chooses the disk.

With `--database`, BotArmy's store writes into that one instead, which should be empty before and is full afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from botarmy.domain import codec
from botarmy.domain.events import NewEvent, Note
from botarmy.ports import Commit
from botarmy.store.sql import SqlStore

TEXT = "What an agent says in one breath, about as long as this sentence. " * 2
Append: TypeAlias = Callable[[str, int, int], Awaitable[object]]
"""Makes `count` events of a run durable, the run being at `version`."""
Way: TypeAlias = Callable[[Path], AbstractAsyncContextManager[Append]]


IDS = itertools.count()


def new_id() -> str:
    """As long as a UUID, and nearly free: what is measured is the store."""
    return f"01939a00-0000-7000-8000-{next(IDS):012x}"


def note(run_id: str) -> NewEvent:
    """About 330 bytes as JSON."""
    return NewEvent(
        id=new_id(),
        run_id=run_id,
        timestamp="2026-11-20T09:30:00.123Z",
        agent_name="Analyst",
        content=TEXT,
        metadata=Note(by="local"),
    )


@asynccontextmanager
async def botarmy(folder: Path) -> AsyncIterator[Append]:
    async with appending(folder / "botarmy.db") as append:
        yield append


@asynccontextmanager
async def appending(database: Path | str) -> AsyncIterator[Append]:
    async with await SqlStore.open(database, new_id=new_id) as store:

        async def append(run_id: str, version: int, count: int) -> object:
            events = tuple(note(run_id) for _ in range(count))
            return await store.commit(Commit(events=events, run_id=run_id, expected_version=version))

        yield append


@asynccontextmanager
async def plain(folder: Path) -> AsyncIterator[Append]:
    """The driver of the standard library in a thread, a transaction for each append."""
    loop = asyncio.get_running_loop()
    with (
        closing(sqlite3.connect(folder / "plain.db", isolation_level=None, check_same_thread=False)) as db,
        ThreadPoolExecutor(1) as thread,
    ):
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, run TEXT, version INTEGER, body TEXT)")
        db.execute("CREATE UNIQUE INDEX versions ON events (run, version)")

        def write(run_id: str, version: int, bodies: list[str]) -> None:
            db.execute("BEGIN IMMEDIATE")
            rows = [(run_id, version + at, body) for at, body in enumerate(bodies, 1)]
            db.executemany("INSERT INTO events (run, version, body) VALUES (?, ?, ?)", rows)
            db.execute("COMMIT")

        async def append(run_id: str, version: int, count: int) -> object:
            bodies = [codec.encode(note(run_id)) for _ in range(count)]
            return await loop.run_in_executor(thread, write, run_id, version, bodies)

        yield append


@dataclass(frozen=True)
class Measured:
    events_per_second: float
    p50_ms: float
    p99_ms: float


async def measure(append: Append, callers: int, count: int, seconds: float) -> Measured:
    waits: list[float] = []
    begun = time.perf_counter()

    async def call() -> None:
        run_id, version = new_id(), 0
        while (before := time.perf_counter()) < begun + seconds:
            await append(run_id, version, count)
            version += count
            waits.append(time.perf_counter() - before)

    await asyncio.gather(*(call() for _ in range(callers)))
    took = time.perf_counter() - begun
    waits.sort()
    return Measured(
        events_per_second=len(waits) * count / took,
        p50_ms=waits[len(waits) // 2] * 1000,
        p99_ms=waits[len(waits) * 99 // 100] * 1000,
    )


def fsync_ms(folder: Path) -> float:
    """The median of what the disk takes to make 4 KiB durable."""
    took = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            before = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - before)
    return sorted(took)[len(took) // 2] * 1000


async def try_out(way: Way, place: Path, callers: int, count: int, seconds: float) -> Measured:
    async with way(place) as append:
        await measure(append, callers, count, seconds / 10)
        return await measure(append, callers, count, seconds)


def main(seconds: float, callers: int, folder: Path, database: str | None) -> None:
    sys.setswitchinterval(0.0005)  # as the server does, for both ways
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}")
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {callers} callers\n")
    print(f"{'':24}{'events at once':>15}{'events/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'fsync ms':>10}")
    ways: list[tuple[str, Way]] = [("BotArmy", botarmy), ("transaction per append", plain)]
    if database is not None:
        ways = [("BotArmy, PostgreSQL", lambda _: appending(database))]
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for count in (1, 8, 32):
            for name, way in ways:
                place = Path(scratch, f"{name}-{count}")
                place.mkdir()
                disk = fsync_ms(place)
                found = asyncio.run(try_out(way, place, callers, count, seconds))
                print(
                    f"{name:24}{count:15}{found.events_per_second:12,.0f}"
                    f"{found.p50_ms:9.2f}{found.p99_ms:9.2f}{disk:10.2f}"
                )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each of them is measured")
    parser.add_argument("--callers", type=int, default=32)
    parser.add_argument("--folder", type=Path, default=Path(), help="on the disk to be measured")
    parser.add_argument("--database", help="write into this PostgreSQL database instead")
    given = parser.parse_args()
    main(given.seconds, given.callers, given.folder, given.database)
