"""People at a server who decide, over HTTP or a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final, Protocol, TypeAlias
from uuid import uuid4

import pytest

from botarmy.client import Client
from botarmy.domain.views import RunView
from tests.acceptance.people import Person, Talk, somebody
from tests.acceptance.servers import ServerProcess

NOTES: Final = "docs/writer.md"
"""What the demo's writer leaves."""
Json: TypeAlias = dict[str, Any]
BOTH: Final = pytest.mark.parametrize("transport", ["http", "websocket"])


class Desk(Protocol):
    """Somebody at a server, over one transport."""

    async def command(self, name: str, **args: object) -> Json:
        """`{"ok": true, …}`, or `{"ok": false, "error": {…}}`."""
        ...


class ByHttp:
    def __init__(self, person: Person) -> None:
        self._person = person

    async def command(self, name: str, **args: object) -> Json:
        run = f"/api/runs/{args.pop('run_id')}"
        if name == "answer_request":
            how = ("POST", f"{run}/requests/{args.pop('request_id')}")
        elif name == "edit_artifact":
            how = ("PUT", f"{run}/artifacts/{args.pop('path')}")
        else:
            how = ("POST", f"{run}/{name.partition('_')[0]}")
        answer = await asyncio.to_thread(self._person.asks, *how, json=args or None)
        body = answer.json()
        if answer.is_success:
            return {"ok": True, **body}
        assert answer.headers["content-type"] == "application/problem+json"
        return {"ok": False, "error": body}


class BySocket:
    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    async def command(self, name: str, **args: object) -> Json:
        await self._talk.say({"type": "command", "id": str(uuid4()), "name": name, "args": args})
        return await self._talk.hear("reply")


class Room:
    """A server that asks who one is, with two people at it who may decide about the same project."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.anna = somebody(server, "anna", "member")
        self.root = somebody(server, "root", "admin")

    def starts(self, team: str = "gated", **options: object) -> str:
        body = {"brief": "A text about bees", "team": team, "options": options}
        return str(self.anna.asks("POST", "/api/runs", json=body).json()["run_id"])

    def view(self, run_id: str) -> Json:
        view: Json = self.anna.asks("GET", f"/api/runs/{run_id}").json()
        return view

    def text(self, run_id: str, path: str = NOTES) -> str:
        return self.anna.asks("GET", f"/api/runs/{run_id}/artifacts/{path}").text

    async def until(self, run_id: str, holds: Callable[[RunView], object]) -> Json:
        async with (
            asyncio.timeout(30),
            Client(self.server.url, token=self.anna.token) as client,
            aclosing(client.follow(run_id)) as moments,
        ):
            async for moment in moments:
                if holds(moment.view):
                    break
        return self.view(run_id)

    async def asked(self, run_id: str, round_: int = 1) -> Json:
        view = await self.until(run_id, lambda view: view.status == "waiting")
        request: Json
        (request,) = [one for one in view["requests"] if one["status"] == "open"]
        assert request["gate"]["round"] == round_
        return request

    async def ended(self, run_id: str) -> Json:
        return await self.until(run_id, lambda view: view.ended_at)

    @asynccontextmanager
    async def desk(self, transport: str, person: Person | None = None) -> AsyncIterator[Desk]:
        person = person or self.anna
        if transport == "http":
            yield ByHttp(person)
            return
        async with person.connected() as talk:
            yield BySocket(talk)


def answer(run_id: str, request: Json, decision: str, words: str | None = None, **more: object) -> Json:
    said = {} if words is None else {"answer": words}
    named = {"run_id": run_id, "request_id": request["request_id"], "subject": request["subject"]}
    return {**named, "decision": decision, **said, **more}
