"""Teams: a declared sequence of agents. Read from YAML by `botarmy.teams`; frozen into a run when it starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from botarmy.domain.events import Approval, StepPlan
from botarmy.domain.programs import McpServer, Program

DEFAULT_PHASE = "work"
DEMO = "demo"
"""The model string of the offline demo; `demo:<mishap>` shows what can go wrong."""
Tool: TypeAlias = Literal["write_file", "read_file", "list_files", "search_files", "ask_user"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseSpec:
    phase: str = DEFAULT_PHASE
    instructions: str = ""
    """Added to the agent's own for this phase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSpec:
    """One step of a team: who takes it, and how."""

    step: str
    """The step's id: unique in its team."""
    name: str
    """The agent's name as people see it."""
    title: str
    """What the step is about, e.g. `Requirements`."""
    role: str = ""
    instructions: str = ""
    agent: Literal["llm"] | Program = "llm"
    """What does the work: a model, or code of the operator's own."""
    model: str | None = None
    """A model string; None takes the one of the settings."""
    models: tuple[str, ...] = ()
    """Others that take over, in this order, where that one fails."""
    fallback: str | None = None
    """What the agent says where no model can be had: the run goes on with it. None: its step fails."""
    tools: tuple[Tool, ...] = ()
    mcp: tuple[McpServer, ...] = ()
    """Whose tools it has besides."""
    artifacts: tuple[str, ...] = ()
    """Paths the step is expected to write; a trailing `/` stands for any file below it."""
    needs: tuple[str, ...] = ()
    """The steps whose end it waits for."""
    phases: tuple[PhaseSpec, ...] = (PhaseSpec(),)
    attempts: int = 2
    """How often a phase is tried in all when it fails in a way that may pass."""
    requires: tuple[str, ...] = ()
    """Capabilities that a worker must have."""
    budget: float | None = None
    """What it may spend in a run before a person is asked, in USD; None takes what the settings say."""
    approval: Approval | None = None
    """Whether a person is asked before it begins, or once it is done."""

    def phase(self, phase: str) -> PhaseSpec:
        return next(spec for spec in self.phases if spec.phase == phase)


def is_demo(model: str) -> bool:
    return model.partition(":")[0] == DEMO


def model_of(spec: AgentSpec, chosen: str) -> str:
    """The model string in force for an agent, given the run's: its own, but in a run of the demo nothing is called."""
    own = spec.model or chosen
    return chosen if is_demo(chosen) and not is_demo(own) else own


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    name: str
    title: str
    description: str = ""
    budget: float | None = None
    """What a run may spend before a person is asked, in USD; None takes what the settings say."""
    steps: tuple[AgentSpec, ...]

    def step(self, step: str) -> AgentSpec:
        return next(spec for spec in self.steps if spec.step == step)

    def plan(self) -> Sequence[StepPlan]:
        return [
            StepPlan(
                step=spec.step,
                agent_name=spec.name,
                title=spec.title,
                needs=spec.needs,
                phases=tuple(phase.phase for phase in spec.phases),
                attempts=spec.attempts,
                requires=spec.requires,
                budget_usd=spec.budget,
                approval=spec.approval,
            )
            for spec in self.steps
        ]
