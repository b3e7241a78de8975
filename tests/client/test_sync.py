"""The client for programs without asyncio does what the other does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.websockets import WebSocket

from botarmy.client import ClientError, Snapshot, SyncClient
from botarmy.domain.events import Event
from tests.client.scripted import LAST, RUN, TOPIC, Script, events, serving, snapshot, view_at, welcome
from tests.client.test_live import about


@pytest.fixture
def url(script: Script) -> Iterator[str]:
    """Of a server in another thread."""
    up, over = threading.Event(), threading.Event()
    found: list[str] = []

    async def serve() -> None:
        async with serving(script) as url:
            found.append(url)
            up.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    up.wait()
    yield found[0]
    over.set()
    thread.join()


def test_a_run_is_followed_to_its_end_over_a_disconnect(script: Script, url: str) -> None:
    script.then(welcome(20), snapshot(20), events(20, 35))
    script.then(welcome(35, resumed=True), events(35, LAST))
    with SyncClient(url) as client:
        positions = [moment.view.position for moment in client.follow(RUN)]
    assert positions == [20, 30, 40, 50, 60, 70]


def test_a_watch_can_be_left_early(script: Script, url: str) -> None:
    script.then(welcome(20), snapshot(20), events(20, LAST))
    with SyncClient(url) as client:
        items = client.watch(RUN)
        assert isinstance(next(items), Snapshot)
        items.close()


def staying(*frames: dict[str, Any]) -> Callable[[WebSocket, dict[str, Any]], Awaitable[None]]:
    """Say these frames, answer commands, and stay."""

    async def talk(ws: WebSocket, _: dict[str, Any]) -> None:
        for frame in frames:
            await ws.send_json(frame)
        async for heard in ws.iter_json():
            if heard["type"] == "command":
                await ws.send_json({"type": "reply", "id": heard["id"], "ok": True, "result": {}, "position": LAST})

    return talk


def test_topics_are_followed_and_commands_sent_over_one_connection_that_comes_back(script: Script, url: str) -> None:
    script.then(about(TOPIC), snapshot(20), events(20, 35))
    script.talks.append(staying(about(TOPIC, position=35, resumed=True), events(35, LAST)))
    with SyncClient(url) as client, client.live(TOPIC) as live:
        items = [next(live) for _ in range(6)]
        assert [item.position for item in items if isinstance(item, Snapshot | Event)] == [20, 30, 40, 50, 60, 70]
        assert live.command("add_note", {"run_id": RUN, "content": "Use blue"}) == {}
        assert (live.status, live.runs[RUN].status) == ("connected", "completed")
    assert client.closed


def test_who_waits_for_what_comes_next_is_told_when_another_thread_leaves(script: Script, url: str) -> None:
    script.talks.append(staying(about(TOPIC), snapshot(20)))
    with SyncClient(url) as client:
        begun, seen = threading.Event(), list[object]()
        live = client.live(TOPIC)

        def iterate() -> None:
            for item in live:
                seen.append(item)
                begun.set()

        with live:
            live.follow("runs")
            live.unfollow("runs")
            thread = threading.Thread(target=iterate)
            thread.start()
            begun.wait()
        thread.join()
        assert [type(item) for item in seen] == [Snapshot]


def test_a_client_that_is_closed_first_leaves_its_live_connection_too(script: Script, url: str) -> None:
    script.talks.append(staying(about(TOPIC), snapshot(20)))
    client = SyncClient(url)
    with client.live(TOPIC) as live:
        assert isinstance(next(live), Snapshot)
        client.close()


def test_commands_and_reads_have_the_same_routes(script: Script, url: str, tmp_path: Path) -> None:
    base = f"/api/runs/{RUN}"
    done: dict[str, Any] = {"run_id": RUN, "position": 1}
    posts = ["pause", "resume", "cancel", "notes", "requests/q1", "steps/a/retry", "steps/a/skip"]
    for route in ["POST /api/runs", *(f"POST {base}/{name}" for name in posts), f"DELETE {base}"]:
        script.answer(route, done)
    script.answer("GET /api/runs", {"runs": [], "next": None})
    script.answer(f"GET {base}", view_at(20))
    script.answer(f"GET {base}/artifacts", {"artifacts": []})
    script.answer("GET /api/jobs", {"jobs": [], "next": "older"})
    script.answer("GET /api/workers", {"workers": []})
    script.answer("GET /api/connections", {"connections": [{"lag": 3}]})
    script.answer("GET /api/stats", {"connections": 1})
    script.answer(f"GET {base}/file", PlainTextResponse("packed"))
    script.answer("POST /api/runs/import", done)
    file = tmp_path / "project.zip"
    with SyncClient(url) as client:
        assert client.start("Build it", command_id="one") == RUN
        client.export(RUN, file)
        assert (file.read_text(), client.import_run(file)) == ("packed", RUN)
        client.pause(RUN)
        client.resume(RUN)
        client.cancel(RUN)
        client.note(RUN, "Use blue")
        client.answer(RUN, "q1", "respond", "42")
        client.retry_step(RUN, "a")
        client.skip_step(RUN, "a")
        client.delete(RUN)
        assert client.runs().runs == ()
        assert client.run(RUN).run_id == RUN
        assert client.artifacts(RUN) == ()
        assert client.download(RUN, tmp_path) == ()
        assert client.jobs().next == "older"
        assert client.workers() == ()
        assert client.connections() == ({"lag": 3},)
        assert client.stats() == {"connections": 1}
    assert script.requests[0].headers["idempotency-key"] == "one"


def test_a_refusal_is_raised_where_it_was_asked_for(url: str) -> None:
    with SyncClient(url) as client, pytest.raises(ClientError):
        client.run("nobody's")


def test_closing_ends_what_another_thread_waits_for(script: Script, url: str) -> None:
    asked, closed = threading.Event(), threading.Event()

    async def never(_: Request) -> Response:
        asked.set()
        await asyncio.to_thread(closed.wait)
        return JSONResponse(view_at(20))

    script.answers[f"GET /api/runs/{RUN}"] = never
    client = SyncClient(url)
    failures: list[BaseException] = []

    def read() -> None:
        try:
            client.run(RUN)
        except RuntimeError as error:
            failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    asked.wait()
    client.close()
    client.close()
    thread.join()
    closed.set()
    assert "closed" in str(failures[0])
