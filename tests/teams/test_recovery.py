"""Recovery rules in files: what holds for whom, and how a wrong file is refused."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from botarmy.domain.errors import DomainError
from botarmy.domain.recovery import DEFAULT, Ask, FallBack, Retry, RollBack, Skip, Stop
from botarmy.domain.team import Team
from botarmy.service.importing import TEAM
from botarmy.teams import load_teams, parse_team

STEPS = """
steps:
  - name: Writer
    instructions: Write.
    phases: [plan, work]
  - name: Editor
    instructions: Edit.
"""


def small(rules: str = "", steps: str = STEPS) -> Team:
    return parse_team(f"name: small\n{rules}{steps}", "small.yaml")


def problem_of(source: str) -> str:
    with pytest.raises(DomainError) as caught:
        parse_team(source, "small.yaml")
    assert caught.value.code == "bad_team"
    return caught.value.message


def loaded(folder: Path, **contents: str) -> tuple[dict[str, Team], list[str]]:
    for name, content in contents.items():
        (folder / f"{name}.yaml").write_text(content)
    teams = load_teams(folder)
    return dict(teams.by_name), [problem.message for problem in teams.problems]


def test_the_shipped_rules_are_those_that_hold_without_any() -> None:
    assert small().recovery == load_teams().by_name["software"].recovery == DEFAULT


def test_every_action_and_its_details_reach_the_team() -> None:
    team = small(
        """
recovery:
  - on: [model_timeout, passing, "*"]
    do:
      - retry: {times: 3, backoff: 0.5}
      - retry
      - fall_back: {model: openai-chat:gpt-5-mini}
      - fall_back: {message: It could not be done.}
      - fall_back: {agent: editor}
      - roll_back: {to: plan, times: 2}
      - roll_back
      - skip
      - ask
      - stop
thresholds: {step: 5, run: 9}
"""
    )
    rule = team.recovery.rules[0]
    assert rule.on == ("model_timeout", "passing", "*")
    assert rule.do == (
        Retry(times=3, backoff=0.5),
        Retry(),
        FallBack(model="openai-chat:gpt-5-mini"),
        FallBack(message="It could not be done."),
        FallBack(agent="editor"),
        RollBack(to="plan", times=2),
        RollBack(),
        Skip(),
        Ask(),
        Stop(),
    )
    assert (team.recovery.step_failures, team.recovery.run_failures) == (5, 9)


def test_the_rule_for_a_phase_comes_before_that_for_an_agent_and_that_before_the_teams() -> None:
    team = small(
        """
recovery:
  - {on: ["*"], do: [stop]}
  - {agent: writer, on: ["*"], do: [ask]}
""",
        STEPS.replace("[plan, work]", '[plan, work]\n    recovery: [{phase: work, on: ["*"], do: [skip]}]'),
    )

    def first(step: str, phase: str) -> object:
        return team.recovery_for(step, phase).rules[0].do[0]

    assert [first("writer", "work"), first("writer", "plan"), first("editor", "work")] == [Skip(), Ask(), Stop()]


def test_a_folders_own_rules_come_before_the_shipped_ones_and_after_a_teams(tmp_path: Path) -> None:
    teams, problems = loaded(
        tmp_path,
        recovery="""
rules:
  - {on: [passing], do: [ask]}
  - {team: small, agent: writer, phase: plan, on: ["*"], do: [skip]}
