"""A log in memory, a service over it, and clients without sockets, for tests in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import reduce
from itertools import count
from typing import Any

import anyio
from anyio.abc import TaskGroup
from pydantic import TypeAdapter

from botarmy.bus.local import LocalBus
from botarmy.delivery.feed import Feed
from botarmy.domain import codec
from botarmy.domain import events as e
from botarmy.domain.boards import evolve_jobs, evolve_workers
from botarmy.domain.errors import DomainError
from botarmy.domain.fold import fold
from botarmy.domain.run import Run, summarize
from botarmy.domain.users import LOCAL, User
from botarmy.domain.views import JobView, RunSummary, WorkerView
from botarmy.gateway import Gateway, Limits
from botarmy.gateway.textframe import TextFrame
from botarmy.ports import BoardKind, Boards, LogEntry, StoreUnavailable, Written

AT = "2026-11-20T09:30:00.000Z"
SUMMARY = TypeAdapter(RunSummary)
JOB = TypeAdapter(JobView)
WORKER = TypeAdapter(WorkerView)


class Log:
    """The part of a store that delivery reads, in memory, without threads."""

    def __init__(self, bus: LocalBus) -> None:
        self.epoch = "epoch-1"
        self.entries: list[LogEntry] = []
        self.history: list[e.Event] = []
        """All that was ever appended, in order; positions begin at 1 and have no gaps here."""
        self.bus = bus
        self.available = True
        self.failing: str | None = None
        """What cannot be done, while all else can: `compact`."""
        self.purged = 0
        """Events up to here may have been purged for their age."""
        self.hints = True
        """Whether the bus tells of what is appended."""
        self._appended: list[LogEntry] = []
        """As `history`."""
        self._next = count(1)
        self._versions: dict[str, int] = {}
        self._gone: set[int] = set()
        self._owners: dict[str, str] = {}

    def append(self, run_id: str | None, metadata: e.Metadata, content: str = "", agent: str | None = None) -> int:
        new = e.NewEvent(
            id=f"id-{next(self._next)}",
            run_id=run_id,
            timestamp=AT,
            agent_name=agent,
            content=content,
            metadata=metadata,
        )
        version = None
        if run_id is not None and not isinstance(metadata, e.AgentDelta):
            version = self._versions[run_id] = self._versions.get(run_id, 0) + 1
        position = len(self.history) + 1
        entry = LogEntry(position=position, version=version, run_id=run_id, type=new.type, body=codec.encode(new))
        self.entries.append(entry)
        self._appended.append(entry)
        self.history.append(entry.event())
        if run_id is not None and isinstance(metadata, e.RunCreated):
            self._owners[run_id] = metadata.owner
        if self.hints:
            self.bus.publish("log")
        return position

    def delete_run(self, run_id: str, *, aged: bool = False) -> int:
        """Its events go, but for the tombstone, and are gone in the moment in which that is there."""
        gone = {entry.position for entry in self.entries if entry.run_id == run_id}
        if aged:
            self.purged = max(self.purged, *gone)
        self._gone |= gone
        self.entries = [entry for entry in self.entries if entry.position not in gone]
        return self.append(run_id, e.RunStatus(status="deleted"), "The project was deleted")

    def restore(self, position: int, epoch: str) -> None:
        """Put back a copy that was made when the log's head was there. Nobody may be reading."""
        self.epoch = epoch
        self.history, self._appended = self.history[:position], self._appended[:position]
        deleted = {event.run_id for event in self.history if _is_tombstone(event)}
        told = zip(self._appended, self.history, strict=True)
        self.entries = [one for one, event in told if one.run_id not in deleted or _is_tombstone(event)]
        self._gone = {one.position for one in self.history} - {one.position for one in self.entries}
        self.purged = min(self.purged, position)
        self._versions = {one.run_id: one.version for one in self.history if one.run_id and one.version}
        created = {one.run_id for one in self.history if isinstance(one.metadata, e.RunCreated)}
        self._owners = {run_id: owner for run_id, owner in self._owners.items() if run_id in created}

    def replay(self, entry: LogEntry) -> None:
        """Append what another log recorded, where it was there."""
        assert entry.position == len(self.history) + 1, "a recording begins at 1 and has no gaps"
        event = entry.event()
        if entry.run_id is not None and isinstance(event.metadata, e.RunCreated):
            self._owners[entry.run_id] = event.metadata.owner
        self.entries.append(entry)
        self._appended.append(entry)
        self.history.append(event)
        self.bus.publish("log")

    def compact_run(self, run_id: str) -> None:
        """Delete the deltas of the run's finished messages."""
        finished = {
            event.metadata.message_id
            for event in self.history
            if event.run_id == run_id and isinstance(event.metadata, e.AgentResponse)
        }
        gone = {
            event.position
            for event in self.history
            if event.run_id == run_id
            and isinstance(event.metadata, e.AgentDelta)
            and event.metadata.message_id in finished
        }
        self._gone |= gone
        self.entries = [entry for entry in self.entries if entry.position not in gone]

    async def written(self, after: int, to: int) -> list[Written]:
        await anyio.lowlevel.checkpoint()
        self._check()
        return [
            Written(response=entry, deltas=tuple(self._deltas(event.run_id, event.metadata.message_id)))
            for entry in self.entries
            if after < entry.position <= to and isinstance((event := entry.event()).metadata, e.AgentResponse)
        ]

    def _deltas(self, run_id: str | None, message_id: str) -> Iterator[int]:
        for event in (entry.event() for entry in self.entries if entry.run_id == run_id):
            if isinstance(event.metadata, e.AgentDelta) and event.metadata.message_id == message_id:
                yield event.position

    async def purged_up_to(self) -> int:
        self._check()
        return self.purged

    async def compacted_up_to(self) -> int:
        return 0

    async def compact(self, messages: Sequence[Written]) -> None:
        """Takes its time, as a store does: half of it before they are gone, half of it after."""
        gone = {position for message in messages for position in message.deltas}
        self._gone |= gone
        await anyio.sleep(0.001)
        if self.failing == "compact":
            raise StoreUnavailable("read-only")
        self._check()
        self.entries = [entry for entry in self.entries if entry.position not in gone]
        await anyio.sleep(0.001)

    def is_gone(self, event: e.Event) -> bool:
        """Or about to go: nobody is given it any more from the moment in which that begins."""
        return event.position in self._gone

    def fold(self, run_id: str, up_to: int) -> Run | None:
        return fold(one.event() for one in self.entries if one.run_id == run_id and one.position <= up_to)

    def _check(self) -> None:
        if not self.available:
            raise StoreUnavailable("out of reach")

    async def head(self) -> int:
        self._check()
        return self.entries[-1].position if self.entries else 0

    async def read(
        self, after: int, limit: int, *, run_id: str | None = None, up_to: int | None = None
    ) -> list[LogEntry]:
        await anyio.lowlevel.checkpoint()
        self._check()
        return [
            one
            for one in self.entries
            if one.position > after
            and (up_to is None or one.position <= up_to)
            and (run_id is None or one.run_id == run_id)
        ][:limit]

    async def owner(self, run_id: str) -> str | None:
        self._check()
        return self._owner(run_id)

    async def open_jobs(self) -> Mapping[str, int]:
        self._check()
        return {"queued": 0, "claimed": 0}

    async def workers_seen(self) -> Mapping[str, str]:
        self._check()
        return {}

    async def boards(self, kinds: frozenset[BoardKind], *, owner: str | None, limit: int) -> Boards:
        await anyio.lowlevel.checkpoint()
        self._check()
        position = await self.head()
        lists: dict[BoardKind, tuple[str, ...]] = {}
        if "runs" in kinds:
            lists["runs"] = self._runs(owner, position)[:limit]
        if "jobs" in kinds:
            owned = [one.event() for one in self.entries if owner is None or self._owner(one.run_id) == owner]
            jobs: tuple[JobView, ...] = reduce(evolve_jobs, owned, ())
            lists["jobs"] = tuple(JOB.dump_json(job).decode() for job in jobs)
        if "workers" in kinds:
            workers: tuple[WorkerView, ...] = reduce(evolve_workers, (one.event() for one in self.entries), ())
            lists["workers"] = tuple(WORKER.dump_json(worker).decode() for worker in workers)
        return Boards(lists=lists, position=position)

    def _runs(self, owner: str | None, position: int) -> tuple[str, ...]:
        ids = dict.fromkeys(one.run_id for one in self.entries if one.run_id is not None)
        folded = [self.fold(run_id, position) for run_id in ids]
        listed = [run for run in folded if run and run.status != "deleted" and owner in (None, run.view.owner)]
        return tuple(SUMMARY.dump_json(summarize(run)).decode() for run in reversed(listed))

    def _owner(self, run_id: str | None) -> str | None:
        return None if run_id is None else self._owners.get(run_id)


