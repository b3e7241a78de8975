"""What a team file may hold. `docs/reference` describes the same keys for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, get_args

import yaml

from botarmy.domain.artifacts import check_path
from botarmy.domain.budget import HIGHEST_USD
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Approval
from botarmy.domain.team import Tool
from botarmy.teams.agent import AGENT, MCP
from botarmy.teams.document import Field, Table, amount, either, list_of, quoted, suggestion, table, text, whole
from botarmy.teams.remedies import THRESHOLDS, rules_of
from botarmy.teams.words import SLUG_CHARACTERS, model, slug

STEPS: Final = 20
_APPROVALS: Final[tuple[str, ...]] = get_args(Approval)
_TOOLS: Final[tuple[str, ...]] = get_args(Tool)


def _one_line(words: str) -> str | None:
    return None if words.isprintable() else "this must be one line without control characters"


def _tool(tool: str) -> str | None:
    if tool in _TOOLS:
        return None
    hint = suggestion(tool, _TOOLS) or f"; there are {', '.join(_TOOLS)}"
    return f"there is no tool “{quoted(tool)}”{hint}"


def _approval(when: str) -> str | None:
    return None if when in _APPROVALS else f"“{quoted(when)}” must be {' or '.join(_APPROVALS)}"


def _path(path: str) -> str | None:
    try:
        check_path(path.removesuffix("/"))
    except DomainError:
        return f"“{quoted(path)}” is not a path inside the project, such as docs/notes.md or app/"
    return None


def _instructions_file(path: str) -> str | None:
    return _path(path) if path.endswith(".md") else "instructions are read from a .md file"


def _line(limit: int, check: Callable[[str], str | None] = _one_line) -> Field:
    return Field(text(limit=limit, check=check))


_INSTRUCTIONS: Final = text(limit=64 * 1024)
_SLUGS: Final = Field(list_of(text(limit=SLUG_CHARACTERS, check=slug), most=STEPS))
_PHASE_NAME: Final = text(limit=SLUG_CHARACTERS, check=slug)
_PHASE: Final = table({"name": Field(_PHASE_NAME, required=True), "instructions": Field(_INSTRUCTIONS)})


def _phase_by_name(node: yaml.Node) -> Table:
    return Table.of(node, name=_PHASE_NAME(node))


_BUDGET: Final = Field(amount(above=0, high=HIGHEST_USD))
_STEP: Final = table(
    {
        "id": _line(SLUG_CHARACTERS, slug),
        "name": Field(text(limit=60, check=_one_line), required=True),
        "title": _line(80),
        "role": Field(text(limit=2_000)),
        "instructions": Field(_INSTRUCTIONS),
        "instructions_file": _line(200, _instructions_file),
        "agent": AGENT,
        "model": _line(200, model),
        "models": Field(list_of(text(limit=200, check=model), most=10)),
        "fallback": Field(text(limit=2_000)),
        "tools": Field(list_of(text(limit=80, check=_tool), most=len(_TOOLS))),
        "mcp": MCP,
        "artifacts": Field(list_of(text(limit=400, check=_path), most=50)),
        "needs": _SLUGS,
        "phases": Field(list_of(either(_phase_by_name, _PHASE), least=1, most=10)),
        "attempts": Field(whole(low=1, high=10)),
        "requires": _SLUGS,
        "budget": _BUDGET,
        "recovery": Field(rules_of("phase")),
        "approval": _line(20, _approval),
    }
)
TEAM: Final = table(
    {
        "name": Field(text(limit=SLUG_CHARACTERS, check=slug), required=True),
        "title": _line(80),
        "description": Field(text(limit=2_000)),
        "budget": _BUDGET,
        "recovery": Field(rules_of("agent", "phase")),
        "thresholds": Field(THRESHOLDS),
        "steps": Field(list_of(_STEP, least=1, most=STEPS), required=True),
    }
)
