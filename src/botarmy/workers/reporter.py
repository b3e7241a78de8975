"""From an agent's output to reports: what it says, in the order it said it, a few times a second.

Text is put together (the first piece goes at once, then every 40 ms) and everything else goes with it, so that a
fast model costs the log a bounded number of commits. What waits to be reported is bounded; at the bound the agent
waits.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final, TypeAlias

from botarmy import telemetry
from botarmy.domain import commands as c
from botarmy.domain.artifacts import check_path, check_size, media_type_of
from botarmy.domain.codec import clean_text
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Channel
from botarmy.ports import (
    CallEnded,
    CallStarted,
    ClaimedJob,
    Clock,
    File,
    Hub,
    NewId,
    Output,
    Piece,
    Progress,
    Question,
    Result,
    StoreUnavailable,
    Text,
    ToolUse,
    Trouble,
    Waiting,
)
from botarmy.redaction import BY_SHAPE, Redactor, Sieve
from botarmy.workers.discretion import discreet
from botarmy.workers.message import MESSAGE_BYTES, OpenMessage

COALESCE_SECONDS: Final = 0.04
RETRY_SECONDS: Final = 1.0
"""The wait between two tries to report while the server cannot save."""
CONTINUATION_BYTES: Final = 1024 * 1024
"""Of what an agent leaves behind; with more it starts afresh."""
WAITING_BYTES: Final = 1024 * 1024
SENTENCE_CHARACTERS: Final = 500
LONGEST_WAIT: Final = 24 * 3600.0
"""That is shown; in seconds."""

log = telemetry.logger("workers")

Item: TypeAlias = Piece | c.Report


class Reporter:
    """Takes one job's output. `run` sends it; both end with the job, or with Withdrawn from the hub."""

    def __init__(self, hub: Hub, job: ClaimedJob, clock: Clock, new_id: NewId, redact: Redactor = BY_SHAPE) -> None:
        self._hub: Final = hub
        self._job: Final = job
        self._clock: Final = clock
        self._new_id: Final = new_id
        self._redact: Final = redact
        self._sieves: Final[dict[Channel, Sieve]] = {"text": Sieve(redact), "thinking": Sieve(redact)}
        self._message: OpenMessage | None = None
        self._call_attempt = 1
        self._items: list[Item] = []
        self._blobs: dict[str, bytes] = {}
        self._bytes = 0
        self._wake: Final = asyncio.Event()
        self._room: Final = asyncio.Event()
        self._closed = False
        self._sending = False

    # --- The agent's side ------------------------------------------------------------------------------------

    async def take(self, output: Output) -> None:
        """Queue one output; waits while too much is queued."""
        output = discreet(output, self._redact)
        match output:
            case Text():
                self._say(output)
            case CallStarted():
                self._end_message(CallEnded(finish="interrupted"))
                self._call_attempt = output.call_attempt
                self._message = OpenMessage(self._new_id(), self._clock.now())
            case CallEnded():
                self._end_message(output)
            case Progress() | Waiting() | ToolUse():
                self._put(self._told(output))
            case Trouble():
                self._warn(output)
            case File():
                self._write(output)
            case Question():
                self.ask(output)
            case Result():
                self.finish(output)
        await self._wait_for_room()

    def _told(self, output: Progress | Waiting | ToolUse) -> c.Report:
        match output:
            case Progress(task, progress):
                return c.ProgressMade(task=_sentence(task), progress=progress, call_attempt=self._call_attempt)
            case Waiting(reason, seconds):
                told = _sentence(reason)
                return c.WaitBegun(reason=told, seconds=_bounded(seconds), call_attempt=self._call_attempt)
            case ToolUse():
                return c.ToolCalled(
                    call_id=clean_text(output.call_id)[:200],
                    name=clean_text(output.name)[:100],
                    status=output.status,
                    summary=_sentence(output.summary),
                )

    def finish(self, result: Result) -> None:
        self._end_message(CallEnded())
        self._put(c.WorkDone(summary=_sentence(result.summary)))

    def ask(self, question: Question) -> None:
        self._end_message(CallEnded())
        options = tuple(_sentence(option) for option in question.options[:20])
        left = self._keep(question.continuation)
        prompt, call = clean_text(question.prompt)[:4_000], question.arguments
        self._put(c.PersonAsked(prompt=prompt, options=options, continuation=left, arguments=call))

    def take_up(self, note_ids: Sequence[str]) -> None:
        """The agent was told these notes."""
        if note_ids:
            self._put(c.NotesTaken(note_ids=tuple(note_ids)))

    def stop_before(self, call: CallStarted) -> None:
        """A budget is used up: this call is not made."""
        self._end_message(CallEnded(finish="interrupted"))
        self._put(c.BudgetReached(continuation=self._keep(call.continuation() if call.continuation else None)))

    def _keep(self, continuation: bytes | None) -> str | None:
        """The hash of what the agent goes on from; None where there is nothing, or too much to be kept."""
        if continuation is None:
            return None
        continuation = self._redact.content_bytes(continuation)
        if len(continuation) > CONTINUATION_BYTES:
            log.warning("continuation_too_large", size=len(continuation), job_id=self._job.job_id)
            return None
        sha256 = hashlib.sha256(continuation).hexdigest()
        self._blobs[sha256] = continuation
        self._count(len(continuation))
        return sha256

    def fail(self, failure: DomainError, reference: str, *, final: bool = False) -> None:
        """What was said so far stays as an interrupted message: the server closes it."""
        self._put(
            c.WorkFailed(
                code=failure.code,
                message=self._redact.content(failure.message),
                action=self._redact.content(failure.action),
                retryable=failure.retryable,
                reference=reference,
                final=final,
            )
        )

    def close(self) -> None:
        """Nothing more will come: `run` returns once all is reported."""
        self._closed = True
        self._wake.set()

    async def settled(self) -> None:
        """Returns once all that was taken is reported."""
        while self._items or self._sending:
            self._room.clear()
            await self._room.wait()

    def _warn(self, trouble: Trouble) -> None:
        retry_in = None if trouble.retry_in is None else _bounded(trouble.retry_in)
        reference = telemetry.reference()
        log.warning(
            "agent_trouble",
            reference=reference,
            code=trouble.code,
            detail=trouble.detail,
            retry_in=retry_in,
            run_id=self._job.run_id,
            job_id=self._job.job_id,
        )
        self._put(
            c.TroubleMet(
                code=clean_text(trouble.code)[:100],
                message=_sentence(trouble.message),
                action=_sentence(trouble.action),
                retry_in=retry_in,
                call_attempt=self._call_attempt + (retry_in is not None),
                reference=reference,
            )
        )

    def _say(self, text: Text) -> None:
        if self._message is None:
            self._message = OpenMessage(self._new_id(), self._clock.now())
        said = self._sieves[text.channel].take(clean_text(text.text))
        if said:
            self._add(text.channel, said)

    def _add(self, channel: Channel, said: str) -> None:
        if self._message is None:
            self._message = OpenMessage(self._new_id(), self._clock.now())
        if self._message.size + len(said.encode()) > MESSAGE_BYTES:
            self._close_message(CallEnded())
            self._message = OpenMessage(self._new_id(), self._clock.now())
            said = said.encode()[:MESSAGE_BYTES].decode("utf-8", "ignore")
        piece = self._message.extend(channel, said)
        last = self._items[-1] if self._items else None
        if isinstance(last, Piece) and (last.message_id, last.channel) == (piece.message_id, piece.channel):
            self._items[-1] = replace(last, text=last.text + piece.text)
            self._count(len(piece.text))
        else:
            self._put(piece)

    def _end_message(self, ended: CallEnded) -> None:
        for channel, sieve in self._sieves.items():
            if rest := sieve.rest():
                self._add(channel, rest)
        self._close_message(ended)

    def _close_message(self, ended: CallEnded) -> None:
        message, self._message = self._message, None
        if message is None or (message.size == 0 and ended.usage is None):
            return
        self._put(
            c.MessageEnded(
                message_id=message.message_id,
                text=message.text("text"),
                thinking=message.text("thinking"),
                finish=ended.finish,
                started_at=message.started_at,
                model=ended.model,
                usage=ended.usage,
            )
        )

    def _write(self, file: File) -> None:
        try:
            path = check_path(clean_text(file.path))
            check_size(path, file.content)
        except DomainError as refusal:
            self._put(c.FileRefused(code=refusal.code, message=refusal.message, action=refusal.action))
            return
        sha256 = hashlib.sha256(file.content).hexdigest()
        self._blobs[sha256] = file.content
        media_type = file.media_type or media_type_of(path)
        self._put(c.FileWritten(path=path, size=len(file.content), media_type=media_type, sha256=sha256))
        self._count(len(file.content))

    def _put(self, item: Item) -> None:
        self._items.append(item)
        self._count(len(item.text) if isinstance(item, Piece) else 200)

    def _count(self, size: int) -> None:
        self._bytes += size
        self._wake.set()

    async def _wait_for_room(self) -> None:
        while self._bytes > WAITING_BYTES:
            self._room.clear()
            await self._room.wait()

    # --- The hub's side --------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send what is queued until `close`. Raises Withdrawn."""
        while not (self._closed and not self._items):
            await self._wake.wait()
            self._wake.clear()
            await self._flush()
            if not self._closed:
                await asyncio.sleep(COALESCE_SECONDS)

    async def _flush(self) -> None:
        items, self._items = self._items, []
        blobs, self._blobs = self._blobs, {}
        self._bytes = 0
        self._sending = True
        for is_text, group in groupby(items, key=lambda item: isinstance(item, Piece)):
            await self._send_patiently(list(group), blobs, is_text)
        self._sending = False
        self._room.set()

    async def _send_patiently(self, items: Sequence[Item], blobs: dict[str, bytes], is_text: bool) -> None:
        while True:
            try:
                if is_text:
                    await self._hub.stream(self._job, [item for item in items if isinstance(item, Piece)])
                else:
                    reports = [item for item in items if not isinstance(item, Piece)]
                    needed = {name: blobs[name] for report in reports if (name := _blob_of(report))}
                    await self._hub.report(self._job, reports, needed)
            except StoreUnavailable:
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return


def _blob_of(report: c.Report) -> str | None:
    """The hash of what belongs to a report, if anything does."""
    match report:
        case c.FileWritten():
            return report.sha256
        case c.PersonAsked() | c.BudgetReached():
            return report.continuation
        case _:
            return None


def _bounded(seconds: float) -> float:
    """A wait as it can be shown; what is no number is none."""
    return min(LONGEST_WAIT, seconds) if seconds > 0 else 0.0


def _sentence(text: str) -> str:
    """One clean line, cut where it would not be a sentence any more."""
    line = " ".join(clean_text(text).split())
    return line if len(line) <= SENTENCE_CHARACTERS else line[: SENTENCE_CHARACTERS - 1] + "…"
