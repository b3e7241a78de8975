"""Who sends many wrong tokens waits, longer each time, and nobody else does."""

from __future__ import annotations

import pytest

from botarmy.service.attempts import FORGOTTEN_SECONDS, FREE, LONGEST_SECONDS, Attempts


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def waits(attempts: Attempts, address: str, times: int) -> list[float]:
    """After each of so many wrong tokens."""
    found = []
    for _ in range(times):
        attempts.failed(address)
        found.append(attempts.wait(address))
    return found


def test_the_first_few_are_free_and_then_each_wait_is_twice_as_long_up_to_a_bound(clock: Clock) -> None:
    assert waits(Attempts(clock), "192.0.2.1", 13) == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (FREE, LONGEST_SECONDS) == (5, 60)


def test_a_wait_ends_and_after_a_long_quiet_time_all_is_forgotten(clock: Clock) -> None:
    attempts = Attempts(clock)
    waits(attempts, "192.0.2.1", 7)
    clock.time += 4
    assert attempts.wait("192.0.2.1") == 0
    assert waits(attempts, "192.0.2.1", 1) == [8]
    clock.time += FORGOTTEN_SECONDS + 1
    assert waits(attempts, "192.0.2.1", 1) == [0]


def test_other_addresses_do_not_wait(clock: Clock) -> None:
    attempts = Attempts(clock)
    waits(attempts, "192.0.2.1", 9)
    assert attempts.wait("192.0.2.2") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:1::1", "2001:db8:1:1:ffff::2", True),
        ("2001:db8:1:1::1", "2001:db8:1:2::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "unix socket", False),
    ],
)
def test_addresses_that_one_customer_has_count_as_one(clock: Clock, one: str, other: str, same: bool) -> None:
    attempts = Attempts(clock)
    waits(attempts, one, 9)
    assert (attempts.wait(other) > 0) is same


def test_the_table_is_bounded_and_forgets_who_was_quiet_the_longest(clock: Clock) -> None:
    attempts = Attempts(clock, most=2)
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3"):
        waits(attempts, address, 5)
    assert [attempts.wait(f"192.0.2.{n}") > 0 for n in (1, 2, 3)] == [True, False, True]
