"""The client for programs that use asyncio."""

from __future__ import annotations

import asyncio
import hashlib
import random as chance
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote, urlsplit
from uuid import uuid4

from pydantic import TypeAdapter

from botarmy.client.conversation import Conversation
from botarmy.client.errors import ClientError, Json, read
from botarmy.client.files import place, read_file, write
from botarmy.client.items import RUN_TOPIC, Fact, Refused, Snapshot
from botarmy.client.line import Line, OnLink, Sleep
from botarmy.client.live import Live
from botarmy.client.requests import Random, Requests, of_run
from botarmy.domain.artifacts import FILE_BYTES
from botarmy.domain.attachments import ATTACHED_BYTES
from botarmy.domain.events import Decision, Event, RunStatus
from botarmy.domain.run import RUN_ENDED
from botarmy.domain.tokens import Token
from botarmy.domain.users import Role
from botarmy.domain.views import ArtifactView, JobView, RunSummary, RunView, WorkerView

_RUN_VIEW: Final = TypeAdapter(RunView)
_SUMMARIES: Final = TypeAdapter(tuple[RunSummary, ...])
_JOBS: Final = TypeAdapter(tuple[JobView, ...])
_WORKERS: Final = TypeAdapter(tuple[WorkerView, ...])
_OBJECTS: Final = TypeAdapter(tuple[Json, ...])
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


@dataclass(frozen=True, slots=True)
class JobList:
    """Jobs, newest first. `next` continues the list; None at its end."""

    jobs: tuple[JobView, ...]
    next: str | None


