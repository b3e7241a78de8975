"""Logs and metrics. Nothing happens on import: `configure` turns the log on, `Metrics` is an object to pass around.

A log line is an event name and fields: `log.info("run_started", run_id=…)`. What people wrote, and what agents write,
does not belong in it; the fields that would hold such text are reduced to their length, and secrets are taken out of
whatever is about to be written.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import threading
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Literal, TextIO, TypeAlias

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from structlog.stdlib import BoundLogger
from structlog.typing import Processor

from botarmy.redaction import Redactor

LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]
LogFormat: TypeAlias = Literal["auto", "console", "json"]

LINE_CHARACTERS: Final = 32 * 1024
"""A longer line is cut there."""
USER_TEXT: Final = frozenset({"answer", "brief", "content", "note", "prompt", "text", "thinking", "title"})
"""Fields of which only the length is written."""
METRICS_MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_QUIET: Final = (
    "alembic",
    "anthropic",
    "botocore",
    "google_genai",
    "groq",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "openai",
    "uvicorn",
    "websockets",
)
"""Loggers that write a line for each request, with its address: heard from warnings on."""
_REFERENCE_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without those that are taken for one another when read aloud."""


# --- Logs ---------------------------------------------------------------------------------------------------


def logger(name: str) -> BoundLogger:
    """A logger for a room, e.g. `logger("gateway")`."""
    bound: BoundLogger = structlog.stdlib.get_logger(name)
    return bound


def reference() -> str:
    """A short id that a person is shown and that finds the log line: log it as the field `reference`."""
    return "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(8))


def configure(
    level: LogLevel,
    format_: LogFormat,
    redact: Redactor,
    stream: TextIO | None = None,
) -> Callable[[], None]:
    """Send every log line of the process, those of libraries included, to one stream.

    Args:
        level: the least important lines that are written.
        format_: `auto` is `console` where the stream is a terminal, else `json` (one object a line).
        redact: keeps secrets out of every line, tracebacks included.
        stream: standard error where None.

    Returns:
        What undoes it.
    """
    stream = stream or sys.stderr
    console = format_ == "console" or (format_ == "auto" and stream.isatty())
    handler = _Lines(stream)
    handler.setFormatter(_formatter(console, stream.isatty(), redact))
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    return _route(handler, getattr(logging, level.upper()))


