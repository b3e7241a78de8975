"""What is reported of broken pages has bounds: for one address, and for all."""

from __future__ import annotations

import pytest

from botarmy.service.crashes import ALL, PER_ADDRESS, WINDOW_SECONDS, Crashes


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_one_address_is_heard_so_often_and_then_waits_while_others_are_heard(clock: Clock) -> None:
    crashes = Crashes(clock)
    waits = []
    for _ in range(PER_ADDRESS + 1):
        waits.append(crashes.take("192.0.2.1"))
        clock.time += 1
    assert waits == [0.0] * PER_ADDRESS + [WINDOW_SECONDS - PER_ADDRESS]
    assert crashes.take("192.0.2.2") == 0


def test_it_is_heard_again_once_the_first_report_is_long_ago(clock: Clock) -> None:
    crashes = Crashes(clock)
    for _ in range(PER_ADDRESS):
        crashes.take("192.0.2.1")
    clock.time += WINDOW_SECONDS
    assert crashes.take("192.0.2.1") == 0


def test_all_together_are_heard_so_often(clock: Clock) -> None:
    crashes = Crashes(clock)
    waits = [crashes.take(f"192.0.2.{number}") for number in range(ALL + 1)]
    assert waits == [0.0] * ALL + [WINDOW_SECONDS]


def test_the_addresses_of_one_ipv6_network_are_one(clock: Clock) -> None:
    crashes = Crashes(clock)
    waits = [crashes.take(f"2001:db8::{number}") for number in range(PER_ADDRESS + 1)]
    assert waits[-1] == WINDOW_SECONDS
