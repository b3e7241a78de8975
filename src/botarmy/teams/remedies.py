"""Recovery rules as people write them: in a team file, for a step of it, or in a `recovery.yaml` for all teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from botarmy.domain.errors import WORDINGS
from botarmy.domain.recovery import (
    ANY,
    HIGHEST_THRESHOLD,
    PASSING,
    Action,
    Ask,
    FallBack,
    Retry,
    RollBack,
    Rule,
    Skip,
    Stop,
)
from botarmy.domain.team import AgentSpec
from botarmy.teams.document import (
    DocumentError,
    Field,
    Located,
    Reader,
    Table,
    amount,
    line_of,
    list_of,
    quoted,
    suggestion,
    table,
    text,
    whole,
)
from botarmy.teams.words import model, slug

RULES: Final = 50
ACTIONS: Final = 10
MOST_TIMES: Final = 20
LONGEST_SECONDS: Final = 3600
_NAME: Final = Field(text(limit=64, check=slug))
_ONE_WORD: Final[Mapping[str, Action]] = {
    "retry": Retry(),
    "roll_back": RollBack(),
    "skip": Skip(),
    "ask": Ask(),
    "stop": Stop(),
}
_TIMES: Final = Field(whole(low=1, high=MOST_TIMES))
_ACTION: Final = table(
    {
        "retry": Field(table({"times": _TIMES, "backoff": Field(amount(above=0, high=LONGEST_SECONDS))})),
        "fall_back": Field(
            table(
                {
                    "model": Field(text(limit=200, check=model)),
                    "message": Field(text(limit=2_000)),
                    "agent": _NAME,
                    "team": _NAME,
                }
            )
        ),
        "roll_back": Field(table({"to": _NAME, "times": _TIMES})),
    }
)


def _code(word: str) -> str | None:
    if word in (ANY, PASSING) or word in WORDINGS:
        return None
    hint = suggestion(word, (*WORDINGS, PASSING)) or f"; give codes of the table of errors, “{PASSING}” or “{ANY}”"
    return f"there is no error with the code “{quoted(word)}”{hint}"


@dataclass(frozen=True, slots=True)
class Reference:
    """A name in a rule that only whoever knows all teams can look up."""

    kind: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Written:
    """A rule as it stands in a file, with the lines of what it names."""

    rule: Rule
    team: str | None
    references: tuple[Reference, ...]


def _action(node: yaml.Node) -> Located[Action]:
    """A word such as `ask`, or one key with its details."""
    if isinstance(node, yaml.ScalarNode):
        word = str(node.value)
        if word not in _ONE_WORD:
            known = (*_ONE_WORD, "fall_back")
            hint = suggestion(word, known) or f"; there are {', '.join(known)}"
            raise DocumentError(line_of(node), f"there is no action “{quoted(word)}”{hint}")
        return Located(_ONE_WORD[word], line_of(node))
    declared = _ACTION(node)
    if len(declared.entries) != 1:
        raise DocumentError(line_of(node), "one action stands in each entry, such as “- retry: {times: 2}”")
    ((kind, entry),) = declared.entries.items()
    assert isinstance(entry.value, Table)  # noqa: S101 - the shape's own promise, not a check of the input
    return Located(_DETAILED[kind](entry.value), entry.line)


def _retry(declared: Table) -> Action:
    backoff = declared.get("backoff", float)
    return Retry(times=declared.get("times", int), backoff=1.0 if backoff is None else backoff)


def _fall_back(declared: Table) -> Action:
    if len(declared.entries) != 1:
        raise DocumentError(declared.line, "give one of model, message, agent and team to fall back to")
    ((kind, entry),) = declared.entries.items()
    given = str(entry.value)
    return FallBack(
        model=given if kind == "model" else None,
        message=given if kind == "message" else None,
        agent=given if kind == "agent" else None,
        team=given if kind == "team" else None,
    )


def _roll_back(declared: Table) -> Action:
    return RollBack(to=declared.get("to", str), times=declared.get("times", int) or 1)


_DETAILED: Final = {"retry": _retry, "fall_back": _fall_back, "roll_back": _roll_back}


def rules_of(*selectors: str) -> Reader[tuple[Located[Table], ...]]:
    """A list of rules; each may be narrowed by these keys."""
    keys: dict[str, Field] = {
        "on": Field(list_of(text(limit=64, check=_code), least=1, most=len(WORDINGS)), required=True),
        "do": Field(list_of(_action, least=1, most=ACTIONS), required=True),
        **dict.fromkeys(selectors, _NAME),
    }
    return list_of(table(keys), most=RULES)


THRESHOLDS: Final = table(
    {
        "step": Field(whole(low=1, high=HIGHEST_THRESHOLD)),
        "run": Field(whole(low=1, high=HIGHEST_THRESHOLD)),
    }
)
RECOVERY: Final = table({"rules": Field(rules_of("team", "agent", "phase")), "thresholds": Field(THRESHOLDS)})
"""The file `recovery.yaml`."""


def written(declared: Table, key: str, step: str | None = None) -> tuple[Written, ...]:
    """The rules under a key. `step`: the one in whose part of the file they stand."""
    return tuple(_written(entry.value, step) for entry in declared.items(key, Table) or ())


def _written(declared: Table, step: str | None) -> Written:
    actions = [entry.value for entry in declared.items("do", Located) or ()]
    agent = step or declared.get("agent", str)
    rule = Rule(
        on=tuple(entry.value for entry in declared.items("on", str) or ()),
        do=tuple(action.value for action in actions),
        step=agent,
        phase=declared.get("phase", str),
    )
    named = [
        Reference(key, str(declared.entries[key].value), declared.line_of(key))
        for key in ("team", "agent", "phase")
        if key in declared.entries
    ]
    return Written(rule, declared.get("team", str), (*named, *_named(actions)))


def _named(actions: Sequence[Located[Action]]) -> list[Reference]:
    found: list[Reference] = []
    for action in actions:
        match action.value:
            case FallBack(agent=str(name)):
                found.append(Reference("agent", name, action.line))
            case FallBack(team=str(name)):
                found.append(Reference("team", name, action.line))
            case RollBack(to=str(name)):
                found.append(Reference("phase", name, action.line))
    return found


def check_within(rule: Written, steps: Sequence[AgentSpec], owner: str = "this team") -> None:
    """Raises DocumentError for an agent or a phase that is not among the steps."""
    agents = [spec.step for spec in steps]
    concerned = [spec for spec in steps if rule.rule.step in (None, spec.step)]
    phases = list(dict.fromkeys(phase.phase for spec in concerned for phase in spec.phases))
    for one in rule.references:
        known = {"agent": agents, "phase": phases}.get(one.kind)
        if known is not None and one.name not in known:
            of = f"step “{rule.rule.step}”" if one.kind == "phase" and rule.rule.step in agents else owner
            hint = suggestion(one.name, known) or f"; there are {', '.join(known)}"
            what = "agent with the id" if one.kind == "agent" else "phase"
            raise DocumentError(one.line, f"{of} has no {what} “{quoted(one.name)}”{hint}")


def check_teams(rule: Written, known: Sequence[str], but: str | None = None) -> None:
    """Raises DocumentError for a team that there is not, or that would stand in for itself."""
    for one in rule.references:
        if one.kind == "team" and one.name not in known:
            hint = suggestion(one.name, known) or f"; there are {', '.join(known)}"
            raise DocumentError(one.line, f"there is no team “{quoted(one.name)}”{hint}")
        if one.kind == "team" and one.name == but:
            raise DocumentError(one.line, "a team cannot stand in for itself")
