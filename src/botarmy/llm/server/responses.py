"""OpenAI's Responses API as the local model server speaks it: a reply as the events of a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from botarmy.llm.server.replies import Call, Json, Reply, pieces_of

_CREATED: Final = 1_770_000_000


def as_messages(body: Json) -> Sequence[Json]:
    """The request's instructions and input as chat messages."""
    messages = [{"role": "system", "content": body["instructions"]}] if body.get("instructions") else []
    for message in map(_message, body["input"]):
        goes_on = messages and message["role"] == messages[-1]["role"] == "assistant"
        if goes_on:  # the items of one answer
            messages[-1] = {**messages[-1], "content": f"{messages[-1]['content']}{message['content']}"}
        else:
            messages.append(message)
    return messages


def _message(item: Json) -> dict[str, Any]:
    match item.get("type"):
        case "function_call":
            return {"role": "assistant", "content": ""}
        case "function_call_output":
            return {"role": "tool", "content": item["output"], "tool_call_id": item["call_id"]}
        case _:
            return {"role": item.get("role", "assistant"), "content": _text(item.get("content", ""))}


def _text(content: str | Sequence[Json]) -> str:
    return content if isinstance(content, str) else "".join(str(part.get("text", "")) for part in content)


class Talk:
    """One response. `turn` makes its ids differ from those of the responses before it."""

    def __init__(self, model: str, turn: int, usage: Json) -> None:
        self._model: Final = model
        self._turn: Final = turn
        self._usage: Final = usage
        self._sent = 0
        self._items: Final[list[Json]] = []

    def pieces(self, reply: Reply) -> Iterator[Json]:
        yield self._event("response.created", response=self._response("in_progress"))
        if reply.thinking:
            yield from self._thinking(reply.thinking)
        if reply.text:
            yield from self._said(reply.text)
        for call in reply.calls:
            yield from self._called(call)

    def closing(self, reply: Reply) -> Json:
        reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
        reason = reasons.get(reply.finish or "")
        status = "incomplete" if reason else "completed"
        return self._event(f"response.{status}", response=self._response(status, reason))

    def _thinking(self, text: str) -> Iterator[Json]:
        item = {"id": self._id("rs"), "type": "reasoning", "summary": []}
        at = {"item_id": item["id"], "output_index": len(self._items), "summary_index": 0}
        yield self._event("response.output_item.added", output_index=at["output_index"], item=item)
        part = {"type": "summary_text", "text": ""}
        yield self._event("response.reasoning_summary_part.added", **at, part=part)
        for piece in pieces_of(text):
            yield self._event("response.reasoning_summary_text.delta", **at, delta=piece)
        yield self._done({**item, "summary": [{"type": "summary_text", "text": text}]})

    def _said(self, text: str) -> Iterator[Json]:
        item = {"id": self._id("msg"), "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        at = {"item_id": item["id"], "output_index": len(self._items), "content_index": 0}
        yield self._event("response.output_item.added", output_index=at["output_index"], item=item)
        yield self._event("response.content_part.added", **at, part=_output_text(""))
        for piece in pieces_of(text):
            yield self._event("response.output_text.delta", **at, delta=piece, logprobs=[])
        yield self._event("response.output_text.done", **at, text=text, logprobs=[])
        yield self._event("response.content_part.done", **at, part=_output_text(text))
        yield self._done({**item, "status": "completed", "content": [_output_text(text)]})

    def _called(self, call: Call) -> Iterator[Json]:
        item = {
            "id": self._id("fc"),
            "type": "function_call",
            "status": "in_progress",
            "call_id": self._id("call"),
            "name": call.name,
            "arguments": "",
        }
        at = {"item_id": item["id"], "output_index": len(self._items)}
        yield self._event("response.output_item.added", output_index=at["output_index"], item=item)
        for piece in pieces_of(call.arguments):
            yield self._event("response.function_call_arguments.delta", **at, delta=piece)
        done = {"name": call.name, "arguments": call.arguments}
        yield self._event("response.function_call_arguments.done", **at, **done)
        yield self._done({**item, **done, "status": "completed"})

    def _done(self, item: Json) -> Json:
        self._items.append(item)
        return self._event("response.output_item.done", output_index=len(self._items) - 1, item=item)

    def _event(self, kind: str, **fields: Any) -> Json:
        event = {"type": kind, "sequence_number": self._sent, **fields}
        self._sent += 1
        return event

    def _id(self, kind: str) -> str:
        return f"{kind}_{self._turn}_{len(self._items)}"

    def _response(self, status: str, reason: str | None = None) -> Mapping[str, Any]:
        ended = status != "in_progress"
        return {
            "id": f"resp_{self._turn}",
            "object": "response",
            "created_at": _CREATED,
            "model": self._model,
            "status": status,
            "incomplete_details": {"reason": reason} if reason else None,
            "error": None,
            "output": list(self._items) if ended else [],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": _usage(self._usage) if ended else None,
        }


def _output_text(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _usage(usage: Json) -> Json:
    return {
        "input_tokens": usage["prompt_tokens"],
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": usage["completion_tokens"],
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage["total_tokens"],
    }
