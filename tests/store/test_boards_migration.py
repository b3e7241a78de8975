"""A database from before there were lists of jobs and workers gets them from its log."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from botarmy.domain import codec
from botarmy.domain.boards import evolve_jobs, evolve_workers
from botarmy.domain.events import JobStatus, Metadata, NewEvent, WorkerStatus
from botarmy.domain.views import JobView, WorkerView
from botarmy.ports import BoardKind
from botarmy.store.schema import MIGRATIONS
from botarmy.store.sql import SqlStore
from tests.contracts.test_store_boards import JOBS, WORKERS

KINDS: frozenset[BoardKind] = frozenset({"jobs", "workers"})


def history() -> list[NewEvent]:
    def event(second: int, run_id: str | None, metadata: Metadata) -> NewEvent:
        at = f"2026-11-20T09:30:{second:02}.000Z"
        return NewEvent(id=f"e{second}", run_id=run_id, timestamp=at, agent_name="Ünal", content="", metadata=metadata)

    def job(second: int, status: str, **more: object) -> NewEvent:
        fields = {"job_id": "j", "step": "analyst", "phase": "work", "attempt": 1, "status": status, **more}
        return event(second, "r", JobStatus(**fields))  # type: ignore[arg-type] # a story in few words

    came = WorkerStatus(worker_id="w", status="registered", host="here", concurrency=2, capabilities=("gpu",))
    left = WorkerStatus(worker_id="w", status="gone", host="here", concurrency=2)
    return [
        event(1, None, came),
        job(2, "queued", requires=("gpu",)),
        job(3, "claimed", worker_id="w", waited_ms=1000),
        job(4, "lost", worker_id="w", ran_ms=1000),
        job(4, "queued"),
        job(5, "claimed", worker_id="w", waited_ms=1000),
        job(9, "completed", worker_id="w", ran_ms=4000),
        event(10, None, left),
    ]


async def test_an_older_database_gets_its_lists_from_its_log(tmp_path: Path) -> None:
    path = tmp_path / "botarmy.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = conn
        command.upgrade(config, "0003")
        conn.execute(text("INSERT INTO runs (id, run_id, owner) VALUES (1, 'r', 'ada')"))
        conn.execute(
            text(
                "INSERT INTO jobs (job_id, run, step, phase, attempt, agent_name, requires, priority, status,"
                " available_at, queued_at) VALUES ('j', 1, 'analyst', 'work', 1, 'A', '[]', 0, 'completed', 0, 0)"
            )
        )
        for position, event in enumerate(history(), 1):
            conn.execute(
                text("INSERT INTO events (position, run, type, body) VALUES (:position, :run, :type, :body)"),
                {"position": position, "run": event.run_id and 1, "type": event.type, "body": codec.encode(event)},
            )
    engine.dispose()

    async with await SqlStore.open(path, new_id=lambda: "epoch") as store:
        boards = await store.boards(KINDS, owner="ada", limit=10)

    jobs: tuple[JobView, ...] = ()
    workers: tuple[WorkerView, ...] = ()
    for event in history():
        jobs, workers = evolve_jobs(jobs, event), evolve_workers(workers, event)

    assert JOBS.validate_json(f"[{boards.lists['jobs'][0]}]") == jobs
    assert WORKERS.validate_json(f"[{boards.lists['workers'][0]}]") == workers
