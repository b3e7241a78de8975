"""Budgets: what a run, one of its agents, and all work of a day may spend. Pure reading of a run.

A limit is where spending stops and a person is asked. It is looked at before each model call, so that it is exceeded by
the calls that are under way at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from botarmy.domain.events import Budget, BudgetScope
from botarmy.domain.run import Run
from botarmy.domain.views import RequestView

HIGHEST_USD: Final = 1_000_000.0
_AMOUNT: Final = re.compile(r"\$?\s*([0-9]{1,7}(?:\.[0-9]{1,9})?)\s*(?:\$|USD)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Of the settings, in USD. None: as much as it takes."""

    run_usd: float | None = None
    agent_usd: float | None = None
    day_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What one run cannot know: a day's limit for all of them, and what they have spent on it."""

    day: str
    """By UTC, `2026-11-20`."""
    limit_usd: float | None
    spent_usd: float


def limit_of(run: Run, scope: BudgetScope, step: str, today: Today) -> float | None:
    """The limit in force, in USD; None where there is none."""
    raised = [request.budget.raised_to_usd for request in _answered(run, scope, step, today.day) if request.budget]
    if raised:
        return raised[-1]
    if scope == "day":
        return today.limit_usd
    if scope == "agent":
        return run.planned(step).budget_usd
    limit = run.view.options.get("budget")
    return float(limit) if isinstance(limit, int | float) else None


def _answered(run: Run, scope: BudgetScope, step: str, day: str) -> Iterator[RequestView]:
    """The raises that hold: an agent's for its step, a day's for that day."""
    for request in run.view.requests:
        budget = request.budget
        if budget is None or budget.scope != scope or budget.raised_to_usd is None:
            continue
        if (scope != "agent" or request.step == step) and (scope != "day" or budget.day == day):
            yield request


def concerns(run: Run, step: str, today: Today) -> bool:
    """Whether any budget limits this step."""
    scopes: tuple[BudgetScope, ...] = ("agent", "run", "day")
    return any(limit_of(run, scope, step, today) is not None for scope in scopes)


def reached(run: Run, step: str, today: Today, cheaper: str | None = None) -> Budget | None:
    """The first budget that is used up, the narrowest first; None where the step may go on.

    Args:
        cheaper: the model that could go on for less.
    """
    spent: dict[BudgetScope, float] = {
        "agent": run.step(step).usage.cost_usd or 0.0,
        "run": run.view.usage.cost_usd or 0.0,
        "day": today.spent_usd,
    }
    for scope, spent_usd in spent.items():
        limit = limit_of(run, scope, step, today)
        if limit is not None and spent_usd >= limit:
            return Budget(
                scope=scope,
                limit_usd=limit,
                spent_usd=round(spent_usd, 9),
                suggested_usd=suggested(limit, spent_usd),
                model=cheaper,
                day=today.day if scope == "day" else None,
            )
    return None


def suggested(limit: float, spent: float) -> float:
    """The limit to go on with where a person names none: twice the old one, or more where that is spent as well."""
    double = limit * 2 if limit * 2 > spent else spent + limit
    return min(HIGHEST_USD, round(double, 9))


def amount(text: str) -> float | None:
    """A limit as a person types it (`2`, `2.50`, `$2.50`); None for what is no amount."""
    found = _AMOUNT.fullmatch(text.strip())
    return float(found[1]) if found and 0 < float(found[1]) <= HIGHEST_USD else None


def model_of(run: Run, step: str) -> str | None:
    """The cheaper model that a person chose for this step, or for all of the run: the last choice holds."""
    chosen = [
        request.budget.model
        for request in run.view.requests
        if request.budget and request.decision == "edit" and (request.budget.scope != "agent" or request.step == step)
    ]
    return chosen[-1] if chosen else None


def dollars(usd: float) -> str:
    """As people read it: `$2.50`; below a dime as exactly as it takes."""
    if usd >= 0.1 or usd == 0:
        return f"${usd:,.2f}"
    return f"${usd:.6f}".rstrip("0") if usd >= 0.000001 else "less than $0.000001"
