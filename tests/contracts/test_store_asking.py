"""What every store promises about open requests: what was asked and not answered, oldest first."""

from __future__ import annotations

from typing import Any

import pytest

from botarmy.domain.errors import DomainError
from botarmy.domain.events import NewEvent, Request
from botarmy.ports import Commit, RequestPage, Store
from tests.contracts.samples import new_id, notes, start, summary


def said(run_id: str, request_id: str, status: Any = "open") -> NewEvent:
    metadata = Request(request_id=request_id, kind="question", status=status, step="analyst", prompt="Which currency?")
    return NewEvent(
        id=new_id(),
        run_id=run_id,
        timestamp="2026-11-20T09:30:00.000Z",
        agent_name="Analyst",
        content="Which currency?",
        metadata=metadata,
    )


async def tell(store: Store, run_id: str, version: int, *events: NewEvent) -> None:
    await store.commit(Commit(events=events, run_id=run_id, expected_version=version))


def names(page: RequestPage) -> list[tuple[str, str]]:
    return [(one.run_id, one.request_id) for one in page.requests]


async def listed(store: Store, owner: str | None = None) -> list[tuple[str, str]]:
    return names(await store.open_requests(owner=owner, limit=10))


async def test_nothing_is_asked_at_first(store: Store) -> None:
    page = await store.open_requests(owner=None, limit=10)
    assert page == RequestPage(requests=(), next=None, total=0, position=0)


async def test_open_requests_are_listed_over_all_runs_oldest_first(store: Store) -> None:
    await start(store, "r1")
    await start(store, "r2")
    await tell(store, "r2", 1, said("r2", "q1"))
    await tell(store, "r1", 1, said("r1", "q1"), said("r1", "q2"))
    assert await listed(store) == [("r2", "q1"), ("r1", "q1"), ("r1", "q2")]


async def test_what_was_answered_or_withdrawn_is_not_listed(store: Store) -> None:
    await start(store, "r")
    await tell(store, "r", 1, said("r", "q1"), said("r", "q2"), said("r", "q3"))
    await tell(store, "r", 4, said("r", "q1", "answered"))
    await tell(store, "r", 5, said("r", "q2", "withdrawn"))
    assert await listed(store) == [("r", "q3")]
    await tell(store, "r", 6, said("r", "q4"), said("r", "q4", "answered"))
    assert await listed(store) == [("r", "q3")]


async def test_a_request_told_of_again_keeps_its_place(store: Store) -> None:
    await start(store, "r")
    await tell(store, "r", 1, said("r", "q1"), said("r", "q2"))
    await tell(store, "r", 3, said("r", "q1"))
    assert await listed(store) == [("r", "q1"), ("r", "q2")]


async def test_requests_are_listed_in_pages_that_tell_how_many_there_are(store: Store) -> None:
    await start(store, "r")
    await tell(store, "r", 1, *(said("r", f"q{at}") for at in range(5)))
    first = await store.open_requests(owner=None, limit=2)
    assert (names(first), first.total) == ([("r", "q0"), ("r", "q1")], 5)
    await tell(store, "r", 6, said("r", "q1", "answered"))
    second = await store.open_requests(owner=None, limit=2, after=first.next)
    assert (names(second), second.total) == ([("r", "q2"), ("r", "q3")], 4)
    last = await store.open_requests(owner=None, limit=2, after=second.next)
    assert (names(last), last.next) == ([("r", "q4")], None)


async def test_requests_are_listed_of_ones_own_runs(store: Store) -> None:
    for run_id, owner in (("r1", "ada"), ("r2", "bob")):
        await store.commit(notes(run_id, 0, summary=summary(run_id, owner=owner)))
        await tell(store, run_id, 1, said(run_id, "q"))
    page = await store.open_requests(owner="bob", limit=10)
    assert (names(page), page.total) == ([("r2", "q")], 1)


async def test_the_requests_of_a_deleted_run_go(store: Store) -> None:
    await start(store, "r")
    await tell(store, "r", 1, said("r", "q"))
    await store.commit(notes("r", 2, purge=True))
    assert await listed(store) == []


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 19])
async def test_what_continues_no_list_is_refused(store: Store, after: str) -> None:
    with pytest.raises(DomainError) as caught:
        await store.open_requests(owner=None, limit=1, after=after)
    assert caught.value.code == "bad_arguments"
