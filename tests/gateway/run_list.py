"""The list of runs, as a client makes it of the events of the topic `runs`; the browser's is `web/src/lib/list.ts`."""

from __future__ import annotations

from dataclasses import replace

from botarmy.domain.events import AgentStatus, Event, Request, RunCreated, RunStatus
from botarmy.domain.run import STEP_AT_WORK, STEP_ENDED
from botarmy.domain.views import RunSummary, StepSummary

LISTED = 100


def evolve_list(runs: tuple[RunSummary, ...], event: Event) -> tuple[RunSummary, ...]:
    said = event.metadata
    if isinstance(said, RunCreated):
        return (_created(event, said), *runs)[:LISTED]
    if isinstance(said, RunStatus) and said.status == "deleted":
        return tuple(run for run in runs if run.run_id != event.run_id)
    return tuple(_after(run, event) if run.run_id == event.run_id else run for run in runs)


def _created(event: Event, said: RunCreated) -> RunSummary:
    steps = (StepSummary(step=p.step, agent_name=p.agent_name, status="pending", retry_at=None) for p in said.steps)
    return RunSummary(
        run_id=event.run_id or "",
        title=said.title,
        team=said.team,
        owner=said.owner,
        status="created",
        outcome=None,
        created_at=event.timestamp,
        updated_at=event.timestamp,
        waiting=0,
        progress=0.0,
        steps=tuple(steps),
    )


def _after(run: RunSummary, event: Event) -> RunSummary:
    said = event.metadata
    if isinstance(said, RunStatus):
        run = replace(run, status=said.status, outcome=said.outcome)
    elif isinstance(said, AgentStatus):
        moved = (
            replace(s, status=said.status, retry_at=said.retry_at) if s.step == said.step else s for s in run.steps
        )
        steps = tuple(moved)
        run = replace(run, steps=steps, progress=sum(s.status in STEP_ENDED for s in steps) / len(steps))
    elif isinstance(said, Request):
        run = replace(run, waiting=run.waiting + (1 if said.status == "open" else -1))
    else:
        return run
    if run.status in ("running", "waiting"):
        busy = any(s.status in STEP_AT_WORK or (s.status == "waiting" and s.retry_at) for s in run.steps)
        run = replace(run, status="waiting" if run.waiting and not busy else "running")
    return replace(run, updated_at=event.timestamp)
