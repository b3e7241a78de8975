"""What became of runs, folded from all their events in plain lists: what a store's sums are compared with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botarmy.domain import events as e
from botarmy.ports import (
    AgentFigures,
    AnalyticsFound,
    AnalyticsQuery,
    DayFigures,
    FailureFigures,
    LongWait,
    ModelFigures,
    RunFigures,
    TeamFigures,
    WaitFigures,
)


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@dataclass
class Wait:
    run_id: str
    request_id: str
    kind: str
    opened: int
    answered: bool | None = None
    closed: int | None = None


@dataclass
class History:
    """A run with all that it told of, event by event."""

    run_id: str
    created: e.RunCreated
    at: int
    end: str = "open"
    took: int | None = None
    responses: list[tuple[str, e.AgentResponse, int]] = field(default_factory=list)
    worked: list[tuple[str, int]] = field(default_factory=list)
    retries: list[str] = field(default_factory=list)
    redone: list[str] = field(default_factory=list)
    waits: dict[str, Wait] = field(default_factory=dict)
    errors: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def provider(self) -> str:
        return str(self.created.options.get("model", "")).split(":")[0]

    def hear(self, event: e.NewEvent) -> None:
        m, at, agent = event.metadata, ms(event.timestamp), event.agent_name or ""
        if isinstance(m, e.RunStatus):
            ends = {"completed": m.outcome or "succeeded", "failed": "failed", "cancelled": "cancelled"}
            self.end = ends.get(m.status, "open")
            self.took = None if self.end == "open" else max(0, at - self.at)
        elif isinstance(m, e.AgentResponse) and m.usage is not None:
            self.responses.append((agent, m, max(0, at - ms(m.started_at))))
        elif isinstance(m, e.JobStatus) and m.ran_ms:
            self.worked.append((agent, m.ran_ms))
        elif isinstance(m, e.AgentStatus) and m.status == "retrying":
            self.retries.append(agent)
        elif isinstance(m, e.AgentStatus) and m.by and m.status in ("queued", "pending"):
            self.redone.append(agent)
        elif isinstance(m, e.Request) and m.status == "open":
            wait = self.waits.setdefault(m.request_id, Wait(self.run_id, m.request_id, m.kind, at))
            wait.answered = wait.closed = None
        elif isinstance(m, e.Request) and m.request_id in self.waits:
            wait = self.waits[m.request_id]
            wait.answered, wait.closed = m.status == "answered", max(at, wait.opened)
        elif isinstance(m, e.ErrorShown):
            self.errors.append((m.code, agent, m.severity))


def histories(events: Iterable[e.Event]) -> list[History]:
    """In the order of the runs' first events."""
    found: dict[str, History] = {}
    shared: set[str] = set()
    for event in events:
        m, run_id = event.metadata, event.run_id or ""
        if isinstance(m, e.RunCreated):
            if m.imported is None or event.timestamp > m.imported.at:
                found[run_id] = History(run_id, m, ms(event.timestamp))
            if m.forked_from is not None:
                shared.add(run_id)
            continue
        if isinstance(m, e.RunStatus):
            shared.discard(run_id)
        if run_id in found and run_id not in shared:
            found[run_id].hear(event)
    return list(found.values())


def plain(events: Iterable[e.Event], wanted: AnalyticsQuery) -> AnalyticsFound:
    visible = [
        run
        for run in histories(events)
        if wanted.days[0].begins <= run.at < wanted.days[-1].ends and wanted.visible_to in (None, run.created.owner)
    ]
    runs = [
        run for run in visible if wanted.owner in (None, run.created.owner) and wanted.team in (None, run.created.team)
    ]
    waits = [wait for run in runs for wait in run.waits.values()]
    return AnalyticsFound(
        total=RunFigures(**_of_runs(runs), **_spread(runs)),
        days=tuple(
            DayFigures(day=day.day, **_of_runs(some), **_spread(some))
            for day in wanted.days
            for some in [[run for run in runs if day.begins <= run.at < day.ends]]
        ),
        teams=_teams(runs, wanted.most),
        agents=_agents(runs, wanted.most),
        models=_models(runs, wanted.most),
        waits=_of_waits(None, waits),
        kinds=tuple(
            _of_waits(kind, [wait for wait in waits if wait.kind == kind])
            for kind in sorted({wait.kind for wait in waits})
        ),
        longest=_longest(runs, wanted.now),
        failures=_failures(runs, wanted.most),
        all_teams=tuple(sorted({run.created.team for run in visible})),
        all_owners=tuple(sorted({run.created.owner for run in visible})),
    )


def _rank(values: Sequence[int], share: float) -> int | None:
    return sorted(values)[math.ceil(share * len(values)) - 1] if values else None


def _spread(runs: Sequence[History]) -> dict[str, Any]:
    took = [run.took for run in runs if run.took is not None]
    return {"median_ms": _rank(took, 0.5), "p90_ms": _rank(took, 0.9)}


def _of_runs(runs: Sequence[History]) -> dict[str, Any]:
    ends = [run.end for run in runs]
    counts = {name: ends.count(name) for name in ("succeeded", "partial", "failed", "cancelled", "open")}
    responses = [response for run in runs for _, response, _ in run.responses]
    return {"runs": len(runs), **counts, "retries": sum(len(run.retries) for run in runs), **_of_calls(responses)}


