"""Commits as the service makes them, in few words."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from typing import Final

from botarmy.domain.commands import Enqueue
from botarmy.domain.events import AgentDelta, NewEvent, Note, WorkerStatus
from botarmy.domain.views import RunSummary, ViewState
from botarmy.ports import Commit, LogEntry, Store, StoredReply

LONG_AGO: Final = "2020-01-01T00:00:00.000Z"
NEVER: Final = "2999-01-01T00:00:00.000Z"
ANYTHING: Final[frozenset[str]] = frozenset()
_IDS = itertools.count(1)


def new_id() -> str:
    return f"id-{next(_IDS)}"


def note(run_id: str, content: str = "Use plain HTML") -> NewEvent:
    return _event(run_id, content, Note(by="ada"))


def delta(run_id: str, content: str = "Hel", message_id: str = "m1") -> NewEvent:
    metadata = AgentDelta(step="analyst", phase="work", attempt=1, message_id=message_id, channel="text", offset=0)
    return _event(run_id, content, metadata)


def worker_came() -> NewEvent:
    status = WorkerStatus(worker_id="w1", status="registered", host="here", concurrency=1)
    return _event(None, "Worker w1 is ready", status)


def _event(run_id: str | None, content: str, metadata: Note | AgentDelta | WorkerStatus) -> NewEvent:
    return NewEvent(
        id=new_id(),
        run_id=run_id,
        timestamp="2026-11-20T09:30:00.123Z",
        agent_name=None,
        content=content,
        metadata=metadata,
    )


def notes(run_id: str, at: int, count: int = 1, **more: object) -> Commit:
    """`count` events for a run that is at version `at`."""
    events = tuple(note(run_id) for _ in range(count))
    return Commit(events=events, run_id=run_id, expected_version=at, **more)  # type: ignore[arg-type] # checked at run time


def summary(
    run_id: str,
    *,
    status: ViewState = "running",
    owner: str = "ada",
    title: str = "A timer",
    created_at: str = "2026-11-20T09:30:00.000Z",
) -> RunSummary:
    return RunSummary(
        run_id=run_id,
        title=title,
        team="software",
        owner=owner,
        status=status,
        outcome=None,
        created_at=created_at,
        updated_at=created_at,
        waiting=0,
        progress=0.0,
        steps=(),
    )


def job(job_id: str, *, requires: Iterable[str] = (), priority: int = 0, available_at: str = LONG_AGO) -> Enqueue:
    return Enqueue(
        job_id=job_id,
        step="analyst",
        phase="work",
        attempt=1,
        agent_name="Analyst",
        requires=tuple(requires),
        priority=priority,
        available_at=available_at,
    )


def reply(command_id: str, user: str = "ada") -> StoredReply:
    return StoredReply(user=user, command_id=command_id, arguments="hash", result='{"ok":true}')


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def blobs(*contents: bytes) -> dict[str, bytes]:
    return {sha256(content): content for content in contents}


async def start(store: Store, run_id: str, *jobs: Enqueue, **shown: object) -> tuple[LogEntry, ...]:
    """A run of one event, with its jobs queued."""
    shown_as = summary(run_id, **shown)  # type: ignore[arg-type] # checked at run time
    search = f"{shown_as.title}\nthe brief of {run_id}"
    return await store.commit(notes(run_id, 0, summary=shown_as, search=search, jobs=jobs))
