"""What analytics count of each run, from the events that are there already."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CALLS = ("calls", "unpriced_calls", "input_tokens", "output_tokens", "cost_nano_usd")
WORK = (*CALLS, "model_ms", "worked_ms", "retries", "redone")
TYPES = ("run_status", "agent_response", "job_status", "agent_status", "request", "error")


def upgrade() -> None:
    runs = op.create_table(
        "measured_runs",
        sa.Column("created", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("run", KEY, primary_key=True, autoincrement=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("provider", TEXT, nullable=False),
        sa.Column("ended_as", TEXT, nullable=False),
        sa.Column("took", sa.BigInteger),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("retries", *CALLS)),
        sqlite_with_rowid=False,
    )
    op.create_index("measured_runs_by_run", "measured_runs", ["run"], unique=True)
    work = op.create_table(
        "measured_work",
        sa.Column("agent_name", TEXT, primary_key=True),
        sa.Column("model", TEXT, primary_key=True),
        sa.Column("created", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("run", KEY, primary_key=True, autoincrement=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in WORK),
        sqlite_with_rowid=False,
    )
    op.create_index("measured_work_of_run", "measured_work", ["run"])
    waits = op.create_table(
        "measured_waits",
        sa.Column("created", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("run", KEY, primary_key=True, autoincrement=False),
        sa.Column("request_id", TEXT, primary_key=True),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("opened", sa.BigInteger, nullable=False),
        sa.Column("answered", sa.Boolean),
        sa.Column("waited", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_index("measured_waits_of_run", "measured_waits", ["run", "request_id"], unique=True)
    failures = op.create_table(
        "measured_failures",
        sa.Column("code", TEXT, primary_key=True),
        sa.Column("agent_name", TEXT, primary_key=True),
        sa.Column("provider", TEXT, primary_key=True),
        sa.Column("created", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("run", KEY, primary_key=True, autoincrement=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("errors", sa.BigInteger, nullable=False),
        sa.Column("warnings", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("measured_failures_of_run", "measured_failures", ["run"])
    tables = (runs, work, waits, failures)
    for counted in _counted(op.get_bind()):
        for table, rows in zip(tables, counted.rows(), strict=True):
            if rows:
                op.bulk_insert(table, rows)


class Counted:
    """One run, counted event by event in the order of the log."""

    def __init__(self, run: int, event: dict[str, Any]) -> None:
        said = event["metadata"]
        self.fields = {"run": run, "created": _ms(event["timestamp"]), "owner": said["owner"], "team": said["team"]}
        self.provider = str(said["options"].get("model") or "").partition(":")[0]
        self.ended_as, self.took = "open", None
        self.sums: Counter[str] = Counter()
        self.work: dict[tuple[str, str], Counter[str]] = {}
        self.waits: dict[str, dict[str, Any]] = {}
        self.failures: dict[tuple[str, str], Counter[str]] = {}

    def add(self, event: dict[str, Any]) -> None:
        getattr(self, f"_{event['type']}")(event, event["metadata"])

    def _run_status(self, event: dict[str, Any], said: dict[str, Any]) -> None:
        as_completed = "partial" if said.get("outcome") == "partial" else "succeeded"
        ends = {"completed": as_completed, "failed": "failed", "cancelled": "cancelled"}
        self.ended_as = ends.get(said["status"], "open")
        took = max(0, _ms(event["timestamp"]) - self.fields["created"])
        self.took = None if self.ended_as == "open" else took

    def _agent_response(self, event: dict[str, Any], said: dict[str, Any]) -> None:
        used = said.get("usage")
        if used is None:
            return
        cost = used["cost_usd"]
        added = {
            "calls": 1,
            "unpriced_calls": int(cost is None),
            "input_tokens": used["input_tokens"],
            "output_tokens": used["output_tokens"],
            "cost_nano_usd": round((cost or 0) * 1_000_000_000),
            "model_ms": max(0, _ms(event["timestamp"]) - _ms(said["started_at"])),
        }
        self._worked(event, said.get("model") or "", added)

    def _job_status(self, event: dict[str, Any], said: dict[str, Any]) -> None:
        if said.get("ran_ms"):
            self._worked(event, "", {"worked_ms": said["ran_ms"]})

    def _agent_status(self, event: dict[str, Any], said: dict[str, Any]) -> None:
        if said["status"] == "retrying":
            self._worked(event, "", {"retries": 1})
        elif said.get("by") is not None and said["status"] in ("queued", "pending"):
            self._worked(event, "", {"redone": 1})

    def _worked(self, event: dict[str, Any], model: str, added: dict[str, int]) -> None:
        self.sums.update(added)
        self.work.setdefault((event["agent_name"] or "", model), Counter()).update(added)

    def _request(self, event: dict[str, Any], said: dict[str, Any]) -> None:
        at = _ms(event["timestamp"])
        if said["status"] == "open":
            held = self.waits.setdefault(said["request_id"], {"kind": said["kind"], "opened": at})
            held.update(answered=None, waited=None)
        elif said["request_id"] in self.waits:
            held = self.waits[said["request_id"]]
            held.update(answered=said["status"] == "answered", waited=max(0, at - held["opened"]))

    def _error(self, event: dict[str, Any], said: dict[str, Any]) -> None:
        of = (said["code"], event["agent_name"] or "")
        self.failures.setdefault(of, Counter()).update({f"{said['severity']}s": 1})

    def rows(self) -> Iterator[list[dict[str, Any]]]:
        """For each table."""
        sums = {name: self.sums[name] for name in ("retries", *CALLS)}
        provider = {"provider": self.provider}
        yield [{**self.fields, **provider, "ended_as": self.ended_as, "took": self.took, **sums}]
        yield [
            {**self.fields, "agent_name": agent, "model": model, **{name: added[name] for name in WORK}}
            for (agent, model), added in self.work.items()
        ]
        yield [{**self.fields, "request_id": name, **wait} for name, wait in self.waits.items()]
        yield [
            {
                **self.fields,
                **provider,
                "code": code,
                "agent_name": agent,
                "errors": count["errors"],
                "warnings": count["warnings"],
            }
            for (code, agent), count in self.failures.items()
        ]


def _counted(conn: sa.Connection) -> Iterator[Counted]:
    """Those that are not deleted, and did not come from another server; one is in memory at a time."""
    ids = conn.execute(sa.text("SELECT id FROM runs WHERE deleted = :no ORDER BY id"), {"no": False}).scalars().all()
    told = sa.text("SELECT body FROM events WHERE run = :run AND type IN :types ORDER BY position").bindparams(
        sa.bindparam("types", expanding=True)
    )
    for run in ids:
        counted, shared = None, False
        for (body,) in conn.execute(told, {"run": run, "types": TYPES}):
            event = json.loads(body)
            said = event["metadata"]
            if event["type"] == "run_status":
                shared = said["status"] == "created" and said.get("forked_from") is not None
            if event["type"] == "run_status" and said["status"] == "created":
                counted = None if _is_foreign(event) else Counted(run, event)
            elif counted is not None and not shared:
                counted.add(event)
        if counted is not None:
            yield counted


def _is_foreign(event: dict[str, Any]) -> bool:
    imported = event["metadata"].get("imported")
    return imported is not None and event["timestamp"] <= imported["at"]


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
