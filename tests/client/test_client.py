"""The client keeps its cursor over every kind of disconnect, and says in words what cannot be done."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_jsonable_python
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.websockets import WebSocket

from botarmy.client import Client, ClientError, Snapshot
from botarmy.client.conversation import Conversation
from botarmy.client.line import Line
from tests.client.scripted import LAST, RUN, STORY, TOPIC, Script, Waits, events, serving, snapshot, view_at, welcome


async def watched(client: Client) -> list[int]:
    """The positions of what a whole watch yields; a snapshot's is negative."""
    async with aclosing(client.watch(RUN)) as items:
        return [-item.position if isinstance(item, Snapshot) else item.position async for item in items]


# --- Following ----------------------------------------------------------------------------------------------------


async def test_a_watch_is_a_snapshot_and_every_event_after_it_until_the_run_has_ended(
    script: Script, client: Client
) -> None:
    script.then(welcome(20), snapshot(20), events(20, 45), events(45, LAST))
    assert await watched(client) == [-20, 30, 40, 50, 60, 70]
    assert script.hellos[0]["topics"] == [TOPIC]
    assert "resume" not in script.hellos[0]
    assert "token" not in script.hellos[0]


async def test_a_run_that_has_ended_already_is_a_snapshot_alone(script: Script, client: Client) -> None:
    script.then(welcome(LAST), snapshot(LAST))
    assert await watched(client) == [-LAST]


async def test_after_a_disconnect_it_resumes_at_its_cursor(script: Script, client: Client) -> None:
    script.then(welcome(20), snapshot(20), events(20, 35))
    script.then(welcome(35, resumed=True), events(35, LAST))
    assert await watched(client) == [-20, 30, 40, 50, 60, 70]
    assert script.hellos[1]["resume"] == {"epoch": "E1", "position": 35}
    assert script.hellos[1]["client_id"] == script.hellos[0]["client_id"]


async def test_a_heartbeat_moves_the_cursor(script: Script, client: Client) -> None:
    script.then(welcome(20), snapshot(20), {"type": "heartbeat", "position": 25})
    script.then(welcome(25, resumed=True), events(25, LAST))
    assert await watched(client) == [-20, 30, 40, 50, 60, 70]
    assert script.hellos[1]["resume"]["position"] == 25


async def test_a_disconnect_between_welcome_and_snapshot_resumes_nothing(script: Script, client: Client) -> None:
    script.then(welcome(20))
    script.then(welcome(30), snapshot(30), events(30, LAST))
    assert await watched(client) == [-30, 40, 50, 60, 70]
    assert "resume" not in script.hellos[1]


async def test_where_the_server_does_not_resume_a_fresh_snapshot_takes_over(script: Script, client: Client) -> None:
    script.then(welcome(20), snapshot(20))
    script.then(welcome(50, epoch="E2"), snapshot(50), events(50, 65))
    script.then(welcome(65, epoch="E2", resumed=True), events(65, LAST))
    assert await watched(client) == [-20, -50, 60, 70]
    assert script.hellos[2]["resume"] == {"epoch": "E2", "position": 65}


async def test_a_resync_brings_a_fresh_snapshot_on_the_same_connection(script: Script, client: Client) -> None:
    resync = {"type": "resync", "reason": "behind", "topics": [TOPIC], "position": 50}
    script.then(welcome(20), snapshot(20), resync, snapshot(50), events(50, LAST))
    assert await watched(client) == [-20, -50, 60, 70]


