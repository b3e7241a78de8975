"""Lists over all runs, as a store reads them: each of one moment of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

BoardKind: TypeAlias = Literal["runs", "jobs", "workers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """Runs for a list, newest first, as JSON of `RunSummary`, all as they were at `position`."""

    summaries: tuple[str, ...]
    next: str | None
    """Continues the list; None at its end."""
    position: int
    """The log's head when the page was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boards:
    """Lists as those who follow them begin, all of them as they were at `position`.

    JSON of `RunSummary`, newest first; of `JobView`, the open ones and the newest that have ended, by their ids, the
    largest first; of `WorkerView`, those that are there and the newest that have left, in the order of their coming.
    """

    lists: Mapping[BoardKind, tuple[str, ...]]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """Jobs, newest first, as JSON of `JobView`, all as they were at `position`."""

    jobs: tuple[str, ...]
    titles: Mapping[str, str]
    """Of their runs, by the run's id."""
    next: str | None
    """Continues the list; None at its end."""
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """Where something is asked of a person; the run's view has it."""

    run_id: str
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage:
    """Open requests, the one that was asked first first, all as they were at `position`."""

    requests: tuple[OpenRequest, ...]
    next: str | None
    """Continues the list; None at its end."""
    total: int
    """How many are open, on all pages."""
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    view: str
    """JSON of `WorkerView`."""
    seen_ms: int | None
    """When it last took, renewed or told of work: milliseconds since 1970 by the database's clock; None: long ago."""
