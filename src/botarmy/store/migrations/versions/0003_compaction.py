"""Which messages' deltas are deleted, and where they were."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "compacted",
        sa.Column("response", KEY, primary_key=True, autoincrement=False),
        sa.Column("run", KEY, nullable=False),
        sa.Column("begun", sa.BigInteger, nullable=False),
    )
    op.create_index("compacted_of_run", "compacted", ["run", "begun"])