class _Lines(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name in the library
        """Python's own would print what could not be written, and where, to standard error: past the redactor."""
        fault = type(sys.exception()).__name__
        with suppress(OSError, ValueError):
            self.stream.write(json.dumps({"event": "line_not_written", "logger": record.name, "fault": fault}) + "\n")


def _route(handler: logging.Handler, level: int) -> Callable[[], None]:
    root = logging.getLogger()
    quiet = [logging.getLogger(name) for name in _QUIET]
    before = [(each, each.level) for each in (root, *quiet)]
    handlers, root.handlers = root.handlers, [handler]
    root.setLevel(level)
    for each in quiet:
        each.setLevel(max(level, logging.WARNING))
    logging.captureWarnings(True)
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    sys.excepthook, threading.excepthook, sys.unraisablehook = _crashed, _thread_crashed, _left

    def undo() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(False)
        root.handlers = handlers
        for each, its_level in before:
            each.setLevel(its_level)
        structlog.reset_defaults()

    return undo


# What Python would write to standard error by itself, past the log and what keeps secrets out of it.


def _crashed(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logger("process").critical("crashed", exc_info=(kind, error, traceback))


def _thread_crashed(crash: threading.ExceptHookArgs) -> None:
    name = crash.thread.name if crash.thread else None
    logger("process").error("thread_crashed", thread=name, exc_info=crash.exc_value or True)


def _left(left: sys.UnraisableHookArgs) -> None:
    logger("process").error("error_left_behind", detail=left.err_msg, exc_info=left.exc_value or True)


def _shared() -> list[Processor]:
    """What is done to every line, ours or a library's."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _measure_user_text,
    ]


def _formatter(console: bool, colors: bool, redact: Redactor) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_renderers(console, colors),
            lambda _logger, _method, line: _cut(str(line), redact),
        ],
    )


def _renderers(console: bool, colors: bool) -> Iterable[Processor]:
    if console:
        plain = structlog.dev.plain_traceback
        yield structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)
        return
    yield structlog.processors.format_exc_info
    yield structlog.processors.JSONRenderer(ensure_ascii=False)


def _measure_user_text(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in USER_TEXT & event.keys():
        if isinstance(event[name], str):
            event[name] = f"({len(event[name])} characters)"
    return event


def _cut(line: str, redact: Redactor) -> str:
    head = redact.head(line, LINE_CHARACTERS)
    return head if len(line) <= LINE_CHARACTERS else f"{head} …"


# --- Metrics ------------------------------------------------------------------------------------------------


class LimitMetrics:
    """What is asked of AI services, by the name of the key that is used."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, help_: str, *labels: str) -> Gauge:
            return Gauge(f"botarmy_llm_{name}", help_, ["key", *labels], registry=registry)

        self.limit: Final = gauge("limit", "What a minute may have.", "unit")
        self.used: Final = gauge("used", "What counts against the minute's limit.", "unit")
        self.left: Final = gauge("left", "What is left of the minute's limit.", "unit")
        self.in_flight: Final = gauge("in_flight", "Requests under way.")
        self.waiting: Final = gauge("waiting", "Requests that wait for their turn.")
        self.held_seconds: Final = gauge("held_seconds", "For how long the service wants no request.")
        self.wait_seconds: Final = Histogram(
            "botarmy_llm_wait_seconds",
            "How long requests waited that had to.",
            ["key"],
            buckets=(0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800),
            registry=registry,
        )
        self.retries: Final = Counter(
            "botarmy_llm_retries", "Requests made again after a failure.", ["key"], registry=registry
        )
        self.fallbacks: Final = Counter(
            "botarmy_llm_fallbacks", "Models that were given up, by what took over.", ["key", "to"], registry=registry
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Of the newest samples, in milliseconds; None where there are none."""

    count: int
    p50: float | None
    p95: float | None
    p99: float | None


class Window:
    """The newest samples of a duration: 2,000 at most, none older than a minute."""

    SAMPLES: Final = 2_000
    SECONDS: Final = 60.0

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now: Final = now
        self._samples: Final[deque[tuple[float, float]]] = deque(maxlen=self.SAMPLES)

    def add(self, seconds: float) -> None:
        self._samples.append((self._now(), seconds))

    def percentiles(self) -> Percentiles:
        since = self._now() - self.SECONDS
        some = sorted(seconds for at, seconds in self._samples if at >= since)
        p50, p95, p99 = (
            round(some[min(len(some) - 1, int(len(some) * part))] * 1000, 3) if some else None
            for part in (0.5, 0.95, 0.99)
        )
        return Percentiles(count=len(some), p50=p50, p95=p95, p99=p99)


class Committed:
    """When the newest positions were committed by this server: 4,096 commits back."""

    COMMITS: Final = 4_096

    def __init__(self) -> None:
        self._positions: Final[list[int]] = []
        self._times: Final[list[float]] = []

    def note(self, position: int) -> None:
        """Everything up to `position` is durable."""
        if self._positions and position <= self._positions[-1]:
            return
        self._positions.append(position)
        self._times.append(time.monotonic())
        if len(self._positions) > 2 * self.COMMITS:
            del self._positions[: self.COMMITS], self._times[: self.COMMITS]

    def since(self, after: int) -> float | None:
        """Seconds since what follows this position was committed; None where that is too long ago, or elsewhere."""
        at = bisect_right(self._positions, after)
        if at == len(self._positions) or (at == 0 and self._positions[0] > after + 1):
            return None
        return time.monotonic() - self._times[at]


class LiveMetrics:
    """How fast what is committed reaches clients, and how well they keep up."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.delivery_seconds: Final = Histogram(
            "botarmy_delivery_seconds",
            "From a commit until a WebSocket client's socket has taken what was committed.",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
            registry=registry,
        )
        self.lag_max: Final = Gauge(
            "botarmy_client_lag_max", "Positions that the last of the clients is behind.", registry=registry
        )
        self.lag_p99: Final = Gauge(
            "botarmy_client_lag_p99",
            "Positions that all but one in a hundred are behind at most.",
            registry=registry,
        )
        self.connected_share: Final = Gauge(
            "botarmy_connected_share", "Share of their time in which clients are connected.", registry=registry
        )
        self.bus_connected: Final = Gauge(
            "botarmy_bus_connected",
            "Whether other servers are told at once of what is new here.",
            registry=registry,
        )
        self.bus_connected.set(1)
        self.committed: Final = Committed()
        self.deliveries: Final = Window()
        self.commands: Final = Window()

    def delivered(self, after: int) -> None:
        """A client's socket has taken what follows this position."""
        seconds = self.committed.since(after)
        if seconds is not None:
            self.delivery_seconds.observe(seconds)
            self.deliveries.add(seconds)


class Metrics:
    """The figures of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry: Final = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=self.registry)
        self._models: Final[set[str]] = set()
        self.events: Final = Counter(
            "botarmy_events_appended", "Events written to the log.", ["type"], registry=self.registry
        )
        self.commits: Final = Counter(
            "botarmy_commits", "Commits that were asked for.", ["outcome"], registry=self.registry
        )
        self.commit_seconds: Final = Histogram(
            "botarmy_commit_seconds",
            "From asking for a commit until it is durable.",
            buckets=(0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.25, 1, 5),
            registry=self.registry,
        )
        self.jobs: Final = Gauge("botarmy_jobs", "Open jobs.", ["status"], registry=self.registry)
        self.connections: Final = Gauge(
            "botarmy_connections", "Connected clients.", ["transport"], registry=self.registry
        )
        self.model_tokens: Final = Counter(
            "botarmy_model_tokens", "Tokens that model calls took.", ["model", "kind"], registry=self.registry
        )
        self.model_cost: Final = Counter(
            "botarmy_model_cost_usd",
            "What model calls cost in US dollars, where the price is known.",
            ["model"],
            registry=self.registry,
        )
        self.llm: Final = LimitMetrics(self.registry)
        self.command_seconds: Final = Histogram(
            "botarmy_command_seconds",
            "From a command's arrival to its reply.",
            ["name", "outcome"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
            registry=self.registry,
        )

        self.live: Final = LiveMetrics(self.registry)

    def may_name(self, model: str, most: int) -> bool:
        """Whether a model has a label of its own; the first `most` have."""
        if len(self._models) < most:
            self._models.add(model)
        return model in self._models


def render_metrics(metrics: Metrics) -> bytes:
    """The figures in the text format of Prometheus (`METRICS_MEDIA_TYPE`)."""
    return generate_latest(metrics.registry)
