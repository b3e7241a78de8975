"""Which revision of the tables a database has, and how it gets the newest one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from botarmy.store.failures import NewerSchema, WrongDatabase

MIGRATIONS: Final = Path(__file__).with_name("migrations")


def revisions() -> list[str]:
    """All that this program knows, oldest first."""
    return sorted(path.stem.split("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*.py"))


def found(conn: Connection) -> str | None:
    """The revision of the database; None for an empty one.

    Raises:
        WrongDatabase: other tables than ours are in it.
        NewerSchema: a revision that this program does not know.
    """
    tables = inspect(conn).get_table_names()
    if not tables:
        return None
    if "schema_version" not in tables:
        raise WrongDatabase("this database belongs to another program")
    revision = conn.execute(text("SELECT version_num FROM schema_version")).scalar_one_or_none()
    if revision is not None and revision not in revisions():
        raise NewerSchema(
            f"this database was changed by a newer version of BotArmy (its tables are at {revision}, "
            f"this version knows {revisions()[-1]}): start that version, or restore a backup from before"
        )
    return revision


def upgrade(conn: Connection) -> None:
    """Bring the tables to the newest revision, in the caller's transaction."""
    # Alembic takes longer to import than a start may last, and is seldom needed.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