class Client:
    """Talks to one server.

    Args:
        base_url: as the server printed it, e.g. `http://127.0.0.1:8000`.
        token: proves who asks; None where the server wants no proof.
        random: a number from 0 up to 1, for the waits between attempts.
        sleep: waits for a number of seconds.

    Every method may raise ClientError; one with `unreachable` where no server answers. Methods that change something
    take a `command_id`: one of your own where your program may stop and ask again, since under one id a command takes
    effect once, for 7 days.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        random: Random = chance.random,
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
        self._requests: Final = Requests(address, token, direct=self._direct, random=random, sleep=sleep)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._requests.close()

    # --- Commands and reads -------------------------------------------------------------------------------------

    async def start(
        self,
        brief: str,
        title: str | None = None,
        team: str | None = None,
        options: Json | None = None,
        *,
        attach: Sequence[Path] = (),
        command_id: str | None = None,
    ) -> str:
        """Start a run and return its id. None leaves the choice to the server.

        Args:
            attach: text files, Markdown or PDFs whose text all agents are given.
        """
        attachments = [await self._text_of(file) for file in attach]
        body = _given(brief=brief, title=title, team=team, options=options, attachments=attachments or None)
        return str((await self._requests.command("POST", "/api/runs", body, command_id))["run_id"])

    async def _text_of(self, file: Path) -> Json:
        """What the server reads in a file."""
        content = await asyncio.to_thread(read_file, file, ATTACHED_BYTES)
        return await self._requests.json("POST", "/api/attachments", params={"name": file.name}, content=content)

    async def fork(
        self,
        run_id: str,
        step: str,
        brief: str | None = None,
        title: str | None = None,
        options: Json | None = None,
        *,
        command_id: str | None = None,
    ) -> str:
        """Run again from a step, in a new run that shares what was done before it; returns the new run's id.

        None leaves the brief, the title and the options as they were.
        """
        body = _given(step=step, brief=brief, title=title, options=options)
        return str((await self._requests.command("POST", of_run(run_id, "fork"), body, command_id))["run_id"])

    async def follow_up(
        self,
        run_id: str,
        brief: str,
        title: str | None = None,
        options: Json | None = None,
        *,
        command_id: str | None = None,
    ) -> str:
        """Have the same team change what an ended run built; returns the id of the new run."""
        body = _given(brief=brief, title=title, options=options)
        return str((await self._requests.command("POST", of_run(run_id, "follow-up"), body, command_id))["run_id"])

    async def pause(self, run_id: str, *, command_id: str | None = None) -> None:
        await self._requests.command("POST", of_run(run_id, "pause"), None, command_id)

    async def resume(self, run_id: str, *, command_id: str | None = None) -> None:
        await self._requests.command("POST", of_run(run_id, "resume"), None, command_id)

    async def cancel(self, run_id: str, *, command_id: str | None = None) -> None:
        await self._requests.command("POST", of_run(run_id, "cancel"), None, command_id)

    async def delete(self, run_id: str, *, command_id: str | None = None) -> None:
        """Its events and files go for ever."""
        await self._requests.command("DELETE", of_run(run_id), None, command_id)

    async def note(self, run_id: str, content: str, step: str | None = None, *, command_id: str | None = None) -> None:
        """Tell the team something, or the agent of one step."""
        await self._requests.command("POST", of_run(run_id, "notes"), _given(content=content, step=step), command_id)

    async def answer(
        self,
        run_id: str,
        request_id: str,
        decision: Decision,
        answer: str | None = None,
        *,
        subject: str | None = None,
        path: str | None = None,
        command_id: str | None = None,
    ) -> None:
        """Answer what is asked of a person. The first answer wins; the next is refused (`request_closed`).

        Args:
            request_id: of one of the run's `requests` that is open.
            decision: `respond` to a question; to an approval or a budget `approve`, `edit` or `reject`.
            subject: the request's: with it, nobody decides about something else than what was shown.
            path: which of the files that were shown the `answer` is the new text of, to `edit` an approval.
        """
        body = _given(decision=decision, answer=answer, subject=subject, path=path)
        await self._requests.command("POST", of_run(run_id, "requests", request_id), body, command_id)

    async def edit(
        self, run_id: str, path: str, content: str, *, rerun: bool = False, command_id: str | None = None
    ) -> None:
        """Write a new version of a text file; with `rerun`, what comes after its step is done again."""
        address = of_run(run_id, "artifacts", *path.split("/"))
        await self._requests.command("PUT", address, {"content": content, "rerun": rerun}, command_id)

    async def retry_step(self, run_id: str, step: str, *, command_id: str | None = None) -> None:
        await self._requests.command("POST", of_run(run_id, "steps", step, "retry"), None, command_id)

    async def skip_step(self, run_id: str, step: str, *, command_id: str | None = None) -> None:
        await self._requests.command("POST", of_run(run_id, "steps", step, "skip"), None, command_id)

    async def runs(
        self, *, status: str | None = None, search: str | None = None, before: str | None = None, limit: int = 50
    ) -> RunList:
        """A page of the list. `before` is the `next` of the page before; `limit` is at most 200."""
        given = _given(status=status, q=search, before=before, limit=limit)
        page = await self._requests.json("GET", "/api/runs", params=given)
        return RunList(read(_SUMMARIES, page.get("runs")), page.get("next"))

    async def run(self, run_id: str) -> RunView:
        return read(_RUN_VIEW, await self._requests.json("GET", of_run(run_id)))

    async def artifacts(self, run_id: str) -> tuple[ArtifactView, ...]:
        """The latest version of each path, sorted by path."""
        return read(_ARTIFACTS, (await self._requests.json("GET", of_run(run_id, "artifacts"))).get("artifacts"))

    async def audit(self, run_id: str) -> str:
        """Every decision and fact of the run, as lines of JSON that are chained by their hashes."""
        return (await self._requests.request("GET", of_run(run_id, "audit"))).text

    async def export(self, run_id: str, file: Path) -> None:
        """Write the whole run into a file that another server can import."""
        response = await self._requests.request("GET", of_run(run_id, "file"))
        await asyncio.to_thread(write, file.parent, file, response.content)

    async def import_run(self, file: Path, *, command_id: str | None = None) -> str:
        """Take in a run of another server, and return its id, which is the one that it had there. It is yours then."""
        content = await asyncio.to_thread(file.read_bytes)
        headers = {"idempotency-key": command_id or str(uuid4()), "content-type": "application/zip"}
        answer = await self._requests.json("POST", "/api/runs/import", content=content, headers=headers)
        return str(answer["run_id"])

    async def download(self, run_id: str, folder: Path) -> tuple[Path, ...]:
        """Write the run's files into `folder`, which is made where it is missing, and return where each is.

        A file appears whole or not at all. One whose name would lead out of the folder is refused (`bad_path`),
        and so is one that was damaged on the way (`damaged_file`).
        """
        artifacts = await self.artifacts(run_id)
        places = tuple(place(folder, artifact.path) for artifact in artifacts)
        for artifact, target in zip(artifacts, places, strict=True):
            address = f"{of_run(run_id, 'artifacts')}/{quote(artifact.path)}"
            response = await self._requests.request("GET", address, params={"version": artifact.version})
            if len(response.content) > FILE_BYTES or hashlib.sha256(response.content).hexdigest() != artifact.sha256:
                raise ClientError("damaged_file", f"“{artifact.path}” arrived damaged.", "Download it again.", True)
            await asyncio.to_thread(write, folder, target, response.content)
        return places

    # --- What the server is doing -------------------------------------------------------------------------------

    async def jobs(
        self,
        *,
        status: str | None = None,
        run_id: str | None = None,
        agent: str | None = None,
        error: str | None = None,
        search: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> JobList:
        """A page of the jobs of your runs. `before` is the `next` of the page before; `limit` is at most 200."""
        wanted = {"status": status, "run_id": run_id, "agent": agent, "error": error, "q": search}
        given = _given(**wanted, before=before, limit=limit)
        page = await self._requests.json("GET", "/api/jobs", params=given)
        return JobList(read(_JOBS, page.get("jobs")), page.get("next"))

    async def workers(self) -> tuple[WorkerView, ...]:
        """For admins, like `connections` and `stats`."""
        return read(_WORKERS, (await self._requests.json("GET", "/api/workers")).get("workers"))

    async def connections(self) -> tuple[Json, ...]:
        """Who is connected, newest first, as the server says it (see the HTTP reference)."""
        return read(_OBJECTS, (await self._requests.json("GET", "/api/connections")).get("connections"))

    async def stats(self) -> Json:
        """How fast the server is, as it says it (see the HTTP reference)."""
        return await self._requests.json("GET", "/api/stats")

    # --- Tokens, for admins -------------------------------------------------------------------------------------

    async def create_token(self, user: str, role: Role, expires_in: int | None = None) -> tuple[str, Token]:
        """The new token, which is never shown again, and what is known of it.

        Args:
            expires_in: seconds until it is valid no more; None: until it is revoked.
        """
        body = _given(user=user, role=role, expires_in=expires_in)
        issued = dict(await self._requests.json("POST", "/api/tokens", json=body))
        return str(issued.pop("token")), read(_TOKEN, issued)

    async def tokens(self) -> tuple[Token, ...]:
        """Oldest first, with those that have ended."""
        return read(_TOKENS, (await self._requests.json("GET", "/api/tokens")).get("tokens"))

    async def revoke_token(self, token_id: str) -> Token:
        """It is valid no more, and whoever is connected with it is disconnected within a second."""
        return read(_TOKEN, await self._requests.json("DELETE", f"/api/tokens/{quote(token_id, safe='')}"))

    # --- Following ----------------------------------------------------------------------------------------------

    async def follow(self, run_id: str, on_link: OnLink | None = None) -> AsyncGenerator[Moment, None]:
        """The run as it is, and again after each event, until it has ended. Survives what `watch` survives."""
        async with aclosing(self._until_its_end(run_id, on_link)) as told:
            async for one in told:
                if isinstance(one, Snapshot):
                    yield Moment(one.view, None)
                elif one.view is not None:
                    yield Moment(one.view, one.event)

    async def watch(self, run_id: str, on_link: OnLink | None = None) -> AsyncGenerator[Snapshot | Event, None]:
        """A snapshot, then every event after it in order, none missing and none repeated, until the run has ended.

        Disconnects are survived: it goes on where it was, or with a fresh snapshot. It tries for as long as it is
        iterated; `on_link` hears of each loss. Iterate quickly: who holds an item for two heartbeats is
        disconnected by the server, and goes on afterwards.
        """
        async with aclosing(self._until_its_end(run_id, on_link)) as told:
            async for one in told:
                yield one.event if isinstance(one, Fact) else one

    def live(self, *topics: str, on_link: OnLink | None = None) -> Live:
        """Topics (`runs`, `run:<id>`, `workers`, `jobs`, `log` …) and commands over one connection, while held."""
        conversation = self._conversation(*topics)
        return Live(self._line(conversation, on_link), conversation)

    async def _until_its_end(self, run_id: str, on_link: OnLink | None) -> AsyncGenerator[Snapshot | Fact, None]:
        conversation = self._conversation(f"{RUN_TOPIC}{run_id}")
        ended = False
        async with aclosing(self._line(conversation, on_link).frames()) as frames:
            async for frame in frames:
                for one in frame:
                    if isinstance(one, Refused):
                        raise one.error
                    if isinstance(one, Snapshot | Fact):
                        ended = _ends(one, ended)
                        yield one
                if ended:
                    return

    def _conversation(self, *topics: str) -> Conversation:
        return Conversation(topics, random=self._random, token=self._token)

    def _line(self, conversation: Conversation, on_link: OnLink | None) -> Line:
        tell = on_link or (lambda _: None)
        look = self._requests.reachable
        return Line(self._socket_url, conversation, direct=self._direct, sleep=self._sleep, look=look, tell=tell)


def _given(**fields: object) -> Json:
    """What was said; None is left to the server."""
    return {name: value for name, value in fields.items() if value is not None}


def _ends(told: Snapshot | Fact, before: bool) -> bool:
    """Whether the run has ended; one that has can be taken up again by the retry of a step."""
    if isinstance(told, Snapshot):
        return told.view.status in RUN_ENDED
    if told.event.type == RunStatus.TYPE:
        return getattr(told.event.metadata, "status", "") in RUN_ENDED
    return before
