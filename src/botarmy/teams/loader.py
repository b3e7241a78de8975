"""Team files: those that ship, and a person's own folder.

Every fault is a DomainError `bad_team`, or `bad_recovery` for a `recovery.yaml`, with its file, line and reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast

from botarmy.domain.errors import DomainError
from botarmy.domain.events import Approval
from botarmy.domain.programs import Program
from botarmy.domain.team import AgentSpec, PhaseSpec, Team, Tool
from botarmy.teams.agent import LLM, program_of, servers_of
from botarmy.teams.beside import Beside, read_bounded
from botarmy.teams.document import DocumentError, Located, Table, compose, quoted, suggestion, together
from botarmy.teams.remedies import check_within, written
from botarmy.teams.resolving import (
    NO_REMEDIES,
    Declared,
    Remedies,
    check_own,
    check_remedies,
    read_remedies,
    resolved,
    thresholds_of,
    with_workflows,
)
from botarmy.teams.shape import TEAM
from botarmy.teams.words import SLUG_CHARACTERS, is_slug

TEAM_FILES: Final = 200
"""How many files of one folder are read."""
DEFAULT_TEAM: Final = "software"
"""Comes first: a run that names no team is this one's."""
RECOVERY_FILE: Final = "recovery.yaml"
_SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Teams:
    """The teams that can be started, by name, and what was wrong with the files that could not be read."""

    by_name: Mapping[str, Team]
    problems: tuple[DomainError, ...] = ()


@dataclass(frozen=True, slots=True)
class Folder:
    """What the files of a folder say, each by itself, and what is wrong with those that cannot be read."""

    declared: Mapping[str, Declared] = field(default_factory=dict)
    """By the name of the team."""
    remedies: Remedies = NO_REMEDIES
    problems: tuple[DomainError, ...] = ()


def load_teams(folder: Path | None = None) -> Teams:
    """The teams that ship, and above them those of a person's own folder.

    A `folder` of None, or one that is not there, holds none. A person's own team replaces the shipped one of
    the same name. A file that is wrong is left out and named in `problems`; the others load.
    """
    return combined(shipped_folder(), read_folder(folder))


def read_folder(folder: Path | None) -> Folder:
    return _read_folder(folder) if folder is not None and folder.is_dir() else Folder()


def shipped_folder() -> Folder:
    return _read_folder(files("botarmy.teams"))


def combined(shipped: Folder, own: Folder) -> Teams:
    """The teams of a person's own folder above those that ship, each with the rules and the teams that it needs."""
    below, problems = shipped.declared, list(own.problems)
    declared = {DEFAULT_TEAM: below[DEFAULT_TEAM], **below, **own.declared}
    while (stray := _stray(declared, problems)) is not None:
        del declared[stray]
        if stray in below and stray in own.declared:
            declared[stray] = below[stray]
    rules = _checked(own.remedies, declared, problems)
    teams = {name: resolved(one, (rules, shipped.remedies)) for name, one in declared.items()}
    return Teams(MappingProxyType(with_workflows(teams)), tuple(problems))


def _stray(declared: Mapping[str, Declared], problems: list[DomainError]) -> str | None:
    """A team with another one standing in for it that there is not."""
    for name, one in declared.items():
        try:
            check_own(one, list(declared))
        except DocumentError as fault:
            problems.append(_bad_team(one.file, fault))
            return name
    return None


def _checked(rules: Remedies, declared: Mapping[str, Declared], problems: list[DomainError]) -> Remedies:
    try:
        check_remedies(rules, {name: one.team for name, one in declared.items()})
    except DocumentError as fault:
        problems.append(_bad_recovery(fault))
        return NO_REMEDIES
    return rules


def load_team(path: Path) -> Team:
    """One file; a relative `instructions_file` is looked for beside it. Raises DomainError `bad_team`."""
    return _alone(_load(path, path.parent))


def parse_team(source: str | bytes, file_name: str, beside: Traversable | None = None) -> Team:
    """A team from the text of its file.

    `file_name` is for the message alone. `beside` is the folder in which an `instructions_file` is looked
    for; None where there is none. Raises DomainError `bad_team`.
    """
    return _alone(_parsed(source, file_name, Beside(beside)))


