"""A conversation written down, so that another one goes on from it: in the next job, after a restart."""

from __future__ import annotations

import copy
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic import ValidationError
from pydantic_ai import ModelMessage, ModelMessagesTypeAdapter, ModelRequest
from pydantic_ai.messages import ModelRequestPart, ToolReturnPart

from botarmy import telemetry
from botarmy.llm.sendable import sendable

FORMAT: Final = 1
BYTES: Final = 1024 * 1024
"""Of what is kept, which is compressed."""
WRITTEN_OUT_BYTES: Final = 32 * 1024 * 1024

log = telemetry.logger("llm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation up to a request that is to be answered next, which is the last of `history`."""

    history: Sequence[ModelMessage]
    reply: str
    """What was said before a reply that is being continued."""
    continued: bool
    requests: int
    answered: int
    tool_calls: int
    notes: int
    """How many notes of people the history knows of."""
    answers: int = 0
    """How many questions of the agent were answered when it stopped."""
    approvals: int = 0
    """How many tool calls were decided on when it stopped."""
    asked: str | None = None
    """The id of the tool call, answered in the last of `history`, whose answer a person gives."""


def written_down(talk: Talk) -> bytes | None:
    """None where it is too long to be kept: then the work starts afresh."""
    history = ModelMessagesTypeAdapter.dump_python([_bare(message) for message in talk.history], mode="json")
    fields = {name: getattr(talk, name) for name in Talk.__slots__ if name != "history"}
    written = json.dumps({"format": FORMAT, "history": history, **fields}, ensure_ascii=False).encode()
    kept = zlib.compress(written)
    if len(written) > WRITTEN_OUT_BYTES or len(kept) > BYTES:
        log.warning("conversation_not_kept", size=len(kept))
        return None
    return kept


def read_back(kept: bytes) -> Talk | None:
    """None for what cannot be read, or is of another version: then the work starts afresh."""
    try:
        fields = json.loads(_written_out(kept))
        if fields.pop("format") != FORMAT:
            return None
        history = ModelMessagesTypeAdapter.validate_python(fields.pop("history"))
        return Talk(history=history, **fields) if history and isinstance(history[-1], ModelRequest) else None
    except (zlib.error, ValueError, ValidationError, KeyError, TypeError) as error:
        log.warning("conversation_not_read", detail=type(error).__name__)
        return None


def answered(talk: Talk, answers: Sequence[tuple[str, str]]) -> ModelRequest:
    """The last request of the history, with what a person said since in the place of the tool's answer."""
    last = talk.history[-1]
    assert isinstance(last, ModelRequest)  # noqa: S101 - `read_back` gives no other
    given = answers[talk.answers :]
    words = f"The person answered: {given[0][1]}" if given else "The person gave no answer: decide yourself."
    return with_result(last, talk.asked, words)


def with_result(last: ModelRequest, asked: str | None, words: str) -> ModelRequest:
    """With these words as the result of the tool call `asked`."""
    return replace(last, parts=[_replaced(part, asked, words) for part in last.parts])


def _replaced(part: ModelRequestPart, asked: str | None, words: str) -> ModelRequestPart:
    if isinstance(part, ToolReturnPart) and part.tool_call_id == asked:
        return ToolReturnPart(part.tool_name, words, part.tool_call_id)
    return part


def _written_out(kept: bytes) -> bytes:
    reader = zlib.decompressobj()
    written = reader.decompress(kept, WRITTEN_OUT_BYTES)
    if not reader.eof:
        raise ValueError("longer than it may be, or cut")
    return written


def _bare(message: ModelMessage) -> ModelMessage:
    """Without what only this process needs: the tools' answers hold whole files, which are artifacts long since."""
    if not isinstance(message, ModelRequest):
        return sendable(message)
    message = sendable(message)
    return replace(message, parts=[_bare_part(part) for part in message.parts])


def _bare_part(part: ModelRequestPart) -> ModelRequestPart:
    if getattr(part, "metadata", None) is None:
        return part
    bare = copy.copy(part)
    bare.__setattr__("metadata", None)
    return bare