@pytest.mark.parametrize(
    "wrong",
    [
        events(30, LAST),
        {"type": "events", "from": 20, "to": 25, "events": [STORY[3]]},
        {"type": "events", "from": 20, "to": 45, "events": [STORY[3], STORY[2]]},
        {"type": "events", "from": 20, "to": 45},
        {"type": "events", "from": 20, "to": 45, "events": [{"position": 30}]},
        {"type": "heartbeat", "position": 5},
        snapshot(40),
        {"type": "resync", "reason": "epoch", "topics": [TOPIC], "position": 50},
    ],
    ids=["gap", "outside", "order", "incomplete", "no event", "backwards", "unasked", "epoch"],
)
async def test_a_contradiction_makes_it_start_afresh(script: Script, client: Client, wrong: dict[str, Any]) -> None:
    script.then(welcome(20), snapshot(20), wrong)
    script.then(welcome(20), snapshot(20), events(20, LAST))
    assert await watched(client) == [-20, -20, 30, 40, 50, 60, 70]
    assert "resume" not in script.hellos[1]


async def test_frames_and_events_of_a_newer_server_are_passed_over(script: Script, client: Client) -> None:
    newer = {**STORY[2], "type": "mood", "metadata": {"warmth": 3}}
    frame = {"type": "events", "from": 20, "to": 35, "events": [newer]}
    script.then(welcome(20), snapshot(20), {"type": "confetti"}, frame, events(35, LAST))
    assert await watched(client) == [-20, 30, 40, 50, 60, 70]


async def test_changed_rights_are_not_resumed(script: Script, client: Client) -> None:
    script.then(welcome(20), snapshot(20), close=4005)
    script.then(welcome(LAST), snapshot(LAST))
    assert await watched(client) == [-20, -LAST]
    assert "resume" not in script.hellos[1]


async def test_waits_grow_up_to_twenty_seconds_and_jitter_takes_part(script: Script, waits: Waits) -> None:
    jitter = iter([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0])
    for _ in range(7):
        script.then(close=1011)
    script.then(welcome(LAST), snapshot(LAST))
    async with serving(script) as url, Client(url, random=lambda: next(jitter), sleep=waits) as client:
        await watched(client)
    assert sum(waits.seconds) == sum([2.0, 4.0, 8.0, 16.0, 20.0, 20.0, 0.5])
    assert max(waits.seconds) == 2.0, "meanwhile it looks whether the server can be reached"


async def test_a_draining_server_says_when_to_come_back(script: Script, client: Client, waits: Waits) -> None:
    script.then(welcome(20), snapshot(20), {"type": "drain", "reconnect_after_ms": 1500}, close=4000)
    script.then(welcome(20, resumed=True), events(20, LAST))
    await watched(client)
    assert waits.seconds == [2.0]


async def test_losses_and_returns_are_told(script: Script, client: Client) -> None:
    script.then(welcome(20), snapshot(20))
    script.then(welcome(20, resumed=True), events(20, LAST))
    links: list[bool] = []
    async with aclosing(client.watch(RUN, links.append)) as items:
        async for _ in items:
            pass
    assert links == [True, False, True]


async def test_a_server_that_is_not_up_yet_is_waited_for(script: Script) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    losses = 0

    async def one_look(_: float) -> None:
        nonlocal losses
        losses += 1
        raise ConnectionAbortedError

    async with Client(f"http://127.0.0.1:{port}", sleep=one_look) as client:
        with pytest.raises(ConnectionAbortedError):
            await watched(client)
    assert losses == 1


async def test_a_server_that_is_there_again_is_not_kept_waiting(waits: Waits) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    looks = [False, False, True]

    async def look() -> bool:
        if not looks:
            raise asyncio.CancelledError
        return looks.pop(0)

    conversation = Conversation((TOPIC,), random=lambda: 1.0)
    address = f"ws://127.0.0.1:{port}/ws"
    line = Line(address, conversation, direct=True, sleep=waits, look=look, tell=lambda _: None)
    with pytest.raises(asyncio.CancelledError):
        async for _ in line.frames():
            pass
    assert waits.seconds == [2.0, *[2.0, 2.0], *[2.0, 2.0], 2.0], "2 s, 4 s, 8 s until it is there, and the next"


