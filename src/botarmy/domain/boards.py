"""The lists of jobs and of workers: each entry folds from its own events, and so does each list as a whole."""

from __future__ import annotations

from typing import Final

from botarmy.domain.events import JobState, JobStatus, NewEvent, RunStatus, WorkerState, WorkerStatus
from botarmy.domain.values import replace
from botarmy.domain.views import JobView, WorkerView

ENDED_LISTED: Final = 100
"""How many jobs that have ended, and how many workers that have left, stay in the lists: the newest."""
OPEN_LISTED: Final = 1_000
"""How many open jobs, and how many workers that are there, a list holds at most."""
JOB_ENDED: Final[frozenset[JobState]] = frozenset({"completed", "failed", "cancelled", "dead"})
WORKER_LEFT: Final[frozenset[WorkerState]] = frozenset({"gone", "lost"})


def evolve_job(view: JobView | None, event: NewEvent) -> JobView | None:
    """The job after one of its events; other events leave it as it is."""
    said = event.metadata
    if not isinstance(said, JobStatus) or event.run_id is None or (view is not None and view.job_id != said.job_id):
        return view
    queued, claimed, ended = said.status == "queued", said.status == "claimed", said.status in JOB_ENDED
    held = None if queued else view
    return JobView(
        job_id=said.job_id,
        run_id=event.run_id,
        step=said.step,
        phase=said.phase,
        attempt=said.attempt,
        status=said.status,
        agent_name=event.agent_name,
        worker_id=None if queued else said.worker_id,
        requires=said.requires,
        queued_at=held.queued_at if held else event.timestamp,
        claimed_at=event.timestamp if claimed else held.claimed_at if held else None,
        ended_at=event.timestamp if ended else None,
        waited_ms=said.waited_ms if claimed else held.waited_ms if held else None,
        ran_ms=None if queued else said.ran_ms,
        error=said.error,
    )


def evolve_worker(view: WorkerView | None, event: NewEvent) -> WorkerView | None:
    """The worker after one of its events, or after the end of a job that was its own."""
    said = event.metadata
    if isinstance(said, WorkerStatus) and (view is None or view.worker_id == said.worker_id):
        return WorkerView(
            worker_id=said.worker_id,
            host=said.host,
            status=said.status,
            capabilities=said.capabilities,
            concurrency=said.concurrency,
            running=said.running,
            registered_at=view.registered_at if view else event.timestamp,
            completed=view.completed if view else 0,
            failed=view.failed if view else 0,
        )
    if view is None or not isinstance(said, JobStatus) or said.worker_id != view.worker_id:
        return view
    if said.status == "completed":
        return replace(view, completed=view.completed + 1)
    return replace(view, failed=view.failed + 1) if said.status == "failed" else view


# --- Lists ------------------------------------------------------------------------------------------------------


def evolve_jobs(jobs: tuple[JobView, ...], event: NewEvent) -> tuple[JobView, ...]:
    """The list of the topic `jobs` after an event, the job that was made last first. A deleted run's jobs leave it."""
    said = event.metadata
    if isinstance(said, RunStatus) and said.status == "deleted":
        return tuple(job for job in jobs if job.run_id != event.run_id)
    if not isinstance(said, JobStatus):
        return jobs
    by_id = {job.job_id: job for job in jobs}
    after = evolve_job(by_id.get(said.job_id), event)
    return jobs if after is None else listed_jobs(tuple((by_id | {said.job_id: after}).values()))


def listed_jobs(jobs: tuple[JobView, ...]) -> tuple[JobView, ...]:
    still_open = sorted((job for job in jobs if job.ended_at is None), key=_made, reverse=True)
    ended = sorted((job for job in jobs if job.ended_at is not None), key=_ended, reverse=True)
    return tuple(sorted((*still_open[:OPEN_LISTED], *ended[:ENDED_LISTED]), key=_made, reverse=True))


def evolve_workers(workers: tuple[WorkerView, ...], event: NewEvent) -> tuple[WorkerView, ...]:
    """The list of the topic `workers` after an event, in the order of their coming."""
    said = event.metadata
    if not isinstance(said, WorkerStatus | JobStatus) or said.worker_id is None:
        return workers
    by_id = {worker.worker_id: worker for worker in workers}
    after = evolve_worker(by_id.get(said.worker_id), event)
    return workers if after is None else listed_workers(tuple((by_id | {said.worker_id: after}).values()))


def listed_workers(workers: tuple[WorkerView, ...]) -> tuple[WorkerView, ...]:
    came = sorted(workers, key=_came)
    there = [worker for worker in came if worker.status not in WORKER_LEFT]
    left = [worker for worker in came if worker.status in WORKER_LEFT]
    return tuple(sorted((*there[-OPEN_LISTED:], *left[-ENDED_LISTED:]), key=_came))


def _made(job: JobView) -> str:
    return job.job_id


def _ended(job: JobView) -> tuple[str, str]:
    return job.ended_at or "", job.job_id


def _came(worker: WorkerView) -> tuple[str, str]:
    return worker.registered_at, worker.worker_id
