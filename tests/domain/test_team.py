from __future__ import annotations

from botarmy.domain.events import StepPlan
from botarmy.domain.team import AgentSpec, PhaseSpec, Team

WRITER = AgentSpec(step="writer", name="Writer", title="Words", instructions="Write.")
READER = AgentSpec(
    step="reader",
    name="Reader",
    title="Thoughts",
    instructions="Read.",
    needs=("writer",),
    phases=(PhaseSpec(phase="skim"), PhaseSpec(phase="study", instructions="Slowly.")),
    attempts=3,
    requires=("glasses",),
)
TEAM = Team(name="pair", title="A pair", steps=(WRITER, READER))


def test_a_teams_plan_is_what_a_run_keeps_of_it() -> None:
    assert list(TEAM.plan()) == [
        StepPlan(step="writer", agent_name="Writer", title="Words", needs=(), phases=("work",), attempts=2),
        StepPlan(
            step="reader",
            agent_name="Reader",
            title="Thoughts",
            needs=("writer",),
            phases=("skim", "study"),
            attempts=3,
            requires=("glasses",),
        ),
    ]


def test_steps_and_phases_are_found_by_their_ids() -> None:
    assert TEAM.step("reader") is READER
    assert READER.phase("study").instructions == "Slowly."
