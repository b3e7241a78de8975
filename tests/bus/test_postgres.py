"""PostgreSQL as the bus: what can be wrong with it, and who else may say something there."""

from __future__ import annotations

import asyncio
from contextlib import _AsyncGeneratorContextManager

import pytest
from structlog.testing import capture_logs

from botarmy.bus import carried
from botarmy.bus.carried import Heard, LineBroken
from botarmy.bus.postgres import CHANNEL, PostgresLine, PostgresWire
from tests.bus.ends import SECONDS, carrying, running
from tests.postgres import GUARDED, PASSWORD, PostgresServer
from tests.postgres import running as server


async def refusal(url: str) -> str:
    """Why there is no line, in words that repeat no password."""
    with pytest.raises(LineBroken) as broken:
        async with PostgresLine(url).open(lambda _: None):
            pass
    assert PASSWORD not in str(broken.value)
    return str(broken.value)


async def test_nobody_at_the_address_is_said_in_words() -> None:
    assert "refused" in await refusal(f"postgresql://ada:{PASSWORD}@127.0.0.1:1/botarmy")


async def test_a_wrong_password_is_said_in_words(postgres: PostgresServer) -> None:
    assert "password authentication failed" in await refusal(postgres.url("postgres", GUARDED, "Wrong-One-1"))


async def test_what_anybody_notifies_harms_nobody(postgres: PostgresServer, postgres_url: str) -> None:
    database = postgres_url.partition("?")[0].rpartition("/")[2]
    async with carrying(PostgresLine(postgres_url)) as bus:
        subscription = bus.subscribe("log", "jobs", "withdrawn")
        last = bus.subscribe("jobs")
        for payload in ("", "x" * 7_999, "log" * 2_000, "DROP TABLE events", "ÿ" * 100):
            postgres.execute(f"NOTIFY {CHANNEL}, '{payload}'", database)
        postgres.execute(f"NOTIFY {CHANNEL}, 'jobs'", database)
        assert await last.wait(SECONDS)
        await subscription.wait(0)
        assert not await subscription.wait(0)


async def test_servers_of_another_database_are_not_heard(postgres: PostgresServer, postgres_url: str) -> None:
    elsewhere = postgres.url(postgres.database())
    async with (
        carrying(PostgresLine(postgres_url)) as here,
        carrying(PostgresLine(elsewhere)) as there,
        carrying(PostgresLine(elsewhere)) as beside,
    ):
        unheard, heard = here.subscribe("log"), beside.subscribe("log")
        there.publish("log")
        assert await heard.wait(SECONDS)
        assert not await unheard.wait(0)


async def test_a_connection_that_is_ended_is_made_again(
    postgres: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carried, "FIRST_PAUSE", 0.01)
    async with carrying(PostgresLine(postgres_url)) as bus, carrying(PostgresLine(postgres_url)) as other:
        for query in ("LISTEN%", "SELECT pg_notify%"):
            other.publish("log")
            postgres.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE application_name = 'botarmy bus' AND query LIKE '{query}'"
            )
        await bus.up()
        await other.up()
        subscription = bus.subscribe("withdrawn")
        other.publish("withdrawn")
        assert await subscription.wait(SECONDS)


async def test_a_server_that_is_not_there_at_the_start_is_waited_for_and_one_that_goes_is_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(carried, "FIRST_PAUSE", 0.05)
    with server() as postgres:
        url = postgres.url(postgres.database())
        postgres.stop()
        async with running(PostgresLine(url)) as bus, running(PostgresLine(url)) as other:
            for end in (postgres.stop, postgres.kill):
                subscription = bus.subscribe("jobs")
                bus.publish("jobs")
                assert await subscription.wait(0)
                postgres.start()
                await bus.up()
                await other.up()
                heard = other.subscribe("withdrawn")
                bus.publish("withdrawn")
                assert await heard.wait(SECONDS)
                end()
                await bus.down()
                await other.down()


async def test_a_loss_is_told_in_the_log_without_the_password(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carried, "FIRST_PAUSE", 0.0)
    refused = asyncio.Event()

    class Guarded(PostgresLine):
        """Has the wrong password the first time."""

        def open(self, heard: Heard) -> _AsyncGeneratorContextManager[PostgresWire]:
            if refused.is_set():
                return super().open(heard)
            refused.set()
            return PostgresLine(postgres.url("postgres", GUARDED, "Wrong-One-1")).open(heard)

    with capture_logs() as lines:
        async with carrying(Guarded(postgres.url("postgres", GUARDED, PASSWORD))):
            pass
    assert [(line["event"], line["place"]) for line in lines] == [
        ("bus_lost", "the database"),
        ("bus_connected", "the database"),
    ]
    assert "Wrong-One-1" not in str(lines)
