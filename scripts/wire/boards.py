"""The stories behind the samples of the lists of jobs and workers."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from botarmy.domain import codec
from botarmy.domain.boards import ENDED_LISTED
from botarmy.domain.events import JobState, JobStatus, Metadata, NewEvent, Note, RunStatus, WorkerState, WorkerStatus
from botarmy.domain.times import later
from botarmy.domain.trouble import Fault

BEGINNING: Final = "2026-11-20T09:30:00.000Z"
FAULT: Final = Fault(code="model_refused", message="The model refused.", action="Say it differently.")
BOARDS: Final[list[Board]] = []


@dataclass(frozen=True, slots=True)
class Board:
    name: str
    description: str
    tell: Callable[[], Log]


class Log:
    """What happens to jobs and workers, each a tenth of a second after the one before."""

    def __init__(self) -> None:
        self.events: Final[list[NewEvent]] = []
        self._ids: Final = itertools.count(1)

    def job(self, job: int, status: JobState, run: str = "run-1", attempt: int = 1, **more: Any) -> None:
        said = JobStatus(
            job_id=f"job-{job:04}",
            step="analyst",
            phase="work",
            attempt=attempt,
            status=status,
            requires=("llm",),
            **more,
        )
        self.note(said, run, "Analyst")

    def worker(self, worker: str, status: WorkerState, *running: int) -> None:
        held = tuple(f"job-{job:04}" for job in running)
        said = WorkerStatus(
            worker_id=worker, status=status, capabilities=("llm", "files"), host="büro", concurrency=2, running=held
        )
        self.note(said)

    def note(self, metadata: Metadata, run: str | None = None, agent_name: str | None = None) -> None:
        number = next(self._ids)
        event = NewEvent(
            id=f"event-{number:04}",
            run_id=run,
            timestamp=later(BEGINNING, number / 10),
            agent_name=agent_name,
            content="",
            metadata=metadata,
        )
        self.events.append(event)

    def wire(self) -> list[Any]:
        """The events as clients get them."""
        versions: dict[str, int] = {}
        told = []
        for position, event in enumerate(self.events, 101):
            version = None
            if event.run_id is not None:
                version = versions[event.run_id] = versions.get(event.run_id, 0) + 1
            told.append(json.loads(codec.wire(codec.encode(event), position, version)))
        return told


def board(tell: Callable[[], Log]) -> Callable[[], Log]:
    BOARDS.append(Board(tell.__name__.replace("_", "-"), (tell.__doc__ or "").strip(), tell))
    return tell


@board
def jobs_done_by_two_workers() -> Log:
    """Two workers take jobs of two runs, do them or fail, and go."""
    log = Log()
    log.worker("worker-1", "registered")
    log.worker("worker-ä", "registered")
    log.job(1, "queued")
    log.job(2, "queued", "run-2")
    log.job(1, "claimed", worker_id="worker-1", waited_ms=200)
    log.worker("worker-1", "busy", 1)
    log.job(2, "claimed", "run-2", worker_id="worker-ä", waited_ms=300)
    log.worker("worker-ä", "busy", 2)
    log.job(2, "failed", "run-2", worker_id="worker-ä", ran_ms=200, error=FAULT)
    log.worker("worker-ä", "idle")
    log.job(3, "queued", "run-2", 2, retry_at=later(BEGINNING, 5))
    log.job(1, "completed", worker_id="worker-1", ran_ms=700)
    log.note(Note(by="ada"), "run-1")
    log.worker("worker-ä", "draining")
    log.worker("worker-ä", "gone")
    return log


@board
def a_job_whose_worker_died() -> Log:
    """A job is lost with its worker, goes back into the queue, and is done by another one."""
    log = Log()
    log.worker("worker-1", "registered")
    log.job(1, "queued")
    log.job(1, "claimed", worker_id="worker-1", waited_ms=100)
    log.job(1, "lost", worker_id="worker-1", ran_ms=30_000)
    log.worker("worker-1", "lost")
    log.job(1, "queued")
    log.worker("worker-2", "registered")
    log.job(1, "claimed", worker_id="worker-2", waited_ms=200)
    log.job(1, "completed", worker_id="worker-2", ran_ms=4_000)
    log.job(2, "queued")
    log.job(2, "dead")
    return log


@board
def jobs_of_a_deleted_run() -> Log:
    """The jobs of a run leave the list with it, whatever they were at."""
    log = Log()
    for job, run in enumerate(("run-1", "run-2", "run-1"), 1):
        log.job(job, "queued", run)
    log.job(1, "cancelled")
    log.note(RunStatus(status="deleted", by="ada"), "run-1")
    return log


@board
def more_than_is_listed() -> Log:
    """The newest of those that have ended, or left, stay; what is open and who is there stays beside them."""
    log = Log()
    log.job(1, "queued")
    log.worker("worker-0000", "registered")
    for number in range(2, ENDED_LISTED + 5):
        log.job(number, "cancelled")
        log.worker(f"worker-{number:04}", "gone")
    return log
