from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botarmy.domain.times import elapsed_ms, later, moment, timestamp

MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis wants them naive)


def test_a_moment_is_written_in_utc_with_milliseconds() -> None:
    berlin = timezone(timedelta(hours=1))
    assert timestamp(datetime(2026, 11, 20, 10, 30, 0, 123_456, berlin)) == "2026-11-20T09:30:00.123Z"
    assert timestamp(datetime(2026, 11, 20, tzinfo=UTC)) == "2026-11-20T00:00:00.000Z"


@given(MOMENTS, MOMENTS)
def test_moments_sort_as_their_texts_do(a: datetime, b: datetime) -> None:
    if timestamp(a) < timestamp(b):
        assert a < b
    assert timestamp(moment(timestamp(a))) == timestamp(a)


@given(MOMENTS, st.integers(0, 10**9))
def test_what_is_later_is_elapsed(start: datetime, ms: int) -> None:
    begun = timestamp(start)
    assert elapsed_ms(begun, later(begun, ms / 1000)) == ms


@pytest.mark.parametrize(("seconds", "text"), [(0.5, "00.500"), (0, "00.000"), (59.9994, "59.999")])
def test_later_counts_in_seconds(seconds: float, text: str) -> None:
    assert later("2026-11-20T09:30:00.000Z", seconds) == f"2026-11-20T09:30:{text}Z"


def test_a_clock_that_went_backwards_measures_nothing() -> None:
    assert elapsed_ms("2026-11-20T09:30:01.000Z", "2026-11-20T09:30:00.000Z") == 0
