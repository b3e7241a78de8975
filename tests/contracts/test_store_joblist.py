"""What every store promises about pages of jobs: whatever is asked for, the same as looking at them one by one."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from botarmy.domain.commands import Enqueue
from botarmy.domain.errors import DomainError
from botarmy.domain.events import JobStatus, NewEvent, RunStatus
from botarmy.domain.trouble import Fault
from botarmy.ports import Commit, Store
from botarmy.store import joblist
from tests.contracts.samples import LONG_AGO, job, new_id, notes, start, summary
from tests.contracts.test_store_boards import event, queue, said, tell

QUOTA = Fault(code="model_quota", message="The ÜBRIGE quota is used up.", action="Raise it.", reference="r1")
LOST = Fault(code="gave_up", message="Its workers died.", action="Look at the log.")


async def names(store: Store, **wanted: Any) -> list[str]:
    page = await store.jobs(**({"owner": None, "limit": 100} | wanted))
    return [json.loads(one)["job_id"] for one in page.jobs]


async def test_pages_of_jobs_go_on_where_the_one_before_ended(store: Store) -> None:
    await queue(store, "r", *(f"j{number}" for number in range(5)))
    found: list[str] = []
    before = None
    while True:
        page = await store.jobs(owner=None, limit=2, before=before)
        found += [json.loads(one)["job_id"] for one in page.jobs]
        before = page.next
        if before is None:
            break
    assert found == ["j4", "j3", "j2", "j1", "j0"]
    assert page.position == 5


@pytest.mark.parametrize("before", ["", "x", "-1", "1-2", "9" * 30, "\u0661"])
async def test_a_continuation_that_no_page_gave_is_refused(store: Store, before: str) -> None:
    with pytest.raises(DomainError) as refused:
        await store.jobs(owner=None, limit=2, before=before)
    assert refused.value.code == "bad_arguments"


async def test_jobs_are_found_by_status_run_agent_and_words(store: Store) -> None:
    await queue(store, "r1", "one", title="A blue timer")
    await queue(store, "r2", "two", title="A red clock")
    await tell(store, "r2", 1, said("r2", "two", "claimed", worker_id="worker-7"))
    assert await names(store, status="claimed") == ["two"]
    assert await names(store, run_id="r1") == ["one"]
    assert await names(store, agent="Analyst") == ["two", "one"]
    assert await names(store, agent="analyst") == []
    assert await names(store, search="BLUE") == ["one"]
    assert await names(store, search="ANALYST") == ["two", "one"]
    assert await names(store, search="%") == []
    assert await names(store, search="blue", status="claimed") == []
    assert await names(store, search=" ") == ["two", "one"]


async def test_a_page_says_what_the_runs_of_its_jobs_are_called(store: Store) -> None:
    await queue(store, "r1", "one", title="A blue timer")
    await queue(store, "r2", "two", "three", title="A red clock")
    page = await store.jobs(owner=None, limit=2)
    assert page.titles == {"r2": "A red clock"}
    assert (await store.jobs(owner=None, limit=2, before=page.next)).titles == {"r1": "A blue timer"}


async def test_a_member_finds_jobs_of_own_runs_alone(store: Store) -> None:
    await queue(store, "a", "ada's", owner="ada")
    await queue(store, "b", "bob's", owner="bob")
    assert await names(store, owner="bob") == ["bob's"]
    assert await names(store, owner="bob", search="timer") == ["bob's"]
    assert await names(store, owner="bob", run_id="a") == []
    assert await names(store, owner="carl") == []


async def test_jobs_of_a_deleted_run_are_not_found_by_anything(store: Store) -> None:
    await queue(store, "r", "a")
    await tell(store, "r", 1, said("r", "a", "failed", error=QUOTA))
    assert await names(store, error="model_quota") == await names(store, search="quota") == ["a"]
    await tell(store, "r", 2, event("r", RunStatus(status="deleted")), purge=True)
    assert await names(store) == await names(store, error="model_quota") == await names(store, search="quota") == []


async def test_a_job_of_which_the_log_does_not_tell_is_not_found(store: Store) -> None:
    await start(store, "r", job("silent"))
    await store.commit(notes("r", 1))
    assert await names(store) == await names(store, agent="Analyst") == await names(store, search="analyst") == []


async def test_jobs_are_found_by_the_beginning_of_an_id_of_theirs_or_their_runs(store: Store) -> None:
    await queue(store, "01a1f8fa-run-1", "01a1f8fb-job-1", "01a1f8fb-job-2")
    await queue(store, "01a1f8fc-run-2", "01a1f8fd-job-3")
    assert await names(store, search="01A1F8FB-job-1") == ["01a1f8fb-job-1"]
    assert await names(store, search="01a1f8fb") == ["01a1f8fb-job-2", "01a1f8fb-job-1"]
    assert await names(store, search="01a1f8fc-r") == ["01a1f8fd-job-3"]
    assert await names(store, search="01a1") == []


# --- Everything there is to ask for, at once --------------------------------------------------------------------

AGENTS = ("Analyst", "Developer", "Ünal")
ENDS: tuple[tuple[Any, Fault | None], ...] = (
    ("completed", None),
    ("failed", QUOTA),
    ("dead", LOST),
    ("queued", None),
    ("cancelled", None),
)


def told(run_id: str, job_id: str, agent: str, status: Any, error: Fault | None) -> NewEvent:
    said = JobStatus(job_id=job_id, step="analyst", phase="work", attempt=1, status=status, error=error)
    return NewEvent(
        id=new_id(),
        run_id=run_id,
        timestamp="2026-11-20T09:00:00.000Z",
        agent_name=agent,
        content="",
        metadata=said,
    )


async def fill(store: Store) -> list[dict[str, Any]]:
    """Jobs of every kind, as they are found, the last one first."""
    there: list[dict[str, Any]] = []
    for run, (owner, title) in enumerate((("ada", "A blue timer"), ("bob", "A red timer"), ("ada", "An ÄRGER"))):
        run_id, events, changes = f"run-{run}", [], []
        for number, (agent, (status, error)) in enumerate(itertools.product(AGENTS, ENDS)):
            job_id = f"job-{run}-{number:02}"
            changes.append(
                Enqueue(
                    job_id=job_id,
                    step="analyst",
                    phase="work",
                    attempt=1,
                    agent_name=agent,
                    requires=(),
                    priority=0,
                    available_at=LONG_AGO,
                )
            )
            events += [told(run_id, job_id, agent, "queued", None), told(run_id, job_id, agent, status, error)]
            words = f"{title}\n{agent}\n{error.code if error else ''}\n{error.message if error else ''}".casefold()
            there.append(
                {
                    "job_id": job_id,
                    "owner": owner,
                    "status": status,
                    "agent": agent,
                    "error": error and error.code,
                    "run_id": run_id,
                    "words": words,
                }
            )
        shown = {"summary": summary(run_id, owner=owner, title=title), "search": title}
        whole = Commit(events=tuple(events), run_id=run_id, expected_version=0, jobs=tuple(changes), **shown)  # type: ignore[arg-type] # a story in few words
        await store.commit(whole)
    return there[::-1]


QUESTIONS: dict[str, tuple[str | None, ...]] = {
    "owner": (None, "ada"),
    "status": (None, "completed", "failed"),
    "agent": (None, "Ünal"),
    "error": (None, "model_quota"),
    "search": (None, "timer", "ärger", "übrige", "gave_up", "ünal", "e"),
}


@pytest.mark.parametrize("plenty", [joblist.PLENTY, 1])
async def test_whatever_is_asked_for_is_found_page_by_page(
    store: Store, monkeypatch: pytest.MonkeyPatch, plenty: int
) -> None:
    monkeypatch.setattr(joblist, "PLENTY", plenty)
    there = await fill(store)
    of_all = [dict(zip(QUESTIONS, values, strict=True)) for values in itertools.product(*QUESTIONS.values())]
    of_one_run = [{**asked, "run_id": "run-0"} for asked in of_all if asked["owner"] == asked["agent"] is None]
    for asked in of_all + of_one_run:
        exact = {name: value for name, value in asked.items() if value is not None and name != "search"}
        wanted = [
            one["job_id"]
            for one in there
            if all(one[name] == value for name, value in exact.items()) and (asked["search"] or "") in one["words"]
        ]
        assert await names(store, **asked) == wanted, asked
        assert await paged(store, asked) == wanted[:6], asked


async def paged(store: Store, asked: dict[str, str | None]) -> list[str]:
    """The first two pages of three."""
    first = await store.jobs(**({"limit": 3} | asked))  # type: ignore[arg-type] # the names are those of the parameters
    found = list(first.jobs)
    if first.next is not None:
        second = await store.jobs(**({"limit": 3, "before": first.next} | asked))  # type: ignore[arg-type] # the same
        found += second.jobs
    return [json.loads(one)["job_id"] for one in found]
