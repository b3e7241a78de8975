"""The runs that are followed, folded from what arrives exactly as the server folds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from botarmy.client.cursor import Contradiction
from botarmy.client.items import RUN_TOPIC, Snapshot
from botarmy.domain.events import AgentDelta, Event
from botarmy.domain.fold import evolve
from botarmy.domain.run import Run
from botarmy.domain.views import RunView


class Runs(Mapping[str, RunView]):
    """The view of each run whose topic is followed, by run id."""

    def __init__(self) -> None:
        self._held: Final[dict[str, Run]] = {}

    def __getitem__(self, run_id: str) -> RunView:
        return self._held[run_id].view

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def replace(self, item: Snapshot) -> None:
        if isinstance(item.data, RunView):
            self._held[item.view.run_id] = _run(item.view)

    def release(self, topic: str) -> None:
        self._held.pop(topic.removeprefix(RUN_TOPIC), None)

    def take(self, event: Event) -> RunView | None:
        """The view after it; None where its run is not followed.

        Raises Contradiction where a piece of text lies behind the end of what is held.
        """
        run = self._held.get(event.run_id or "")
        if run is None:
            return None
        if event.position <= run.view.position:
            return run.view
        if leaves_gap(run.view, event):
            raise Contradiction("text is missing")
        after = evolve(run, event)
        if after is None:
            return None
        self._held[after.view.run_id] = after
        return after.view


def leaves_gap(view: RunView, event: Event) -> bool:
    delta = event.metadata
    if not isinstance(delta, AgentDelta):
        return False
    for step in view.steps:
        if step.step != delta.step:
            continue
        for message in step.messages:
            if message.message_id == delta.message_id and message.finish is None:
                held = message.text if delta.channel == "text" else message.thinking
                return delta.offset > len(held)
    return False


def _run(view: RunView) -> Run:
    """The state that goes on from a view; what only the server needs to know is left out."""
    status = "running" if view.status == "waiting" else view.status
    return Run(view=view, status=status, plan=(), definition=None, listed_at=view.updated_at)
