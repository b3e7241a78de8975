"""The audit of a run: every decision and every fact of its log, one JSON line each, chained by SHA-256.

A line holds the hash of the one before it, and its own; the last line says how many there were. So a line that is
changed, put in, left out or cut off at the end shows. The same log gives the same lines.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from botarmy.domain import events as e
from botarmy.domain.errors import DomainError

FORMAT: Final = "botarmy-audit"
FORMAT_VERSION: Final = 1
BEGINNING: Final = "0" * 64
"""What stands for the hash of the line before the first."""
END: Final = "end"
DETAIL_CHARACTERS: Final = 500
LINE_CHARACTERS: Final = 64 * 1024
_STEP_WORDS: Final = {"queued": "step retried", "pending": "step run again"}
_STEPS: Final = frozenset({"started", "completed", "error", "skipped", "cancelled"})


class Chain:
    """Makes lines of facts, each tied to the one before."""

    def __init__(self, run_id: str) -> None:
        self._run_id: Final = run_id
        self._previous = BEGINNING
        self._lines = 0
        self._shared = False

    def head(self) -> str:
        return self._line({"format": FORMAT, "format_version": FORMAT_VERSION, "run_id": self._run_id})

    def tell(self, events: Iterable[e.Event]) -> Iterator[str]:
        """The lines of these events; most events have none."""
        for event in events:
            fact = fact_of(event)
            if isinstance(event.metadata, e.RunCreated):
                self._shared = event.metadata.forked_from is not None
            elif isinstance(event.metadata, e.RunStatus):
                self._shared = False
            if fact is not None:
                yield self._line({**fact, "shared": True} if self._shared else fact)

    def end(self) -> str:
        return self._line({"what": END, "lines": self._lines})

    def _line(self, fields: Mapping[str, Any]) -> str:
        body = {**fields, "previous": self._previous}
        self._previous = _hash(body)
        self._lines += 1
        return _text({**body, "sha256": self._previous})


def fact_of(event: e.Event) -> dict[str, Any] | None:
    """What the audit says of an event; None where it says nothing."""
    told = _told(event)
    if told is None:
        return None
    who, what, subject, step = told
    fact: dict[str, Any] = {
        "position": event.position,
        "version": event.version,
        "time": event.timestamp,
        "who": who,
        "what": what,
        "step": step,
        "subject": subject,
        "detail": event.content[:DETAIL_CHARACTERS],
    }
    if isinstance(event.metadata, e.RunCreated) and event.metadata.attachments:
        attached = event.metadata.attachments
        fact["attachments"] = [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in attached]
    replaced = event.metadata.shown if isinstance(event.metadata, e.ArtifactWritten) else None
    return fact if replaced is None else {**fact, "shown": replaced}


def verify(lines: Iterable[str]) -> int:
    """How many lines there are, the head and the end included.

    Raises:
        DomainError: `audit_broken`, with the first line that is not as it was written and why.
    """
    previous, count, ended = BEGINNING, 0, False
    for count, line in enumerate(lines, 1):
        if ended:
            raise _broken(count, "something stands after the end")
        fields = _read(line, count)
        claimed = fields.pop("sha256")
        if fields.get("previous") != previous:
            raise _broken(count, "a line before it is missing, or this one was put in")
        if _hash(fields) != claimed or _text({**fields, "sha256": claimed}) != line.rstrip("\r\n"):
            raise _broken(count, "it was changed")
        if count == 1 and (fields.get("format"), fields.get("format_version")) != (FORMAT, FORMAT_VERSION):
            raise _broken(count, "this is no audit, or one of another version")
        previous = claimed
        ended = fields.get("what") == END
    if not ended:
        raise _broken(count + 1, "the end is missing")
    return count


def _told(event: e.Event) -> tuple[str | None, str, str | None, str | None] | None:
    """Who, what, the hash of what it is about, and in which step."""
    told: tuple[str | None, str, str | None, str | None] | None = None
    match event.metadata:
        case e.RunCreated() as m:
            told = m.owner, "run created", m.shown or _sha256(m.brief), None
        case e.RunStatus() as m:
            told = m.by, f"run {m.status}", m.shown, None
        case e.AgentStatus() as m if m.by is not None:
            told = m.by, _STEP_WORDS.get(m.status, f"step {m.status}"), m.shown, m.step
        case e.AgentStatus() as m if m.status in _STEPS:
            told = event.agent_name, f"step {m.status}", None, m.step
        case e.AgentResponse() as m:
            told = event.agent_name, f"message {m.finish}", _sha256(event.content), m.step
        case e.ArtifactWritten() as m:
            told = m.by, "file written", m.sha256, m.step
        case e.Request() as m:
            who = m.by if m.status == "answered" else event.agent_name
            decided = f"request {m.decision}" if m.decision else f"request {m.status}"
            told = who, decided, m.subject or _sha256("\n".join((m.prompt, *m.options))), m.step
        case e.Note() as m:
            told = _noted(event, m)
        case e.ErrorShown() as m:
            told = event.agent_name, f"error {m.code}", None, m.step
    return told


def _noted(event: e.Event, m: e.Note) -> tuple[str | None, str, str | None, str | None]:
    if m.note_id is not None:
        return event.agent_name, "note taken up", None, m.taken_up_by
    return m.by, "note", m.shown, m.step


def _read(line: str, number: int) -> dict[str, Any]:
    try:
        fields = json.loads(line) if len(line) <= LINE_CHARACTERS else None
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or not isinstance(fields.get("sha256"), str):
        raise _broken(number, "it is no line of an audit")
    return fields


def _broken(line: int, reason: str) -> DomainError:
    return DomainError("audit_broken", line=line, reason=reason)


def _text(fields: Mapping[str, Any]) -> str:
    """In ASCII, so that no terminal and no editor changes it."""
    return json.dumps(fields, separators=(",", ":"))


def _hash(fields: Mapping[str, Any]) -> str:
    return _sha256(_text(fields))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
