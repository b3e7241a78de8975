"""PostgreSQL from its side: what can be wrong with an address, a server or a connection, and what has to be right."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from botarmy.domain.errors import DomainError
from botarmy.ports import Commit, LogEntry, StoreError, StoreUnavailable
from botarmy.store import schema
from botarmy.store.failures import DatabaseTaken, NewerSchema, OutcomeUnknown, WrongDatabase
from botarmy.store.postgres import PostgresDatabase, found_revision
from botarmy.store.postgres import postgres_url as parsed
from botarmy.store.sql import SqlStore
from botarmy.store.tables import metadata
from tests.contracts.samples import ANYTHING, job, new_id, note, notes, reply, start
from tests.postgres import GUARDED, PASSWORD, PostgresServer, connected, running


@asynccontextmanager
async def opened(url: str, mark: Path | None = None, *, alone: bool = False) -> AsyncIterator[SqlStore]:
    async with await SqlStore.open(url, new_id=new_id, mark=mark, alone=alone) as store:
        yield store


async def refusal(url: str) -> StoreError:
    """Why it cannot be opened, in words that repeat no password."""
    with pytest.raises(StoreError) as refused:
        await SqlStore.open(url, new_id=new_id)
    assert PASSWORD not in str(refused.value)
    assert "Wrong" not in str(refused.value)
    return refused.value


# --- Opening ----------------------------------------------------------------------------------------------------


async def test_nobody_at_the_address_is_said_in_words() -> None:
    error = await refusal(f"postgresql://ada:{PASSWORD}@127.0.0.1:1/botarmy")
    assert isinstance(error, StoreUnavailable)
    assert str(error) == "the database cannot be reached, or has ended the connection"


@pytest.mark.parametrize("url", [f"postgresql://ada:{PASSWORD}@host:port/name", f"postgresql://ada:{PASSWORD}@h:x@y/z"])
async def test_an_address_that_is_none_is_refused_without_being_repeated(url: str) -> None:
    error = await refusal(url)
    assert isinstance(error, WrongDatabase)
    assert "%40" in str(error)


async def test_a_wrong_password_is_refused_in_words_and_the_right_one_is_taken(
    postgres: PostgresServer, postgres_url: str
) -> None:
    name = postgres_url.partition("@/")[2].partition("?")[0]
    for password in ("Wrong-1", ""):
        error = await refusal(postgres.url(name, GUARDED, password))
        assert str(error) == "the database refuses this user or this password"
    error = await refusal(postgres.url(name, GUARDED, PASSWORD))
    assert str(error) == "the database's user may not do this: it needs to own the database, or its schema"


async def test_a_database_that_is_not_there_is_said_with_what_makes_it(postgres: PostgresServer) -> None:
    assert "make it with createdb" in str(await refusal(postgres.url("nowhere")))


async def test_an_option_that_does_not_exist_is_named(postgres_url: str) -> None:
    assert "sslmood" in str(await refusal(f"{postgres_url}&sslmood=off"))


async def test_another_programs_database_is_refused_and_left_as_it_is(postgres: PostgresServer) -> None:
    name = postgres.database()
    postgres.execute("CREATE TABLE recipes (name TEXT)", name)
    assert isinstance(await refusal(postgres.url(name)), WrongDatabase)
    assert postgres.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name) == [("recipes",)]


async def test_a_newer_versions_database_is_refused_and_left_as_it_is(postgres: PostgresServer) -> None:
    name = postgres.ready_database()
    postgres.execute("UPDATE schema_version SET version_num = '9999'", name)
    assert isinstance(await refusal(postgres.url(name)), NewerSchema)
    assert postgres.execute("SELECT count(*) FROM meta", name) == [(0,)]


async def test_a_database_of_another_encoding_is_refused(postgres: PostgresServer) -> None:
    postgres.execute("CREATE DATABASE narrow TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    assert "LATIN1" in str(await refusal(postgres.url("narrow")))


async def test_a_database_that_may_only_be_read_is_refused_at_the_opening(postgres: PostgresServer) -> None:
    name = postgres.ready_database()
    postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert str(await refusal(postgres.url(name))) == "the database may only be read: it is a standby, or set so"


async def test_an_empty_database_gets_its_tables_and_a_look_changes_nothing(postgres: PostgresServer) -> None:
    name = postgres.database()
    assert found_revision(postgres.url(name)) is None
    async with opened(postgres.url(name)) as store:
        await store.commit(notes("r", 0))
    assert found_revision(postgres.url(name)) == schema.revisions()[-1]


async def test_without_the_driver_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DomainError) as refused:
        await SqlStore.open("postgresql://host/name", new_id=new_id)
    assert refused.value.code == "database_missing_extra"
    assert "botarmy[postgres]" in refused.value.action


def test_the_migrations_make_the_tables_that_queries_use(postgres: PostgresServer) -> None:
    migrated, described = postgres.ready_database(), postgres.database()
    engine = create_engine(parsed(postgres.url(described)))
    metadata.create_all(engine)
    engine.dispose()
    assert columns(postgres, migrated) == columns(postgres, described)
    assert indexes(postgres, migrated) == indexes(postgres, described)


def columns(postgres: PostgresServer, database: str) -> list[tuple[object, ...]]:
    return postgres.execute(
        "SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_version'"
        " ORDER BY table_name, ordinal_position",
        database,
    )


def indexes(postgres: PostgresServer, database: str) -> list[tuple[object, ...]]:
    return postgres.execute(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'schema_version' ORDER BY 1",
        database,
    )


# --- The epoch --------------------------------------------------------------------------------------------------


async def test_a_log_restored_from_an_older_dump_gets_a_new_epoch(postgres: PostgresServer, tmp_path: Path) -> None:
    name, mark = postgres.ready_database(), tmp_path / "mark"
    async with opened(postgres.url(name), mark) as store:
        await store.commit(notes("r", 0, 3))
        epoch = store.epoch
    dumped = postgres.dump(name)
    async with opened(postgres.url(name), mark) as store:
        assert store.epoch == epoch
        await store.commit(notes("r", 3))
    async with opened(postgres.url(postgres.restore(dumped)), mark) as store:
        assert store.epoch != epoch
        assert await store.head() == 3
        (entry,) = await store.commit(notes("r", 3))
        assert entry.position == 4


async def test_a_log_restored_whole_keeps_its_epoch(postgres: PostgresServer, tmp_path: Path) -> None:
    name, mark = postgres.ready_database(), tmp_path / "mark"
    async with opened(postgres.url(name), mark) as store:
        await store.commit(notes("r", 0, 3))
        epoch = store.epoch
    async with opened(postgres.url(postgres.restore(postgres.dump(name))), mark) as store:
        assert store.epoch == epoch


# --- Several servers --------------------------------------------------------------------------------------------


async def test_a_second_server_is_refused_until_the_first_is_gone(postgres_url: str) -> None:
    async with opened(postgres_url, alone=True):
        with pytest.raises(DatabaseTaken, match="another BotArmy server"):
            await SqlStore.open(postgres_url, new_id=new_id, alone=True)
    async with opened(postgres_url, alone=True) as store:
        await store.commit(notes("r", 0))


async def test_positions_of_several_writers_become_visible_in_order(postgres_url: str) -> None:
    """A reader that goes on from what it has seen never misses what became visible behind it."""
    async with opened(postgres_url) as one, opened(postgres_url) as two, opened(postgres_url) as reader:

        async def write(store: SqlStore, run_id: str) -> None:
            for version in range(0, 30, 2):
                await store.commit(notes(run_id, version, 2))

        async def follow(count: int) -> list[LogEntry]:
            seen: list[LogEntry] = []
            while len(seen) < count:
                seen += await reader.read(seen[-1].position if seen else 0, 7)
            return seen

        following = asyncio.create_task(follow(8 * 30))
        await asyncio.gather(*(write(store, f"{at} of {n}") for n, store in enumerate((one, two)) for at in range(4)))
        seen = await asyncio.wait_for(following, 60)
        assert [entry.position for entry in seen] == list(range(1, 8 * 30 + 1))
        assert seen == await one.read(0, 1000) == await two.read(0, 1000)


async def test_two_writers_of_one_run_meet_in_a_conflict_and_never_in_a_gap(postgres_url: str) -> None:
    async with opened(postgres_url) as one, opened(postgres_url) as two:
        for version in range(10):
            results = await asyncio.gather(
                *(store.commit(notes("r", version)) for store in (one, two)), return_exceptions=True
            )
            assert sorted(type(result).__name__ for result in results) == ["Conflict", "tuple"]
        assert [entry.version for entry in await one.read(0, 100)] == list(range(1, 11))


async def test_each_job_is_claimed_by_one_of_several_servers(postgres_url: str) -> None:
    async with opened(postgres_url) as one, opened(postgres_url) as two:
        await start(one, "r", *(job(f"job {at}") for at in range(60)))

        async def claim(store: SqlStore, worker: str) -> list[str]:
            taken: list[str] = []
            while jobs := (await store.claim(worker, capabilities=ANYTHING, limit=3, lease_seconds=60)).jobs:
                taken += [claimed.job_id for claimed in jobs]
            return taken

        taken = await asyncio.gather(*(claim(store, f"w{at}") for at, store in enumerate((one, two, one, two))))
        assert sorted(chain.from_iterable(taken)) == sorted(f"job {at}" for at in range(60))


async def test_what_others_hold_locked_is_left_to_them_and_the_rest_is_claimed(
    postgres: PostgresServer, postgres_url: str
) -> None:
    async with opened(postgres_url) as store:
        await start(store, "r", job("held"), job("free"))
        with connected(postgres_url) as other:
            other.exec_driver_sql("SELECT 1 FROM jobs WHERE job_id = 'held' FOR UPDATE")
            claims = await store.claim("w", capabilities=ANYTHING, limit=2, lease_seconds=60)
        assert [claimed.job_id for claimed in claims.jobs] == ["free"]


async def test_what_another_server_purged_is_not_given_from_memory(postgres_url: str) -> None:
    async with opened(postgres_url) as one, opened(postgres_url) as two:
        await start(one, "r")
        assert len(await one.read(0, 10)) == 1
        await two.commit(notes("r", 1, purge=True, aged=True))
        assert [entry.version for entry in await one.read(0, 10)] == [2]
        assert await one.purged_up_to() == 1


# --- Trouble while it is open -----------------------------------------------------------------------------------


def end_connections(postgres: PostgresServer, url: str) -> None:
    name = url.partition("@/")[2].partition("?")[0]
    postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


async def test_connections_that_were_ended_while_idle_are_made_anew_unnoticed(
    postgres: PostgresServer, postgres_url: str
) -> None:
    async with opened(postgres_url, alone=True) as store:
        await store.commit(notes("r", 0))
        assert await store.head() == 1
        end_connections(postgres, postgres_url)
        assert await store.head() == 1
        (entry,) = await store.commit(notes("r", 1))
        assert (entry.position, entry.version) == (2, 2)


async def test_a_server_whose_database_was_taken_over_writes_no_more(
    postgres: PostgresServer, postgres_url: str
) -> None:
    async with opened(postgres_url, alone=True) as store:
        await store.commit(notes("r", 0))
        end_connections(postgres, postgres_url)
        async with opened(postgres_url, alone=True) as successor:
            with pytest.raises(DatabaseTaken):
                await store.commit(notes("r", 1))
            await successor.commit(notes("r", 1))


async def test_a_database_that_lost_its_end_meanwhile_is_not_written(
    postgres: PostgresServer, postgres_url: str
) -> None:
    name = postgres_url.partition("@/")[2].partition("?")[0]
    async with opened(postgres_url) as store:
        await store.commit(notes("r", 0, 3))
        postgres.execute("DELETE FROM events WHERE position = 3", name)
        end_connections(postgres, postgres_url)
        with pytest.raises(StoreUnavailable, match="has lost the end of its log"):
            await store.commit(notes("r", 3))


async def test_a_lock_that_another_program_holds_refuses_commits_until_it_is_free(postgres_url: str) -> None:
    async with opened(f"{postgres_url}&options=-c%20deadlock_timeout%3D1s") as store:
        await store.commit(notes("r", 0))
        with connected(postgres_url) as other:
            other.exec_driver_sql("LOCK TABLE events IN EXCLUSIVE MODE")
            with pytest.raises(StoreUnavailable, match="holds the database locked"):
                await store.commit(notes("r", 1))
            assert await store.head() == 1
        await store.commit(notes("r", 1))


async def test_closing_leaves_no_connection_and_no_thread(postgres: PostgresServer, postgres_url: str) -> None:
    name = postgres_url.partition("@/")[2].partition("?")[0]
    async with opened(postgres_url, alone=True) as store:
        await asyncio.gather(*(store.read(0, 1) for _ in range(20)))
    assert [thread.name for thread in threading.enumerate() if "botarmy" in thread.name] == []
    assert postgres.execute(f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}'") == []


# --- A commit whose answer is lost ------------------------------------------------------------------------------


class Interrupted(PostgresDatabase):
    """Loses its connection at a commit, before or after that has taken effect."""

    lose: str | None = None

    def commit(self, last: LogEntry | None) -> None:
        lose, self.lose = self.lose, None
        if lose is not None and self._conn is not None:
            driver = self._conn.connection.driver_connection
            assert driver is not None
            if lose == "after":
                driver.commit()
                driver.execute("SELECT 1")
            with self._engine.connect() as other:
                other.exec_driver_sql(f"SELECT pg_terminate_backend({driver.info.backend_pid})")
        super().commit(last)


@pytest.fixture
def interrupted(postgres_url: str) -> Interrupted:
    return Interrupted(postgres_url, new_id, alone=True)


@pytest.mark.parametrize("lose", ["before", "after"])
async def test_a_commit_whose_answer_is_lost_is_written_once(interrupted: Interrupted, lose: str) -> None:
    async with SqlStore(interrupted) as store:
        await store.commit(notes("r", 0))
        interrupted.lose = lose
        results = await asyncio.gather(
            store.commit(notes("r", 1, reply=reply("c"))),
            store.commit(notes("other", 0, 2)),
            store.commit(Commit(events=(note("r"),), run_id="r")),
        )
        assert [len(entries) for entries in results] == [1, 2, 1]
        log = await store.read(0, 100)
        assert [entry.position for entry in log] == [1, 2, 3, 4, 5]
        assert sorted(entry.body for entry in log[1:]) == sorted(entry.body for some in results for entry in some)
        await store.commit(notes("r", 2))


async def test_a_single_append_whose_connection_breaks_before_the_commit_is_written_over_another(
    interrupted: Interrupted,
) -> None:
    async with SqlStore(interrupted) as store:
        for version, lose in enumerate(("before", "after", "before")):
            interrupted.lose = lose
            (entry,) = await store.commit(notes("r", version))
            assert (entry.position, entry.version) == (version + 1, version + 1)
        assert len(await store.read(0, 100)) == 3


async def test_where_nothing_can_tell_whether_it_was_written_that_is_said(interrupted: Interrupted) -> None:
    async with SqlStore(interrupted) as store:
        await start(store, "r", job("j"))
        interrupted.lose = "after"
        with pytest.raises(OutcomeUnknown):
            await store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=60)
        assert [claimed.job_id for claimed in await store.claimed()] == ["j"]


class Appending:
    """Appends to a run of its own, until told to stop, whatever becomes of the database."""

    def __init__(self, store: SqlStore, run_id: str) -> None:
        self._store = store
        self._run_id = run_id
        self._more = asyncio.Semaphore(0)
        self.acknowledged: set[str] = set()
        self.unknown: set[str] = set()
        self.stopped = False

    async def run(self) -> None:
        version = 0
        while not self.stopped:
            event = note(self._run_id)
            try:
                await self._store.commit(Commit(events=(event,), run_id=self._run_id, expected_version=version))
            except OutcomeUnknown:
                self.unknown.add(event.id)
                version = await self._version()
            except StoreUnavailable:
                await asyncio.sleep(0.02)
            else:
                self.acknowledged.add(event.id)
                version += 1
                self._more.release()

    async def _version(self) -> int:
        while True:
            try:
                return len(await self._store.read(0, 100_000, run_id=self._run_id))
            except StoreUnavailable:
                await asyncio.sleep(0.02)

    async def more(self, count: int) -> None:
        """Returns once so many more are acknowledged."""
        for _ in range(count):
            await self._more.acquire()


async def test_a_database_killed_and_started_in_the_middle_of_appends_loses_and_doubles_nothing() -> None:
    with running(durable=True) as server:
        async with opened(server.url(server.ready_database()), alone=True) as store:
            writers = [Appending(store, f"run {at}") for at in range(8)]
            tasks = [asyncio.create_task(writer.run()) for writer in writers]
            for end in (server.kill, server.stop, server.kill):
                await asyncio.gather(*(writer.more(5) for writer in writers))
                await asyncio.to_thread(end)
                await asyncio.to_thread(server.start)
            await asyncio.gather(*(writer.more(1) for writer in writers))
            for writer in writers:
                writer.stopped = True
            await asyncio.gather(*tasks)
            log = await store.read(0, 100_000)
    ids = [entry.event().id for entry in log]
    acknowledged = set(chain.from_iterable(writer.acknowledged for writer in writers))
    unknown = set(chain.from_iterable(writer.unknown for writer in writers))
    assert len(ids) == len(set(ids))
    assert acknowledged <= set(ids) <= acknowledged | unknown
    assert [entry.position for entry in log] == list(range(1, len(log) + 1))
