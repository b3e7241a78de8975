"""Tokens in force: made, found, used, ended, and kept as hashes alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import pytest

from botarmy.bootstrap.system import new_secret
from botarmy.domain.errors import DomainError
from botarmy.domain.times import Timestamp, later
from botarmy.domain.tokens import SESSION_SECONDS, SESSIONS, digest, fits
from botarmy.ports import StoreUnavailable
from botarmy.service import Keyring
from botarmy.store.sql import MEMORY, SqlStore

START = "2026-11-20T09:30:00.000Z"


class Clock:
    def __init__(self) -> None:
        self.at: Timestamp = START

    def now(self) -> Timestamp:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at = later(self.at, seconds)


class World:
    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.clock = Clock()
        self._numbers = count(1)

    async def keyring(self, most: int = 1_000) -> Keyring:
        keyring = Keyring(self.store, self.clock, lambda: f"t{next(self._numbers)}", new_secret, most=most)
        await keyring.open()
        return keyring


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with await SqlStore.open(MEMORY, new_id=lambda: "epoch") as store:
        yield World(store)


async def test_a_token_is_found_by_its_secret_until_it_expires(world: World) -> None:
    keyring = await world.keyring()
    issued = await keyring.create("anna", "member", 60)
    found = keyring.find(issued.secret)
    assert found is not None
    assert (found.bearer().name, found.bearer().role, found.bearer().token_id) == ("anna", "member", "t1")
    assert not keyring.find(issued.secret[:-1] + "#")
    world.clock.wait(59.9)
    assert keyring.holds("t1")
    world.clock.wait(0.1)
    assert keyring.find(issued.secret) is None
    assert not keyring.holds("t1")


async def test_only_the_hash_is_kept(world: World) -> None:
    issued = await (await world.keyring()).create("anna", "member")
    (stored,) = await world.store.tokens()
    assert stored.digest == digest(issued.secret)
    assert issued.secret not in repr(stored)


async def test_what_was_made_and_revoked_is_so_after_a_restart(world: World) -> None:
    before = await world.keyring()
    kept, gone = await before.create("anna", "admin"), await before.create("bob", "viewer")
    session = await before.sign_in(kept.token)
    await before.revoke(gone.token.token_id)
    after = await world.keyring()
    assert after.find(kept.secret) == kept.token
    assert after.find(session.secret) == session.token
    assert after.find(gone.secret) is None
    assert [token.revoked_at for token in after.listed()] == [None, START]


async def test_a_revoked_token_takes_its_sessions_along_and_stays_in_the_list(world: World) -> None:
    keyring = await world.keyring()
    token, other = await keyring.create("anna", "member"), await keyring.create("anna", "member")
    sessions = [await keyring.sign_in(token.token), await keyring.sign_in(other.token)]
    await keyring.revoke(token.token.token_id)
    world.clock.wait(5)
    assert (await keyring.revoke(token.token.token_id)).revoked_at == START
    assert [keyring.find(session.secret) is None for session in sessions] == [True, False]
    assert [listed.token_id for listed in keyring.listed()] == ["t1", "t2"]


async def test_the_last_admin_that_is_to_be_spared_is(world: World) -> None:
    keyring = await world.keyring()
    first, second = await keyring.create("root", "admin"), await keyring.create("ada", "admin", 60)
    await keyring.create("anna", "member")
    world.clock.wait(61)
    with pytest.raises(DomainError, match="last_admin"):
        await keyring.revoke(first.token.token_id, spare_last_admin=True)
    assert keyring.holds(first.token.token_id)
    assert (await keyring.revoke(second.token.token_id, spare_last_admin=True)).expires_at
    third = await keyring.create("eve", "admin")
    await keyring.revoke(first.token.token_id, spare_last_admin=True)
    assert not keyring.holds(first.token.token_id)
    await keyring.revoke(third.token.token_id)
    assert not keyring.holds(third.token.token_id)


async def test_a_session_is_known_by_the_token_that_was_given(world: World) -> None:
    keyring = await world.keyring()
    issued = await keyring.create("anna", "member")
    session = await keyring.sign_in(issued.token)
    assert keyring.given(session.token.token_id) == keyring.given(issued.token.token_id) == issued.token.token_id
    assert keyring.given("none") is None
    assert keyring.given(None) is None


@pytest.mark.parametrize("token_id", ["t2", "none"])
async def test_a_session_and_what_is_not_there_cannot_be_revoked_by_its_id(world: World, token_id: str) -> None:
    keyring = await world.keyring()
    await keyring.sign_in((await keyring.create("anna", "member")).token)
    with pytest.raises(DomainError) as refusal:
        await keyring.revoke(token_id)
    assert refusal.value.code == "unknown_token"


@pytest.mark.parametrize(("expires_in", "lasts"), [(None, SESSION_SECONDS), (60, 60)])
async def test_a_session_ends_by_itself_and_with_its_token_at_the_latest(
    world: World, expires_in: int | None, lasts: int
) -> None:
    keyring = await world.keyring()
    session = await keyring.sign_in((await keyring.create("anna", "member", expires_in)).token)
    world.clock.wait(lasts - 1)
    assert keyring.find(session.secret)
    world.clock.wait(1)
    assert not keyring.find(session.secret)


async def test_one_session_too_many_ends_the_oldest(world: World) -> None:
    keyring = await world.keyring()
    token = (await keyring.create("anna", "member")).token
    sessions = [await keyring.sign_in(token) for _ in range(SESSIONS + 2)]
    assert [keyring.find(session.secret) is None for session in sessions] == [True, True] + [False] * SESSIONS
    assert len(await world.store.tokens()) == SESSIONS + 1


async def test_sessions_that_are_over_are_not_kept(world: World) -> None:
    keyring = await world.keyring()
    token = (await keyring.create("anna", "member")).token
    await keyring.sign_in(token)
    world.clock.wait(SESSION_SECONDS)
    await keyring.sign_in(token)
    assert len(await world.store.tokens()) == 2


async def test_the_number_of_tokens_is_bounded_and_ended_ones_make_room(world: World) -> None:
    keyring = await world.keyring(most=2)
    first = await keyring.create("anna", "member")
    await keyring.create("bob", "member")
    with pytest.raises(DomainError) as refusal:
        await keyring.create("carl", "member")
    assert refusal.value.code == "too_many_tokens"
    await keyring.revoke(first.token.token_id)
    await keyring.create("carl", "member")
    assert [token.user for token in keyring.listed()] == ["bob", "carl"]
    assert [stored.token.user for stored in await world.store.tokens()] == ["bob", "carl"]


async def test_the_last_use_is_known_to_the_minute_and_that_of_a_session_is_its_tokens(world: World) -> None:
    keyring = await world.keyring()
    token = (await keyring.create("anna", "member")).token
    session = await keyring.sign_in(token)
    used = []
    for wait in (1, 58, 2):
        world.clock.wait(wait)
        await keyring.used(session.token)
        used.append(keyring.listed()[0].last_used_at)
    assert used == [later(START, 1), later(START, 1), later(START, 61)]
    assert (await world.keyring()).listed()[0].last_used_at == later(START, 61)


async def test_a_store_that_cannot_be_written_keeps_nobody_out_and_lets_no_change_happen(world: World) -> None:
    keyring = await world.keyring()
    issued = await keyring.create("anna", "member")
    await world.store.close()
    await keyring.used(issued.token)
    assert keyring.find(issued.secret)
    with pytest.raises(StoreUnavailable):
        await keyring.revoke(issued.token.token_id)
    with pytest.raises(StoreUnavailable):
        await keyring.create("bob", "member")
    assert keyring.find(issued.secret)
    assert len(keyring.listed()) == 1


@pytest.mark.parametrize("name", ["", "Anna", "anna b", "-anna", "local", "a" * 65, "änna", "anna\n", "a/b"])
async def test_a_name_that_is_none_is_refused(world: World, name: str) -> None:
    keyring = await world.keyring()
    with pytest.raises(DomainError) as refusal:
        await keyring.create(name, "member")
    assert refusal.value.code == "bad_user"


@pytest.mark.parametrize("name", ["anna", "anna.b@office-7.example", "7", "a_b"])
async def test_a_usual_name_is_taken(world: World, name: str) -> None:
    assert (await (await world.keyring()).create(name, "member")).token.user == name


def test_secrets_have_the_form_of_tokens_and_differ() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(map(fits, made))