def _alone(declared: Declared) -> Team:
    """By its own rules and the shipped ones. No other team can stand in for a part of it."""
    try:
        check_own(declared, [declared.team.name])
    except DocumentError as fault:
        raise _bad_team(declared.file, fault) from None
    return resolved(declared, (_shipped_remedies(),))


@cache
def _shipped_remedies() -> Remedies:
    return read_remedies(files("botarmy.teams").joinpath(RECOVERY_FILE).read_bytes())


def _parsed(source: str | bytes, file_name: str, beside: Beside) -> Declared:
    try:
        return declared_in(source, file_name, beside)
    except DocumentError as fault:
        raise _bad_team(file_name, fault) from None


def _read_folder(folder: Traversable) -> Folder:
    teams: dict[str, Declared] = {}
    problems: list[DomainError] = []
    for file in _team_files(folder, problems):
        try:
            declared = _load(file, folder)
        except DomainError as problem:
            problems.append(problem)
            continue
        name = declared.team.name
        if name in teams:
            reason = f"the team “{name}” is already declared in {teams[name].file}"
            problems.append(_bad_team(file.name, DocumentError(1, reason)))
            continue
        teams[name] = declared
    rules = _rules_in(folder, problems)
    return Folder(teams, rules, tuple(problems))


def _rules_in(folder: Traversable, problems: list[DomainError]) -> Remedies:
    file = folder.joinpath(RECOVERY_FILE)
    if not file.is_file():
        return NO_REMEDIES
    try:
        return read_remedies(read_bounded(file))
    except OSError:
        problems.append(_bad_recovery(DocumentError(1, "the file cannot be read")))
    except DocumentError as fault:
        problems.append(_bad_recovery(fault))
    return NO_REMEDIES


def _team_files(folder: Traversable, problems: list[DomainError]) -> Sequence[Traversable]:
    try:
        found = [entry for entry in folder.iterdir() if _is_team_file(entry)]
    except OSError:
        problems.append(_bad_team(folder.name, DocumentError(1, "the folder cannot be read")))
        return []
    return sorted(found, key=lambda entry: entry.name)[:TEAM_FILES]


def _is_team_file(entry: Traversable) -> bool:
    if entry.name == RECOVERY_FILE or entry.name.startswith("."):
        return False
    return entry.name.endswith(_SUFFIXES) and entry.is_file()


def _load(file: Traversable, folder: Traversable) -> Declared:
    try:
        source = read_bounded(file)
    except OSError:
        raise _bad_team(file.name, DocumentError(1, "the file cannot be read")) from None
    return _parsed(source, file.name, Beside(folder))


def _bad_team(file_name: str, fault: DocumentError) -> DomainError:
    return DomainError("bad_team", file=quoted(file_name), line=fault.line, reason=fault.reason)


def _bad_recovery(fault: DocumentError) -> DomainError:
    return DomainError("bad_recovery", file=RECOVERY_FILE, line=fault.line, reason=fault.reason)


def declared_in(source: str | bytes, file_name: str, beside: Beside) -> Declared:
    """What the text of a team file says, by itself. Raises DocumentError."""
    declared = TEAM(compose(source))
    entries = [entry.value for entry in declared.items("steps", Table) or ()]
    team = _team(declared, entries, beside)
    rules = list(written(declared, "recovery"))
    for entry, spec in zip(entries, team.steps, strict=True):
        rules += written(entry, "recovery", spec.step)
    for rule in rules:
        check_within(rule, team.steps)
    remedies = Remedies(rules=tuple(rules), thresholds=thresholds_of(declared))
    named = [entry.get("instructions_file", str) for entry in entries]
    beside_it = tuple(dict.fromkeys(name for name in named if name is not None))
    return Declared(team=team, remedies=remedies, file=file_name, instructions=beside_it)


