"""Agents that are the operator's own code, and whose word counts: that of the team files this server has read.

A run keeps its team as it was when it started, and may come from another server. So before anything of it runs here, it
has to stand in a team file of this server, word for word.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from botarmy.agents.callable import Callables
from botarmy.agents.command import Commands
from botarmy.domain.errors import DomainError
from botarmy.domain.programs import Program, PythonAgent
from botarmy.domain.team import Team
from botarmy.ports import Agent
from botarmy.redaction import Redactor


@dataclass(frozen=True, slots=True)
class Programs:
    """Makes agents of declared code.

    Args:
        declared: what may run.
    """

    declared: frozenset[Program]
    callables: Callables
    commands: Commands

    def __call__(self, program: Program, name: str) -> Agent:
        """Raises DomainError `agent_not_declared`."""
        if program not in self.declared:
            raise DomainError("agent_not_declared", agent=name, detail=repr(program)[:2_000])
        return self.callables(program) if isinstance(program, PythonAgent) else self.commands(program)


def programs_of(teams: Iterable[Team], folder: Path | None, redact: Redactor) -> Programs:
    """`folder` is where Python code may lie beside what is installed."""
    declared = frozenset(step.agent for team in teams for step in team.steps if not isinstance(step.agent, str))
    return Programs(declared, Callables(folder.resolve() if folder else None), Commands(os.environ, redact))
