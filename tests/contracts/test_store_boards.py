"""What every store promises about the lists: they are what the log up to their position folds to."""

from __future__ import annotations

import asyncio
import json
from functools import reduce
from typing import Any, get_args

from pydantic import TypeAdapter

from botarmy.domain.boards import ENDED_LISTED, evolve_jobs, evolve_workers
from botarmy.domain.commands import Settle
from botarmy.domain.events import JobStatus, NewEvent, RunStatus, WorkerStatus
from botarmy.domain.times import moment
from botarmy.domain.views import JobView, WorkerView
from botarmy.ports import BoardKind, Commit, Store
from tests.contracts.samples import job, new_id, summary

ALL: frozenset[BoardKind] = frozenset(get_args(BoardKind))
JOBS = TypeAdapter(tuple[JobView, ...])
WORKERS = TypeAdapter(tuple[WorkerView, ...])


def event(run_id: str | None, metadata: JobStatus | WorkerStatus | RunStatus, second: int = 0) -> NewEvent:
    return NewEvent(
        id=new_id(),
        run_id=run_id,
        timestamp=f"2026-11-20T09:{second // 60:02}:{second % 60:02}.000Z",
        agent_name=None if run_id is None else "Analyst",
        content="",
        metadata=metadata,
    )


def said(run_id: str, job_id: str, status: Any, second: int = 0, **more: Any) -> NewEvent:
    metadata = JobStatus(job_id=job_id, step="analyst", phase="work", attempt=1, status=status, **more)
    return event(run_id, metadata, second)


async def tell(store: Store, run_id: str, at: int, *events: NewEvent, **more: Any) -> None:
    await store.commit(Commit(events=events, run_id=run_id, expected_version=at, **more))


async def come(store: Store, worker_id: str, status: Any = "registered", second: int = 0) -> None:
    metadata = WorkerStatus(worker_id=worker_id, status=status, host="here", concurrency=2)
    await store.commit(Commit(events=(event(None, metadata, second),)))


async def queue(store: Store, run_id: str, *job_ids: str, owner: str = "ada", title: str = "A timer") -> None:
    shown = {"summary": summary(run_id, owner=owner, title=title), "search": title}
    events = tuple(said(run_id, job_id, "queued") for job_id in job_ids)
    await tell(store, run_id, 0, *events, jobs=tuple(map(job, job_ids)), **shown)


async def folded(store: Store, kind: Any) -> tuple[Any, Any]:
    """What the store says, and what the log says, at one position."""
    boards = await store.boards(frozenset({kind}), owner=None, limit=100)
    events = [entry.event() for entry in await store.read(0, 10_000, up_to=boards.position)]
    listed = json.loads(f"[{','.join(boards.lists[kind])}]")
    if kind == "jobs":
        jobs: tuple[JobView, ...] = ()
        return JOBS.validate_python(listed), reduce(evolve_jobs, events, jobs)
    workers: tuple[WorkerView, ...] = ()
    return WORKERS.validate_python(listed), reduce(evolve_workers, events, workers)


async def test_the_lists_of_an_empty_log_are_empty_and_only_those_that_were_asked_for_are_there(store: Store) -> None:
    boards = await store.boards(ALL, owner=None, limit=10)
    assert dict(boards.lists) == {"runs": (), "jobs": (), "workers": ()}
    assert boards.position == 0
    assert set((await store.boards(frozenset({"jobs"}), owner=None, limit=10)).lists) == {"jobs"}


async def test_all_lists_are_of_one_position(store: Store) -> None:
    await come(store, "w")
    await queue(store, "r", "j")
    boards = await store.boards(ALL, owner=None, limit=10)
    assert {kind: len(some) for kind, some in boards.lists.items()} == {"runs": 1, "jobs": 1, "workers": 1}
    assert boards.position == await store.head() == 2


