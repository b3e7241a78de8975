"""How far the readers of the log have got that come back after a restart: few rows, by name."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from botarmy.store.tables import meta


def bookmark(conn: Connection, name: str) -> str | None:
    place: str | None = conn.execute(select(meta.c.value).where(meta.c.key == _key(name))).scalar()
    return place


def keep(conn: Connection, name: str, place: str) -> None:
    conn.execute(delete(meta).where(meta.c.key == _key(name)))
    conn.execute(insert(meta), {"key": _key(name), "value": place})


def _key(name: str) -> str:
    return f"bookmark:{name}"
