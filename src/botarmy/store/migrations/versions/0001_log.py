"""The log, and the runs, jobs, blobs, folds and replies that are written with it."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _runs_and_events()
    _jobs()
    _contents()


def _runs_and_events() -> None:
    op.create_table(
        "runs",
        sa.Column("id", KEY, primary_key=True, autoincrement=False),
        sa.Column("run_id", TEXT, nullable=False, unique=True),
        sa.Column("owner", TEXT),
        sa.Column("status", TEXT),
        sa.Column("created", sa.BigInteger),
        sa.Column("deleted", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("summary", TEXT),
    )
    op.create_index("runs_newest", "runs", ["created", "id"])
    op.create_index("runs_of_owner", "runs", ["owner", "created", "id"])
    op.create_table(
        "searches",
        sa.Column("run", KEY, primary_key=True, autoincrement=False),
        sa.Column("words", TEXT, nullable=False),
    )
    op.create_table(
        "events",
        sa.Column("position", KEY, primary_key=True, autoincrement=False),
        sa.Column("run", KEY),
        sa.Column("version", sa.BigInteger),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("message_id", TEXT),
        sa.Column("body", TEXT, nullable=False),
    )
    op.create_index("events_of_run", "events", ["run", "position"])
    op.create_index(
        "events_version",
        "events",
        ["run", "version"],
        unique=True,
        sqlite_where=sa.text("version IS NOT NULL"),
        postgresql_where=sa.text("version IS NOT NULL"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("job_id", TEXT, nullable=False, unique=True),
        sa.Column("run", KEY, nullable=False),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("phase", TEXT, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("agent_name", TEXT, nullable=False),
        sa.Column("requires", TEXT, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("token", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("worker_id", TEXT),
        sa.Column("available_at", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("queued_at", sa.BigInteger, nullable=False),
        sa.Column("claimed_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("jobs_waiting", "jobs", ["status", "requires", "available_at"])
    op.create_index("jobs_in_order", "jobs", ["status", sa.text("priority DESC"), "id"])
    op.create_index("jobs_of_run", "jobs", ["run"])


def _contents() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", TEXT, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "run_blobs",
        sa.Column("run", KEY, primary_key=True),
        sa.Column("sha256", TEXT, primary_key=True),
    )
    op.create_index("runs_of_blob", "run_blobs", ["sha256"])
    op.create_table(
        "folds",
        sa.Column("run", KEY, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("fold_version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "replies",
        sa.Column("user", TEXT, primary_key=True),
        sa.Column("command_id", TEXT, primary_key=True),
        sa.Column("arguments", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    op.create_index("replies_by_age", "replies", ["created"])
    op.create_table(
        "meta",
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("value", TEXT, nullable=False),
    )
