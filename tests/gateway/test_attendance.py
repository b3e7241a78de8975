"""How much of their time clients are connected."""

from __future__ import annotations

from botarmy.gateway.attendance import AWAY_SECONDS, Attendance


def test_nobody_has_no_share() -> None:
    assert Attendance().share(10) is None


def test_the_time_between_connections_counts_as_absence() -> None:
    known = Attendance()
    known.came("tab", 0)
    known.left("tab", 60)
    known.came("tab", 70)
    assert known.share(100) == 0.9


def test_who_is_connected_twice_is_absent_only_when_both_are_gone() -> None:
    known = Attendance()
    known.came("tab", 0)
    known.came("tab", 10)
    known.left("tab", 20)
    known.left("tab", 30)
    known.came("tab", 40)
    assert known.share(50) == 0.8


def test_who_does_not_come_back_was_there_to_the_end() -> None:
    known = Attendance()
    known.came("tab", 0)
    known.left("tab", 50)
    assert known.share(1_000) == 1
    known.came("tab", 51 + AWAY_SECONDS)
    assert known.share(52 + AWAY_SECONDS) == 1


def test_only_so_many_clients_are_known() -> None:
    known = Attendance(clients=2)
    known.came("a", 0)
    known.left("a", 1)
    known.came("b", 0)
    known.came("c", 0)
    known.came("a", 9)
    assert known.share(10) == 1
    known.left("nobody", 10)
