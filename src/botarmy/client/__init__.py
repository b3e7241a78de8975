"""The Python client: start runs, steer them, follow them live over any disconnect, and fetch what they made.

async with Client("http://127.0.0.1:8000") as client:
    run_id = await client.start("A pomodoro timer for teams")
    async for moment in client.follow(run_id):
        print(moment.view.status)
    await client.download(run_id, Path("pomodoro"))
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random as chance
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeAlias
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx2
from pydantic import TypeAdapter
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from botarmy.client.connection import Talk, after_loss
from botarmy.client.cursor import Contradiction, Cursor, Item, Snapshot
from botarmy.client.errors import ClientError, Json, problem, read
from botarmy.client.files import place, write
from botarmy.domain.artifacts import FILE_BYTES
from botarmy.domain.events import Event
from botarmy.domain.fold import evolve
from botarmy.domain.run import Run
from botarmy.domain.tokens import Token
from botarmy.domain.users import Role
from botarmy.domain.views import ArtifactView, RunSummary, RunView

__all__ = ["Client", "ClientError", "Moment", "RunList", "Snapshot"]

ATTEMPTS: Final = 3
"""How often a request is made that fails in a way that may pass. A command has an id, and takes effect once."""
TIMEOUT: Final = httpx2.Timeout(30, connect=5)
SUBPROTOCOL: Final = Subprotocol("botarmy.v1")
FRAME_BYTES: Final = 128 * 1024 * 1024
"""Of a snapshot, the largest frame there is."""
HELD_SECONDS: Final = 10.0
"""A connection that lasted this long was a good one: the next wait is short again."""

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
OnLink: TypeAlias = Callable[[bool], None]
"""Is told True when the connection stands, False when it was lost and is tried again."""

_RUN_VIEW: Final = TypeAdapter(RunView)
_SUMMARIES: Final = TypeAdapter(tuple[RunSummary, ...])
_TOKEN: Final = TypeAdapter(Token)
_TOKENS: Final = TypeAdapter(tuple[Token, ...])
_ARTIFACTS: Final = TypeAdapter(tuple[ArtifactView, ...])


@dataclass(frozen=True, slots=True)
class Moment:
    """The run after `event`; None where it was read as a whole, at the start and after a long disconnect."""

    view: RunView
    event: Event | None


@dataclass(frozen=True, slots=True)
class RunList:
    """Runs, newest first. `next` continues the list; None at its end."""

    runs: tuple[RunSummary, ...]
    next: str | None


class Client:
    """Talks to one server.

    Args:
        base_url: as the server printed it, e.g. `http://127.0.0.1:8000`.
        token: proves who asks; None where the server wants no proof.
        random: a number from 0 up to 1, for the waits between attempts.
        sleep: waits for a number of seconds.

    Every method may raise ClientError; one with `unreachable` where no server answers.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        random: Callable[[], float] = chance.random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        address = urlsplit(base_url.rstrip("/"))
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ClientError("bad_address", f"“{base_url}” is not an address.", "Use one like http://127.0.0.1:8000.")
        self._token: Final = token
        self._random: Final = random
        self._sleep: Final = sleep
        self._socket_url: Final = address._replace(scheme=address.scheme.replace("http", "ws")).geturl() + "/ws"
        self._direct: Final = address.hostname in ("127.0.0.1", "localhost", "::1")
        """No proxy stands between a machine and itself."""
        self._http: Final = httpx2.AsyncClient(
            base_url=address.geturl(),
            headers={} if token is None else {"authorization": f"Bearer {token}"},
            timeout=TIMEOUT,
            trust_env=not self._direct,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    # --- Commands and reads -------------------------------------------------------------------------------------

    async def start(
        self, brief: str, title: str | None = None, team: str | None = None, options: Json | None = None
    ) -> str:
        """Start a run and return its id. None leaves the choice to the server."""
        given = {"brief": brief, "title": title, "team": team, "options": options}
        body = {name: value for name, value in given.items() if value is not None}
        return str((await self._command("POST", "/api/runs", body))["run_id"])

    async def pause(self, run_id: str) -> None:
        await self._command("POST", f"{_run(run_id)}/pause")

    async def resume(self, run_id: str) -> None:
        await self._command("POST", f"{_run(run_id)}/resume")

    async def cancel(self, run_id: str) -> None:
        await self._command("POST", f"{_run(run_id)}/cancel")

    async def delete(self, run_id: str) -> None:
        """Its events and files go for ever."""
        await self._command("DELETE", _run(run_id))

    async def note(self, run_id: str, content: str, step: str | None = None) -> None:
        """Tell the team something, or the agent of one step."""
        body = {"content": content} if step is None else {"content": content, "step": step}
        await self._command("POST", f"{_run(run_id)}/notes", body)

    async def answer(
        self, run_id: str, request_id: str, decision: str, answer: str | None = None, *, subject: str | None = None
    ) -> None:
        """Answer what a run asks. With the `subject` that was shown, an answer to something else is refused."""
        body: Json = {"decision": decision, "answer": answer, "subject": subject}
        await self._command("POST", f"{_run(run_id)}/requests/{quote(request_id, safe='')}", body)

    async def runs(
        self, *, status: str | None = None, search: str | None = None, before: str | None = None, limit: int = 50
    ) -> RunList:
        """A page of the list. `before` is the `next` of the page before; `limit` is at most 200."""
        given = {"status": status, "q": search, "before": before, "limit": limit}
        page = await self._json("GET", "/api/runs", params={k: v for k, v in given.items() if v is not None})
        return RunList(read(_SUMMARIES, page.get("runs")), page.get("next"))

    async def run(self, run_id: str) -> RunView:
        return read(_RUN_VIEW, await self._json("GET", _run(run_id)))

    async def artifacts(self, run_id: str) -> tuple[ArtifactView, ...]:
        """The latest version of each path, sorted by path."""
        return read(_ARTIFACTS, (await self._json("GET", f"{_run(run_id)}/artifacts")).get("artifacts"))

    async def download(self, run_id: str, folder: Path) -> tuple[Path, ...]:
        """Write the run's files into `folder`, which is made where it is missing, and return where each is.

        A file appears whole or not at all. One whose name would lead out of the folder is refused (`bad_path`),
        and so is one that was damaged on the way (`damaged_file`).
        """
        artifacts = await self.artifacts(run_id)
        places = tuple(place(folder, artifact.path) for artifact in artifacts)
        for artifact, target in zip(artifacts, places, strict=True):
            address = f"{_run(run_id)}/artifacts/{quote(artifact.path)}"
            response = await self._request("GET", address, params={"version": artifact.version})
            if len(response.content) > FILE_BYTES or hashlib.sha256(response.content).hexdigest() != artifact.sha256:
                raise ClientError("damaged_file", f"“{artifact.path}” arrived damaged.", "Download it again.", True)
            await asyncio.to_thread(write, folder, target, response.content)
        return places

    # --- Tokens, for admins -------------------------------------------------------------------------------------

    async def create_token(self, user: str, role: Role, expires_in: int | None = None) -> tuple[str, Token]:
        """The new token, which is never shown again, and what is known of it.

        Args:
            expires_in: seconds until it is valid no more; None: until it is revoked.
        """
        given = {"user": user, "role": role, "expires_in": expires_in}
        body = {name: value for name, value in given.items() if value is not None}
        issued = dict(await self._json("POST", "/api/tokens", json=body))
        return str(issued.pop("token")), read(_TOKEN, issued)

    async def tokens(self) -> tuple[Token, ...]:
        """Oldest first, with those that have ended."""
        return read(_TOKENS, (await self._json("GET", "/api/tokens")).get("tokens"))

    async def revoke_token(self, token_id: str) -> Token:
        """It is valid no more, and whoever is connected with it is disconnected within a second."""
        return read(_TOKEN, await self._json("DELETE", f"/api/tokens/{quote(token_id, safe='')}"))

    # --- Following ----------------------------------------------------------------------------------------------

    async def follow(self, run_id: str, on_link: OnLink | None = None) -> AsyncGenerator[Moment, None]:
        """The run as it is, and again after each event, until it has ended. Survives what `watch` survives."""
        run: Run | None = None
        async with aclosing(self.watch(run_id, on_link)) as items:
            async for item in items:
                run = _held(item.view) if isinstance(item, Snapshot) else evolve(run, item)
                if run is not None:
                    yield Moment(run.view, None if isinstance(item, Snapshot) else item)

    async def watch(self, run_id: str, on_link: OnLink | None = None) -> AsyncGenerator[Item, None]:
        """A snapshot, then every event after it in order, none missing and none repeated, until the run has ended.

        Disconnects are survived: it goes on where it was, or with a fresh snapshot. It tries for as long as it is
        iterated; `on_link` hears of each loss. Iterate quickly: who holds an item for two heartbeats is
        disconnected by the server, and goes on afterwards.
        """
        tell = on_link or (lambda _: None)
        cursor = Cursor(f"run:{run_id}", uuid4().hex)
        failures = 0
        cancelled = _cancellations()
        while not cursor.ended:
            begun = time.monotonic()
            try:
                async with aclosing(self._connected(cursor, tell)) as items:
                    async for item in items:
                        yield item
            except (Contradiction, ConnectionClosed, InvalidHandshake, OSError, TimeoutError) as error:
                if _cancellations() > cancelled:  # closing the socket failed on the way out: still on the way out
                    raise asyncio.CancelledError from error
                tell(False)
                after_loss(cursor, error)
                held = cursor.welcomed and time.monotonic() - begun >= HELD_SECONDS
                failures = 0 if held or cursor.drain_seconds is not None else failures + 1
                await self._sleep(self._wait(cursor.drain_seconds, failures))

    async def _connected(self, cursor: Cursor, tell: OnLink) -> AsyncGenerator[Item, None]:
        """What one connection brings. Ends with the run; else raises why the connection is over."""
        async with connect(
            self._socket_url,
            subprotocols=[SUBPROTOCOL],
            compression=None,
            proxy=None if self._direct else True,
            ping_interval=None,
            close_timeout=1,
            max_size=FRAME_BYTES,
        ) as socket:
            await socket.send(json.dumps(cursor.hello(self._token)))
            talk = Talk(socket)
            while not cursor.ended:
                frame = await talk.hear(cursor)
                for item in cursor.read(frame):
                    yield item
                if frame.get("type") == "welcome":
                    talk.heartbeat_seconds = max(0.1, float(frame["heartbeat_seconds"]))
                    tell(True)

    def _wait(self, announced: float | None, failures: int) -> float:
        """Seconds: exponential with full jitter between 0.5 and 20, or what a draining server asked for."""
        if announced is not None:
            return announced + self._random() / 2
        return 0.5 + self._random() * (min(20.0, 0.5 * float(2 ** min(failures + 1, 16))) - 0.5)

    # --- HTTP ---------------------------------------------------------------------------------------------------

    async def _command(self, method: str, path: str, body: Json | None = None) -> Json:
        return await self._json(method, path, json=body, headers={"idempotency-key": str(uuid4())})

    async def _json(self, method: str, path: str, **arguments: Any) -> Json:
        response = await self._request(method, path, **arguments)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self._not_botarmy()
        return answer

    async def _request(self, method: str, path: str, **arguments: Any) -> httpx2.Response:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = await self._http.request(method, path, **arguments)
            except httpx2.TransportError:
                failure = ClientError(
                    "unreachable", f"No server answers at {self._http.base_url}.", "Check that it runs.", True
                )
            else:
                if response.is_success:
                    return response
                failure = self._refusal(response)
            if not failure.retryable or attempt == ATTEMPTS:
                raise failure
            await self._sleep(self._wait(None, attempt))
        raise AssertionError("unreachable")

    def _refusal(self, response: httpx2.Response) -> ClientError:
        try:
            return problem(response.json())
        except (ValueError, AttributeError, KeyError):
            return self._not_botarmy()

    def _not_botarmy(self) -> ClientError:
        return ClientError(
            "unexpected_answer", f"What answers at {self._http.base_url} is not BotArmy.", "Check the address."
        )


def _held(view: RunView) -> Run:
    """The state that goes on from a view; what only the server needs to know is left out."""
    status = "running" if view.status == "waiting" else view.status
    return Run(view=view, status=status, plan=(), definition=None, listed_at=view.updated_at)


def _run(run_id: str) -> str:
    return f"/api/runs/{quote(run_id, safe='')}"


def _cancellations() -> int:
    """How often the current task was asked to stop."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()
