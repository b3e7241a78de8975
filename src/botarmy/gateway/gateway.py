"""The gateway: serves connections, and sees them off at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

import anyio
import structlog

from botarmy.delivery.feed import Feed
from botarmy.delivery.needs import Commands, ReadableLog, Runs
from botarmy.delivery.snapshots import Snapshots
from botarmy.domain.users import User
from botarmy.gateway.fanout import Fanout
from botarmy.gateway.figures import Figures
from botarmy.gateway.limits import Limits
from botarmy.gateway.parts import Parts
from botarmy.gateway.protocol import Close, Code
from botarmy.gateway.session import TOO_MANY, Session
from botarmy.gateway.standing import Standing
from botarmy.gateway.transport import Transport, UserForToken
from botarmy.ports import Clock, LimitState, NewId
from botarmy.telemetry import Metrics

FIRST_RETURN_MS: Final = 500
CLOSING_SECONDS: Final = 2.0
"""How long the closing handshake of one connection may take."""
DRAINING_SECONDS: Final = 5.0
"""How long sessions have to end by themselves."""

log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger(__name__)


class Service(Commands, Runs, Protocol):
    """What the gateway asks of the service."""


class Gateway:
    """Serves WebSocket connections over one feed. The feed has to be running (`Feed.run`)."""

    def __init__(
        self,
        store: ReadableLog,
        feed: Feed,
        service: Service,
        clock: Clock,
        new_id: NewId,
        limits: Limits | None = None,
        metrics: Metrics | None = None,
        rate_limits: Callable[[], Mapping[str, LimitState]] = dict,
    ) -> None:
        self._limits: Final = limits or Limits()
        metrics = metrics or Metrics()
        self.figures: Final = Figures(store, feed, clock, metrics, self._standings, rate_limits)
        self._parts: Final = Parts(
            store=store,
            feed=feed,
            fanout=Fanout(feed, self._limits),
            snapshots=Snapshots(store, feed, service, self.figures),
            commands=service,
            clock=clock,
            new_id=new_id,
            limits=self._limits,
            metrics=metrics,
            watching=self.figures.watching,
            came=lambda client_id: self.figures.attendance.came(client_id, anyio.current_time()),
            admits=self._admits,
        )
        self._sessions: Final[dict[Session, None]] = {}
        self._by_address: Final = Counter[str]()
        self._by_user: Final = Counter[str]()
        """Connections that have said who they are."""
        self._draining = False
        self._empty = anyio.Event()

    async def serve(self, transport: Transport, user_for_token: UserForToken, address: str, user_agent: str) -> None:
        """Serve a connection, its handshake being done, until it is over and closed. Raises nothing but cancellation.

        Args:
            user_for_token: who it is, asked once with the hello's token.
            address: of the peer, for the log.
            user_agent: of the peer, for the log; shortened.
        """
        began = anyio.current_time()
        if self._by_address[address] >= self._limits.connections_per_address:
            log.warning("connection_refused", address=address, reason=TOO_MANY.reason)
            await self._close(transport, TOO_MANY)
            return
        session = Session(self._parts, transport, user_for_token, address, user_agent)
        self._sessions[session] = None
        self._by_address[address] += 1
        try:
            if self._draining:
                session.drain(FIRST_RETURN_MS)
            ending = await self._run(session)
            if ending is not None:
                await self._close(transport, ending)
            log.info(
                "connection_closed",
                code=ending and int(ending.code),
                reason=ending.reason if ending else "the client went away",
                seconds=round(anyio.current_time() - began, 3),
                topics=len(session.standing.topics),
                bytes_sent=session.standing.bytes_sent,
                address=address,
                user_agent=session.standing.user_agent,
            )
        finally:
            del self._sessions[session]
            _one_less(self._by_address, address)
            if session.standing.user is not None:
                _one_less(self._by_user, session.standing.user)
            if session.standing.client_id is not None:
                self.figures.attendance.left(session.standing.client_id, anyio.current_time())
            if not self._sessions:
                self._empty.set()

    def _standings(self) -> Iterator[Standing]:
        return (session.standing for session in self._sessions)

    def _admits(self, user: str) -> bool:
        self._by_user[user] += 1
        return self._by_user[user] <= self._limits.connections_per_user

    @property
    def draining(self) -> bool:
        return self._draining

    async def drain(self) -> None:
        """Ask all clients to come back later, spread over some time, and return when all connections are closed."""
        self._draining = True
        if self._parts.fanout.head < self._parts.feed.head:
            await anyio.sleep(self._limits.pause_seconds)
        spread = int(self._limits.drain_seconds * 1000)
        count = len(self._sessions)
        for number, session in enumerate(self._sessions):
            session.drain(FIRST_RETURN_MS + spread * number // count)
        with anyio.move_on_after(DRAINING_SECONDS):
            await self._emptied()
        for session in list(self._sessions):
            session.abort()
        await self._emptied()

    def dismiss(self, unwelcome: Callable[[User], bool]) -> None:
        """End the connections of those who may not be here any more."""
        for session in self._sessions:
            session.dismiss_if(unwelcome)

    async def _emptied(self) -> None:
        while self._sessions:
            self._empty = anyio.Event()
            await self._empty.wait()

    async def _run(self, session: Session) -> Close | None:
        try:
            return await session.run()
        except Exception:
            log.exception("session_failed", reference=self._parts.new_id().replace("-", ""))
            return Close(Code.INTERNAL, "internal error")

    async def _close(self, transport: Transport, ending: Close) -> None:
        with anyio.move_on_after(CLOSING_SECONDS):
            await transport.close(ending.code, ending.reason)


def _one_less(counts: Counter[str], name: str) -> None:
    counts[name] -= 1
    if not counts[name]:
        del counts[name]
