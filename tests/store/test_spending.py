"""The sums of what model calls used are nothing but what the log says."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from botarmy.store.sql import SqlStore
from tests.contracts.samples import new_id, start
from tests.contracts.test_store_usage import call, calls
from tests.store.earlier import BEFORE_MEASURES


async def kept(database: Path) -> list[object]:
    async with await SqlStore.open(database, new_id=new_id) as store:
        return list(await store.usage("2000-01-01", owner=None, limit=100))


async def test_a_database_from_before_gets_its_sums_out_of_its_log(tmp_path: Path) -> None:
    database = tmp_path / "botarmy.db"
    async with await SqlStore.open(database, new_id=new_id) as store:
        await start(store, "r", owner="ada")
        await start(store, "s", owner="bob")
        await store.commit(calls(1, call(0.1), call(None), call(0.2, day="2026-11-19", agent="Tester")))
        await store.commit(calls(1, call(0.3, run_id="s", model=None), run_id="s"))
    before = await kept(database)
    connection = sqlite3.connect(database)
    connection.executescript(
        f"""
        {BEFORE_MEASURES}
        DROP TABLE asked;
        DROP TABLE tokens;
        DROP TABLE workers;
        DROP TABLE compacted;
        DROP INDEX jobs_finished;
        ALTER TABLE jobs DROP COLUMN view;
        ALTER TABLE jobs DROP COLUMN finished;
        DROP TABLE spending;
        UPDATE schema_version SET version_num = '0001';
        """
    )
    connection.close()
    assert await kept(database) == before
    assert len(before) == 3
