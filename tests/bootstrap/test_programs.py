from __future__ import annotations

import pytest

from botarmy.agents.callable import CallableAgent
from botarmy.agents.command import CommandedAgent
from botarmy.bootstrap.programs import programs_of
from botarmy.domain.errors import DomainError
from botarmy.domain.programs import CommandAgent, PythonAgent
from botarmy.domain.team import AgentSpec, Team
from botarmy.redaction import BY_SHAPE

PYTHON = PythonAgent(python="tests.agents.own_code:function")
COMMAND = CommandAgent(command=("true",))
TEAM = Team(
    name="own",
    title="Own",
    steps=(
        AgentSpec(step="a", name="A", title="A", agent=PYTHON),
        AgentSpec(step="b", name="B", title="B", agent=COMMAND),
    ),
)


@pytest.mark.parametrize(
    "program",
    [
        PythonAgent(python="os:system"),
        CommandAgent(command=("true", "--more")),
        CommandAgent(command=("true",), env=("OPENAI_API_KEY",)),
    ],
)
def test_code_that_no_team_file_names_does_not_run(program: PythonAgent | CommandAgent) -> None:
    programs = programs_of({TEAM.name: TEAM}, None, BY_SHAPE)
    with pytest.raises(DomainError) as refusal:
        programs(program, "A")
    assert refusal.value.code == "agent_not_declared"


def test_code_that_a_team_file_names_runs() -> None:
    programs = programs_of({TEAM.name: TEAM}, None, BY_SHAPE)
    assert isinstance(programs(PYTHON, "A"), CallableAgent)
    assert isinstance(programs(COMMAND, "B"), CommandedAgent)
