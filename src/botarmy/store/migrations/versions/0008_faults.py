"""Why jobs failed, and the ways on which jobs are found: by state, agent, worker and owner.

The logs of older versions do not tell why a job failed, so `faults` begins empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("state", TEXT))
    op.add_column("jobs", sa.Column("owner", TEXT))
    _fill()
    op.create_index("jobs_by_state", "jobs", ["state", "id", "agent_name", "owner"])
    op.create_index("jobs_by_agent", "jobs", ["agent_name", "id", "state", "owner"])
    op.create_index("jobs_of_owner", "jobs", ["owner", "id", "state", "agent_name"])
    op.create_index("jobs_by_worker", "jobs", ["worker_id", "id"])
    op.create_index("jobs_of_owner_finished", "jobs", ["owner", "finished", "job_id"])
    op.create_table(
        "faults",
        sa.Column("job", KEY, primary_key=True, autoincrement=False),
        sa.Column("run", KEY, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("words", TEXT, nullable=False),
    )
    op.create_index("faults_by_code", "faults", ["code", "job"])
    op.create_index("faults_of_run", "faults", ["run"])


def _fill() -> None:
    conn = op.get_bind()
    view = "view" if conn.dialect.name == "sqlite" else "CAST(view AS JSON)"
    conn.execute(
        sa.text(
            f"UPDATE jobs SET state = {view} ->> 'status',"  # noqa: S608 - one of two words of ours
            " owner = (SELECT owner FROM runs WHERE runs.id = jobs.run)"
        )
    )
