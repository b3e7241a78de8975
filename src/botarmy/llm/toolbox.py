"""The agent of the model library for a set of tools, made once in a process: reading the functions' signatures and
docstrings takes milliseconds. Loads the model library."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MethodType
from typing import Any, Final, TypeAlias, cast

from pydantic_ai import Agent, RunContext, Tool, ToolReturn

from botarmy.llm.briefing import OutsideTool, ToolAnswer, ToolFunction
from botarmy.llm.permission import ask_first

TOOL_MISTAKES: Final = 4
"""How often in a row a tool may be called in a way that cannot be read."""
KEPT_TOOLBOXES: Final = 64
"""Sets of tools that are remembered; there are as many as kinds of agents."""

Hands: TypeAlias = Mapping[str, ToolFunction]
"""The functions of one conversation, by name."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    agent: Agent[Hands, str]
    """Without a model and instructions: each run brings its own, and `Hands`."""
    descriptions: tuple[str, ...]
    """What goes to the model about the tools with each request."""


def toolbox(functions: Sequence[ToolFunction], outside: Sequence[OutsideTool] = ()) -> Toolbox:
    """For methods: whose methods they are, the hands of a run say."""
    methods = tuple(cast(MethodType, function).__func__ for function in functions)
    return _made([*map(_tool, methods), *map(_outside, outside)]) if outside else _toolbox(methods)


@functools.lru_cache(KEPT_TOOLBOXES)
def _toolbox(methods: tuple[Callable[..., Any], ...]) -> Toolbox:
    return _made([_tool(method) for method in methods])


def _made(tools: Sequence[Tool[Hands]]) -> Toolbox:
    agent = Agent[Hands, str](
        name="botarmy",
        deps_type=Mapping,
        tools=tools,
        retries={"tools": TOOL_MISTAKES, "output": 1},
    )
    return Toolbox(agent, tuple(_description(tool) for tool in tools))


def _tool(method: Callable[..., Any]) -> Tool[Hands]:
    # The library leaves the first parameter out of what the model is shown: here it stands in for `self`.
    @functools.wraps(method)
    async def call(context: RunContext[Hands], **arguments: object) -> ToolReturn[str]:
        answer: ToolAnswer = await context.deps[method.__name__](**arguments)
        return ToolReturn(return_value=answer.text, metadata=answer)

    # One after another: what a call writes, the next one of the same answer may read.
    return Tool(call, takes_ctx=True, sequential=True)


def _outside(tool: OutsideTool) -> Tool[Hands]:
    async def call(**arguments: object) -> ToolReturn[str]:
        answer = ask_first(tool, arguments) if tool.approval else await tool.call(arguments)
        return ToolReturn(return_value=answer.text, metadata=answer)

    return Tool[Hands].from_schema(call, tool.name, tool.description, dict(tool.schema), sequential=True)


def _description(tool: Tool[Hands]) -> str:
    shown = tool.tool_def
    return json.dumps([shown.name, shown.description, shown.parameters_json_schema])
