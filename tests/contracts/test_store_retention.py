"""What every store promises about runs that are over age: which they are, and that their going leaves a mark."""

from __future__ import annotations

import pytest

from botarmy.domain.views import ViewState
from botarmy.ports import Store
from tests.contracts.conftest import Open
from tests.contracts.samples import blobs, notes, sha256, start

OLD = "2026-01-01T00:00:00.000Z"
LATER = "2026-01-02T00:00:00.000Z"


async def test_runs_that_ended_before_a_moment_are_found_the_oldest_first(store: Store) -> None:
    await start(store, "newer", status="failed", created_at="2026-01-01T12:00:00.000Z")
    await start(store, "older", status="completed", created_at=OLD)
    await start(store, "young", status="cancelled", created_at=LATER)
    assert await store.ended_before(LATER, 10) == ["older", "newer"]
    assert await store.ended_before(LATER, 1) == ["older"]
    assert await store.ended_before(OLD, 10) == []


@pytest.mark.parametrize("status", ["created", "running", "waiting", "paused"])
async def test_a_run_that_has_not_ended_is_never_over_age(store: Store, status: ViewState) -> None:
    await start(store, "r", status=status, created_at=OLD)
    assert await store.ended_before(LATER, 10) == []


async def test_a_deleted_run_is_not_found_again(store: Store) -> None:
    await start(store, "r", status="completed", created_at=OLD)
    await store.commit(notes("r", 1, purge=True, aged=True))
    assert await store.ended_before(LATER, 10) == []


async def test_what_goes_for_its_age_is_remembered_by_its_last_position(store: Store) -> None:
    await start(store, "a", status="completed", created_at=OLD)
    await store.commit(notes("a", 1, 2))
    await start(store, "b", status="completed", created_at=OLD)
    await store.commit(notes("b", 1, purge=True, aged=True))
    assert await store.purged_up_to() == 4
    await store.commit(notes("a", 3, purge=True, aged=True))
    assert await store.purged_up_to() == 4, "it never goes back"


async def test_what_a_person_deletes_leaves_no_mark(store: Store) -> None:
    await start(store, "r", status="completed", created_at=OLD)
    await store.commit(notes("r", 1, purge=True))
    assert await store.purged_up_to() == 0


async def test_blobs_go_with_the_last_run_that_holds_them(store: Store) -> None:
    await start(store, "a", status="completed", created_at=OLD)
    await start(store, "b", status="completed", created_at=OLD)
    await store.commit(notes("a", 1, blobs=blobs(b"shared", b"own")))
    await store.commit(notes("b", 1, blobs=blobs(b"shared")))
    await store.commit(notes("a", 2, purge=True, aged=True))
    assert await store.blob(sha256(b"own")) is None
    assert await store.blob(sha256(b"shared")) == b"shared"
    await store.commit(notes("b", 2, purge=True, aged=True))
    assert await store.blob(sha256(b"shared")) is None


async def test_the_mark_is_there_after_reopening(open_kept_store: Open) -> None:
    store = await open_kept_store()
    await start(store, "r", status="completed", created_at=OLD)
    await store.commit(notes("r", 1, purge=True, aged=True))
    await store.close()
    store = await open_kept_store()
    assert await store.purged_up_to() == 1
    await store.close()
