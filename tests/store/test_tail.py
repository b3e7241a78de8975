from __future__ import annotations

from collections.abc import Sequence

from botarmy.ports import LogEntry
from botarmy.store.tail import BYTES, ENTRIES, Tail


def entries(positions: Sequence[int], size: int = 10) -> list[LogEntry]:
    return [LogEntry(position=p, version=None, run_id=None, type="system", body="x" * size) for p in positions]


def positions(found: list[LogEntry] | None) -> list[int] | None:
    return None if found is None else [entry.position for entry in found]


def test_what_passed_since_it_began_is_there() -> None:
    tail = Tail(5)
    tail.extend(entries([6, 7, 9]))
    assert positions(tail.after(5, 10)) == [6, 7, 9]
    assert positions(tail.after(7, 10)) == [9]
    assert positions(tail.after(9, 10)) == []
    assert positions(tail.after(5, 2)) == [6, 7]


def test_what_came_before_it_is_not_its_to_say() -> None:
    tail = Tail(5)
    tail.extend(entries([6]))
    assert tail.after(4, 10) is None


def test_it_holds_a_bounded_number_and_never_says_a_part_for_the_whole() -> None:
    tail = Tail(0)
    tail.extend(entries(range(1, ENTRIES + 2)))
    assert tail.after(0, 10) is None
    kept = tail.after(ENTRIES, 10)
    assert positions(kept) == [ENTRIES + 1]


def test_it_holds_a_bounded_number_of_bytes() -> None:
    tail = Tail(0)
    tail.extend(entries([1, 2, 3, 4], size=BYTES // 3))
    assert tail.after(0, 10) is None
    assert positions(tail.after(2, 10)) == [3, 4]


def test_what_is_forgotten_has_to_be_asked_of_the_database() -> None:
    tail = Tail(0)
    tail.extend(entries([1, 2]))
    tail.clear()
    assert tail.after(1, 10) is None
    tail.extend(entries([3]))
    assert positions(tail.after(2, 10)) == [3]


def test_what_is_deleted_is_gone_from_it_and_the_rest_follows_on() -> None:
    tail = Tail(0)
    tail.extend(entries([1, 2, 3, 4], size=BYTES // 5))
    tail.drop([2, 3, 99])
    assert positions(tail.after(0, 10)) == [1, 4]
    tail.extend(entries([5, 6, 7], size=BYTES // 5))
    assert positions(tail.after(0, 10)) == [1, 4, 5, 6, 7], "what is gone does not count as held"
