"""Many topics and commands over one connection, which comes back by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.websockets import WebSocket

from botarmy.client import Client, ClientError, Refused, Snapshot
from botarmy.client.live import ITEMS_KEPT, ITEMS_MOST
from botarmy.domain.events import Event
from tests.client.scripted import LAST, RUN, STORY, TOPIC, Script, events, snapshot, view_at, welcome

PROBLEM = {"code": "run_ended", "message": "It is over.", "action": "Start another.", "retryable": False}


def about(*topics: str, position: int = 20, resumed: bool = False) -> dict[str, Any]:
    return {**welcome(position, resumed=resumed), "topics": list(topics)}


def notes(start: int, count: int) -> dict[str, Any]:
    """So many events after `start`, one after another."""
    each = [{**STORY[2], "position": start + n, "version": start + n} for n in range(1, count + 1)]
    return {"type": "events", "from": start, "to": start + count, "events": each}


async def reply_to(ws: WebSocket, **more: Any) -> dict[str, Any]:
    """Answers the next command, and returns it."""
    frame: dict[str, Any] = {}
    while frame.get("type") != "command":
        frame = await ws.receive_json()
    await ws.send_json({"type": "reply", "id": frame["id"], "ok": True, "result": {}, "position": 20} | more)
    return frame


async def until_gone(ws: WebSocket) -> None:
    async for _ in ws.iter_json():
        pass


async def test_topics_bring_their_snapshots_and_then_events_in_the_order_of_the_log(
    script: Script, client: Client
) -> None:
    empty = {"type": "snapshot", "topic": "runs", "position": 20, "data": {"runs": []}}
    script.then(about(TOPIC, "runs"), snapshot(20), empty, events(20, LAST))
    async with client.live(TOPIC, "runs") as live:
        items = [await anext(live) for _ in range(7)]
        assert [item.topic for item in items[:2] if isinstance(item, Snapshot)] == [TOPIC, "runs"]
        assert [item.position for item in items[2:] if isinstance(item, Event)] == [30, 40, 50, 60, 70]
        assert live.runs[RUN].status == "completed"
        with pytest.raises(TypeError):
            _ = items[1].view if isinstance(items[1], Snapshot) else None


async def test_after_a_disconnect_it_resumes_all_of_them_at_one_cursor(script: Script, client: Client) -> None:
    empty = {"type": "snapshot", "topic": "runs", "position": 20, "data": {"runs": []}}
    script.then(about(TOPIC, "runs"), snapshot(20), empty, events(20, 35))
    script.then(about(TOPIC, "runs", position=35, resumed=True), events(35, LAST))
    async with client.live(TOPIC, "runs") as live:
        for _ in range(7):
            await anext(live)
    assert script.hellos[1]["topics"] == [TOPIC, "runs"]
    assert script.hellos[1]["resume"] == {"epoch": "E1", "position": 35}


async def test_a_command_returns_its_result_while_nobody_iterates(script: Script, client: Client) -> None:
    async def talk(ws: WebSocket, _: dict[str, Any]) -> None:
        await ws.send_json(about())
        sent = await reply_to(ws, result={"run_id": "r9"})
        assert (sent["id"], sent["name"], sent["args"]) == ("mine", "start_run", {"brief": "Build it"})
        await until_gone(ws)

    script.talks.append(talk)
    async with client.live() as live:
        assert await live.command("start_run", {"brief": "Build it"}, "mine") == {"run_id": "r9"}
        assert live.status == "connected"


async def test_a_command_that_is_refused_raises_the_servers_words(script: Script, client: Client) -> None:
    async def talk(ws: WebSocket, _: dict[str, Any]) -> None:
        await ws.send_json(about())
        await reply_to(ws, ok=False, error=PROBLEM)
        await reply_to(ws)
        await until_gone(ws)

    script.talks.append(talk)
    async with client.live() as live:
        with pytest.raises(ClientError, match="It is over"):
            await live.command("pause_run", {"run_id": RUN})
        await live.command("pause_run", {"run_id": RUN})


async def test_a_command_whose_reply_was_lost_is_sent_again_under_its_id(script: Script, client: Client) -> None:
    sent: list[str] = []

    async def lost(ws: WebSocket, _: dict[str, Any]) -> None:
        await ws.send_json(about())
        sent.append((await ws.receive_json())["id"])
        await ws.close(1012)

    async def found(ws: WebSocket, _: dict[str, Any]) -> None:
        await ws.send_json(about())
        sent.append((await reply_to(ws))["id"])
        await until_gone(ws)

    script.talks += [lost, found]
    async with client.live() as live:
        await live.command("pause_run", {"run_id": RUN})
    assert len(set(sent)) == 1
    assert len(sent) == 2


async def test_topics_are_followed_and_left_on_the_same_connection(script: Script, client: Client) -> None:
    asked: list[dict[str, Any]] = []

    async def talk(ws: WebSocket, _: dict[str, Any]) -> None:
        await ws.send_json(about())
        asked.append(await ws.receive_json())
        await ws.send_json({"type": "subscribed", "id": asked[0]["id"], "topics": [TOPIC], "position": 20})
        await ws.send_json(snapshot(20))
        async for frame in ws.iter_json():
            if frame["type"] == "unsubscribe":
                asked.append(frame)
                await ws.close(1012)
                return

    script.talks.append(talk)
    script.then(about(), close=4501)
    async with client.live() as live:
        await live.follow(TOPIC)
        assert isinstance(await anext(live), Snapshot)
        assert set(live.runs) == {RUN}
        await live.unfollow(TOPIC)
        assert set(live.runs) == set()
        with pytest.raises(ClientError):
            await anext(live)
    assert [(frame["type"], frame["topics"]) for frame in asked] == [("subscribe", [TOPIC]), ("unsubscribe", [TOPIC])]


async def test_a_topic_that_there_is_not_is_told_and_the_others_go_on(script: Script, client: Client) -> None:
    refusal = {"type": "error", "id": None, "topic": "run:nobody", "error": PROBLEM}
    script.then(about(TOPIC), refusal, snapshot(20), events(20, LAST))
    async with client.live(TOPIC, "run:nobody") as live:
        first, second = await anext(live), await anext(live)
    assert isinstance(first, Refused)
    assert first.topic == "run:nobody"
    assert isinstance(second, Snapshot)


async def test_a_final_refusal_ends_the_iteration_and_the_commands_in_words(script: Script, client: Client) -> None:
    script.then(close=4501)
    async with client.live() as live:
        with pytest.raises(ClientError, match="token"):
            await live.command("pause_run", {"run_id": RUN})
        with pytest.raises(ClientError, match="token"):
            await anext(live)
        assert live.status == "error"


async def test_leaving_ends_what_waits(script: Script, client: Client) -> None:
    async def talk(ws: WebSocket, _: dict[str, Any]) -> None:
        await ws.send_json(about())
        await until_gone(ws)

    script.talks.append(talk)
    live = client.live()
    async with live, asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(anext_or_none(live))
        await asyncio.sleep(0)
        tasks.create_task(live.__aexit__())
    assert waiting.result() is None


async def anext_or_none(live: Any) -> Any:
    return await anext(live, None)


async def test_a_slow_program_is_not_read_ahead_of_without_bound(script: Script, client: Client) -> None:
    frames = [notes(20 + 500 * n, 500) for n in range(6)]
    sent = asyncio.Event()

    async def talk(ws: WebSocket, _: dict[str, Any]) -> None:
        for frame in (about(TOPIC), snapshot(20), *frames):
            await ws.send_json(frame)
        sent.set()
        await until_gone(ws)

    script.talks.append(talk)
    async with client.live(TOPIC) as live:
        assert isinstance(await anext(live), Snapshot)
        await sent.wait()
        for _ in range(2_000):
            await asyncio.sleep(0)
        assert live.runs[RUN].position <= 20 + ITEMS_KEPT + 500
        items = [await anext(live) for _ in range(3_000)]
    assert [item.position for item in items if isinstance(item, Event)] == list(range(21, 3_021))


async def test_a_program_that_waits_for_a_reply_is_not_kept_waiting_by_what_it_has_not_read(
    script: Script, client: Client
) -> None:
    async def talk(ws: WebSocket, _: dict[str, Any]) -> None:
        await ws.send_json(about("log"))
        await ws.send_json({**snapshot(20), "topic": "log", "data": {}})
        await ws.send_json(notes(20, 3 * ITEMS_KEPT))
        await reply_to(ws)
        await until_gone(ws)

    script.talks.append(talk)
    async with client.live("log") as live:
        await live.command("pause_run", {"run_id": RUN})


async def test_a_program_that_waits_for_a_reply_behind_too_much_is_told(script: Script, client: Client) -> None:
    async def talk(ws: WebSocket, _: dict[str, Any]) -> None:
        await ws.send_json(about("log"))
        await ws.send_json({**snapshot(20), "topic": "log", "data": {}})
        frame: dict[str, Any] = {}
        while frame.get("type") != "command":
            frame = await ws.receive_json()
        await ws.send_json(notes(20, ITEMS_MOST + 1))
        await until_gone(ws)

    script.talks.append(talk)
    async with client.live("log") as live:
        with pytest.raises(ClientError) as overrun:
            await live.command("pause_run", {"run_id": RUN})
        assert overrun.value.code == "overrun"


async def test_a_status_says_how_it_stands(script: Script, client: Client) -> None:
    script.then(about(TOPIC, position=LAST), {**snapshot(LAST), "data": view_at(LAST)})
    live = client.live(TOPIC)
    assert live.status == "connecting"
    async with live:
        await anext(live)
        assert live.status in ("connected", "lost")