async def test_a_server_that_answers_and_closes_is_left_to_the_waits(script: Script, waits: Waits) -> None:
    script.answer("GET /healthz", {})
    for _ in range(4):
        script.then(close=1013)
    script.then(welcome(LAST), snapshot(LAST))
    async with serving(script) as url, Client(url, random=lambda: 1.0, sleep=waits) as client:
        await watched(client)
    assert sum(waits.seconds) == sum([2.0, 4.0, 8.0, 16.0])


async def test_whether_a_server_is_there_is_asked_of_its_health(script: Script) -> None:
    script.answer("GET /healthz", {})
    async with serving(script) as url, Client(url) as client:
        assert await client._requests.reachable()
    async with Client(url) as client:
        assert not await client._requests.reachable()


async def test_silence_is_answered_with_heartbeats_and_then_taken_for_death(script: Script, client: Client) -> None:
    said: list[str] = []

    async def silent(ws: WebSocket, _: dict[str, Any]) -> None:
        await ws.send_json(welcome(20, heartbeat=0.1))
        await ws.send_json(snapshot(20))
        said.extend([frame["type"] async for frame in ws.iter_json()])

    script.talks.append(silent)
    script.then(welcome(20, resumed=True), events(20, LAST))
    assert await watched(client) == [-20, 30, 40, 50, 60, 70]
    assert "heartbeat" in said


async def test_what_was_applied_is_acknowledged(script: Script, client: Client) -> None:
    acknowledged = asyncio.Event()

    async def patient(ws: WebSocket, _: dict[str, Any]) -> None:
        await ws.send_json(welcome(20))
        await ws.send_json(snapshot(20))
        frame = await ws.receive_json()
        assert frame == {"type": "ack", "position": 20}
        acknowledged.set()
        await ws.send_json(events(20, LAST))

    script.talks.append(patient)
    await watched(client)
    assert acknowledged.is_set()


@pytest.mark.parametrize(
    ("close", "code"),
    [(4500, "bad_frame"), (4501, "not_authorized"), (4502, "bad_origin"), (4503, "unsupported_version")],
)
async def test_a_final_refusal_ends_the_watch_in_words(script: Script, client: Client, close: int, code: str) -> None:
    script.then(close=close)
    with pytest.raises(ClientError) as refused:
        await watched(client)
    assert refused.value.code == code
    assert refused.value.action


async def test_an_unknown_run_ends_the_watch_with_the_servers_words(script: Script, client: Client) -> None:
    problem = {"code": "unknown_topic", "message": "No.", "action": "Check.", "retryable": False, "reference": None}
    script.then(welcome(20), {"type": "error", "id": None, "topic": TOPIC, "error": problem})
    with pytest.raises(ClientError, match=r"No\. Check\."):
        await watched(client)


async def test_a_place_without_botarmy_ends_the_watch(script: Script) -> None:
    async with serving(script) as url, Client(f"{url}/elsewhere") as client:
        with pytest.raises(ClientError) as refused:
            await watched(client)
    assert refused.value.code == "unexpected_answer"


async def test_a_token_travels_in_the_hello_and_in_a_header_and_never_in_an_address(script: Script) -> None:
    script.then(welcome(LAST), snapshot(LAST))
    script.answer(f"GET /api/runs/{RUN}", view_at(20))
    async with serving(script) as url, Client(url, "secret-token") as client:
        await watched(client)
        await client.run(RUN)
    assert script.hellos[0]["token"] == "secret-token"
    assert script.requests[0].headers["authorization"] == "Bearer secret-token"
    assert "secret" not in str(script.requests[0].url)


async def test_leaving_a_watch_closes_its_connection(script: Script, client: Client) -> None:
    gone = asyncio.Event()

    async def talk(ws: WebSocket, _: dict[str, Any]) -> None:
        await ws.send_json(welcome(20))
        await ws.send_json(snapshot(20))
        async for _frame in ws.iter_json():
            pass
        gone.set()

    script.talks.append(talk)
    async with aclosing(client.watch(RUN)) as items:
        async for _ in items:
            break
    await asyncio.wait_for(gone.wait(), 5)


