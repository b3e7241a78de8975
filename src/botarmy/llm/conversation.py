"""One agent's talk with a model: requests, streamed answers and tool calls, as the outputs of `ports.Agent`.

Loads the model library. Each model request is a `CallStarted`, the pieces of its message, and a `CallEnded`; then come
the tools that it called.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias, TypeVar

from pydantic_ai import Agent, ModelMessage, ModelRequest, ModelResponse, Tool, ToolReturn, UsageLimits
from pydantic_ai.capabilities import ProcessHistory
from pydantic_ai.messages import (
    AgentStreamEvent,
    FunctionToolCallEvent,
    FunctionToolResultEvent,
    ModelRequestPart,
    ModelResponsePart,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.models import Model
from pydantic_ai.result import AgentStream
from pydantic_ai.run import AgentRun

from botarmy.domain.codec import clean_text
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Channel, Usage
from botarmy.llm.briefing import Briefing, Limits, ToolAnswer, ToolFunction
from botarmy.ports import CallEnded, CallStarted, Output, Text, ToolUse

TEXT_CHARACTERS: Final = 64 * 1024
"""Of one message and channel; 256 KiB at most, whatever the script."""
ARGUMENT_CHARACTERS: Final = 12 * 1024 * 1024
"""Of the tool calls of one answer."""
TOOL_MISTAKES: Final = 4
"""How often in a row a tool may be called in a way that cannot be read."""
LENGTH_NOTE: Final = "\n\n*The reply ends here because it reached the model's length limit.*"

Send: TypeAlias = Callable[[Output], Awaitable[None]]
Part = TypeVar("Part", bound=ModelRequestPart | ModelResponsePart)


async def converse(model: Model, briefing: Briefing, limits: Limits, send: Send) -> str:
    """Hold the conversation to its end and give the model's last reply.

    Raises what the model library raises (`errors.translate` puts it into words), and DomainError where a bound is
    reached. Cancelling it closes the stream to the provider.
    """
    agent = Agent(
        model,
        name="botarmy",
        instructions=briefing.instructions,
        tools=[_tool(function) for function in briefing.tools],
        retries={"tools": TOOL_MISTAKES, "output": 1},
        capabilities=[ProcessHistory(_sendable)],
    )
    usage_limits = UsageLimits(request_limit=limits.requests, tool_calls_limit=limits.tool_calls)
    requests = 0
    async with agent.iter(briefing.prompt, usage_limits=usage_limits) as run:
        async for node in run:
            if Agent.is_model_request_node(node):
                requests += 1
                await send(CallStarted())
                async with node.stream(run.ctx) as stream:
                    await _relay(stream, send)
            elif Agent.is_call_tools_node(node):
                async with node.stream(run.ctx) as events:
                    async for event in events:
                        for output in _tool_outputs(event, f"{briefing.mark}.{requests}"):
                            await send(output)
        return _reply(run)


async def _relay(stream: AgentStream[object, Any], send: Send) -> None:
    message = _Message()
    async for event in stream:
        piece = message.take(event)
        if piece is not None:
            await send(piece)
    response = stream.response
    if not _has_ended(response):
        raise DomainError("model_cut_off", detail="the stream ended without a finish reason")
    if response.finish_reason == "length":
        await send(Text(LENGTH_NOTE))
    await send(CallEnded(model=_model_name(response), usage=_usage(response)))
    if response.finish_reason == "content_filter":
        raise DomainError("model_refused", detail="finish_reason content_filter")


def _has_ended(response: ModelResponse) -> bool:
    """Whether the provider said that this is all. A stream that merely stops passes for a success in the library."""
    return response.finish_reason is not None or "finish_reason" in (response.provider_details or {})


class _Message:
    """One answer as it arrives, held to its bounds. What has no bound of its own in the model library has one here."""

    def __init__(self) -> None:
        self._left: Final[dict[Channel, int]] = {"text": TEXT_CHARACTERS, "thinking": TEXT_CHARACTERS}
        self._arguments_left = ARGUMENT_CHARACTERS
        self._held: Final[dict[Channel, str]] = {"text": "", "thinking": ""}

    def take(self, event: AgentStreamEvent) -> Text | None:
        match event:
            case PartStartEvent(part=TextPart(content=text)) | PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
                return self._piece(text, "text")
            case PartStartEvent(part=ThinkingPart(content=text)):
                return self._piece(text, "thinking")
            case PartDeltaEvent(delta=ThinkingPartDelta(content_delta=str(text))):
                return self._piece(text, "thinking")
            case PartStartEvent(part=ToolCallPart(args=arguments)):
                self._count_arguments(arguments)
            case PartDeltaEvent(delta=ToolCallPartDelta(args_delta=arguments)):
                self._count_arguments(arguments)
            case _:
                pass
        return None

    def _piece(self, text: str, channel: Channel) -> Text | None:
        """Thinking beyond its bound is left out; text beyond it ends the call."""
        whole = self._held[channel] + text
        self._held[channel] = whole[-1:] if "\ud800" <= whole[-1:] <= "\udbff" else ""
        shown = clean_text(whole[: len(whole) - len(self._held[channel])])
        if len(shown) > self._left[channel] and channel == "text":
            raise DomainError("model_answer_too_long", detail=f"more than {TEXT_CHARACTERS} characters of text")
        shown = shown[: self._left[channel]]
        self._left[channel] -= len(shown)
        return Text(shown, channel) if shown else None

    def _count_arguments(self, arguments: str | Mapping[str, Any] | None) -> None:
        self._arguments_left -= len(arguments) if isinstance(arguments, str) else 0
        if self._arguments_left < 0:
            raise DomainError(
                "model_answer_too_long", detail=f"more than {ARGUMENT_CHARACTERS} characters of tool calls"
            )


def _tool_outputs(event: AgentStreamEvent, mark: str) -> list[Output]:
    """`mark` goes before the provider's ids: some count their calls anew in each answer."""
    match event:
        case FunctionToolCallEvent(part=part):
            name = _name(part.tool_name)
            return [ToolUse(f"{mark}.{_name(part.tool_call_id)}", name, "started", _intention(part))]
        case FunctionToolResultEvent(part=part):
            call_id, name = f"{mark}.{_name(part.tool_call_id)}", _name(part.tool_name)
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
    shown = _name(subject)
    words = {
        "write_file": f"Writing {shown or 'a file'}",
        "read_file": f"Reading {shown or 'a file'}",
        "list_files": "Looking at the list of files",
        "search_files": f"Searching the files for “{shown}”",
    }
    return words.get(part.tool_name, f"Calling {_name(part.tool_name)}")


