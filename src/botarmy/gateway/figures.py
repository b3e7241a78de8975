"""Live figures: who is connected and how far behind, and how fast the server is. Nothing here is in the log."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import anyio
from pydantic import TypeAdapter

from botarmy.delivery.feed import Feed
from botarmy.delivery.needs import ReadableLog
from botarmy.domain.times import Timestamp, later
from botarmy.gateway.attendance import Attendance
from botarmy.gateway.standing import Present
from botarmy.gateway.watching import Watching
from botarmy.ports import Clock, LimitState
from botarmy.telemetry import Metrics, Percentiles

CONNECTIONS_LISTED: Final = 1_000
"""The newest; more than a person reads."""
RATE_SECONDS: Final = 10.0
"""Over how long events are counted for their rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionView:
    client_id: str | None
    """None before its hello."""
    user: str | None
    address: str
    user_agent: str
    topics: Sequence[str]
    since: Timestamp
    last_seen: Timestamp
    lag: int
    """The log's head minus what the client has acknowledged."""
    bytes_sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    max: int
    p99: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When a worker that is there was last heard of; to a few seconds."""

    worker_id: str
    last_seen: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    jobs: Mapping[str, int]
    events_per_second: float
    connections: int
    lag: Lag
    connected_share: float | None
    delivery_ms: Percentiles
    command_ms: Percentiles
    seen: Sequence[Seen]
    rate_limits: Mapping[str, LimitState]


_CONNECTIONS: Final = TypeAdapter(dict[str, list[ConnectionView]])
_STATS: Final = TypeAdapter(Stats)


class Figures:
    """What `delivery.needs.Figures` asks for, from the gateway's connections and the measures of this server."""

    def __init__(
        self,
        store: ReadableLog,
        feed: Feed,
        clock: Clock,
        metrics: Metrics,
        served: Callable[[], Iterable[Present]],
        rate_limits: Callable[[], Mapping[str, LimitState]],
    ) -> None:
        self._store: Final = store
        self._feed: Final = feed
        self._clock: Final = clock
        self._metrics: Final = metrics
        self._sources: Final = [served]
        self._rate_limits: Final = rate_limits
        self._heads: Final[deque[tuple[float, int]]] = deque(maxlen=1_000)
        self.attendance: Final = Attendance()
        self.watching: Final = Watching()
        feed.listen(self._on_advance)

    def also(self, served: Callable[[], Iterable[Present]]) -> None:
        """These are connections too."""
        self._sources.append(served)

    def _served(self) -> Iterator[Present]:
        return (one for served in self._sources for one in served())

    async def connections(self) -> str:
        now, head = self._clock.now(), self._feed.head
        served = list(self._served())
        newest = sorted(served, key=lambda one: one.since)[: -CONNECTIONS_LISTED - 1 : -1]
        return _CONNECTIONS.dump_json({"connections": [_view(one, now, head) for one in newest]}).decode()

    async def stats(self) -> str:
        """Raises StoreUnavailable."""
        lag = self.lag()
        stats = Stats(
            jobs=await self._store.open_jobs(),
            events_per_second=self._rate(),
            connections=sum(1 for _ in self._served()),
            lag=lag,
            connected_share=self.attendance.share(anyio.current_time()),
            delivery_ms=self._metrics.live.deliveries.percentiles(),
            command_ms=self._metrics.live.commands.percentiles(),
            seen=[Seen(worker_id=name, last_seen=at) for name, at in (await self._store.workers_seen()).items()],
            rate_limits=self._rate_limits(),
        )
        return _STATS.dump_json(stats).decode()

    def watchers(self, run_id: str) -> str:
        return self.watching.text(run_id)

    def lag(self) -> Lag:
        lags = sorted(max(0, self._feed.head - one.acked) for one in self._served() if one.acked is not None)
        return Lag(max=lags[-1], p99=lags[int(len(lags) * 0.99)]) if lags else Lag(max=0, p99=0)

    def show(self) -> None:
        """Set the gauges that are figured out when somebody looks."""
        lag = self.lag()
        self._metrics.live.lag_max.set(lag.max)
        self._metrics.live.lag_p99.set(lag.p99)
        share = self.attendance.share(anyio.current_time())
        self._metrics.live.connected_share.set(1 if share is None else share)

    def _on_advance(self) -> None:
        now = anyio.current_time()
        if not self._heads or now - self._heads[-1][0] >= RATE_SECONDS / 500:
            self._heads.append((now, self._feed.head))

    def _rate(self) -> float:
        """Events a second, from how far the head came: the last 10 seconds, as the noted moments allow."""
        since = anyio.current_time() - RATE_SECONDS
        before = [head for at, head in self._heads if at <= since]
        recent = [head for at, head in self._heads if at > since]
        if not recent:
            return 0.0
        start = before[-1] if before else recent[0]
        return round((self._feed.head - start) / RATE_SECONDS, 1)


def _view(one: Present, now: Timestamp, head: int) -> ConnectionView:
    return ConnectionView(
        client_id=one.client_id,
        user=one.user,
        address=one.address,
        user_agent=one.user_agent,
        topics=one.topics,
        since=one.since,
        last_seen=later(now, -one.silent_for),
        lag=0 if one.acked is None else max(0, head - one.acked),
        bytes_sent=one.bytes_sent,
    )
