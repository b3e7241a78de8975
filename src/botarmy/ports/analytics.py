"""What became of runs, as a store sums it up: figures of the runs that were created within some days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsDay:
    """A day somewhere on Earth; moments are milliseconds since 1970."""

    day: str
    """`YYYY-MM-DD`."""
    begins: int
    ends: int
    """The moment after it; the next day's beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsQuery:
    days: Sequence[AnalyticsDay]
    """In order, without gaps, at least one: of the runs that were created on them."""
    now: int
    """Milliseconds since 1970: what is open has waited until then."""
    visible_to: str | None = None
    """Only runs of this user; None for everybody's. `owner` and `team` narrow that further."""
    owner: str | None = None
    team: str | None = None
    most: int = 50
    """So many of each kind of entry are told apart; the rest is summed up in one more, without a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    calls: int = 0
    unpriced_calls: int = 0
    """Calls of which the price is not known: they add nothing to `cost_usd`."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures(CallFigures):
    runs: int = 0
    succeeded: int = 0
    partial: int = 0
    """They ended with parts missing."""
    failed: int = 0
    cancelled: int = 0
    open: int = 0
    """They have not ended."""
    retries: int = 0
    """Tries after a failure that agents made by themselves."""
    median_ms: int | None = None
    """From creation to end, of those that have ended, as is `p90_ms`: nearest rank; None where none has."""
    p90_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures(RunFigures):
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFigures(RunFigures):
    team: str | None
    """None: all other teams together, without median and p90."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFigures(CallFigures):
    agent_name: str | None
    """None: all other agents together."""
    worked_ms: int = 0
    """For which its jobs were held by workers."""
    model_ms: int = 0
    """For which it waited for models."""
    retries: int = 0
    redone: int = 0
    """Times that a person had a step of its done again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFigures(CallFigures):
    model: str | None
    """As the provider names it, empty where it did not say; None: all other models together."""
    model_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFigures:
    """Of requests to people. Median and p90 are of those that were answered."""

    kind: str | None
    """None: of all kinds."""
    asked: int = 0
    answered: int = 0
    withdrawn: int = 0
    open: int = 0
    median_ms: int | None = None
    p90_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LongWait:
    run_id: str
    title: str
    request_id: str
    kind: str
    waited_ms: int
    open: bool
    """It waits still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureFigures:
    code: str | None
    """None: all other failures together, without agent and provider."""
    agent_name: str
    provider: str
    """Of the model that the run was started with; empty where it does not say."""
    errors: int
    """They ended a step …"""
    warnings: int
    """… and after these the work went on."""
    runs: int
    """In how many runs; of `others` the sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsFound:
    total: RunFigures
    days: Sequence[DayFigures]
    """Each day that was asked for."""
    teams: Sequence[TeamFigures]
    """Those with most runs first."""
    agents: Sequence[AgentFigures]
    """Those that cost most first, then those that worked longest."""
    models: Sequence[ModelFigures]
    """Those that cost most first, then those with most tokens."""
    waits: WaitFigures
    kinds: Sequence[WaitFigures]
    longest: Sequence[LongWait]
    """The longest waits, at most 10: answered or still open."""
    failures: Sequence[FailureFigures]
    """The most frequent ones first."""
    all_teams: Sequence[str]
    """To choose from: of all visible runs of these days, at most 200, sorted."""
    all_owners: Sequence[str]
