"""The rows of tokens: few, read as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select

from botarmy.domain.tokens import Token
from botarmy.ports import StoredToken
from botarmy.store.tables import tokens as table


def tokens(conn: Connection) -> list[StoredToken]:
    query = select(table).order_by(table.c.created_at, table.c.token_id)
    return [_stored(**row) for row in conn.execute(query).mappings()]


def _stored(digest: str, **fields: str) -> StoredToken:
    return StoredToken(Token(**fields), digest)  # type: ignore[arg-type]  # a role is one of its words in the table


def keep(conn: Connection, new: Sequence[StoredToken], gone: Sequence[str]) -> None:
    for token_id in (*gone, *(stored.token.token_id for stored in new)):
        conn.execute(delete(table).where(table.c.token_id == token_id))
    if new:
        conn.execute(insert(table), [{**asdict(stored.token), "digest": stored.digest} for stored in new])
