"""SQLite from its side: what can be wrong with a file, and what has to be right about it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from botarmy.ports import Claims, Commit, StoreError, StoreUnavailable
from botarmy.store.failures import DamagedDatabase, NewerSchema, WrongDatabase
from botarmy.store.sql import SqlStore
from botarmy.store.sqlite import SqliteDatabase
from tests.contracts.samples import ANYTHING, blobs, job, new_id, note, notes, reply, sha256, start, summary

DIARY = b"Dear diary, " * 1000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "botarmy.db"


def content_of(path: Path) -> bytes:
    return path.read_bytes()


def put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


async def open_at(path: Path) -> SqlStore:
    return await SqlStore.open(path, new_id=new_id)


async def filled(path: Path, count: int = 3) -> str:
    """A log of so many events, closed; returns its epoch."""
    async with await open_at(path) as store:
        await store.commit(notes("r", 0, count))
        return store.epoch


# --- Opening ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["missing/botarmy.db", "a file/botarmy.db", "."])
async def test_a_place_where_no_file_can_be_is_named_in_words(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be opened or created"):
        await open_at(tmp_path / place)


@pytest.mark.parametrize("url", ["oracle://host/db", "mysql://host/db", "nonsense", "", "http://host"])
async def test_a_database_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(WrongDatabase):
        await SqlStore.open(url, new_id=new_id)


async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(path: Path) -> None:
    put(path, DIARY)
    with pytest.raises(WrongDatabase, match="not a database"):
        await open_at(path)
    assert content_of(path) == DIARY


async def test_another_programs_database_is_refused_and_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    before = content_of(path)
    with pytest.raises(WrongDatabase, match="another program"):
        await open_at(path)
    assert content_of(path) == before


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(path: Path) -> None:
    await filled(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE schema_version SET version_num = '9999'")
    with pytest.raises(NewerSchema, match="newer version of BotArmy"):
        await open_at(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (3,)


async def test_a_database_damaged_all_over_is_refused(path: Path) -> None:
    await filled(path)
    content = content_of(path)
    put(path, content[:100] + b"\xff" * (len(content) - 100))
    with pytest.raises(DamagedDatabase, match="damaged"):
        await open_at(path)


async def test_damage_that_is_met_later_is_named_where_it_is_met(path: Path) -> None:
    async with await open_at(path) as store:
        await store.commit(notes("r", 0, 200))
    content = content_of(path)
    pages = [content[at : at + 4096] for at in range(0, len(content), 4096)]
    written = [at for at, page in enumerate(pages) if b"Use plain HTML" in page]
    for at in written[:-1]:  # the last one is read at the opening
        pages[at] = b"\xff" * 4096
    put(path, b"".join(pages))
    async with await open_at(path) as store:
        with pytest.raises(DamagedDatabase):
            await store.read(0, 1000)
        assert await store.blob("x") is None


async def test_special_characters_in_a_path_mean_themselves(tmp_path: Path) -> None:
    path = tmp_path / "100% ünï?mode=memory#x.db"
    await filled(path)
    assert path.exists()
    async with await open_at(path) as store:
        assert await store.head() == 3


async def test_opening_a_database_that_is_up_to_date_does_without_the_migration_tool(path: Path) -> None:
    await filled(path)
    script = """
import asyncio, sys
from botarmy.store.sql import SqlStore

async def main():
    async with await SqlStore.open(sys.argv[1], new_id=lambda: "x") as store:
        print(await store.head(), "alembic" in sys.modules)

