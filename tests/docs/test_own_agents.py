"""The examples of the page about people's own agents do what it says, and the reference names what there is."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from botarmy import agent as public
from botarmy.agents.callable import Callables
from botarmy.agents.command import first_line
from botarmy.agents.vocabulary import Interpreter
from botarmy.domain.errors import DomainError
from botarmy.domain.programs import CommandAgent, McpServer, PythonAgent
from botarmy.ports import AgentContext, File, Output, Progress, Question, Result, Text
from botarmy.teams import parse_team
from tests.agents.demo_team import Memory, context_of, spec_of
from tests.docs.pages import DOCS, blocks, quoted, sections
from tests.docs.shell import run_shell

PAGE = DOCS / "how-to" / "wrap-your-own-agent.md"
REFERENCE = DOCS / "reference" / "agents.md"
LEGACY = """
class ReportAgent:
    def process(self, task):
        yield {"percent_complete": 10, "message": "Collecting"}
        yield {"percent_complete": 100, "message": "Writing", "result": f"About {task}"}
"""


def shown(kind: str, language: str) -> str:
    return next(block.text for block in blocks(PAGE) if block.language == f"{language} {kind}".strip())


async def outputs_of(name: str, folder: Path, context: AgentContext) -> list[Output]:
    (folder / f"shown_{name}.py").write_text(shown(name, "python"), encoding="utf-8")
    agent = Callables(folder)(PythonAgent(python=f"shown_{name}:agent"))
    return [output async for output in agent.run(context)]


@pytest.fixture(autouse=True)
def _own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])


@pytest.mark.parametrize(("kind", "code"), [("counting", "python"), ("command", "bash")])
def test_an_example_runs_as_a_team(kind: str, code: str, folder: Path) -> None:
    name = {"python": "counting.py", "bash": "count.sh"}[code]
    teams = folder / "teams"
    teams.mkdir()
    (teams / name).write_text(shown(kind, code), encoding="utf-8")
    (teams / f"{kind}.yaml").write_text(shown(kind, "yaml"), encoding="utf-8")
    said = run_shell(shown(kind, "sh"), None, folder).splitlines()
    assert set(shown(kind, "text").splitlines()) <= set(said)
    assert len(list(folder.rglob("docs/count.md"))) == 1


async def test_a_legacy_agent_is_wrapped(folder: Path) -> None:
    (folder / "legacy.py").write_text(LEGACY, encoding="utf-8")
    assert len(shown("legacy", "python").splitlines()) <= 12
    assert await outputs_of("legacy", folder, context_of(spec_of("reporter"), "tea", Memory())) == [
        Progress("Collecting", 0.1),
        Progress("Writing", 1.0),
        File("docs/report.md", b"About tea"),
        Text("The report is in docs/report.md."),
        Result("The report is in docs/report.md."),
    ]


async def test_a_question_is_asked_as_shown(folder: Path) -> None:
    context = context_of(spec_of("painter"), "a chair", Memory())
    (asked,) = await outputs_of("asking", folder, context)
    assert asked == Question("Which colour should it be?", ("red", "blue"))


async def test_a_failure_is_told_as_shown(folder: Path) -> None:
    with pytest.raises(DomainError, match="there are no requirements to check"):
        await outputs_of("failing", folder, context_of(spec_of("checker"), "a chair", Memory()))


def test_the_team_that_asks_can_be_read() -> None:
    example = next(block for block in blocks(DOCS / "how-to" / "write-a-team.md") if block.language == "yaml asking")
    assert parse_team(example.text, "asking.yaml").steps[0].tools == ("write_file", "ask_user")


def test_the_servers_of_tools_can_be_read_and_their_keys_are_those_of_the_code() -> None:
    page = DOCS / "how-to" / "write-a-team.md"
    example = next(block for block in blocks(page) if block.language == "yaml tools")
    assert [server.name for server in parse_team(example.text, "t.yaml").steps[0].mcp] == ["tracker", "library"]
    (table,) = sections(page)["Tools of other servers"].tables
    assert {quoted(row[0])[0] for row in table} == {field.name for field in fields(McpServer)}


def test_the_fields_of_the_context_are_those_that_there_are() -> None:
    (table,) = sections(REFERENCE)["What an agent is given"].tables
    named = {quoted(row[0])[0] for row in table}
    python = {field.name for field in fields(public.Context)} - {"is_stopped", "_asked"}
    line = set(first_line(context_of(spec_of("counter"), "a chair", Memory())))
    assert named == python == line - {"protocol", "artifacts"}


def test_the_shapes_are_understood_as_the_table_has_them() -> None:
    (table,) = sections(REFERENCE)["What an agent may say"].tables
    rows = [[quoted(cell) for cell in row[:2]] for row in table]
    for in_json, in_python in rows:
        for one in in_json:
            if one.startswith("{"):
                kind = next(iter(json.loads(one)))
                understood = _understood(_sensible(json.loads(one)))
                assert understood == kind, one
        assert in_python


def _sensible(shape: Mapping[str, object]) -> Mapping[str, object]:
    return {key: "docs/a.md" if key == "file" else value for key, value in shape.items()}


def _understood(shape: Mapping[str, object]) -> str:
    try:
        output = Interpreter("A").output(shape)
    except DomainError as failure:
        return "error" if failure.code == "agent_gave_up" else failure.code
    kinds = {Text: "text", Progress: "progress", File: "file", Question: "question", Result: "result"}
    return next(name for kind, name in kinds.items() if isinstance(output, kind))


def test_the_keys_of_a_command_are_those_of_the_code() -> None:
    (table,) = sections(REFERENCE)["Commands"].tables
    assert {quoted(row[0])[0]: row[2] for row in table if row[2].isdigit()} == {
        name: str(CommandAgent.__dataclass_fields__[name].default) for name in ("timeout", "memory", "output")
    }
    assert {quoted(row[0])[0] for row in table} == {field.name for field in fields(CommandAgent)}
