"""What a model does with its tools, as people are told of it. Loads the model library."""

from __future__ import annotations

from pydantic_ai.messages import AgentStreamEvent, FunctionToolCallEvent, FunctionToolResultEvent, ToolCallPart

from botarmy.domain.codec import clean_text
from botarmy.llm.briefing import ToolAnswer
from botarmy.ports import Output, ToolUse


def tool_outputs(event: AgentStreamEvent, mark: str) -> list[Output]:
    """`mark` goes before the provider's ids: some count their calls anew in each answer."""
    match event:
        case FunctionToolCallEvent(part=part):
            name = one_line(part.tool_name)
            return [ToolUse(f"{mark}.{one_line(part.tool_call_id)}", name, "started", _intention(part))]
        case FunctionToolResultEvent(part=part):
            call_id, name = f"{mark}.{one_line(part.tool_call_id)}", one_line(part.tool_name)
            answer = part.metadata
            if not isinstance(answer, ToolAnswer):
                excuse = f"The model called {name} in a way that cannot be read, and was told so"
                return [ToolUse(call_id, name, "error", excuse)]
            file: list[Output] = [] if answer.file is None else [answer.file]
            return [*file, ToolUse(call_id, name, "error" if answer.failed else "completed", answer.summary)]
        case _:
            return []


def _intention(part: ToolCallPart) -> str:
    """What a call is about to do, in words; its arguments may be anything."""
    arguments = part.args_as_dict()
    subject = next((value for key in ("path", "query") if isinstance(value := arguments.get(key), str)), "")
    shown = one_line(subject)
    words = {
        "write_file": f"Writing {shown or 'a file'}",
        "read_file": f"Reading {shown or 'a file'}",
        "list_files": "Looking at the list of files",
        "search_files": f"Searching the files for “{shown}”",
        "ask_user": "Asking a person",
    }
    return words.get(part.tool_name, f"Calling {one_line(part.tool_name)}")


def one_line(text: str, limit: int = 80) -> str:
    """A word of the model's as it may be shown: one line, bounded."""
    plain = "".join(character if character.isprintable() else " " for character in clean_text(text))
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"
