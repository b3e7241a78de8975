"""All the event streams of a server: opened, served, and seen off at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import anyio
import structlog

from botarmy.delivery.visits import Visit
from botarmy.domain.users import User
from botarmy.gateway.standing import Present
from botarmy.gateway.stream import TOO_SLOW, Outlet, Shared, Stream, opened

FIRST_RETURN_MS: Final = 500
DRAINING_SECONDS: Final = 5.0
"""How long streams have to end by themselves."""

log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream that is ready to be served, once."""

    _streams: Streams
    _stream: Stream

    async def serve(self, outlet: Outlet) -> bool:
        """Until it is over; False where the outlet takes nothing more, and is to be cut off."""
        with self._streams.shared.metrics.connections.labels("sse").track_inprogress():
            return await self._streams.serve(self._stream, outlet)


class Streams:
    """Serves event streams over one feed. The feed has to be running (`Feed.run`)."""

    def __init__(self, shared: Shared) -> None:
        self.shared: Final = shared
        self._served: Final[dict[Stream, anyio.CancelScope]] = {}
        self._draining = False
        self._ended = anyio.Event()

    async def open(self, visit: Visit) -> Opened:
        """Raises DomainError `too_many_topics`, and StoreUnavailable."""
        return Opened(self, await opened(self.shared, visit))

    def standings(self) -> Iterator[Present]:
        return (stream.standing for stream in self._served)

    async def serve(self, stream: Stream, outlet: Outlet) -> bool:
        began = anyio.current_time()
        reason = "the client went away"
        with anyio.CancelScope() as scope:
            self._served[stream] = scope
            if self._draining:
                stream.drain(FIRST_RETURN_MS)
            try:
                reason = await stream.run(outlet)
            except ConnectionError:
                pass
            except Exception:
                reason = "internal error"
                log.exception("stream_failed", reference=self.shared.new_id().replace("-", ""))
            finally:
                del self._served[stream]
                self._ended.set()
                log.info(
                    "stream_closed",
                    reason=reason,
                    seconds=round(anyio.current_time() - began, 3),
                    topics=len(stream.standing.topics),
                    bytes_sent=stream.standing.bytes_sent,
                    address=stream.standing.address,
                    user_agent=stream.standing.user_agent,
                )
        return reason != TOO_SLOW and not scope.cancelled_caught

    def dismiss(self, unwelcome: Callable[[User], bool]) -> None:
        """End the streams of those who may not be here any more."""
        for stream in self._served:
            if unwelcome(stream.user):
                stream.dismiss()

    async def drain(self) -> None:
        """Ask all clients to come back later, spread over some time, and return when all streams are over."""
        self._draining = True
        spread, count = int(self.shared.limits.drain_seconds * 1000), len(self._served)
        for number, stream in enumerate(self._served):
            stream.drain(FIRST_RETURN_MS + spread * number // count)
        with anyio.move_on_after(DRAINING_SECONDS):
            await self._emptied()
        for scope in self._served.values():
            scope.cancel()
        await self._emptied()

    async def _emptied(self) -> None:
        while self._served:
            self._ended = anyio.Event()
            await self._ended.wait()