asyncio.run(main())
"""
    command = [sys.executable, "-W", "error", "-c", script, f"sqlite:///{path}"]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["3", "False"]


async def test_a_failed_opening_leaves_no_file_or_thread_open(path: Path) -> None:
    put(path, DIARY)
    with pytest.raises(WrongDatabase):
        await open_at(path)
    assert [thread.name for thread in threading.enumerate() if "botarmy" in thread.name] == []


async def test_closing_leaves_one_whole_file_and_no_thread(path: Path) -> None:
    store = await open_at(path)
    await store.commit(notes("r", 0))
    await asyncio.gather(*(store.read(0, 1) for _ in range(20)))
    await store.close()
    assert [thread.name for thread in threading.enumerate() if "botarmy" in thread.name] == []
    assert sorted(file.name for file in path.parent.iterdir()) == ["botarmy.db", "botarmy.db.high-water"]


# --- The epoch --------------------------------------------------------------------------------------------------


def mark_of(path: Path) -> Path:
    return path.with_name("botarmy.db.high-water")


async def test_every_new_log_has_an_epoch_of_its_own(tmp_path: Path) -> None:
    assert await filled(tmp_path / "a.db") != await filled(tmp_path / "b.db")


async def test_an_epoch_lasts(path: Path) -> None:
    epoch = await filled(path)
    for _ in range(3):
        async with await open_at(path) as store:
            assert store.epoch == epoch


async def test_a_log_that_lost_its_end_gets_a_new_epoch_and_keeps_that(path: Path, tmp_path: Path) -> None:
    epoch = await filled(path)
    shutil.copy(path, tmp_path / "backup.db")
    async with await open_at(path) as store:
        await store.commit(notes("r", 3))
    shutil.copy(tmp_path / "backup.db", path)
    async with await open_at(path) as store:
        restored = store.epoch
        assert await store.head() == 3
    assert restored != epoch
    async with await open_at(path) as store:
        assert store.epoch == restored


async def test_a_log_copied_back_whole_keeps_its_epoch(path: Path, tmp_path: Path) -> None:
    epoch = await filled(path)
    shutil.copy(path, tmp_path / "backup.db")
    shutil.copy(tmp_path / "backup.db", path)
    async with await open_at(path) as store:
        assert store.epoch == epoch


@pytest.mark.parametrize("mark", ["", "nonsense", "\x00\xff", "another-epoch 99", "1 2 3"])
async def test_a_mark_that_says_nothing_about_this_log_changes_nothing(path: Path, mark: str) -> None:
    epoch = await filled(path)
    mark_of(path).write_text(mark)
    async with await open_at(path) as store:
        assert store.epoch == epoch


async def test_without_a_mark_the_epoch_stays(path: Path) -> None:
    epoch = await filled(path)
    mark_of(path).unlink()
    async with await open_at(path) as store:
        assert store.epoch == epoch


async def test_the_mark_is_never_ahead_of_the_log_and_reaches_it_at_the_close(path: Path) -> None:
    async with await open_at(path) as store:
        for version in range(50):
            await store.commit(notes("r", version))
            epoch, position = mark_of(path).read_text().split()
            assert epoch == store.epoch
            assert int(position) <= version + 1
    assert mark_of(path).read_text().split() == [store.epoch, "50"]


async def test_a_mark_that_cannot_be_written_stops_nothing(path: Path) -> None:
    mark_of(path).mkdir()
    assert await filled(path)
    async with await open_at(path) as store:
        assert await store.head() == 3


# --- Trouble while it is open -----------------------------------------------------------------------------------


class Troubled:
    """A store whose writing connection can be put under limits, as a disk or another program would."""

    def __init__(self, path: Path) -> None:
        self._database = SqliteDatabase(path, new_id)
        self.store = SqlStore(self._database)

    def pragma(self, text: str) -> None:
        """Only while the writer has nothing to do."""
        connection = self._database.writer.connection.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        connection.execute(f"PRAGMA {text}").fetchall()

    async def __aenter__(self) -> Troubled:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.store.close()


async def test_a_full_disk_refuses_commits_keeps_reading_and_goes_on_when_there_is_room(path: Path) -> None:
    async with Troubled(path) as troubled:
        store = troubled.store
        await store.commit(notes("r", 0, 3))
        troubled.pragma("max_page_count=1")  # SQLite takes it as: no more than there are
        too_much = Commit(events=(note("r", "x" * 1_000_000),), run_id="r", expected_version=3)
        for _ in range(3):
            with pytest.raises(StoreUnavailable, match="the disk is full"):
                await store.commit(too_much)
        assert await store.head() == 3
        assert len(await store.read(0, 10)) == 3
        troubled.pragma("max_page_count=1000000")
        (entry,) = await store.commit(too_much)
        assert (entry.position, entry.version) == (4, 4)


async def test_what_is_too_large_for_the_disk_does_not_take_others_with_it(path: Path) -> None:
    async with Troubled(path) as troubled:
        store = troubled.store
        await store.commit(notes("r", 0))
        troubled.pragma("max_page_count=60")
        content = b"x" * 1_000_000
        results = await asyncio.gather(
            store.commit(notes("a", 0)),
            store.commit(notes("b", 0, blobs=blobs(content))),
            store.commit(notes("c", 0)),
            return_exceptions=True,
        )
        assert [isinstance(result, StoreUnavailable) for result in results] == [False, True, False]
        assert [entry.run_id for entry in await store.read(0, 10)] == ["r", "a", "c"]
        assert await store.blob(sha256(content)) is None


async def test_a_database_that_may_only_be_read_refuses_commits_and_is_read(path: Path) -> None:
    async with Troubled(path) as troubled:
        store = troubled.store
        await start(store, "r", job("j"))
        troubled.pragma("query_only=ON")
        with pytest.raises(StoreUnavailable, match="only be read"):
            await store.commit(notes("r", 1))
        with pytest.raises(StoreUnavailable, match="only be read"):
            await store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=60)
        assert await store.head() == 1
        troubled.pragma("query_only=OFF")
        await store.commit(notes("r", 1))


async def test_a_database_locked_by_another_program_refuses_commits_until_it_is_free(path: Path) -> None:
    async with Troubled(path) as troubled:
        store = troubled.store
        await store.commit(notes("r", 0))
        troubled.pragma("busy_timeout=1")
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            results = await asyncio.gather(
                *(store.commit(notes(f"run {at}", 0)) for at in range(5)), return_exceptions=True
            )
            assert all(isinstance(result, StoreUnavailable) for result in results)
            assert await store.head() == 1
        await store.commit(notes("r", 1))


async def test_what_another_program_wrote_is_noticed_before_anything_is_overwritten(path: Path) -> None:
    async with await open_at(path) as store:
        await store.commit(notes("r", 0))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("INSERT INTO events VALUES (2, 1, 2, 'note', NULL, '{}')")
        with pytest.raises(StoreError):
            await store.commit(notes("r", 1))
        (entry,) = await store.commit(notes("r", 2))
        assert (entry.position, entry.version) == (3, 3)


async def test_a_programming_error_in_the_writers_thread_reaches_its_caller_alone(path: Path) -> None:
    async with await open_at(path) as store:
        results = await asyncio.gather(
            store.renew({"j": 1}, float("nan")),
            store.commit(notes("r", 0)),
            store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=1),
            return_exceptions=True,
        )
        assert [type(result) for result in results] == [ValueError, tuple, Claims]
        assert await store.head() == 1


# --- What is deleted is gone ------------------------------------------------------------------------------------


def found_in(folder: Path, secret: bytes) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if secret in file.read_bytes())


SECRET = "the launch code is 0000"


async def write_secrets(store: SqlStore) -> None:
    secret = note("r", SECRET * 400)
    shown = summary("r", title=SECRET)
    await store.commit(
        Commit(
            events=(secret, note("r", SECRET)),
            run_id="r",
            expected_version=0,
            summary=shown,
            search=SECRET,
            blobs=blobs(SECRET.encode() * 3000),
        )
    )
    for version in range(2, 40):
        await store.commit(notes("r", version, summary=summary("r", title=f"{SECRET} {version}")))
        await store.commit(notes("other", version - 2, summary=summary("other")))


async def test_a_deleted_run_cannot_be_read_from_the_files_any_more(path: Path) -> None:
    async with await open_at(path) as store:
        await write_secrets(store)
        assert found_in(path.parent, SECRET.encode()) != []
        await store.commit(notes("r", 40, summary=summary("r", status="deleted"), purge=True))
        assert found_in(path.parent, SECRET.encode()) == []
    assert found_in(path.parent, SECRET.encode()) == []


async def test_a_reader_that_is_in_the_way_delays_that_and_no_commit(path: Path) -> None:
    async with await open_at(path) as store:
        await write_secrets(store)
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM events").fetchone()
            async with asyncio.timeout(4):
                await store.commit(notes("r", 40, summary=summary("r", status="deleted"), purge=True))
                await store.commit(notes("other", 38))
            assert found_in(path.parent, SECRET.encode()) != []
        await store.commit(notes("other", 39))
        assert found_in(path.parent, SECRET.encode()) == []


# --- Replies ----------------------------------------------------------------------------------------------------


async def test_replies_are_kept_for_seven_days(path: Path) -> None:
    async with await open_at(path) as store:
        for name in ("six days old", "eight days old"):
            await store.commit(Commit(events=(), reply=reply(name)))
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            for days, name in ((6, "six days old"), (8, "eight days old")):
                db.execute("UPDATE replies SET created = created - ? WHERE command_id = ?", (days * 86_400_000, name))
        await store.commit(Commit(events=(), reply=reply("new")))
        assert await store.reply("ada", "six days old") is not None
        assert await store.reply("ada", "eight days old") is None
        assert await store.reply("ada", "new") is not None