thresholds: {step: 7}
""",
        small=f"name: small\nrecovery: [{{on: [passing], do: [stop]}}]\nthresholds: {{run: 8}}{STEPS}",
    )
    assert problems == []
    assert [rule.do[0] for rule in teams["small"].recovery.rules] == [Skip(), Stop(), Ask(), Ask(), Retry()]
    assert (teams["small"].recovery.step_failures, teams["small"].recovery.run_failures) == (7, 8)
    assert [rule.do[0] for rule in teams["software"].recovery.rules] == [Ask(), Ask(), Retry()]
    assert "recovery" not in teams


def test_a_team_that_stands_in_is_kept_with_the_one_it_stands_in_for(tmp_path: Path) -> None:
    rules = 'recovery: [{on: ["*"], do: [{fall_back: {team: other}}]}]'
    teams, problems = loaded(
        tmp_path, small=f"name: small\n{rules}{STEPS}", other=f"name: other\n{rules.replace('other', 'small')}{STEPS}"
    )
    assert problems == []
    team = TEAM.validate_json(TEAM.dump_json(teams["small"]))
    assert team == teams["small"]
    (action,) = team.recovery.rules[0].do
    assert action == FallBack(team="other", phases=("other/writer/plan", "other/writer/work", "other/editor"))
    assert [team.work("writer", phase)[0].name for phase in action.phases] == ["Writer", "Writer", "Editor"]
    assert team.work("writer", "other/writer/work")[1].phase == "work"
    within = team.recovery_for("writer", "other/editor").rules
    assert all(not isinstance(one, FallBack) for rule in within for one in rule.do)


def test_the_shipped_example_of_a_critical_phase_falls_back_to_another_team() -> None:
    team = load_teams().by_name["research-plan-implement"]
    do = team.recovery_for("developer", "implementation").rules[0].do
    assert [action.do for action in do] == ["retry", "roll_back", "fall_back", "ask"]
    assert [workflow.name for workflow in team.workflows] == ["smallest-version"]
    assert team.recovery_for("developer", "research") == team.recovery_for("tester", "work")


@pytest.mark.parametrize(
    ("rules", "line", "reason"),
    [
        ("[{on: [model_timout], do: [ask]}]", 2, "code “model_timout”; did you mean “model_timeout”?"),
        ("[{on: [], do: [ask]}]", 2, "from 1 to"),
        ("[{on: [passing], do: []}]", 2, "from 1 to 10 entries"),
        ("[{on: [passing], do: [skipp]}]", 2, "there is no action “skipp”; did you mean “skip”?"),
        ("[{on: [passing], do: [{retries: {}}]}]", 2, "“retries” is not known here; did you mean “retry”?"),
        ("[{on: [passing], do: [{retry: {times: 99}}]}]", 2, "a whole number from 1 to 20"),
        ("[{on: [passing], do: [{retry: {}, roll_back: {}}]}]", 2, "one action stands in each entry"),
        ("[{on: [passing], do: [{fall_back: {}}]}]", 2, "one of model, message, agent and team"),
        ("[{on: [passing], do: [{fall_back: {agent: edtor}}]}]", 2, "“edtor”; did you mean “editor”?"),
        ("[{on: [passing], do: [{fall_back: {team: small}}]}]", 2, "a team cannot stand in for itself"),
        ("[{on: [passing], do: [{fall_back: {team: smal}}]}]", 2, "there is no team “smal”; did you mean “small”?"),
        ("[{on: [passing], do: [{roll_back: {to: plann}}]}]", 2, "no phase “plann”; did you mean “plan”?"),
        ("[{agent: writr, on: [passing], do: [ask]}]", 2, "no agent with the id “writr”; did you mean “writer”?"),
        ("[{agent: editor, phase: plan, on: [passing], do: [ask]}]", 2, "step “editor” has no phase “plan”"),
        ("\n  - on: [passing]\n    do:\n      - roll_back: {to: nowhere}", 5, "there are plan, work"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line_and_the_reason(rules: str, line: int, reason: str) -> None:
    message = problem_of(f"name: small\nrecovery: {rules}{STEPS}")
    assert f"in line {line}: " in message
    assert reason in message


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("rules:\n  - on: [passing]\n    do: [ask]\n    team: smal", 4, "no team “smal”; did you mean “small”?"),
        ("rules:\n  - {on: [passing], do: [ask], team: small, agent: tester}", 2, "the team “small” has no agent"),
        ("rules:\n  - {on: [passing], do: [ask], agent: nobody}", 2, "any team has no agent with the id “nobody”"),
        ("rules:\n  - {on: [x], do: [ask]}", 2, "no error with the code “x”"),
        ("thresholds: {step: 0}", 1, "a whole number from 1 to 200"),
        ("rule: []", 1, "did you mean “rules”?"),
        ("", 1, "the file is empty"),
    ],
)
def test_a_wrong_recovery_file_is_left_out_and_named(tmp_path: Path, source: str, line: int, reason: str) -> None:
    teams, problems = loaded(tmp_path, recovery=source, small=f"name: small{STEPS}")
    assert len(problems) == 1
    assert problems[0].startswith(f"The recovery file recovery.yaml is wrong in line {line}: ")
    assert reason in problems[0]
    assert teams["small"].recovery == DEFAULT


def test_a_team_whose_stand_in_is_not_there_is_left_out_and_named(tmp_path: Path) -> None:
    rules = 'recovery: [{on: ["*"], do: [{fall_back: {team: smallest-versio}}]}]'
    teams, problems = loaded(tmp_path, small=f"name: small\n{rules}{STEPS}")
    assert "small" not in teams
    assert problems == [
        "The team file small.yaml is wrong in line 2: there is no team “smallest-versio”; "
        "did you mean “smallest-version”?."
    ]


def test_the_shipped_file_is_read_as_any_other() -> None:
    assert b"on: [passing]" in files("botarmy.teams").joinpath("recovery.yaml").read_bytes()
