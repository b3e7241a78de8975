"""Trials of what lies outside: one at a time of each thing, and a pause after it."""

from __future__ import annotations

import pytest

from botarmy.domain.errors import DomainError
from botarmy.service import Trials
from botarmy.service.trials import PAUSE_SECONDS


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def refusal(trials: Trials, thing: str) -> DomainError:
    with pytest.raises(DomainError) as refused, trials.one(thing):
        raise AssertionError("it began")
    return refused.value


def test_of_one_thing_there_is_one_trial_at_a_time_and_of_others_as_well() -> None:
    trials = Trials(Clock())
    with trials.one("openai"):
        assert refusal(trials, "openai").code == "trial_under_way"
        with trials.one("groq"):
            pass


def test_the_next_one_comes_after_a_pause_from_the_end() -> None:
    clock = Clock()
    trials = Trials(clock)
    with trials.one("openai"):
        clock.time += 30
    clock.time += 0.5
    too_soon = refusal(trials, "openai")
    assert (too_soon.code, too_soon.fields["seconds"]) == ("trial_too_soon", 5)
    clock.time += PAUSE_SECONDS - 0.5
    with trials.one("openai"):
        pass


def test_one_that_broke_is_over_too() -> None:
    clock = Clock()
    trials = Trials(clock)
    with pytest.raises(ZeroDivisionError), trials.one("openai"):
        raise ZeroDivisionError
    clock.time += PAUSE_SECONDS
    with trials.one("openai"):
        pass
