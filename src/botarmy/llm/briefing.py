"""What a conversation is given: what to say to the model, the functions that it may call, and the bounds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from botarmy.ports import Approved, File, Hear, Question
from botarmy.ports.agents import nothing_new


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolAnswer:
    """What a tool did."""

    text: str
    """For the model."""
    summary: str
    """A sentence for people."""
    failed: bool = False
    file: File | None = None
    """What was written."""
    question: Question | None = None
    """What a person is asked. The conversation ends here; in the next one their answer stands instead of `text`."""


ToolFunction: TypeAlias = Callable[..., Awaitable[ToolAnswer]]
"""A method. Its name, its signature (texts, numbers, lists of texts) and its docstring are what the model is shown. It
raises nothing: what cannot be done is an answer with `failed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideTool:
    """A tool of another server: what the model is shown of it, and the call, which raises nothing."""

    name: str
    """Letters, digits, `_` and `-`; at most 64 characters."""
    description: str
    schema: Mapping[str, Any]
    """JSON Schema of the arguments, an object."""
    call: Callable[[Mapping[str, Any]], Awaitable[ToolAnswer]]
    approval: bool = False
    """Whether a person has to approve each call."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a conversation begins with."""

    mark: str
    """Tells the tool calls of this conversation from those of others about the same step."""
    instructions: str
    """The system prompt."""
    prompt: str
    """The user's message."""
    tools: Sequence[ToolFunction]
    outside: Sequence[OutsideTool] = ()
    """Names are told apart from those of `tools`."""
    notes: Sequence[str] = ()
    """What people told the team; the prompt holds them already."""
    hear: Hear = nothing_new
    """What they have told it since."""
    answers: Sequence[tuple[str, str]] = ()
    """Questions of the agent, each with its answer, oldest first."""
    approvals: Sequence[Approved] = ()
    """What people decided about tool calls of the agent, oldest first."""
    continuation: bytes | None = None
    """What an earlier conversation left behind: this one goes on from there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one conversation may ask of a model."""

    requests: int = 40
    tool_calls: int = 200
    output_tokens: int = 16_384
    """Of one answer."""
