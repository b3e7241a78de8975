"""Teams: a declared sequence of agents. Read from YAML by `botarmy.teams`; frozen into a run when it starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from botarmy.domain.events import Approval, StepPlan
from botarmy.domain.programs import McpServer, Program
from botarmy.domain.recovery import DEFAULT, Action, FallBack, Recovery, RollBack
from botarmy.domain.run import Run

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
    recovery: Recovery = DEFAULT
    """What is done when a phase fails."""
    workflows: tuple[Team, ...] = ()
    """The teams that this one falls back to."""

    def step(self, step: str) -> AgentSpec:
        return next(spec for spec in self.steps if spec.step == step)

    def work(self, step: str, phase: str) -> tuple[AgentSpec, PhaseSpec]:
        """Who does a phase: the step's agent or, for a phase `team/step` or `team/step/phase`, that of the team which
        stands in."""
        name, _, rest = phase.partition("/")
        if not rest:
            spec = self.step(step)
            return spec, spec.phase(phase)
        of, _, part = rest.partition("/")
        spec = next(team for team in self.workflows if team.name == name).step(of)
        return spec, spec.phase(part) if part else spec.phases[0]

    def recovery_for(self, step: str, phase: str) -> Recovery:
        """The rules for a phase. A team that stands in works by its own, and has none that stands in for it."""
        name, _, rest = phase.partition("/")
        if not rest:
            return self.recovery.of(step, phase)
        of, _, part = rest.partition("/")
        team = next(team for team in self.workflows if team.name == name)
        found = team.recovery.of(of, part or team.step(of).phases[0].phase)
        rules = tuple(replace(rule, do=_within(f"{name}/{of}/", rule.do)) for rule in found.rules)
        return replace(found, rules=tuple(rule for rule in rules if rule.do))

    def phases_within(self) -> tuple[str, ...]:
        """The phases that this team's work makes within a step of another one."""
        return tuple(
            f"{self.name}/{spec.step}" if len(spec.phases) == 1 else f"{self.name}/{spec.step}/{phase.phase}"
            for spec in self.steps
            for phase in spec.phases
        )

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


def _within(prefix: str, actions: Sequence[Action]) -> tuple[Action, ...]:
    """A standing-in team's actions by the names that its phases have within the step."""
    kept = (one for one in actions if not isinstance(one, FallBack) or (one.team is None and one.agent is None))
    return tuple(replace(one, to=f"{prefix}{one.to}") if isinstance(one, RollBack) and one.to else one for one in kept)


def standing_in(run: Run, team: Team, spec: AgentSpec, step: str, phase: str) -> AgentSpec:
    """The agent of a phase, with what it fell back to: another agent at the same task, another model."""
    for one in run.remedies:
        if (one.step, one.phase, one.action) != (step, phase, "fall_back") or one.target is None:
            continue
        kind, _, name = one.target.partition(":")
        if kind == "agent":
            other = team.step(name)
            spec = replace(
                other,
                step=spec.step,
                title=spec.title,
                instructions=spec.instructions,
                artifacts=spec.artifacts,
                phases=spec.phases,
            )
        elif kind == "model":
            spec = replace(spec, model=name, models=())
    return spec
