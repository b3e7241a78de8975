"""A conversation is written down and read back the same, without what only its process needs, and within bounds."""

from __future__ import annotations

import os
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai import ModelMessage, ModelRequest, ModelResponse
from pydantic_ai.messages import TextPart, ToolCallPart, ToolReturnPart, UserPromptPart

from botarmy.llm import continuation
from botarmy.llm.continuation import Talk, read_back, written_down

HISTORY: tuple[ModelMessage, ...] = (
    ModelRequest(parts=[UserPromptPart("Write it.")]),
    ModelResponse(parts=[TextPart("I write."), ToolCallPart("write_file", {"path": "a.md"}, "call-1")]),
    ModelRequest(parts=[ToolReturnPart("write_file", "Wrote a.md.", "call-1", metadata=object())]),
)
TALK = Talk(history=HISTORY, reply="So far, ", continued=True, requests=2, answered=1, tool_calls=1, notes=3)


def again(talk: Talk) -> Talk:
    kept = written_down(talk)
    assert kept is not None
    back = read_back(kept)
    assert back is not None
    return back


def test_a_conversation_comes_back_as_it_was() -> None:
    back = again(TALK)
    assert replace(back, history=()) == replace(TALK, history=())
    said = [[getattr(part, "content", None) for part in message.parts] for message in back.history]
    assert said == [["Write it."], ["I write.", None], ["Wrote a.md."]]
    call = back.history[1].parts[1]
    assert isinstance(call, ToolCallPart)
    assert (call.tool_name, call.args_as_dict(), call.tool_call_id) == ("write_file", {"path": "a.md"}, "call-1")


def test_what_only_the_process_needs_is_left_out_and_stays_in_the_conversation() -> None:
    (part,) = again(TALK).history[2].parts
    assert isinstance(part, ToolReturnPart)
    assert part.metadata is None
    kept = HISTORY[2].parts[0]
    assert isinstance(kept, ToolReturnPart)
    assert kept.metadata is not None


@given(text=st.text(st.characters(), max_size=200))
def test_text_of_any_kind_can_be_written_down(text: str) -> None:
    asked = ModelRequest(parts=[UserPromptPart(text)])
    assert again(replace(TALK, history=(asked,))).history


def test_what_is_too_long_is_not_kept() -> None:
    noise = os.urandom(continuation.BYTES).hex()
    asked = ModelRequest(parts=[UserPromptPart(noise + noise)])
    assert written_down(replace(TALK, history=(asked,))) is None


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"no compressed text",
        zlib.compress(b"[]"),
        zlib.compress(b"\xff\xfe"),
        zlib.compress(b'{"format": 1}'),
        zlib.compress(b'{"format": 2, "history": []}'),
        zlib.compress(b'{"format": 1, "history": [], "reply": ""}'),
        (written_down(TALK) or b"")[:-20],
        zlib.compress(b" " * (continuation.WRITTEN_OUT_BYTES + 1)),
        written_down(replace(TALK, history=HISTORY[:2])),
    ],
    ids=["empty", "noise", "list", "no text", "nothing in it", "newer", "no history", "cut", "bomb", "answered"],
)
def test_what_cannot_be_read_back_lets_the_work_start_afresh(kept: bytes) -> None:
    assert read_back(kept) is None
