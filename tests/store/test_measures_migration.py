"""A database from before there were analytics gets their rows from its log."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botarmy.store.sql import SqlStore
from tests.contracts.samples import new_id
from tests.contracts.test_store_analytics import HISTORIES, Told, agree, answers, forget, tell
from tests.store.earlier import BEFORE_MEASURES

EARLIER = f"""
    {BEFORE_MEASURES}
    UPDATE schema_version SET version_num = '0006';
"""


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories=HISTORIES, gone=st.sets(st.integers(0, 4), max_size=1))
def test_an_older_database_counts_what_was_before(histories: list[Told], gone: set[int]) -> None:
    async def play(path: Path) -> None:
        store = await SqlStore.open(path, new_id=new_id)
        await tell(store, {f"r{at}": told for at, told in enumerate(histories)})
        for at in gone & set(range(len(histories))):
            await forget(store, f"r{at}", histories[at])
        before = await answers(store)
        await store.close()
        connection = sqlite3.connect(path)
        connection.executescript(EARLIER)
        connection.close()
        store = await SqlStore.open(path, new_id=new_id)
        assert await answers(store) == before
        await agree(store)
        await store.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder) / "botarmy.db"))
