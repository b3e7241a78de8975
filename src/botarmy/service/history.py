"""What a run's view does not hold any more: earlier versions of files, and older messages. Read from the log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from botarmy.domain.audit import Chain
from botarmy.domain.errors import DomainError
from botarmy.domain.events import AgentResponse, ArtifactWritten, Event
from botarmy.domain.fold import artifact_view, message_order, message_view
from botarmy.domain.views import ArtifactView, PastMessageView
from botarmy.ports import LogEntry, Store

PAGE: Final = 1_000


class History:
    def __init__(self, store: Store) -> None:
        self._store: Final = store

    async def artifact(self, run_id: str, path: str, version: int) -> ArtifactView | None:
        """A file in an earlier version; None where there is none."""
        async for entry in self._entries(run_id, ArtifactWritten.TYPE):
            event = entry.event()
            m = event.metadata
            if isinstance(m, ArtifactWritten) and (m.path, m.version) == (path, version):
                return artifact_view(event, m)
        return None

    async def artifacts(self, run_id: str) -> AsyncIterator[Event]:
        """Every version of every file, in the order of their writing."""
        async for entry in self._entries(run_id, ArtifactWritten.TYPE):
            yield entry.event()

    async def audit(self, run_id: str, position: int) -> AsyncIterator[str]:
        """The lines of the run's audit up to a position, without line ends."""
        chain, after = Chain(run_id), 0
        yield chain.head()
        while entries := await self._store.read(after, PAGE, run_id=run_id, up_to=position):
            for line in chain.tell(entry.event() for entry in entries):
                yield line
            after = entries[-1].position
        yield chain.end()

    async def messages(self, run_id: str, before: str | None, limit: int) -> list[PastMessageView]:
        """Ended messages, oldest first: the last `limit` before the message `before`; None: of all.

        Raises:
            DomainError: `bad_arguments` where `before` is no ended message of the run.
        """
        messages = [
            PastMessageView(step=event.metadata.step, **vars(message_view(event, event.metadata)))
            async for entry in self._entries(run_id, AgentResponse.TYPE)
            if isinstance((event := entry.event()).metadata, AgentResponse)
        ]
        messages.sort(key=message_order)
        end = len(messages)
        if before is not None:
            places = [place for place, message in enumerate(messages) if message.message_id == before]
            if not places:
                raise DomainError("bad_arguments", what="“before” is no message of this project")
            end = places[0]
        return messages[max(0, end - limit) : end]

    async def _entries(self, run_id: str, type_: str) -> AsyncIterator[LogEntry]:
        position = 0
        while entries := await self._store.read(position, PAGE, run_id=run_id):
            for entry in entries:
                if entry.type == type_:
                    yield entry
            position = entries[-1].position
