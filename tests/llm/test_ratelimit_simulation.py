"""Fifty runs share one key for hours of virtual time, and the provider counts along, each way that providers count."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from benchmarks.ratelimit import (
    LARGE_ONES,
    LONG_ANSWERS,
    REQUESTS_BIND,
    SURPRISES,
    TOKENS_BIND,
    Call,
    Figures,
    Workload,
    measure,
    overhead,
    peak,
    simulate,
)
from botarmy.llm.allowance import MINUTE

RUNS = 50
SEEDS = (1, 2, 3)
HONEST = [
    pytest.param(workload, seed, id=f"{workload.name}, seed {seed}")
    for workload in (REQUESTS_BIND, TOKENS_BIND, LARGE_ONES, LONG_ANSWERS)
    for seed in SEEDS
]


@cache
def calls_of(workload: Workload, seed: int) -> list[Call]:
    return simulate(workload, hours=1, runs=RUNS, seed=seed)


@cache
def figures_of(workload: Workload, seed: int) -> Figures:
    return measure(calls_of(workload, seed), workload.limits, hours=1)


@pytest.mark.parametrize(("workload", "seed"), HONEST)
def test_no_minute_holds_more_than_a_limit_however_a_provider_counts(workload: Workload, seed: int) -> None:
    figures = figures_of(workload, seed)
    assert all(most <= workload.limits.requests for most in figures.request_peaks.values())
    assert all(most <= workload.limits.tokens for most in figures.token_peaks.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_at_most_five_percent_of_the_requests_are_wasted_where_requests_bind(seed: int) -> None:
    assert 0 <= figures_of(REQUESTS_BIND, seed).wasted_requests <= 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_at_most_a_quarter_of_the_tokens_is_wasted_where_tokens_bind(seed: int) -> None:
    assert 0 <= figures_of(TOKENS_BIND, seed).wasted_tokens <= 0.25


@pytest.mark.parametrize("workload", [REQUESTS_BIND, TOKENS_BIND, LARGE_ONES, LONG_ANSWERS], ids=lambda load: load.name)
@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_starves(workload: Workload, seed: int) -> None:
    figures = figures_of(workload, seed)
    assert figures.longest_wait <= 2 * figures.round
    assert figures.fairness >= 0.99
    assert len({call.run for call in calls_of(workload, seed)}) == RUNS


@pytest.mark.parametrize(("workload", "seed"), HONEST)
def test_while_a_run_waits_no_other_is_admitted_twice(workload: Workload, seed: int) -> None:
    calls = calls_of(workload, seed)
    for index, call in enumerate(calls):
        meanwhile = Counter(other.run for other in calls[:index] if other.admitted > call.asked)
        assert max(meanwhile.values(), default=0) <= 1


def covered(call: Call) -> int:
    return min(call.tokens, call.draft.reserved)


@pytest.mark.parametrize("seed", SEEDS)
def test_calls_that_use_more_than_they_reserved_break_no_minute_after_it_is_known(seed: int) -> None:
    calls = calls_of(SURPRISES, seed)
    assert max(figures_of(SURPRISES, seed).token_peaks.values()) > SURPRISES.limits.tokens, "nobody lied"
    assert peak((call.arrived, covered(call)) for call in calls) <= SURPRISES.limits.tokens
    known = [(call.ended, call.tokens - covered(call)) for call in calls if call.draft.end == "answered"]
    for call in calls:
        begin, end = call.admitted - MINUTE, call.admitted
        excess = sum(amount for moment, amount in known if begin < moment <= end)
        within = sum(covered(other) for other in calls if begin < other.admitted <= end)
        assert excess + within <= SURPRISES.limits.tokens


def test_admitting_and_correcting_take_less_than_a_tenth_of_a_millisecond() -> None:
    median, _ = overhead()
    assert median <= 100


def test_the_count_itself_sees_a_minute_that_holds_too_much() -> None:
    assert peak([(0.0, 1), (59.9, 2), (60.0, 4), (119.8, 8)]) == 2 + 4 + 8
