"""A run at work, in a terminal: drawn anew as it changes, or line by line where nobody can see it move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from botarmy.cli.shown import Moment, Step, View
from botarmy.cli.terminal import printable, say

ICONS: Final = {
    "pending": ("○", "dim"),
    "queued": ("○", ""),
    "started": ("◉", "cyan"),
    "thinking": ("◉", "cyan"),
    "waiting": ("◍", "yellow"),
    "retrying": ("↻", "yellow"),
    "completed": ("✓", "green"),
    "error": ("✗", "red"),
    "skipped": ("–", "dim"),
    "cancelled": ("–", "dim"),
}
"""Sign and colour of a step's state; the word stands beside them."""
AT_WORK: Final = frozenset({"started", "thinking", "waiting", "retrying"})
TOLD: Final = frozenset({"run_status", "agent_status", "artifact", "request", "error", "note", "system"})
"""Events whose sentence makes a line."""
ANSWER: Final = "Answer in the browser, at the address above: the project waits until then."
LOST: Final = "Connection lost. Retrying..."
FRAMES_PER_SECOND: Final = 8


class Progress(Protocol):
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...
    def show(self, moment: Moment) -> None: ...
    def link(self, connected: bool) -> None: ...


def progress(console: Console, now: Callable[[], datetime]) -> Progress:
    return LiveProgress(console, now) if console.is_terminal and not console.is_dumb_terminal else PlainProgress()


class PlainProgress:
    """A line for each thing that happened."""

    def __init__(self) -> None:
        self._last: str | None = None
        self._lost = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, moment: Moment) -> None:
        event = moment.event
        if event is None:
            self._say_where_it_is(moment.view)
            return
        if event.type not in TOLD or not event.content.strip():
            return
        line = printable(event.content.strip())
        if event.agent_name is not None and event.agent_name not in line:
            line = f"{event.agent_name}: {line}"
        if line != self._last:
            say(line)
        self._last = line
        if event.type == "request" and any(request.status == "open" for request in moment.view.requests):
            say(ANSWER)

    def _say_where_it_is(self, view: View) -> None:
        """A snapshot holds what has happened already: nothing more may come of it for a long time."""
        for step in view.steps:
            if step.status in AT_WORK:
                say(f"{printable(step.agent_name)}: {printable(step.task or step.status)}")
        for request in [request for request in view.requests if request.status == "open"]:
            say(printable(request.prompt))
            say(ANSWER)

    def link(self, connected: bool) -> None:
        if connected != self._lost:
            return
        self._lost = not connected
        say("Connected again." if connected else LOST)


class LiveProgress:
    """The team, drawn in place."""

    def __init__(self, console: Console, now: Callable[[], datetime]) -> None:
        self._console: Final = console
        self._now: Final = now
        self._view: View | None = None
        self._connected = True
        self._live: Final = Live(
            console=console, get_renderable=self.drawn, refresh_per_second=FRAMES_PER_SECOND, vertical_overflow="crop"
        )

    def __enter__(self) -> Self:
        self._live.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, moment: Moment) -> None:
        self._view = moment.view

    def link(self, connected: bool) -> None:
        self._connected = connected

    def drawn(self) -> Group:
        view = self._view
        if view is None:
            return Group(Text("Starting …" if self._connected else LOST))
        table = Table.grid(padding=(0, 2))
        for step in view.steps:
            table.add_row(*self._row(step))
        rows: list[RenderableType] = [Text(printable(view.title), style="bold"), table]
        rows.append(Text(last_line(view), style="dim", no_wrap=True, overflow="ellipsis"))
        asked = [Text(f"? {printable(r.prompt)}", style="yellow") for r in view.requests if r.status == "open"]
        rows += [*asked, Text(ANSWER, style="yellow")] if asked else []
        if not self._connected:
            rows.append(Text(LOST, style="red"))
        return Group(*rows)

    def _row(self, step: Step) -> tuple[Text, ...]:
        icon, style = ICONS.get(step.status, ("·", ""))
        quiet = "dim" if step.status == "pending" else ""
        return (
            Text(icon, style=style),
            Text(printable(step.agent_name), style=quiet),
            Text(step.status, style=style),
            Text(seconds(step, self._now()), style="dim"),
            Text(printable(step.task or "") if step.ended_at is None else "", no_wrap=True, overflow="ellipsis"),
        )


def seconds(step: Step, now: datetime) -> str:
    """How long the step has worked, e.g. `12 s`; nothing where it has not begun."""
    if step.started_at is None:
        return ""
    end = now if step.ended_at is None else datetime.fromisoformat(step.ended_at)
    return duration((end - datetime.fromisoformat(step.started_at)).total_seconds())


def duration(total: float) -> str:
    whole = max(0, round(total))
    return f"{whole} s" if whole < 60 else f"{whole // 60} m {whole % 60:02d} s"


def last_line(view: View) -> str:
    """The end of what is being written at the moment; nothing where nobody writes."""
    writing = [message.text for step in view.steps for message in step.messages if message.finish is None]
    lines = writing[-1][-2_000:].strip().splitlines() if writing else []
    return printable(lines[-1])[-500:] if lines else ""


def utc_now() -> datetime:
    return datetime.now(UTC)