def _is_tombstone(event: e.Event) -> bool:
    return isinstance(event.metadata, e.RunStatus) and event.metadata.status == "deleted"


@dataclass
class Reply:
    result: Mapping[str, object]
    position: int


@dataclass
class Desk:
    """A service whose commands are steered by the test: `hold` stops them until it is set."""

    log: Log
    hold: asyncio.Event | None = None
    begun: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    users: list[User] = field(default_factory=list)

    async def command(self, user: User, command_id: str, name: str, args: Mapping[str, object]) -> Reply:
        self.begun.append(command_id)
        self.users.append(user)
        if self.hold is not None:
            await self.hold.wait()
        if name == "refuse":
            raise DomainError("unknown_command")
        if name == "break":
            raise ZeroDivisionError(str(args))
        if name == "offline":
            raise StoreUnavailable("gone")
        run_id = str(args.get("run_id", "r1"))
        position = self.log.append(run_id, e.Note(by=user.name), str(args.get("content", "")))
        self.finished.append(command_id)
        return Reply({"run_id": run_id}, position)

    async def run_at(self, run_id: str, position: int) -> Run | None:
        await anyio.lowlevel.checkpoint()
        run = self.log.fold(run_id, position)
        return None if run is None or run.status == "deleted" else run


class Clock:
    def now(self) -> str:
        return AT


