"""The tables, as queries see them; `migrations/` makes them, and a test holds the two together.

Moments are milliseconds since 1970 by the database's clock, where not the domain gave them.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
    text,
)

metadata: Final = MetaData()
Key: Final = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite makes a table's key its row number only where it is called INTEGER."""
Words: Final = Text().with_variant(Text(collation="C"), "postgresql")
"""In the order of its bytes everywhere: another order would be the system's, and change with it under the indexes."""

runs: Final = Table(
    "runs",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=False),
    Column("run_id", Words, nullable=False, unique=True),
    Column("owner", Words),
    Column("status", Words),  # the view's
    Column("created", BigInteger),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Column("summary", Words),  # JSON of RunSummary; NULL: not in lists
    Index("runs_newest", "created", "id"),
    Index("runs_of_owner", "owner", "created", "id"),
)

searches: Final = Table(
    "searches",
    metadata,
    Column("run", Key, primary_key=True, autoincrement=False),
    Column("words", Words, nullable=False),  # case-folded; apart from the run, whose row is written often
)

events: Final = Table(
    "events",
    metadata,
    Column("position", Key, primary_key=True, autoincrement=False),
    Column("run", Key),  # runs.id; NULL: concerns no run
    Column("version", BigInteger),
    Column("type", Words, nullable=False),
    Column("message_id", Words),  # of deltas, which go together one day
    Column("body", Words, nullable=False),
    Index("events_of_run", "run", "position"),
    Index(
        "events_version",
        "run",
        "version",
        unique=True,
        sqlite_where=text("version IS NOT NULL"),
        postgresql_where=text("version IS NOT NULL"),
    ),
)

compacted: Final = Table(
    "compacted",
    metadata,
    Column("response", Key, primary_key=True, autoincrement=False),  # the position of a message's agent_response
    Column("run", Key, nullable=False),
    Column("begun", BigInteger, nullable=False),  # the position of its first delta; they are all deleted
    Index("compacted_of_run", "run", "begun"),
)

asked: Final = Table(
    "asked",
    metadata,
    Column("position", Key, primary_key=True, autoincrement=False),  # of the event that opened the request
    Column("run", Key, nullable=False),
    Column("request_id", Words, nullable=False),  # it is open: what was answered or withdrawn goes
    Index("asked_in_run", "run", "request_id", unique=True),
)