def _of_calls(responses: Iterable[e.AgentResponse]) -> dict[str, Any]:
    used = [response.usage or e.NO_USAGE for response in responses]
    return {
        "calls": len(used),
        "unpriced_calls": sum(one.cost_usd is None for one in used),
        "input_tokens": sum(one.input_tokens for one in used),
        "output_tokens": sum(one.output_tokens for one in used),
        "cost_usd": sum(round((one.cost_usd or 0) * 1_000_000_000) for one in used) / 1_000_000_000,
    }


def _ranked(names: Iterable[Any], weight: Callable[[Any], Any], most: int) -> tuple[list[Any], list[Any]]:
    ordered = sorted(sorted(set(names)), key=weight, reverse=True)
    return ordered[:most], ordered[most:]


def _teams(runs: Sequence[History], most: int) -> tuple[TeamFigures, ...]:
    def of(*teams: str) -> list[History]:
        return [run for run in runs if run.created.team in teams]

    shown, others = _ranked((run.created.team for run in runs), lambda team: len(of(team)), most)
    figures = [TeamFigures(team=team, **_of_runs(of(team)), **_spread(of(team))) for team in shown]
    return (*figures, *([TeamFigures(team=None, **_of_runs(of(*others)))] if others else []))


def _agents(runs: Sequence[History], most: int) -> tuple[AgentFigures, ...]:
    def of(name: str | None, agents: Sequence[str]) -> AgentFigures:
        called = [(response, took) for run in runs for agent, response, took in run.responses if agent in agents]
        return AgentFigures(
            agent_name=name,
            **_of_calls(response for response, _ in called),
            model_ms=sum(took for _, took in called),
            worked_ms=sum(took for run in runs for agent, took in run.worked if agent in agents),
            retries=sum(agent in agents for run in runs for agent in run.retries),
            redone=sum(agent in agents for run in runs for agent in run.redone),
        )

    names = [
        agent
        for run in runs
        for agent in (*(one for one, *_ in (*run.responses, *run.worked)), *run.retries, *run.redone)
    ]
    shown, others = _ranked(names, lambda name: (of(name, [name]).cost_usd, of(name, [name]).worked_ms), most)
    return (*(of(name, [name]) for name in shown), *([of(None, others)] if others else []))


def _models(runs: Sequence[History], most: int) -> tuple[ModelFigures, ...]:
    def of(name: str | None, models: Sequence[str]) -> ModelFigures:
        called = [(one, took) for run in runs for _, one, took in run.responses if (one.model or "") in models]
        figures = _of_calls(response for response, _ in called)
        return ModelFigures(model=name, **figures, model_ms=sum(took for _, took in called))

    def weight(name: str) -> tuple[float, int]:
        figures = of(name, [name])
        return figures.cost_usd, figures.input_tokens + figures.output_tokens

    shown, others = _ranked((one.model or "" for run in runs for _, one, _ in run.responses), weight, most)
    return (*(of(name, [name]) for name in shown), *([of(None, others)] if others else []))


def _of_waits(kind: str | None, waits: Sequence[Wait]) -> WaitFigures:
    took = [wait.closed - wait.opened for wait in waits if wait.answered and wait.closed is not None]
    return WaitFigures(
        kind=kind,
        asked=len(waits),
        answered=sum(wait.answered is True for wait in waits),
        withdrawn=sum(wait.answered is False for wait in waits),
        open=sum(wait.answered is None for wait in waits),
        median_ms=_rank(took, 0.5),
        p90_ms=_rank(took, 0.9),
    )


def _longest(runs: Sequence[History], now: int) -> tuple[LongWait, ...]:
    found = [
        LongWait(
            run_id=run.run_id,
            title=f"Title of {run.run_id}",
            request_id=wait.request_id,
            kind=wait.kind,
            waited_ms=max(0, (now if wait.closed is None else wait.closed) - wait.opened),
            open=wait.answered is None,
        )
        for run in runs
        for _, wait in sorted(run.waits.items())
        if wait.answered is not False
    ]
    return tuple(sorted(found, key=lambda wait: -wait.waited_ms)[:10])


def _failures(runs: Sequence[History], most: int) -> tuple[FailureFigures, ...]:
    def of(causes: Sequence[tuple[str, str, str]], name: tuple[str | None, str, str]) -> FailureFigures:
        met = [
            (run.run_id, cause, severity)
            for run in runs
            for code, agent, severity in run.errors
            for cause in [(code, agent, run.provider)]
            if cause in causes
        ]
        return FailureFigures(
            code=name[0],
            agent_name=name[1],
            provider=name[2],
            errors=sum(severity == "error" for *_, severity in met),
            warnings=sum(severity == "warning" for *_, severity in met),
            runs=len({(run_id, cause) for run_id, cause, _ in met}),
        )

    names = [(code, agent, run.provider) for run in runs for code, agent, _ in run.errors]
    shown, others = _ranked(names, lambda cause: (names.count(cause), of([cause], cause).errors), most)
    rest = [of(others, (None, "", ""))] if others else []
    return (*(of([cause], cause) for cause in shown), *rest)
