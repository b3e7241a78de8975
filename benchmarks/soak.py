"""Whether a server keeps its size while clients come and go, runs are made, end and are deleted, for hours.

    .venv/bin/python -m benchmarks.soak --minutes 120

Starts a real server (`botarmy serve`, offline demo at full speed) over a folder that it removes again. First it is
warmed up, until what it keeps of the log in memory is full: with notes to projects that stay, for the events of those
that are deleted go from memory too. Then its resident memory is looked at every five seconds.
The drift is how much more it is, in the middle, in the last fifth of the time than in the first. It is told every ten
minutes, and at the end, which may be before its time: SIGTERM is enough. Linux only. Judges nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import statistics
import tempfile
import time
from collections import Counter, deque
from contextlib import suppress
from pathlib import Path

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from benchmarks.server import served

LOOK_SECONDS = 5.0
KEPT_RUNS = 120
KEPT_NOTES = 180
"""To each of these runs: more than a server holds in memory, together."""
WRITERS = 10
FRAME_SECONDS = 0.021
"""A client that sends faster is sent away."""
BUSY_EVENTS = 10_000
"""Of runs, as many at a time as the server takes, before it is looked at."""
REGULARS = 2_000
"""How many different clients there are."""
RUNS_KEPT = 20
"""Older ones are deleted."""
RUN_SECONDS = 4.0
"""How often one is started."""
TOPICS = ("runs", "jobs", "workers", "log", "stats", "connections")


class Soak:
    def __init__(self, url: str, pid: int, chance: random.Random) -> None:
        self._url = url
        self._status = Path(f"/proc/{pid}/status")
        self._chance = chance
        self._runs: deque[str] = deque()
        self.happened: Counter[str] = Counter()

    def resident(self) -> float:
        """MiB."""
        line = next(line for line in self._status.read_text().splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    async def position(self) -> int:
        async with connect(self._socket, subprotocols=[Subprotocol("botarmy.v1")]) as socket:
            await socket.send('{"type":"hello"}')
            return int(json.loads(await socket.recv())["position"])

    @property
    def _socket(self) -> str:
        return f"ws{self._url.removeprefix('http')}/ws"

    async def make_runs(self, seconds: float) -> None:
        """For ever; the oldest goes when there are many."""
        async with httpx2.AsyncClient(base_url=self._url, timeout=60) as http:
            while True:
                try:
                    await self._make_run(http)
                except httpx2.TransportError:  # an idle connection may be closed in the moment that it is taken again
                    self.happened["requests lost"] += 1
                await asyncio.sleep(seconds)

    async def _make_run(self, http: httpx2.AsyncClient) -> None:
        answer = await http.post("/api/runs", json={"brief": "Track my reading list"})
        self._runs.append(answer.json()["run_id"])
        self.happened["runs"] += 1
        if len(self._runs) > RUNS_KEPT:
            oldest = self._runs.popleft()
            await http.post(f"/api/runs/{oldest}/cancel")
            await http.delete(f"/api/runs/{oldest}")

    async def fill(self) -> None:
        """Notes to runs that stay."""
        async with httpx2.AsyncClient(base_url=self._url, timeout=60) as http, asyncio.TaskGroup() as tasks:
            kept: list[str] = []
            for _ in range(KEPT_RUNS):
                kept.append((await http.post("/api/runs", json={"brief": "Kept"})).json()["run_id"])
                await http.post(f"/api/runs/{kept[-1]}/pause")
            for number in range(WRITERS):
                tasks.create_task(self._write(kept[number::WRITERS]))

    async def _write(self, runs: list[str]) -> None:
        async with connect(self._socket, subprotocols=[Subprotocol("botarmy.v1")]) as socket:
            await socket.send('{"type":"hello"}')
            await socket.recv()
            for number in range(KEPT_NOTES * len(runs)):
                args = {"run_id": runs[number % len(runs)], "content": "A word that stays, of the length of a sentence"}
                frame = {"type": "command", "id": str(self._chance.random()), "name": "add_note", "args": args}
                await socket.send(json.dumps(frame))
                reply, _ = await asyncio.gather(socket.recv(), asyncio.sleep(FRAME_SECONDS))
                assert json.loads(reply)["ok"], reply

    async def come_and_go(self) -> None:
        """One client after another, for ever."""
        while True:
            with suppress(ConnectionClosed, OSError, TimeoutError):
                await self._visit()
            self.happened["connections"] += 1

    async def _visit(self) -> None:
        chance = self._chance
        socket = await connect(self._socket, subprotocols=[Subprotocol("botarmy.v1")], max_size=None)
        try:
            await socket.send(json.dumps({"type": "hello", "client_id": f"c{chance.randrange(REGULARS)}"}))
            for number in range(chance.randint(1, 4)):
                topics = [*chance.sample(TOPICS, 2), *(f"run:{run_id}" for run_id in list(self._runs)[-2:])]
                kind = chance.choice(["subscribe", "subscribe", "unsubscribe"])
                await socket.send(json.dumps({"type": kind, "id": str(number), "topics": topics}))
                await self._read(socket.recv, chance.uniform(0, 1))
            if self._runs and chance.random() < 0.2:
                note = {"run_id": self._runs[-1], "content": "A word in passing"}
                await socket.send(
                    json.dumps({"type": "command", "id": str(chance.random()), "name": "add_note", "args": note})
                )
                await self._read(socket.recv, 0.2)
        finally:
            if chance.random() < 0.5:
                socket.transport.abort()
            await socket.close()

    async def _read(self, receive, seconds: float) -> None:  # type: ignore[no-untyped-def] # websockets' own overloads
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    self.happened["bytes"] += len(await receive())


async def soak(url: str, pid: int, clients: int, minutes: float) -> None:
    it = Soak(url, pid, random.Random(1))
    cold, began = it.resident(), time.monotonic()
    await it.fill()
    print(
        f"filled after {time.monotonic() - began:.0f} s: {it.resident():.1f} MiB, {cold:.1f} at the start", flush=True
    )
    async with asyncio.TaskGroup() as tasks:
        endless = [tasks.create_task(it.come_and_go()) for _ in range(clients)]
        making = tasks.create_task(it.make_runs(0))
        warm = await it.position() + BUSY_EVENTS
        while await it.position() < warm:  # noqa: ASYNC110 - the server is another process
            await asyncio.sleep(1)
        making.cancel()
        endless.append(tasks.create_task(it.make_runs(RUN_SECONDS)))
        print(f"warm after {time.monotonic() - began:.0f} s: {it.resident():.1f} MiB", flush=True)
        seen = await _watched(it, minutes)
        for task in endless:
            task.cancel()
    print(f"{clients} clients at a time: {dict(it.happened)}")
    print(_told(seen), flush=True)


async def _watched(it: Soak, minutes: float) -> list[float]:
    """What is resident, every so often, until the time is over or the program is told to end."""
    seen: list[float] = []
    enough = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, enough.set)
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until and not enough.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(enough.wait(), LOOK_SECONDS)
        seen.append(it.resident())
        if len(seen) % round(60 / LOOK_SECONDS) == 0:
            print(f"minute {len(seen) * LOOK_SECONDS / 60:4.0f}: {seen[-1]:.1f} MiB", flush=True)
        if len(seen) % round(600 / LOOK_SECONDS) == 0:
            print(_told(seen), flush=True)
    return seen


def _told(seen: list[float]) -> str:
    fifth = max(1, len(seen) // 5)
    first, last = statistics.median(seen[:fifth]), statistics.median(seen[-fifth:])
    return (
        f"{len(seen) * LOOK_SECONDS / 60:.0f} minutes: {first:.1f} MiB in the first fifth, {last:.1f} in the last, "
        f"{last / first - 1:+.1%}; the least {min(seen):.1f}, the most {max(seen):.1f}"
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--minutes", type=float, default=120)
    asked.add_argument("--clients", type=int, default=30, help="how many at a time")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="botarmy-soak-") as folder, served(Path(folder) / "data") as (url, pid):
        asyncio.run(soak(url, pid, given.clients, given.minutes))


if __name__ == "__main__":
    main()
