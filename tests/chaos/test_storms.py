"""A few storms over real sockets; `tests.chaos.sockets` plays as many as it is told to."""

from __future__ import annotations

from pathlib import Path

import pytest

from botarmy.client import Snapshot
from botarmy.domain.events import Event, Note
from botarmy.domain.views import RunView
from tests.chaos.gale import VIEW, Watcher, batch
from tests.chaos.storm import storm


async def test_whatever_the_way_does_while_the_server_is_killed_everyone_ends_with_the_truth(tmp_path: Path) -> None:
    happened = await batch([storm(seed) for seed in (1, 2, 3)], tmp_path / "data", kills=1)

    assert happened["losses"] > 0
    assert happened["killed"] + happened["stopped"] == 1


def test_a_seed_is_a_storm_and_no_two_are_the_same() -> None:
    assert storm(7) == storm(7)
    assert len({str(storm(seed)) for seed in range(100)}) == 100


def a_view() -> RunView:
    return VIEW.validate_python(
        {
            "run_id": "r", "title": "", "brief": "", "team": "software", "owner": "local", "options": {},
            "forked_from": None, "status": "running", "outcome": None, "created_at": "2026-11-20T09:30:00.000Z",
            "updated_at": "2026-11-20T09:30:00.000Z", "ended_at": None, "version": 3, "position": 3, "steps": [],
            "requests": [], "artifacts": [], "notes": [], "errors": [], "usage": {},
        }
    )  # fmt: skip


def a_note(position: int, version: int) -> Event:
    return Event(
        id=f"e{position}", run_id="r", timestamp="2026-11-20T09:30:01.000Z", agent_name=None, content="x",
        metadata=Note(by="ada"), position=position, version=version,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([a_note(4, 4), a_note(4, 4)], "twice"),
        ([a_note(5, 4), a_note(4, 5)], "out of order"),
        ([a_note(4, 4), a_note(6, 6)], "missing"),
        ([Snapshot("run:r", 3, a_view())], "second snapshot"),
    ],
)
def test_a_watcher_finds_out_who_tells_it_wrong(told: list[Event | Snapshot], words: str) -> None:
    watcher = Watcher("http://127.0.0.1:9", "r")
    watcher.take(Snapshot("run:r", 3, a_view()))
    for item in told[:-1]:
        watcher.take(item)
    with pytest.raises(AssertionError, match=words):
        watcher.take(told[-1])
