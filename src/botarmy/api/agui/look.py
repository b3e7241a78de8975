"""One AG-UI run: what was asked is carried out, and the log is followed from there to where the project stops.

Loads the AG-UI library: import where the first request is served.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from ag_ui.core import BaseEvent, RunAgentInput, RunStartedEvent
from pydantic import ValidationError

from botarmy import telemetry
from botarmy.api.agui import asked as a
from botarmy.api.agui.translation import Translation, refusal
from botarmy.api.parts import Parts
from botarmy.domain.codec import decode_wire
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Event
from botarmy.domain.run import Run
from botarmy.domain.users import User
from botarmy.ports import StoreUnavailable
from botarmy.service.asking import in_words

PAGE: Final = 500
"""How many events are read from the log at once."""
LOOK_SECONDS: Final = 0.5
"""How long a lost hint, a revoked token or the server's end can go unnoticed."""
IDLE_SECONDS: Final = 10.0
"""After so long without an event the stream says that it is alive."""

log = telemetry.logger("agui")


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of the stream: an event, with the place from which a client goes on after it."""

    event: BaseEvent
    position: int


def read_input(body: bytes) -> RunAgentInput:
    """Raises DomainError `bad_json` or `bad_arguments`."""
    try:
        asked = RunAgentInput.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        if fault["type"] == "json_invalid":
            raise DomainError("bad_json") from None
        raise DomainError("bad_arguments", what=in_words(fault["type"], fault["loc"])) from None
    if not (0 < len(asked.thread_id) <= 200 and 0 < len(asked.run_id) <= 200):
        raise DomainError("bad_arguments", what="“threadId” or “runId” does not have the right form")
    return asked


@dataclass(frozen=True, slots=True)
class Look:
    """Serves one request. `after`: the cursor from which a client that was cut off goes on; None where it begins."""

    parts: Parts
    user: User
    asked: RunAgentInput
    after: int | None

    async def stream(self) -> AsyncGenerator[Told | None, None]:
        """What to send; None where there was nothing to say for a while. A refusal is an event too."""
        try:
            run = await self._begun()
        except (DomainError, StoreUnavailable) as error:
            yield Told(RunStartedEvent(thread_id=self.asked.thread_id, run_id=self.asked.run_id), 0)
            yield Told(self._refused(error), 0)
            return
        async with aclosing(self._followed(run)) as pieces:
            async for piece in pieces:
                yield piece

    # --- What is asked ---------------------------------------------------------------------------------------

    async def _begun(self) -> Run:
        """Carry out what is asked; returns the project as it stands where the stream begins."""
        run_id = await self._project()
        if run_id is None:
            run_id = a.run_id_of(self.user.name, self.asked.thread_id)
            position = await self._start(run_id)
        else:
            run = await self.parts.service.run(self.user, run_id)
            position = self.after if self.after is not None else await self._go_on(run)
        return await self._at(run_id, position)

    async def _project(self) -> str | None:
        """The thread's project: one that it started, or the one that it names. None where there is none yet."""
        for run_id in (a.run_id_of(self.user.name, self.asked.thread_id), self.asked.thread_id):
            if self.user.may_see(await self.parts.store.owner(run_id)):
                return run_id
        return None

    async def _start(self, run_id: str) -> int:
        message = a.said_last(self.asked)
        if message is None:
            raise DomainError("empty_brief")
        return await self._command(a.start(self.asked, message), run_id)

    async def _go_on(self, run: Run) -> int:
        """Answer, resume, or tell the team something; what was done before under the same ids is not done again."""
        commands = []
        if self.asked.resume or run.status == "paused" or run.view.status == "waiting":
            commands = a.answers(self.asked, run.view.run_id, run.view.requests, run.status == "paused")
        elif (message := a.said_last(self.asked)) is not None and not a.is_known(message, run.view):
            commands = [a.note(self.asked, run.view.run_id, message)]
        position = run.view.position
        for command in commands:
            position = max(position, await self._command(command))
        return position

    async def _command(self, command: a.Command, run_id: str | None = None) -> int:
        reply = await self.parts.service.command(self.user, command.id, command.name, command.args, run_id=run_id)
        return reply.position

    async def _at(self, run_id: str, position: int) -> Run:
        """The project at a position, or at its beginning where that was later. Raises DomainError `run_deleted`."""
        run = await self.parts.service.run_at(run_id, position)
        if run is None and (first := await self.parts.store.read(0, 1, run_id=run_id)):
            run = await self.parts.service.run_at(run_id, first[0].position)
        if run is None:
            raise DomainError("run_deleted")
        return run

    # --- What follows ----------------------------------------------------------------------------------------

    async def _followed(self, run: Run) -> AsyncGenerator[Told | None, None]:
        translation = Translation(self.asked.thread_id, self.asked.run_id, run)
        position = run.view.position
        for told in _all(translation.opening(), position):
            yield told
        try:
            async with aclosing(self._pages(run.view.run_id, position)) as pages:
                while not translation.is_over:
                    page = await anext(pages)
                    for event in page:
                        position = event.position
                        for told in _all(translation.told(event), position):
                            self._check_welcome()
                            yield told
                    if not page:
                        yield None
        except (DomainError, StoreUnavailable) as error:
            yield Told(self._refused(error), position)
            return
        for told in _all(translation.ending(), position):
            yield told

    async def _pages(self, run_id: str, position: int) -> AsyncGenerator[list[Event], None]:
        """The project's events from a position on, as they come; an empty page after `IDLE_SECONDS` without any.

        Raises DomainError `draining` when the server goes, `not_signed_in` when the user may not be here any more,
        and StoreUnavailable.
        """
        loop, changed = asyncio.get_running_loop(), asyncio.Event()
        stop = self.parts.feed.listen(changed.set)
        said = loop.time()
        try:
            while True:
                changed.clear()
                self._check_welcome()
                page, position = await self._page(run_id, position)
                if page or loop.time() - said >= IDLE_SECONDS:
                    said = loop.time()
                    yield page
                elif self.parts.draining():
                    raise DomainError("draining")
                else:
                    await _first_of(changed, LOOK_SECONDS)
        finally:
            stop()

    def _check_welcome(self) -> None:
        """Raises DomainError `not_signed_in` once the token that proved who this is holds no more."""
        if self.parts.door.has_closed_on(self.user):
            raise DomainError("not_signed_in")

    async def _page(self, run_id: str, position: int) -> tuple[list[Event], int]:
        """Some of what follows a position, and how far that reaches: from memory, else from the log."""
        recent, head = self.parts.feed.recent(position), self.parts.feed.head
        if recent is not None:
            return [decode_wire(entry.wire) for entry in recent.entries if entry.run_id == run_id], recent.to
        entries = await self.parts.store.read(position, PAGE, run_id=run_id)
        reached = entries[-1].position if entries else position
        return [entry.event() for entry in entries], reached if len(entries) == PAGE else max(reached, head)

    def _refused(self, error: DomainError | StoreUnavailable) -> BaseEvent:
        if isinstance(error, DomainError):
            return refusal(error)
        log.error("storage_unavailable", reference=telemetry.reference(), exc_info=error)
        return refusal(DomainError("storage_unavailable"))


def _all(events: Iterable[BaseEvent], position: int) -> Iterable[Told]:
    return (Told(event, position) for event in events)


async def _first_of(changed: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        return
