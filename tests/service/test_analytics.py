"""Which days are meant, and what a figure's row says in words."""

from __future__ import annotations

from itertools import pairwise

import pytest

from botarmy.domain.errors import DomainError
from botarmy.domain.times import milliseconds
from botarmy.ports import FailureFigures
from botarmy.service.analytics import Period, cause_of, days_of

NOW = "2026-11-20T23:30:00.000Z"


def names(period: Period) -> list[str]:
    return [day.day for day in days_of(period, NOW)]


def test_days_are_counted_back_from_today_which_depends_on_the_place() -> None:
    assert names(Period(days=2)) == ["2026-11-19", "2026-11-20"]
    assert names(Period(days=1, tz="Europe/Berlin")) == ["2026-11-21"]
    assert names(Period(days=1, tz="America/New_York")) == ["2026-11-20"]
    assert len(names(Period())) == 30


def test_days_follow_each_other_without_gaps_also_where_clocks_are_changed() -> None:
    days = days_of(Period(since="2026-03-01", until="2026-11-30", tz="Europe/Berlin"), NOW)
    assert all(one.ends == other.begins for one, other in pairwise(days))
    hours = {day.day: (day.ends - day.begins) / 3_600_000 for day in days}
    assert {day: length for day, length in hours.items() if length != 24} == {"2026-03-29": 23, "2026-10-25": 25}


def test_where_midnight_is_skipped_the_day_begins_when_clocks_are_put_forward() -> None:
    (day,) = days_of(Period(since="2026-03-29", until="2026-03-29", tz="Asia/Beirut"), NOW)
    assert day.begins == milliseconds("2026-03-28T22:00:00.000Z")
    assert day.ends - day.begins == 23 * 3_600_000


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "Europe", "../../etc/passwd", "/etc/localtime", "Zürich", "x" * 64]
)
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(DomainError) as refused:
        days_of(Period(tz=zone), NOW)
    assert refused.value.code == "unknown_zone"


@pytest.mark.parametrize(
    "period",
    [
        Period(since="2026-11-21", until="2026-11-20"),
        Period(since="2025-01-01"),
        Period(since="20 November"),
        Period(since="2026-W47-5"),
        Period(since="2026-02-30", until="2026-03-01"),
        Period(until="0001-01-01"),
        Period(until="9999-12-31"),
        Period(days=7, since="2026-11-01"),
    ],
)
def test_days_that_make_no_sense_are_refused(period: Period) -> None:
    with pytest.raises(DomainError) as refused:
        days_of(period, NOW)
    assert refused.value.code == "bad_arguments"


def failure(code: str | None, agent: str = "Tester") -> FailureFigures:
    return FailureFigures(code=code, agent_name=agent, provider="demo", errors=1, warnings=0, runs=1)


def test_a_cause_is_told_in_the_words_of_the_table_of_errors() -> None:
    assert cause_of(failure("agent_failed")).message == "Tester ran into a problem and could not finish."
    assert cause_of(failure("agent_timeout")).message == "Tester took longer than … seconds and was stopped."
    assert cause_of(failure("agent_silent", "")).message == "… ended without a result."


def test_a_cause_of_a_newer_version_has_no_words() -> None:
    assert cause_of(failure("invented")).message == ""
    assert cause_of(failure(None)).message == ""