def _tool(function: ToolFunction) -> Tool[object]:
    @functools.wraps(function)
    async def call(*args: object, **kwargs: object) -> ToolReturn[str]:
        answer = await function(*args, **kwargs)
        return ToolReturn(return_value=answer.text, metadata=answer)

    # One after another: what a call writes, the next one of the same answer may read.
    return Tool(call, takes_ctx=False, sequential=True)


def _sendable(messages: list[ModelMessage]) -> list[ModelMessage]:
    """The history without lone surrogates: a model may say them, but no request can carry them."""
    return [_sendable_message(message) for message in messages]


def _sendable_message(message: ModelMessage) -> ModelMessage:
    if isinstance(message, ModelRequest):
        return replace(message, parts=[_sendable_part(part) for part in message.parts])
    return replace(message, parts=[_sendable_part(part) for part in message.parts])


def _sendable_part(part: Part) -> Part:
    """The part itself where nothing is to be changed, else a changed copy: histories are not altered in place."""
    values = ((name, getattr(part, name, None)) for name in ("content", "args", "tool_name", "tool_call_id"))
    changes = {name: cleaned for name, value in values if (cleaned := _cleaned(value)) != value}
    sendable = copy.copy(part) if changes else part
    for name, cleaned in changes.items():
        setattr(sendable, name, cleaned)
    return sendable


def _cleaned(value: object) -> object:
    match value:
        case str():
            return clean_text(value)
        case list():
            return [_cleaned(item) for item in value]
        case dict():
            return {_cleaned(key): _cleaned(item) for key, item in value.items()}
        case _:
            return value


def _name(text: str, limit: int = 80) -> str:
    """A word of the model's as it may be shown: one line, bounded."""
    plain = "".join(character if character.isprintable() else " " for character in clean_text(text))
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def _model_name(response: ModelResponse) -> str | None:
    return _name(response.model_name) if response.model_name else None


def _usage(response: ModelResponse) -> Usage | None:
    """None where the provider did not say."""
    usage = response.usage
    if usage.unmeasured_requests:
        return None
    cost = None if usage.cost is None else float(usage.cost)
    return Usage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cost_usd=cost)


def _reply(run: AgentRun[object, str]) -> str:
    return "" if run.result is None else clean_text(run.result.output)