class Closed(Exception):
    """The server has closed the connection."""


class Wire:
    """Both ends of a WebSocket. Frames pass at once, until the client is told to stop reading.

    Args:
        window: how many frames fit on the way; None: any number.
    """

    def __init__(self, window: int | None = None) -> None:
        self._window = window
        self._to_server: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._to_client: asyncio.Queue[TextFrame | None] = asyncio.Queue()
        self._kept: list[TextFrame] = []
        """Taken while the client did not read."""
        self._readable = True
        self._left = False
        self.broken = False
        """Cut, from outside."""
        self._listener: Callable[[], None] = lambda: None
        self.closed: tuple[int, str] | None = None
        self.over = asyncio.Event()

    # The server's end.

    async def receive(self) -> str | bytes | None:
        return await self._to_server.get()

    def write(self, frame: TextFrame) -> bool:
        assert not self._kept, "a frame for a wire that had not asked for more"
        if self.broken:
            return True
        if self._left or (self._readable and self._has_room):
            self._to_client.put_nowait(frame)
            return True
        self._kept.append(frame)
        return False

    @property
    def _has_room(self) -> bool:
        return self._window is None or self._to_client.qsize() < self._window

    def on_writable(self, listener: Callable[[], None]) -> None:
        self._listener = listener

    def unsent(self) -> int:
        return sum(map(len, self._kept))

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        self._to_client.put_nowait(None)

    # The client's end.

    def say(self, frame: Mapping[str, object] | str | bytes) -> None:
        self._to_server.put_nowait(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    def hello(self, *topics: str, **more: object) -> None:
        self.say({"type": "hello", "topics": topics, **more})

    def command(self, id_: str, name: str = "add_note", **args: object) -> None:
        self.say({"type": "command", "id": id_, "name": name, "args": args})

    def arrived(self) -> str | None:
        """The next frame, if one has arrived."""
        frame = None if self._to_client.empty() else self._to_client.get_nowait()
        self._pass_on()
        return None if frame is None else frame.text

    async def hear_frame(self) -> TextFrame:
        """The next frame. Raises Closed."""
        frame = await self._to_client.get()
        self._pass_on()
        if frame is None:
            raise Closed(self.closed)
        return frame

    async def hear_text(self) -> str:
        """What the next frame holds. Raises Closed."""
        return (await self.hear_frame()).text

    async def hear(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self.hear_text())
        return frame

    async def hear_type(self, *types: str) -> dict[str, Any]:
        """The next frame of these types; the ones before it are passed over."""
        while True:
            frame = await self.hear()
            if frame["type"] in types:
                return frame

    async def ended(self) -> tuple[int, str] | None:
        """How the server closed; None where the client went away."""
        await self.over.wait()
        return self.closed

    @property
    def unread(self) -> int:
        """How many frames the server has not read yet."""
        return self._to_server.qsize()

    def stop_reading(self) -> None:
        self._readable = False

    def read_on(self) -> None:
        self._readable = True
        self._pass_on()

    def _pass_on(self) -> None:
        if not self._kept or not self._readable or not self._has_room:
            return
        for frame in self._kept:
            self._to_client.put_nowait(frame)
        self._kept.clear()
        self._listener()

    def leave(self) -> None:
        """Go away without a word."""
        self._left = True
        self._to_server.put_nowait(None)

    def cut(self, to_client: int, to_server: int) -> None:
        """Break. Of what was on its way each end still gets so many frames; half a frame is none."""
        self.broken = True
        self._kept.clear()
        _keep(self._to_client, to_client)
        _keep(self._to_server, to_server)
        self._to_client.put_nowait(None)
        self._to_server.put_nowait(None)


def _keep(queue: asyncio.Queue[Any], most: int) -> None:
    held = [queue.get_nowait() for _ in range(queue.qsize())]
    for one in held[:most]:
        queue.put_nowait(one)


@dataclass
class World:
    log: Log
    desk: Desk
    feed: Feed
    gateway: Gateway
    tasks: TaskGroup
    users: dict[str | None, User | None] = field(default_factory=lambda: {None: LOCAL})

    async def user(self, token: str | None) -> User | None:
        return self.users.get(token)

    def connect(self, window: int | None = None) -> Wire:
        wire = Wire(window)

        async def serve() -> None:
            try:
                await self.gateway.serve(wire, self.user, "127.0.0.1", "a test")
            finally:
                wire.over.set()

        self.tasks.start_soon(serve)
        return wire

    def start_run(self, run_id: str = "r1", owner: str = "local") -> int:
        created = e.RunCreated(
            title=f"Project {run_id}",
            brief="A timer",
            team="software",
            owner=owner,
            options={},
            forked_from=None,
            steps=(e.StepPlan(step="analyst", agent_name="Analyst", title="Reads", needs=(), phases=("work",)),),
        )
        return self.log.append(run_id, created, "Created")

    def delta(self, run_id: str, message_id: str, offset: int, text: str) -> int:
        metadata = e.AgentDelta(
            step="analyst", phase="work", attempt=1, message_id=message_id, channel="text", offset=offset
        )
        return self.log.append(run_id, metadata, text, "Analyst")

    def response(self, run_id: str, message_id: str, text: str) -> int:
        metadata = e.AgentResponse(
            step="analyst",
            phase="work",
            attempt=1,
            message_id=message_id,
            started_at=AT,
            thinking="",
            finish="complete",
        )
        return self.log.append(run_id, metadata, text, "Analyst")

    def note(self, run_id: str, text: str = "hello") -> int:
        return self.log.append(run_id, e.Note(by="local"), text)

    def job(self, run_id: str, job_id: str, status: Any, worker_id: str | None = "w1") -> int:
        metadata = e.JobStatus(
            job_id=job_id, step="analyst", phase="work", attempt=1, status=status, worker_id=worker_id
        )
        return self.log.append(run_id, metadata, f"Work was {status}", "Analyst")

    def worker(self, worker_id: str, status: Any) -> int:
        metadata = e.WorkerStatus(worker_id=worker_id, status=status, host="here", concurrency=2)
        return self.log.append(None, metadata, f"Worker {worker_id} is {status}")

    def step_status(self, run_id: str, status: Any) -> int:
        metadata = e.AgentStatus(step="analyst", status=status, attempt=1)
        return self.log.append(run_id, metadata, f"Analyst is {status}", "Analyst")

    def request(self, run_id: str, request_id: str, status: Any) -> int:
        asked = e.Request(request_id=request_id, kind="question", status=status, step="analyst", prompt="Which?")
        return self.log.append(run_id, asked, "Which?", "Analyst")

    def status(self, run_id: str, status: Any, **more: Any) -> int:
        return self.log.append(run_id, e.RunStatus(status=status, **more), f"The project is {status}")


@asynccontextmanager
async def world(limits: Limits | None = None, **ring: int) -> AsyncIterator[World]:
    bus = LocalBus()
    log = Log(bus)
    desk = Desk(log)
    feed = Feed(log, bus, **ring)
    ids = count(1)
    gateway = Gateway(log, feed, desk, Clock(), lambda: f"id-{next(ids)}", limits)
    async with anyio.create_task_group() as tasks:
        await tasks.start(feed.run)
        yield World(log, desk, feed, gateway, tasks)
        tasks.cancel_scope.cancel()
