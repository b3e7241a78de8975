"""Storms played in real time: clients follow runs of a real server through a proxy, while the server dies as well."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx2
from pydantic import TypeAdapter

from botarmy.client import Client, ClientError, Snapshot
from botarmy.domain.events import Event
from botarmy.domain.fold import evolve
from botarmy.domain.run import Run
from botarmy.domain.views import RunView
from tests.acceptance.servers import ServerProcess
from tests.chaos.proxy import Proxy, Way, Weather
from tests.chaos.storm import Storm

VIEW: Final = TypeAdapter(RunView)
SERVER: Final = {
    "BOTARMY_DEMO_SPEED": "0.05",
    "BOTARMY_CONCURRENCY": "20",
    "BOTARMY_HEARTBEAT_SECONDS": "1",
    "BOTARMY_COMPACT_SECONDS": "3600",
    "BOTARMY_LOG_LEVEL": "info",
}
ENDS_SECONDS: Final = 240.0
"""By when a run is over, and all who follow it know, on a slow machine too."""


class Watcher:
    """Follows a run with the Python client, to its end, and believes nothing."""

    def __init__(self, url: str, run_id: str) -> None:
        self._url: Final = url
        self._run_id: Final = run_id
        self._run: Run | None = None
        self._from = 0
        self._seen: Final[dict[int, str]] = {}
        """Ids of events by position."""
        self.losses = 0
        self.linked_at: list[float] = []

    async def follow(self) -> None:
        async with Client(self._url) as client, aclosing(client.watch(self._run_id, self._on_link)) as items:
            async for item in items:
                self.take(item)

    def _on_link(self, stands: bool) -> None:
        if stands:
            self.linked_at.append(time.monotonic())
        else:
            self.losses += 1

    def take(self, item: Snapshot | Event) -> None:
        if isinstance(item, Snapshot):
            assert self._run is None, "a second snapshot, where nothing was too old to resume"
            status = "running" if item.view.status == "waiting" else item.view.status
            self._run = Run(view=item.view, status=status, plan=(), definition=None, listed_at=item.view.updated_at)
            self._from = item.position
            return
        assert self._run is not None
        assert item.position > max(self._seen, default=self._from), "an event twice, or out of order"
        assert item.version in (None, self._run.view.version + 1), "an event is missing"
        self._seen[item.position] = item.id
        after = evolve(self._run, item)
        assert after is not None
        self._run = after

    def check(self, fresh: RunView, log: dict[int, str]) -> None:
        """Args: `log`: the ids of all events of the run, by position."""
        assert self._run is not None
        assert self._run.view == fresh
        assert self._seen == {position: id_ for position, id_ in log.items() if position > self._from}


class Gale:
    """One storm over one run."""

    def __init__(self, what: Storm, server: ServerProcess) -> None:
        self.what: Final = what
        self._server: Final = server
        self._proxy: Final = Proxy(lambda: urlsplit(server.url).port or 0)
        self._acknowledged: Final[set[str]] = set()
        self._sent: Final[list[str]] = []
        self._tasks: Final[list[asyncio.Task[None]]] = []
        self.happened: Final[Counter[str]] = Counter()
        self.watchers: Final[list[Watcher]] = []
        self.run_id = ""

    async def begin(self) -> None:
        async with Client(self._server.url) as client:
            self.run_id = await client.start(f"Track my reading list, number {self.what.seed}")

    async def blow(self) -> None:
        """Until the run has ended, and everybody knows."""
        async with self._proxy.running(), asyncio.timeout(ENDS_SECONDS):
            self.second()
            for pause, (name, *arguments) in self.what.faults:
                await asyncio.sleep(pause)
                self.happened[str(name)] += 1
                outcome = getattr(self, str(name))(*arguments)
                if outcome is not None:
                    await outcome
            self._proxy.clear()
            try:
                await asyncio.gather(*self._tasks)
            finally:
                for task in self._tasks:
                    task.cancel()
            self.happened["connections"] += self._proxy.accepted

    async def check(self) -> None:
        """With a server that is there."""
        async with Client(self._server.url) as client:
            fresh = await client.run(self.run_id)
        assert (fresh.status, fresh.outcome) == ("completed", "succeeded")
        assert all(message.finish for step in fresh.steps for message in step.messages)
        notes = Counter(note.content for note in fresh.notes)
        assert set(self._acknowledged) <= set(notes) <= set(self._sent), "a note is lost"
        assert set(notes.values()) <= {1}, "a note is there twice"
        log = await asyncio.to_thread(self._log)
        for watcher in self.watchers:
            watcher.check(fresh, log)
            self.happened["losses"] += watcher.losses

    def _log(self) -> dict[int, str]:
        events: dict[int, str] = {}
        after: int | None = 0
        while after is not None:
            page = httpx2.get(f"{self._server.url}/api/runs/{self.run_id}/events?after={after}&limit=1000").json()
            events |= {event["position"]: event["id"] for event in page["events"]}
            after = page["next"]
        return events

    # --- What goes wrong -------------------------------------------------------------------------------------

    def cut(self, way: Way, after: int) -> None:
        self._proxy.cut(way, after)

    def vanish(self) -> None:
        self._proxy.vanish()

    async def freeze(self, seconds: float) -> None:
        self._proxy.freeze()
        await asyncio.sleep(seconds)
        self._proxy.thaw()

    async def refuse(self, seconds: float) -> None:
        self._proxy.refusing = True
        self._proxy.cut("to client", 0)
        await asyncio.sleep(seconds)
        self._proxy.refusing = False

    def double(self) -> None:
        self._proxy.double()

    def second(self) -> None:
        """Another client follows the same run the same way."""
        watcher = Watcher(self._proxy.url, self.run_id)
        self.watchers.append(watcher)
        self._tasks.append(asyncio.create_task(watcher.follow()))

    def note(self) -> None:
        """Somebody tells the team something, by the same way."""
        self._sent.append(f"note {len(self._sent)}")
        self._tasks.append(asyncio.create_task(self._tell(self._sent[-1])))

    def weather(self, weather: Weather) -> None:
        self._proxy.weather = weather

    async def _tell(self, content: str) -> None:
        async with Client(self._proxy.url) as client:
            with suppress(ClientError):
                await client.note(self.run_id, content)
                self._acknowledged.add(content)


class Broken(Exception):
    """A rule did not hold; the cause says which. Its words are the storm, and the end of the server's log."""


