"""The open requests of all runs, from the events that are there already."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "asked",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False
        ),
        sa.Column("run", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
    )
    op.create_index("asked_in_run", "asked", ["run", "request_id"], unique=True)
    _fill()


def _fill() -> None:
    conn = op.get_bind()
    open_ones: dict[tuple[int, str], int] = {}
    told = sa.text(
        "SELECT position, run, body FROM events WHERE type = 'request' AND run IS NOT NULL ORDER BY position"
    )
    for position, run, body in conn.execute(told):
        said = json.loads(body)["metadata"]
        if said["status"] == "open":
            open_ones.setdefault((run, said["request_id"]), position)
        else:
            open_ones.pop((run, said["request_id"]), None)
    for (run, request_id), position in open_ones.items():
        conn.execute(
            sa.text("INSERT INTO asked (position, run, request_id) VALUES (:position, :run, :request_id)"),
            {"position": position, "run": run, "request_id": request_id},
        )
