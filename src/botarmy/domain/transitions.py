"""Which state may follow which: of runs, steps, phases, requests and jobs. There is no second table of this.

A draft refuses what is not in here (`check`); a fold does not: what is in the log has happened. The page
`docs/reference/states.md` is drawn from these tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from botarmy.domain import events as e
from botarmy.domain.errors import DomainError
from botarmy.domain.run import Run

Moves: TypeAlias = Mapping[str | None, frozenset[str]]
"""From a state (None: before the first one) to those that may follow it, itself where it may be said again."""


def _table(rows: Mapping[str | None, str]) -> Moves:
    return MappingProxyType({state: frozenset(after.split()) for state, after in rows.items()})


RUN: Final = _table(
    {
        None: "created",
        "created": "running",
        "running": "paused completed failed cancelled deleted",
        "paused": "running completed failed cancelled deleted",
        "completed": "running deleted",
        "failed": "running deleted",
        "cancelled": "deleted",
        "deleted": "",
    }
)
STEP: Final = _table(
    {
        None: "pending",
        "pending": "queued waiting error skipped cancelled",
        "queued": "pending queued started error skipped cancelled",
        "started": "pending queued thinking waiting retrying completed error skipped cancelled",
        "thinking": "pending queued thinking waiting retrying completed error skipped cancelled",
        "waiting": "pending queued thinking waiting retrying completed error skipped cancelled",
        "retrying": "pending queued started thinking waiting retrying completed error skipped cancelled",
        "completed": "pending queued",
        "error": "pending queued",
        "skipped": "pending queued",
        "cancelled": "",
    }
)
PHASE: Final = _table(
    {
        None: "pending",
        "pending": "pending started error skipped cancelled",
        "started": "pending progress completed error skipped cancelled rolled_back",
        "progress": "pending started error skipped cancelled",
        "completed": "pending rolled_back",
        "error": "pending",
        "skipped": "pending",
        "cancelled": "",
        "rolled_back": "pending skipped cancelled",
    }
)
REQUEST: Final = _table(
    {
        None: "open",
        "open": "answered withdrawn",
        "answered": "",
        "withdrawn": "open",
    }
)
JOB: Final = _table(
    {
        None: "queued",
        "queued": "queued claimed lost cancelled",
        "claimed": "queued completed failed lost cancelled",
        "lost": "queued dead",
        "completed": "",
        "failed": "",
        "cancelled": "",
        "dead": "",
    }
)
TABLES: Final[Mapping[str, Moves]] = MappingProxyType(
    {"run": RUN, "step": STEP, "phase": PHASE, "request": REQUEST, "job": JOB}
)


def check(run: Run | None, metadata: e.Metadata) -> None:
    """Raises DomainError `illegal_transition` where an event would bring something into a state that may not follow."""
    match metadata:
        case e.RunCreated() | e.RunStatus():
            _check("run", run.view.run_id if run else "", run.status if run else None, metadata.status)
        case e.AgentStatus() if run:
            _check("step", metadata.step, run.step(metadata.step).status, metadata.status)
        case e.PhaseStatus() if run:
            which = f"{metadata.step} {metadata.phase}"
            held = (view.status for view in run.step(metadata.step).phases if view.phase == metadata.phase)
            _check("phase", which, _first(held), metadata.status)
        case e.Request() if run:
            asked = (view.status for view in run.view.requests if view.request_id == metadata.request_id)
            _check("request", metadata.request_id, _first(asked), metadata.status)
        case e.JobStatus() if run:
            open_ones = (job.status for job in run.jobs if job.job_id == metadata.job_id)
            _check("job", metadata.job_id, _first(open_ones), metadata.status)


def _first(states: Iterable[str]) -> str | None:
    return next(iter(states), None)


def _check(kind: str, which: str, before: str | None, after: str) -> None:
    if after not in TABLES[kind][before]:
        detail = f"{kind} {which}: from {before or 'nothing'} to {after}"
        raise DomainError("illegal_transition", detail=detail)