async def batch(storms: Sequence[Storm], folder: Path, kills: int = 2) -> Counter[str]:
    """Storms over one server, at the same time; it is killed, or asked to stop, so often meanwhile. Raises Broken."""
    server = ServerProcess(folder, SERVER)
    await asyncio.to_thread(server.start)
    try:
        gales = [Gale(storm, server) for storm in storms]
        await asyncio.gather(*(gale.begin() for gale in gales))
        blowing = [asyncio.create_task(gale.blow()) for gale in gales]
        happened = await _fell(server, storms[0].seed, kills)
        await asyncio.wait(blowing)
        for gale, task in zip(gales, blowing, strict=True):
            try:
                await task
                await gale.check()
            except Exception as cause:
                raise Broken(f"{gale.what}\nrun {gale.run_id}") from cause
            happened += gale.happened
    finally:
        await asyncio.to_thread(server.stop)
    faults = [line for line in server.log.read_text().splitlines() if '"level": "error"' in line]
    if faults:
        raise Broken("\n".join(faults[:5]))
    return happened


async def _fell(server: ServerProcess, seed: int, times: int) -> Counter[str]:
    """Let the server die, and come back."""
    chance, happened = random.Random(seed), Counter[str]()
    for _ in range(times):
        await asyncio.sleep(chance.uniform(1, 4))
        how = chance.choice(["killed", "killed", "stopped"])
        happened[how] += 1
        await asyncio.to_thread(server.kill if how == "killed" else server.stop)
        await asyncio.to_thread(server.start)
    return happened
