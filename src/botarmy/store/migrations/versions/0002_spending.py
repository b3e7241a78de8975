"""What model calls used by day, summed up from the log as far as it goes back."""

import json
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

KEY = ("day", "owner", "agent_name", "model")
SUMS = ("calls", "unpriced_calls", "input_tokens", "output_tokens", "cost_nano_usd")


def upgrade() -> None:
    table = op.create_table(
        "spending",
        *(sa.Column(name, TEXT, primary_key=True) for name in KEY),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in SUMS),
    )
    if rows := _summed(op.get_bind()):
        op.bulk_insert(table, rows)


def _summed(conn: sa.Connection) -> list[dict[str, str | int]]:
    told = sa.text(
        "SELECT runs.owner, events.body FROM events JOIN runs ON runs.id = events.run "
        "WHERE events.type = 'agent_response'"
    )
    sums: dict[tuple[str, ...], Counter[str]] = {}
    for owner, body in conn.execute(told):
        event = json.loads(body)
        used = event["metadata"].get("usage")
        if used is None:
            continue
        key = (event["timestamp"][:10], owner or "", event["agent_name"] or "", event["metadata"].get("model") or "")
        cost = used["cost_usd"]
        sums.setdefault(key, Counter()).update(
            calls=1,
            unpriced_calls=int(cost is None),
            input_tokens=used["input_tokens"],
            output_tokens=used["output_tokens"],
            cost_nano_usd=round((cost or 0) * 1_000_000_000),
        )
    return [{**dict(zip(KEY, key, strict=True)), **{name: count[name] for name in SUMS}} for key, count in sums.items()]