async def test_the_list_of_jobs_is_what_the_log_folds_to(store: Store) -> None:
    await come(store, "w")
    await queue(store, "r", "a", "b", "c")
    await store.claim("w", capabilities=frozenset(), limit=2, lease_seconds=60)
    await tell(store, "r", 3, said("r", "a", "claimed", 1, worker_id="w", waited_ms=1000))
    ended = said("r", "a", "completed", 5, worker_id="w", ran_ms=4000)
    await tell(
        store,
        "r",
        4,
        ended,
        said("r", "d", "queued", 5),
        jobs=(Settle(job_id="a", token=1, status="completed"), job("d")),
    )
    await tell(store, "r", 6, said("r", "b", "lost", 6), said("r", "b", "queued", 6))

    listed, true = await folded(store, "jobs")
    assert listed == true
    assert [(one.job_id, one.status) for one in listed] == [
        ("d", "queued"), ("c", "queued"), ("b", "queued"), ("a", "completed"),
    ]  # fmt: skip


async def test_a_claim_shows_when_the_log_tells_of_it(store: Store) -> None:
    await queue(store, "r", "a")
    await store.claim("w", capabilities=frozenset(), limit=1, lease_seconds=60)
    listed, true = await folded(store, "jobs")
    assert listed == true
    assert listed[0].status == "queued"


async def test_the_list_holds_the_newest_jobs_that_ended(store: Store) -> None:
    names = [f"j{number:03}" for number in range(ENDED_LISTED + 10)]
    await queue(store, "r", *names, "open")
    await tell(store, "r", len(names) + 1, *(said("r", name, "cancelled", at) for at, name in enumerate(names)))
    listed, true = await folded(store, "jobs")
    assert listed == true
    assert len(listed) == ENDED_LISTED + 1


async def test_the_list_of_workers_is_what_the_log_folds_to(store: Store) -> None:
    for number in range(ENDED_LISTED + 3):
        await come(store, f"w{number:03}", second=number)
        await come(store, f"w{number:03}", "gone", second=number)
    await come(store, "v", second=1)
    await queue(store, "r", "a", "b")
    ends = [said("r", "a", "completed", worker_id="v"), said("r", "b", "failed", worker_id="v")]
    await tell(store, "r", 2, *ends)

    listed, true = await folded(store, "workers")
    assert listed == true
    assert [(one.completed, one.failed) for one in listed if one.worker_id == "v"] == [(1, 1)]


async def test_whoever_looks_while_others_write_sees_what_the_log_says_at_that_position(store: Store) -> None:
    async def write(run_id: str) -> None:
        await queue(store, run_id, *(f"{run_id}{number}" for number in range(5)))
        for number in range(5):
            await tell(store, run_id, 5 + number, said(run_id, f"{run_id}{number}", "cancelled", number))

    async def look() -> None:
        for _ in range(20):
            listed, true = await folded(store, "jobs")
            assert listed == true

    await asyncio.gather(*(write(f"r{number}") for number in range(5)), look(), look())


async def test_a_member_sees_the_jobs_of_own_runs(store: Store) -> None:
    await queue(store, "a", "ada's", owner="ada")
    await queue(store, "b", "bob's", owner="bob")
    boards = await store.boards(frozenset({"jobs"}), owner="bob", limit=10)
    assert [one.job_id for one in JOBS.validate_json(f"[{boards.lists['jobs'][0]}]")] == ["bob's"]


async def test_the_jobs_of_a_deleted_run_are_gone(store: Store) -> None:
    await queue(store, "r", "a")
    await tell(store, "r", 1, said("r", "a", "cancelled"), event("r", RunStatus(status="deleted")), purge=True)
    assert (await store.boards(ALL, owner=None, limit=10)).lists["jobs"] == ()


async def test_a_worker_is_seen_when_it_looks_for_work(store: Store) -> None:
    await come(store, "w")
    (row,) = await store.workers()
    assert row.seen_ms is not None
    assert json.loads(row.view)["worker_id"] == "w"
    await store.claim("w", capabilities=frozenset(), limit=1, lease_seconds=1)
    (again,) = await store.workers()
    assert again.seen_ms is not None
    assert again.seen_ms >= row.seen_ms


async def test_when_workers_were_seen_is_told_of_those_that_are_there(store: Store) -> None:
    await come(store, "w1")
    await come(store, "w2")
    (row, _) = await store.workers()
    seen = await store.workers_seen()
    assert set(seen) == {"w1", "w2"}
    assert row.seen_ms is not None
    assert round(moment(seen["w1"]).timestamp() * 1000) == row.seen_ms
    await come(store, "w1", "gone")
    assert set(await store.workers_seen()) == {"w2"}