jobs: Final = Table(
    "jobs",
    metadata,
    Column("id", Key, primary_key=True),  # in the order of their queueing
    Column("job_id", Words, nullable=False, unique=True),
    Column("run", Key, nullable=False),
    Column("step", Words, nullable=False),
    Column("phase", Words, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("agent_name", Words, nullable=False),
    Column("requires", Words, nullable=False),  # JSON list, sorted
    Column("priority", Integer, nullable=False),
    Column("status", Words, nullable=False),
    Column("token", BigInteger, nullable=False, server_default=text("0")),
    Column("worker_id", Words),
    Column("available_at", BigInteger, nullable=False),
    Column("lease_until", BigInteger),
    Column("queued_at", BigInteger, nullable=False),
    Column("claimed_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("view", Words),  # JSON of JobView, as the log's events say; the columns above are the queue's own
    Column("finished", Words),  # the view's ended_at
    Column("state", Words),  # the view's status; the queue's own may be ahead of what the log tells
    Column("owner", Words),  # the run's
    Index("jobs_waiting", "status", "requires", "available_at"),
    Index("jobs_in_order", "status", text("priority DESC"), "id"),
    Index("jobs_of_run", "run"),
    Index("jobs_finished", "finished", "job_id"),
    # What these three end with is there so that the others' conditions are looked at without the job.
    Index("jobs_by_state", "state", "id", "agent_name", "owner"),
    Index("jobs_by_agent", "agent_name", "id", "state", "owner"),
    Index("jobs_of_owner", "owner", "id", "state", "agent_name"),
    Index("jobs_by_worker", "worker_id", "id"),
    Index("jobs_of_owner_finished", "owner", "finished", "job_id"),
)

faults: Final = Table(
    "faults",
    metadata,
    Column("job", Key, primary_key=True, autoincrement=False),  # jobs.id
    Column("run", Key, nullable=False),
    Column("code", Words, nullable=False),
    Column("words", Words, nullable=False),  # code and sentence, case-folded
    Index("faults_by_code", "code", "job"),
    Index("faults_of_run", "run"),
)
"""Why jobs failed: apart from them, so that looking through all failures reads nothing else."""

workers: Final = Table(
    "workers",
    metadata,
    Column("worker_id", Words, primary_key=True),
    Column("registered_at", Words, nullable=False),
    Column("has_left", Boolean, nullable=False),
    Column("seen", BigInteger),  # when it last took, renewed or told of work
    Column("view", Words, nullable=False),  # JSON of WorkerView
    Index("workers_in_order", "has_left", "registered_at", "worker_id"),
)

blobs: Final = Table(
    "blobs",
    metadata,
    Column("sha256", Words, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

run_blobs: Final = Table(
    "run_blobs",
    metadata,
    Column("run", Key, primary_key=True),
    Column("sha256", Words, primary_key=True),
    Index("runs_of_blob", "sha256"),
)

folds: Final = Table(
    "folds",
    metadata,
    Column("run", Key, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("fold_version", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

spending: Final = Table(
    "spending",
    metadata,
    Column("day", Words, primary_key=True),  # by UTC
    Column("owner", Words, primary_key=True),  # as in runs; empty where nobody's
    Column("agent_name", Words, primary_key=True),
    Column("model", Words, primary_key=True),  # empty where unknown
    Column("calls", BigInteger, nullable=False),
    Column("unpriced_calls", BigInteger, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cost_nano_usd", BigInteger, nullable=False),  # whole, so that many small sums stay exact
)

measured_runs: Final = Table(
    "measured_runs",
    metadata,
    Column("created", BigInteger, primary_key=True, autoincrement=False),
    Column("run", Key, primary_key=True, autoincrement=False),
    Column("owner", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("provider", Words, nullable=False),
    Column("ended_as", Words, nullable=False),  # a RunEnd
    Column("took", BigInteger),  # from its creation to its end; NULL while it is open
    Column("retries", BigInteger, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("unpriced_calls", BigInteger, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cost_nano_usd", BigInteger, nullable=False),
    Index("measured_runs_by_run", "run", unique=True),
    sqlite_with_rowid=False,
)
"""What analytics count, of each run that there is. The three tables below repeat the run's own fields, so that a
question about them needs no other table. Each lies in the order in which it is read, so that hundreds of thousands of
rows need no sorting."""

measured_work: Final = Table(
    "measured_work",
    metadata,
    Column("agent_name", Words, primary_key=True),
    Column("model", Words, primary_key=True),  # empty where unknown, and for what is no call
    Column("created", BigInteger, primary_key=True, autoincrement=False),  # the run's, as are owner and team
    Column("run", Key, primary_key=True, autoincrement=False),
    Column("owner", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("unpriced_calls", BigInteger, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cost_nano_usd", BigInteger, nullable=False),
    Column("model_ms", BigInteger, nullable=False),
    Column("worked_ms", BigInteger, nullable=False),
    Column("retries", BigInteger, nullable=False),
    Column("redone", BigInteger, nullable=False),
    Index("measured_work_of_run", "run"),
    sqlite_with_rowid=False,
)

measured_waits: Final = Table(
    "measured_waits",
    metadata,
    Column("created", BigInteger, primary_key=True, autoincrement=False),
    Column("run", Key, primary_key=True, autoincrement=False),
    Column("request_id", Words, primary_key=True),
    Column("owner", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("answered", Boolean),  # NULL while it is open; false: withdrawn
    Column("waited", BigInteger),  # NULL while it is open
    Index("measured_waits_of_run", "run", "request_id", unique=True),
    sqlite_with_rowid=False,
)

measured_failures: Final = Table(
    "measured_failures",
    metadata,
    Column("code", Words, primary_key=True),
    Column("agent_name", Words, primary_key=True),
    Column("provider", Words, primary_key=True),
    Column("created", BigInteger, primary_key=True, autoincrement=False),
    Column("run", Key, primary_key=True, autoincrement=False),
    Column("owner", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("errors", BigInteger, nullable=False),
    Column("warnings", BigInteger, nullable=False),
    Index("measured_failures_of_run", "run"),
    sqlite_with_rowid=False,
)

MEASURED: Final = (measured_runs, measured_work, measured_waits, measured_failures)

replies: Final = Table(
    "replies",
    metadata,
    Column("user", Words, primary_key=True),
    Column("command_id", Words, primary_key=True),
    Column("arguments", Words, nullable=False),
    Column("result", Words, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index("replies_by_age", "created"),
)

tokens: Final = Table(
    "tokens",
    metadata,
    Column("token_id", Words, primary_key=True),
    Column("digest", Words, nullable=False, unique=True),
    Column("user", Words, nullable=False),
    Column("role", Words, nullable=False),
    Column("created_at", Words, nullable=False),  # the domain's, as are the moments below
    Column("last_used_at", Words),
    Column("expires_at", Words),
    Column("revoked_at", Words),
    Column("of", Words),  # a session's: the token that it stems from
)

meta: Final = Table(
    "meta",
    metadata,
    Column("key", Words, primary_key=True),
    Column("value", Words, nullable=False),
)
