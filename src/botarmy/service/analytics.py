"""What became of runs over some days, where the days are those of a place on Earth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from botarmy.domain.errors import WORDINGS, DomainError
from botarmy.domain.times import Timestamp, milliseconds, moment
from botarmy.domain.users import User
from botarmy.ports import (
    AgentFigures,
    AnalyticsDay,
    AnalyticsQuery,
    DayFigures,
    FailureFigures,
    LongWait,
    ModelFigures,
    RunFigures,
    Store,
    TeamFigures,
    WaitFigures,
)

DAYS_MOST: Final = 400
DAYS_USUAL: Final = 30
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEARS: Final = range(1980, 9000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What is asked for: the last `days` days, or from a day to a day (`YYYY-MM-DD`), both included."""

    days: int | None = None
    since: str | None = None
    until: str | None = None
    tz: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCause(FailureFigures):
    message: str
    """What people read there, from the table of errors; empty where this version does not know the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What one could narrow the figures to: teams and owners of the runs of these days."""

    teams: Sequence[str]
    owners: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analytics:
    """Everything is about the runs that were created within the period."""

    as_of: Timestamp
    tz: str
    since: str
    """The first day …"""
    until: str
    """… and the last one."""
    total: RunFigures
    days: Sequence[DayFigures]
    teams: Sequence[TeamFigures]
    agents: Sequence[AgentFigures]
    models: Sequence[ModelFigures]
    waits: WaitFigures
    kinds: Sequence[WaitFigures]
    longest: Sequence[LongWait]
    failures: Sequence[FailureCause]
    choices: Choices


async def analytics(
    store: Store, user: User, now: Timestamp, period: Period, *, team: str | None = None, owner: str | None = None
) -> Analytics:
    """Raises DomainError `bad_arguments` or `unknown_zone`."""
    days = days_of(period, now)
    wanted = AnalyticsQuery(
        days=days,
        now=milliseconds(now),
        visible_to=None if user.sees_all else user.name,
        owner=owner,
        team=team,
    )
    found = await store.analytics(wanted)
    return Analytics(
        as_of=now,
        tz=period.tz,
        since=days[0].day,
        until=days[-1].day,
        total=found.total,
        days=found.days,
        teams=found.teams,
        agents=found.agents,
        models=found.models,
        waits=found.waits,
        kinds=found.kinds,
        longest=found.longest,
        failures=tuple(map(cause_of, found.failures)),
        choices=Choices(teams=found.all_teams, owners=found.all_owners),
    )


# --- Days -------------------------------------------------------------------------------------------------------


def days_of(period: Period, now: Timestamp) -> tuple[AnalyticsDay, ...]:
    """Raises DomainError `bad_arguments` or `unknown_zone`."""
    zone = zone_of(period.tz)
    first, last = _ends(period, moment(now).astimezone(zone).date())
    count = (last - first).days + 1
    if first.year not in _YEARS or last.year not in _YEARS:
        raise DomainError("bad_arguments", what="“from” and “to” are too far away")
    if count < 1:
        raise DomainError("bad_arguments", what="“from” is after “to”")
    if count > DAYS_MOST:
        raise DomainError("bad_arguments", what=f"these are more than {DAYS_MOST} days")
    names = [first + timedelta(days=at) for at in range(count + 1)]
    begins = [_midnight(day, zone) for day in names]
    return tuple(AnalyticsDay(day=names[at].isoformat(), begins=begins[at], ends=begins[at + 1]) for at in range(count))


def zone_of(name: str) -> tzinfo:
    """Raises DomainError `unknown_zone`."""
    if name == "UTC":
        return UTC
    try:
        if not _ZONE.fullmatch(name):
            raise ValueError
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # names of folders and other files among them
        raise DomainError("unknown_zone") from None


def _ends(period: Period, today: date) -> tuple[date, date]:
    if period.days is not None and period.since is not None:
        raise DomainError("bad_arguments", what="either “days” or “from” is to be given")
    last = today if period.until is None else _day("to", period.until)
    if period.since is not None:
        return _day("from", period.since), last
    try:
        return last - timedelta(days=(period.days or DAYS_USUAL) - 1), last
    except OverflowError:
        raise DomainError("bad_arguments", what="“to” is too far away") from None


def _day(name: str, text: str) -> date:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise DomainError("bad_arguments", what=f"“{name}” is not a day such as 2026-11-20") from None


def _midnight(day: date, zone: tzinfo) -> int:
    """Where clocks are put forward over midnight, the moment at which they are."""
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


# --- Causes -----------------------------------------------------------------------------------------------------


class _Told(dict[str, str]):
    """Values for a sentence of which not all are known."""

    def __missing__(self, _: str) -> str:
        return "…"


def cause_of(failure: FailureFigures) -> FailureCause:
    wording = WORDINGS.get(failure.code or "")
    return FailureCause(
        code=failure.code,
        agent_name=failure.agent_name,
        provider=failure.provider,
        errors=failure.errors,
        warnings=failure.warnings,
        runs=failure.runs,
        message="" if wording is None else wording.message.format_map(_Told(agent=failure.agent_name or "…")),
    )
