"""What every store promises over bookmarks."""

from __future__ import annotations

from botarmy.store.sql import SqlStore
from tests.contracts.conftest import Open


async def opened(open_store: Open) -> SqlStore:
    store = await open_store()
    assert isinstance(store, SqlStore)
    return store


async def test_a_bookmark_is_none_until_it_is_kept_and_then_the_last_one(open_store: Open) -> None:
    async with await opened(open_store) as store:
        assert await store.bookmark("notified.webhook") is None
        await store.keep_bookmark("notified.webhook", "e 1")
        await store.keep_bookmark("notified.email", "e 7")
        await store.keep_bookmark("notified.webhook", "e 2")
        assert await store.bookmark("notified.webhook") == "e 2"
        assert await store.bookmark("notified.email") == "e 7"


async def test_a_bookmark_is_there_after_a_restart(open_kept_store: Open) -> None:
    async with await opened(open_kept_store) as store:
        await store.keep_bookmark("notified.webhook", "e 2")
        epoch = store.epoch
    async with await opened(open_kept_store) as store:
        assert await store.bookmark("notified.webhook") == "e 2"
        assert store.epoch == epoch


async def test_a_bookmark_cannot_be_mistaken_for_what_the_store_keeps_of_itself(open_store: Open) -> None:
    async with await opened(open_store) as store:
        await store.keep_bookmark("epoch", "another")
        assert store.epoch != "another"
        assert await store.bookmark("epoch") == "another"
