"""What every store promises over tokens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from botarmy.domain.tokens import Token
from botarmy.ports import StoredToken, StoreError
from botarmy.store.sql import SqlStore
from tests.contracts.conftest import Open


def stored(token_id: str, created_at: str = "2026-11-20T09:30:00.000Z") -> StoredToken:
    token = Token(token_id=token_id, user="anna", role="member", created_at=created_at)
    return StoredToken(token, f"digest of {token_id}")


async def opened(open_store: Open) -> SqlStore:
    store = await open_store()
    assert isinstance(store, SqlStore)
    return store


async def test_tokens_come_back_whole_and_oldest_first(open_store: Open) -> None:
    store = await opened(open_store)
    late = stored("a", "2026-11-20T09:31:00.000Z")
    early = replace(
        stored("b"),
        token=replace(
            stored("b").token,
            last_used_at="2026-11-20T09:32:00.000Z",
            expires_at="2026-11-20T09:33:00.000Z",
            revoked_at="2026-11-20T09:34:00.000Z",
            of="a",
        ),
    )
    await store.keep_tokens(new=[late, early])
    assert await store.tokens() == [early, late]
    await store.close()


async def test_a_token_is_replaced_and_forgotten_by_its_id(open_store: Open) -> None:
    store = await opened(open_store)
    await store.keep_tokens(new=[stored("a"), stored("b"), stored("c")])
    revoked = replace(stored("b"), token=replace(stored("b").token, revoked_at="2026-11-20T09:34:00.000Z"))
    await store.keep_tokens(new=[revoked], gone=["a", "none"])
    assert await store.tokens() == [revoked, stored("c")]
    await store.close()


async def test_two_tokens_of_one_secret_are_refused_and_nothing_of_it_is_kept(open_store: Open) -> None:
    store = await opened(open_store)
    await store.keep_tokens(new=[stored("a"), stored("z")])
    with pytest.raises(StoreError):
        await store.keep_tokens(new=[stored("b"), replace(stored("c"), digest="digest of a")], gone=["z"])
    assert await store.tokens() == [stored("a"), stored("z")]
    await store.close()
