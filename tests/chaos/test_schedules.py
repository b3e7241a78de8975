"""A slice of the schedules, in virtual time; `tests.chaos.schedules` plays as many as it is told to."""

from __future__ import annotations

import pytest

from botarmy.gateway.fanout import Batch
from botarmy.gateway.following import Following
from tests.chaos.play import Failed, play
from tests.chaos.schedule import schedule

SLICE = 30


def play_all() -> None:
    for seed in range(1, SLICE + 1):
        play(schedule(seed))


@pytest.mark.parametrize("seed", range(1, SLICE + 1))
def test_whatever_goes_wrong_everyone_ends_with_what_a_newcomer_gets(seed: int) -> None:
    assert play(schedule(seed))


def test_a_seed_is_a_schedule_and_no_two_are_the_same() -> None:
    assert schedule(7) == schedule(7)
    assert len({str(schedule(seed)) for seed in range(100)}) == 100


def test_a_server_that_skips_an_event_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Following.next

    def skipping(self: Following, cursor: int) -> Batch | None:
        batch = honest(self, cursor)
        return None if batch is None else Batch(batch.from_, batch.to, None if batch.to % 7 == 0 else batch.frame)

    monkeypatch.setattr(Following, "next", skipping)
    with pytest.raises(Failed, match=r"Again: .* --seed"):
        play_all()


def test_a_server_with_a_fault_of_its_own_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Following, cursor: int) -> Batch | None:
        raise ZeroDivisionError

    monkeypatch.setattr(Following, "next", failing)
    with pytest.raises(Failed, match="session_failed"):
        play_all()