async def test_following_folds_the_events_as_the_server_does(script: Script, client: Client) -> None:
    script.then(welcome(20), snapshot(20), events(20, 45))
    script.then(welcome(45, resumed=True), events(45, LAST))
    async with aclosing(client.follow(RUN)) as moments:
        views = [moment.view async for moment in moments]
    assert [view.position for view in views] == [20, 30, 40, 50, 60, 70]
    assert views[3].steps[0].messages[0].text == "Hello wörld 🎉"
    assert to_jsonable_python(views[-1]) == view_at(LAST)


# --- Requests -----------------------------------------------------------------------------------------------------

PROBLEM = {
    "type": "about:blank",
    "code": "empty_brief",
    "message": "The brief is empty.",
    "action": "Write something.",
    "retryable": False,
    "reference": "abc23456",
}


async def test_a_run_is_started_with_what_was_given_alone(script: Script, client: Client) -> None:
    script.answer("POST /api/runs", {"run_id": RUN, "position": 3}, 201)
    assert await client.start("Build it", team="software") == RUN
    assert await script.requests[0].json() == {"brief": "Build it", "team": "software"}


async def test_a_refusal_carries_the_servers_words(script: Script, client: Client) -> None:
    script.answer("POST /api/runs", PROBLEM, 422)
    with pytest.raises(ClientError) as refused:
        await client.start(" ")
    error = refused.value
    assert (error.code, error.message, error.action) == ("empty_brief", "The brief is empty.", "Write something.")
    assert (error.retryable, error.reference) == (False, "abc23456")


async def test_what_may_pass_is_tried_again_under_the_same_id(script: Script, client: Client, waits: Waits) -> None:
    replies = iter([JSONResponse({**PROBLEM, "retryable": True}, 503), JSONResponse({"run_id": RUN, "position": 1})])

    async def answer(_: Request) -> Response:
        return next(replies)

    script.answers["POST /api/runs"] = answer
    assert await client.start("Build it") == RUN
    keys = [request.headers["idempotency-key"] for request in script.requests]
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert waits.seconds == [2.0]


async def test_each_command_has_its_route_and_an_id_of_its_own(script: Script, client: Client) -> None:
    done = {"run_id": RUN, "position": 1}
    base = f"/api/runs/{RUN}"
    routes = [
        f"POST {base}/pause",
        f"POST {base}/resume",
        f"POST {base}/cancel",
        f"POST {base}/notes",
        f"DELETE {base}",
    ]
    for route in routes:
        script.answer(route, done)
    await client.pause(RUN)
    await client.resume(RUN)
    await client.cancel(RUN)
    await client.note(RUN, "Use blue", step="developer")
    await client.delete(RUN)
    assert [f"{request.method} {request.url.path}" for request in script.requests] == routes
    assert len({request.headers["idempotency-key"] for request in script.requests}) == len(routes)
    assert await script.requests[3].json() == {"content": "Use blue", "step": "developer"}


async def test_the_list_is_read_page_by_page(script: Script, client: Client) -> None:
    summary = {
        **{key: view_at(20)[key] for key in ("run_id", "title", "team", "owner", "status", "outcome", "created_at")},
        "updated_at": "2026-11-20T09:30:02.000Z",
        "waiting": 0,
        "progress": 0.0,
        "steps": [],
    }
    script.answer("GET /api/runs", {"runs": [summary], "next": "older", "position": 20})
    page = await client.runs(search="pomodoro", limit=1)
    assert [run.run_id for run in page.runs] == [RUN]
    assert page.next == "older"
    assert dict(script.requests[0].query_params) == {"q": "pomodoro", "limit": "1"}


async def test_no_server_is_said_in_words(waits: Waits) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with Client(f"http://127.0.0.1:{port}", sleep=waits) as client:
        with pytest.raises(ClientError) as refused:
            await client.runs()
    assert refused.value.code == "unreachable"
    assert f"http://127.0.0.1:{port}" in refused.value.message
    assert len(waits.seconds) == 2


