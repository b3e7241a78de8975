"""Tool calls that a person approves first: the asking, and what follows from the answer. Loads the model library."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic_ai import ModelMessage, ModelResponse
from pydantic_ai.messages import ToolCallPart

from botarmy.llm.briefing import OutsideTool, ToolAnswer
from botarmy.ports import Approved, Question

SHOWN_CHARACTERS: Final = 2_000
"""Of the arguments: nobody approves what they have not seen."""


def ask_first(tool: OutsideTool, arguments: Mapping[str, Any]) -> ToolAnswer:
    """In place of the call. Where something else is asked in the same answer, these words stay what the model gets."""
    shown = json.dumps(arguments, ensure_ascii=False, indent=2)
    if len(shown) > SHOWN_CHARACTERS:
        reason = f"{tool.name} needs a person's approval, and its arguments are longer than can be shown"
        return ToolAnswer(text=f"Error: {reason}: at most {SHOWN_CHARACTERS} characters.", summary=reason, failed=True)
    asked = f"May the tool `{tool.name}` be called with these arguments?"
    return ToolAnswer(
        text="This was not done: a person has to approve it first, and was asked something else. Call it again.",
        summary=f"Asked whether {tool.name} may be called",
        question=Question(f"{asked}\n\n```json\n{shown}\n```", arguments=shown),
    )


async def decided_call(
    history: Sequence[ModelMessage], call_id: str | None, outside: Sequence[OutsideTool], decided: Approved | None
) -> ToolAnswer | None:
    """What became of the call in the last answer that a person was asked about: its result, or that it was not made.

    None where that was not a call to be approved.
    """
    part = _part(history, call_id)
    tool = next((tool for tool in outside if part and tool.name == part.tool_name and tool.approval), None)
    if part is None or tool is None:
        return None
    if decided is None or decided.decision not in ("approve", "edit"):
        said = f" and says: {decided.answer}" if decided and decided.answer else ""
        text = f"This was not done: the person did not approve it{said}."
        return ToolAnswer(text=text, summary=f"{tool.name} was not approved", failed=True)
    if decided.decision == "approve":
        return await tool.call(part.args_as_dict())
    answer = await tool.call(json.loads(decided.answer or "{}"))
    told = f"The person changed the arguments to {decided.answer}\n{answer.text}"
    return ToolAnswer(text=told, summary=answer.summary, failed=answer.failed)


def _part(history: Sequence[ModelMessage], call_id: str | None) -> ToolCallPart | None:
    last = next((message for message in reversed(history) if isinstance(message, ModelResponse)), None)
    parts = last.parts if last else ()
    return next((part for part in parts if isinstance(part, ToolCallPart) and part.tool_call_id == call_id), None)
