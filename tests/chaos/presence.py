"""How much of their time clients are connected, and how soon they are right again after the server was killed.

`.venv/bin/python -m tests.chaos.presence --profile usual`, over real sockets, each client by a way of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

import anyio
import httpx2

from botarmy.client import Client
from botarmy.domain.events import AgentDelta, Note
from tests.acceptance.servers import ServerProcess
from tests.chaos.proxy import Proxy, Weather

GOAL_SECONDS: Final = 5.0
NEWS_SECONDS: Final = 0.5
"""How often there is something new to be told …"""
NEWS_AT_MOST: Final = 150
"""… and how many times: a run takes no more than 200 notes."""
PATIENCE_SECONDS: Final = 60.0
"""By when after a restart everybody has to be there again for it to be measured at all."""


@dataclass(frozen=True)
class Profile:
    """What one client has to expect. Frequencies are seconds between two, on average; None: never."""

    cut: float
    freeze: float | None
    refuse: float | None
    vanish: float | None
    weather: tuple[Weather, ...]
    kills: int
    """How often the server is killed, in all. The time without a server counts for nobody."""


PROFILES: Final[Mapping[str, Profile]] = {
    "usual": Profile(
        cut=120, freeze=60, refuse=None, vanish=None, kills=0,
        weather=(Weather(), Weather(delay=0.02), Weather(delay=0.08)),
    ),
    "worst": Profile(
        cut=40, freeze=20, refuse=120, vanish=None, kills=1,
        weather=(Weather(delay=0.3), Weather(chunk=1), Weather(chunk=300, rate=3_000), Weather(delay=0.1)),
    ),
    "half-open": Profile(cut=600, freeze=None, refuse=None, vanish=120, kills=0, weather=(Weather(),)),
    "kills": Profile(cut=600, freeze=None, refuse=None, vanish=None, kills=5, weather=(Weather(),)),
}  # fmt: skip


@dataclass
class Clock:
    """When the server was there. Times are those of `time.monotonic`."""

    up_since: float | None = None
    up_before: float = 0.0

    def up(self) -> float:
        """Seconds so far in which there was a server."""
        return self.up_before + (0.0 if self.up_since is None else time.monotonic() - self.up_since)

    def went(self) -> None:
        self.up_before, self.up_since = self.up(), None

    def came(self) -> None:
        self.up_since = time.monotonic()


@dataclass
class Visitor:
    """One client, and its way to the server."""

    proxy: Proxy
    clock: Clock
    first: float | None = None
    linked: bool = False
    lost_at: float = 0.0
    absent: float = 0.0
    news: str = ""
    """The newest that it was told."""
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def on_link(self, stands: bool) -> None:
        now = self.clock.up()
        if stands and self.first is None:
            self.first = now
        elif stands and not self.linked:
            self.absent += now - self.lost_at
        elif not stands and self.linked:
            self.lost_at = now
        self.linked = stands

    def vanish(self) -> None:
        """The way is gone; that the client does not know it yet makes it no less absent."""
        self.proxy.vanish()
        if self.linked:
            self.linked, self.lost_at = False, self.clock.up()

    def share(self) -> float:
        """Of the time with a server since it first came."""
        now = self.clock.up()
        away = self.absent + (0.0 if self.linked else now - self.lost_at)
        return 0.0 if self.first is None else 1 - away / (now - self.first)

    async def follow(self, run_id: str) -> None:
        async with Client(self.proxy.url) as client, aclosing(client.watch(run_id, self.on_link)) as items:
            async for item in items:
                if isinstance(getattr(item, "metadata", None), Note):
                    self.news = getattr(item, "content", "")
                    self.heard.set()

    async def hears(self, news: str) -> None:
        while self.news < news:
            self.heard.clear()
            await self.heard.wait()

    async def suffer(self, profile: Profile, chance: random.Random) -> None:
        """What happens to its way, for ever."""
        often = {"cut": profile.cut, "freeze": profile.freeze, "refuse": profile.refuse, "vanish": profile.vanish}
        rates = {name: 1 / seconds for name, seconds in often.items() if seconds is not None}
        while True:
            await asyncio.sleep(chance.expovariate(sum(rates.values())))
            self.proxy.weather = chance.choice(profile.weather)
            what = chance.choices(list(rates), list(rates.values()))[0]
            if what == "cut":
                self.proxy.cut("to client", chance.choice([0, 1, 50, 500]))
            elif what == "vanish":
                self.vanish()
            elif what == "freeze":
                self.proxy.freeze()
                await asyncio.sleep(chance.uniform(0.5, 3))
                self.proxy.thaw()
            else:
                self.proxy.refusing = True
                self.proxy.cut("to client", 0)
                await asyncio.sleep(1)
                self.proxy.refusing = False


@dataclass(frozen=True)
class Findings:
    shares: tuple[float, ...]
    """Of each client."""
    exported: float
    """What the server says of it at the end, counted from its last start."""
    right_again: tuple[float, ...]
    """Seconds from the server being there again until a client had what was said after that; of each client."""
    goes_on: tuple[float, ...]
    """Seconds from the server being there again until the interrupted step wrote something; of each kill."""


async def measure(profile: Profile, clients: int, seconds: float, folder: Path, environ: Mapping[str, str]) -> Findings:
    server = ServerProcess(folder, {"BOTARMY_DEMO_SPEED": "3", **environ})
    await asyncio.to_thread(server.start)
    try:
        return await _measured(profile, clients, seconds, server)
    finally:
        await asyncio.to_thread(server.stop)


async def _measured(profile: Profile, clients: int, seconds: float, server: ServerProcess) -> Findings:
    clock = Clock()
    clock.came()
    right_again: list[float] = []
    goes_on: list[float] = []
    async with Client(server.url) as client:
        quiet, busy = await client.start("Told of by notes"), await client.start("Worked on all the time")
        await client.pause(quiet)
    async with AsyncExitStack() as ways, anyio.create_task_group() as tasks:
        visitors = []
        for number in range(clients):
            proxy = await ways.enter_async_context(Proxy(lambda: urlsplit(server.url).port or 0).running())
            visitors.append(Visitor(proxy, clock))
            tasks.start_soon(visitors[-1].follow, quiet)
            tasks.start_soon(visitors[-1].suffer, profile, random.Random(number))
        for number in range(profile.kills + 1):
            every = max(NEWS_SECONDS, seconds / NEWS_AT_MOST)
            await _tell(server, quiet, number, seconds / (profile.kills + 1), every)
            if number < profile.kills:
                clock.went()
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
                clock.came()
                went_on = asyncio.create_task(_goes_on(server, busy))
                right_again += await _right_again(server, quiet, f"{number + 1:02}", visitors)
                goes_on.append(await went_on)
        text = (await asyncio.to_thread(httpx2.get, f"{server.url}/metrics")).text
        exported = re.search(r"^botarmy_connected_share (\S+)", text, re.MULTILINE)
        shares = tuple(visitor.share() for visitor in visitors)
        tasks.cancel_scope.cancel()
    return Findings(shares, float(exported[1]) if exported else 0.0, tuple(right_again), tuple(goes_on))


async def _tell(server: ServerProcess, run_id: str, part: int, seconds: float, every: float) -> None:
    """Something new, now and then."""
    async with Client(server.url) as client:
        for number in range(int(seconds / every)):
            await client.note(run_id, f"{part:02}-{number:06}")
            await asyncio.sleep(every)


async def _right_again(server: ServerProcess, run_id: str, news: str, visitors: Sequence[Visitor]) -> list[float]:
    began = time.monotonic()

    async def heard(visitor: Visitor) -> float:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await visitor.hears(news)
        return time.monotonic() - began

    async with Client(server.url) as client:
        await client.note(run_id, news)
    return list(await asyncio.gather(*map(heard, visitors)))


async def _goes_on(server: ServerProcess, run_id: str) -> float:
    began = time.monotonic()
    async with Client(server.url) as client, aclosing(client.watch(run_id)) as items, asyncio.timeout(PATIENCE_SECONDS):
        async for item in items:
            if isinstance(getattr(item, "metadata", None), AgentDelta):
                break
    return time.monotonic() - began


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--profile", choices=list(PROFILES), default="usual")
    asked.add_argument("--clients", type=int, default=20, help="how many")
    asked.add_argument("--seconds", type=float, default=180, help="how long, restarts aside")
    asked.add_argument("--heartbeat", type=float, default=10, help="the server's heartbeat_seconds")
    given = asked.parse_args()
    environ = {"BOTARMY_HEARTBEAT_SECONDS": str(given.heartbeat)}
    with TemporaryDirectory(prefix="botarmy-chaos-") as folder:
        profile = PROFILES[given.profile]
        found = asyncio.run(measure(profile, given.clients, given.seconds, Path(folder) / "data", environ))
    print(f"{given.profile}: {given.clients} clients, {given.seconds:.0f} s, a heartbeat every {given.heartbeat:g} s")
    print(f"connected: {mean(found.shares):.2%} on average, {min(found.shares):.2%} the least of one client")
    print(f"as the server says, since its last start: {found.exported:.2%}")
    print(f"right again after a kill: {_seconds(found.right_again)}")
    print(f"an interrupted step goes on after: {_seconds(found.goes_on)}")
    return 0


def _seconds(times: Sequence[float]) -> str:
    """Within five seconds is what is aimed at."""
    if not times:
        return "not measured"
    in_time = sum(one < GOAL_SECONDS for one in times)
    return f"{mean(times):.2f} s on average, {max(times):.2f} s at most; {in_time} of {len(times)} within 5 s"


if __name__ == "__main__":
    sys.exit(main())