@pytest.mark.parametrize("body", [PlainTextResponse("<html>", 502), PlainTextResponse("ok"), JSONResponse([1])])
async def test_what_is_not_botarmy_is_said_in_words(script: Script, client: Client, body: Response) -> None:
    script.answer(f"GET /api/runs/{RUN}", body)
    with pytest.raises(ClientError) as refused:
        await client.run(RUN)
    assert refused.value.code == "unexpected_answer"


async def test_a_view_of_a_newer_server_is_refused_in_words(script: Script, client: Client) -> None:
    script.answer(f"GET /api/runs/{RUN}", {**view_at(20), "status": "hibernating"})
    with pytest.raises(ClientError) as refused:
        await client.run(RUN)
    assert refused.value.code == "newer_version"


@pytest.mark.parametrize("address", ["", "localhost:8000", "ftp://host", "http://"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ClientError) as refused:
        Client(address)
    assert refused.value.code == "bad_address"


# --- Files --------------------------------------------------------------------------------------------------------


def files(script: Script, contents: Sequence[tuple[str, bytes]], *, damaged: bool = False) -> None:
    listed = [
        {
            "path": path,
            "version": 1,
            "size": len(content),
            "media_type": "text/plain",
            "sha256": hashlib.sha256(content).hexdigest(),
            "step": None,
            "by": "Developer",
            "timestamp": "2026-11-20T09:30:00.000Z",
        }
        for path, content in contents
    ]
    script.answer(f"GET /api/runs/{RUN}/artifacts", {"artifacts": listed})
    for path, content in contents:
        body = b"other" if damaged else content
        script.answer(f"GET /api/runs/{RUN}/artifacts/{path}", Response(body))


def names_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


async def test_files_are_written_into_the_folder(script: Script, client: Client, tmp_path: Path) -> None:
    contents = [("README.md", b"# Hi"), ("app/größe & co #1.js", b"1"), ("empty.txt", b"")]
    files(script, contents)
    written = await client.download(RUN, tmp_path / "new")
    assert [path.relative_to(tmp_path / "new").as_posix() for path in written] == [path for path, _ in contents]
    assert [path.read_bytes() for path in written] == [content for _, content in contents]
    assert names_in(tmp_path / "new") == ["README.md", "app", "app/größe & co #1.js", "empty.txt"]


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "C:\\x", "a//b", "."])
async def test_a_name_that_leads_out_is_refused_before_anything_is_written(
    script: Script, client: Client, tmp_path: Path, path: str
) -> None:
    files(script, [("fine.txt", b"1"), (path, b"2")])
    with pytest.raises(ClientError) as refused:
        await client.download(RUN, tmp_path / "new")
    assert refused.value.code == "bad_path"
    assert not (tmp_path / "new").exists()


async def test_a_link_inside_the_folder_is_not_followed_out_of_it(
    script: Script, client: Client, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "new/app").symlink_to(tmp_path / "outside")
    files(script, [("app/deep/x.js", b"1")])
    with pytest.raises(ClientError) as refused:
        await client.download(RUN, tmp_path / "new")
    assert refused.value.code == "bad_path"
    assert names_in(tmp_path / "outside") == []


async def test_a_damaged_file_is_not_written(script: Script, client: Client, tmp_path: Path) -> None:
    files(script, [("a.txt", b"right")], damaged=True)
    with pytest.raises(ClientError) as refused:
        await client.download(RUN, tmp_path)
    assert refused.value.code == "damaged_file"
    assert names_in(tmp_path) == []


async def test_a_folder_that_cannot_be_written_is_said_in_words(script: Script, client: Client, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    files(script, [("a.txt", b"1")])
    with pytest.raises(ClientError) as refused:
        await client.download(RUN, tmp_path / "taken")
    assert refused.value.code == "cannot_write"
