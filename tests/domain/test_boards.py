"""What events make of the lists of jobs and of workers."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import Any

from botarmy.domain import commands as c
from botarmy.domain.boards import ENDED_LISTED, evolve_job, evolve_jobs, evolve_worker, evolve_workers
from botarmy.domain.events import JobStatus, Metadata, NewEvent, Note, RunStatus, WorkerStatus
from botarmy.domain.trouble import FAULT_CHARACTERS, Fault
from botarmy.domain.views import JobView, WorkerView
from botarmy.domain.work import LOSSES_ALLOWED
from scripts.wire.teller import Teller, chain


def event(metadata: Metadata, second: int = 0, run_id: str | None = "r") -> NewEvent:
    at = f"2026-11-20T09:{second // 60:02}:{second % 60:02}.000Z"
    return NewEvent(id="e", run_id=run_id, timestamp=at, agent_name="Analyst", content="", metadata=metadata)


def job(status: Any, second: int = 0, job_id: str = "j", **more: Any) -> NewEvent:
    return event(JobStatus(job_id=job_id, step="analyst", phase="work", attempt=1, status=status, **more), second)


def worker(status: Any, second: int = 0, worker_id: str = "w", **more: Any) -> NewEvent:
    return event(WorkerStatus(worker_id=worker_id, status=status, host="here", concurrency=2, **more), second, None)


def test_a_job_says_when_it_was_queued_taken_and_ended_and_by_whom() -> None:
    told = [job("queued", 1), job("claimed", 3, worker_id="w", waited_ms=2000)]
    view = reduce(evolve_job, told, None)
    assert view is not None
    assert (view.status, view.worker_id, view.waited_ms, view.ran_ms) == ("claimed", "w", 2000, None)
    assert (view.queued_at[-7:], view.claimed_at and view.claimed_at[-7:], view.ended_at) == (
        "01.000Z",
        "03.000Z",
        None,
    )

    ended = evolve_job(view, job("completed", 9, worker_id="w", ran_ms=6000))
    assert ended is not None
    assert (ended.status, ended.ended_at and ended.ended_at[-7:], ended.ran_ms) == ("completed", "09.000Z", 6000)
    assert (ended.claimed_at, ended.waited_ms) == (view.claimed_at, 2000)


def test_a_job_that_is_queued_again_waits_anew_and_is_nobodys() -> None:
    told = [job("queued"), job("claimed", 1, worker_id="w", waited_ms=1000), job("lost", 5, worker_id="w", ran_ms=4000)]
    lost = reduce(evolve_job, told, None)
    assert lost is not None
    assert (lost.status, lost.ended_at, lost.worker_id) == ("lost", None, "w")

    again = evolve_job(lost, job("queued", 5, worker_id="w"))
    assert again is not None
    assert (again.worker_id, again.claimed_at, again.waited_ms, again.ran_ms) == (None, None, None, None)
    assert again.queued_at.endswith("05.000Z")


def test_other_events_and_other_jobs_leave_a_job_as_it_is() -> None:
    view = evolve_job(None, job("queued"))
    assert evolve_job(view, event(Note(by="ada"))) is view
    assert evolve_job(view, job("claimed", job_id="other")) is view
    assert evolve_job(None, event(Note(by="ada"))) is None


def test_a_worker_is_as_its_last_event_says_and_came_with_the_first() -> None:
    view = reduce(evolve_worker, [worker("registered", 1), worker("busy", 2, running=("j",))], None)
    assert view is not None
    assert (view.status, view.running, view.registered_at[-7:]) == ("busy", ("j",), "01.000Z")


def test_a_worker_is_counted_the_ends_of_its_own_jobs() -> None:
    ends = [job("completed", worker_id="w"), job("failed", worker_id="w"), job("completed", worker_id="w")]
    others = [job("completed", worker_id="v"), job("cancelled", worker_id="w"), job("claimed", worker_id="w")]
    view = reduce(evolve_worker, [worker("registered"), *ends, *others, worker("idle")], None)
    assert view is not None
    assert (view.completed, view.failed) == (2, 1)
    assert evolve_worker(None, job("completed", worker_id="w")) is None


def test_the_list_of_jobs_holds_all_open_ones_and_the_newest_that_ended() -> None:
    told = [job("queued", job_id="a")]
    for number in range(ENDED_LISTED + 20):
        told += [job("queued", number, f"j{number:03}"), job("cancelled", number, f"j{number:03}")]
    none: tuple[JobView, ...] = ()
    jobs = reduce(evolve_jobs, told, none)
    assert [one.job_id for one in jobs] == [*(f"j{number:03}" for number in range(ENDED_LISTED + 19, 19, -1)), "a"]


def test_the_jobs_of_a_deleted_run_leave_the_list_and_no_others() -> None:
    jobs = evolve_jobs(evolve_jobs((), job("queued", job_id="a")), job("queued", job_id="b"))
    kept, gone = (replace(one, run_id=run_id) for one, run_id in zip(jobs, ("other", "r"), strict=True))
    ended = event(RunStatus(status="completed"))
    assert evolve_jobs((kept, gone), ended) == (kept, gone)
    assert evolve_jobs((kept, gone), event(RunStatus(status="deleted"))) == (kept,)


def test_the_list_of_workers_holds_who_is_there_and_who_left_lately_in_the_order_of_their_coming() -> None:
    told = [worker("registered", 0, "first")]
    for number in range(ENDED_LISTED + 5):
        told += [worker("registered", number + 1, f"w{number:03}"), worker("gone", number + 1, f"w{number:03}")]
    none: tuple[WorkerView, ...] = ()
    workers = reduce(evolve_workers, told, none)
    assert [one.worker_id for one in workers] == ["first", *(f"w{number:03}" for number in range(5, ENDED_LISTED + 5))]


def test_events_of_nobody_change_no_list() -> None:
    for other in (event(Note(by="ada")), job("queued")):
        assert evolve_workers((), other) == ()
    assert evolve_jobs((), worker("registered")) == ()


# --- Why a job failed -------------------------------------------------------------------------------------------


def listed(told: Teller) -> list[JobView]:
    jobs: tuple[JobView, ...] = ()
    events: list[NewEvent] = list(told.told())
    after: tuple[JobView, ...] = reduce(evolve_jobs, events, jobs)
    return list(after)


def test_a_job_says_what_it_failed_with_and_the_next_try_says_nothing_of_it() -> None:
    told = Teller(chain("writer"))
    told.begin("writer")
    told.fails("writer", retryable=True)
    again, failed = listed(told)
    assert (failed.status, again.status, again.error) == ("failed", "queued", None)
    assert failed.error == Fault(
        code="model_timeout",
        message="The AI service took too long to answer.",
        action="Retry the step.",
        reference="8f14e45f",
    )


def test_a_job_that_was_given_up_says_why() -> None:
    told = Teller(chain("writer"))
    for _ in range(LOSSES_ALLOWED):
        told.begin("writer")
        told.lose("writer")
    (dead,) = listed(told)
    assert dead.status == "dead"
    assert dead.error is not None
    assert dead.error.code == "gave_up"


def test_of_a_long_sentence_the_list_has_the_beginning() -> None:
    told = Teller(chain("writer"))
    told.begin("writer")
    long = "x" * (FAULT_CHARACTERS + 1)
    told.report("writer", c.WorkFailed(code="model_failed", message=long, action=long, retryable=False))
    error = listed(told)[0].error
    assert error is not None
    assert error.message == error.action == "x" * FAULT_CHARACTERS
