"""What a client hears of the topics that it follows: typed, in the order of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pydantic import TypeAdapter

from botarmy.client.errors import ClientError, Json, read
from botarmy.domain.events import Event
from botarmy.domain.views import JobView, RunSummary, RunView, WorkerView

RUN_TOPIC: Final = "run:"
Data: TypeAlias = RunView | tuple[RunSummary, ...] | tuple[WorkerView, ...] | tuple[JobView, ...] | Json


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A topic as it was at `position`. The events that follow begin after it.

    `data` is a RunView (`run:<id>`), a tuple of RunSummary (`runs`), of WorkerView (`workers`) or of JobView (`jobs`);
    of every other topic the JSON object as it came (`log`: empty).
    """

    topic: str
    position: int
    data: Data

    @property
    def view(self) -> RunView:
        """Of a run's topic. Raises TypeError for another one's."""
        if not isinstance(self.data, RunView):
            raise TypeError(f"a snapshot of {self.topic} holds no view of a run")
        return self.data


@dataclass(frozen=True, slots=True)
class Refused:
    """A topic that the server does not let this client follow, or that does not exist. It is not asked for again."""

    topic: str
    error: ClientError


@dataclass(frozen=True, slots=True)
class Replied:
    """What became of a command: its result, or the error that it was refused with."""

    command_id: str
    outcome: Json | ClientError


@dataclass(frozen=True, slots=True)
class Fact:
    """An event, and its run after it; None where that run's topic is not followed."""

    event: Event
    view: RunView | None


Item: TypeAlias = Snapshot | Event | Refused
Heard: TypeAlias = Snapshot | Fact | Refused | Replied

_RUN: Final = TypeAdapter(RunView)
_LISTS: Final[Mapping[str, TypeAdapter[Any]]] = {
    "runs": TypeAdapter(tuple[RunSummary, ...]),
    "workers": TypeAdapter(tuple[WorkerView, ...]),
    "jobs": TypeAdapter(tuple[JobView, ...]),
}


def snapshot(topic: str, position: int, data: Json) -> Snapshot:
    """Raises ClientError (`newer_version`) for words that this client does not know."""
    if topic.startswith(RUN_TOPIC):
        return Snapshot(topic, position, read(_RUN, data))
    adapter = _LISTS.get(topic)
    return Snapshot(topic, position, data if adapter is None else read(adapter, data.get(topic)))
