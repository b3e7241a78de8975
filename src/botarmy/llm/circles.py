"""Whether a model goes round in circles. Loads the model library."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pydantic_ai import ModelMessage, ModelRequest, ModelResponse
from pydantic_ai.messages import ToolCallPart, ToolReturnPart

TIMES: Final = 5
"""So often the same is the same once too often."""
LOOKED_AT: Final = 20
"""The newest tool calls, and answers, among which the same is looked for."""
TELLING_CHARACTERS: Final = 80
"""A shorter text, such as “I write the next file.”, may well come again."""


def goes_in_circles(history: Sequence[ModelMessage]) -> bool:
    """Whether a tool was called with the same arguments and the same result, or the same was said, `TIMES` times."""
    done = Counter(list(_calls(history))[-LOOKED_AT:])
    said = Counter(list(_texts(history))[-LOOKED_AT:])
    return any(times >= TIMES for counted in (done, said) for times in counted.values())


def _calls(history: Sequence[ModelMessage]) -> Iterator[tuple[str, str, str]]:
    """Each answered call: tool, arguments, result. Ids count for one answer alone: some providers begin anew."""
    asked: dict[str, ToolCallPart] = {}
    for message in history:
        if isinstance(message, ModelResponse):
            asked = {part.tool_call_id: part for part in message.parts if isinstance(part, ToolCallPart)}
        elif isinstance(message, ModelRequest):
            for part in message.parts:
                call = asked.get(part.tool_call_id) if isinstance(part, ToolReturnPart) else None
                if isinstance(part, ToolReturnPart) and call is not None:
                    yield call.tool_name, _canonical(call.args), str(part.content)


def _texts(history: Sequence[ModelMessage]) -> Iterator[str]:
    for message in history:
        if isinstance(message, ModelResponse):
            text = " ".join((message.text or "").split())
            if len(text) >= TELLING_CHARACTERS:
                yield text


def _canonical(arguments: str | dict[str, Any] | None) -> str:
    try:
        return json.dumps(json.loads(arguments) if isinstance(arguments, str) else arguments, sort_keys=True)
    except ValueError:
        return str(arguments)
