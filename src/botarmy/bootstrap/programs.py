"""Agents that are the operator's own code, and whose word counts: that of the team files this server has read.

A run keeps its team as it was when it started, and may come from another server. So before anything of it runs here, it
has to stand in a team file of this server, word for word.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from botarmy.agents.callable import Callables
from botarmy.agents.command import Commands
from botarmy.domain.errors import DomainError
from botarmy.domain.programs import McpServer, Program, PythonAgent
from botarmy.domain.team import Team
from botarmy.ports import Agent
from botarmy.redaction import Redactor


@dataclass(frozen=True, slots=True)
class Programs:
    """Makes agents of declared code.

    Args:
        declared: what may run by now.
    """

    declared: Callable[[], frozenset[Program | McpServer]]
    callables: Callables
    commands: Commands

    def __call__(self, program: Program, name: str) -> Agent:
        """Raises DomainError `agent_not_declared`."""
        self.check([program], name)
        return self.callables(program) if isinstance(program, PythonAgent) else self.commands(program)

    def check(self, named: Iterable[Program | McpServer], name: str) -> None:
        """Raises DomainError `agent_not_declared`."""
        wanted = tuple(named)
        declared = self.declared() if wanted else frozenset()
        for one in wanted:
            if one not in declared:
                raise DomainError("agent_not_declared", agent=name, detail=repr(one)[:2_000])


def programs_of(teams: Mapping[str, Team], folder: Path | None, redact: Redactor) -> Programs:
    """`teams`: those that can be started by now. `folder` is where Python code may lie beside what is installed."""

    def declared() -> frozenset[Program | McpServer]:
        steps = [step for team in teams.values() for step in team.steps]
        agents = {step.agent for step in steps if not isinstance(step.agent, str)}
        return frozenset({*agents, *(server for step in steps for server in step.mcp)})

    return Programs(declared, Callables(folder.resolve() if folder else None), Commands(os.environ, redact))
