"""The client for programs without asyncio: the same methods, each of which waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine, Generator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from botarmy.client.client import Client, JobList, Moment, RunList
from botarmy.client.errors import Json
from botarmy.client.items import Snapshot
from botarmy.client.line import OnLink
from botarmy.client.synclive import SyncLive
from botarmy.domain.events import Decision, Event
from botarmy.domain.views import ArtifactView, RunView, WorkerView

T = TypeVar("T")


class SyncClient:
    """A Client whose event loop runs in a thread of its own. Use it in a `with` block, or call `close` at the end.

    Arguments, results and errors are those of Client. `on_link` is called in that other thread. Threads may share it.
    """

    def __init__(self, base_url: str, token: str | None = None) -> None:
        self._client: Final = Client(base_url, token)
        self._loop: Final = asyncio.new_event_loop()
        self._thread: Final = threading.Thread(target=self._loop.run_forever, name="botarmy-client", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Whatever is still under way is cancelled. A second time does nothing."""
        if self.closed:
            return
        self.wait(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def closed(self) -> bool:
        return self._loop.is_closed()

    def start(
        self,
        brief: str,
        title: str | None = None,
        team: str | None = None,
        options: Json | None = None,
        *,
        attach: Sequence[Path] = (),
        command_id: str | None = None,
    ) -> str:
        return self.wait(self._client.start(brief, title, team, options, attach=attach, command_id=command_id))

    def fork(
        self,
        run_id: str,
        step: str,
        brief: str | None = None,
        title: str | None = None,
        options: Json | None = None,
        *,
        command_id: str | None = None,
    ) -> str:
        return self.wait(self._client.fork(run_id, step, brief, title, options, command_id=command_id))

    def follow_up(
        self,
        run_id: str,
        brief: str,
        title: str | None = None,
        options: Json | None = None,
        *,
        command_id: str | None = None,
    ) -> str:
        return self.wait(self._client.follow_up(run_id, brief, title, options, command_id=command_id))

    def pause(self, run_id: str, *, command_id: str | None = None) -> None:
        self.wait(self._client.pause(run_id, command_id=command_id))

    def resume(self, run_id: str, *, command_id: str | None = None) -> None:
        self.wait(self._client.resume(run_id, command_id=command_id))

    def cancel(self, run_id: str, *, command_id: str | None = None) -> None:
        self.wait(self._client.cancel(run_id, command_id=command_id))

    def delete(self, run_id: str, *, command_id: str | None = None) -> None:
        self.wait(self._client.delete(run_id, command_id=command_id))

    def note(self, run_id: str, content: str, step: str | None = None, *, command_id: str | None = None) -> None:
        self.wait(self._client.note(run_id, content, step, command_id=command_id))

    def answer(
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
        said = self._client.answer(
            run_id, request_id, decision, answer, subject=subject, path=path, command_id=command_id
        )
        self.wait(said)

    def edit(self, run_id: str, path: str, content: str, *, rerun: bool = False, command_id: str | None = None) -> None:
        self.wait(self._client.edit(run_id, path, content, rerun=rerun, command_id=command_id))

    def retry_step(self, run_id: str, step: str, *, command_id: str | None = None) -> None:
        self.wait(self._client.retry_step(run_id, step, command_id=command_id))

    def skip_step(self, run_id: str, step: str, *, command_id: str | None = None) -> None:
        self.wait(self._client.skip_step(run_id, step, command_id=command_id))

    def runs(
        self, *, status: str | None = None, search: str | None = None, before: str | None = None, limit: int = 50
    ) -> RunList:
        return self.wait(self._client.runs(status=status, search=search, before=before, limit=limit))

    def run(self, run_id: str) -> RunView:
        return self.wait(self._client.run(run_id))

    def export(self, run_id: str, file: Path) -> None:
        self.wait(self._client.export(run_id, file))

    def import_run(self, file: Path, *, command_id: str | None = None) -> str:
        return self.wait(self._client.import_run(file, command_id=command_id))

    def audit(self, run_id: str) -> str:
        return self.wait(self._client.audit(run_id))

    def jobs(
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
        asked = self._client.jobs(
            status=status, run_id=run_id, agent=agent, error=error, search=search, before=before, limit=limit
        )
        return self.wait(asked)

    def workers(self) -> tuple[WorkerView, ...]:
        return self.wait(self._client.workers())

    def connections(self) -> tuple[Json, ...]:
        return self.wait(self._client.connections())

    def stats(self) -> Json:
        return self.wait(self._client.stats())

    def artifacts(self, run_id: str) -> tuple[ArtifactView, ...]:
        return self.wait(self._client.artifacts(run_id))

    def download(self, run_id: str, folder: Path) -> tuple[Path, ...]:
        return self.wait(self._client.download(run_id, folder))

    def follow(self, run_id: str, on_link: OnLink | None = None) -> Generator[Moment, None, None]:
        return self._each(self._client.follow(run_id, on_link))

    def watch(self, run_id: str, on_link: OnLink | None = None) -> Generator[Snapshot | Event, None, None]:
        return self._each(self._client.watch(run_id, on_link))

    def live(self, *topics: str, on_link: OnLink | None = None) -> SyncLive:
        return SyncLive(self._client.live(*topics, on_link=on_link), self)

    def _each(self, items: AsyncGenerator[T, None]) -> Generator[T, None, None]:
        try:
            while (item := self.wait(_next(items))) is not None:
                yield item
        finally:
            if not self.closed:
                self.wait(items.aclose())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Until it is done in the other thread. Ctrl-C while it waits stops the work too."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except CancelledError:
            raise RuntimeError("the client was closed while it waited") from None
        except BaseException:
            future.cancel()
            raise

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._client.__aexit__()


async def _next(items: AsyncGenerator[T, None]) -> T | None:
    """None at the end."""
    return await anext(items, None)
