"""A database from before open requests were listed gets the list from its log."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from botarmy.domain import codec
from botarmy.store.schema import MIGRATIONS
from botarmy.store.sql import SqlStore
from tests.contracts.test_store_asking import listed, said


async def test_an_older_database_knows_what_is_asked(tmp_path: Path) -> None:
    told = [said("r", "q1"), said("r", "q2"), said("r", "q1", "answered"), said("r", "q3"), said("r", "q2")]
    engine = create_engine(f"sqlite:///{tmp_path / 'botarmy.db'}")
    with engine.begin() as conn:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = conn
        command.upgrade(config, "0005")
        conn.execute(text("INSERT INTO runs (id, run_id, owner) VALUES (1, 'r', 'ada')"))
        for position, event in enumerate(told, 1):
            conn.execute(
                text("INSERT INTO events (position, run, type, body) VALUES (:position, 1, 'request', :body)"),
                {"position": position, "body": codec.encode(event)},
            )
    engine.dispose()

    async with await SqlStore.open(tmp_path / "botarmy.db", new_id=lambda: "epoch") as store:
        assert await listed(store, "ada") == [("r", "q2"), ("r", "q3")]
