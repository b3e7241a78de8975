"""What analytics count: the facts in a run's events, each of which adds to a figure of its run.

Only what this server did is counted. What a run shares with the one that it goes on from was counted there, and a run
that came from another server is that server's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from botarmy.domain.events import (
    AgentResponse,
    AgentStatus,
    ErrorShown,
    JobStatus,
    NewEvent,
    Request,
    RequestKind,
    RunCreated,
    RunStatus,
    Severity,
)
from botarmy.domain.run import RUN_ENDED
from botarmy.domain.times import elapsed_ms, milliseconds

RunEnd: TypeAlias = Literal["open", "succeeded", "partial", "failed", "cancelled"]
"""How a run ended; `open` while it has not."""
NANO: Final = 1_000_000_000
"""Costs are counted in whole billionths of a US dollar, so that many small sums stay exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A run was started. Moments are milliseconds since 1970."""

    at: int
    owner: str
    team: str
    provider: str
    """Of the model that it was started with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """A run has ended, or goes on after all."""

    end: RunEnd
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What an agent did adds to its figures, and to those of the model that it called."""

    agent_name: str
    model: str = ""
    """Empty where the provider did not say, and for what is no call of a model."""
    calls: int = 0
    unpriced_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_nano_usd: int = 0
    model_ms: int = 0
    """From the beginning of the call to its end."""
    worked_ms: int = 0
    """For which its jobs were held by workers."""
    retries: int = 0
    """Tries after a failure, of a call or of a whole phase, that it made by itself."""
    redone: int = 0
    """Times that a person had its step done again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFor:
    """A person is asked for something."""

    request_id: str
    kind: RequestKind
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A request was answered, or withdrawn."""

    request_id: str
    answered: bool
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something went wrong: an `error` ended a step, after a `warning` the work went on."""

    code: str
    agent_name: str
    severity: Severity


Fact: TypeAlias = Begun | Stands | Work | AskedFor | Closed | Failure


def counted(events: Iterable[NewEvent]) -> Iterator[Fact]:
    """The facts of a run's events, which are one commit's or all of them up to some point.

    A run's creation and what it shares with another one are never in two commits.
    """
    shared = False
    for event in events:
        if isinstance(event.metadata, RunCreated):
            shared = event.metadata.forked_from is not None
        elif isinstance(event.metadata, RunStatus):
            shared = False
        fact = None if shared and not isinstance(event.metadata, RunCreated) else _fact(event)
        if fact is not None:
            yield fact


def _fact(event: NewEvent) -> Fact | None:
    find = _FINDERS.get(type(event.metadata))
    return None if find is None else find(event, event.metadata)


def _begun(event: NewEvent, m: RunCreated) -> Begun | None:
    if m.imported is not None and event.timestamp <= m.imported.at:
        return None
    provider = provider_of(m.options)
    return Begun(at=milliseconds(event.timestamp), owner=m.owner, team=m.team, provider=provider)


def provider_of(options: Mapping[str, Any]) -> str:
    """What stands before the colon of a model string; empty where a run does not say."""
    return str(options.get("model") or "").partition(":")[0]


def _stands(event: NewEvent, m: RunStatus) -> Stands | None:
    if m.status == "deleted":
        return None
    end: RunEnd = "open"
    if m.status == "completed":
        end = "partial" if m.outcome == "partial" else "succeeded"
    elif m.status in RUN_ENDED:
        end = "failed" if m.status == "failed" else "cancelled"
    return Stands(end=end, at=milliseconds(event.timestamp))


def _called(event: NewEvent, m: AgentResponse) -> Work | None:
    if m.usage is None:
        return None
    return Work(
        agent_name=event.agent_name or "",
        model=m.model or "",
        calls=1,
        unpriced_calls=int(m.usage.cost_usd is None),
        input_tokens=m.usage.input_tokens,
        output_tokens=m.usage.output_tokens,
        cost_nano_usd=round((m.usage.cost_usd or 0) * NANO),
        model_ms=elapsed_ms(m.started_at, event.timestamp),
    )


def _worked(event: NewEvent, m: JobStatus) -> Work | None:
    return Work(agent_name=event.agent_name or "", worked_ms=m.ran_ms) if m.ran_ms else None


def _tried(event: NewEvent, m: AgentStatus) -> Work | None:
    if m.status == "retrying":
        return Work(agent_name=event.agent_name or "", retries=1)
    if m.by is not None and m.status in ("queued", "pending"):
        return Work(agent_name=event.agent_name or "", redone=1)
    return None


def _asked(event: NewEvent, m: Request) -> AskedFor | Closed:
    at = milliseconds(event.timestamp)
    if m.status == "open":
        return AskedFor(request_id=m.request_id, kind=m.kind, at=at)
    return Closed(request_id=m.request_id, answered=m.status == "answered", at=at)


def _failed(event: NewEvent, m: ErrorShown) -> Failure:
    return Failure(code=m.code, agent_name=event.agent_name or "", severity=m.severity)


_FINDERS: Final[Mapping[type[Any], Callable[[NewEvent, Any], Fact | None]]] = {
    RunCreated: _begun,
    RunStatus: _stands,
    AgentResponse: _called,
    JobStatus: _worked,
    AgentStatus: _tried,
    Request: _asked,
    ErrorShown: _failed,
}
