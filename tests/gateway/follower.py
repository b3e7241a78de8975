"""A client that believes nothing: it holds every frame to the rules of the cursor, and folds what it is told."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Literal, TypeAlias

from pydantic import TypeAdapter

from botarmy.delivery.topics import ALL, Interest, LogFilter, parse_topic
from botarmy.domain.boards import evolve_jobs, evolve_workers
from botarmy.domain.events import AgentDelta, Event
from botarmy.domain.fold import evolve
from botarmy.domain.run import Run
from botarmy.domain.users import LOCAL
from botarmy.domain.views import JobView, RunSummary, RunView, WorkerView
from tests.gateway.run_list import evolve_list
from tests.gateway.world import Log, Wire, World

LIVE = ("connections", "stats")
VIEW = TypeAdapter(RunView)
JOBS = TypeAdapter(tuple[JobView, ...])
WORKERS = TypeAdapter(tuple[WorkerView, ...])
SUMMARIES = TypeAdapter(tuple[RunSummary, ...])
AHEAD = 1_000_000
"""No log of a test gets that far."""

Place: TypeAlias = Literal["cursor", "memory", "future", "foreign", "nowhere"]
"""Where to go on: where it is; where it was at `remember`; far ahead of the log; in another log; with snapshots."""


@dataclass(frozen=True)
class Memory:
    """What a follower held at a position of a log."""

    epoch: str
    cursor: int
    held: list[str]
    runs: dict[str, Run | None]
    jobs: tuple[JobView, ...]
    workers: tuple[WorkerView, ...]
    listed: tuple[RunSummary, ...]


class Follower:
    """Follows topics over any number of connections; `log.history` is what it is compared with."""

    def __init__(self, here: World, client_id: str | None = None, window: int | None = None) -> None:
        self._here = here
        self._client_id = client_id
        self._window = window
        self._epoch = ""
        self._filters: list[LogFilter] = []
        """Those asked for on this connection; the number of one is the id of its frame."""
        self._filter = ALL
        self._memory: Memory | None = None
        self._may_resume = True
        self.listed: tuple[RunSummary, ...] = ()
        self.resumed = self.applied = 0
        self.closings: list[int | None] = []
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
        self.come("cursor" if resume else "nowhere", *topics)

    def come(self, place: Place, *topics: str) -> Wire | None:
        """Connect, and go on from there where that can be; else begin with these topics.

        A connection that was there is left open, and unread, and returned.
        """
        before, self._wire = self._wire, self._here.connect(self._window)
        self._welcomed = False
        self._filters, self._filter = [], ALL
        if place == "memory" and self._memory is not None:
            self._recall(self._memory)
        if place != "nowhere" and self.cursor is not None and not self._awaited:
            self._may_resume = place in ("cursor", "memory")
            epoch = "another" if place == "foreign" else self._epoch
            position = self.cursor + (AHEAD if place == "future" else 0)
            self._hello(*self.held, resume={"epoch": epoch, "position": position})
            return before
        self.cursor, self._awaited, self._may_resume = None, [], False
        self._hello(*(topics or self.held))
        return before

    def _hello(self, *topics: str, **more: object) -> None:
        assert self._wire is not None
        self._wire.hello(*topics, **more, **({} if self._client_id is None else {"client_id": self._client_id}))

    def remember(self) -> None:
        """Keep what is held now, to go back to it, as a page does that was put aside."""
        if self.cursor is not None and not self._awaited:
            self._memory = Memory(
                self._epoch, self.cursor, list(self.held), dict(self.runs), self.jobs, self.workers, self.listed
            )

    def _recall(self, then: Memory) -> None:
        self._epoch, self.cursor, self.held, self._awaited = then.epoch, then.cursor, list(then.held), []
        self.runs, self.jobs, self.workers, self.listed = dict(then.runs), then.jobs, then.workers, then.listed

    def leave(self, read_first: int) -> None:
        """Go, after reading at most some of the frames that have arrived."""
        self.read(read_first)
        if self._wire is not None:
            self._wire.leave()
        self._wire = None

    def say(self, kind: str, *topics: str) -> None:
        if self._wire is not None:
            self._wire.say({"type": kind, "id": "1", "topics": topics})

    def command(self, id_: str, run_id: str) -> None:
        if self._wire is not None:
            self._wire.command(id_, run_id=run_id)

    def choose(self, filter_: LogFilter) -> None:
        """Ask for other events of the log, from the answer on."""
        if self._wire is not None:
            self._filters.append(filter_)
            parts = {"types": filter_.types, "agents": filter_.agents, "levels": filter_.levels}
            said = {name: sorted(words) for name, words in parts.items() if words is not None}
            id_ = f"filter-{len(self._filters) - 1}"
            self._wire.say({"type": "subscribe", "id": id_, "topics": ["log"], "filter": said})

    def cut(self, to_client: int, to_server: int) -> None:
        if self._wire is not None:
            self._wire.cut(to_client, to_server)

    def stop_reading(self) -> None:
        if self._wire is not None:
            self._wire.stop_reading()

    def read_on(self) -> None:
        if self._wire is not None:
            self._wire.read_on()

    def read(self, most: int = 1_000_000) -> int:
        """Apply the frames that have arrived; returns how many."""
        count = 0
        while self._wire is not None and count < most and (text := self._wire.arrived()):
            frame = json.loads(text)
            getattr(self, f"_on_{frame['type']}")(frame)
            count += 1
        if self._wire is not None and self._wire.over.is_set():
            code = self._wire.closed and self._wire.closed[0]
            assert code in (None, 4000, 4001, 4002, 1013)
            self.closings.append(code)
            self._wire = None
        return count

    # --- Frames ----------------------------------------------------------------------------------------------

    def _on_welcome(self, frame: dict[str, Any]) -> None:
        assert not self._welcomed
        self._welcomed = True
        if frame["resumed"]:
            assert self._may_resume
            assert frame["epoch"] == self._epoch
            assert frame["position"] == self.cursor
            assert set(frame["topics"]) == set(self.held)
            self.resumed += 1
        else:
            self._epoch = frame["epoch"]
            self.runs = {}
            self.held = frame["topics"]
            self._await(frame)

    def _on_subscribed(self, frame: dict[str, Any]) -> None:
        self._nothing_missed(frame["position"])
        if frame["id"].startswith("filter-"):
            self._filter = self._filters[int(frame["id"].removeprefix("filter-"))]
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
        elif frame["topic"] == "runs":
            self.listed = SUMMARIES.validate_python(frame["data"]["runs"])
        elif frame["topic"] == "log":
            assert frame["data"] == {}
        else:
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

    def _on_reply(self, frame: dict[str, Any]) -> None:
        assert frame["ok"]

    def _on_drain(self, frame: dict[str, Any]) -> None:
        assert frame["reconnect_after_ms"] > 0

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
        self.applied += 1
        self._check_offset(event)
        self._check_version(event)
        if event.run_id in self.runs:
            self.runs[event.run_id] = evolve(self.runs[event.run_id], event)
        self.jobs = evolve_jobs(self.jobs, event)
        self.workers = evolve_workers(self.workers, event)
        self.listed = evolve_list(self.listed, event)

    def _check_version(self, event: Event) -> None:
        """A run that is followed has no gap in its versions, but for events that went with it when it was deleted."""
        run = self.runs.get(event.run_id or "")
        if run is not None and event.version is not None:
            missed = range(run.view.version + 1, event.version)
            assert event.version > run.view.version
            assert all(
                self._log.is_gone(one)
                for one in (self._log.history if missed else ())
                if one.run_id == event.run_id and one.version in missed
            )

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
        interest = Interest.of(topics, LOCAL, self._filter)
        return [
            event
            for event in self._log.history[after:to]
            if event.run_id in interest.run_ids
            or event.type in interest.types
            or (interest.log is not None and _passes(interest.log, event))
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
            if true is None:
                assert held.view.status == "deleted"
            else:
                assert _placeless(held) == _placeless(true)

    def check_against(self, fresh: Follower) -> None:
        """Both having read everything: what is held is what somebody gets who comes now, and asks for the same."""
        deleted = {run_id for run_id, run in self.runs.items() if run is not None and run.view.status == "deleted"}
        assert set(fresh.held) == set(self.held) - {f"run:{run_id}" for run_id in deleted}
        for run_id, run in fresh.runs.items():
            mine = self.runs[run_id]
            assert run is not None
            assert mine is not None
            assert _placeless(mine) == _placeless(run)
        if "jobs" in self.held:
            assert self.jobs == fresh.jobs
        if "workers" in self.held:
            assert _uncounted(self.workers) == _uncounted(fresh.workers)
        if "runs" in self.held:
            assert self.listed == fresh.listed


def _placeless(run: Run) -> RunView:
    """Without the position: events that are gone move it for those who saw them."""
    return replace(run.view, position=0)


def _passes(chosen: LogFilter, event: Event) -> bool:
    """As the protocol has it, told once more: of levels the schedules know none."""
    return (chosen.types is None or event.type in chosen.types) and (
        chosen.agents is None or event.agent_name in chosen.agents
    )


def _uncounted(workers: tuple[WorkerView, ...]) -> list[WorkerView]:
    """Without what only those who follow the jobs too can count on."""
    return [replace(worker, completed=0, failed=0) for worker in workers]
