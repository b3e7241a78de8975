"""The lists of jobs and of workers, folded from the events that are there already."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

ENDED = {"completed", "failed", "cancelled", "dead"}


def upgrade() -> None:
    op.add_column("jobs", sa.Column("view", TEXT))
    op.add_column("jobs", sa.Column("finished", TEXT))
    op.create_index("jobs_finished", "jobs", ["finished", "job_id"])
    op.create_table(
        "workers",
        sa.Column("worker_id", TEXT, primary_key=True),
        sa.Column("registered_at", TEXT, nullable=False),
        sa.Column("has_left", sa.Boolean, nullable=False),
        sa.Column("seen", sa.BigInteger),
        sa.Column("view", TEXT, nullable=False),
    )
    op.create_index("workers_in_order", "workers", ["has_left", "registered_at", "worker_id"])
    _fill()


def _fill() -> None:
    conn = op.get_bind()
    jobs: dict[str, dict[str, Any]] = {}
    workers: dict[str, dict[str, Any]] = {}
    told = sa.text("SELECT body FROM events WHERE type IN ('job_status', 'worker_status') ORDER BY position")
    for (body,) in conn.execute(told):
        event = json.loads(body)
        if event["type"] == "worker_status":
            _worker(workers, event)
        elif event["run_id"] is not None:
            _job(jobs, workers, event)
    for job in jobs.values():
        conn.execute(
            sa.text("UPDATE jobs SET view = :view, finished = :finished WHERE job_id = :job_id"),
            {"view": _json(job), "finished": job["ended_at"], "job_id": job["job_id"]},
        )
    for worker in workers.values():
        conn.execute(
            sa.text(
                "INSERT INTO workers (worker_id, registered_at, has_left, view) "
                "VALUES (:worker_id, :registered_at, :has_left, :view)"
            ).bindparams(sa.bindparam("has_left", type_=sa.Boolean)),
            {
                "worker_id": worker["worker_id"],
                "registered_at": worker["registered_at"],
                "has_left": worker["status"] in ("gone", "lost"),
                "view": _json(worker),
            },
        )


def _job(jobs: dict[str, dict[str, Any]], workers: dict[str, dict[str, Any]], event: dict[str, Any]) -> None:
    said, at = event["metadata"], event["timestamp"]
    status, worker_id = said["status"], said.get("worker_id")
    held = None if status == "queued" else jobs.get(said["job_id"])
    claimed = status == "claimed"
    jobs[said["job_id"]] = {
        "job_id": said["job_id"],
        "run_id": event["run_id"],
        "step": said["step"],
        "phase": said["phase"],
        "attempt": said["attempt"],
        "status": status,
        "agent_name": event["agent_name"],
        "worker_id": None if status == "queued" else worker_id,
        "requires": said.get("requires") or [],
        "queued_at": held["queued_at"] if held else at,
        "claimed_at": at if claimed else held["claimed_at"] if held else None,
        "ended_at": at if status in ENDED else None,
        "waited_ms": said.get("waited_ms") if claimed else held["waited_ms"] if held else None,
        "ran_ms": None if status == "queued" else said.get("ran_ms"),
    }
    if worker_id in workers and status in ("completed", "failed"):
        workers[worker_id][status] += 1


def _worker(workers: dict[str, dict[str, Any]], event: dict[str, Any]) -> None:
    said = event["metadata"]
    held = workers.get(said["worker_id"])
    workers[said["worker_id"]] = {
        "worker_id": said["worker_id"],
        "host": said["host"],
        "status": said["status"],
        "capabilities": said.get("capabilities") or [],
        "concurrency": said["concurrency"],
        "running": said.get("running") or [],
        "registered_at": held["registered_at"] if held else event["timestamp"],
        "completed": held["completed"] if held else 0,
        "failed": held["failed"] if held else 0,
    }


def _json(view: dict[str, Any]) -> str:
    return json.dumps(view, ensure_ascii=False, separators=(",", ":"))
