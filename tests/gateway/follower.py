"""A client that believes nothing: it holds every frame to the rules of the cursor, and folds what it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import reduce
from typing import Any

from pydantic import TypeAdapter

from botarmy.delivery.topics import Interest, parse_topic
from botarmy.domain.boards import evolve_jobs, evolve_workers
from botarmy.domain.events import AgentDelta, Event
from botarmy.domain.fold import evolve
from botarmy.domain.run import Run
from botarmy.domain.users import LOCAL
from botarmy.domain.views import JobView, RunView, WorkerView
from tests.gateway.world import Log, Wire, World

LIVE = ("connections", "stats")
VIEW = TypeAdapter(RunView)
JOBS = TypeAdapter(tuple[JobView, ...])
WORKERS = TypeAdapter(tuple[WorkerView, ...])


class Follower:
    """Follows topics over any number of connections; `log.history` is what it is compared with."""

    def __init__(self, here: World) -> None:
        self._here = here
        self._log: Log = here.log
        self._wire: Wire | None = None
        self._awaited: list[str] = []
        """Topics whose snapshots are still to come, at `_awaited_at`."""
        self._awaited_at = 0
        self._welcomed = False
        self.held: list[str] = []
        self.cursor: int | None = None
        self.runs: dict[str, Run | None] = {}
        self.jobs: tuple[JobView, ...] = ()
        self.workers: tuple[WorkerView, ...] = ()
        self.resyncs = 0

    @property
    def connected(self) -> bool:
        return self._wire is not None

    def connect(self, *topics: str, resume: bool = True) -> None:
        """Resumes what it holds where it can, and may; else begins with these topics."""
        self._wire = wire = self._here.connect()
        self._welcomed = False
        if resume and self.cursor is not None and not self._awaited:
            wire.hello(*self.held, resume={"epoch": "epoch-1", "position": self.cursor})
            return
        self.cursor = None
        self._awaited = []
        wire.hello(*(topics or self.held))

    def leave(self, read_first: int) -> None:
        """Go, after reading at most some of the frames that have arrived."""
        self.read(read_first)
        if self._wire is not None:
            self._wire.leave()
        self._wire = None

    def say(self, kind: str, *topics: str) -> None:
        if self._wire is not None:
            self._wire.say({"type": kind, "id": "1", "topics": topics})

    def stop_reading(self) -> None:
        if self._wire is not None:
            self._wire.stop_reading()

    def read_on(self) -> None:
        if self._wire is not None:
            self._wire.read_on()

    def read(self, most: int = 1_000_000) -> None:
        """Apply the frames that have arrived."""
        while self._wire is not None and most > 0 and (text := self._wire.arrived()):
            frame = json.loads(text)
            getattr(self, f"_on_{frame['type']}")(frame)
            most -= 1
        if self._wire is not None and self._wire.over.is_set():
            assert self._wire.closed is not None
            assert self._wire.closed[0] in (4001, 4002, 1013)
            self._wire = None

    # --- Frames ----------------------------------------------------------------------------------------------

    def _on_welcome(self, frame: dict[str, Any]) -> None:
        assert not self._welcomed
        self._welcomed = True
        if frame["resumed"]:
            assert frame["position"] == self.cursor
            assert set(frame["topics"]) == set(self.held)
        else:
            self.runs = {}
            self.held = frame["topics"]
            self._await(frame)

    def _on_subscribed(self, frame: dict[str, Any]) -> None:
        self._nothing_missed(frame["position"])
        self.held = list(dict.fromkeys([*self.held, *frame["topics"]]))
        self._await(frame)

    def _on_unsubscribed(self, frame: dict[str, Any]) -> None:
        assert frame["position"] == self.cursor
        self.held = [topic for topic in self.held if topic not in frame["topics"]]
        for topic in frame["topics"]:
            self.runs.pop(topic.removeprefix("run:"), None)

    def _on_resync(self, frame: dict[str, Any]) -> None:
        assert self.cursor is not None
        assert frame["position"] >= self.cursor
        self.resyncs += 1
        self.runs = {}
        self.held = frame["topics"]
        self._await(frame)

    def _await(self, frame: dict[str, Any]) -> None:
        assert not self._awaited
        self._awaited = list(frame["topics"])
        self._awaited_at = frame["position"]
        if not self._awaited:
            self.cursor = frame["position"]

    def _on_snapshot(self, frame: dict[str, Any]) -> None:
        if frame["topic"] in LIVE and frame["topic"] not in self._awaited:
            assert frame["position"] == self.cursor
            assert not self._awaited
            return
        self._awaited.remove(frame["topic"])
        assert frame["position"] == self._awaited_at
        if frame["topic"] == "jobs":
            self.jobs = JOBS.validate_python(frame["data"]["jobs"])
        elif frame["topic"] == "workers":
            self.workers = WORKERS.validate_python(frame["data"]["workers"])
        elif frame["topic"] in LIVE:
            assert frame["data"]
        elif frame["topic"] == "log":
            assert frame["data"] == {}
        elif frame["topic"] != "runs":
            view = VIEW.validate_python(frame["data"])
            self.runs[view.run_id] = Run(
                view=view,
                status="running" if view.status == "waiting" else view.status,
                plan=(),
                definition=None,
                listed_at=view.updated_at,
            )
        if not self._awaited:
            self.cursor = self._awaited_at

    def _on_error(self, frame: dict[str, Any]) -> None:
        assert frame["error"]["code"] in ("unknown_topic", "storage_unavailable")

    def _on_heartbeat(self, frame: dict[str, Any]) -> None:
        self._nothing_missed(frame["position"])
        self.cursor = frame["position"]

    def _on_events(self, frame: dict[str, Any]) -> None:
        assert not self._awaited, "events between a topic's name and its snapshot"
        assert frame["from"] == self.cursor
        positions = [event["position"] for event in frame["events"]]
        assert positions
        assert positions == sorted(set(positions))
        assert self.cursor is not None
        assert self.cursor < positions[0]
        assert positions[-1] <= frame["to"]
        chosen = {event.position: event for event in self._selected(self.cursor, frame["to"])}
        assert set(positions) <= set(chosen), "an event that was not asked for"
        assert {event.position for event in chosen.values() if not self._log.is_gone(event)} <= set(positions)
        for position in positions:
            self._apply(chosen[position])
        self.cursor = frame["to"]

    def _apply(self, event: Event) -> None:
        self._check_offset(event)
        if event.run_id in self.runs:
            self.runs[event.run_id] = evolve(self.runs[event.run_id], event)
        self.jobs = evolve_jobs(self.jobs, event)
        self.workers = evolve_workers(self.workers, event)

    def _check_offset(self, event: Event) -> None:
        """A piece of a message comes only after those before it."""
        run, m = self.runs.get(event.run_id or ""), event.metadata
        if run is not None and isinstance(m, AgentDelta):
            messages = [message for step in run.view.steps for message in step.messages]
            held = next((message for message in messages if message.message_id == m.message_id), None)
            text = "" if held is None else held.text if m.channel == "text" else held.thinking
            assert m.offset <= len(text), "a piece of the message is missing"

    # --- What should have been -------------------------------------------------------------------------------

    def _selected(self, after: int, to: int) -> list[Event]:
        topics = [topic for topic in map(parse_topic, self.held) if topic is not None]
        interest = Interest.of(topics, LOCAL)
        return [
            event
            for event in self._log.history[after:to]
            if event.run_id in interest.run_ids or event.type in interest.types or interest.log is not None
        ]

    def _nothing_missed(self, position: int) -> None:
        assert self.cursor is not None
        assert self.cursor <= position
        missed = [event for event in self._selected(self.cursor, position) if not self._log.is_gone(event)]
        assert missed == []

    def check(self) -> None:
        """Having read everything: each run that is held is exactly what the log says."""
        assert not self._awaited
        head = len(self._log.history)
        self._nothing_missed(head)
        if "jobs" in self.held:
            none: tuple[JobView, ...] = ()
            assert self.jobs == reduce(evolve_jobs, self._log.history, none)
        if "workers" in self.held:
            nobody: tuple[WorkerView, ...] = ()
            assert _uncounted(self.workers) == _uncounted(reduce(evolve_workers, self._log.history, nobody))
        for topic in self.held:
            if not topic.startswith("run:"):
                continue
            run_id = topic.removeprefix("run:")
            held, true = self.runs[run_id], self._log.fold(run_id, head)
            assert held is not None
            assert true is not None
            assert replace(held.view, position=0) == replace(true.view, position=0)


def _uncounted(workers: tuple[WorkerView, ...]) -> list[WorkerView]:
    """Without what only those who follow the jobs too can count on."""
    return [replace(worker, completed=0, failed=0) for worker in workers]
