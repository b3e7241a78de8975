"""The migrations and the tables that queries are written against say the same."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import StaticPool

from botarmy.store import schema
from botarmy.store.dialects import now_ms
from botarmy.store.tables import metadata


def described(make: Callable[[Connection], object]) -> dict[str, str]:
    """Each table and index that `make` creates in an empty database, as the database writes it down."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.begin() as conn:
            make(conn)
            rows = conn.execute(
                text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'schema_version'")
            ).all()
    finally:
        engine.dispose()
    return {name: re.sub(r"\s+", " ", sql) for name, sql in rows}


def test_the_migrations_make_the_tables_that_queries_use() -> None:
    migrated = described(schema.upgrade)
    assert migrated == described(metadata.create_all)
    assert {"events", "runs", "jobs", "blobs"} <= migrated.keys()


def test_the_newest_revision_is_the_one_that_an_upgrade_leads_to() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as conn:
        assert schema.found(conn) is None
        schema.upgrade(conn)
        assert schema.found(conn) == schema.revisions()[-1]
        schema.upgrade(conn)
    engine.dispose()


def test_the_databases_clock_counts_milliseconds_since_1970() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as conn:
        seconds, milliseconds = (
            conn.execute(text("SELECT CAST(strftime('%s', 'now') AS INTEGER), 0")).one()[0],
            conn.execute(now_ms().select()).scalar_one(),
        )
    engine.dispose()
    assert 0 <= milliseconds - seconds * 1000 < 2000
    assert sqlite3.sqlite_version_info >= (3, 38)