def _team(declared: Table, entries: Sequence[Table], beside: Beside) -> Team:
    steps: list[AgentSpec] = []
    faults: list[DocumentError] = []
    for entry in entries:
        try:
            steps.append(_step(entry, steps, beside))
        except DocumentError as fault:
            faults.append(fault)
    if faults:
        raise together(faults)
    _check_needs(entries, steps)
    name = declared.need("name", str)
    return Team(
        name=name,
        title=declared.get("title", str) or name,
        description=declared.get("description", str) or "",
        budget=declared.get("budget", float),
        steps=tuple(steps),
    )


def _step(declared: Table, before: Sequence[AgentSpec], beside: Beside) -> AgentSpec:
    name = declared.need("name", str)
    needs = declared.items("needs", str)
    agent = _agent(declared, beside)
    return AgentSpec(
        step=_step_id(declared, name, before),
        name=name,
        title=declared.get("title", str) or name,
        role=declared.get("role", str) or "",
        instructions=_instructions(declared, beside, needed=agent == LLM),
        agent=agent,
        model=declared.get("model", str),
        models=_values(declared.items("models", str)),
        fallback=declared.get("fallback", str),
        tools=cast(tuple[Tool, ...], _values(declared.items("tools", str))),
        mcp=servers_of(declared.items("mcp", Table) or (), beside),
        artifacts=_values(declared.items("artifacts", str)),
        needs=tuple(spec.step for spec in before[-1:]) if needs is None else _values(needs),
        phases=_phases(declared),
        attempts=declared.get("attempts", int) or 2,
        requires=_values(declared.items("requires", str)),
        budget=declared.get("budget", float),
        approval=cast(Approval | None, declared.get("approval", str)),
    )


def _agent(declared: Table, beside: Beside) -> Program | Literal["llm"]:
    agent = program_of(declared.get("agent", Table), beside)
    for key in ("tools", "mcp", "models", "fallback"):
        if agent != LLM and key in declared.entries:
            raise DocumentError(declared.line_of(key), f"“{key}” is for agents that are models")
    return agent


def _step_id(declared: Table, name: str, before: Sequence[AgentSpec]) -> str:
    line = declared.line_of("id" if "id" in declared.entries else "name")
    step = declared.get("id", str) or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:SLUG_CHARACTERS]
    if not is_slug(step):
        raise DocumentError(line, f"no step id can be made of “{quoted(name)}”: add one as “id”")
    if any(spec.step == step for spec in before):
        raise DocumentError(line, f"there are two steps with the id “{step}”")
    return step


def _instructions(declared: Table, beside: Beside, *, needed: bool) -> str:
    given = declared.get("instructions", str)
    file_name = declared.get("instructions_file", str)
    line = declared.line_of("instructions_file")
    if given and file_name:
        raise DocumentError(line, "give “instructions” or “instructions_file”, not both")
    if file_name:
        return beside.instructions(file_name, line)
    if not given and needed:
        raise DocumentError(line, "“instructions” is missing")
    return given or ""


def _phases(declared: Table) -> tuple[PhaseSpec, ...]:
    phases: dict[str, PhaseSpec] = {}
    for entry in declared.items("phases", Table) or ():
        name = entry.value.need("name", str)
        if name in phases:
            raise DocumentError(entry.line, f"there are two phases with the name “{name}”")
        phases[name] = PhaseSpec(phase=name, instructions=entry.value.get("instructions", str) or "")
    return tuple(phases.values()) or (PhaseSpec(),)


def _check_needs(declared: Sequence[Table], steps: Sequence[AgentSpec]) -> None:
    known = [spec.step for spec in steps]
    for table, spec in zip(declared, steps, strict=True):
        for need in table.items("needs", str) or ():
            if need.value not in known:
                hint = suggestion(need.value, known)
                raise DocumentError(need.line, f"there is no step with the id “{need.value}”{hint}")
            if spec.step in _upstream(need.value, steps):
                raise DocumentError(need.line, f"“{spec.step}” and “{need.value}” wait for each other")


def _upstream(step: str, steps: Sequence[AgentSpec]) -> set[str]:
    """The step and all that must end before it can start."""
    needs = {spec.step: spec.needs for spec in steps}
    found: set[str] = set()
    waiting = [step]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(needs.get(current, ()))
    return found


def _values(located: Sequence[Located[str]] | None) -> tuple[str, ...]:
    return tuple(item.value for item in located or ())
