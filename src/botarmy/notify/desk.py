"""From events to notices: what of the log concerns people who do not look, in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final, Protocol

from pydantic import TypeAdapter

from botarmy.domain.errors import DomainError
from botarmy.domain.events import Event, Request, RunStatus
from botarmy.domain.run import Run
from botarmy.domain.times import Timestamp, elapsed_ms, later
from botarmy.domain.views import RequestView, RunSummary
from botarmy.notify.notice import Notice
from botarmy.ports import RunPage
from botarmy.redaction import Redactor

TYPES: Final = frozenset({Request.TYPE, RunStatus.TYPE})
"""Of the events that may be worth a notice."""
UNDER_WAY: Final = ("waiting", "running", "paused")
PAGE: Final = 100
PROMPT_CHARACTERS: Final = 2_000
DAY: Final = 86_400.0
_ENDED: Final = {
    "completed": "is complete",
    "failed": "could not be finished",
    "cancelled": "was cancelled",
}
_SUMMARY: Final = TypeAdapter(RunSummary)


class Projects(Protocol):
    async def current(self, run_id: str) -> Run:
        """Raises DomainError `run_deleted`."""
        ...


class Lists(Protocol):
    """The part of `ports.Store` that is needed here."""

    async def runs(
        self, *, owner: str | None, limit: int, before: str | None = None, status: str | None = None
    ) -> RunPage: ...


class Desk:
    """Writes notices.

    Args:
        public_url: where people reach the server; None: notices lead nowhere.
        redact: knows what must not leave the server.
    """

    def __init__(self, projects: Projects, lists: Lists, public_url: str | None, redact: Redactor) -> None:
        self._projects: Final = projects
        self._lists: Final = lists
        self._public_url: Final = public_url.rstrip("/") if public_url else None
        self._redact: Final = redact

    async def notice(self, event: Event) -> Notice | None:
        """None where there is nothing to tell: not of this event, or not any more.

        Raises StoreUnavailable.
        """
        m = event.metadata
        if event.run_id is None or not isinstance(m, Request | RunStatus):
            return None
        run = await self._run(event.run_id)
        if run is None:
            return None
        if isinstance(m, RunStatus):
            return self._ended(run, event, m) if m.status in _ENDED else None
        request = next((one for one in run.view.requests if one.request_id == m.request_id), None)
        if m.status != "open" or request is None or request.status != "open" or request.opened_at != event.timestamp:
            return None
        return self._asked(run, request, event.id)

    async def reminders(self, since: Timestamp, now: Timestamp, first_after: float) -> AsyncIterator[Notice]:
        """For each open request the newest reminder that has become due after `since`.

        The first one is due `first_after` seconds after the request was opened, then one each day.
        """
        async for run in self._with_open_requests():
            for request in run.view.requests:
                number = _reminder(request.opened_at, since, now, first_after)
                if request.status == "open" and number:
                    yield self._again(run, request, number, now)

    async def _with_open_requests(self) -> AsyncIterator[Run]:
        for status in UNDER_WAY:
            before: str | None = None
            while True:
                page = await self._lists.runs(owner=None, limit=PAGE, before=before, status=status)
                for text in page.summaries:
                    summary = _SUMMARY.validate_json(text)
                    if summary.waiting and (run := await self._run(summary.run_id)) is not None:
                        yield run
                before = page.next
                if before is None:
                    break

    async def _run(self, run_id: str) -> Run | None:
        try:
            return await self._projects.current(run_id)
        except DomainError:
            return None

    # --- Words -----------------------------------------------------------------------------------------------

    def _asked(self, run: Run, request: RequestView, event_id: str) -> Notice:
        return Notice(
            notice_id=event_id,
            kind="request.opened",
            timestamp=request.opened_at,
            headline=f"{self._title(run)} needs you: {_what(run, request)}",
            lines=(self._prompt(request),),
            url=self._url(run),
            run=self._run_of(run),
            request=self._request_of(run, request),
        )

    def _again(self, run: Run, request: RequestView, number: int, now: Timestamp) -> Notice:
        hours = elapsed_ms(request.opened_at, now) / 3_600_000
        age = f"{round(hours / 24)} days" if hours >= 47.5 else f"{max(1, round(hours))} hours"
        age = "1 hour" if age == "1 hours" else age
        return Notice(
            notice_id=f"{request.request_id}.reminder.{number}",
            kind="request.reminder",
            timestamp=now,
            headline=f"{self._title(run)} still needs you, for {age} now: {_what(run, request)}",
            lines=(self._prompt(request), "It waits until somebody answers: nothing is decided by time."),
            url=self._url(run),
            run=self._run_of(run),
            request={**self._request_of(run, request), "open_for_hours": round(hours, 2)},
        )

    def _ended(self, run: Run, event: Event, m: RunStatus) -> Notice:
        partly = ", in part: not every agent could finish" if m.outcome == "partial" else ""
        ended = {**self._run_of(run), "status": m.status, "outcome": m.outcome}
        return Notice(
            notice_id=event.id,
            kind="run.ended",
            timestamp=event.timestamp,
            headline=f"{self._title(run)} {_ENDED[m.status]}{partly}",
            url=self._url(run),
            run=ended,
        )

    def _title(self, run: Run) -> str:
        return f"“{self._redact.content(run.view.title)}”"

    def _prompt(self, request: RequestView) -> str:
        """Cleared before it is cut: no half of a secret is left."""
        prompt = self._redact.content(request.prompt)
        return prompt if len(prompt) <= PROMPT_CHARACTERS else f"{prompt[: PROMPT_CHARACTERS - 1]}…"

    def _url(self, run: Run) -> str | None:
        return None if self._public_url is None else f"{self._public_url}/projects/{run.view.run_id}"

    def _run_of(self, run: Run) -> dict[str, Any]:
        view = run.view
        return {
            "run_id": view.run_id,
            "title": self._redact.content(view.title),
            "team": view.team,
            "owner": view.owner,
            "status": view.status,
            "outcome": view.outcome,
        }

    def _request_of(self, run: Run, request: RequestView) -> dict[str, Any]:
        return {
            "request_id": request.request_id,
            "kind": request.kind,
            "step": request.step,
            "agent_name": _asker(run, request),
            "prompt": self._prompt(request),
            "options": [self._redact.content(option) for option in request.options],
            "opened_at": request.opened_at,
        }


def _what(run: Run, request: RequestView) -> str:
    asker = _asker(run, request)
    of = f" of {asker}" if asker else ""
    words = {"question": f"a question{of}", "approval": f"an approval{of}", "budget": "a budget is used up"}
    return words[request.kind]


def _asker(run: Run, request: RequestView) -> str | None:
    return next((step.agent_name for step in run.view.steps if step.step == request.step), None)


def _reminder(opened_at: Timestamp, since: Timestamp, now: Timestamp, first_after: float) -> int:
    """The number of the newest reminder that is due, from 1; 0 where none has become due after `since`."""
    overdue = elapsed_ms(opened_at, now) / 1000 - first_after
    if overdue < 0:
        return 0
    number = int(overdue // DAY) + 1
    return number if later(opened_at, first_after + (number - 1) * DAY) > since else 0
