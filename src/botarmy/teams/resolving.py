"""From what files say to teams that can be started: which recovery rules hold for each, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from botarmy.domain.recovery import RUN_FAILURES, STEP_FAILURES, Action, FallBack, Recovery, Rule
from botarmy.domain.team import Team
from botarmy.teams.document import Table, compose
from botarmy.teams.remedies import RECOVERY, Written, check_teams, check_within, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedies:
    """The recovery rules of one file."""

    rules: tuple[Written, ...] = ()
    thresholds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A team file: its team, still without the rules of other files."""

    team: Team
    remedies: Remedies = Remedies()
    file: str = ""
    instructions: tuple[str, ...] = ()
    """The files of instructions that it names."""


NO_REMEDIES: Final = Remedies()


def read_remedies(source: bytes) -> Remedies:
    """A `recovery.yaml`. Raises DocumentError."""
    declared = RECOVERY(compose(source))
    return Remedies(rules=written(declared, "rules"), thresholds=thresholds_of(declared))


def thresholds_of(declared: Table) -> Mapping[str, int]:
    given = declared.get("thresholds", Table)
    found = {key: given.get(key, int) for key in ("step", "run")} if given is not None else {}
    return {key: value for key, value in found.items() if value is not None}


def check_remedies(remedies: Remedies, teams: Mapping[str, Team]) -> None:
    """Of a file for all teams. Raises DocumentError for what none of them has."""
    for rule in remedies.rules:
        check_teams(rule, list(teams))
        concerned = [team for team in teams.values() if rule.team in (None, team.name)]
        steps = [spec for team in concerned for spec in team.steps]
        check_within(rule, steps, f"the team “{rule.team}”" if rule.team else "any team")


def resolved(declared: Declared, files: Sequence[Remedies]) -> Team:
    """The team with the rules that hold for it: the ones for a phase before the ones for an agent, and those before the
    ones for all; among equals its own file's first, then those of `files` in this order.

    Teams that stand in are still missing: see `with_workflows`.
    """
    team, sources = declared.team, (declared.remedies, *files)
    rules = [
        (_breadth(one.rule, own=source is declared.remedies or one.team is not None), rule)
        for source in sources
        for one in source.rules
        if one.team in (None, team.name) and (rule := _fitting(one.rule, team)) is not None
    ]
    thresholds: dict[str, int] = {}
    for source in reversed(sources):
        thresholds.update(source.thresholds)
    recovery = Recovery(
        rules=tuple(rule for _, rule in sorted(rules, key=lambda entry: entry[0])),
        step_failures=thresholds.get("step", STEP_FAILURES),
        run_failures=thresholds.get("run", RUN_FAILURES),
    )
    return replace(team, recovery=recovery)


def _breadth(rule: Rule, *, own: bool) -> int:
    """The more it is for, the later it is looked at."""
    if rule.phase is not None:
        return 0 if rule.step is not None else 1
    if rule.step is not None:
        return 2
    return 3 if own else 4


def _fitting(rule: Rule, team: Team) -> Rule | None:
    """Without what this team cannot do; None where nothing is left."""
    steps = {spec.step for spec in team.steps}
    if rule.step is not None and rule.step not in steps:
        return None
    kept = tuple(
        action
        for action in rule.do
        if not isinstance(action, FallBack)
        or ((action.agent is None or action.agent in steps) and action.team != team.name)
    )
    return replace(rule, do=kept) if kept else None


def with_workflows(teams: Mapping[str, Team]) -> dict[str, Team]:
    """Each with the teams that stand in for parts of it."""
    return {name: _with_workflows(team, teams) for name, team in teams.items()}


def _with_workflows(team: Team, teams: Mapping[str, Team]) -> Team:
    def known(action: Action) -> Action:
        if isinstance(action, FallBack) and action.team is not None:
            return replace(action, phases=teams[action.team].phases_within())
        return action

    named = dict.fromkeys(_standing_in(team))
    rules = tuple(replace(rule, do=tuple(map(known, rule.do))) for rule in team.recovery.rules)
    return replace(
        team,
        recovery=replace(team.recovery, rules=rules),
        workflows=tuple(teams[name] for name in named),
    )


def _standing_in(team: Team) -> Iterator[str]:
    for rule in team.recovery.rules:
        for action in rule.do:
            if isinstance(action, FallBack) and action.team is not None:
                yield action.team


def check_own(declared: Declared, known: Sequence[str]) -> None:
    """What a team's own rules name in other files. Raises DocumentError."""
    for rule in declared.remedies.rules:
        check_teams(rule, known, declared.team.name)
