"""What a person waits for: a change on 100 screens, the first words of a run, a long run opening.

    .venv/bin/python benchmarks/server.py

Starts real servers (`botarmy serve`, offline demo at full speed) over a folder that it removes again, and talks to
them over loopback from this process. Prints one table; judges nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from botarmy.bootstrap.system import SystemClock, new_id
from botarmy.bus.local import LocalBus
from botarmy.domain.users import LOCAL
from botarmy.ports import Piece, WorkerInfo
from botarmy.service import LocalHub, Service
from botarmy.store.sql import SqlStore
from botarmy.teams import load_teams

CLIENTS = 100
NOTES = 200
NOTES_PER_SECOND = 20
STARTS = 20
EVENTS = 10_000
OPENINGS = 20


@contextmanager
def served(folder: Path, demo_speed: str = "0") -> Iterator[tuple[str, int]]:
    """A server over the folder: its URL and process id."""
    environ = {**os.environ, "BOTARMY_DATA_DIR": str(folder), "BOTARMY_PORT": "0", "BOTARMY_DEMO_SPEED": demo_speed}
    environ.pop("OPENAI_API_KEY", None)
    environ.pop("OPENAI_BASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "botarmy", "serve"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = next(word for line in process.stdout for word in line.split() if word.startswith("http://"))
        httpx2.get(f"{url}/readyz").raise_for_status()
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(30)


@asynccontextmanager
async def following(url: str, run_id: str) -> AsyncIterator[ClientConnection]:
    """A connection that has the run's snapshot."""
    address = f"ws{url.removeprefix('http')}/ws"
    async with connect(address, subprotocols=[Subprotocol("botarmy.v1")], max_size=None) as socket:
        await socket.send(json.dumps({"type": "hello", "topics": [f"run:{run_id}"]}))
        async for text in socket:
            if json.loads(text)["type"] == "snapshot":
                break
        yield socket


async def notes_on_screens(url: str) -> list[float]:
    """Seconds from sending a note until a screen has it, for each note and screen."""
    async with httpx2.AsyncClient(base_url=url) as http:
        run_id = (await http.post("/api/runs", json={"brief": "Track my reading list"})).json()["run_id"]
        await http.post(f"/api/runs/{run_id}/pause")
        seconds: list[float] = []
        async with AsyncExitStack() as stack:
            sockets = [await stack.enter_async_context(following(url, run_id)) for _ in range(CLIENTS)]
            listeners = [asyncio.create_task(note_delays(socket, seconds)) for socket in sockets]
            sender = await stack.enter_async_context(following(url, run_id))
            begin = time.monotonic()
            for number in range(NOTES):
                await asyncio.sleep(max(0.0, begin + number / NOTES_PER_SECOND - time.monotonic()))
                args = {"run_id": run_id, "content": repr(time.monotonic())}
                await sender.send(json.dumps({"type": "command", "id": new_id(), "name": "add_note", "args": args}))
            await asyncio.gather(*listeners)
        return seconds


async def note_delays(socket: ClientConnection, seconds: list[float]) -> None:
    seen = 0
    while seen < NOTES:
        frame = json.loads(await socket.recv())
        now = time.monotonic()
        for event in frame.get("events", ()):
            if event["type"] == "note":
                seconds.append(now - float(event["content"]))
                seen += 1


async def first_words(url: str) -> list[float]:
    """Seconds from sending `start_run` until the first agent's first text is on the screen."""
    address = f"ws{url.removeprefix('http')}/ws"
    seconds = []
    for _ in range(STARTS):
        async with connect(address, subprotocols=[Subprotocol("botarmy.v1")], max_size=None) as socket:
            await socket.send(json.dumps({"type": "hello"}))
            await socket.recv()
            begin = time.monotonic()
            args = {"brief": "Track my reading list"}
            await socket.send(json.dumps({"type": "command", "id": new_id(), "name": "start_run", "args": args}))
            await until_first_text(socket)
            seconds.append(time.monotonic() - begin)
    return seconds


async def until_first_text(socket: ClientConnection) -> None:
    async for text in socket:
        frame = json.loads(text)
        if frame["type"] == "reply":
            topic = f"run:{frame['result']['run_id']}"
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "topics": [topic]}))
        if frame["type"] == "snapshot" and frame["data"]["steps"][0]["messages"]:
            return
        if any(event["type"] in ("agent_delta", "agent_response") for event in frame.get("events", ())):
            return


async def long_run(folder: Path) -> str:
    """Write a run of `EVENTS` events into a folder, most of them streamed text; returns its id."""
    async with await SqlStore.open(folder / "botarmy.db", new_id=new_id) as store:
        service = Service(store, LocalBus(), SystemClock(), new_id, load_teams().by_name, "demo")
        hub = LocalHub(service, store, 60)
        reply = await service.command(LOCAL, new_id(), "start_run", {"brief": "A long story"})
        info = WorkerInfo(worker_id="writer", host="here", capabilities=frozenset(), concurrency=1)
        (assignment,) = (await hub.claim(info, 1)).jobs
        lengths: dict[str, int] = {}
        for number in range(EVENTS - 8):
            message = f"message-{number // 500}"
            piece = Piece(message_id=message, channel="text", offset=lengths.get(message, 0), text="and then again, ")
            lengths[message] = piece.offset + len(piece.text)
            await hub.stream(assignment.job, [piece])
        return str(reply.result["run_id"])


async def openings(url: str, run_id: str) -> tuple[float, list[float]]:
    """Seconds from connecting to the snapshot: the first time after the server's start, and afterwards."""
    seconds = []
    for _ in range(OPENINGS + 1):
        begin = time.monotonic()
        async with following(url, run_id):
            seconds.append(time.monotonic() - begin)
    return seconds[0], seconds[1:]


def memory_of(pid: int) -> float:
    """MB that a process has in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def row(what: str, seconds: list[float], wanted: str) -> str:
    ranked = sorted(seconds)
    p50, p99 = statistics.median(ranked), ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))]
    return f"| {what} | {p50 * 1000:.1f} | {p99 * 1000:.1f} | {ranked[-1] * 1000:.1f} | {wanted} |"


async def measured(folder: Path) -> list[str]:
    lines = []
    begin = time.monotonic()
    with served(folder / "fresh") as (url, pid):
        lines.append(f"Start until ready: {time.monotonic() - begin:.2f} s. Idle: {memory_of(pid):.0f} MB.\n")
        lines.append("| what | p50 ms | p99 ms | worst ms | wanted |")
        lines.append("| --- | --- | --- | --- | --- |")
        words = await first_words(url)
        notes = await notes_on_screens(url)
        lines.append(row(f"note sent → on each of {CLIENTS} screens", notes, "p50 ≤ 5, p99 ≤ 25 from the commit"))
        lines.append(row("start of a run → first text on screen", words, "≤ 150"))
    (folder / "long").mkdir()
    run_id = await long_run(folder / "long")
    with served(folder / "long") as (url, _):
        first, later = await openings(url, run_id)
        lines.append(row(f"opening a run of {EVENTS} events, first time", [first], "≤ 200"))
        lines.append(row(f"opening a run of {EVENTS} events, later", later, "≤ 200"))
    return lines


def main() -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}\n")
    with tempfile.TemporaryDirectory() as folder:
        for line in asyncio.run(measured(Path(folder))):
            print(line)


if __name__ == "__main__":
    main()
